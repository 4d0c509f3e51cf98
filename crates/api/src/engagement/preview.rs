//! What would follow from a setup, as programs read it.

use jiff::civil::Date;
use serde::Serialize;
use tminus_domain::{
    engagement::tailor::{Dated, Tailored},
    kit::{Fact, Role, task::WayOut},
    schedule::{Computed, Fit},
};
use utoipa::ToSchema;

use super::out::{ActivityOut, LeftOutOut, MilestoneOut};

/// What would follow from a setup.
#[derive(Serialize, ToSchema)]
#[schema(as = Preview)]
pub(super) struct PreviewOut {
    milestones: Vec<MilestoneOut>,
    activities: Vec<ActivityOut>,
    items: Vec<DraftOut>,
    left_out: Vec<LeftOutOut>,
    #[schema(schema_with = crate::openapi::kit_roles)]
    roles: Vec<Role>,
    #[schema(schema_with = crate::openapi::questions)]
    questions: Vec<Fact>,
    /// Ids of questions whose answers would still change something.
    open: Vec<String>,
}

/// An item as it would be.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftItem)]
struct DraftOut {
    key: String,
    activity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    title: String,
    owners: Vec<String>,
    internal: bool,
    because: String,
    undecided: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workstream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_because: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_by: Option<Date>,
    /// Whether its lead time still fits, seen from today.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::fit)]
    fit: Option<Fit>,
    #[schema(schema_with = crate::openapi::ways_out)]
    ways_out: Vec<WayOut>,
}

impl From<Dated> for DraftOut {
    fn from(dated: Dated) -> Self {
        let Dated { draft, due, start_by, fit, .. } = dated;
        let content = draft.content;
        Self {
            key: draft.key,
            activity: draft.activity.0,
            parent: draft.parent,
            title: content.title,
            owners: content.owners.into_iter().map(|id| id.0).collect(),
            internal: content.internal,
            because: content.because,
            undecided: content.undecided.into_iter().map(|id| id.0).collect(),
            person: draft.person.map(|id| id.0),
            workstream: draft.workstream.map(|id| id.0),
            due: due.as_ref().and_then(Computed::date),
            due_because: due.map(|due| due.to_string()),
            start_by,
            fit,
            ways_out: content.ways_out,
        }
    }
}

impl From<Tailored> for PreviewOut {
    fn from(tailored: Tailored) -> Self {
        Self {
            milestones: tailored.milestones.iter().map(Into::into).collect(),
            activities: tailored.activities.iter().map(Into::into).collect(),
            items: tailored.items.into_iter().map(Into::into).collect(),
            left_out: tailored.left_out.iter().map(Into::into).collect(),
            roles: tailored.roles,
            questions: tailored.facts,
            open: tailored.open.into_iter().map(|id| id.0).collect(),
        }
    }
}
