//! The checklist as it is drawn: numbered, counted and rendered once for each revision, day and circle of readers.

use std::{collections::HashMap, ops::Range, sync::Arc};

use askama::Template;
use jiff::civil::Date;
use tminus_domain::{
    checklist::{
        item::Item,
        outline::{Line, Outline, Repeat},
        status::{Court, State},
    },
    engagement::{Activity, Engagement},
    ids::{ItemId, ModuleId, PersonId},
    kit::due::DayUnit,
};

use super::days::Days;
use crate::{
    draw::{self, Tally},
    mark::{Face, Mark},
    when::{Countdown, Due},
};

/// Everything about a checklist that does not depend on who looks.
pub(crate) struct Sheet {
    pub(crate) days: Arc<Days>,
    pub(crate) sections: Vec<Section>,
    pub(crate) rows: Vec<Row>,
    pub(crate) groups: Vec<Group>,
    pub(crate) late: usize,
    pub(crate) open: usize,
    pub(crate) short: usize,
    pub(crate) begun: bool,
    index: HashMap<ItemId, usize>,
    by_key: HashMap<String, usize>,
}

/// One activity.
pub(crate) struct Section {
    pub(crate) id: ModuleId,
    pub(crate) number: usize,
    pub(crate) title: String,
    pub(crate) gates: String,
    pub(crate) tally: Tally,
    pub(crate) rows: Range<usize>,
}

/// Items that are the same but for the person or workstream.
pub(crate) struct Group {
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) done: usize,
    pub(crate) of: usize,
    pub(crate) internal: bool,
}

pub(crate) struct Row {
    pub(crate) item: Arc<Item>,
    pub(crate) number: String,
    pub(crate) due: Option<Due>,
    pub(crate) group: Option<usize>,
    /// Everybody who owns it or whom it is about.
    pub(crate) people: Vec<PersonId>,
    pub(crate) late: bool,
    pub(crate) start_now: bool,
    /// Business days needed and left, where it cannot be made in time and nobody chose another way.
    pub(crate) short: Option<(u32, u32)>,
    /// `<tr` and the chosen mark stand before it.
    pub(crate) html: String,
}

/// An owner as a mark; without a person a role that nobody fills.
pub(crate) struct OwnerFace {
    pub(crate) face: Face,
    pub(crate) role: String,
    pub(crate) nobody: bool,
}

#[derive(Template)]
#[template(path = "checklist/row.html")]
struct RowPart<'a> {
    engagement: &'a str,
    item: &'a Item,
    number: &'a str,
    mark: Mark,
    due: Option<&'a Due>,
    owners: Vec<OwnerFace>,
    /// The person or workstream.
    whom: String,
    grouped: bool,
    parts: (usize, usize),
    /// The titles of what has to be done first, in quotes.
    before: String,
    count: Option<Countdown>,
    /// The milestone that it counts from, where that is not the kick-off.
    anchor: &'a str,
    proofs: usize,
    comments: usize,
    with: Option<crate::words::Words>,
    depth: usize,
    /// Whoever looks may choose rows.
    works: bool,
}

impl Sheet {
    pub(crate) fn of(engagement: &Engagement, days: Arc<Days>, works: bool) -> Self {
        let outline = Outline::of(engagement);
        let by_key = engagement.listed().map(|item| (item.key.as_str(), item)).collect();
        let making = Making { engagement, days: &days, by_key, works };
        let rows: Vec<_> = outline.lines.into_iter().map(|line| making.row(line)).collect();
        let section = |(index, (activity, lines)): (usize, (&Activity, Range<usize>))| {
            let of = &rows[lines.clone()];
            let (tally, gates) = (tally(of.iter().map(|row| &*row.item)), gates(engagement, of));
            Section { id: activity.id.clone(), number: index + 1, title: activity.title.clone(), gates, tally, rows: lines }
        };
        let sections = engagement.plan.activities.iter().zip(outline.activities).enumerate().map(section).collect();
        Self {
            late: rows.iter().filter(|row| row.late).count(),
            open: rows.iter().filter(|row| row.item.is_open()).count(),
            short: rows.iter().filter(|row| row.short.is_some()).count(),
            begun: rows.iter().any(|row| row.item.state() != State::ToDo),
            index: rows.iter().enumerate().map(|(index, row)| (row.item.id.clone(), index)).collect(),
            by_key: rows.iter().enumerate().map(|(index, row)| (row.item.key.clone(), index)).collect(),
            groups: outline.repeats.into_iter().map(Group::of).collect(),
            days,
            sections,
            rows,
        }
    }

    pub(crate) fn row(&self, id: &ItemId) -> Option<&Row> {
        self.index.get(id).map(|index| &self.rows[*index])
    }

    pub(crate) fn by_key(&self, key: &str) -> Option<&Row> {
        self.by_key.get(key).map(|index| &self.rows[*index])
    }

    /// The rows before and after one.
    pub(crate) fn around(&self, id: &ItemId) -> (Option<&Row>, Option<&Row>) {
        let Some(index) = self.index.get(id) else { return (None, None) };
        (index.checked_sub(1).map(|before| &self.rows[before]), self.rows.get(index + 1))
    }
}

pub(crate) fn tally<'a>(items: impl Iterator<Item = &'a Item>) -> Tally {
    let mut tally = Tally::default();
    for item in items.filter(|item| item.applies()) {
        tally.of += 1;
        match item.state() {
            State::Done | State::Waived => tally.done += 1,
            State::InProgress => tally.in_progress += 1,
            State::Blocked => tally.blocked += 1,
            State::WaitingCustomer | State::WaitingDelivery | State::WaitingThirdParty | State::Submitted => tally.waiting += 1,
            State::ToDo | State::NotApplicable => {}
        }
    }
    tally
}

/// The gates that wait for items of one activity.
fn gates(engagement: &Engagement, rows: &[Row]) -> String {
    let named = engagement.plan.gates.iter().filter(|gate| rows.iter().any(|row| row.item.content.gates.contains(&gate.id)));
    named.map(|gate| gate.title.as_str()).collect::<Vec<_>>().join(", ")
}

struct Making<'a> {
    engagement: &'a Engagement,
    days: &'a Days,
    by_key: HashMap<&'a str, &'a Arc<Item>>,
    works: bool,
}

impl<'a> Making<'a> {
    fn row(&self, line: Line<'a>) -> Row {
        let item = line.item;
        let owners = self.engagement.owners(item, self.days.today);
        let mut people: Vec<_> = owners.iter().filter_map(|owner| owner.person.cloned()).collect();
        people.extend(item.person.clone());
        let short = self.days.short(self.engagement, item);
        let due = self.days.due(item, short);
        let today = self.days.today;
        let before = item.content.after.iter().filter_map(|key| self.by_key.get(key.as_str())).filter(|it| it.is_open());
        let part = RowPart {
            engagement: self.engagement.id.as_str(),
            item,
            number: &line.number,
            mark: mark(item.state()),
            due: due.as_ref(),
            owners: faces(self.engagement, item, today),
            whom: self.engagement.whom(item).to_owned(),
            grouped: line.repeat.is_some(),
            parts: line.parts,
            before: before.map(|it| format!("“{}”", it.content.title)).collect::<Vec<_>>().join(", "),
            count: countdown(item),
            anchor: anchor(self.engagement, item),
            proofs: item.proofs.iter().filter(|proof| !proof.withdrawn).count(),
            comments: usize::try_from(item.all_comments()).unwrap_or_default(),
            with: (item.is_open() && item.court() != Court::Delivery).then(|| with(item.court())),
            depth: line.depth,
            works: self.works,
        };
        let html = part.render().unwrap_or_default();
        let html = html.strip_prefix("<tr").unwrap_or(&html).to_owned();
        let Line { number, repeat, .. } = line;
        Row {
            late: item.is_late(today),
            start_now: item.should_start(today),
            short,
            item: item.clone(),
            number,
            due,
            group: repeat,
            people,
            html,
        }
    }
}

impl Group {
    fn of(repeat: Repeat<'_>) -> Self {
        let items = &repeat.items;
        Self {
            title: items.first().map(|item| item.content.title.clone()).unwrap_or_default(),
            done: items.iter().filter(|item| item.state().is_closed()).count(),
            of: items.len(),
            internal: items.iter().all(|item| item.content.internal),
            number: repeat.number,
        }
    }
}

pub(crate) fn faces(engagement: &Engagement, item: &Item, today: Date) -> Vec<OwnerFace> {
    let face = |owner: tminus_domain::engagement::Owner<'_>| OwnerFace {
        face: Face::new(owner.person.map_or("", |person| engagement.name(person)), side(owner.side)),
        role: owner.title.to_owned(),
        nobody: owner.person.is_none(),
    };
    let mut faces: Vec<_> = engagement.owners(item, today).into_iter().map(face).collect();
    // Somebody with two roles is one owner.
    let mut seen = std::collections::BTreeSet::new();
    faces.retain(|owner| owner.nobody || seen.insert(owner.face.name.clone()));
    faces
}

/// `T−5`, where the kit counts business days from a milestone.
fn countdown(item: &Item) -> Option<Countdown> {
    let rule = item.content.due.as_ref().filter(|rule| rule.unit == DayUnit::Business && !item.pinned)?;
    Some(Countdown { days_left: -rule.offset })
}

fn anchor<'a>(engagement: &'a Engagement, item: &Item) -> &'a str {
    let id = item.content.due.as_ref().map(|rule| &rule.anchor).filter(|id| id.as_str() != "kickoff");
    let milestone = id.and_then(|id| engagement.plan.milestones.iter().find(|it| &it.id == id));
    milestone.map_or("", |it| &it.title)
}

pub(crate) fn side(side: impl std::borrow::Borrow<tminus_domain::kit::Side>) -> crate::mark::Side {
    match side.borrow() {
        tminus_domain::kit::Side::Delivery => crate::mark::Side::Delivery,
        tminus_domain::kit::Side::Customer => crate::mark::Side::Customer,
        tminus_domain::kit::Side::Partner => crate::mark::Side::Partner,
    }
}

pub(crate) const fn with(court: Court) -> crate::words::Words {
    match court {
        Court::Delivery => t!("court.delivery"),
        Court::Customer => t!("court.customer"),
        Court::Partner => t!("court.partner"),
        Court::ThirdParty => t!("court.third_party"),
    }
}

pub(crate) const fn mark(state: State) -> Mark {
    match state {
        State::ToDo => Mark::TO_DO,
        State::InProgress => Mark::IN_PROGRESS,
        State::WaitingDelivery => Mark::WAITING_ON_DELIVERY,
        State::WaitingCustomer => Mark::WAITING_ON_CUSTOMER,
        State::WaitingThirdParty => Mark::WAITING_ON_THIRD_PARTY,
        State::Blocked => Mark::BLOCKED,
        State::Submitted => Mark::SUBMITTED,
        State::Done => Mark::DONE,
        State::Waived => Mark::WAIVED,
        State::NotApplicable => Mark::NOT_APPLICABLE,
    }
}

impl Section {
    pub(crate) fn bar(&self) -> draw::Drawing {
        draw::bar(self.tally)
    }
}
