//! An engagement as programs read it.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use tminus_app::store::{View, engagement::Listed};
use tminus_domain::{
    engagement::{
        LeftOut, PinnedKit, PlannedMilestone,
        counts::Counts,
        gate::{GateState, Progress, Verdict},
    },
    kit::{Fact, Hardness, Role},
    schedule::Computed,
};
use utoipa::ToSchema;

use super::setup::SetupOut;
use crate::checklist::out::NameOut;

/// One line of the list.
#[derive(Serialize, ToSchema)]
#[schema(as = EngagementLine)]
pub(super) struct LineOut {
    pub(super) id: String,
    title: String,
    customer: String,
    closed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    kickoff: Option<Date>,
    counts: CountsOut,
    #[serde(skip)]
    pub(super) sort_key: String,
}

/// Numbers over the items that the caller may see.
#[derive(Serialize, ToSchema)]
#[schema(as = Counts)]
struct CountsOut {
    #[serde(flatten)]
    progress: ReadinessOut,
    blocked: u32,
    late: u32,
    /// Not begun, and should be by now.
    to_start: u32,
    /// Open items by who has to move next.
    courts: CourtsOut,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CourtCounts)]
struct CourtsOut {
    delivery: u32,
    customer: u32,
    partner: u32,
    third_party: u32,
}

/// Two numbers that are not the same: what the gates need, and everything.
#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(super) struct ReadinessOut {
    /// Items of the gates before the last, done or waived.
    ready: u32,
    ready_of: u32,
    /// In whole percent, rounded down, so that 100 means all.
    readiness: u32,
    /// All items, done or waived.
    complete: u32,
    complete_of: u32,
    completion: u32,
}

impl From<Progress> for ReadinessOut {
    fn from(progress: Progress) -> Self {
        let (readiness, completion) = (progress.readiness(), progress.completion());
        let Progress { ready, ready_of, complete, complete_of } = progress;
        Self { ready, ready_of, readiness, complete, complete_of, completion }
    }
}

impl CountsOut {
    fn of(counts: &Counts, today: Date) -> Self {
        let Counts { ready, ready_of, complete, complete_of, .. } = *counts;
        let [delivery, customer, partner, third_party] = counts.courts;
        Self {
            progress: Progress { ready, ready_of, complete, complete_of }.into(),
            blocked: counts.blocked,
            late: counts.late(today),
            to_start: counts.to_start(today),
            courts: CourtsOut { delivery, customer, partner, third_party },
        }
    }
}

impl LineOut {
    pub(super) fn of(listed: &Listed, today: Date) -> Self {
        let counts = CountsOut::of(&listed.counts, today);
        let kickoff = listed.counts.milestones.get("kickoff").copied();
        let Listed { id, title, customer, closed, sort_key, .. } = Listed::clone(listed);
        Self { id: id.0, title, customer, closed, kickoff, counts, sort_key }
    }
}

/// One statement of work for one customer.
#[derive(Serialize, ToSchema)]
#[schema(as = Engagement)]
pub(super) struct EngagementOut {
    id: String,
    /// Counts every change; `If-Match` on the plan names it.
    revision: i64,
    /// The day it is where the engagement is at home.
    today: Date,
    opened_at: Timestamp,
    opened_by: NameOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
    setup: SetupOut,
    kits: Vec<PinnedOut>,
    /// The set of engagements that it belongs to; `null` for those who may not read internal things.
    portfolio: Option<InPortfolioOut>,
    counts: CountsOut,
    milestones: Vec<MilestoneOut>,
    gates: Vec<GateOut>,
    activities: Vec<ActivityOut>,
    #[schema(schema_with = crate::openapi::kit_roles)]
    roles: Vec<Role>,
    /// What the protocol asks.
    #[schema(schema_with = crate::openapi::questions)]
    questions: Vec<Fact>,
    /// What the kits have and this engagement leaves out. Empty for those who may not read internal things.
    left_out: Vec<LeftOutOut>,
}

/// The portfolio of an engagement.
#[derive(Serialize, ToSchema)]
#[schema(as = InPortfolio)]
struct InPortfolioOut {
    id: String,
    title: String,
}

/// The version of a kit that an engagement keeps to.
#[derive(Serialize, ToSchema)]
#[schema(as = PinnedKit)]
struct PinnedOut {
    id: String,
    title: String,
    version: String,
    hash: String,
}

impl From<&PinnedKit> for PinnedOut {
    fn from(kit: &PinnedKit) -> Self {
        Self { id: kit.id.0.clone(), title: kit.title.clone(), version: kit.version.clone(), hash: kit.hash.0.clone() }
    }
}

/// A point in time that dates count from.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedMilestone)]
pub(super) struct MilestoneOut {
    id: String,
    title: String,
    note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Date>,
    /// Somebody gave the date; else it follows from another milestone, or is unknown.
    given: bool,
    /// Why the date is what it is, in a sentence.
    because: String,
    #[schema(schema_with = crate::openapi::computed)]
    computed: Computed,
}

impl From<&PlannedMilestone> for MilestoneOut {
    fn from(it: &PlannedMilestone) -> Self {
        let (date, because) = (it.when.date(), it.when.to_string());
        let (id, title, note) = (it.id.0.clone(), it.title.clone(), it.note.clone());
        Self { id, title, note, date, given: it.given, because, computed: it.when.clone() }
    }
}

/// A set of items that must be done by a milestone, computed anew each time.
#[derive(Serialize, ToSchema)]
#[schema(as = GateState)]
pub(super) struct GateOut {
    id: String,
    title: String,
    note: String,
    milestone: String,
    hardness: HardnessWord,
    /// It takes in every item.
    everything: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    verdict: VerdictWord,
    /// Items that count.
    total: u32,
    satisfied: u32,
    late: u32,
    /// Ids of what turns it green.
    open: Vec<String>,
    /// Ids of what counts only because somebody waived it.
    waived: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = GateHardness)]
enum HardnessWord {
    Warn,
    Soft,
    Hard,
}

/// An empty gate is not green: somebody has to confirm that nothing is needed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = GateVerdict)]
enum VerdictWord {
    Green,
    Open,
    Late,
    Empty,
}

impl GateOut {
    fn of(state: GateState, today: Date) -> Self {
        let verdict = match state.verdict(today) {
            Verdict::Green => VerdictWord::Green,
            Verdict::Open => VerdictWord::Open,
            Verdict::Late => VerdictWord::Late,
            Verdict::Empty => VerdictWord::Empty,
        };
        let hardness = match state.gate.hardness {
            Hardness::Warn => HardnessWord::Warn,
            Hardness::Soft => HardnessWord::Soft,
            Hardness::Hard => HardnessWord::Hard,
        };
        let GateState { gate, due, total, satisfied, open, waived, late } = state;
        Self {
            id: gate.id.0,
            title: gate.title,
            note: gate.note,
            milestone: gate.milestone.0,
            hardness,
            everything: gate.everything,
            due,
            verdict,
            total,
            satisfied,
            late,
            open: open.into_iter().map(|id| id.0).collect(),
            waived: waived.into_iter().map(|id| id.0).collect(),
        }
    }

    pub(super) fn all(view: &View, today: Date) -> Vec<Self> {
        let engagement = &view.engagement;
        engagement.plan.gates.iter().map(|gate| Self::of(GateState::of(gate, engagement, today, |_| true), today)).collect()
    }
}

/// One numbered row of the checklist.
#[derive(Serialize, ToSchema)]
#[schema(as = Activity)]
pub(super) struct ActivityOut {
    id: String,
    title: String,
    phase: String,
    description: String,
    source: String,
    workstream: String,
}

impl From<&tminus_domain::engagement::Activity> for ActivityOut {
    fn from(it: &tminus_domain::engagement::Activity) -> Self {
        Self {
            id: it.id.0.clone(),
            title: it.title.clone(),
            phase: it.phase.clone(),
            description: it.description.clone(),
            source: it.src.clone(),
            workstream: it.workstream.clone(),
        }
    }
}

/// A part of the kit that is left out, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = LeftOut)]
pub(super) struct LeftOutOut {
    key: String,
    title: String,
    activity: String,
    because: String,
}

impl From<&LeftOut> for LeftOutOut {
    fn from(it: &LeftOut) -> Self {
        Self { key: it.key.clone(), title: it.title.clone(), activity: it.activity.0.clone(), because: it.because.clone() }
    }
}

impl EngagementOut {
    pub(super) fn of(view: &View, today: Date) -> Self {
        let engagement = &view.engagement;
        let plan = &engagement.plan;
        Self {
            id: engagement.id.0.clone(),
            revision: engagement.revision,
            today,
            opened_at: plan.opened_at,
            opened_by: NameOut::of(engagement, &plan.opened_by),
            closed_at: plan.closing.closed_at,
            setup: (&plan.setup).into(),
            kits: plan.kits.iter().map(Into::into).collect(),
            portfolio: engagement.portfolio.as_ref().map(|it| InPortfolioOut { id: it.id.0.clone(), title: it.title.clone() }),
            counts: CountsOut::of(&Counts::of(engagement), today),
            milestones: plan.milestones.iter().map(Into::into).collect(),
            gates: GateOut::all(view, today),
            activities: plan.activities.iter().map(Into::into).collect(),
            roles: plan.roles.clone(),
            questions: plan.facts.clone(),
            left_out: plan.left_out.iter().map(Into::into).collect(),
        }
    }
}
