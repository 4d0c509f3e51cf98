//! The forms of access: each gets back what was typed if it does not go through.

use axum::{extract::Path, response::Response};
use tminus_app::{
    Failure, Refusal,
    access::{ExceptAccess, MoveAccess, except_access, leaving::CarryOver, leaving::carry_over, list_access, move_access},
};
use tminus_domain::{
    access::{Step, appointment::Appointment, work::Ask},
    ids::{EngagementId, PersonId, ResourceId},
};

use super::{
    grid::{Bulk, again},
    panel::Tried,
    revoke::{self, Which},
    step_mark,
};
use crate::{
    caller::{Caller, sentence},
    checklist::act::undo_of,
    fields::{Fields, refused},
    said,
};

fn at(fields: &Fields) -> Result<(PersonId, ResourceId), Failure> {
    let missing = |field| refused(field, t!("access.choose_one"));
    Ok((
        fields.given("person").map(Into::into).ok_or_else(|| missing("person"))?,
        fields.given("resource").map(Into::into).ok_or_else(|| missing("resource"))?,
    ))
}

/// Where the form was: the grid with its cell open, or the list of what ends.
fn back(fields: &Fields, engagement: &EngagementId) -> String {
    if let Some(which) = Which::of_form(fields) {
        return which.href(engagement.as_str());
    }
    let own = format!("/engagements/{engagement}/access");
    match at(fields) {
        Ok((person, resource)) => format!("{own}?person={person}&resource={resource}"),
        Err(_) => own,
    }
}

type Said = (String, Option<u64>);

async fn answer(caller: Caller, (act, engagement, fields): (&'static str, EngagementId, Fields), done: Result<Said, Failure>) -> Response {
    let failure = match done {
        Ok((words, number)) => {
            let undo = number.map(|number| undo_of(&engagement, number));
            return said::redirect(&back(&fields, &engagement), words, undo.as_deref());
        }
        Err(failure) => failure,
    };
    let why = match &failure {
        Failure::Refused(refusal) => only(refusal),
        Failure::Conflict(_) => t!("wrong.conflict.what").to_string(),
        _ => return caller.answer(Err(failure)),
    };
    let at = at(&fields).ok();
    // What has to end is a list of its own: who works through it stays there.
    let shown = match (Which::of_form(&fields), &at) {
        (Some(which), Some((person, resource))) => {
            let tried = revoke::Tried { act: revoke::act(person, resource), sent: fields, why };
            revoke::list(&caller, engagement.as_str(), (which, tried)).await
        }
        _ => again(&caller, engagement.as_str(), (at, Some(Tried { act, why, sent: fields })), Bulk::default()).await,
    };
    caller.answer(shown)
}

/// Of one cell it needs not be said again which one it is.
fn only(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Access(held) if held.len() == 1 => crate::caller::capital(&held[0].why),
        refusal => sentence(refusal),
    }
}

/// What the kit's details are called in a form, and what was typed: `called.0` is the name of `detail.0`.
fn details(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    let number = |field| str::strip_prefix(field, "detail.");
    fields.pairs().filter_map(move |(field, text)| Some((fields.given(&format!("called.{}", number(field)?))?, text)))
}

/// `None` where the form has no appointment: then what is there stays.
#[expect(clippy::option_option, reason = "no field, and an empty one, are two things")]
fn appointment(fields: &Fields) -> Result<Option<Option<Appointment>>, Failure> {
    if !fields.has("appointment") {
        return Ok(None);
    }
    let (at, place) = (fields.parsed("appointment_at")?, fields.text("appointment_place").trim().to_owned());
    match fields.date("appointment")? {
        Some(on) => Ok(Some(Some(Appointment { on, at, place }))),
        None if at.is_some() || !place.is_empty() => Err(refused("appointment", t!("access.at_without_day"))),
        None => Ok(Some(None)),
    }
}

fn ask(fields: &Fields) -> Result<Ask, Failure> {
    Ok(Ask {
        appointment: appointment(fields)?,
        to: fields.parsed::<Step>("to")?,
        note: fields.given("note").map(|_| fields.text("note")),
        ticket: fields.has("ticket").then(|| fields.text("ticket")),
        until: if fields.has("until") { Some(fields.date("until")?) } else { None },
        shown: fields.given("shown").map(Into::into),
        details: details(fields).map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
    })
}

pub(super) async fn one(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        let own = ["person", "resource", "version", "back", "to", "note", "ticket", "until", "shown"];
        let own = own.into_iter().chain(["appointment", "appointment_at", "appointment_place"]);
        let details = fields.pairs().map(|(field, _)| field).filter(|it| it.starts_with("detail.") || it.starts_with("called."));
        fields.only(&own.chain(details).collect::<Vec<_>>())?;
        let (person, resource) = at(&fields)?;
        let ask = ask(&fields)?;
        let input = MoveAccess { person: person.clone(), resource: resource.clone(), version: fields.version()?, ask: ask.clone() };
        let moved = move_access(caller.app(), &caller.actor, &engagement, vec![input]).await?;
        let access = list_access(caller.app(), &caller.actor, &engagement).await?;
        let title = access.engagement.resource(&resource).map_or(resource.as_str(), |it| &it.title);
        let words = t!("access.done").with("name", access.engagement.name(&person)).with("resource", title);
        let step = ask.to.or_else(|| access.engagement.grant(&person, &resource).map(|grant| grant.step)).unwrap_or_default();
        Ok((words.with("step", step_mark(step).word).to_string(), moved.undo))
    };
    let done = done.await;
    answer(caller, ("move", engagement, fields), done).await
}

/// Moves every grant of the chosen people and resources that stands at one step. Whoever chooses only people means all resources.
pub(super) async fn many(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["person", "resource", "from", "to", "note", "ticket", "until", "shown", "back", "all"])?;
        let from = fields.parsed::<Step>("from")?.ok_or_else(|| refused("from", t!("access.choose_step")))?;
        let ask = ask(&fields)?;
        let ask = Ask { until: ask.until.filter(Option::is_some), ticket: ask.ticket.filter(|it| !it.trim().is_empty()), ..ask };
        if ask.to.is_none() {
            return Err(refused("to", t!("access.choose_step")));
        }
        let chosen = |name: &str, id: &str| !fields.has(name) || fields.all(name).any(|it| it == id);
        if !fields.has("person") && !fields.has("resource") && !fields.has("all") {
            return Err(refused("person", t!("access.choose_many")));
        }
        let access = list_access(caller.app(), &caller.actor, &engagement).await?;
        let grants = access.engagement.grants.iter();
        let fits = |it: &&std::sync::Arc<tminus_domain::access::Grant>| {
            it.step == from && chosen("person", it.person.as_str()) && chosen("resource", it.resource.as_str())
        };
        let inputs: Vec<_> = grants
            .filter(fits)
            .map(|grant| MoveAccess {
                person: grant.person.clone(),
                resource: grant.resource.clone(),
                version: Some(grant.version),
                ask: ask.clone(),
            })
            .collect();
        if inputs.is_empty() {
            return Err(refused("from", t!("access.none_at").with("step", step_mark(from).word).to_string()));
        }
        let moved = move_access(caller.app(), &caller.actor, &engagement, inputs).await?;
        let words = t!("access.done_many").with("n", *moved).with("step", step_mark(ask.to.unwrap_or_default()).word);
        Ok((words.to_string(), moved.undo))
    };
    match done.await {
        Err(Failure::Refused(refusal)) if !fields.has("back") => {
            let bulk = Bulk { why: sentence(&refusal), sent: fields };
            let shown = again(&caller, engagement.as_str(), (None, None), bulk).await;
            caller.answer(shown)
        }
        done => {
            let without = fields.without("person").without("resource");
            answer(caller, ("many", engagement, without), done).await
        }
    }
}

pub(super) async fn except(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["person", "resource", "version", "approver", "until", "reason"])?;
        let (person, resource) = at(&fields)?;
        let input = ExceptAccess {
            person,
            resource,
            approver: fields.given("approver").map(Into::into).ok_or_else(|| refused("approver", t!("access.choose_approver")))?,
            until: fields.date("until")?.ok_or_else(|| refused("until", t!("access.choose_until")))?,
            reason: fields.text("reason"),
            version: fields.version()?,
        };
        let excepted = except_access(caller.app(), &caller.actor, &engagement, input).await?;
        Ok((t!("access.done_except").to_string(), excepted.undo))
    };
    let done = done.await;
    answer(caller, ("except", engagement, fields), done).await
}

pub(super) async fn carry(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["person", "resource", "version", "owner", "until", "back"])?;
        let (person, resource) = at(&fields)?;
        let input = CarryOver {
            person,
            resource,
            owner: fields.given("owner").map(Into::into).ok_or_else(|| refused("owner", t!("access.choose_owner")))?,
            until: fields.date("until")?.ok_or_else(|| refused("until", t!("access.choose_until")))?,
            version: fields.version()?,
        };
        let carried = carry_over(caller.app(), &caller.actor, &engagement, input).await?;
        Ok((t!("access.done_carry").to_string(), carried.undo))
    };
    let done = done.await;
    answer(caller, ("carry", engagement, fields), done).await
}
