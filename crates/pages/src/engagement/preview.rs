//! What follows from a setup: shown while somebody still answers.

use jiff::civil::Date;
use tminus_domain::{
    engagement::{
        LeftOut,
        tailor::{Dated, Tailored},
    },
    kit::{Kit, task::WayOut},
    schedule::{Calendars, Computed, Fit},
};

use super::form::SetupForm;
use crate::{
    caller::capital,
    draw::{self, Drawing},
    when::{day, full_day},
};

/// The checklist that follows, in numbers and in words.
pub(crate) struct Preview {
    pub(crate) items: usize,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) activities: Vec<(String, usize)>,
    pub(crate) short: Vec<Short>,
    pub(crate) soon: Vec<Drawing>,
    pub(crate) soon_count: usize,
    pub(crate) open: Vec<Open>,
    pub(crate) dates: Vec<Dates>,
    pub(crate) milestones: Vec<Line>,
    /// Where kick-off would have to be for everything to fit.
    pub(crate) move_to: Option<(String, String)>,
}

/// Something that cannot be made in time.
pub(crate) struct Short {
    pub(crate) title: String,
    pub(crate) due: String,
    pub(crate) drawing: Drawing,
    /// How long it is over, if it is.
    pub(crate) past: String,
    /// Business days that are missing: the most first.
    missing: u32,
    /// It hangs on a question without an answer: what is certain comes first.
    is_open: bool,
    pub(crate) ways: Vec<WayOut>,
}

/// A question without an answer that something depends on.
pub(crate) struct Open {
    pub(crate) ask: String,
    pub(crate) anchor: String,
    pub(crate) items: usize,
}

/// The dates of one activity.
pub(crate) struct Dates {
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
}

/// A date with its explanation.
pub(crate) struct Line {
    pub(crate) title: String,
    pub(crate) day: String,
    pub(crate) why: String,
}

/// Items of the same task on the same day, as one line: `Background checks, 3 people`. None of them: nobody is named yet.
struct Run<'a> {
    first: &'a Dated,
    count: usize,
}

impl Run<'_> {
    fn title(&self) -> String {
        let title = &self.first.draft.content.title;
        match self.count {
            0 => t!("preview.awaited").with("title", title).with("why", &self.first.draft.content.because).into(),
            1 => title.clone(),
            count => t!("preview.times").with("title", title).with("n", count).into(),
        }
    }
}

impl Preview {
    pub(crate) fn of(tailored: &Tailored, form: &SetupForm, today: Date) -> Self {
        let runs = runs(tailored);
        let scale = runs.iter().filter_map(|run| run.first.fit).map(scale_of).max().unwrap_or(20).clamp(10, 60);
        // Whoever it is for, it cannot be made: that nobody is named yet hides no danger.
        let awaited = tailored.awaited.iter().map(|item| Run { first: item, count: 0 });
        let awaited: Vec<_> = awaited.collect();
        let mut short: Vec<_> =
            runs.iter().chain(&awaited).filter(|run| run.first.is_infeasible()).map(|run| shortfall(run, scale)).collect();
        short.sort_by_key(|short| (short.is_open, std::cmp::Reverse(short.missing)));
        let soon: Vec<_> = runs.iter().filter(|run| starts_soon(run, today)).collect();
        Self {
            items: tailored.items.len(),
            left_out: tailored.left_out.clone(),
            activities: activities(tailored),
            short,
            soon_count: soon.iter().map(|run| run.count).sum(),
            soon: soon.iter().take(6).filter_map(|run| fitting(run, scale)).collect(),
            open: open(tailored, &form.kits()),
            dates: dates(tailored, &runs),
            milestones: tailored.milestones.iter().map(|it| line(it.title.clone(), &it.when)).collect(),
            move_to: move_to(tailored, form, today),
        }
    }

    pub(crate) fn short_count(&self) -> usize {
        self.short.len()
    }
}

fn runs(tailored: &Tailored) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for item in &tailored.items {
        let date = |it: &Dated| it.due.as_ref().and_then(Computed::date);
        let same = |run: &&mut Run<'_>| {
            run.first.draft.task == item.draft.task && run.first.draft.activity == item.draft.activity && date(run.first) == date(item)
        };
        match runs.iter_mut().rev().take(80).find(same) {
            Some(run) => run.count += 1,
            None => runs.push(Run { first: item, count: 1 }),
        }
    }
    runs
}

fn starts_soon(run: &Run<'_>, today: Date) -> bool {
    let week = today.saturating_add(jiff::Span::new().days(7));
    !run.first.is_infeasible()
        && run.first.start_by.is_some_and(|start| start < week)
        && run.first.draft.content.lead.is_some_and(|lead| lead.days > 0)
}

fn scale_of(fit: Fit) -> u32 {
    match fit {
        Fit::Fits { needs, left } | Fit::Tight { needs, left } | Fit::Impossible { needs, left } => {
            needs.max(left.min(needs + 10)).max(0).unsigned_abs()
        }
        Fit::Past { .. } => 0,
    }
}

fn numbers(run: &Run<'_>) -> Option<(u32, u32)> {
    match run.first.fit? {
        Fit::Fits { needs, left } | Fit::Tight { needs, left } | Fit::Impossible { needs, left } => {
            Some((needs.max(0).unsigned_abs(), left.max(0).unsigned_abs()))
        }
        Fit::Past { .. } => Some((run.first.draft.content.lead.map_or(0, |lead| u32::from(lead.days)), 0)),
    }
}

/// A name that leaves room for the words beside it.
fn shortened(name: String) -> String {
    const MOST: usize = 42;
    if name.chars().count() <= MOST { name } else { name.chars().take(MOST - 1).chain(['…']).collect() }
}

fn shortfall(run: &Run<'_>, scale: u32) -> Short {
    let (need, left) = numbers(run).unwrap_or_default();
    let is_open = !run.first.draft.content.undecided.is_empty();
    let words = if is_open { t!("preview.due_if") } else { t!("preview.due") };
    let why = run.first.due.as_ref().and_then(Computed::date).map(|due| words.with("day", day(due)).to_string());
    let past = match run.first.fit {
        Some(Fit::Past { late }) => t!("preview.past").with("n", late).into(),
        _ => String::new(),
    };
    let fit = draw::Fit { name: String::new(), need, left, why: String::new() };
    Short {
        title: run.title(),
        due: why.unwrap_or_default(),
        drawing: draw::fit_bar(&fit, scale),
        past,
        missing: missing(run.first).unwrap_or_default(),
        is_open,
        ways: run.first.draft.content.ways_out.clone(),
    }
}

fn fitting(run: &Run<'_>, scale: u32) -> Option<Drawing> {
    let (need, left) = numbers(run)?;
    let why = t!("due.start_by").with("day", day(run.first.start_by?)).into();
    Some(draw::fit(&draw::Fit { name: shortened(run.title()), need, left: left.min(scale), why }, scale))
}

fn activities(tailored: &Tailored) -> Vec<(String, usize)> {
    let count = |id| tailored.items.iter().filter(|item| &item.draft.activity == id).count();
    tailored.activities.iter().map(|activity| (activity.title.clone(), count(&activity.id))).collect()
}

fn open(tailored: &Tailored, kits: &[&Kit]) -> Vec<Open> {
    let open = tailored.open.iter().map(|id| {
        let fact = kits.iter().find_map(|kit| kit.fact(id));
        let ask = fact.map_or(id.as_str(), |fact| if fact.ask.is_empty() { id.as_str() } else { &fact.ask });
        Open {
            ask: ask.to_owned(),
            anchor: format!("f-a.{id}"),
            items: tailored.items.iter().filter(|item| item.draft.content.undecided.contains(id)).count(),
        }
    });
    open.collect()
}

fn dates(tailored: &Tailored, runs: &[Run<'_>]) -> Vec<Dates> {
    let of = |activity: &tminus_domain::engagement::Activity| {
        let own = runs.iter().filter(|run| run.first.draft.activity == activity.id);
        let lines = own.filter_map(|run| Some(line(run.title(), run.first.due.as_ref()?))).collect();
        Dates { title: activity.title.clone(), lines }
    };
    tailored.activities.iter().map(of).filter(|dates| !dates.lines.is_empty()).collect()
}

pub(crate) fn line(title: String, when: &Computed) -> Line {
    let day = when.date().map_or_else(|| t!("preview.unknown").into(), full_day);
    let why = match when {
        Computed::Unknown { rule, .. } if rule.offset == 0 => t!("preview.not_given").into(),
        _ => capital(&when.to_string()),
    };
    Line { title, day, why }
}

/// Business days that an item would need besides those that are left.
fn missing(item: &Dated) -> Option<u32> {
    match item.fit? {
        Fit::Impossible { needs, left } => u32::try_from(needs - left).ok(),
        Fit::Past { late } => Some(u32::try_from(late).ok()? + item.draft.content.lead.map_or(0, |lead| u32::from(lead.days))),
        Fit::Fits { .. } | Fit::Tight { .. } => None,
    }
}

/// The first kick-off that leaves time enough for everything counted from it.
fn move_to(tailored: &Tailored, form: &SetupForm, today: Date) -> Option<(String, String)> {
    let kickoff = form.setup.milestones.get(&"kickoff".into()).copied()?;
    let missing = tailored.items.iter().chain(&tailored.awaited).filter_map(missing).max().filter(|missing| *missing > 0)?;
    let calendars = Calendars::new(form.setup.calendars.clone()).ok()?;
    let to = calendars.after(kickoff.max(today), missing).ok()?;
    Some((to.to_string(), full_day(to)))
}
