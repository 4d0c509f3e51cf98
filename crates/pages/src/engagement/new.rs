//! Opening an engagement: one form, and what follows from it beside it.

use askama::Template;
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use tminus_app::{
    App, Failure, Refusal,
    engagement::open::{OpenEngagement, open_engagement, preview},
};
use tminus_domain::{
    engagement::setup::Setup,
    ids::KitHash,
    kit::Side,
    rights::{Function, Right},
    schedule::WorkCalendar,
};

use super::{
    form::{SetupForm, fields_of},
    preview::Preview,
};
use crate::{
    caller::{Caller, sentence},
    fields::Fields,
    page::Page,
    said,
    shell::{Link, Place, Shell},
    typed::Typed,
};

#[derive(Template)]
#[template(path = "engagement/new.html", blocks = ["inside"])]
struct NewPage {
    shell: Shell,
    form: SetupForm,
    preview: Option<Preview>,
    /// Why there is no preview.
    missing: String,
}

/// The preview alone, and beside it what depends on the answers.
#[derive(Template)]
#[template(path = "engagement/new_part.html")]
struct NewPart<'a> {
    form: &'a SetupForm,
    preview: Option<&'a Preview>,
    missing: &'a str,
}

impl Page for NewPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }

    fn part(&self, id: &str) -> Option<askama::Result<String>> {
        (id == "preview").then(|| NewPart { form: &self.form, preview: self.preview.as_ref(), missing: &self.missing }.render())
    }
}

impl NewPage {
    async fn of(caller: &Caller, form: SetupForm) -> Result<Self, Failure> {
        let (preview, missing) = match follows(caller, &form).await {
            Ok(preview) => (preview, String::new()),
            Err(Failure::Refused(refusal)) => (None, sentence(&refusal)),
            Err(failure) => return Err(failure),
        };
        let shell = Shell {
            crumbs: vec![Link { words: t!("rail.engagements").into(), href: "/engagements".into() }],
            ..caller.shell(t!("new.title"), Place::Engagements)
        };
        Ok(Self { shell, form, preview, missing })
    }
}

/// What follows from the form. Names are not needed for it, so their absence is no hindrance yet.
async fn follows(caller: &Caller, form: &SetupForm) -> Result<Option<Preview>, Failure> {
    if form.chosen.is_empty() {
        return Ok(None);
    }
    let mut input = input(form);
    for name in [&mut input.setup.title, &mut input.setup.customer] {
        if name.is_empty() {
            "–".clone_into(name);
        }
    }
    let tailored = preview(caller.app(), &caller.actor, &input).await?;
    Ok(Some(Preview::of(&tailored, form, caller.app().today(&input.setup.zone))))
}

fn input(form: &SetupForm) -> OpenEngagement {
    OpenEngagement { kits: form.hashes(), setup: form.setup.clone(), members: form.members.clone(), portfolio: form.portfolio.clone() }
}

pub(super) async fn show(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        caller.practice(Right::CreateEngagement)?;
        let query = Fields::parse(query.unwrap_or_default().as_bytes());
        let fields = blank(caller.app(), &caller, query.given("kit")).await?;
        let form = SetupForm::read(caller.app(), &caller.actor, fields).await?;
        // Nothing was sent yet, so nothing is wrong yet.
        let page = NewPage::of(&caller, form.without_errors()).await?;
        Ok(caller.show(&page))
    };
    let shown = shown.await;
    caller.answer(shown)
}

/// The form as it stands when nobody has typed anything.
async fn blank(app: &App, caller: &Caller, kit: Option<&str>) -> Result<Fields, Failure> {
    let kits = match kit {
        Some(kit) => vec![tminus_app::kit::find_kit(app, &caller.actor, kit).await?.0.hash],
        None => only_kit(app, caller).await?,
    };
    let setup = Setup {
        zone: caller.actor.zone.clone(),
        calendars: vec![
            WorkCalendar::new(t!("new.delivery_calendar").text(), Side::Delivery),
            WorkCalendar::new(t!("new.customer_calendar").text(), Side::Customer),
        ],
        ..Setup::default()
    };
    let mut fields = fields_of(&setup, &kits);
    fields.add("p0.person", caller.actor.person.as_str());
    fields.add("p0.function", Function::EngagementManager.as_str());
    fields.add("p0.role", "engagement-manager");
    Ok(fields)
}

/// Where there is one kit only, nobody has to choose it.
async fn only_kit(app: &App, caller: &Caller) -> Result<Vec<KitHash>, Failure> {
    let mut kits = tminus_app::kit::list_kits(app, &caller.actor).await?;
    kits.sort_by_key(|kit| std::cmp::Reverse(kit.at));
    let same = kits.iter().all(|kit| kit.id == kits[0].id);
    Ok(if same { kits.into_iter().take(1).map(|kit| kit.hash).collect() } else { Vec::new() })
}

/// The same form with everything typed, and what follows from it by now.
pub(super) async fn again(caller: Caller, Typed(fields): Typed) -> Response {
    let shown = async {
        caller.practice(Right::CreateEngagement)?;
        let form = SetupForm::read(caller.app(), &caller.actor, moved(fields)).await?;
        let page = NewPage::of(&caller, form).await?;
        Ok(caller.show(&page))
    };
    let shown = shown.await;
    caller.answer(shown)
}

/// A press on “Kick-off on …” puts that date into its field.
pub(super) fn moved(mut fields: Fields) -> Fields {
    if let Some(to) = fields.given("move_to").map(ToOwned::to_owned) {
        fields.set("ms.kickoff", &to);
    }
    fields
}

pub(super) async fn open(caller: Caller, Typed(fields): Typed) -> Response {
    let opened = async {
        caller.practice(Right::CreateEngagement)?;
        let mut form = SetupForm::read(caller.app(), &caller.actor, fields).await?;
        if !form.is_refused() {
            match open_engagement(caller.app(), &caller.actor, input(&form)).await {
                Ok(id) => {
                    let words = t!("new.opened").with("customer", &form.setup.customer);
                    return Ok(said::redirect(&format!("/engagements/{id}/countdown"), words, None));
                }
                Err(Failure::Refused(refusal)) => form.take(&refusal),
                Err(failure) => return Err(failure),
            }
        } else if let Err(Failure::Refused(refusal @ Refusal::Setup(_))) = preview(caller.app(), &caller.actor, &input(&form)).await {
            // What the rules say to the rest comes at the same time.
            form.take(&refusal);
        }
        let page = NewPage::of(&caller, form).await?;
        Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let opened = opened.await;
    caller.answer(opened)
}
