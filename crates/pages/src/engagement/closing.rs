//! Closing Sprint 0: the onboarding report and its signatures.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure, Refusal,
    access::ending::{Count, list_ending},
    engagement::{
        closing::{SignReport, preview_report, sign_report},
        offboarding::offboarding_kit,
    },
};
use tminus_domain::{
    engagement::closing::{Closing, Line, Report, Signature},
    ids::{EngagementId, PersonId},
    kit::Side,
    rights::Right,
};

use crate::{
    caller::{Caller, sentence},
    checklist::{
        panel::{face, moment},
        sheet::side,
    },
    engagement::{desk::Desk, retention::Kept},
    fields::Fields,
    mark::{Face, Mark},
    page::Page,
    record::told::short,
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    when,
};

pub(crate) fn routes(table: Table) -> Table {
    table.get("/engagements/{engagement}/report", Needs::Engagement(Right::ReadEngagement), show).post(
        "/engagements/{engagement}/report/sign",
        Needs::Engagement(Right::CloseSprint),
        sign,
    )
}

#[derive(Template)]
#[template(path = "engagement/report.html", blocks = ["inside"])]
struct ReportPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    caller: &'a Caller,
    report: Report,
    closing: Closing,
    /// What was typed into a form that was refused.
    typed: Fields,
    field: &'static str,
    why: String,
    /// How much has to end with the engagement; `None` once it has ended, and for those who do not see everybody's access.
    to_end: Option<Count>,
    /// Where the off-boarding kit is added, if it is not there.
    kit: String,
    kept: Kept,
}

struct Signed {
    face: Face,
    side: crate::words::Words,
    at: String,
    by: String,
    counts: bool,
}

impl Page for ReportPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl ReportPage<'_> {
    fn closed(&self) -> Option<String> {
        self.closing.closed_at.map(|at| moment(self.caller, at))
    }

    fn signs(&self) -> bool {
        self.closing.closed_at.is_none() && self.desk.may(Right::CloseSprint)
    }

    /// The person's own side may still sign.
    fn signs_itself(&self) -> bool {
        let own = self.desk.view.scope.side();
        own != Side::Partner && !self.closing.signatures.iter().any(|signature| signature.side == own && self.counts(signature))
    }

    fn counts(&self, signature: &Signature) -> bool {
        signature.digest == self.closing.report.as_ref().unwrap_or(&self.report).digest
    }

    fn signatures(&self) -> Vec<Signed> {
        let engagement = self.desk.engagement();
        let signed = |signature: &Signature| Signed {
            face: face(self.desk, signature.mark.on_behalf_of.as_ref().unwrap_or(&signature.mark.by)),
            side: side(signature.side).word(),
            at: moment(self.caller, signature.mark.at),
            by: signature.mark.on_behalf_of.as_ref().map(|_| engagement.name(&signature.mark.by).to_owned()).unwrap_or_default(),
            counts: self.counts(signature),
        };
        self.closing.signatures.iter().map(signed).collect()
    }

    /// Who may sign for the customer: the delivery side can write down that they did.
    fn others(&self) -> Vec<(String, String)> {
        let engagement = self.desk.engagement();
        if self.desk.view.scope.side() != Side::Delivery {
            return Vec::new();
        }
        let theirs = engagement.members.iter().filter(|member| member.side() == Side::Customer && member.function.may(Right::CloseSprint));
        theirs.map(|member| (member.person.to_string(), engagement.name(&member.person).to_owned())).collect()
    }

    fn open_words(state: &str) -> String {
        state.parse().map_or_else(|()| state.to_owned(), |state| crate::checklist::sheet::mark(state).word.into())
    }

    fn on(&self) -> String {
        when::full_day(self.report.on)
    }

    fn sprint_end(&self) -> Option<String> {
        self.report.sprint_end.map(when::full_day)
    }

    fn percent(&self) -> u32 {
        ((self.report.done + u32::try_from(self.report.waived.len()).unwrap_or_default()) * 100)
            .checked_div(self.report.applicable)
            .unwrap_or(0)
    }

    /// What is said of a waiver: who waived it, and why.
    fn waived(&self, line: &Line) -> String {
        let by = line.by.as_ref().map(|by| self.desk.engagement().name(by));
        by.map_or_else(|| line.note.clone(), |name| t!("report.waived_by").with("name", name).with("reason", &line.note).into())
    }

    /// Why the digest is another than that of what is seen.
    fn covers_more(&self) -> bool {
        !self.desk.view.scope.sees_internal()
    }

    fn reopened(&self) -> Option<String> {
        let since = self.desk.opened_since();
        (since > 0).then(|| t!("report.reopened.one").or_many(t!("report.reopened.many"), since).into())
    }

    fn digest(&self) -> String {
        short(&self.report.digest)
    }

    fn number(&self, item: &tminus_domain::ids::ItemId) -> &str {
        self.desk.sheet.row(item).map_or("", |row| &row.number)
    }

    /// The person or workstream that an item is for.
    fn whom(&self, item: &tminus_domain::ids::ItemId) -> &str {
        self.desk.sheet.row(item).map(|row| self.desk.engagement().whom(&row.item)).unwrap_or_default()
    }

    fn error(&self, field: &str) -> &str {
        if self.field == field { &self.why } else { "" }
    }

    fn refusal(&self) -> &str {
        if ["reason", "proof"].contains(&self.field) { "" } else { &self.why }
    }
}

async fn page(caller: &Caller, id: &str, typed: Fields, (field, why): (&'static str, String)) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let (now, closing) = preview_report(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    // Once closed, the report is what it was then.
    let frozen = closing.report.clone().filter(|_| closing.closed_at.is_some());
    let status = if why.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let kept = Kept::of(caller, &desk);
    let mut shell = desk.shell(caller, Tab::Report);
    shell.title = t!("report.title").into();
    let ending = list_ending(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let to_end = Some(ending.count(true)).filter(|_| ending.access.whole && closing.ended.is_none());
    let kit = offboarding_kit(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let kit = kit.filter(|_| to_end.is_some() && ending.access.acts).map(|_| format!("/engagements/{id}/plan?add=offboarding"));
    let (report, kit) = (frozen.unwrap_or(now), kit.unwrap_or_default());
    let page = ReportPage { shell, desk: &desk, caller, report, closing, typed, field, why, to_end, kit, kept };
    Ok(caller.asked.show_as(status, &page))
}

async fn show(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = page(&caller, &id, Fields::default(), ("", String::new())).await;
    caller.answer(shown)
}

async fn sign(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let signed = async {
        fields.only(&["reason", "on_behalf_of", "proof"])?;
        let reason = fields.given("reason").map(|_| fields.text("reason"));
        let on_behalf_of = fields.given("on_behalf_of").map(|person| (PersonId::from(person), fields.text("proof")));
        sign_report(caller.app(), &caller.actor, &engagement, SignReport { reason, on_behalf_of }).await
    };
    match signed.await {
        Ok(closing) => {
            let words = if closing.closed_at.is_some() { t!("report.is_closed") } else { t!("report.is_signed") };
            said::redirect(&format!("/engagements/{engagement}/report"), words, None)
        }
        Err(Failure::Refused(refusal)) => {
            let field = match &refusal {
                Refusal::Closing(tminus_domain::engagement::closing::Refused::Open(_)) => "reason",
                Refusal::Field { field, .. } => field,
                _ => "",
            };
            let shown = page(&caller, engagement.as_str(), fields, (field, sentence(&refusal))).await;
            caller.answer(shown)
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}
