//! Closing Sprint 0.

use tminus_domain::{
    access::{Grant, Step},
    checklist::{item::Mark, work::MAX_TEXT},
    engagement::{
        Plan,
        closing::{Closing, Ended, Refused, Report},
    },
    ids::{EngagementId, PersonId},
    kit::Side,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};

use crate::{
    App, Failure, Refusal,
    access::{ending::end_ways_in, follow},
    checklist::title,
    engagement::plan,
};

pub struct SignReport {
    /// Why it is closed though items are open.
    pub reason: Option<String>,
    /// Who of the customer's may sign, and signed elsewhere: the delivery side writes it down, with what shows it.
    pub on_behalf_of: Option<(PersonId, String)>,
}

/// The report as it would be frozen now.
pub async fn preview_report(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<(Report, Closing), Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let closing = view.engagement.plan.closing.clone();
    let reason = closing.report.as_ref().and_then(|report| report.reason.clone());
    let report = Report::of(&view.engagement, app.today(&view.engagement.plan.setup.zone), reason);
    Ok((report, closing))
}

/// Signs the onboarding report for a side. The second side's signature closes Sprint 0.
pub async fn sign_report(app: &App, actor: &Actor, engagement: &EngagementId, input: SignReport) -> Result<Closing, Failure> {
    let mut change = app.change(actor, engagement, Right::CloseSprint).await?;
    let whole = change.engagement();
    let (side, proof) = match &input.on_behalf_of {
        None => (change.scope().side(), None),
        Some((person, proof)) => {
            let member = whole.member(person).ok_or(Failure::NotFound)?;
            if change.scope().side() != Side::Delivery || member.side() != Side::Customer {
                return Err(
                    Refusal::field("on_behalf_of", "the delivery side writes down what the customer signed, and nobody else").into()
                );
            }
            if !member.function.may(Right::CloseSprint) {
                let name = whole.name(person);
                return Err(Refusal::field("on_behalf_of", format!("{name} may not sign: a customer manager does")).into());
            }
            if proof.trim().is_empty() {
                return Err(Refusal::field("proof", "say what shows that they signed: a link or a note").into());
            }
            (member.side(), Some(proof.clone()))
        }
    };
    let earlier = whole.plan.closing.report.as_ref().and_then(|report| report.reason.clone());
    let report = Report::of(whole, app.today(&whole.plan.setup.zone), input.reason.clone().or(earlier));
    let on_behalf_of = input.on_behalf_of.map(|(person, _)| person);
    let mark = Mark { by: actor.person.clone(), at: app.now(), on_behalf_of };
    let open: Vec<_> = report.open.iter().map(|line| title(&change, &line.item)).collect();
    let closing = whole.plan.closing.clone().sign(side, mark, report).map_err(|refused| match refused {
        Refused::Open(_) => Refused::Open(open),
        other => other,
    })?;
    let kind = if closing.closed_at.is_some() { FactKind::SprintClosed } else { FactKind::SprintSigned };
    // The digest proves the whole report. Its counts would tell how much there is that not everybody may see.
    let told = serde_json::json!({ "side": side.as_str(), "digest": closing.report.as_ref().map(|report| &report.digest) });
    let mut fact = Fact::new(kind, engagement.as_str(), &whole.plan.setup.title).to(told).why(input.reason);
    if let Some(proof) = proof {
        fact = fact.text("proof", proof);
    }
    let plan = Plan { closing: closing.clone(), ..Plan::clone(&whole.plan) };
    change.save_plan(plan);
    change.record(fact);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(closing)
}

/// Ends the engagement: nobody has access any more, but those for whom somebody answers by name, nothing is left open, and no
/// link and no key that opens nothing else works.
pub async fn end_engagement(app: &App, actor: &Actor, engagement: &EngagementId, note: String) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::EndEngagement).await?;
    let (whole, now) = (change.engagement().clone(), app.now());
    if note.chars().count() > MAX_TEXT {
        return Err(Refusal::field("note", format!("at most {MAX_TEXT} characters")).into());
    }
    let mark = Mark { by: actor.person.clone(), at: now, on_behalf_of: None };
    let today = app.today(&whole.plan.setup.zone);
    let mut closing = whole.plan.closing.clone().end(&whole, today, mark, note.trim().to_owned())?;
    let open = whole.listed().filter(|item| item.is_open()).count();
    if open > 0 && note.trim().is_empty() {
        return Err(Refusal::field("note", format!("{open} items are still open: say why it ends all the same")).into());
    }
    let (links, keys) = end_ways_in(&mut change, None, now).await?;
    let carried = closing.ended.as_ref().map_or(0, |ended| ended.carried);
    closing.ended = closing.ended.map(|ended| Ended { links, keys, ..ended });
    change.save_plan(Plan { closing, ..Plan::clone(&whole.plan) });
    // What was asked for and never given is not asked for any more.
    for grant in whole.grants.iter().filter(|grant| matches!(grant.step, Step::Requested | Step::Approved)) {
        let by = Some(actor.person.clone());
        follow(&mut change, Grant { step: Step::Withdrawn, since: now, by, wanted: false, ..Grant::clone(grant) });
    }
    let to = serde_json::json!({ "carried": carried, "links": links, "keys": keys });
    change.record(Fact::new(FactKind::EngagementEnded, engagement.as_str(), &whole.plan.setup.title).to(to).why(Some(note)));
    change.save(actor, now, &app.salt()).await?;
    Ok(())
}

/// Opens an engagement again that had ended. Links and keys that ended with it stay ended; access that was asked for then is asked for anew.
pub async fn reopen_engagement(app: &App, actor: &Actor, engagement: &EngagementId, why: String) -> Result<(), Failure> {
    if why.chars().count() > MAX_TEXT {
        return Err(Refusal::field("why", format!("at most {MAX_TEXT} characters")).into());
    }
    let kits = plan::kits_of(app, actor, engagement).await?;
    let mut change = app.change(actor, engagement, Right::EndEngagement).await?;
    let plan = Plan::clone(&change.engagement().plan);
    let closing = plan.closing.clone().reopen(&why)?;
    let ended = plan.closing.ended.as_ref().map(|ended| ended.mark.at.to_string());
    let fact = Fact::new(FactKind::EngagementReopened, engagement.as_str(), &plan.setup.title).from(ended);
    change.record(fact.why(Some(why.trim().to_owned())));
    change.save_plan(Plan { closing, ..plan });
    // What the end took away is needed again.
    plan::follow(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}
