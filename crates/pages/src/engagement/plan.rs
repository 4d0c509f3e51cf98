//! Changing the plan mid-way: the setup as it stands, what a change of it would do, and then the change.

use std::hash::{DefaultHasher, Hash, Hasher};

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use jiff::civil::Date;
use tminus_app::{
    Failure,
    engagement::{
        offboarding::{OFFBOARDING, offboarding_kit},
        plan::{ChangePlan, change_plan, preview_plan},
    },
    portfolio::may_fill,
};
use tminus_domain::{
    access::need::{Becomes, Turned},
    engagement::{
        retailor::{self, MovedDate},
        setup::Setup,
    },
    ids::{EngagementId, KitHash},
    rights::Right,
};

use super::{
    desk::Desk,
    form::{SetupForm, fields_of},
    new::moved,
};
use crate::{
    caller::{Caller, capital, sentence},
    fields::Fields,
    page::Page,
    said,
    shell::{Shell, Tab},
    typed::Typed,
    when::full_day,
    words::Words,
};

#[derive(Template)]
#[template(path = "engagement/plan.html", blocks = ["inside"])]
struct PlanPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    form: SetupForm,
    diff: Option<Diff>,
    /// Why there is no diff.
    missing: String,
    note: Option<Words>,
    /// The portfolios that it can be put into, and the one that it is in.
    portfolios: Vec<(String, String)>,
    portfolio: String,
}

/// The diff alone, and beside it what depends on the answers.
#[derive(Template)]
#[template(path = "engagement/plan_part.html")]
struct PlanPart<'a> {
    desk: &'a Desk,
    form: &'a SetupForm,
    diff: Option<&'a Diff>,
    missing: &'a str,
}

/// What a change would do, as it is shown.
struct Diff {
    sections: Vec<Section>,
    /// Under which revision, and for which setup, it was computed: what is applied is what was looked at.
    revision: i64,
    seen: String,
    lines: usize,
}

struct Section {
    title: String,
    sign: &'static str,
    tone: &'static str,
    lines: Vec<Line>,
}

struct Line {
    title: String,
    from: String,
    to: String,
    why: String,
}

impl Page for PlanPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }

    fn part(&self, id: &str) -> Option<askama::Result<String>> {
        let part = || PlanPart { desk: self.desk, form: &self.form, diff: self.diff.as_ref(), missing: &self.missing }.render();
        (id == "preview").then(part)
    }
}

/// The plan as it stands. Dates of the address, `?ms.kickoff=2026-12-21`, stand in its fields already, to be looked at; so does the off-boarding kit
/// with `?add=offboarding`.
pub(super) async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let desk = Desk::open(&caller, &id, Right::EditPlan).await?;
        let plan = &desk.engagement().plan;
        let hashes: Vec<_> = plan.kits.iter().map(|kit| kit.hash.clone()).collect();
        let mut fields = fields_of(&plan.setup, &hashes);
        let asked = Fields::parse(query.unwrap_or_default().as_bytes());
        let known: Vec<_> = plan.milestones.iter().map(|it| format!("ms.{}", it.id)).collect();
        asked.only(&known.iter().map(String::as_str).chain(["add"]).collect::<Vec<_>>())?;
        let dates = asked.without("add");
        dates.pairs().for_each(|(name, date)| fields.set(name, date));
        let kit = if asked.get("add") == OFFBOARDING {
            offboarding_kit(caller.app(), &caller.actor, &desk.view.engagement.id).await?
        } else {
            None
        };
        if let Some(hash) = &kit {
            fields.push("kit".to_owned(), hash.to_string());
        }
        let form = read(&caller, &desk, fields).await?;
        let form = if dates.pairs().next().is_some() { form } else { form.without_errors() };
        let page = page(&caller, &desk, form, kit.map(|_| t!("plan.offboarding"))).await?;
        Ok(caller.show(&page))
    };
    let shown = shown.await;
    caller.answer(shown)
}

/// What the form as it is would change. Nothing is changed yet.
pub(super) async fn preview(caller: Caller, Path(id): Path<String>, Typed(fields): Typed) -> Response {
    let shown = async {
        let desk = Desk::open(&caller, &id, Right::EditPlan).await?;
        let form = read(&caller, &desk, moved(fields)).await?;
        let page = page(&caller, &desk, form, None).await?;
        Ok(caller.show(&page))
    };
    let shown = shown.await;
    caller.answer(shown)
}

pub(super) async fn apply(caller: Caller, Path(id): Path<String>, Typed(fields): Typed) -> Response {
    let applied = applied(&caller, &id, fields).await;
    caller.answer(applied)
}

async fn applied(caller: &Caller, id: &str, fields: Fields) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::EditPlan).await?;
    let mut form = read(caller, &desk, fields).await?;
    let revision: Option<i64> = form.fields.parsed("revision")?;
    let looked = form.fields.get("seen") == digest(&form.setup, &form.hashes());
    let mut note = None;
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if form.is_refused() {
        // What is wrong is said beside its field.
    } else if revision.is_some_and(|revision| revision != desk.engagement().revision) {
        (note, status) = (Some(t!("plan.conflict")), StatusCode::CONFLICT);
    } else if !looked || revision.is_none() {
        (note, status) = (Some(t!("plan.look_first")), StatusCode::OK);
    } else {
        let input = ChangePlan { reason: form.fields.text("reason"), revision, ..input(&form) };
        match change_plan(caller.app(), &caller.actor, &desk.view.engagement.id, input).await {
            Ok(_) => return Ok(said::redirect(&format!("/engagements/{id}/countdown"), t!("plan.changed"), None)),
            Err(Failure::Refused(refusal)) => form.take(&refusal),
            Err(Failure::Conflict(_)) => (note, status) = (Some(t!("plan.conflict")), StatusCode::CONFLICT),
            Err(failure) => return Err(failure),
        }
    }
    // After a conflict the diff is made of what stands there now.
    let desk = Desk::open(caller, id, Right::EditPlan).await?;
    let page = page(caller, &desk, form, note).await?;
    Ok(caller.asked.show_as(status, &page))
}

async fn read(caller: &Caller, desk: &Desk, fields: Fields) -> Result<SetupForm, Failure> {
    let setup = &desk.engagement().plan.setup;
    let form = SetupForm::read(caller.app(), &caller.actor, fields).await?;
    Ok(form.keeping_workstreams(setup).sent_again_to(format!("/engagements/{}/plan/preview", desk.id())))
}

fn input(form: &SetupForm) -> ChangePlan {
    ChangePlan { setup: form.setup.clone(), kits: Some(form.hashes()), reason: String::new(), revision: None }
}

async fn page<'a>(caller: &Caller, desk: &'a Desk, form: SetupForm, note: Option<Words>) -> Result<PlanPage<'a>, Failure> {
    let (mut diff, mut missing) = (None, String::new());
    let wrong = form.errors().any(|(name, _)| name != "reason");
    if wrong {
        missing = t!("plan.mend_first").into();
    } else {
        match preview_plan(caller.app(), &caller.actor, &EngagementId::from(desk.id()), &input(&form)).await {
            Ok(found) => diff = Some(shown_diff(&found, desk, &form)),
            Err(Failure::Refused(refusal)) => missing = sentence(&refusal),
            Err(failure) => return Err(failure),
        }
    }
    let here = desk.engagement().portfolio.as_ref();
    // Whoever may not take it out of where it is puts it nowhere else.
    let movable = here.is_none_or(|here| may_fill(&caller.actor, here));
    Ok(PlanPage {
        portfolios: if movable { form.portfolios() } else { Vec::new() },
        portfolio: here.map(|here| here.id.to_string()).unwrap_or_default(),
        shell: Shell { title: t!("plan.page").into(), live: None, ..desk.shell(caller, Tab::Plan) },
        desk,
        form,
        diff,
        missing,
        note,
    })
}

/// Names a setup, so that what is applied is what was looked at.
fn digest(setup: &Setup, kits: &[KitHash]) -> String {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(setup).unwrap_or_default().hash(&mut hasher);
    kits.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn shown_diff(diff: &retailor::Diff, desk: &Desk, form: &SetupForm) -> Diff {
    let lines = |list: &[retailor::Line]| {
        list.iter()
            .map(|line| Line { title: titled(desk, &line.key, &line.title), from: String::new(), to: String::new(), why: line.why.clone() })
            .collect()
    };
    let moves = |list: &[MovedDate]| list.iter().map(|moved| move_line(desk, moved)).collect();
    let changed = diff.changed.iter().map(|line| Line {
        title: titled(desk, &line.key, &line.title),
        from: String::new(),
        to: String::new(),
        why: t!("plan.fields").with("fields", line.fields.join(", ").replace('_', " ")).into(),
    });
    let names = diff.names.iter().map(|it| Line {
        title: name_of(&it.field).text().to_owned(),
        from: it.from.clone(),
        to: if it.to.is_empty() { t!("plan.none").into() } else { it.to.clone() },
        why: String::new(),
    });
    let access =
        |becomes: Becomes| -> Vec<Line> { diff.access.iter().filter(|it| it.becomes == becomes).map(|it| access_line(desk, it)).collect() };
    let sections = [
        (t!("plan.names"), "~", "progress", names.collect()),
        (t!("plan.milestones"), "→", "progress", moves(&diff.milestones)),
        (t!("plan.added"), "+", "done", lines(&diff.added)),
        (t!("plan.returned"), "+", "done", lines(&diff.returned)),
        (t!("plan.left_out"), "−", "late", lines(&diff.left_out)),
        (t!("plan.kept"), "=", "waiting", lines(&diff.kept)),
        (t!("plan.moved"), "→", "progress", moves(&diff.moved)),
        (t!("plan.stayed"), "=", "waiting", lines(&diff.stayed)),
        (t!("plan.altered"), "~", "progress", changed.collect()),
        (t!("plan.access_needed"), "+", "done", access(Becomes::Needed)),
        (t!("plan.access_withdrawn"), "−", "late", access(Becomes::Withdrawn)),
        (t!("plan.access_to_revoke"), "−", "late", access(Becomes::ToRevoke)),
        (t!("plan.access_moved"), "→", "progress", access(Becomes::Moved)),
    ];
    let sections = sections.into_iter().filter(|(.., lines): &(_, _, _, Vec<Line>)| !lines.is_empty());
    let sections: Vec<_> = sections.map(|(title, sign, tone, lines)| Section { title: title.into(), sign, tone, lines }).collect();
    Diff {
        lines: sections.iter().map(|section| section.lines.len()).sum(),
        sections,
        revision: desk.engagement().revision,
        seen: digest(&form.setup, &form.hashes()),
    }
}

fn name_of(field: &str) -> Words {
    match field {
        "title" => t!("new.name"),
        "customer" => t!("new.customer"),
        "sow" => t!("new.sow"),
        _ => t!("new.zone"),
    }
}

/// A title with the person or workstream that the item is for.
fn titled(desk: &Desk, key: &str, title: &str) -> String {
    let whom = key.split_once('@').map(|(_, whom)| whom);
    let workstream = |id: &str| desk.engagement().plan.setup.workstreams.iter().find(|it| it.id.as_str() == id).map(|it| it.title.clone());
    let name = |id: &str| desk.engagement().names.get(&id.into()).cloned().or_else(|| workstream(id));
    let names: Vec<_> = whom.into_iter().flat_map(|whom| whom.split('@')).filter_map(name).collect();
    if names.is_empty() { title.to_owned() } else { format!("{title}, {}", names.join(", ")) }
}

/// Whose access to what.
fn access_line(desk: &Desk, it: &Turned) -> Line {
    let day = |date: Option<Date>| date.map(full_day).unwrap_or_default();
    let title = format!("{}, {}", it.title, desk.engagement().name(&it.person));
    Line { title, from: day(it.from), to: day(it.to), why: capital(&it.why) }
}

fn move_line(desk: &Desk, moved: &MovedDate) -> Line {
    let date = |date: Option<Date>| date.map_or_else(|| t!("preview.unknown").into(), full_day);
    Line { title: titled(desk, &moved.key, &moved.title), from: date(moved.from), to: date(moved.to), why: capital(&moved.why) }
}
