//! Days that a calendar has closed, read from what somebody already has.

use axum::{Json as Sent, extract::Request};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tminus_app::{
    App,
    engagement::closures::{self, MAX_BYTES},
};
use tminus_domain::schedule::{Closure, ClosureKind};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    caller::Caller,
    problem::{FlawOut, Problem},
    sent::Asked,
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ClosuresQuery {
    /// What the events of a calendar file are, since they do not say it themselves. A table says it in each line.
    #[serde(default = "closure")]
    #[param(schema_with = crate::openapi::closure_kind, required = false)]
    kind: ClosureKind,
    /// An IANA time zone, which says on which days events with hours are. Left out, it is UTC.
    #[serde(default = "utc")]
    #[param(required = false)]
    zone: String,
}

fn closure() -> ClosureKind {
    ClosureKind::Closure
}

fn utc() -> String {
    "UTC".to_owned()
}

/// What a text of closures was understood as.
#[derive(Serialize, ToSchema)]
#[schema(as = Closures)]
struct ClosuresOut {
    /// By first day, to be put into a calendar of a set-up as they are.
    #[schema(schema_with = crate::openapi::closures)]
    closures: Vec<Closure>,
    /// How something was understood, with its line.
    notes: Vec<String>,
}

/// Reads closures of a calendar
///
/// An iCalendar file, or a table `from,to,title,kind`. Nothing is saved. Everything that is wrong with it comes at once, with its lines.
#[utoipa::path(post, path = "/closures/read", operation_id = "read_closures", tag = "engagements", params(ClosuresQuery),
    request_body(content((String = "text/calendar"), (String = "text/csv"))),
    responses((status = 200, description = "What it was understood as.", body = ClosuresOut)))]
async fn read(Caller(_): Caller, Asked(query): Asked<ClosuresQuery>, body: Text) -> Result<Sent<ClosuresOut>, Problem> {
    if jiff::tz::TimeZone::get(&query.zone).is_err() {
        let why = format!("“{}” is not a time zone: give one such as Europe/Berlin", query.zone);
        return Err(Problem::bad_request(format!("zone: {why}")).flaws(vec![FlawOut::of("zone", why)]));
    }
    match closures::read_closures(&body.0, query.kind, &query.zone) {
        Ok(closures::Closures { closures, notes }) => Ok(Sent(ClosuresOut { closures, notes })),
        Err(wrong) => {
            let detail = format!("{}; nothing of it was taken", wrong.join("; "));
            Err(Problem::refused(detail).flaws(wrong.into_iter().map(flaw).collect()))
        }
    }
}

/// `line 3: …` with its place.
fn flaw(message: String) -> FlawOut {
    let line = message.strip_prefix("line ").and_then(|rest| rest.split_once(':')?.0.parse().ok());
    FlawOut { line, message, ..FlawOut::default() }
}

/// A text of any media type, not longer than what is read.
struct Text(String);

impl<S: Send + Sync> axum::extract::FromRequest<S> for Text {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await?;
        if bytes.len() > MAX_BYTES {
            let detail = format!("closures are read from at most {} KiB; nothing of it was taken", MAX_BYTES / 1024);
            return Err(Problem::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let text = String::from_utf8(bytes.into()).map_err(|_| Problem::refused("the file is not UTF-8; save it as UTF-8"))?;
        Ok(Self(text))
    }
}
