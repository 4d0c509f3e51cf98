//! One item: everything about it, beside the checklist or as a page of its own.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure,
    checklist::{comment::list_comments, undo::list_undoable},
    record::read_record,
    store::record::Wanted as Entries,
};
use tminus_domain::{
    checklist::{item::Item, status::State},
    ids::{ItemId, PersonId},
    kit::{Side, task::WayOutKind},
    record::fact::FactKind,
    rights::Right,
};

use super::{
    beside::Beside,
    list::ChecklistPage,
    sheet::{OwnerFace, Row, faces, mark, side, with},
    tried::Tried,
    wanted::Wanted,
};
use crate::{
    caller::{Caller, capital},
    draw::{Drawing, LeadTime, lead_time},
    engagement::desk::Desk,
    mark::{Face, Mark},
    markdown,
    page::Page,
    record::told::{Told, offer_undo, told},
    shell::{Link, Shell, Tab},
    when,
};

/// How much of an item's history stands beside it; the rest is in the record.
const HISTORY: u64 = 12;

pub(crate) struct Panel<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) row: &'a Row,
    pub(crate) wanted: Wanted,
    /// The form that was refused or came too late, with everything that was typed.
    pub(crate) tried: Option<Tried>,
    /// A page of its own, and not beside the checklist.
    pub(crate) alone: bool,
    pub(crate) comments: Vec<Comment>,
    pub(crate) history: Vec<Told>,
    pub(crate) mine: bool,
    /// Who added it by hand, and when: `Ann`, `Wed 19 Nov 16:20`.
    pub(crate) added: Option<(String, String)>,
}

pub(crate) struct Comment {
    pub(crate) face: Face,
    pub(crate) text: String,
    pub(crate) at: String,
    pub(crate) instant: String,
    pub(crate) internal: bool,
}

/// A piece of evidence.
pub(crate) struct Proven<'a> {
    pub(crate) id: &'a str,
    pub(crate) icon: &'static str,
    pub(crate) text: &'a str,
    /// Where it leads; empty for a note.
    pub(crate) href: String,
    pub(crate) by: &'a str,
    pub(crate) on: String,
    pub(crate) withdrawn: bool,
}

impl<'a> Panel<'a> {
    /// Everything about an item, if the caller may see it.
    pub(crate) async fn of(caller: &Caller, desk: &'a Desk, item: &str, wanted: Wanted, tried: Option<Tried>) -> Result<Self, Failure> {
        let row = desk.sheet.row(&ItemId::from(item)).ok_or(Failure::NotFound)?;
        let engagement = &desk.view.engagement.id;
        let said = list_comments(caller.app(), &caller.actor, engagement, &row.item.id).await?;
        let history = if desk.may(Right::ReadRecord) {
            let entries = Entries { limit: HISTORY, subject: Some(item.to_owned()), ..Entries::default() };
            read_record(caller.app(), &caller.actor, engagement, &entries).await?
        } else {
            Vec::new()
        };
        let comments = said.into_iter().map(|comment| Comment {
            face: face(desk, &comment.by),
            at: moment(caller, comment.at),
            instant: comment.at.to_string(),
            text: if comment.body.is_empty() { t!("record.erased").into() } else { comment.body },
            internal: comment.internal,
        });
        let mut history: Vec<_> = history.iter().map(|entry| told(caller, desk, entry)).collect();
        if !history.is_empty() && desk.may(Right::WorkItems) {
            let undoable = list_undoable(caller.app(), &caller.actor, engagement).await?;
            offer_undo(history.iter_mut(), &undoable, desk, Some(&row.item.id));
        }
        let added = if by_hand(&row.item) && desk.may(Right::ReadRecord) { added(caller, desk, item).await? } else { None };
        let mine = row.people.contains(&caller.actor.person);
        Ok(Self { desk, row, wanted, tried, alone: false, comments: comments.collect(), history, mine, added })
    }

    pub(crate) fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    pub(crate) fn item(&self) -> &Item {
        &self.row.item
    }

    pub(crate) fn status(&self) -> Mark {
        mark(self.item().state())
    }

    /// Where a form of this item is sent.
    pub(crate) fn action(&self, act: &str) -> String {
        format!("/engagements/{}/items/{}{act}", self.desk.id(), self.item().id)
    }

    /// Where one gets back to after a change.
    pub(crate) fn back(&self) -> String {
        if self.alone { self.action("") } else { self.wanted.href_with(self.desk.id(), Some(self.item().id.as_str())) }
    }

    pub(crate) fn close(&self) -> String {
        self.wanted.href(self.desk.id())
    }

    pub(crate) fn open(&self, row: &Row) -> String {
        if self.alone {
            return format!("/engagements/{}/items/{}", self.desk.id(), row.item.id);
        }
        self.wanted.href_with(self.desk.id(), Some(row.item.id.as_str()))
    }

    pub(crate) fn previous(&self) -> Option<String> {
        self.desk.sheet.around(&self.item().id).0.map(|row| self.open(row))
    }

    pub(crate) fn next(&self) -> Option<String> {
        self.desk.sheet.around(&self.item().id).1.map(|row| self.open(row))
    }

    /// Whether the viewer works on this item: the delivery side on all, others on their own side's.
    pub(crate) fn works(&self) -> bool {
        let own = self.desk.view.scope.side();
        let theirs = own == Side::Delivery
            || self.mine
            || self.desk.engagement().owners(self.item(), self.desk.today).iter().any(|owner| owner.side == own);
        theirs && self.desk.may(Right::WorkItems)
    }

    pub(crate) fn edits(&self) -> bool {
        self.desk.may(Right::EditChecklist)
    }

    pub(crate) fn says(&self) -> bool {
        self.desk.may(Right::WorkItems)
    }

    pub(crate) fn internal_reader(&self) -> bool {
        self.desk.view.scope.sees_internal()
    }

    /// States that one can choose, as (value, mark).
    pub(crate) fn states(&self) -> Vec<(&'static str, Mark)> {
        let waives = self.desk.may(Right::WaiveItems);
        let may = |state: &State| waives || !matches!(state, State::Waived | State::NotApplicable);
        let states = State::ALL.into_iter().filter(|state| *state != self.item().state() && *state != State::Submitted);
        states.filter(may).map(|state| (state.as_str(), mark(state))).collect()
    }

    /// What is asked for no reason, and can be chosen with one click.
    pub(crate) fn quick(&self) -> Vec<(&'static str, Mark)> {
        let reopening = self.item().state().is_closed();
        let plain = |value: &str| value.parse().is_ok_and(|state: State| !state.needs_reason() && state != State::WaitingThirdParty);
        self.states().into_iter().filter(|(value, _)| plain(value) && !reopening).collect()
    }

    pub(crate) fn owners(&self) -> Vec<OwnerFace> {
        faces(self.desk.engagement(), self.item(), self.desk.today)
    }

    pub(crate) fn whom(&self) -> &str {
        self.desk.engagement().whom(self.item())
    }

    pub(crate) fn court(&self) -> String {
        let clock = &self.item().clock;
        let since = self.desk.sheet.days.day(clock.since);
        let days = self.desk.sheet.days.to(since).map_or(0, i32::abs);
        t!("panel.court_since").with("court", with(clock.court)).with("day", when::day(since)).with("n", days).into()
    }

    pub(crate) fn explanation(&self) -> String {
        let item = self.item();
        let why = item.due.as_ref().map(ToString::to_string).unwrap_or_default();
        if item.pinned { t!("panel.pinned").into() } else { why }
    }

    pub(crate) fn start_by(&self) -> Option<String> {
        self.item().start_by.filter(|_| self.item().state() == State::ToDo).map(when::day)
    }

    pub(crate) fn gates(&self) -> String {
        let plan = &self.desk.engagement().plan;
        let gates = plan.gates.iter().filter(|gate| gate.everything || self.item().content.gates.contains(&gate.id));
        gates.map(|gate| gate.title.as_str()).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn beside(&'a self, row: &'a Row) -> Beside<'a> {
        Beside {
            number: &row.number,
            title: &row.item.content.title,
            whom: self.desk.engagement().whom(&row.item).to_owned(),
            href: self.open(row),
            mark: mark(row.item.state()),
        }
    }

    pub(crate) fn before(&'a self) -> Vec<Beside<'a>> {
        self.item().content.after.iter().filter_map(|key| self.desk.sheet.by_key(key)).map(|row| self.beside(row)).collect()
    }

    pub(crate) fn blocks(&'a self) -> Vec<Beside<'a>> {
        let key = &self.item().key;
        self.desk.sheet.rows.iter().filter(|row| row.item.content.after.contains(key)).map(|row| self.beside(row)).collect()
    }

    pub(crate) fn parts(&'a self) -> Vec<Beside<'a>> {
        let id = &self.item().id;
        self.desk.sheet.rows.iter().filter(|row| row.item.parent.as_ref() == Some(id)).map(|row| self.beside(row)).collect()
    }

    pub(crate) fn description(&self) -> String {
        markdown::html(&self.item().content.description)
    }

    /// The answers that brought it: `Does anybody work on site? yes`.
    pub(crate) fn because(&self) -> String {
        self.item().content.because.replace("?: ", "? ")
    }

    pub(crate) fn undecided(&self) -> String {
        let facts = &self.desk.engagement().plan.facts;
        let ask = |id: &tminus_domain::ids::FactId| {
            facts.iter().find(|fact| &fact.id == id).map_or_else(|| id.to_string(), |fact| fact.ask.clone())
        };
        self.item().content.undecided.iter().map(ask).collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn kit(&self) -> String {
        let kits = &self.desk.engagement().plan.kits;
        let kit = self.item().kit.as_ref().and_then(|id| kits.iter().find(|kit| &kit.id == id));
        kit.map_or_else(|| t!("panel.by_hand").into(), |kit| format!("{} {}", kit.title, kit.version))
    }

    /// `Added by hand by Ann, Wed 19 Nov 16:20.`
    pub(crate) fn added_by_hand(&self) -> Option<String> {
        by_hand(self.item()).then(|| match &self.added {
            Some((name, at)) => t!("panel.added_by").with("name", name).with("day", at).into(),
            None => capital(t!("panel.by_hand").text()),
        })
    }

    /// `Saturday 5 Dec is not a working day for Northwind.`, of a date that somebody set.
    pub(crate) fn not_worked(&self) -> Option<String> {
        let due = self.item().due_on().filter(|_| self.item().pinned)?;
        let customer = &self.desk.engagement().plan.setup.customer;
        let whom = self.desk.sheet.days.off(due).into_iter().map(|(side, name, why)| {
            let name = if side == Side::Customer { customer.clone() } else { name };
            if why.is_empty() { name } else { format!("{name} ({why})") }
        });
        let whom = super::wanted::listed(&whom.collect::<Vec<_>>());
        (!whom.is_empty()).then(|| t!("panel.not_worked").with("day", when::full_day(due)).with("whom", whom).into())
    }

    /// Business days it takes and that are left, where that does not fit.
    pub(crate) fn short(&self) -> Option<(u32, u32)> {
        self.desk.sheet.days.short(self.desk.engagement(), self.item())
    }

    fn clear_on(&self, need: u32) -> String {
        self.desk.sheet.days.after(need.cast_signed()).map(when::day).unwrap_or_default()
    }

    /// When it is ready if it is begun today.
    pub(crate) fn clear(&self) -> String {
        self.short().map(|(need, _)| self.clear_on(need)).unwrap_or_default()
    }

    pub(crate) fn lead_bar(&self) -> Option<Drawing> {
        let (item, days) = (self.item(), &self.desk.sheet.days);
        let (due, lead) = (item.due_on()?, item.lead()?);
        if !item.is_open() || (due < self.desk.today && self.short().is_none()) {
            return None;
        }
        let to_due = days.to(due)?;
        let left = to_due.max(0).unsigned_abs();
        let need = self.short().map_or(u32::from(lead.days), |(need, _)| need);
        let sprint_end = self.desk.engagement().milestone("sprint-0.end").filter(|end| *end > due);
        // Two marks too near each other could not be read.
        let far = |end: &u32| (end - left.min(*end)) * 3 > (*end).max(need);
        let after = sprint_end.and_then(|end| Some((days.to(end).map(i32::unsigned_abs).filter(far)?, t!("panel.sprint_end").into())));
        let start = item.start_by.filter(|start| *start > self.desk.today && item.state() == State::ToDo);
        let start =
            start.and_then(|start| Some((days.to(start)?.unsigned_abs(), t!("panel.start").with("day", when::short_day(start)).into())));
        Some(lead_time(&LeadTime {
            need,
            left,
            due: if to_due < 0 { t!("due.late").with("n", to_due.unsigned_abs()) } else { t!("panel.due_in").with("n", left) }.into(),
            after: after.into_iter().collect(),
            start,
            end: t!("panel.ready").with("day", self.clear_on(need)).into(),
        }))
    }

    /// Ways out as (kind, text): the kit's own, then those that are always there.
    pub(crate) fn ways_out(&self) -> Vec<(&'static str, String)> {
        let kit = self.item().content.ways_out.iter().filter(|way| way.kind != WayOutKind::MoveAnchor);
        let mut ways: Vec<_> = kit.map(|way| (way_word(way.kind), way.text.clone())).collect();
        for kind in [WayOutKind::Expedite, WayOutKind::WorkAround, WayOutKind::Waive] {
            if !ways.iter().any(|(known, _)| *known == way_word(kind)) {
                ways.push((way_word(kind), String::new()));
            }
        }
        ways
    }
}

fn by_hand(item: &Item) -> bool {
    item.kit.is_none()
}

async fn added(caller: &Caller, desk: &Desk, item: &str) -> Result<Option<(String, String)>, Failure> {
    let wanted =
        Entries { limit: 1, subject: Some(item.to_owned()), fact: Some(FactKind::ItemAdded.as_str().to_owned()), ..Entries::default() };
    let entries = read_record(caller.app(), &caller.actor, &desk.view.engagement.id, &wanted).await?;
    let said = entries.first().map(|entry| {
        let told = told(caller, desk, entry);
        (told.face.name, told.at)
    });
    Ok(said)
}

pub(crate) fn way_word(kind: WayOutKind) -> &'static str {
    match kind {
        WayOutKind::MoveAnchor => "move_anchor",
        WayOutKind::Expedite => "expedite",
        WayOutKind::WorkAround => "work_around",
        WayOutKind::Waive => "waive",
    }
}

pub(crate) fn way_title(kind: &str) -> crate::words::Words {
    match kind {
        "expedite" => t!("way.expedite"),
        "work_around" => t!("way.work_around"),
        _ => t!("way.waive"),
    }
}

/// A member as a mark.
pub(crate) fn face(desk: &Desk, person: &PersonId) -> Face {
    let member = desk.engagement().member(person);
    Face::new(desk.engagement().name(person), side(member.map_or(Side::Delivery, tminus_domain::people::Member::side)))
}

/// `Wed 19 Nov 16:20` in the reader's zone.
pub(crate) fn moment(caller: &Caller, at: jiff::Timestamp) -> String {
    let local = caller.local(at);
    format!("{} {:02}:{:02}", when::day(local.date()), local.hour(), local.minute())
}

#[derive(Template)]
#[template(path = "checklist/item.html", blocks = ["inside"])]
struct ItemPage<'a> {
    shell: Shell,
    panel: &'a Panel<'a>,
}

impl Page for ItemPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

pub(crate) async fn show(caller: Caller, Path((id, item)): Path<(String, String)>) -> Response {
    let shown = async {
        let desk = Desk::open(&caller, &id, Right::ReadEngagement).await?;
        let panel = Panel::of(&caller, &desk, &item, Wanted::default(), None).await?.alone();
        Ok(page(&caller, &panel, StatusCode::OK))
    };
    caller.answer(shown.await)
}

/// The panel's item as a page of its own, or beside the checklist that it was opened from.
pub(crate) fn page(caller: &Caller, panel: &Panel<'_>, status: StatusCode) -> Response {
    let desk = panel.desk;
    let asked = status == StatusCode::OK;
    if !panel.alone {
        let page = ChecklistPage::of(caller, desk, &panel.wanted, Some(panel));
        return caller.asked.show_as(status, &if asked { page } else { page.still() });
    }
    let shell = desk.shell(caller, Tab::Checklist);
    let mut shell = if asked { shell } else { shell.still() };
    shell.crumbs.push(Link { words: t!("tab.checklist").into(), href: format!("/engagements/{}/checklist", desk.id()) });
    shell.crumbs.remove(0);
    shell.title = format!("{} {}", panel.row.number, panel.row.item.content.title);
    caller.asked.show_as(status, &ItemPage { shell, panel })
}
