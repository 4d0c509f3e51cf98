//! My items: everything a person has to do, across engagements, the most urgent first.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::ToSpan as _;
use tminus_app::{
    Failure,
    engagement::list::{Mine, list_my_items},
    store::View,
};
use tminus_domain::{
    checklist::{item::Item, status::State},
    rights::{Right, permit},
};

use crate::{
    access::waiting::Waits,
    caller::Caller,
    checklist::{Sheet, sheet::mark},
    mark::Mark,
    page::Page,
    shell::{Place, Shell},
    when::{self, Due},
    words::Words,
};

/// Of what is due later, so much is shown; the rest is in the checklists.
const SHOWN: usize = 40;
const LATER: usize = 4;

#[derive(Template)]
#[template(path = "engagement/mine.html", blocks = ["inside"])]
struct MinePage {
    shell: Shell,
    said: String,
    groups: Vec<Group>,
    /// Access that waits, with what the engagement is called.
    access: Vec<(String, Waits)>,
    written: Vec<Written>,
    more: usize,
    reads_all: bool,
}

struct Group {
    urgency: Urgency,
    lines: Vec<Line>,
}

/// An item on which somebody of another side wrote, and waits for an answer.
struct Written {
    href: String,
    title: String,
    by: String,
    day: String,
    engagement: String,
}

/// One item of the list.
struct Line {
    item: Arc<Item>,
    engagement: String,
    name: String,
    /// The person or workstream that it is for.
    whom: String,
    number: String,
    mark: Mark,
    due: Option<Due>,
    taps: Vec<Tap>,
    accepts: bool,
}

/// A status that one press sets.
struct Tap {
    status: &'static str,
    words: Words,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Urgency {
    Late,
    StartNow,
    Week,
    Accept,
    Later,
}

impl Urgency {
    const ALL: [Self; 5] = [Self::Late, Self::StartNow, Self::Week, Self::Accept, Self::Later];

    fn words(self) -> Words {
        match self {
            Self::Late => t!("mine.late"),
            Self::StartNow => t!("mine.start"),
            Self::Week => t!("mine.week"),
            Self::Accept => t!("mine.accept"),
            Self::Later => t!("mine.later"),
        }
    }

    fn of(line: &Line, sheet: &Sheet) -> Self {
        let row = sheet.row(&line.item.id);
        let today = sheet.days.today;
        match &line.due {
            _ if line.accepts => Self::Accept,
            Some(Due::Late { .. } | Due::Unfeasible { .. }) => Self::Late,
            _ if row.is_some_and(|row| row.start_now) => Self::StartNow,
            Some(due) if due.date().is_some_and(|due| due < today.saturating_add(7.days())) => Self::Week,
            _ => Self::Later,
        }
    }
}

impl Line {
    fn href(&self) -> String {
        format!("/engagements/{}/items/{}", self.engagement, self.item.id)
    }
}

impl Page for MinePage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

pub(super) async fn show(caller: Caller) -> Response {
    // Whoever came by link is at home in one engagement.
    if let Some(engagement) = &caller.actor.pass.within {
        return Redirect::to(&format!("/engagements/{engagement}/yours")).into_response();
    }
    let shown = shown(&caller).await;
    caller.answer(shown)
}

async fn shown(caller: &Caller) -> Result<Response, Failure> {
    let mut groups = Urgency::ALL.map(|urgency| Group { urgency, lines: Vec::new() });
    let (mut total, mut access, mut written) = (0, Vec::new(), Vec::new());
    for mine in list_my_items(caller.app(), &caller.actor).await? {
        let setup = &mine.engagement.plan.setup;
        let waits = Waits::of(&mine.engagement, &caller.actor.person, mine.today, mine.access.clone()).into_iter();
        access.extend(waits.map(|waits| (format!("{}, {}", setup.customer, setup.title), waits)));
        written.extend(mine.written.iter().filter_map(|item| self::written(caller, &mine, item)));
        total += mine.items.len() + mine.to_accept.len();
        for (urgency, line) in lines(caller, mine) {
            if let Some(group) = groups.iter_mut().find(|group| group.urgency == urgency) {
                group.lines.push(line);
            }
        }
    }
    for group in &mut groups {
        group.lines.sort_by_key(|line| line.item.due_on().unwrap_or(jiff::civil::Date::MAX));
    }
    let more = groups[LATER].lines.len().saturating_sub(SHOWN);
    groups[LATER].lines.truncate(SHOWN);
    let [late, start, ..] = groups.each_ref().map(|group| group.lines.len());
    let said = match (total, late, start) {
        (0, ..) => String::new(),
        (_, 0, 0) => t!("mine.calm.one").or_many(t!("mine.calm.many"), total).into(),
        (_, 0, start) => t!("mine.said_start.one").or_many(t!("mine.said_start.many"), start).into(),
        (_, late, _) => t!("mine.said_late.one").or_many(t!("mine.said_late.many"), late).into(),
    };
    let groups = groups.into_iter().filter(|group| !group.lines.is_empty()).collect();
    let shell = caller.shell(t!("rail.mine"), Place::Mine);
    let reads_all = caller.actor.may(Right::CreateEngagement);
    Ok(caller.show(&MinePage { shell, said, groups, access, written, more, reads_all }))
}

fn written(caller: &Caller, mine: &Mine, item: &Item) -> Option<Written> {
    let (engagement, word) = (&mine.engagement, item.word.as_ref()?);
    let setup = &engagement.plan.setup;
    Some(Written {
        href: format!("/engagements/{}/items/{}", engagement.id, item.id),
        title: item.content.title.clone(),
        by: engagement.name(&word.by).to_owned(),
        day: when::day(caller.local(word.at).date()),
        engagement: format!("{}, {}", setup.customer, setup.title),
    })
}

fn lines(caller: &Caller, mine: Mine) -> Vec<(Urgency, Line)> {
    let Mine { engagement, scope, today, items, to_accept, .. } = mine;
    let may = |right| permit(&caller.actor, engagement.ground(today), right).is_ok();
    let works = may(Right::WorkItems);
    let view = View { engagement: engagement.clone(), scope };
    let sheet = caller.front.sheets.of(&view, today, works);
    let setup = &engagement.plan.setup;
    let line = |item: Arc<Item>, accepts: bool| {
        let row = sheet.row(&item.id);
        let line = Line {
            engagement: engagement.id.to_string(),
            name: format!("{}, {}", setup.customer, setup.title),
            whom: engagement.whom(&item).to_owned(),
            number: row.map(|row| row.number.clone()).unwrap_or_default(),
            mark: mark(item.state()),
            due: row.and_then(|row| row.due.clone()),
            taps: if works { taps(&item) } else { Vec::new() },
            accepts,
            item,
        };
        (Urgency::of(&line, &sheet), line)
    };
    let own = items.into_iter().map(|item| line(item, false));
    let own: Vec<_> = own.collect();
    own.into_iter().chain(to_accept.into_iter().map(|item| line(item, true))).collect()
}

/// What one press can do. What the kit wants besides, as evidence or a reason, is asked for on the item's own page.
fn taps(item: &Item) -> Vec<Tap> {
    let begin = Tap { status: State::InProgress.as_str(), words: t!("mine.begin") };
    let done = Tap { status: State::Done.as_str(), words: t!("mine.done") };
    match item.state() {
        State::ToDo => vec![begin, done],
        State::Blocked | State::WaitingCustomer | State::WaitingDelivery | State::WaitingThirdParty => {
            vec![Tap { words: t!("mine.go_on"), ..begin }, done]
        }
        State::InProgress => vec![done],
        _ => Vec::new(),
    }
}
