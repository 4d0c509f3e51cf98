//! Items and grants that are one truth: whichever is moved, the other follows in the same change.

use tminus_domain::{
    access::{
        Grant, Step,
        linked::step_for,
        work::{Ask, Hand},
    },
    checklist::{
        item::{Item, Proof},
        status::State,
        work::{Around, Move},
    },
    kit::{access::Resource, task::EvidenceKind},
    record::fact::FactKind,
    rights::Actor,
};
use tminus_store::Change;

use super::{hand, take};
use crate::{App, Failure, checklist::status::fact};

/// The item of a grant that was moved becomes what its grants are. What it asks for besides, like acceptance or open parts, still holds.
pub(crate) fn follow_grant(app: &App, actor: &Actor, change: &mut Change, grant: &Grant) -> Result<(), Failure> {
    let engagement = change.engagement();
    let Some(item) = engagement.item_of(grant).filter(|_| !engagement.has_ended()).cloned() else { return Ok(()) };
    let Some((state, why)) = engagement.state_by_grants(&item) else { return Ok(()) };
    let says_more = state == State::Blocked && why.is_some() && why != item.status.reason;
    let same = (state == item.state() && !says_more) || (state == State::Done && item.state() == State::Submitted);
    if same {
        return Ok(());
    }
    let proven = if state == State::Done { prove(app, actor, change, &item, grant) } else { Item::clone(&item) };
    let engagement = change.engagement();
    let around = Around {
        by: &actor.person,
        now: app.now(),
        open_before: Vec::new(),
        open_parts: engagement.parts(&item.id).filter(|part| part.is_open()).map(|part| part.content.title.clone()).collect(),
        owner_side: engagement.owner_side(&item),
    };
    let asked = |to: State| Move { to, reason: why.clone().or_else(|| Some(grant.step.as_str().to_owned())), third_party: None };
    // What its kit asks for besides is not there: it is under way.
    let moved = match proven.clone().move_to(asked(state), &around) {
        Ok(moved) => moved,
        Err(_) if item.state() == State::InProgress => return Ok(()),
        Err(_) => proven.move_to(asked(State::InProgress), &around)?,
    };
    let moved = engagement.waits_for_giver(moved, grant, app.now());
    let told = fact(FactKind::ItemStatusChanged, &moved).from(item.state().as_str()).to(moved.state().as_str()).why(why);
    change.record(told);
    change.save_item(moved);
    Ok(())
}

/// The item with what its grants show as evidence, where its kit asks for a note.
fn prove(app: &App, actor: &Actor, change: &Change, item: &Item, grant: &Grant) -> Item {
    let notes: Vec<_> = item.missing_evidence().into_iter().filter(|rule| rule.kind == EvidenceKind::Note).cloned().collect();
    let engagement = change.engagement();
    let open = |resource: &Resource| !resource.internal || engagement.hides(item);
    let shown = engagement.grants_of(item).filter(|(resource, it)| it.step == Step::Verified && open(resource));
    let line = |resource: &str, it: &Grant| if it.note.is_empty() { resource.to_owned() } else { format!("{resource}: {}", it.note) };
    let text = shown.map(|(resource, it)| line(&resource.title, it)).collect::<Vec<_>>().join("\n");
    notes.into_iter().fold(item.clone(), |item, rule| {
        let proof = Proof {
            id: app.fresh_id(),
            kind: EvidenceKind::Note,
            text: if text.is_empty() { grant.step.as_str().to_owned() } else { text.clone() },
            file: None,
            fact: rule.fact,
            by: actor.person.clone(),
            at: app.now(),
            withdrawn: false,
        };
        item.clone().prove(proof).unwrap_or(item)
    })
}

/// The grants of an item that was moved by hand take the step that says the same.
pub(crate) fn follow_item(app: &App, actor: &Actor, change: &mut Change, item: &Item) -> Result<(), Failure> {
    let steps = |(_, grant): (&_, &std::sync::Arc<Grant>)| Some((Grant::clone(grant), step_for(item.state(), grant.step)?));
    let steps: Vec<_> = change.engagement().grants_of(item).filter_map(steps).collect();
    for (grant, to) in steps {
        let shown = item.proofs.iter().rev().find(|proof| !proof.withdrawn).map(|proof| proof.text.clone());
        let note = item.status.reason.clone().or(shown).unwrap_or_else(|| item.content.title.clone());
        // Whoever may move the item may say of its grant what that says: the checklist has asked for the right.
        let hand = Hand { manages: true, ..hand(app, change, actor, &grant)? };
        take(app, actor, change, (grant, hand), &Ask { to: Some(to), note: Some(note), ..Ask::default() })?;
    }
    Ok(())
}
