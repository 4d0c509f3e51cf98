//! What somebody enters to open an engagement, or to change its plan.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tminus_domain::{
    engagement::setup::{Setup, Workstream},
    kit::condition::Answers,
    schedule::WorkCalendar,
};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Setup)]
pub(super) struct SetupIn {
    title: String,
    customer: String,
    /// The statement of work's reference.
    #[serde(default)]
    sow: String,
    /// An IANA time zone: where the engagement is at home.
    #[schema(example = "Europe/Berlin")]
    zone: String,
    /// Dates that somebody gave, by milestone. What is not in it follows from another milestone or is unknown.
    #[serde(default)]
    milestones: BTreeMap<String, Date>,
    /// Dates are computed over all of them.
    #[schema(schema_with = crate::openapi::calendars)]
    calendars: Vec<WorkCalendar>,
    #[serde(default)]
    workstreams: Vec<WorkstreamIn>,
    #[serde(default)]
    #[schema(schema_with = crate::openapi::answers)]
    answers: Answers,
}

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Workstream)]
struct WorkstreamIn {
    id: String,
    title: String,
}

impl From<SetupIn> for Setup {
    fn from(input: SetupIn) -> Self {
        let SetupIn { title, customer, sow, zone, milestones, calendars, workstreams, answers } = input;
        Self {
            title,
            customer,
            sow,
            zone,
            milestones: milestones.into_iter().map(|(id, date)| (id.as_str().into(), date)).collect(),
            calendars,
            workstreams: workstreams.into_iter().map(|it| Workstream { id: it.id.as_str().into(), title: it.title }).collect(),
            answers,
        }
    }
}

/// The same as it stands; it can be sent back, changed.
#[derive(Serialize, ToSchema)]
#[schema(as = PresentSetup)]
pub(super) struct SetupOut {
    title: String,
    customer: String,
    sow: String,
    zone: String,
    milestones: BTreeMap<String, Date>,
    #[schema(schema_with = crate::openapi::calendars)]
    calendars: Vec<WorkCalendar>,
    workstreams: Vec<WorkstreamIn>,
    #[schema(schema_with = crate::openapi::answers)]
    answers: Answers,
}

impl From<&Setup> for SetupOut {
    fn from(setup: &Setup) -> Self {
        let workstream = |it: &Workstream| WorkstreamIn { id: it.id.0.clone(), title: it.title.clone() };
        Self {
            title: setup.title.clone(),
            customer: setup.customer.clone(),
            sow: setup.sow.clone(),
            zone: setup.zone.clone(),
            milestones: setup.milestones.iter().map(|(id, date)| (id.0.clone(), *date)).collect(),
            calendars: setup.calendars.clone(),
            workstreams: setup.workstreams.iter().map(workstream).collect(),
            answers: setup.answers.clone(),
        }
    }
}
