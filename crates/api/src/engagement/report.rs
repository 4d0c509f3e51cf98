//! The onboarding report as programs read it.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use tminus_app::store::View;
use tminus_domain::engagement::closing::{Closing, Line, Report, Signature};
use utoipa::ToSchema;

use crate::checklist::out::MarkOut;

/// The onboarding report: as it would be frozen now, and as it was signed.
#[derive(Serialize, ToSchema)]
#[schema(as = Closing)]
pub(super) struct ClosingOut {
    now: ReportOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<ReportOut>,
    signatures: Vec<SignatureOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Report)]
struct ReportOut {
    on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    sprint_end: Option<Date>,
    applicable: u32,
    done: u32,
    waived: Vec<ReportLineOut>,
    /// Done after it was due.
    late: Vec<ReportLineOut>,
    open: Vec<ReportLineOut>,
    left_out: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Digest of everything the report rests on.
    digest: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReportLine)]
struct ReportLineOut {
    item: String,
    title: String,
    /// Why it was waived, by how much it was late, or its status.
    note: String,
    /// Who waived it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Signature)]
struct SignatureOut {
    #[schema(schema_with = crate::openapi::side)]
    side: &'static str,
    #[serde(flatten)]
    mark: MarkOut,
    digest: String,
}

impl From<Report> for ReportOut {
    fn from(report: Report) -> Self {
        let lines = |lines: Vec<Line>| {
            lines
                .into_iter()
                .map(|it| ReportLineOut { item: it.item.0, title: it.title, note: it.note, by: it.by.map(|by| by.0) })
                .collect()
        };
        Self {
            on: report.on,
            sprint_end: report.sprint_end,
            applicable: report.applicable,
            done: report.done,
            waived: lines(report.waived),
            late: lines(report.late),
            open: lines(report.open),
            left_out: report.left_out,
            reason: report.reason,
            digest: report.digest,
        }
    }
}

impl ClosingOut {
    pub(super) fn of(view: &View, now: Report, closing: Closing) -> Self {
        let signature = |it: &Signature| SignatureOut {
            side: it.side.as_str(),
            mark: MarkOut::of(&view.engagement, &it.mark),
            digest: it.digest.clone(),
        };
        Self {
            now: now.into(),
            signatures: closing.signatures.iter().map(signature).collect(),
            closed_at: closing.closed_at,
            signed: closing.report.map(Into::into),
        }
    }
}
