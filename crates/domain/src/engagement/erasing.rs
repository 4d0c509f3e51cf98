//! An engagement without what is personal in it: who did what when stays by id, what people wrote goes.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use super::{Engagement, Plan, closing::Closing};
use crate::{
    access::{Grant, Shown},
    checklist::item::{Content, Item, Proof},
    kit::{access::Resource, condition::Answer},
    people::{Member, traces::Traces},
    schedule::{Computed, WorkCalendar},
};

/// What stands in the place of a title that a person wrote.
pub const ERASED: &str = "Erased";

/// What takes the place of an engagement's parts.
#[derive(Clone, Debug)]
pub struct Erased {
    pub plan: Plan,
    pub members: Vec<Member>,
    pub items: Vec<Item>,
    pub grants: Vec<Grant>,
}

impl Engagement {
    /// Titles that are nobody's: what the kit calls things, and the engagement itself.
    pub fn impersonal_titles(&self) -> BTreeSet<String> {
        let items = self.items.iter().filter(|item| has_own_title(item)).map(|item| &item.content.title);
        let resources = self.plan.resources.iter().filter(|it| self.by_hand(&it.id).is_none()).map(|resource| &resource.title);
        items.chain(resources).chain([&self.plan.setup.title]).cloned().collect()
    }

    /// All of it that holds something personal, without that.
    pub fn erased(&self, at: Timestamp) -> Erased {
        Erased {
            plan: self.erased_plan(at),
            members: self.members.iter().cloned().map(|member| Member { site: String::new(), calendar: None, ..member }).collect(),
            items: self.items.iter().map(|item| erased_item(item)).collect(),
            grants: self.grants.iter().map(|grant| erased_grant(grant)).collect(),
        }
    }

    fn erased_plan(&self, at: Timestamp) -> Plan {
        let mut plan = Plan::clone(&self.plan);
        for answer in plan.setup.answers.values_mut() {
            if let Answer::Text(text) = answer {
                text.clear();
            }
        }
        plan.setup.calendars = plan.setup.calendars.into_iter().map(erased_calendar).collect();
        for milestone in &mut plan.milestones {
            milestone.when = without_calendars(milestone.when.clone());
        }
        for left_out in &mut plan.left_out {
            left_out.because.clear();
        }
        for own in &mut plan.by_hand {
            own.each = None;
            erase_resource(&mut own.resource);
            plan.resources.iter_mut().filter(|it| it.id == own.resource.id).for_each(erase_resource);
        }
        plan.bookings.values_mut().for_each(|booking| booking.reference.clear());
        for holding in &mut plan.holdings {
            if holding.by_hand || self.by_hand(&holding.id.as_str().into()).is_some() {
                ERASED.clone_into(&mut holding.title);
            }
            if let Some(closed) = &mut holding.closed {
                closed.note.clear();
            }
        }
        for urgent in &mut plan.urgent {
            urgent.reason.clear();
        }
        for row in plan.responsibilities.iter_mut().filter(|row| row.by_hand) {
            ERASED.clone_into(&mut row.text);
            row.section.clear();
        }
        plan.closing = self.erased_closing(plan.closing, at);
        plan
    }

    fn erased_closing(&self, mut closing: Closing, at: Timestamp) -> Closing {
        closing.erased_at = Some(at);
        if let Some(ended) = &mut closing.ended {
            ended.note.clear();
        }
        if let Some(report) = &mut closing.report {
            report.reason = report.reason.as_ref().map(|_| ERASED.to_owned());
            for line in report.waived.iter_mut().chain(&mut report.late).chain(&mut report.open) {
                if !self.item(&line.item).is_some_and(|item| has_own_title(item) && item.content.title == line.title) {
                    ERASED.clone_into(&mut line.title);
                }
            }
            for line in &mut report.waived {
                line.note.clear();
            }
        }
        closing
    }
}

/// The title is the kit's, and nobody's words.
fn has_own_title(item: &Item) -> bool {
    item.kit.is_some() && !item.edited.contains("title")
}

fn erase_resource(resource: &mut Resource) {
    ERASED.clone_into(&mut resource.title);
    resource.note.clear();
    resource.details.clear();
}

fn erased_calendar(mut calendar: WorkCalendar) -> WorkCalendar {
    calendar.side.as_str().clone_into(&mut calendar.name);
    calendar.source.clear();
    for closure in &mut calendar.closures {
        closure.title.clear();
    }
    calendar
}

/// The date with its rule, but without names of calendars and of what they passed over: those were typed or came from people's own calendars.
fn without_calendars(computed: Computed) -> Computed {
    let Computed::Known { date, mut why } = computed else { return computed };
    why.calendars.clear();
    why.anchor_off.clear();
    why.skipped.clear();
    why.moved = None;
    why.clashes.clear();
    Computed::Known { date, why }
}

fn erased_item(item: &Item) -> Item {
    let mut item = item.clone();
    item.content = Arc::new(erased_content(&item));
    item.due = item.due.map(without_calendars);
    item.status.reason = item.status.reason.map(|_| String::new());
    item.status.third_party = item.status.third_party.map(|_| String::new());
    for proof in &mut item.proofs {
        erase_proof(proof);
    }
    if let Some(chosen) = &mut item.way_out {
        chosen.reason.clear();
        chosen.way.text.clear();
    }
    item
}

fn erase_proof(proof: &mut Proof) {
    proof.text.clear();
    proof.file = None;
}

fn erased_content(item: &Item) -> Content {
    let content = Content::clone(&item.content);
    if item.kit.is_none() {
        let Content { owners, due, lead, lead_proposed, after, gates, accepted_by, internal, .. } = content;
        let title = ERASED.to_owned();
        return Content { title, owners, due, lead, lead_proposed, after, gates, accepted_by, internal, ..Content::default() };
    }
    let by_hand = |field: &str| item.edited.contains(field);
    Content {
        title: if by_hand("title") { ERASED.to_owned() } else { content.title },
        description: if by_hand("description") { String::new() } else { content.description },
        because: String::new(),
        ..content
    }
}

fn erased_grant(grant: &Grant) -> Grant {
    let mut grant = grant.clone();
    grant.note.clear();
    grant.ticket.clear();
    grant.details.clear();
    grant.appointment = None;
    grant.because.clear();
    grant.due = grant.due.map(without_calendars);
    if let Some(exception) = &mut grant.exception {
        exception.reason.clear();
    }
    grant
}

impl Engagement {
    /// What one person wrote or is named in, without that: only the parts that differ.
    pub fn without_person(&self, traces: &Traces) -> Without {
        let plan = plan_without(&self.plan, traces);
        let items = self.items.iter().map(|item| (item, item_without(item, traces)));
        let grants = self.grants.iter().map(|grant| (grant, grant_without(grant, traces)));
        let members: Vec<_> = self.members.iter().map(|member| member_without(member, traces)).collect();
        Without {
            plan: Some(plan).filter(|plan| *plan != *self.plan),
            members: Some(members).filter(|members| *members != *self.members),
            items: items.filter(|(was, is)| ***was != *is).map(|(_, is)| is).collect(),
            grants: grants.filter(|(was, is)| ***was != *is).map(|(_, is)| is).collect(),
        }
    }
}

/// What takes the place of the parts that one person was in. `None` and nothing where nothing differs.
#[derive(Clone, Debug)]
pub struct Without {
    pub plan: Option<Plan>,
    pub members: Option<Vec<Member>>,
    pub items: Vec<Item>,
    pub grants: Vec<Grant>,
}

fn member_without(member: &Member, traces: &Traces) -> Member {
    let mut member = member.clone();
    if member.person == traces.person {
        member.site.clear();
    }
    let theirs = |name: &String| member.person == traces.person || traces.are_in(name) || traces.is_name(name);
    member.calendar = member.calendar.take().filter(|name| !theirs(name));
    member
}

/// The date without what names them.
fn date_without(computed: Computed, traces: &Traces) -> Computed {
    let named = |text: &str| traces.are_in(text) || traces.is_name(text);
    match &computed {
        Computed::Known { why, .. }
            if named(&serde_json::to_string(why).unwrap_or_default()) || why.calendars.iter().any(|name| named(name)) =>
        {
            without_calendars(computed)
        }
        _ => computed,
    }
}

/// What people typed of resources, and of rooms that are booked.
fn resources_without(plan: &mut Plan, traces: &Traces) {
    for resource in plan.by_hand.iter_mut().map(|own| &mut own.resource).chain(&mut plan.resources) {
        wipe(&mut resource.title, traces);
        wipe(&mut resource.note, traces);
        resource.details.retain(|name| !traces.are_in(name));
    }
    for own in &mut plan.by_hand {
        own.each = own.each.take().filter(|each| !traces.are_in(&each.to_string()));
    }
    plan.bookings.values_mut().for_each(|booking| wipe(&mut booking.reference, traces));
}

fn plan_without(plan: &Plan, traces: &Traces) -> Plan {
    let mut plan = plan.clone();
    let closing = &mut plan.closing;
    if let Some(ended) = closing.ended.as_mut().filter(|it| it.mark.by == traces.person || traces.are_in(&it.note)) {
        ended.note.clear();
    }
    if let Some(report) = &mut closing.report {
        for line in report.waived.iter_mut().chain(&mut report.open).chain(&mut report.late) {
            if line.by.as_ref() == Some(&traces.person) || traces.are_in(&line.note) {
                line.note.clear();
            }
            wipe(&mut line.title, traces);
        }
        if let Some(reason) = &mut report.reason {
            wipe(reason, traces);
        }
    }
    resources_without(&mut plan, traces);
    for holding in &mut plan.holdings {
        wipe(&mut holding.title, traces);
        if let Some(closed) = &mut holding.closed {
            if closed.mark.by == traces.person || closed.shown == Some(Shown::Word(traces.person.clone())) {
                closed.note.clear();
            }
            wipe(&mut closed.note, traces);
        }
    }
    for urgent in &mut plan.urgent {
        if [&urgent.person, &urgent.mark.by].contains(&&traces.person) {
            urgent.reason.clear();
        }
        wipe(&mut urgent.reason, traces);
    }
    for row in &mut plan.responsibilities {
        wipe(&mut row.text, traces);
        wipe(&mut row.section, traces);
    }
    for left_out in &mut plan.left_out {
        wipe(&mut left_out.because, traces);
    }
    for milestone in &mut plan.milestones {
        milestone.when = date_without(milestone.when.clone(), traces);
    }
    for calendar in &mut plan.setup.calendars {
        wipe(&mut calendar.name, traces);
        wipe(&mut calendar.source, traces);
        for closure in &mut calendar.closures {
            wipe(&mut closure.title, traces);
        }
    }
    for answer in plan.setup.answers.values_mut() {
        if let Answer::Text(text) = answer {
            wipe(text, traces);
        }
    }
    plan
}

/// A text that names them gives way to a word.
fn wipe(text: &mut String, traces: &Traces) {
    if traces.are_in(text) || (!text.is_empty() && traces.is_name(text)) {
        ERASED.clone_into(text);
    }
}

fn item_without(item: &Item, traces: &Traces) -> Item {
    let mut item = item.clone();
    if traces.own(item.id.as_str()) {
        item.content = Arc::new(erased_content(&item));
    }
    item.due = item.due.map(|due| date_without(due, traces));
    let by = |person: Option<&crate::ids::PersonId>| person == Some(&traces.person);
    if by(item.status.by.as_ref()) {
        item.status.reason = item.status.reason.map(|_| String::new());
    }
    let of_work = [&mut item.status.reason, &mut item.status.third_party];
    of_work.into_iter().flatten().for_each(|text| wipe(text, traces));
    for proof in &mut item.proofs {
        if proof.by == traces.person && proof.file.is_none() {
            proof.text.clear();
        }
        wipe(&mut proof.text, traces);
    }
    if let Some(chosen) = &mut item.way_out {
        if chosen.mark.by == traces.person {
            chosen.reason.clear();
            chosen.way.text.clear();
        }
        wipe(&mut chosen.reason, traces);
        wipe(&mut chosen.way.text, traces);
    }
    let content = &*item.content;
    if [&content.title, &content.description].into_iter().any(|text| traces.are_in(text)) {
        let content = Arc::make_mut(&mut item.content);
        wipe(&mut content.title, traces);
        wipe(&mut content.description, traces);
    }
    item
}

fn grant_without(grant: &Grant, traces: &Traces) -> Grant {
    let mut grant = grant.clone();
    let said = [&grant.by, &grant.word_of].into_iter().flatten().any(|by| *by == traces.person);
    if grant.person == traces.person || said {
        grant.note.clear();
        if grant.person == traces.person {
            grant.ticket.clear();
            grant.details.clear();
            grant.appointment = None;
        }
    }
    if let Some(booked) = &mut grant.appointment {
        wipe(&mut booked.place, traces);
    }
    grant.details.retain(|name, _| !traces.are_in(name));
    grant.details.values_mut().for_each(|text| wipe(text, traces));
    grant.due = grant.due.map(|due| date_without(due, traces));
    for text in [&mut grant.note, &mut grant.ticket, &mut grant.because] {
        wipe(text, traces);
    }
    if let Some(exception) = &mut grant.exception {
        if grant.person == traces.person || exception.mark.by == traces.person {
            exception.reason.clear();
        }
        wipe(&mut exception.reason, traces);
    }
    grant
}
