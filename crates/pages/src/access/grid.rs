//! The grid of people and resources.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure,
    access::{Access, csv::access_csv, list_access},
};
use tminus_domain::{
    access::{Grant, Ready, Step},
    ids::{EngagementId, PersonId, ResourceId},
    kit::{
        Side,
        access::{Resource, ResourceKind},
    },
    rights::Right,
};

use super::{booking, known_by, mark, panel::CellPanel, step_mark};
use crate::{
    caller::Caller,
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::Fields,
    mark::{Face, Mark},
    page::{self, Page},
    shell::{Shell, Tab},
    words::Words,
};

#[derive(Template)]
#[template(path = "access/grid.html", blocks = ["inside"])]
pub(super) struct GridPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    access: &'a Access,
    columns: Vec<Column>,
    /// Titles of resources that nobody needs, where those are left out.
    unused: String,
    /// Rooms that stand in no column, and where they are.
    rooms: Vec<(String, String)>,
    all: bool,
    groups: Vec<(Words, Vec<Row>)>,
    ready: Ready,
    to_revoke: usize,
    /// What needs somebody's eye: a mark, a sentence, where to go.
    notes: Vec<(Mark, String, String)>,
    panel: Option<&'a CellPanel<'a>>,
    /// A move of many as it was sent, and why it was refused.
    bulk: Bulk,
}

/// The form that moves many.
#[derive(Default)]
pub(super) struct Bulk {
    pub(super) sent: Fields,
    pub(super) why: String,
}

impl Bulk {
    fn has(&self, name: &str, id: &str) -> bool {
        self.sent.all(name).any(|it| it == id)
    }
}

struct Column {
    id: ResourceId,
    title: String,
    note: String,
    internal: bool,
    there: usize,
    of: usize,
    /// `8/10`: licences that are taken, and how many there are.
    licences: String,
}

struct Row {
    person: PersonId,
    face: Face,
    cells: Vec<Option<Cell>>,
    there: usize,
    of: usize,
}

/// One person's access to one resource.
struct Cell {
    mark: Mark,
    /// Business days to its date, or to its end where that is near.
    days: Option<i32>,
    /// Nobody asked for it in time, or tried it in time.
    short: bool,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "access/panel_part.html")]
struct PanelPart<'a> {
    panel: Option<&'a CellPanel<'a>>,
}

impl Page for GridPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }

    fn part(&self, id: &str) -> Option<askama::Result<String>> {
        (id == "item").then(|| PanelPart { panel: self.panel }.render())
    }
}

impl<'a> GridPage<'a> {
    pub(super) fn of(
        caller: &Caller,
        (desk, access): (&'a Desk, &'a Access),
        panel: Option<&'a CellPanel<'a>>,
        (bulk, all): (Bulk, bool),
    ) -> Self {
        let chosen = panel.map(|panel| (&panel.grant.person, &panel.grant.resource));
        let used = |id: &ResourceId| access.engagement.grants.iter().any(|grant| &grant.resource == id && grant.step != Step::Withdrawn);
        let open = chosen.map(|(_, resource)| resource.clone());
        let resources = || access.engagement.plan.resources.iter();
        let shown: Vec<_> = resources().filter(|it| all || used(&it.id) || open.as_ref() == Some(&it.id)).collect();
        // A room is there for all, and nobody's by name: it is opened by its own link.
        let room = |it: &Resource| (it.title.clone(), super::resource::at(&access.engagement.id, &it.id));
        let rooms = resources().filter(|it| it.kind == ResourceKind::Room && !used(&it.id)).map(room).collect();
        let unused = resources().filter(|it| it.kind != ResourceKind::Room && !shown.iter().any(|shown| shown.id == it.id));
        let unused = unused.map(|it| it.title.as_str()).collect::<Vec<_>>().join(", ");
        let groups = rows(desk, access, &shown, chosen);
        let column = |resource: &Resource| {
            let wanted = || access.engagement.grants.iter().filter(|grant| grant.resource == resource.id && grant.wanted);
            Column {
                id: resource.id.clone(),
                title: resource.title.clone(),
                note: resource.note.clone(),
                internal: resource.internal,
                there: wanted().filter(|grant| grant.is_there(access.today)).count(),
                of: wanted().count(),
                licences: access.licences(resource).map(|it| format!("{}/{}", it.taken, it.of)).unwrap_or_default(),
            }
        };
        Self {
            shell: desk.shell(caller, Tab::People),
            columns: shown.into_iter().map(column).collect(),
            rooms,
            unused: if access.manages { unused } else { String::new() },
            all,
            groups,
            ready: access.engagement.access_ready(access.today),
            to_revoke: access.engagement.to_revoke(access.today, false).count(),
            notes: notes(desk, access),
            desk,
            access,
            panel,
            bulk,
        }
    }

    fn cell_href(&self, row: &Row, column: &Column) -> String {
        let all = if self.all { "&all=1" } else { "" };
        format!("/engagements/{}/access?person={}&resource={}{all}", self.desk.id(), row.person, column.id)
    }

    fn people(&self) -> usize {
        self.groups.iter().map(|(_, rows)| rows.len()).sum()
    }

    fn works(&self) -> bool {
        let gives = || self.access.engagement.plan.resources.iter().any(|it| self.access.engagement.gives(it, &self.access.actor));
        self.access.acts && (self.access.manages || gives())
    }

    fn adds(&self) -> bool {
        self.access.acts && self.desk.may(Right::EditPlan) && !self.access.engagement.has_ended()
    }

    /// How it may be known that what the other side gives is gone.
    fn known(&self) -> Vec<(String, String)> {
        let other = if self.desk.view.scope.side() == Side::Customer { Side::Delivery } else { Side::Customer };
        known_by(self.desk, other)
    }

    fn sent(&self, name: &str, default: &'static str) -> &str {
        self.bulk.sent.given(name).unwrap_or(default)
    }
}

/// The states that the legend explains.
const LEGEND: [Mark; 6] = [Mark::NEEDED, Mark::REQUESTED, Mark::GRANTED, Mark::VERIFIED, Mark::EXPIRED, Mark::REVOKED];

/// Steps that many are moved from, as a choice.
fn begins() -> Vec<(&'static str, Words)> {
    let steps =
        [Step::Needed, Step::Requested, Step::Approved, Step::Granted, Step::Verified, Step::Broken, Step::RevokeRequested, Step::Revoked];
    steps.map(|step| (step.as_str(), step_mark(step).word)).to_vec()
}

/// Steps that many are moved to, as a choice.
fn ends() -> Vec<(&'static str, Words)> {
    Step::ALL.iter().map(|step| (step.as_str(), step_mark(*step).word)).collect()
}

impl Cell {
    /// `12`, or `−3` once it is late.
    fn days(&self) -> String {
        self.days.map(|days| if days < 0 { format!("−{}", -days) } else { days.to_string() }).unwrap_or_default()
    }

    fn is_late(&self) -> bool {
        self.days.is_some_and(|days| days < 0)
    }
}

fn rows(desk: &Desk, access: &Access, resources: &[&Resource], chosen: Option<(&PersonId, &ResourceId)>) -> Vec<(Words, Vec<Row>)> {
    let engagement = &access.engagement;
    let row = |person: &PersonId, own: Side| {
        let cells = resources.iter().map(|resource| {
            let grant = engagement.grant(person, &resource.id)?;
            cell(desk, access, grant, chosen == Some((person, &resource.id)))
        });
        let wanted = || engagement.grants.iter().filter(|grant| &grant.person == person && grant.wanted);
        Row {
            person: person.clone(),
            face: Face::new(engagement.name(person), side(own)),
            cells: cells.collect(),
            there: wanted().filter(|grant| grant.is_there(access.today)).count(),
            of: wanted().count(),
        }
    };
    let shown = |person: &PersonId| access.whole || engagement.grants.iter().any(|grant| &grant.person == person);
    let here = |own: Side| {
        let members = engagement.members.iter().filter(|it| it.side() == own && it.is_here(access.today) && shown(&it.person));
        members.map(|member| row(&member.person, own)).collect::<Vec<_>>()
    };
    let mut groups: Vec<_> = [Side::Delivery, Side::Partner, Side::Customer].map(|own| (side(own).word(), here(own))).into();
    let mut left: Vec<&PersonId> = Vec::new();
    for grant in engagement.grants.iter().filter(|grant| grant.step.is_live()) {
        let gone = engagement.member(&grant.person).is_none_or(|member| !member.is_here(access.today));
        if gone && !left.contains(&&grant.person) {
            left.push(&grant.person);
        }
    }
    let own = |person: &PersonId| engagement.member(person).map_or(Side::Delivery, tminus_domain::people::Member::side);
    groups.push((t!("access.left"), left.into_iter().map(|person| row(person, own(person))).collect()));
    groups.retain(|(_, rows)| !rows.is_empty());
    groups
}

fn cell(desk: &Desk, access: &Access, grant: &Grant, chosen: bool) -> Option<Cell> {
    if grant.step == Step::Withdrawn || (!grant.wanted && grant.step == Step::RevocationConfirmed) {
        return None;
    }
    let due = grant.due_on().filter(|_| grant.wanted && grant.step.is_open());
    let ends = grant.until.filter(|_| grant.ends_soon(access.today));
    let stands = desk.sheet.days.to(desk.sheet.days.day(grant.since)).map(|days| -days);
    let days = due.or(ends).and_then(|date| desk.sheet.days.to(date));
    Some(Cell { mark: mark(grant, access.today), days, short: grant.is_short(access.today, stands), chosen })
}

/// The most that stand above the grid; of the others it says how many.
const NOTES: usize = 6;

fn notes(desk: &Desk, access: &Access) -> Vec<(Mark, String, String)> {
    let engagement = &access.engagement;
    let at = |grant: &Grant| format!("/engagements/{}/access?person={}&resource={}", desk.id(), grant.person, grant.resource);
    let named = |grant: &Grant, words: Words| {
        let title = engagement.resource(&grant.resource).map_or(grant.resource.as_str(), |it| &it.title);
        let day = grant.until.map(crate::when::short_day).unwrap_or_default();
        words.with("name", engagement.name(&grant.person)).with("resource", title).with("day", day)
    };
    let mut notes = Vec::new();
    for grant in engagement.grants.iter().filter(|grant| grant.has_lapsed(access.today)) {
        notes.push((Mark::EXPIRED, named(grant, t!("access.lapsed")).to_string(), at(grant)));
    }
    for grant in engagement.grants.iter().filter(|grant| grant.exception_ended(access.today)) {
        notes.push((Mark::WRONG, named(grant, t!("access.exception_ended")).to_string(), at(grant)));
    }
    for (resource, counted) in engagement.plan.resources.iter().filter_map(|it| Some((it, access.licences(it)?))) {
        if counted.short() > 0 {
            let words = t!("resource.short").with("resource", &resource.title).with("needed", counted.needed).with("of", counted.of);
            let href = format!("/engagements/{}/access/resources/{}", desk.id(), resource.id);
            notes.push((Mark::WARNING, words.to_string(), href));
        }
    }
    for resource in &engagement.plan.resources {
        let href = format!("/engagements/{}/access/resources/{}", desk.id(), resource.id);
        let faults = engagement.booking_faults(resource, access.today);
        notes.extend(faults.iter().map(|fault| (Mark::WARNING, format!("{}: {}", resource.title, booking::told(fault)), href.clone())));
    }
    for grant in engagement.grants.iter().filter(|grant| grant.ends_soon(access.today)) {
        notes.push((Mark::WARNING, named(grant, t!("access.ends_soon")).to_string(), at(grant)));
    }
    for (grant, needed) in engagement.grants.iter().filter_map(|grant| Some((grant, engagement.ends_early(grant)?))) {
        if !grant.ends_soon(access.today) && !grant.has_lapsed(access.today) {
            let words = named(grant, t!("access.ends_before")).with("needed", crate::when::short_day(needed));
            notes.push((Mark::WARNING, words.to_string(), at(grant)));
        }
    }
    let more = notes.len().saturating_sub(NOTES);
    notes.truncate(NOTES);
    if more > 0 {
        let words = t!("access.more_notes.one").or_many(t!("access.more_notes.many"), more);
        notes.push((Mark::SAID, words.to_string(), format!("/engagements/{}/access?all=1", desk.id())));
    }
    notes
}

pub(super) async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = shown(&caller, &id, &query.unwrap_or_default()).await;
    caller.answer(shown)
}

async fn shown(caller: &Caller, id: &str, query: &str) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let edition = caller.asked.edition((desk.edition(caller), query, "access"));
    if caller.notice.is_none()
        && let Some(unchanged) = caller.asked.unchanged(&edition)
    {
        return Ok(unchanged);
    }
    let fields = Fields::parse(query.as_bytes());
    fields.only(&["person", "resource", "all"])?;
    let access = list_access(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let panel = match fields.given("person").zip(fields.given("resource")) {
        Some((person, resource)) => Some(CellPanel::of(caller, &desk, &access, (&person.into(), &resource.into()))?),
        None => None,
    };
    let page = GridPage::of(caller, (&desk, &access), panel.as_ref(), (Bulk::default(), fields.get("all") == "1"));
    Ok(if caller.notice.is_some() { caller.show(&page) } else { caller.asked.show_edition(&page, &edition) })
}

/// The grid once more, after something was refused: what was typed is still there.
pub(super) async fn again(
    caller: &Caller,
    id: &str,
    (at, tried): (Option<(PersonId, ResourceId)>, Option<super::panel::Tried>),
    bulk: Bulk,
) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let access = list_access(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let panel = match &at {
        Some((person, resource)) => Some(CellPanel { tried, ..CellPanel::of(caller, &desk, &access, (person, resource))? }),
        None => None,
    };
    Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &GridPage::of(caller, (&desk, &access), panel.as_ref(), (bulk, false))))
}

pub(super) async fn csv(caller: Caller, Path(id): Path<String>) -> Response {
    let engagement = EngagementId(id);
    let made = access_csv(caller.app(), &caller.actor, &engagement).await;
    caller.answer(made.map(|table| page::csv("access.csv", table)))
}
