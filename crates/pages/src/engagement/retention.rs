//! How long personal data is kept, told where an engagement has ended, and set there.

use axum::{extract::Path, response::Response};
use tminus_app::{
    Failure, Refusal,
    engagement::retention::{Retention, set_retention},
};
use tminus_domain::{
    engagement::retention::{Erasure, Keep},
    ids::EngagementId,
    rights::{PassKind, Right},
};

use super::desk::Desk;
use crate::{
    access::revoke,
    caller::{Caller, sentence},
    fields::{Fields, refused},
    routes::{Needs, Table},
    said, when,
};

pub(crate) fn routes(table: Table) -> Table {
    table.post("/engagements/{engagement}/retention", Needs::Engagement(Right::EndEngagement), set)
}

/// What the form is called where it was refused.
pub(crate) const KEEP: &str = "keep";

/// What a page says of the personal data of an engagement, with the form to set how long it is kept.
pub(crate) struct Kept {
    pub(crate) sentence: String,
    pub(crate) is_erased: bool,
    /// Whether the reader may set it.
    pub(crate) sets: bool,
    /// The engagement's own value, or what was typed.
    pub(crate) own: String,
    /// What holds without an own value.
    pub(crate) usual: String,
    pub(crate) why: String,
}

impl Kept {
    pub(crate) fn of(caller: &Caller, desk: &Desk) -> Self {
        let Retention { keep, is_own, erasure } = caller.app().retention(desk.engagement());
        let usual = match caller.app().keep() {
            Keep::Months(months) => t!("retention.usual").with("n", months).into(),
            Keep::Always => t!("retention.usual_never").into(),
        };
        Self {
            sentence: told(erasure, keep),
            is_erased: desk.engagement().is_erased(),
            sets: desk.may(Right::EndEngagement) && desk.standing.pass != PassKind::View,
            own: if is_own { keep.to_string() } else { String::new() },
            usual,
            why: String::new(),
        }
    }

    /// The form as it was typed, and why it was refused.
    pub(crate) fn refused(self, fields: &Fields, why: String) -> Self {
        Self { own: fields.text("months"), why, ..self }
    }
}

fn told(erasure: Erasure, keep: Keep) -> String {
    match (erasure, keep) {
        (Erasure::Open, Keep::Months(months)) => t!("retention.open.one").or_many(t!("retention.open.many"), usize::from(months)).into(),
        (Erasure::Open, Keep::Always) => t!("retention.open_never").into(),
        (Erasure::Never, _) => t!("retention.never").into(),
        (Erasure::On(day), _) => t!("retention.on").with("day", when::full_day(day)).into(),
        (Erasure::Waits(people), _) => t!("retention.waits.one").or_many(t!("retention.waits.many"), people).into(),
        (Erasure::Done(day), _) => t!("retention.done").with("day", when::full_day(day)).into(),
    }
}

async fn set(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["months"])?;
        let keep = fields.given("months").map(str::parse::<Keep>).transpose();
        let keep = keep.map_err(|_| refused("months", t!("retention.unusable")))?;
        set_retention(caller.app(), &caller.actor, &engagement, keep).await
    };
    match done.await {
        Ok(()) => said::redirect(&format!("/engagements/{engagement}/access/revoke?all=1"), t!("retention.is_set"), None),
        Err(Failure::Refused(refusal)) => {
            let shown = async {
                let why = match &refusal {
                    Refusal::Field { why, .. } => why.clone(),
                    other => sentence(other),
                };
                let which = revoke::Which { all: true, person: None };
                revoke::list(&caller, engagement.as_str(), (which, revoke::Tried { act: KEEP.to_owned(), sent: fields, why })).await
            };
            let shown = shown.await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}
