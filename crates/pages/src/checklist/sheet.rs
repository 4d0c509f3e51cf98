//! The checklist as it is drawn: numbered, counted and rendered once for each revision, day and circle of readers.

use std::{collections::HashMap, ops::Range, sync::Arc};

use askama::Template;
use tminus_domain::{
    checklist::{
        item::Item,
        status::{Court, State},
    },
    engagement::Engagement,
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
    proofs: usize,
    with: Option<crate::words::Words>,
    depth: usize,
    /// Whoever looks may choose rows.
    works: bool,
}

impl Sheet {
    pub(crate) fn of(engagement: &Engagement, days: Arc<Days>, works: bool) -> Self {
        let mut children: HashMap<(&ModuleId, Option<&ItemId>), Vec<&Arc<Item>>> = HashMap::new();
        for item in engagement.listed() {
            children.entry((&item.activity, item.parent.as_ref())).or_default().push(item);
        }
        let by_key = engagement.listed().map(|item| (item.key.as_str(), item)).collect();
        let mut making = Making { engagement, days: &days, children, by_key, works, rows: Vec::new(), groups: Vec::new() };
        let mut sections = Vec::new();
        for (index, activity) in engagement.plan.activities.iter().enumerate() {
            let first = making.rows.len();
            making.level((&activity.id, None), &(index + 1).to_string(), 0);
            let rows = first..making.rows.len();
            let tally = tally(making.rows[rows.clone()].iter().map(|row| &*row.item));
            let gates = gates(engagement, &making.rows[rows.clone()]);
            sections.push(Section { id: activity.id.clone(), number: index + 1, title: activity.title.clone(), gates, tally, rows });
        }
        let Making { rows, groups, .. } = making;
        Self {
            late: rows.iter().filter(|row| row.late).count(),
            open: rows.iter().filter(|row| row.item.is_open()).count(),
            short: rows.iter().filter(|row| matches!(row.due, Some(Due::Unfeasible { .. }))).count(),
            begun: rows.iter().any(|row| row.item.state() != State::ToDo),
            index: rows.iter().enumerate().map(|(index, row)| (row.item.id.clone(), index)).collect(),
            by_key: rows.iter().enumerate().map(|(index, row)| (row.item.key.clone(), index)).collect(),
            days,
            sections,
            rows,
            groups,
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
    children: HashMap<(&'a ModuleId, Option<&'a ItemId>), Vec<&'a Arc<Item>>>,
    by_key: HashMap<&'a str, &'a Arc<Item>>,
    works: bool,
    rows: Vec<Row>,
    groups: Vec<Group>,
}

impl<'a> Making<'a> {
    fn level(&mut self, place: (&'a ModuleId, Option<&'a ItemId>), above: &str, depth: usize) {
        let items = self.children.remove(&place).unwrap_or_default();
        let (mut count, mut at) = (0, 0);
        while let Some(first) = items.get(at) {
            count += 1;
            let number = format!("{above}.{count}");
            let same = |item: &&&Arc<Item>| {
                !item.task.as_str().is_empty() && item.task == first.task && (item.person.is_some() || item.workstream.is_some())
            };
            let run = items[at..].iter().take_while(same).count();
            if run < 2 {
                self.item((place.0, first), number, None, depth);
                at += 1;
                continue;
            }
            let group = self.groups.len();
            let members = &items[at..at + run];
            let done = members.iter().filter(|item| item.state().is_closed()).count();
            let internal = members.iter().all(|item| item.content.internal);
            self.groups.push(Group { number: number.clone(), title: first.content.title.clone(), done, of: run, internal });
            for (index, item) in members.iter().enumerate() {
                self.item((place.0, item), format!("{number}.{}", index + 1), Some(group), depth + 1);
            }
            at += run;
        }
    }

    fn item(&mut self, (activity, item): (&'a ModuleId, &'a Arc<Item>), number: String, group: Option<usize>, depth: usize) {
        let row = self.row(item, number, group, depth);
        let number = row.number.clone();
        self.rows.push(row);
        self.level((activity, Some(&item.id)), &number, depth + 1);
    }

    fn row(&self, item: &'a Arc<Item>, number: String, group: Option<usize>, depth: usize) -> Row {
        let owners = self.engagement.owners(item);
        let mut people: Vec<_> = owners.iter().filter_map(|owner| owner.person.cloned()).collect();
        people.extend(item.person.clone());
        let due = self.days.due(item);
        let today = self.days.today;
        let parts = self.children.get(&(&item.activity, Some(&item.id))).map_or(&[][..], Vec::as_slice);
        let before = item.content.after.iter().filter_map(|key| self.by_key.get(key.as_str())).filter(|it| it.is_open());
        let part = RowPart {
            engagement: self.engagement.id.as_str(),
            item,
            number: &number,
            mark: mark(item.state()),
            due: due.as_ref(),
            owners: faces(self.engagement, item),
            whom: whom(self.engagement, item),
            grouped: group.is_some(),
            parts: (parts.iter().filter(|part| part.state().is_closed()).count(), parts.len()),
            before: before.map(|it| format!("“{}”", it.content.title)).collect::<Vec<_>>().join(", "),
            count: countdown(item),
            proofs: item.proofs.iter().filter(|proof| !proof.withdrawn).count(),
            with: (item.is_open() && item.court() != Court::Delivery).then(|| with(item.court())),
            depth,
            works: self.works,
        };
        let html = part.render().unwrap_or_default();
        let html = html.strip_prefix("<tr").unwrap_or(&html).to_owned();
        Row { late: item.is_late(today), start_now: item.should_start(today), item: item.clone(), number, due, group, people, html }
    }
}

pub(crate) fn faces(engagement: &Engagement, item: &Item) -> Vec<OwnerFace> {
    let face = |owner: tminus_domain::engagement::Owner<'_>| OwnerFace {
        face: Face::new(owner.person.map_or("", |person| engagement.name(person)), side(owner.side)),
        role: owner.title.to_owned(),
        nobody: owner.person.is_none(),
    };
    let mut faces: Vec<_> = engagement.owners(item).into_iter().map(face).collect();
    // Somebody with two roles is one owner.
    let mut seen = std::collections::BTreeSet::new();
    faces.retain(|owner| owner.nobody || seen.insert(owner.face.name.clone()));
    faces
}

/// The person or workstream that an item is for.
pub(crate) fn whom(engagement: &Engagement, item: &Item) -> String {
    let workstream = item.workstream.as_ref().map(|id| {
        let found = engagement.plan.setup.workstreams.iter().find(|it| &it.id == id);
        found.map_or_else(|| id.to_string(), |it| it.title.clone())
    });
    item.person.as_ref().map(|person| engagement.name(person).to_owned()).or(workstream).unwrap_or_default()
}

/// `T−5`, where the kit counts business days from a milestone.
fn countdown(item: &Item) -> Option<Countdown> {
    let rule = item.content.due.as_ref().filter(|rule| rule.unit == DayUnit::Business && !item.pinned)?;
    Some(Countdown { days_left: -rule.offset })
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
