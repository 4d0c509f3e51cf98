//! An entry of the record as a sentence.

use serde_json::Value;
use tminus_app::{engagement::plan::INTERNAL_DIFF, store::Undoable};
use tminus_domain::{
    checklist::status::State,
    ids::ItemId,
    record::{chain::Read, fact::FactKind},
};

use super::differing::{counts, differing};
use crate::{
    access::step_mark,
    caller::Caller,
    checklist::{
        panel::{face, moment},
        sheet::mark,
    },
    engagement::desk::Desk,
    mark::{Face, Side},
    when,
    words::Words,
};

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
    /// Where the reader takes it back, if it is theirs and still can be, and how many items that changes.
    pub(crate) undo: Option<(String, usize)>,
}

/// An entry of the practice's own record.
pub(super) fn told_of_practice(caller: &Caller, entry: &Read) -> Told {
    let kind = entry.fact.parse::<FactKind>().ok();
    let (from, to) = differing(&without_ids(&entry.from), &without_ids(&entry.to), None);
    let side = if entry.person == caller.actor.person.as_str() { caller.face().side } else { Side::Delivery };
    Told {
        face: Face::new(entry.name.as_deref().unwrap_or(t!("record.erased").text()), side),
        verb: kind.map_or(t!("fact.other"), verb),
        object: object(kind, entry),
        from,
        to,
        // All of it is: it need not be said at each.
        internal: false,
        ..framed(caller, entry)
    }
}

/// What the export has and nobody reads: ids, and the hash of a kit.
fn without_ids(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| !["administrators", "hash", "letter", "left"].contains(&key.as_str()));
    }
    value
}

/// To whom or what it was done. Where people do something with what is their own, it is said without their name.
fn object(kind: Option<FactKind>, entry: &Read) -> String {
    use FactKind::{PasskeyChanged, SecondFactorChanged, SessionEnded, SignedIn};
    let own = kind.is_some_and(|kind| [SignedIn, SessionEnded, SecondFactorChanged, PasskeyChanged].contains(&kind));
    if own && entry.person == entry.subject { String::new() } else { titled(entry) }
}

/// What it was called then.
fn titled(entry: &Read) -> String {
    entry.title.clone().unwrap_or_else(|| t!("record.erased").into())
}

/// Says at their entries which changes the reader can still take back: at the last entry of each, of those that are told.
pub(crate) fn offer_undo<'a>(told: impl Iterator<Item = &'a mut Told>, undoable: &[Undoable], desk: &Desk, item: Option<&ItemId>) {
    let mut told: Vec<_> = told.collect();
    for change in undoable {
        let about = item.is_none_or(|item| change.items.contains(item));
        // Of one item's entries the last that belongs to the change; of all of them the one that it is numbered by.
        let last = told.iter_mut().filter(|it| it.number <= change.number).max_by_key(|it| it.number);
        if let Some(last) = last.filter(|it| about && (item.is_some() || it.number == change.number)) {
            let href = format!("/engagements/{}/undo?number={}", desk.id(), change.number);
            last.undo.get_or_insert((href, change.items.len()));
        }
    }
}

pub(crate) fn told(caller: &Caller, desk: &Desk, entry: &Read) -> Told {
    let kind = entry.fact.parse::<FactKind>().ok();
    let row = desk.sheet.row(&entry.subject.as_str().into()).filter(|_| kind.is_some_and(is_about_item));
    let (from, to) = change(kind, entry, (caller, desk));
    let mut face = face(desk, &entry.person.as_str().into());
    // Whoever acts without being a person, as Tminus itself, is named by the entry alone.
    face = match &entry.name {
        Some(name) => Face::new(name, face.side),
        None => Face::new(t!("person.erased").text(), face.side),
    };
    Told {
        face,
        verb: kind.map_or(t!("fact.other"), verb),
        object: titled(entry),
        whom: row.map(|row| desk.engagement().whom(&row.item).to_owned()).unwrap_or_default(),
        href: if row.is_some() { format!("/engagements/{}/items/{}", desk.id(), entry.subject) } else { String::new() },
        from,
        to,
        ..framed(caller, entry)
    }
}

/// What is told of every entry the same way.
fn framed(caller: &Caller, entry: &Read) -> Told {
    let local = caller.local(entry.at);
    let there = entry.at.to_zoned(jiff::tz::TimeZone::get(&entry.zone).unwrap_or(jiff::tz::TimeZone::UTC));
    Told {
        number: entry.number,
        face: Face::new("", Side::Delivery),
        verb: t!("fact.other"),
        object: String::new(),
        whom: String::new(),
        href: String::new(),
        from: String::new(),
        to: String::new(),
        why: entry.why.clone().unwrap_or_default(),
        texts: entry
            .texts
            .iter()
            .filter(|(name, _)| *name != INTERNAL_DIFF)
            .map(|(name, text)| (name.replace('_', " "), text.clone()))
            .collect(),
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
        undo: None,
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
        ChangeUndone, CommentAdded, EvidenceAdded, EvidenceWithdrawn, ItemAccepted, ItemAdded, ItemChanged, ItemHandedOver, ItemRemoved,
        ItemStatusChanged, ItemsMoved, WayOutChosen,
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
        ChangeUndone,
        ItemHandedOver,
    ]
    .contains(&kind)
}

fn change(kind: Option<FactKind>, entry: &Read, (caller, desk): (&Caller, &Desk)) -> (String, String) {
    let (from, to) = (&entry.from, &entry.to);
    let nothing = String::new;
    let state = |value: &Value| {
        let state = value.as_str().and_then(|text| text.parse::<State>().ok());
        state.map_or_else(|| differing(&Value::Null, value, Some(desk.engagement())).1, |state| mark(state).word.into())
    };
    match kind {
        Some(FactKind::ItemAccepted) if to["side"].is_string() => {
            (nothing(), t!("record.for_side").with("side", to["side"].as_str().unwrap_or_default()).into())
        }
        Some(FactKind::ItemStatusChanged | FactKind::ItemAccepted | FactKind::ItemRemoved) => (state(from), state(to)),
        Some(FactKind::ItemsMoved | FactKind::EngagementOpened | FactKind::LinkOpened | FactKind::LinkRevoked) => (nothing(), nothing()),
        Some(FactKind::LinkMade) => {
            let until = to["expires"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            (nothing(), until.map(|at| t!("record.until").with("day", when::full_day(caller.local(at).date())).into()).unwrap_or_default())
        }
        Some(FactKind::ChecklistImported) => {
            let count = to["items"].as_u64().unwrap_or_default();
            (nothing(), t!("record.items.one").or_many(t!("record.items.many"), usize::try_from(count).unwrap_or_default()).into())
        }
        // A copy says what it was copied from by its id, which tells nobody anything.
        Some(FactKind::ItemAdded) => (nothing(), differing(&Value::Null, to, Some(desk.engagement())).1),
        Some(FactKind::EvidenceAdded) if to["file"].is_string() => (nothing(), to["bytes"].as_u64().map(size).unwrap_or_default()),
        Some(FactKind::GrantMoved) => {
            let step = |value: &Value| {
                let step = value["step"].as_str().and_then(|text| text.parse().ok());
                step.map(|step| step_mark(step).word.to_string()).unwrap_or_default()
            };
            let ticket = to["ticket"].as_str().filter(|ticket| !ticket.is_empty() && to["ticket"] != from["ticket"]);
            let details = to["details"].as_object().into_iter().flatten().filter(|(name, text)| from["details"][name.as_str()] != **text);
            let details = details.filter_map(|(name, text)| Some(format!("{name}: {}", text.as_str()?)));
            let booked = Some(&to["appointment"]).filter(|booked| booked.is_object() && **booked != from["appointment"]);
            let booked = booked.map(|booked| differing(&Value::Null, booked, None).1);
            let parts = [Some(step(to)), ticket.map(str::to_owned), booked].into_iter().flatten().chain(details);
            (step(from), parts.collect::<Vec<_>>().join(" · "))
        }
        Some(FactKind::GrantExcepted | FactKind::GrantCarriedOver) => {
            let until = to["until"].as_str().and_then(|text| text.parse::<jiff::civil::Date>().ok());
            (nothing(), until.map(|day| t!("record.until").with("day", when::full_day(day)).into()).unwrap_or_default())
        }
        Some(FactKind::ItemHandedOver) => {
            let name = |id: &Value| id.as_str().map(|id| desk.engagement().name(&id.into()).to_owned()).unwrap_or_default();
            let from: Vec<_> = from.as_array().into_iter().flatten().map(name).collect();
            (from.join(", "), name(to))
        }
        Some(FactKind::ChangeUndone) if from.is_u64() => {
            let back = state(to);
            let entry = t!("record.entry").with("n", from);
            (nothing(), if back.is_empty() { entry.into() } else { t!("record.back_to").with("entry", entry).with("state", back).into() })
        }
        // The plan as it was, and beside the plan as it is what that did to the checklist.
        Some(FactKind::PlanChanged) if to["plan"].is_object() => {
            let (before, after) = differing(from, &to["plan"], Some(desk.engagement()));
            let internal = entry.texts.get(INTERNAL_DIFF).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
            let did = counts(&to["diff"], &internal);
            (before, [after, did].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "))
        }
        Some(_) | None => differing(from, to, Some(desk.engagement())),
    }
}

/// `12 kB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => t!("record.bytes").with("n", bytes),
        1_000..1_000_000 => t!("record.kilobytes").with("n", bytes.div_ceil(1_000)),
        _ => t!("record.megabytes").with("n", bytes.div_ceil(1_000_000)),
    }
    .into()
}

#[expect(clippy::too_many_lines, reason = "one line for each kind of fact")]
pub(crate) const fn verb(kind: FactKind) -> Words {
    match kind {
        FactKind::EngagementOpened => t!("fact.engagement_opened"),
        FactKind::PlanChanged => t!("fact.plan_changed"),
        FactKind::MemberAdded => t!("fact.member_added"),
        FactKind::MemberChanged => t!("fact.member_changed"),
        FactKind::MemberLeft => t!("fact.member_left"),
        FactKind::ColleagueNamed => t!("fact.colleague_named"),
        FactKind::SeatFilled => t!("fact.seat_filled"),
        FactKind::SeatLeft => t!("fact.seat_left"),
        FactKind::SeatChanged => t!("fact.seat_changed"),
        FactKind::EscalationSet => t!("fact.escalation_set"),
        FactKind::ResponsibilityChanged => t!("fact.responsibility_changed"),
        FactKind::ItemAdded => t!("fact.item_added"),
        FactKind::ItemChanged => t!("fact.item_changed"),
        FactKind::ItemRemoved => t!("fact.item_removed"),
        FactKind::ItemsMoved => t!("fact.items_moved"),
        FactKind::ChecklistImported => t!("fact.checklist_imported"),
        FactKind::ItemStatusChanged => t!("fact.item_status_changed"),
        FactKind::ItemAccepted => t!("fact.item_accepted"),
        FactKind::ItemHandedOver => t!("fact.item_handed_over"),
        FactKind::EvidenceAdded => t!("fact.evidence_added"),
        FactKind::EvidenceWithdrawn => t!("fact.evidence_withdrawn"),
        FactKind::WayOutChosen => t!("fact.way_out_chosen"),
        FactKind::CommentAdded => t!("fact.comment_added"),
        FactKind::GrantMoved => t!("fact.grant_moved"),
        FactKind::GrantExcepted => t!("fact.grant_excepted"),
        FactKind::GrantCarriedOver => t!("fact.grant_carried_over"),
        FactKind::AccessEndedAtOnce => t!("fact.access_ended_at_once"),
        FactKind::SharedRefused => t!("fact.shared_refused"),
        FactKind::ResourceAdded => t!("fact.resource_added"),
        FactKind::ResourceChanged => t!("fact.resource_changed"),
        FactKind::ResourceRemoved => t!("fact.resource_removed"),
        FactKind::LicencesCounted => t!("fact.licences_counted"),
        FactKind::RoomBooked => t!("fact.room_booked"),
        FactKind::MembersCompared => t!("fact.members_compared"),
        FactKind::HoldingAdded => t!("fact.holding_added"),
        FactKind::HoldingClosed => t!("fact.holding_closed"),
        FactKind::HoldingChanged => t!("fact.holding_changed"),
        FactKind::ChangeUndone => t!("fact.change_undone"),
        FactKind::SprintSigned => t!("fact.sprint_signed"),
        FactKind::SprintClosed => t!("fact.sprint_closed"),
        FactKind::EngagementReopened => t!("fact.engagement_reopened"),
        FactKind::EngagementEnded => t!("fact.engagement_ended"),
        FactKind::KitImported => t!("fact.kit_imported"),
        FactKind::PortfolioAdded => t!("fact.portfolio_added"),
        FactKind::PortfolioChanged => t!("fact.portfolio_changed"),
        FactKind::PortfolioRemoved => t!("fact.portfolio_removed"),
        FactKind::PortfolioSet => t!("fact.portfolio_set"),
        FactKind::PersonAdded => t!("fact.person_added"),
        FactKind::PersonChanged => t!("fact.person_changed"),
        FactKind::TokenCreated => t!("fact.token_created"),
        FactKind::TokenRevoked => t!("fact.token_revoked"),
        FactKind::SignedIn => t!("fact.signed_in"),
        FactKind::SessionEnded => t!("fact.session_ended"),
        FactKind::SecondFactorChanged => t!("fact.second_factor_changed"),
        FactKind::PasskeyChanged => t!("fact.passkey_changed"),
        FactKind::LinkMade => t!("fact.link_made"),
        FactKind::LinkOpened => t!("fact.link_opened"),
        FactKind::LinkRevoked => t!("fact.link_revoked"),
        FactKind::CodeSent => t!("fact.code_sent"),
        FactKind::CodeTyped => t!("fact.code_typed"),
        FactKind::RemindersSet => t!("fact.reminders_set"),
        FactKind::LetterRefused => t!("fact.letter_refused"),
        FactKind::LetterOpened => t!("fact.letter_opened"),
        FactKind::LetterSentAgain => t!("fact.letter_sent_again"),
        FactKind::ViewBegun => t!("fact.view_begun"),
        FactKind::SignInRefused => t!("fact.sign_in_refused"),
        FactKind::RecordExported => t!("fact.record_exported"),
        FactKind::RetentionSet => t!("fact.retention_set"),
        FactKind::PersonalDataErased => t!("fact.personal_data_erased"),
        FactKind::PersonErased => t!("fact.person_erased"),
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
