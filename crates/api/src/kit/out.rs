//! Kits as programs read them.

use jiff::Timestamp;
use serde::Serialize;
use tminus_app::store::kit::Imported;
use tminus_domain::kit::Kit;
use tminus_kits::{
    diff::{Field, KitDiff, Line},
    inspect::{Found, Inspection},
    totals::Totals,
};
use utoipa::ToSchema;

use crate::problem::{FlawOut, kit_flaw};

/// An imported version of a kit, without its content.
#[derive(Serialize, ToSchema)]
#[schema(as = KitVersion)]
pub(super) struct ImportedOut {
    hash: String,
    id: String,
    version: String,
    title: String,
    /// What it was read from: `template`, `page`, `backlog` or `native`.
    format: String,
    imported_at: Timestamp,
    imported_by: String,
    /// How much of what was found: `tasks`, `owners`, …
    #[schema(value_type = Object)]
    totals: serde_json::Value,
}

impl From<Imported> for ImportedOut {
    fn from(it: Imported) -> Self {
        Self {
            hash: it.hash.0,
            id: it.id.0,
            version: it.version,
            title: it.title,
            format: it.format,
            imported_at: it.at,
            imported_by: it.by.0,
            totals: it.totals,
        }
    }
}

/// What a reading found.
#[derive(Serialize, ToSchema)]
#[schema(as = Inspection)]
pub(super) struct InspectionOut {
    /// `template`, `page`, `backlog` or `native`; empty where nothing was found.
    format: &'static str,
    name: String,
    version: String,
    #[schema(value_type = Object)]
    totals: Totals,
    /// Whether nothing of it could be imported.
    rejected: bool,
    /// The worst first, then by file and line.
    problems: Vec<FlawOut>,
    /// The newest version, or the first of several kits; not there where anything was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::openapi::kit)]
    kit: Option<Kit>,
    kits: Vec<FoundOut>,
}

/// One of several kits.
#[derive(Serialize, ToSchema)]
#[schema(as = FoundKit)]
struct FoundOut {
    format: &'static str,
    name: String,
    version: String,
    #[schema(value_type = Object)]
    totals: Totals,
}

impl From<Inspection> for InspectionOut {
    fn from(inspection: Inspection) -> Self {
        let rejected = inspection.is_rejected();
        let Inspection { format, name, version, totals, problems, kit, kits } = inspection;
        let found = |it: Found| FoundOut { format: it.format, name: it.name, version: it.version, totals: it.totals };
        let kits = kits.into_iter().map(found).collect();
        Self { format, name, version, totals, rejected, problems: problems.into_iter().map(kit_flaw).collect(), kit, kits }
    }
}

/// What one version of a kit has that another has not.
#[derive(Serialize, ToSchema)]
#[schema(as = KitDiff)]
pub(super) struct DiffOut {
    old: ImportedOut,
    new: ImportedOut,
    added: Vec<LineOut>,
    removed: Vec<LineOut>,
    renamed: Vec<RenamedOut>,
    moved: Vec<MovedOut>,
    changed: Vec<ChangedOut>,
    /// What changed besides tasks: roles, milestones, questions, gates and the rest.
    others: Vec<OtherOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = KitDiffLine)]
struct LineOut {
    id: String,
    title: String,
    module: String,
}

/// The same task under a new id.
#[derive(Serialize, ToSchema)]
#[schema(as = RenamedTask)]
struct RenamedOut {
    from: LineOut,
    to: LineOut,
}

/// A task that stands in another module now.
#[derive(Serialize, ToSchema)]
#[schema(as = MovedTask)]
struct MovedOut {
    id: String,
    title: String,
    from: String,
    to: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangedTask)]
struct ChangedOut {
    id: String,
    title: String,
    fields: Vec<FieldOut>,
}

/// A field before and after; `null` where it was not there.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedField)]
struct FieldOut {
    name: String,
    #[schema(schema_with = crate::openapi::anything)]
    before: serde_json::Value,
    #[schema(schema_with = crate::openapi::anything)]
    after: serde_json::Value,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangedPart)]
struct OtherOut {
    /// `role`, `gate`, `fact`, …
    list: String,
    id: String,
    fields: Vec<FieldOut>,
}

impl From<Line> for LineOut {
    fn from(line: Line) -> Self {
        Self { id: line.id.0, title: line.title, module: line.module }
    }
}

fn fields(fields: Vec<Field>) -> Vec<FieldOut> {
    fields.into_iter().map(|Field { name, before, after }| FieldOut { name, before, after }).collect()
}

impl DiffOut {
    pub(super) fn of(old: ImportedOut, new: ImportedOut, diff: KitDiff) -> Self {
        let lines = |lines: Vec<Line>| lines.into_iter().map(Into::into).collect();
        Self {
            old,
            new,
            added: lines(diff.added),
            removed: lines(diff.removed),
            renamed: diff.renamed.into_iter().map(|(from, to)| RenamedOut { from: from.into(), to: to.into() }).collect(),
            moved: diff.moved.into_iter().map(|it| MovedOut { id: it.id.0, title: it.title, from: it.from, to: it.to }).collect(),
            changed: diff.changed.into_iter().map(|it| ChangedOut { id: it.id.0, title: it.title, fields: fields(it.fields) }).collect(),
            others: diff.others.into_iter().map(|it| OtherOut { list: it.list, id: it.id, fields: fields(it.fields) }).collect(),
        }
    }
}
