//! The responsibility matrix.

use std::collections::BTreeMap;

use axum::{
    Json as Sent,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    people::{
        edition,
        responsibility::{SaveRow, save_row, show_matrix},
    },
};
use tminus_domain::{
    ids::{EngagementId, RowId},
    kit::letters::Fault,
    people::responsibility::{Flaw, Row},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    edition::{IfSame, etag},
    problem::Problem,
    sent::{Json, Named},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(put))
}

#[derive(Serialize, ToSchema)]
#[schema(as = Responsibilities)]
struct MatrixOut {
    entries: Vec<RowOut>,
    /// What is wrong with it; nothing is as it should be.
    problems: Vec<FlawOut>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ResponsibilityRow)]
struct RowOut {
    id: String,
    /// The heading it stands under.
    section: String,
    text: String,
    /// Letters of R, A, C and I by role; another mark as the kit has it.
    letters: BTreeMap<String, String>,
    internal: bool,
    /// Somebody changed it here: no kit changes it any more.
    by_hand: bool,
    /// This engagement does without it.
    left_out: bool,
    /// Where the kit says it, as a file and line of its source; empty where somebody added it here.
    source: String,
    /// To be sent as `If-Match`, in quotes, with a change of this row.
    edition: String,
}

impl From<&Row> for RowOut {
    fn from(row: &Row) -> Self {
        Self {
            edition: edition(row),
            id: row.id.0.clone(),
            section: row.section.clone(),
            text: row.text.clone(),
            letters: row.marks.clone(),
            internal: row.internal,
            by_hand: row.by_hand,
            left_out: row.left_out,
            source: row.src.clone(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ResponsibilityProblem)]
struct FlawOut {
    /// Left out where it is about more than one row.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// `no_a`, `many_a`, `no_r`, `no_letters` or `nobody`.
    problem: &'static str,
    /// How many are accountable, or how many rows it is about.
    count: usize,
}

impl From<Flaw<'_>> for FlawOut {
    fn from(flaw: Flaw<'_>) -> Self {
        let row = |row: &Row| Some(row.id.0.clone());
        match flaw {
            Flaw::Row(it, Fault::NoA) => Self { row: row(it), role: None, problem: "no_a", count: 0 },
            Flaw::Row(it, Fault::ManyA(count)) => Self { row: row(it), role: None, problem: "many_a", count },
            Flaw::Row(it, Fault::NoR) => Self { row: row(it), role: None, problem: "no_r", count: 0 },
            Flaw::NoLetters(_, count) => Self { row: None, role: None, problem: "no_letters", count },
            Flaw::Nobody(role, count) => Self { row: None, role: Some(role.to_owned()), problem: "nobody", count },
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SaveResponsibility)]
struct RowIn {
    #[serde(default)]
    section: String,
    text: String,
    /// Letters of R, A, C and I by role; roles that are not named have none.
    #[serde(default)]
    letters: BTreeMap<String, String>,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    left_out: bool,
}

impl RowIn {
    fn of(self, id: Option<RowId>, seen: Option<String>) -> SaveRow {
        let Self { section, text, letters, internal, left_out } = self;
        SaveRow { id, section, text, marks: letters.into_iter().collect(), internal, left_out, seen }
    }
}

#[derive(Deserialize)]
struct Place {
    engagement: EngagementId,
    row: RowId,
}

/// Shows the responsibility matrix, and what is wrong with it
#[utoipa::path(get, path = "/engagements/{engagement}/responsibilities", operation_id = "show_responsibilities", tag = "members", responses((status = 200, description = "The matrix.", body = MatrixOut)))]
async fn list(Caller(actor): Caller, State(app): State<App>, Named(engagement): Named<EngagementId>) -> Result<Sent<MatrixOut>, Problem> {
    let matrix = show_matrix(&app, &actor, &engagement).await?;
    let entries = matrix.engagement.plan.responsibilities.iter().map(Into::into).collect();
    Ok(Sent(MatrixOut { entries, problems: matrix.engagement.flaws(matrix.today).into_iter().map(Into::into).collect() }))
}

/// Adds a row to the responsibility matrix
#[utoipa::path(post, path = "/engagements/{engagement}/responsibilities", operation_id = "add_responsibility", tag = "members", request_body = RowIn, responses((status = 201, description = "The new row.", body = RowOut)))]
async fn add(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(engagement): Named<EngagementId>,
    Json(input): Json<RowIn>,
) -> Result<Response, Problem> {
    let row = save_row(&app, &actor, &engagement, input.of(None, None)).await?;
    Ok((StatusCode::CREATED, Sent(RowOut::from(&row))).into_response())
}

/// Changes a row of the responsibility matrix, or leaves it out
///
/// Whatever the kits say later, it stays as it is then.
#[utoipa::path(put, path = "/engagements/{engagement}/responsibilities/{row}", operation_id = "save_responsibility", tag = "members", params(IfSame), request_body = RowIn, responses((status = 200, description = "The row; `ETag` is its edition.", body = RowOut)))]
async fn put(
    Caller(actor): Caller,
    State(app): State<App>,
    Named(place): Named<Place>,
    asked: IfSame,
    Json(input): Json<RowIn>,
) -> Result<Response, Problem> {
    let saved = save_row(&app, &actor, &place.engagement, input.of(Some(place.row), asked.seen())).await;
    let row = saved.map_err(|failure| asked.refuse(failure))?;
    let mut response = Sent(RowOut::from(&row)).into_response();
    response.headers_mut().extend(etag(&edition(&row)).map(|etag| (axum::http::header::ETAG, etag)));
    Ok(response)
}
