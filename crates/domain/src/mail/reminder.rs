//! What one person is told of an engagement on one day: what came to them, what is due, what is late and whom that concerns by now.

use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    access::{
        ENDS_SOON,
        holding::Holding,
        turn::{Turn, Waiting},
    },
    checklist::{
        item::Item,
        status::{Court, State},
    },
    engagement::Engagement,
    ids::{HoldingId, ItemId, PersonId},
    kit::Side,
    people::{Member, escalation::Rung},
    rights::{Function, Right},
    schedule::Calendars,
};

/// The steps at which an engagement reminds, in business days before and after a date. `None` leaves a step out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ladder {
    /// The owner, before it is due.
    pub before: Option<u8>,
    /// The owner, on the day.
    pub due: bool,
    /// The owners on both sides, after it was due.
    pub owners: Option<u8>,
    /// The engagement manager and the customer's manager.
    pub managers: Option<u8>,
    /// The executive sponsor: only where somebody asked for it.
    pub sponsor: Option<u8>,
}

impl Default for Ladder {
    fn default() -> Self {
        Self { before: Some(3), due: true, owners: Some(2), managers: Some(4), sponsor: None }
    }
}

/// No step is further away than this, in business days.
pub const MAX_STEP: u8 = 60;

impl Ladder {
    /// Whether people are told in an order that makes sense. Else the step that does not, and why.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let steps = [("owners", self.owners), ("managers", self.managers), ("sponsor", self.sponsor)];
        for (name, days) in [("before", self.before)].into_iter().chain(steps) {
            if days.is_some_and(|days| days == 0 || days > MAX_STEP) {
                return Err((name, format!("give 1 to {MAX_STEP} business days, or nothing to leave the step out")));
            }
        }
        let mut last = 0;
        for (name, days) in steps.into_iter().filter_map(|(name, days)| Some((name, days?))) {
            if days <= last {
                return Err((name, "each step comes later than the one before".to_owned()));
            }
            last = days;
        }
        Ok(())
    }
}

/// Why somebody is told of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The executive sponsor is told of it on the next business day, and this person manages the engagement.
    Escalates,
    /// It is late, and this person leads.
    Leads,
    /// It is late.
    Late,
    DueToday,
    DueSoon,
    /// Another side wrote something on it since the last time, and waits for an answer.
    Written,
    /// It can be accepted since the last time.
    ToAccept,
    /// It is theirs and can be started, since the last time.
    New,
    /// Its date was moved since the last time.
    Moved,
}

/// One line of what somebody is told: an item, access that waits for them, or a room or the like that they close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    pub reason: Reason,
    /// Empty where it is access, or a room or the like.
    #[serde(default)]
    pub item: ItemId,
    pub title: String,
    pub due: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Waiting>,
    /// What the engagement has as a whole, where that has to be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<HoldingId>,
}

/// The time since somebody was last told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The day on which they were last told, and the instant.
    pub after: (Date, Timestamp),
    /// Today where they are, and now.
    pub until: (Date, Timestamp),
}

impl Window {
    fn has(&self, day: Date) -> bool {
        self.after.0 < day && day <= self.until.0
    }

    fn saw(&self, at: Timestamp) -> bool {
        self.after.1 < at && at <= self.until.1
    }
}

/// What a member is told of an engagement, the most urgent first. The engagement is as this member may see it.
///
/// Nobody is reminded of what cannot be started because something before it is open, nor of what waits for another side.
pub fn reminders(engagement: &Engagement, member: &Member, calendars: &Calendars, window: Window) -> Vec<Reminder> {
    let mut told: Vec<_> = engagement
        .listed()
        // What Sprint 0 was closed in spite of is not asked for any more; after the end of the engagement nothing is.
        .filter(|item| !engagement.has_ended() && engagement.plan.closing.asks_for(&item.id))
        .filter_map(|item| {
            let reason = reason(engagement, member, item, (calendars, window))?;
            Some(Reminder {
                reason,
                item: item.id.clone(),
                title: titled(engagement, member, item),
                due: item.due_on(),
                access: None,
                holding: None,
            })
        })
        .collect();
    told.extend(written(engagement, member, window));
    told.extend(access(engagement, member, calendars, window));
    told.extend(holdings(engagement, member, calendars, window));
    told.sort_by_key(|it| (it.reason, it.due.unwrap_or(Date::MAX)));
    told
}

/// An item's title, with the person or workstream that it is for where it is not the reader's own.
fn titled(engagement: &Engagement, member: &Member, item: &Item) -> String {
    let (title, whom) = (&item.content.title, engagement.whom(item));
    if whom.is_empty() || item.person.as_ref() == Some(&member.person) { title.clone() } else { format!("{title}, {whom}") }
}

fn reason(engagement: &Engagement, member: &Member, item: &Item, (calendars, window): (&Calendars, Window)) -> Option<Reason> {
    let me = &member.person;
    if item.state() == State::Submitted {
        let mine = item.content.accepted_by == Some(member.side())
            && matches!(member.function, Function::EngagementManager | Function::CustomerManager | Function::WorkstreamLead)
            && item.submitted.as_ref().is_some_and(|mark| &mark.by != me && window.saw(mark.at));
        return mine.then_some(Reason::ToAccept);
    }
    if !item.is_open() || engagement.open_before(item).next().is_some() {
        return None;
    }
    let today = window.until.0;
    let (owner, any) = (owns((engagement, today), item, me, Some(in_court(engagement, item))), owns((engagement, today), item, me, None));
    let late = item.is_late(today);
    let escalates = !engagement.hides(item) && !engagement.on_rung(&Rung::Sponsor, Side::Customer, today).is_empty();
    let stands = Stands { due: item.due_on(), since: ready(engagement, item), moved: item.moved, late, owner, any, escalates };
    stands.reason(&engagement.plan.ladder, member.function, (calendars, window))
}

/// Access that waits for a member, or that is late and concerns them by now. What an item says already is told as that item.
fn access<'a>(
    engagement: &'a Engagement,
    member: &'a Member,
    calendars: &'a Calendars,
    window: Window,
) -> impl Iterator<Item = Reminder> + 'a {
    let today = window.until.0;
    engagement.grants.iter().filter_map(move |grant| {
        let turn = engagement.turn(grant, today)?;
        let mine = engagement.is_turn_of(turn, grant, member);
        if engagement.is_told_by_item(turn, grant, mine.then_some(&member.person), today) {
            return None;
        }
        let due = engagement.turn_due(turn, grant, (calendars, today));
        let reason = if turn == Turn::Renew {
            let ahead = due.and_then(|due| due.checked_sub(ENDS_SOON).ok());
            let soon = due.zip(engagement.plan.ladder.before).and_then(|(due, days)| calendars.before(due, days.into()).ok());
            (mine && [ahead, soon].into_iter().flatten().any(|day| window.has(day))).then_some(Reason::DueSoon)?
        } else if turn == Turn::Attend {
            // On the business day before, and on the day.
            let before = due.and_then(|due| calendars.before(due, 1).ok());
            let day_before = before.is_some_and(|day| window.has(day)).then_some(Reason::DueSoon);
            due.filter(|due| mine && window.has(*due)).map(|_| Reason::DueToday).or(day_before.filter(|_| mine))?
        } else {
            let late = due.is_some_and(|due| due < today);
            let stands = Stands { due, since: engagement.turn_since(grant), moved: None, late, owner: mine, any: mine, escalates: false };
            stands.reason(&engagement.plan.ladder, member.function, (calendars, window))?
        };
        let resource = engagement.resource(&grant.resource);
        let title = resource.map_or(grant.resource.as_str(), |it| &it.title);
        let title = &if turn == Turn::Attend { grant.attends(title, resource) } else { title.to_owned() };
        let title = if grant.person == member.person { title.to_owned() } else { format!("{title}, {}", engagement.name(&grant.person)) };
        let waits = Waiting { turn, person: grant.person.clone(), resource: grant.resource.clone() };
        Some(Reminder { reason, item: ItemId::default(), title, due, access: Some(waits), holding: None })
    })
}

/// What another side wrote on items of a member, and nobody has answered.
fn written<'a>(engagement: &'a Engagement, member: &'a Member, window: Window) -> impl Iterator<Item = Reminder> + 'a {
    let waits = engagement.words_for(member, window.until).filter(move |(_, word)| window.saw(word.at));
    waits.map(|(item, _)| Reminder {
        reason: Reason::Written,
        item: item.id.clone(),
        title: titled(engagement, member, item),
        due: None,
        access: None,
        holding: None,
    })
}

/// What the engagement has as a whole and this member closes: a room, a list. Where nobody is named, the manager of its side does.
fn holdings(engagement: &Engagement, member: &Member, calendars: &Calendars, window: Window) -> Vec<Reminder> {
    let open = engagement.holdings().into_iter().filter(|it| it.closed.is_none() && (!it.internal || member.side() == Side::Delivery));
    let told = open.filter_map(|holding| {
        let due = engagement.holding_ends_on(&holding, calendars)?;
        let leads = member.side() == holding.side && matches!(member.function, Function::EngagementManager | Function::CustomerManager);
        let answers = holding.carried.as_ref().is_some_and(|carried| carried.owner == member.person);
        let told = answers || member.function.may(Right::ReadAccess) || engagement.closes(&holding, &member.person);
        if !told {
            return None;
        }
        let mine = answers || engagement.closes(&holding, &member.person) || (holding.owner.is_none() && leads);
        // That it has to be closed some day is no news.
        let since = Timestamp::MIN;
        let stands = Stands { due: Some(due), since, moved: None, late: due < window.until.0, owner: mine, any: mine, escalates: false };
        let reason = stands.reason(&engagement.plan.ladder, member.function, (calendars, window))?;
        let Holding { id, title, .. } = holding;
        Some(Reminder { reason, item: ItemId::default(), title, due: Some(due), access: None, holding: Some(id) })
    });
    told.collect()
}

/// What the steps of the ladder go by.
struct Stands {
    due: Option<Date>,
    /// Since when it could be done by whoever has it.
    since: Timestamp,
    /// When its date was moved, where it was.
    moved: Option<Timestamp>,
    late: bool,
    /// It is the reader's turn.
    owner: bool,
    /// It is theirs, whosever turn it is.
    any: bool,
    /// A sponsor hears of it once it is late enough.
    escalates: bool,
}

impl Stands {
    fn reason(&self, ladder: &Ladder, function: Function, (calendars, window): (&Calendars, Window)) -> Option<Reason> {
        let since = |days: Option<u8>| -> bool {
            let Some((due, days)) = self.due.zip(days) else { return false };
            calendars.after(due, days.into()).is_ok_and(|day| window.has(day))
        };
        let leads = match function {
            Function::EngagementManager | Function::CustomerManager => since(ladder.managers),
            Function::ExecutiveSponsor => self.escalates && since(ladder.sponsor),
            _ => false,
        };
        let before = || {
            let (due, days) = self.due.zip(ladder.before)?;
            calendars.before(due, days.into()).ok()
        };
        let day_before = ladder.sponsor.and_then(|days| days.checked_sub(1));
        if self.escalates && function == Function::EngagementManager && since(day_before) {
            Some(Reason::Escalates)
        } else if leads {
            Some(Reason::Leads)
        } else if self.any && since(ladder.owners) {
            Some(Reason::Late)
        } else if self.owner && ladder.due && self.due.is_some_and(|due| window.has(due)) {
            Some(if self.late { Reason::Late } else { Reason::DueToday })
        } else if self.owner && before().is_some_and(|day| window.has(day)) {
            Some(Reason::DueSoon)
        } else if self.owner && window.saw(self.since) {
            Some(Reason::New)
        } else if self.any && self.moved.is_some_and(|at| window.saw(at)) {
            Some(Reason::Moved)
        } else {
            None
        }
    }
}

/// Some calendar days, of which the first is today.
const AHEAD: i32 = 14;

/// What a member who leads will be told as late in the next two weeks if nothing happens, by day: to be looked at before it is sent. The
/// engagement is as this member may see it.
pub fn ahead(
    engagement: &Engagement,
    member: &Member,
    calendars: &Calendars,
    (today, now): (Date, Timestamp),
) -> Vec<(Date, Vec<Reminder>)> {
    let works = |day: &Date| works(engagement, member, *day);
    let before = (1..=AHEAD).map(|days| today.saturating_sub(days.days())).find(works);
    let mut told_on = before.unwrap_or_else(|| today.saturating_sub(1.day()));
    let days = (0..AHEAD).map(|days| today.saturating_add(days.days())).filter(works);
    let told = days.map(|day| {
        let window = Window { after: (std::mem::replace(&mut told_on, day), now), until: (day, now) };
        let led = reminders(engagement, member, calendars, window).into_iter().filter(|it| it.reason == Reason::Leads);
        (day, led.collect::<Vec<_>>())
    });
    told.filter(|(_, told)| !told.is_empty()).collect()
}

/// The side whose turn it is. What a third party has is looked after by the side that owns it.
fn in_court(engagement: &Engagement, item: &Item) -> Side {
    match item.court() {
        Court::Delivery => Side::Delivery,
        Court::Customer => Side::Customer,
        Court::Partner => Side::Partner,
        Court::ThirdParty => engagement.owner_side(item),
    }
}

fn owns((engagement, today): (&Engagement, Date), item: &Item, person: &PersonId, side: Option<Side>) -> bool {
    let of_side = |it: Side| side.is_none_or(|side| side == it);
    // Who comes from a partner does the part of the delivery side in what is about them.
    let is_part = |member: &Member| of_side(member.side()) || (member.side() == Side::Partner && of_side(Side::Delivery));
    let about = item.person.as_ref() == Some(person) && engagement.member(person).is_some_and(is_part);
    about || engagement.owners(item, today).iter().any(|owner| owner.person == Some(person) && of_side(owner.side))
}

/// Since when it can be worked on by whoever has it: it came to them, and all that is before it is done.
fn ready(engagement: &Engagement, item: &Item) -> Timestamp {
    let before = item.content.after.iter().filter_map(|key| engagement.item_by_key(key));
    before.map(|before| before.status.since).fold(item.clock.since, Timestamp::max)
}

/// Whether a member can be written to on a day: it is not off for them, and one of those that they give.
pub fn works(engagement: &Engagement, member: &Member, day: Date) -> bool {
    !is_off(engagement, member, day) && member.gives(day)
}

/// Whether a member is off on a day: they are absent, or the calendar that they follow, or one of their side, does not work, or cannot say.
pub fn is_off(engagement: &Engagement, member: &Member, day: Date) -> bool {
    let own = member.calendars(&engagement.plan.setup.calendars).into_iter().cloned().collect();
    let works = Calendars::new(own).is_ok_and(|own| own.is_working(day).unwrap_or(false));
    !works || member.is_absent(&engagement.plan.setup.calendars, day)
}
