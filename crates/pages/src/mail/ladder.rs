//! The form of the steps at which an engagement reminds people.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure, Refusal,
    mail::ladder::{Ahead, set_ladder, show_ahead, show_ladder},
};
use tminus_domain::{ids::EngagementId, mail::reminder::Ladder, rights::Right};

use crate::{
    caller::{Caller, capital},
    engagement::desk::Desk,
    fields::Fields,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
};

pub(super) fn routes(table: Table) -> Table {
    let plans = Needs::Engagement(Right::EditPlan);
    table.get("/engagements/{engagement}/reminders", plans, show).post("/engagements/{engagement}/reminders", plans, save)
}

#[derive(Template)]
#[template(path = "mail/ladder.html", blocks = ["inside"])]
struct LadderPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    fields: Fields,
    field: &'static str,
    why: String,
    /// The sponsors, and what they hear of next, where the sponsor hears of anything.
    ahead: Option<Vec<Ahead>>,
}

impl Page for LadderPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl LadderPage<'_> {
    fn error(&self, field: &str) -> &str {
        if self.field == field { &self.why } else { "" }
    }
}

fn filled(ladder: &Ladder) -> Fields {
    let mut fields = Fields::default();
    for (name, days) in [("before", ladder.before), ("owners", ladder.owners), ("managers", ladder.managers), ("sponsor", ladder.sponsor)] {
        fields.push(name.to_owned(), days.map(|days| days.to_string()).unwrap_or_default());
    }
    if ladder.due {
        fields.push("due".to_owned(), "1".to_owned());
    }
    fields
}

async fn page(caller: &Caller, id: &str, typed: Option<(Fields, &'static str, String)>) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::EditPlan).await?;
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (fields, field, why) = match typed {
        Some(typed) => typed,
        None => (filled(&show_ladder(caller.app(), &caller.actor, &desk.view.engagement.id).await?), "", String::new()),
    };
    let shell = Shell { title: t!("ladder.title").into(), ..desk.shell(caller, Tab::Plan) };
    let sponsored = desk.view.engagement.plan.ladder.sponsor.is_some();
    let ahead = if sponsored { Some(show_ahead(caller.app(), &caller.actor, &desk.view.engagement.id).await?) } else { None };
    let page = LadderPage { shell, fields, field, why, ahead, desk: &desk };
    Ok(if status == StatusCode::OK { caller.show(&page) } else { caller.asked.show_as(status, &page) })
}

async fn show(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = page(&caller, &id, None).await;
    caller.answer(shown)
}

async fn save(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let saved = async {
        fields.only(&["before", "due", "owners", "managers", "sponsor"])?;
        let ladder = Ladder {
            before: fields.parsed("before")?,
            due: fields.get("due") == "1",
            owners: fields.parsed("owners")?,
            managers: fields.parsed("managers")?,
            sponsor: fields.parsed("sponsor")?,
        };
        set_ladder(caller.app(), &caller.actor, &engagement, ladder).await
    };
    match saved.await {
        Ok(()) => said::redirect(&format!("/engagements/{engagement}/reminders"), t!("ladder.saved"), None),
        Err(Failure::Refused(Refusal::Field { field, why })) => {
            let shown = page(&caller, engagement.as_str(), Some((fields, field, capital(&why)))).await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}
