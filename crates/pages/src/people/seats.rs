//! Whom the register asks for and who sits there, the account team, and to whom one turns when something is stuck.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    people::{
        escalation::{self, SetEscalation, list_escalation, set_escalation},
        member::list_members,
        seat::{FillSeat, Seated, ask_days, fill_seat, leave_seat, list_seats},
    },
};
use tminus_domain::{
    engagement::Engagement,
    ids::{EngagementId, PersonId, SeatId},
    kit::{Side, share::DaysAWeek},
    people::{
        escalation::{MAX_RUNGS, Rung},
        seat::{Claim, Shortfall},
    },
    rights::Right,
};

use super::function_words;
use crate::{
    caller::{Caller, sentence},
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::Fields,
    mark::{Face, Mark},
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    words::Words,
};

pub(super) fn routes(table: Table) -> Table {
    let of = Needs::Engagement;
    table
        .get("/engagements/{engagement}/people/seats", of(Right::ReadEngagement), show)
        .post("/engagements/{engagement}/people/seats", of(Right::EditMembers), change)
        .post("/engagements/{engagement}/people/escalation", of(Right::EditMembers), escalate)
}

#[derive(Template)]
#[template(path = "people/seats.html", blocks = ["inside"])]
struct SeatsPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    to_revoke: usize,
    open: usize,
    /// By workstream or heading: what it is called, how many are open, and its seats.
    groups: Vec<(String, usize, Vec<Line>)>,
    short: Vec<String>,
    team: Vec<Reached>,
    paths: Vec<PathShown>,
    seat: Option<SeatForm>,
    path: Option<PathForm>,
}

struct Line {
    id: SeatId,
    role: String,
    note: String,
    side: Words,
    people: Vec<Face>,
    asked: String,
}

/// Somebody, and how to reach them.
pub(crate) struct Reached {
    pub(crate) face: Face,
    pub(crate) words: Words,
    pub(crate) email: String,
}

/// The path of a side: what each step is called, and who is there.
pub(crate) struct PathShown {
    pub(crate) side: Words,
    pub(crate) name: &'static str,
    pub(crate) steps: Vec<(String, Vec<Reached>)>,
}

/// A seat to fill, to leave, or to ask other days of.
struct SeatForm {
    title: String,
    /// Whom it may go to; none where a function decides.
    choose: Vec<(String, String)>,
    leaves: bool,
    why: &'static str,
    fields: Fields,
    wrong: String,
}

struct PathForm {
    side: Words,
    choose: Vec<(String, String)>,
    fields: Fields,
    wrong: String,
}

/// A form that did not go through.
struct Tried {
    fields: Fields,
    wrong: String,
    conflict: bool,
}

impl Page for SeatsPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl SeatsPage<'_> {
    fn edits(&self) -> bool {
        self.desk.may(Right::EditMembers)
    }
}

impl PathForm {
    /// The names of its choices, and what is chosen.
    fn rungs(&self) -> Vec<(String, String, String)> {
        let chosen: Vec<_> = self.fields.all("rung").collect();
        let typed = |place: usize| chosen.get(place).map_or_else(String::new, |it| (*it).to_owned());
        (0..MAX_RUNGS).map(|place| (format!("rung-{place}"), t!("seats.step").with("n", place + 1).into(), typed(place))).collect()
    }
}

/// `3 to 5`
fn days(asked: DaysAWeek) -> String {
    if asked.least == asked.most {
        return asked.least.to_string();
    }
    t!("seats.span").with("least", asked.least).with("most", asked.most).into()
}

/// The workstream or heading that a seat stands under.
fn heading(engagement: &Engagement, seat: &tminus_domain::people::seat::Seat) -> String {
    let workstream = seat.workstream.as_ref().and_then(|id| engagement.plan.setup.workstream(id));
    workstream.map_or_else(|| seat.group.clone(), |it| it.title.clone())
}

/// Seats that nobody fills: by workstream and side, how many.
pub(crate) fn open_by_workstream(desk: &Desk) -> Vec<(String, usize)> {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for seat in desk.engagement().open_seats(desk.today).filter(|seat| desk.view.scope.sees_staffing(seat.side)) {
        let title = format!("{}, {}", heading(desk.engagement(), seat), side(seat.side).word());
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, count)) => *count += 1,
            None => groups.push((title, 1)),
        }
    }
    groups
}

/// `Ben gives 2 of 3 to 5 days a week: Workstream lead (Security)`
pub(crate) fn shortfalls(desk: &Desk) -> Vec<String> {
    let engagement = desk.engagement();
    let said = |short: Shortfall<'_>| {
        let seats = short.seats.iter().map(|seat| format!("{} ({})", seat.role, heading(engagement, seat))).collect::<Vec<_>>();
        let words = t!("seats.short").with("name", engagement.name(&short.member.person)).with("gives", short.gives);
        words.with("asked", days(short.asked)).with("seats", seats.join(", ")).into()
    };
    let short = engagement.shortfalls(desk.today).into_iter();
    short.filter(|short| desk.view.scope.sees_staffing(short.member.side())).map(said).collect()
}

/// The paths as everybody on the engagement sees them.
pub(crate) async fn paths(caller: &Caller, desk: &Desk) -> Result<Vec<PathShown>, Failure> {
    let engagement = desk.engagement();
    let step = |of: Side, step: escalation::Step| {
        let reached = step.people.into_iter().map(|person| Reached {
            face: Face::new(&person.name, side(of)),
            words: engagement.member(&person.id).map_or(t!("register.member"), |member| function_words(member.function)),
            email: person.email,
        });
        (rung_words(&step.rung, engagement), reached.collect())
    };
    let shown = |path: escalation::Path| PathShown {
        side: side(path.side).word(),
        name: path.side.as_str(),
        steps: path.steps.into_iter().map(|it| step(path.side, it)).collect(),
    };
    Ok(list_escalation(caller.app(), &caller.actor, &engagement.id).await?.into_iter().map(shown).collect())
}

fn rung_words(rung: &Rung, engagement: &Engagement) -> String {
    match rung {
        Rung::Leads => t!("seats.leads").into(),
        Rung::Manager => t!("seats.manager").into(),
        Rung::Sponsor => t!("seats.sponsor").into(),
        Rung::Person(person) => engagement.name(person).to_owned(),
    }
}

fn grouped(desk: &Desk, seats: &[Seated]) -> Vec<(String, usize, Vec<Line>)> {
    let engagement = desk.engagement();
    let mut groups: Vec<(String, usize, Vec<Line>)> = Vec::new();
    for it in seats {
        let title = heading(engagement, &it.seat);
        let line = Line {
            id: it.seat.id.clone(),
            role: it.seat.role.clone(),
            note: it.seat.note.clone(),
            side: side(it.seat.side).word(),
            people: it.people.iter().map(|person| Face::new(engagement.name(person), side(it.seat.side))).collect(),
            asked: it.seat.days_a_week.map(days).unwrap_or_default(),
        };
        let open = usize::from(it.people.is_empty());
        match groups.iter_mut().find(|(known, ..)| *known == title) {
            Some((_, count, lines)) => {
                *count += open;
                lines.push(line);
            }
            None => groups.push((title, open, vec![line])),
        }
    }
    groups
}

fn seat_form(desk: &Desk, seats: &[Seated], (wanted, tried): (&str, Option<Tried>)) -> Result<SeatForm, Failure> {
    let engagement = desk.engagement();
    let it = seats.iter().find(|it| it.seat.id.as_str() == wanted).ok_or(Failure::NotFound)?;
    let here = engagement.members.iter().filter(|member| member.side() == it.seat.side && member.is_here(desk.today));
    let of_function = matches!(it.claim, Claim::Function(_));
    let choose =
        if of_function { Vec::new() } else { here.map(|it| (it.person.to_string(), engagement.name(&it.person).to_owned())).collect() };
    let (mut fields, wrong) = tried.map_or_else(Default::default, |tried| (tried.fields, tried.wrong));
    if wrong.is_empty() {
        fields.set("days", &it.seat.days_a_week.map(|days| days.to_string()).unwrap_or_default());
        fields.set("person", it.people.first().map(PersonId::as_str).unwrap_or_default());
    }
    fields.set("seat", wanted);
    fields.set("seen", &it.edition);
    let why = match it.claim {
        Claim::Function(_) => t!("seats.of_function"),
        Claim::Part(..) => t!("seats.of_part"),
        Claim::Role(_) => t!("seats.of_role"),
        Claim::Name => t!("seats.of_name"),
    };
    let leaves = !it.people.is_empty() && (matches!(it.claim, Claim::Part(..)) || it.seat.person.is_some());
    Ok(SeatForm { title: format!("{}, {}", it.seat.role, heading(engagement, &it.seat)), choose, leaves, why: why.text(), fields, wrong })
}

async fn path_form(caller: &Caller, desk: &Desk, (wanted, tried): (&str, Option<Tried>)) -> Result<PathForm, Failure> {
    let of: Side = wanted.parse().map_err(|()| Failure::NotFound)?;
    let engagement = desk.engagement();
    let paths = list_escalation(caller.app(), &caller.actor, &engagement.id).await?;
    let path = paths.iter().find(|path| path.side == of).ok_or(Failure::NotFound)?;
    let sponsor = (of == Side::Customer).then_some(Rung::Sponsor);
    let words = [Rung::Leads, Rung::Manager].into_iter().chain(sponsor).map(|rung| (rung.to_string(), rung_words(&rung, engagement)));
    let people = engagement.members.iter().filter(|member| member.side() == of && member.is_here(desk.today));
    let people = people.map(|it| (it.person.to_string(), engagement.name(&it.person).to_owned()));
    let none = (String::new(), t!("register.no_part").into());
    let (mut fields, wrong) = tried.map_or_else(Default::default, |tried| (tried.fields, tried.wrong));
    if wrong.is_empty() {
        path.steps.iter().for_each(|step| fields.push("rung".to_owned(), step.rung.to_string()));
    }
    fields.set("side", wanted);
    fields.set("seen", &path.edition);
    Ok(PathForm { side: side(of).word(), choose: std::iter::once(none).chain(words).chain(people).collect(), fields, wrong })
}

async fn page(caller: &Caller, id: &str, (seat, path): (Option<&str>, Option<&str>), tried: Option<Tried>) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let engagement = desk.engagement();
    let seats = list_seats(caller.app(), &caller.actor, &engagement.id).await?;
    let status = match &tried {
        None => StatusCode::OK,
        Some(Tried { conflict: true, .. }) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let edits = desk.may(Right::EditMembers);
    let (seat, path) = match (seat.filter(|_| edits), path.filter(|_| edits)) {
        (Some(seat), _) => (Some(seat_form(&desk, &seats, (seat, tried))?), None),
        (None, Some(path)) => (None, Some(path_form(caller, &desk, (path, tried)).await?)),
        (None, None) => (None, None),
    };
    let team: Vec<_> = engagement.account_team(desk.today).iter().map(|member| member.person.clone()).collect();
    let members = list_members(caller.app(), &caller.actor, &engagement.id).await?;
    let team = members.into_iter().filter(|(member, _)| team.contains(&member.person)).map(|(member, person)| Reached {
        face: Face::new(&person.name, side(Side::Delivery)),
        words: function_words(member.function),
        email: person.email,
    });
    let shown = SeatsPage {
        shell: desk.shell(caller, Tab::People),
        to_revoke: desk.to_revoke(),
        open: seats.iter().filter(|it| it.people.is_empty()).count(),
        groups: grouped(&desk, &seats),
        short: shortfalls(&desk),
        team: team.collect(),
        paths: paths(caller, &desk).await?,
        seat,
        path,
        desk: &desk,
    };
    Ok(caller.asked.show_as(status, &shown))
}

async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let query = Fields::parse(query.unwrap_or_default().as_bytes());
        query.only(&["seat", "path"])?;
        page(&caller, &id, (query.given("seat"), query.given("path")), None).await
    };
    caller.answer(shown.await)
}

async fn change(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let changed = async {
        fields.only(&["act", "seat", "person", "days", "seen"])?;
        let (app, actor) = (caller.app(), &caller.actor);
        let (seat, seen) = (SeatId(fields.text("seat")), fields.given("seen").map(ToOwned::to_owned));
        match fields.get("act") {
            "leave" => leave_seat(app, actor, &engagement, (&seat, seen.as_deref())).await.map(|()| t!("seats.left")),
            "days" => {
                let unusable = |why: tminus_domain::kit::share::NoDays| crate::fields::refused("days", why.to_string());
                let days = fields.given("days").map(str::parse).transpose().map_err(unusable)?;
                ask_days(app, actor, &engagement, (&seat, days, seen.as_deref())).await.map(|()| t!("seats.asked"))
            }
            _ => fill_seat(app, actor, &engagement, FillSeat { seat, person: PersonId(fields.text("person")), seen })
                .await
                .map(|()| t!("seats.filled")),
        }
    };
    let changed = changed.await;
    answer(&caller, &engagement, changed, fields).await
}

async fn escalate(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let set = async {
        fields.only(&["side", "rung", "seen"])?;
        let side = fields.parsed("side")?.ok_or(Failure::NotFound)?;
        let rungs = fields.all("rung").map(|rung| Rung::from(rung.to_owned())).collect();
        let input = SetEscalation { side, rungs, seen: fields.given("seen").map(ToOwned::to_owned) };
        set_escalation(caller.app(), &caller.actor, &engagement, input).await.map(|()| t!("seats.path_set"))
    };
    let set = set.await;
    answer(&caller, &engagement, set, fields).await
}

async fn answer(caller: &Caller, engagement: &EngagementId, done: Result<Words, Failure>, fields: Fields) -> Response {
    let (wrong, conflict) = match done {
        Ok(words) => return said::redirect(&format!("/engagements/{engagement}/people/seats"), words, None),
        Err(Failure::Refused(refusal @ Refusal::Field { .. })) => (sentence(&refusal), false),
        Err(Failure::Conflict(_)) => (format!("{} {}", t!("wrong.conflict.what"), t!("conflict.kept")), true),
        Err(failure) => return caller.answer(Err(failure)),
    };
    let (seat, path) = (fields.text("seat"), fields.text("side"));
    let open = (Some(seat.as_str()).filter(|it| !it.is_empty()), Some(path.as_str()).filter(|it| !it.is_empty()));
    let shown = page(caller, engagement.as_str(), open, Some(Tried { fields, wrong, conflict })).await;
    caller.answer(shown)
}
