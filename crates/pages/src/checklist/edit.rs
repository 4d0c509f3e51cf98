//! Changing what an item says, and adding one by hand.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure,
    checklist::arrange::{AddItem, EditDue, EditItem, add_item, edit_item},
};
use tminus_domain::{
    checklist::item::Item,
    ids::{EngagementId, GateId, ItemId, PersonId, RoleId},
    kit::{Side, due::LeadTime},
    rights::Right,
};

use super::{
    act::{Ids, Sent, undo_of},
    panel::Panel,
};
use crate::{
    caller::{Caller, sentence},
    engagement::desk::Desk,
    fields::{Fields, refused},
    page::Page,
    said,
    shell::{Link, Shell, Tab},
};

pub(super) async fn edit(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("edit", ids, fields);
    let done = async {
        sent.fields.only(&["version", "back", "title", "description", "owner", "due_kind", "due", "lead", "gate", "internal"])?;
        let desk = Desk::open(&caller, sent.engagement.as_str(), Right::EditChecklist).await?;
        let row = desk.sheet.row(&sent.item).ok_or(Failure::NotFound)?;
        let input = changes(&sent.fields, &row.item)?;
        let item = edit_item(caller.app(), &caller.actor, &sent.engagement, input).await?;
        Ok((t!("done.edited").with("title", &item.content.title).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

/// Only what is different: what nobody touched keeps following the kit.
fn changes(fields: &Fields, item: &Item) -> Result<EditItem, Failure> {
    let content = &item.content;
    let owners: Vec<_> = fields.all("owner").map(RoleId::from).collect();
    // A form has its boxes in the order of the roles; the first owner stays the first.
    let mut ordered: Vec<_> = content.owners.iter().filter(|role| owners.contains(role)).cloned().collect();
    ordered.extend(owners.into_iter().filter(|role| !content.owners.contains(role)));
    let gates: Vec<_> = fields.all("gate").map(GateId::from).collect();
    let lead = match fields.given("lead") {
        None => None,
        Some(given) => {
            let days = given.trim_end_matches("bd").trim().parse().ok().filter(|days| *days <= 1_000);
            Some(LeadTime {
                days: days
                    .ok_or_else(|| refused("lead", t!("panel.lead_unusable").with("value", given.chars().take(60).collect::<String>())))?,
            })
        }
    };
    let internal = fields.get("internal") == "1";
    let (title, description) = (fields.text("title"), fields.text("description"));
    Ok(EditItem {
        item: item.id.clone(),
        version: fields.version()?,
        title: (title != content.title).then_some(title),
        // What browsers make of line ends is no change.
        description: (description.trim_end() != content.description.replace("\r\n", "\n").trim_end()).then_some(description),
        owners: (ordered != content.owners).then_some(ordered),
        lead: (lead != content.lead).then_some(lead),
        gates: (gates.iter().collect::<std::collections::BTreeSet<_>>() != content.gates.iter().collect()).then_some(gates),
        internal: (internal != content.internal).then_some(internal),
        due: due(fields, item)?,
        assign: None,
    })
}

fn due(fields: &Fields, item: &Item) -> Result<Option<EditDue>, Failure> {
    let (kind, own) = (fields.get("due_kind"), Panel::due_kind(item));
    match kind {
        "date" => {
            let date = fields.date("due")?.ok_or_else(|| refused("due", t!("panel.due_missing")))?;
            let same = own == "date" && item.due_on() == Some(date);
            Ok((!same).then_some(EditDue::Pin(date)))
        }
        "none" => Ok((own != "none").then_some(EditDue::None)),
        "rule" | "" => Ok((own != "rule" && kind == "rule").then_some(EditDue::Rule(None))),
        other => Err(refused("due", t!("form.unusable").with("value", other.chars().take(60).collect::<String>()))),
    }
}

/// Who owns it on one side, in place of whom the role resolves to.
pub(super) async fn assign(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("assign", ids, fields);
    let fields = &sent.fields;
    let done = async {
        fields.only(&["version", "back", "side", "person"])?;
        let side = fields.parsed::<Side>("side")?.ok_or_else(|| refused("side", t!("form.unusable").with("value", "")))?;
        let assign = Some((side, fields.given("person").map(PersonId::from)));
        let input = EditItem { item: sent.item.clone(), version: fields.version()?, assign, ..EditItem::default() };
        let item = edit_item(caller.app(), &caller.actor, &sent.engagement, input).await?;
        Ok((t!("done.edited").with("title", &item.content.title).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

#[derive(Template)]
#[template(path = "checklist/new.html", blocks = ["inside"])]
struct NewPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    fields: Fields,
    field: &'static str,
    why: String,
}

impl Page for NewPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl NewPage<'_> {
    fn activities(&self) -> Vec<(&str, &str)> {
        self.desk.engagement().plan.activities.iter().map(|it| (it.id.as_str(), it.title.as_str())).collect()
    }

    fn roles(&self) -> Vec<(&str, &str, bool)> {
        let chosen = |id: &str| self.fields.all("owner").any(|it| it == id);
        self.desk.engagement().plan.roles.iter().map(|it| (it.id.as_str(), it.title.as_str(), chosen(it.id.as_str()))).collect()
    }

    fn parent(&self) -> Option<&str> {
        let parent = self.desk.sheet.row(&self.fields.get("parent").into())?;
        Some(&parent.item.content.title)
    }

    fn error(&self, field: &str) -> &str {
        if self.field == field { &self.why } else { "" }
    }

    fn refusal(&self) -> &str {
        if ["title", "due", "activity"].contains(&self.field) { "" } else { &self.why }
    }
}

async fn new_page(caller: &Caller, id: &str, fields: Fields, (field, why): (&'static str, String)) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::EditChecklist).await?;
    let mut shell = desk.shell(caller, Tab::Checklist);
    shell.crumbs.push(Link { words: t!("tab.checklist").into(), href: format!("/engagements/{id}/checklist") });
    shell.crumbs.remove(0);
    shell.title = t!("checklist.new").into();
    shell.live = None;
    let status = if why.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(caller.asked.show_as(status, &NewPage { shell, desk: &desk, fields, field, why }))
}

pub(super) async fn new(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let fields = Fields::parse(query.unwrap_or_default().as_bytes());
        fields.only(&["activity", "parent"])?;
        new_page(&caller, &id, fields, ("", String::new())).await
    };
    caller.answer(shown.await)
}

pub(super) async fn add(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let added = async {
        fields.only(&["activity", "parent", "title", "description", "owner", "due", "internal"])?;
        let input = AddItem {
            activity: fields.get("activity").into(),
            parent: fields.given("parent").map(ItemId::from),
            title: fields.text("title"),
            description: fields.text("description"),
            owners: fields.all("owner").map(RoleId::from).collect(),
            due: fields.date("due")?,
            internal: fields.get("internal") == "1",
        };
        add_item(caller.app(), &caller.actor, &engagement, input).await
    };
    match added.await {
        Ok(item) => {
            let to = format!("/engagements/{engagement}/checklist?item={}", item.id);
            let words = t!("done.added").with("title", &item.content.title);
            said::redirect(&to, words, item.undo.map(|number| undo_of(&engagement, number)).as_deref())
        }
        Err(Failure::Refused(refusal)) => {
            let field = if let tminus_app::Refusal::Field { field, .. } = &refusal { field } else { "" };
            let shown = new_page(&caller, engagement.as_str(), fields, (field, sentence(&refusal))).await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}
