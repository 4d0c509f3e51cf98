//! What a change of the plan does, as programs read it.

use jiff::civil::Date;
use serde::Serialize;
use tminus_domain::{access::need::Turned, engagement::retailor};
use utoipa::ToSchema;

/// What a change of the plan does.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanDiff)]
pub(super) struct DiffOut {
    added: Vec<DiffLineOut>,
    /// No longer needed, and nobody had begun.
    left_out: Vec<DiffLineOut>,
    /// No longer needed, but work was done: it stays.
    kept: Vec<DiffLineOut>,
    /// Needed again.
    returned: Vec<DiffLineOut>,
    moved: Vec<MovedOut>,
    /// Dates that stay though their rule leads elsewhere now.
    stayed: Vec<DiffLineOut>,
    changed: Vec<ChangedOut>,
    milestones: Vec<MovedOut>,
    /// Title, customer, statement of work and time zone.
    names: Vec<RenamedOut>,
    /// What becomes of people's access.
    access: Vec<TurnedOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TurnedAccess)]
struct TurnedOut {
    person: String,
    resource: String,
    /// What it is access to.
    title: String,
    #[schema(schema_with = crate::openapi::becomes)]
    becomes: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Date>,
    /// Why they need it, or how its date is counted.
    why: String,
}

impl From<Turned> for TurnedOut {
    fn from(it: Turned) -> Self {
        let Turned { person, resource, title, becomes, from, to, why, internal: _ } = it;
        Self { person: person.0, resource: resource.0, title, becomes: becomes.as_str(), from, to, why }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = RenamedField)]
struct RenamedOut {
    /// `title`, `customer`, `sow` or `zone`.
    field: String,
    from: String,
    to: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlanDiffLine)]
struct DiffLineOut {
    key: String,
    title: String,
    why: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MovedDate)]
struct MovedOut {
    key: String,
    title: String,
    from: Option<Date>,
    to: Option<Date>,
    why: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangedItem)]
struct ChangedOut {
    key: String,
    title: String,
    /// Names of the fields.
    fields: Vec<String>,
}

impl From<retailor::Diff> for DiffOut {
    fn from(diff: retailor::Diff) -> Self {
        let lines =
            |lines: Vec<retailor::Line>| lines.into_iter().map(|it| DiffLineOut { key: it.key, title: it.title, why: it.why }).collect();
        let dates = |dates: Vec<retailor::MovedDate>| {
            dates.into_iter().map(|it| MovedOut { key: it.key, title: it.title, from: it.from, to: it.to, why: it.why }).collect()
        };
        let changed = |it: retailor::Changed| ChangedOut { key: it.key, title: it.title, fields: it.fields };
        Self {
            added: lines(diff.added),
            left_out: lines(diff.left_out),
            kept: lines(diff.kept),
            returned: lines(diff.returned),
            moved: dates(diff.moved),
            stayed: lines(diff.stayed),
            changed: diff.changed.into_iter().map(changed).collect(),
            milestones: dates(diff.milestones),
            access: diff.access.into_iter().map(TurnedOut::from).collect(),
            names: diff.names.into_iter().map(|it| RenamedOut { field: it.field, from: it.from, to: it.to }).collect(),
        }
    }
}
