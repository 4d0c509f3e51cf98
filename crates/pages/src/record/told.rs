//! An entry of the record as a sentence.

use serde_json::Value;
use tminus_domain::{
    checklist::status::State,
    record::{chain::Read, fact::FactKind},
};

use crate::{
    caller::Caller,
    checklist::{
        panel::{face, moment},
        sheet::{mark, whom},
    },
    engagement::desk::Desk,
    mark::Face,
    when,
    words::Words,
};

/// Longer values are cut: the export has them whole.
const MAX_VALUE: usize = 160;

pub(crate) struct Told {
    pub(crate) number: u64,
    pub(crate) face: Face,
    pub(crate) verb: Words,
    /// What it was done to, as it was called then.
    pub(crate) object: String,
    /// The person or workstream that the item is for.
    pub(crate) whom: String,
    pub(crate) href: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) why: String,
    /// Comments, notes and other texts, by what they are.
    pub(crate) texts: Vec<(String, String)>,
    /// In the reader's zone.
    pub(crate) day: String,
    pub(crate) clock: String,
    pub(crate) at: String,
    pub(crate) instant: String,
    /// The time where they were.
    pub(crate) theirs: String,
    pub(crate) via: Words,
    pub(crate) internal: bool,
    pub(crate) hash: String,
    pub(crate) previous: String,
    pub(crate) fact: String,
}

pub(crate) fn told(caller: &Caller, desk: &Desk, entry: &Read) -> Told {
    let kind = entry.fact.parse::<FactKind>().ok();
    let local = caller.local(entry.at);
    let there = entry.at.to_zoned(jiff::tz::TimeZone::get(&entry.zone).unwrap_or(jiff::tz::TimeZone::UTC));
    let row = desk.sheet.row(&entry.subject.as_str().into()).filter(|_| kind.is_some_and(is_about_item));
    let (from, to) = change(kind, &entry.from, &entry.to);
    let mut face = face(desk, &entry.person.as_str().into());
    if let Some(name) = &entry.name {
        face = Face::new(name, face.side);
    }
    Told {
        number: entry.number,
        face,
        verb: kind.map_or(t!("fact.other"), verb),
        object: entry.title.clone().unwrap_or_else(|| t!("record.erased").into()),
        whom: row.map(|row| whom(desk.engagement(), &row.item)).unwrap_or_default(),
        href: if row.is_some() { format!("/engagements/{}/items/{}", desk.id(), entry.subject) } else { String::new() },
        from,
        to,
        why: entry.why.clone().unwrap_or_default(),
        texts: entry.texts.iter().map(|(name, text)| (name.replace('_', " "), text.clone())).collect(),
        day: when::full_day(local.date()),
        clock: format!("{:02}:{:02}", local.hour(), local.minute()),
        at: moment(caller, entry.at),
        instant: entry.at.to_string(),
        theirs: format!("{:02}:{:02} {}", there.hour(), there.minute(), entry.zone),
        via: via(&entry.via),
        internal: entry.internal,
        hash: entry.hash.clone(),
        previous: entry.previous.clone(),
        fact: entry.fact.clone(),
    }
}

impl Told {
    /// The beginning and the end of a hash.
    pub(crate) fn short_hash(&self) -> String {
        short(&self.hash)
    }
}

pub(crate) fn short(hash: &str) -> String {
    let (start, end) = (hash.get(..4).unwrap_or(hash), hash.get(hash.len().saturating_sub(4)..).unwrap_or_default());
    format!("{start}…{end}")
}

fn is_about_item(kind: FactKind) -> bool {
    use FactKind::{
        CommentAdded, EvidenceAdded, EvidenceWithdrawn, ItemAccepted, ItemAdded, ItemChanged, ItemRemoved, ItemStatusChanged, ItemsMoved,
        WayOutChosen,
    };
    [
        ItemAdded,
        ItemChanged,
        ItemRemoved,
        ItemsMoved,
        ItemStatusChanged,
        ItemAccepted,
        EvidenceAdded,
        EvidenceWithdrawn,
        WayOutChosen,
        CommentAdded,
    ]
    .contains(&kind)
}

fn change(kind: Option<FactKind>, from: &Value, to: &Value) -> (String, String) {
    let state = |value: &Value| {
        let state = value.as_str().and_then(|text| text.parse::<State>().ok());
        state.map_or_else(|| plain(value), |state| mark(state).word.into())
    };
    match kind {
        Some(FactKind::ItemAccepted) if to["side"].is_string() => {
            let side = to["side"].as_str().unwrap_or_default();
            (String::new(), t!("record.for_side").with("side", side).into())
        }
        Some(FactKind::ItemStatusChanged | FactKind::ItemAccepted | FactKind::ItemRemoved) => (state(from), state(to)),
        Some(FactKind::ItemsMoved | FactKind::EngagementOpened) => (String::new(), String::new()),
        // A copy says what it was copied from by its id, which tells nobody anything.
        Some(FactKind::ItemAdded) => (String::new(), plain(to)),
        // The plan as it was, and beside the plan as it is what that did to the checklist.
        Some(FactKind::PlanChanged) if to["plan"].is_object() => {
            let (before, after) = differing(from, &to["plan"]);
            (before, [after, counts(&to["diff"])].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "))
        }
        Some(_) | None => differing(from, to),
    }
}

/// Of two values what differs.
fn differing(from: &Value, to: &Value) -> (String, String) {
    let (Value::Object(before), Value::Object(after)) = (from, to) else { return (plain(from), plain(to)) };
    let only = |one: &serde_json::Map<String, Value>, other: &serde_json::Map<String, Value>| {
        let keys = one.iter().filter(|(key, value)| other.get(*key) != Some(value));
        let parts = keys.map(|(key, value)| format!("{}: {}", key.replace('_', " "), one_value(value)));
        cut(&parts.collect::<Vec<_>>().join(", "))
    };
    (only(before, after), only(after, before))
}

/// What a change of the plan did to the checklist, in numbers.
fn counts(diff: &Value) -> String {
    let lists = [
        ("added", t!("record.plan.added")),
        ("left_out", t!("record.plan.left_out")),
        ("kept", t!("record.plan.kept")),
        ("returned", t!("record.plan.returned")),
        ("moved", t!("record.plan.moved")),
        ("stayed", t!("record.plan.stayed")),
        ("changed", t!("record.plan.changed")),
        ("milestones", t!("record.plan.milestones")),
    ];
    let count = |list: &str| diff[list].as_array().map_or(0, Vec::len);
    let told = lists.into_iter().filter(|(list, _)| count(list) > 0).map(|(list, words)| words.with("n", count(list)).to_string());
    told.collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Object(map) => {
            let parts = map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| format!("{}: {}", key.replace('_', " "), one_value(value)));
            cut(&parts.collect::<Vec<_>>().join(", "))
        }
        other => cut(&one_value(other)),
    }
}

fn one_value(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { t!("record.yes") } else { t!("record.no") }.into(),
        Value::Array(list) => list.iter().map(one_value).collect::<Vec<_>>().join(", "),
        Value::Object(map) => map.iter().map(|(key, value)| format!("{key} {}", one_value(value))).collect::<Vec<_>>().join(", "),
        Value::Number(number) => number.to_string(),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_VALUE { text.to_owned() } else { text.chars().take(MAX_VALUE).chain(['…']).collect() }
}

pub(crate) const fn verb(kind: FactKind) -> Words {
    match kind {
        FactKind::EngagementOpened => t!("fact.engagement_opened"),
        FactKind::PlanChanged => t!("fact.plan_changed"),
        FactKind::MemberAdded => t!("fact.member_added"),
        FactKind::MemberChanged => t!("fact.member_changed"),
        FactKind::MemberLeft => t!("fact.member_left"),
        FactKind::ItemAdded => t!("fact.item_added"),
        FactKind::ItemChanged => t!("fact.item_changed"),
        FactKind::ItemRemoved => t!("fact.item_removed"),
        FactKind::ItemsMoved => t!("fact.items_moved"),
        FactKind::ItemStatusChanged => t!("fact.item_status_changed"),
        FactKind::ItemAccepted => t!("fact.item_accepted"),
        FactKind::EvidenceAdded => t!("fact.evidence_added"),
        FactKind::EvidenceWithdrawn => t!("fact.evidence_withdrawn"),
        FactKind::WayOutChosen => t!("fact.way_out_chosen"),
        FactKind::CommentAdded => t!("fact.comment_added"),
        FactKind::ChangeUndone => t!("fact.change_undone"),
        FactKind::SprintSigned => t!("fact.sprint_signed"),
        FactKind::SprintClosed => t!("fact.sprint_closed"),
        FactKind::KitImported => t!("fact.kit_imported"),
        FactKind::PersonAdded => t!("fact.person_added"),
        FactKind::PersonChanged => t!("fact.person_changed"),
        FactKind::TokenCreated => t!("fact.token_created"),
        FactKind::TokenRevoked => t!("fact.token_revoked"),
        FactKind::SignedIn => t!("fact.signed_in"),
        FactKind::SignInRefused => t!("fact.sign_in_refused"),
        FactKind::RecordExported => t!("fact.record_exported"),
        #[expect(unreachable_patterns, reason = "a new kind of fact is told plainly until it has words")]
        _ => t!("fact.other"),
    }
}

fn via(via: &str) -> Words {
    match via {
        "page" => t!("via.page"),
        "link" => t!("via.link"),
        "api" => t!("via.api"),
        "mcp" => t!("via.mcp"),
        "cli" => t!("via.cli"),
        "import" => t!("via.import"),
        _ => t!("via.job"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_plan_is_told_by_what_differs_and_what_that_did_in_numbers() {
        let plan = |zone: &str| json!({ "title": "Mobilize", "zone": zone });
        let diff = json!({ "added": [{}, {}], "moved": [{}], "left_out": [], "names": [{}] });
        let to = json!({ "plan": plan("Europe/Paris"), "diff": diff });
        let (before, after) = change(Some(FactKind::PlanChanged), &plan("Europe/Berlin"), &to);
        assert_eq!((before.as_str(), after.as_str()), ("zone: Europe/Berlin", "zone: Europe/Paris · 2 added, 1 moved"));
    }
}
