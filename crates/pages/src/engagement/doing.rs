//! What somebody does on their own page: done, asked, or handed on.

use axum::{extract::Path, response::Response};
use tminus_app::{
    Failure,
    checklist::{
        comment::{AddComment, say_once},
        evidence::AddEvidence,
        hand_over::{HandOver, hand_over},
        status::SetStatus,
        together::{WorkOn, work_on},
    },
    people::colleague::{NameColleague, WayIn, name_colleague},
};
use tminus_domain::{
    checklist::{item::Item, status::State},
    ids::{EngagementId, ItemId, PersonId},
    kit::task::{EvidenceKind, EvidenceRule},
    rights::Right,
};

use super::{
    desk::Desk,
    yours::{Tried, page},
};
use crate::{
    caller::{Caller, sentence},
    checklist::act::undo_of,
    fields::{Fields, refused},
    said,
};

pub(super) async fn act(caller: Caller, Path((engagement, item)): Path<(String, String)>, fields: Fields) -> Response {
    let (engagement, item) = (EngagementId(engagement), ItemId(item));
    match acted(&caller, &engagement, &item, &fields).await {
        Ok((words, undo)) => {
            let undo = undo.map(|number| undo_of(&engagement, number));
            said::redirect(&format!("/engagements/{engagement}/yours"), words, undo.as_deref())
        }
        Err(failure) => again(&caller, &engagement, (item, fields.text("act"), fields), failure).await,
    }
}

/// The page once more, with everything typed and what was said to the form that was sent.
pub(crate) async fn again(
    caller: &Caller,
    engagement: &EngagementId,
    (item, act, fields): (ItemId, String, Fields),
    failure: Failure,
) -> Response {
    let (why, conflict) = match &failure {
        Failure::Refused(refusal) => (sentence(refusal), false),
        Failure::Conflict(_) => (format!("{} {}", t!("wrong.conflict.what"), t!("conflict.kept")), true),
        _ => return caller.answer(Err(failure)),
    };
    let tried = Tried { item, act, fields, why, conflict };
    let shown = page(caller, engagement.as_str(), Some(tried)).await;
    caller.answer(shown)
}

async fn acted(caller: &Caller, engagement: &EngagementId, item: &ItemId, fields: &Fields) -> Result<(String, Option<u64>), Failure> {
    let (app, actor) = (caller.app(), &caller.actor);
    let desk = Desk::open(caller, engagement.as_str(), Right::WorkItems).await?;
    let row = desk.sheet.row(item).ok_or(Failure::NotFound)?;
    let title = &row.item.content.title;
    let (item, version) = (item.clone(), fields.version()?);
    match fields.get("act") {
        // Pressed twice, or once more because the answer was lost on the way: it is done, and once.
        "done" if version != Some(row.item.version) && is_done_by(&row.item, &actor.person) && is_kept(&row.item, fields) => {
            Ok((done_words(&row.item), None))
        }
        "done" => {
            let evidence = evidence(&row.item, fields, version)?;
            let to = State::Done;
            let status = SetStatus { item: item.clone(), to, reason: None, third_party: None, version: None };
            let input = WorkOn { item, version, evidence, status: Some(status), ..WorkOn::default() };
            let done = work_on(app, actor, engagement, input).await?;
            Ok((done_words(&done), None))
        }
        "ask" => {
            fields.only(&["act", "version", "text"])?;
            say_once(app, actor, engagement, AddComment { item, text: fields.text("text"), internal: false }).await?;
            Ok((t!("yours.is_asked").with("title", title).into(), None))
        }
        "hand" => {
            fields.only(&["act", "version", "to", "name", "email", "note"])?;
            let mut way_in = None;
            let to = match (fields.given("to"), fields.given("email")) {
                (Some(to), None) => PersonId::from(to),
                (None, Some(_)) => {
                    let input = NameColleague { name: fields.text("name"), email: fields.text("email") };
                    let named = name_colleague(app, actor, engagement, input).await?;
                    way_in = Some(named.way_in);
                    named.person
                }
                (None, None) => return Err(refused("to", t!("yours.choose"))),
                (Some(_), Some(_)) => return Err(refused("to", t!("yours.choose_one"))),
            };
            // Naming a colleague does not change the item.
            let handed = hand_over(app, actor, engagement, HandOver { item, to: to.clone(), note: fields.text("note"), version }).await?;
            let view = app.view(actor, engagement, Right::ReadEngagement).await?;
            let words = match way_in {
                Some(WayIn::Mailed) if !caller.front.config.sends_mail => t!("yours.is_handed_outbox"),
                Some(WayIn::Mailed) => t!("yours.is_handed_mailed"),
                Some(WayIn::Waits) => t!("yours.is_handed_waits"),
                Some(WayIn::There) | None => t!("yours.is_handed"),
            };
            let words = words.with("title", title).with("name", view.engagement.name(&to));
            Ok((words.into(), handed.undo))
        }
        other => {
            let value = other.chars().take(60).collect::<String>();
            Err(refused("act", t!("form.unusable").with("value", value)))
        }
    }
}

fn is_done_by(item: &Item, person: &PersonId) -> bool {
    let mark = match item.state() {
        State::Done => item.done.as_ref(),
        State::Submitted => item.submitted.as_ref(),
        _ => None,
    };
    mark.is_some_and(|mark| &mark.by == person)
}

/// Whether all that was typed is there already.
fn is_kept(item: &Item, fields: &Fields) -> bool {
    let typed = fields.pairs().filter(|(name, text)| name.starts_with("e.") && !text.trim().is_empty());
    let there = |text: &str| item.proofs.iter().any(|proof| !proof.withdrawn && proof.text == text.trim());
    typed.map(|(_, text)| text).all(there)
}

fn done_words(item: &Item) -> String {
    let words = if item.state() == State::Submitted { t!("yours.is_submitted") } else { t!("yours.is_done") };
    words.with("title", &item.content.title).into()
}

/// What was typed for what is asked.
fn evidence(item: &Item, fields: &Fields, version: Option<u32>) -> Result<Vec<AddEvidence>, Failure> {
    let asked: Vec<_> = item.missing_evidence().into_iter().enumerate().map(|(index, rule)| (format!("e.{index}"), rule)).collect();
    let known: Vec<_> = ["act", "version"].into_iter().chain(asked.iter().map(|(name, _)| name.as_str())).collect();
    // Somebody may have given meanwhile what this form still asked for: the version says so.
    if version.is_none_or(|version| version == item.version) {
        fields.only(&known)?;
    }
    let given = asked.iter().filter(|(name, rule)| fields.given(name).is_some() && rule.kind != EvidenceKind::File);
    let of = |(name, rule): &(String, &EvidenceRule)| AddEvidence {
        item: item.id.clone(),
        kind: rule.kind,
        text: fields.text(name),
        fact: rule.fact.clone(),
        version: None,
    };
    Ok(given.map(of).collect())
}
