//! What has to end: the access of whoever left, what lapsed or is no longer needed; or all of it, at the end of the engagement.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure,
    access::{Access, list_access},
    engagement::closing::end_engagement,
};
use tminus_domain::{
    access::{Grant, Step},
    ids::{EngagementId, PersonId, ResourceId},
    kit::Side,
    people::Member,
    rights::{PassKind, Right},
};

use super::mark;
use crate::{
    caller::{Caller, sentence},
    checklist::{panel::moment, sheet::side},
    engagement::{desk::Desk, retention::Kept},
    fields::Fields,
    mark::{Face, Mark},
    page::Page,
    said,
    shell::{Shell, Tab},
    when,
    words::Words,
};

#[derive(Template)]
#[template(path = "access/revoke.html", blocks = ["inside"])]
struct RevokePage<'a> {
    shell: Shell,
    desk: &'a Desk,
    lines: Vec<Line>,
    all: bool,
    /// How many have to end now, and how many at the end.
    counts: (usize, usize),
    manages: bool,
    /// The person may end the engagement.
    ends: bool,
    ended: String,
    /// What was typed to end it, and why it was refused.
    tried: (String, String),
    kept: Kept,
}

/// Which list, and what was typed into its forms.
#[derive(Default)]
pub(crate) struct Asked {
    all: bool,
    tried: (String, String),
    /// What was typed into the form of how long personal data is kept.
    kept: Option<Kept>,
}

impl Asked {
    /// The list of everything that has to end with the engagement.
    pub(crate) fn end() -> Self {
        Self { all: true, ..Self::default() }
    }

    pub(crate) fn with_kept(self, kept: Kept) -> Self {
        Self { kept: Some(kept), ..self }
    }
}

struct Line {
    person: PersonId,
    resource: ResourceId,
    face: Face,
    title: String,
    handed_back: bool,
    mark: Mark,
    why: String,
    gives: Words,
    version: u32,
    /// The steps that lead towards its end.
    next: Vec<(&'static str, Words)>,
}

impl Page for RevokePage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl RevokePage<'_> {
    fn href(&self, all: bool) -> String {
        format!("/engagements/{}/access/revoke{}", self.desk.id(), if all { "?all=1" } else { "" })
    }

    fn back(&self) -> &'static str {
        if self.all { "all" } else { "revoke" }
    }
}

fn line(desk: &Desk, access: &Access, grant: &Grant) -> Line {
    let engagement = &access.engagement;
    let resource = engagement.resource(&grant.resource);
    let member = engagement.member(&grant.person);
    let works = desk.standing.pass != PassKind::View && desk.may(Right::WorkItems);
    let ends = access.next(grant).into_iter().filter(|step| works && step.is_ending());
    Line {
        face: Face::new(engagement.name(&grant.person), side(member.map_or(Side::Delivery, Member::side))),
        title: resource.map_or_else(|| grant.resource.to_string(), |it| it.title.clone()),
        handed_back: resource.is_some_and(|it| it.kind.is_handed_back()),
        mark: mark(grant, access.today),
        why: why(access, grant),
        gives: side(resource.map_or(Side::Customer, |it| engagement.giving_side(it))).word(),
        version: grant.version,
        next: ends.map(|step| (step.as_str(), doing(step))).collect(),
        person: grant.person.clone(),
        resource: grant.resource.clone(),
    }
}

/// What a button says that leads to a step.
fn doing(step: Step) -> Words {
    match step {
        Step::RevokeRequested => t!("access.do_ask"),
        Step::Revoked => t!("access.do_revoke"),
        _ => t!("access.do_confirm"),
    }
}

fn why(access: &Access, grant: &Grant) -> String {
    let engagement = &access.engagement;
    if let Some(carried) = &grant.carried {
        return t!("access.carried").with("name", engagement.name(&carried.owner)).with("day", when::full_day(carried.until)).into();
    }
    let member = engagement.member(&grant.person);
    match member.and_then(|member| member.until).filter(|until| *until < access.today) {
        Some(until) => t!("access.why_left_on").with("day", when::short_day(until)).into(),
        None if member.is_none() => t!("access.why_left").into(),
        None if grant.has_lapsed(access.today) => {
            t!("access.why_lapsed").with("day", grant.until.map(when::short_day).unwrap_or_default()).into()
        }
        None if grant.exception_ended(access.today) => t!("access.why_exception").into(),
        None if !grant.wanted => t!("access.why_not_needed").into(),
        None if grant.step.is_ending() => t!("access.why_asked").into(),
        None => t!("access.why_end").into(),
    }
}

pub(super) async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = shown(&caller, &id, &query.unwrap_or_default()).await;
    caller.answer(shown)
}

async fn shown(caller: &Caller, id: &str, query: &str) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let fields = Fields::parse(query.as_bytes());
    fields.only(&["all"])?;
    list(caller, &desk, Asked { all: fields.get("all") == "1", ..Asked::default() }).await
}

pub(crate) async fn list(caller: &Caller, desk: &Desk, asked: Asked) -> Result<Response, Failure> {
    let Asked { all, tried, kept } = asked;
    let access = list_access(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let lines = access.engagement.to_revoke(access.today, all).map(|grant| line(desk, &access, grant)).collect();
    let count = |all| access.engagement.to_revoke(access.today, all).count();
    let shell = Shell { title: t!("access.to_revoke").into(), ..desk.shell(caller, Tab::People) };
    let manages = access.manages && access.acts;
    let ended = desk.engagement().plan.closing.ended.as_ref();
    let told = ended.map(|ended| {
        let words = t!("access.ended").with("at", moment(caller, ended.mark.at)).with("name", desk.engagement().name(&ended.mark.by));
        format!("{words} {}", ended.note)
    });
    let ends = ended.is_none() && desk.may(Right::EndEngagement) && desk.standing.pass != PassKind::View;
    let kept = kept.unwrap_or_else(|| Kept::of(caller, desk));
    let status = if tried.1.is_empty() && kept.why.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let counts = (count(false), count(true));
    let page = RevokePage { shell, lines, all, counts, manages, ends, ended: told.unwrap_or_default(), tried, kept, desk };
    Ok(if status == StatusCode::OK { caller.show(&page) } else { caller.asked.show_as(status, &page) })
}

pub(super) async fn end(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let ended = async {
        fields.only(&["note"])?;
        end_engagement(caller.app(), &caller.actor, &engagement, fields.text("note")).await
    };
    match ended.await {
        Ok(()) => said::redirect(&format!("/engagements/{engagement}/access/revoke?all=1"), t!("access.done_end"), None),
        Err(Failure::Refused(refusal)) => {
            let shown = async {
                let desk = Desk::open(&caller, engagement.as_str(), Right::ReadEngagement).await?;
                let tried = (fields.text("note"), sentence(&refusal));
                list(&caller, &desk, Asked { tried, ..Asked::end() }).await
            };
            let shown = shown.await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}

impl Line {
    fn confirms(&self) -> bool {
        self.next.iter().any(|(step, _)| *step == Step::RevocationConfirmed.as_str())
    }
}
