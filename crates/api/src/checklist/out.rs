//! An item as programs read it. Made from a [`View`], which holds nothing that the caller may not see.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use tminus_app::store::View;
use tminus_domain::{
    checklist::item::{Item, Mark, Proof},
    engagement::{Engagement, Owner},
    ids::PersonId,
    kit::{
        Link, Side,
        task::{Criterion, EvidenceKind, EvidenceRule, WayOut},
    },
    schedule::Computed,
};
use utoipa::ToSchema;

/// Somebody, by id and name.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = PersonName)]
pub(crate) struct NameOut {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl NameOut {
    pub(crate) fn of(engagement: &Engagement, id: &PersonId) -> Self {
        Self { id: id.0.clone(), name: engagement.name(id).to_owned() }
    }
}

/// One thing to do on an engagement.
#[derive(Serialize, ToSchema)]
#[schema(as = Item)]
pub(crate) struct ItemOut {
    pub(crate) id: String,
    /// Stable across kit versions.
    pub(crate) key: String,
    /// Counts the changes of this item; `If-Match` names it.
    pub(crate) version: u32,
    /// Not there where it was added by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    kit: Option<String>,
    activity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// Order in the whole checklist.
    pub(crate) position: u32,
    title: String,
    /// Markdown, as it was written.
    description: String,
    /// Where it came from: document and line.
    source: String,
    internal: bool,
    /// Taken off the checklist.
    removed: bool,
    #[serde(flatten)]
    stand: StandOut,
    #[serde(flatten)]
    dates: DatesOut,
    #[serde(flatten)]
    shown: ShownOut,
    /// One entry a role; without a person, nobody fills it.
    owners: Vec<OwnerOut>,
    /// For whom it is, where there is one for each person.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<NameOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workstream: Option<String>,
    gates: Vec<String>,
    /// Keys of items that come before this one.
    after: Vec<String>,
    /// What must be there before, in words.
    needs: Vec<String>,
    #[schema(schema_with = crate::openapi::criteria)]
    accept: Vec<Criterion>,
    #[schema(schema_with = crate::openapi::links)]
    tools: Vec<Link>,
    #[schema(schema_with = crate::openapi::links)]
    links: Vec<Link>,
    notes: Vec<String>,
    /// Why it is on this checklist. Empty where the kit always has it.
    because: String,
    /// Questions that nobody answered yet and that decide whether it applies.
    undecided: Vec<String>,
    /// How many comments you may read.
    comments: u32,
}

/// Where it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = ItemStand)]
struct StandOut {
    #[schema(schema_with = crate::openapi::state)]
    state: &'static str,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<NameOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    third_party: Option<String>,
    #[schema(schema_with = crate::openapi::court)]
    court: &'static str,
    court_since: Timestamp,
    /// The side that must accept it before it counts as done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::side)]
    accepted_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submitted: Option<MarkOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<MarkOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<MarkOut>,
}

/// When it is due and has to start.
#[derive(Serialize, ToSchema)]
#[schema(as = ItemDates)]
struct DatesOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    /// Why the date is what it is, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_because: Option<String>,
    /// The same as data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::computed)]
    due_computed: Option<Computed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_by: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::lead_time)]
    lead: Option<String>,
    /// The kit proposes the lead time; nobody confirmed it.
    lead_proposed: bool,
    /// A date set by hand, which nothing moves.
    pinned: bool,
    late: bool,
    /// Not begun, and should be by now.
    should_start: bool,
    /// What may be done where a lead time no longer fits.
    #[schema(schema_with = crate::openapi::ways_out)]
    ways_out: Vec<WayOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    way_out: Option<ChosenOut>,
}

/// What shows that it is done.
#[derive(Serialize, ToSchema)]
#[schema(as = ItemEvidence)]
struct ShownOut {
    /// What the kit asks for.
    #[schema(schema_with = crate::openapi::evidence_rules)]
    asks_for: Vec<EvidenceRule>,
    evidence: Vec<ProofOut>,
    /// Whether something is asked for that is not there yet.
    evidence_missing: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Owner)]
struct OwnerOut {
    role: String,
    title: String,
    #[schema(schema_with = crate::openapi::side)]
    side: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<NameOut>,
}

/// Who did something, and when.
#[derive(Serialize, ToSchema)]
#[schema(as = Mark)]
pub(crate) struct MarkOut {
    by: NameOut,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<NameOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Evidence)]
struct ProofOut {
    id: String,
    #[schema(schema_with = crate::openapi::evidence_kind)]
    kind: EvidenceKind,
    /// The link, the note or the fact's value; a file's name.
    text: String,
    /// The path to get the file from.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<String>,
    by: NameOut,
    at: Timestamp,
    /// It no longer counts; it stays visible.
    withdrawn: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChosenWayOut)]
struct ChosenOut {
    #[schema(schema_with = crate::openapi::way_out)]
    way: WayOut,
    reason: String,
    mark: MarkOut,
}

impl MarkOut {
    pub(crate) fn of(engagement: &Engagement, mark: &Mark) -> Self {
        let name = |id| NameOut::of(engagement, id);
        Self { by: name(&mark.by), at: mark.at, on_behalf_of: mark.on_behalf_of.as_ref().map(name) }
    }
}

impl ItemOut {
    pub(crate) fn of(view: &View, item: &Item, today: Date) -> Self {
        let engagement = &view.engagement;
        let content = &item.content;
        Self {
            id: item.id.0.clone(),
            key: item.key.clone(),
            version: item.version,
            kit: item.kit.as_ref().map(|kit| kit.0.clone()),
            activity: item.activity.0.clone(),
            parent: item.parent.as_ref().map(|parent| parent.0.clone()),
            position: item.position,
            title: content.title.clone(),
            description: content.description.clone(),
            source: content.src.clone(),
            internal: content.internal,
            removed: item.removed,
            stand: StandOut::of(engagement, item),
            dates: DatesOut::of(engagement, item, today),
            shown: ShownOut::of(engagement, item),
            owners: engagement.owners(item, today).into_iter().map(|owner| OwnerOut::of(engagement, owner)).collect(),
            person: item.person.as_ref().map(|id| NameOut::of(engagement, id)),
            workstream: item.workstream.as_ref().map(|id| id.0.clone()),
            gates: content.gates.iter().map(|id| id.0.clone()).collect(),
            after: content.after.clone(),
            needs: content.needs.clone(),
            accept: content.accept.clone(),
            tools: content.tools.clone(),
            links: content.links.clone(),
            notes: content.notes.clone(),
            because: content.because.clone(),
            undecided: content.undecided.iter().map(|id| id.0.clone()).collect(),
            comments: item.all_comments(),
        }
    }
}

impl StandOut {
    fn of(engagement: &Engagement, item: &Item) -> Self {
        let mark = |mark: &Option<Mark>| mark.as_ref().map(|mark| MarkOut::of(engagement, mark));
        Self {
            state: item.state().as_str(),
            since: item.status.since,
            by: item.status.by.as_ref().map(|id| NameOut::of(engagement, id)),
            reason: item.status.reason.clone(),
            third_party: item.status.third_party.clone(),
            court: item.court().as_str(),
            court_since: item.clock.since,
            accepted_by: item.content.accepted_by.map(Side::as_str),
            submitted: mark(&item.submitted),
            accepted: mark(&item.accepted),
            done: mark(&item.done),
        }
    }
}

impl DatesOut {
    fn of(engagement: &Engagement, item: &Item, today: Date) -> Self {
        let chosen = item.way_out.as_ref().map(|chosen| ChosenOut {
            way: chosen.way.clone(),
            reason: chosen.reason.clone(),
            mark: MarkOut::of(engagement, &chosen.mark),
        });
        Self {
            due: item.due_on(),
            due_because: item.due.as_ref().map(ToString::to_string),
            due_computed: item.due.clone(),
            start_by: item.start_by,
            lead: item.lead().map(|lead| lead.to_string()),
            lead_proposed: item.content.lead_proposed,
            pinned: item.pinned,
            late: item.is_late(today),
            should_start: item.should_start(today),
            ways_out: item.content.ways_out.clone(),
            way_out: chosen,
        }
    }
}

impl ShownOut {
    fn of(engagement: &Engagement, item: &Item) -> Self {
        let proof = |proof: &Proof| ProofOut {
            id: proof.id.clone(),
            kind: proof.kind,
            text: proof.text.clone(),
            file: proof.file.as_ref().map(|file| format!("/api/v1/engagements/{}/files/{file}", engagement.id)),
            fact: proof.fact.as_ref().map(|id| id.0.clone()),
            by: NameOut::of(engagement, &proof.by),
            at: proof.at,
            withdrawn: proof.withdrawn,
        };
        Self {
            asks_for: item.content.evidence.clone(),
            evidence: item.proofs.iter().map(proof).collect(),
            evidence_missing: !item.missing_evidence().is_empty(),
        }
    }
}

impl OwnerOut {
    fn of(engagement: &Engagement, owner: Owner<'_>) -> Self {
        Self {
            role: owner.role.0.clone(),
            title: owner.title.to_owned(),
            side: owner.side.as_str(),
            person: owner.person.map(|id| NameOut::of(engagement, id)),
        }
    }
}
