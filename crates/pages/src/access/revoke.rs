//! What has to end: the access of whoever left, what lapsed or is no longer needed; all of one person; or all there is, at the end of the engagement.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure,
    access::{
        Access,
        ending::{Count, Ending, list_ending},
    },
    engagement::{
        closing::{end_engagement, reopen_engagement},
        offboarding::offboarding_kit,
    },
};
use tminus_domain::{
    access::{Grant, Step},
    ids::{EngagementId, PersonId, ResourceId},
    kit::Side,
    people::Member,
    rights::{PassKind, Right},
};

use super::{known_by, mark, whole::Whole};
use crate::{
    caller::{Caller, sentence},
    checklist::{panel::moment, sheet::side},
    engagement::{
        desk::Desk,
        retention::{KEEP, Kept},
    },
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
    whole: Whole,
    which: Which,
    /// Everybody who has something that has to end.
    people: Vec<(String, String)>,
    /// How much has to end now, and at the end.
    counts: (Count, Count),
    manages: bool,
    /// The person may end the engagement; or open it again.
    ends: bool,
    reopens: bool,
    ended: String,
    /// Where the off-boarding kit is added, if it is not there.
    kit: String,
    tried: Tried,
    kept: Kept,
}

/// What is shown: what has to end now; all there is; or all of one person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Which {
    pub(crate) all: bool,
    pub(crate) person: Option<PersonId>,
}

/// A form that was refused: which, what was typed, and why.
#[derive(Default)]
pub(crate) struct Tried {
    pub(crate) act: String,
    pub(crate) sent: Fields,
    pub(crate) why: String,
}

/// What the form of one line is called.
pub(super) fn act(person: &PersonId, resource: &ResourceId) -> String {
    format!("{person} {resource}")
}

impl Tried {
    pub(super) fn why(&self, act: &str) -> &str {
        if self.act == act { &self.why } else { "" }
    }

    pub(super) fn text(&self, act: &str, name: &str) -> &str {
        if self.act == act { self.sent.get(name) } else { "" }
    }
}

impl Which {
    /// Of a form that stood in the list.
    pub(super) fn of_form(fields: &Fields) -> Option<Self> {
        match fields.get("back") {
            "revoke" => Some(Self::default()),
            "all" => Some(Self { all: true, person: None }),
            _ => None,
        }
    }

    pub(super) fn read(fields: &Fields) -> Self {
        Self { all: fields.get("all") == "1", person: fields.given("person").map(PersonId::from) }
    }

    pub(super) fn href(&self, engagement: &str) -> String {
        let query = match (&self.person, self.all) {
            (Some(person), _) => format!("?person={person}"),
            (None, true) => "?all=1".to_owned(),
            (None, false) => String::new(),
        };
        format!("/engagements/{engagement}/access/revoke{query}")
    }
}

struct Line {
    person: PersonId,
    resource: ResourceId,
    face: Face,
    title: String,
    handed_back: bool,
    internal: bool,
    /// It ends at once.
    urgent: bool,
    mark: Mark,
    why: String,
    due: String,
    /// It has to end now, and not only with the engagement.
    now: bool,
    late: bool,
    gives: Words,
    version: u32,
    /// What may show that it is gone, to another side than the one that gives it.
    shows: Vec<(String, String)>,
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
        Which { all, person: None }.href(self.desk.id())
    }

    fn back(&self) -> &'static str {
        if self.which.all { "all" } else { "revoke" }
    }

    fn person(&self) -> &str {
        self.which.person.as_ref().map_or("", PersonId::as_str)
    }

    /// Whose everything is shown, by name.
    fn name(&self) -> &str {
        self.which.person.as_ref().map(|person| self.desk.engagement().name(person)).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.whole.is_empty()
    }

    /// Whether somebody's access can be ended at once here: theirs who is shown, and not one's own.
    fn ends_at_once(&self) -> bool {
        self.manages && self.which.person.as_ref().is_some_and(|person| *person != self.whole.actor) && self.ended.is_empty()
    }
}

fn line(desk: &Desk, access: &Access, (due, grant): (Option<jiff::civil::Date>, &Grant)) -> Line {
    let engagement = &access.engagement;
    let resource = engagement.resource(&grant.resource);
    let member = engagement.member(&grant.person);
    let giving = resource.map_or(Side::Customer, |it| engagement.giving_side(it));
    let works = desk.standing.pass != PassKind::View && desk.moves_access();
    let ends = access.next(grant).into_iter().filter(|step| works && step.is_ending());
    Line {
        face: Face::new(engagement.name(&grant.person), side(member.map_or(Side::Delivery, Member::side))),
        title: resource.map_or_else(|| grant.resource.to_string(), |it| it.title.clone()),
        handed_back: resource.is_some_and(|it| it.kind.is_handed_back()),
        internal: resource.is_some_and(|it| it.internal),
        urgent: engagement.urgent(grant).is_some(),
        mark: mark(grant, access.today),
        why: why(access, grant),
        due: due.map(when::short_day).unwrap_or_default(),
        now: engagement.to_revoke(access.today, false).any(|it| it.person == grant.person && it.resource == grant.resource),
        late: due.is_some_and(|due| due < access.today),
        gives: side(giving).word(),
        shows: known_by(desk, giving),
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
    let fields = Fields::parse(query.as_bytes());
    fields.only(&["all", "person"])?;
    list(caller, id, (Which::read(&fields), Tried::default())).await
}

pub(crate) async fn list(caller: &Caller, id: &str, (which, tried): (Which, Tried)) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let ending = list_ending(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let access = &ending.access;
    if let Some(person) = &which.person
        && !ending.people().contains(&person)
        && access.engagement.member(person).is_none()
    {
        return Err(Failure::NotFound);
    }
    let lines = ending.grants(which.all, which.person.as_ref()).into_iter().map(|it| line(&desk, access, it)).collect();
    let manages = access.manages && access.acts;
    let ended = desk.engagement().plan.closing.ended.as_ref();
    let told = ended.map(|ended| {
        let words = t!("access.ended").with("at", moment(caller, ended.mark.at)).with("name", desk.engagement().name(&ended.mark.by));
        format!("{words} {}", ended.note)
    });
    let looks = desk.standing.pass == PassKind::View;
    let reopens = ended.is_some() && desk.may(Right::EndEngagement) && !looks;
    let ends = ended.is_none() && desk.may(Right::EndEngagement) && !looks;
    let kit = offboarding_kit(caller.app(), &caller.actor, &desk.view.engagement.id).await?.filter(|_| ended.is_none() && !looks);
    let kept = Kept::of(caller, &desk);
    let kept = if tried.act == KEEP { kept.refused(&tried.sent, tried.why.clone()) } else { kept };
    let status = if tried.why.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RevokePage {
        shell: Shell { title: t!("access.to_revoke").into(), ..desk.shell(caller, Tab::People) },
        lines,
        whole: Whole::of(caller, &desk, (&ending, &which)),
        people: people(&desk, &ending),
        counts: (ending.count(false), ending.count(true)),
        kit: kit.map(|_| format!("/engagements/{id}/plan?add=offboarding")).unwrap_or_default(),
        ended: told.unwrap_or_default(),
        which,
        manages,
        ends,
        reopens,
        tried,
        kept,
        desk: &desk,
    };
    Ok(if status == StatusCode::OK { caller.show(&page) } else { caller.asked.show_as(status, &page) })
}

fn people(desk: &Desk, ending: &Ending) -> Vec<(String, String)> {
    let named = ending.people().into_iter().map(|person| (person.to_string(), desk.engagement().name(person).to_owned()));
    [(String::new(), t!("access.everybody").into())].into_iter().chain(named).collect()
}

pub(super) async fn end(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let which = Which { all: true, person: None };
    let ended = async {
        fields.only(&["note"])?;
        end_engagement(caller.app(), &caller.actor, &engagement, fields.text("note")).await
    };
    match ended.await {
        Ok(()) => said::redirect(&which.href(engagement.as_str()), t!("access.done_end"), None),
        Err(Failure::Refused(refusal)) => {
            let tried = Tried { act: "end".to_owned(), why: sentence(&refusal), sent: fields };
            let shown = list(&caller, engagement.as_str(), (which, tried)).await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}

pub(super) async fn reopen(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let opened = async {
        fields.only(&["why"])?;
        reopen_engagement(caller.app(), &caller.actor, &engagement, fields.text("why")).await
    };
    match opened.await {
        Ok(()) => said::redirect(&format!("/engagements/{engagement}/countdown"), t!("access.done_reopen"), None),
        Err(Failure::Refused(refusal)) => {
            let tried = Tried { act: "reopen".to_owned(), why: sentence(&refusal), sent: fields };
            let shown = list(&caller, engagement.as_str(), (Which { all: true, person: None }, tried)).await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}

impl Line {
    /// Another side than the one that gives it could say that it is gone: with what shows it.
    fn act(&self) -> String {
        act(&self.person, &self.resource)
    }

    fn confirms(&self) -> bool {
        !self.shows.is_empty() && self.next.iter().any(|(step, _)| *step == Step::RevocationConfirmed.as_str())
    }
}
