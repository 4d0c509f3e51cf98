//! One item worked by whom it belongs to, with the evidence that it asks for.

use std::sync::Arc;

use jiff::{SignedDuration, civil::Date};
use tminus_app::{
    App, Failure,
    checklist::{
        comment::{AddComment, add_comment},
        evidence::{AddEvidence, AttachFile, add_evidence, attach_file},
        status::{AcceptItem, SetStatus, accept_item, set_status},
    },
    engagement::list::show_engagement,
};
use tminus_domain::{
    checklist::{item::Item, status::State},
    engagement::Engagement,
    ids::{EngagementId, ItemId},
    kit::{
        Side,
        task::{EvidenceKind, EvidenceRule},
    },
    rights::Actor,
};

use super::{people::Cast, plot::Plot};
use crate::{clock::SetClock, exit::Stop};

pub(super) struct Worker<'a> {
    pub(super) app: &'a App,
    pub(super) clock: &'a SetClock,
    pub(super) cast: &'a Cast,
    pub(super) plot: &'a Plot,
    pub(super) engagement: &'a EngagementId,
}

impl Worker<'_> {
    /// Brings an item as far as its story goes.
    pub(super) async fn work(&self, id: &ItemId, horizon: Date) -> Result<(), Stop> {
        let engagement = self.look().await?;
        let Some(item) = engagement.item(id).filter(|item| item.is_open()).cloned() else { return Ok(()) };
        if let Some((_, turn)) = self.plot.turns.iter().find(|(task, _)| item.task.as_str() == *task) {
            if item.state() != State::ToDo {
                return Ok(());
            }
            let (reason, third_party) = (some(turn.why), some(turn.third_party));
            return self.set(&engagement, &item, SetStatus { item: id.clone(), to: turn.to, reason, third_party, version: None }).await;
        }
        let held_up = engagement.open_before(&item).next().is_some() || engagement.parts(id).any(|part| part.is_open());
        let due = item.due_on().is_none_or(|due| due <= horizon);
        if held_up || !due {
            let begun = matches!(item.state(), State::ToDo) && engagement.open_before(&item).next().is_none();
            let starting = SetStatus { item: id.clone(), to: State::InProgress, reason: None, third_party: None, version: None };
            return if begun { self.set(&engagement, &item, starting).await } else { Ok(()) };
        }
        self.finish(&engagement, &item).await
    }

    async fn look(&self) -> Result<Arc<Engagement>, Stop> {
        Ok(show_engagement(self.app, self.cast.get("Ann")?, self.engagement).await?.engagement)
    }

    async fn finish(&self, engagement: &Engagement, item: &Item) -> Result<(), Stop> {
        let who = self.who(engagement, item)?;
        for rule in item.missing_evidence() {
            self.prove(who, item, rule).await?;
        }
        let done = SetStatus { item: item.id.clone(), to: State::Done, reason: None, third_party: None, version: None };
        self.set(engagement, item, done).await?;
        self.later();
        match item.content.accepted_by {
            None => Ok(()),
            Some(side) => {
                let accepting = self.of_side(if side == Side::Customer { Side::Customer } else { Side::Delivery })?;
                accept_item(self.app, accepting, self.engagement, AcceptItem { item: item.id.clone(), on_behalf_of: None, version: None })
                    .await?;
                let thanks = AddComment { item: item.id.clone(), text: "Accepted, thank you.".to_owned(), internal: false };
                add_comment(self.app, accepting, self.engagement, thanks).await?;
                Ok(())
            }
        }
    }

    async fn set(&self, engagement: &Engagement, item: &Item, input: SetStatus) -> Result<(), Stop> {
        self.later();
        let who = self.who(engagement, item)?;
        // Dropping an item is for those who manage it.
        let who = if matches!(input.to, State::Waived | State::NotApplicable) { self.cast.get("Ann")? } else { who };
        set_status(self.app, who, self.engagement, input).await.map_err(|failure| self.failed(item, failure))?;
        Ok(())
    }

    async fn prove(&self, who: &Actor, item: &Item, rule: &EvidenceRule) -> Result<(), Stop> {
        self.later();
        let said = if rule.ask.is_empty() { item.content.title.as_str() } else { rule.ask.as_str() };
        let done = if rule.kind == EvidenceKind::File {
            let text = format!("{said}\n\nConfirmed for {} by {}.\n", self.plot.customer, who.name);
            let input =
                AttachFile { item: item.id.clone(), name: format!("{}.txt", item.task), bytes: text.into_bytes().into(), version: None };
            attach_file(self.app, who, self.engagement, input).await
        } else {
            let text = match rule.kind {
                EvidenceKind::Link => format!("https://wiki.example.com/{}/{}", slug(self.plot.customer), item.task),
                EvidenceKind::Fact => self.app.today(&who.zone).to_string(),
                _ => format!("{said}: confirmed by {} on {}", who.name, self.app.today(&who.zone)),
            };
            let input = AddEvidence { item: item.id.clone(), kind: rule.kind, text, fact: rule.fact.clone(), version: None };
            add_evidence(self.app, who, self.engagement, input).await
        };
        done.map(drop).map_err(|failure| self.failed(item, failure))
    }

    /// Whoever owns it, if they work on items; where the other side accepts, somebody of this one.
    fn who(&self, engagement: &Engagement, item: &Item) -> Result<&Actor, Stop> {
        if let Some(accepting) = item.content.accepted_by {
            return if accepting == Side::Customer { self.cast.get("Ann") } else { self.cast.get(self.plot.managed_by) };
        }
        let owners = engagement.owners(item, self.app.today(&engagement.plan.setup.zone));
        let owner = owners.iter().filter_map(|owner| owner.person).find_map(|person| self.cast.by_id(person));
        match owner {
            // A sponsor decides, and does not work on items.
            Some(owner) if owner.name != "Iris Vance" => Ok(owner),
            _ => self.cast.get("Ann"),
        }
    }

    fn of_side(&self, side: Side) -> Result<&Actor, Stop> {
        self.cast.get(if side == Side::Customer { self.plot.managed_by } else { "Dee" })
    }

    /// Some minutes on: nobody does everything at once.
    fn later(&self) {
        let now = self.app.now();
        self.clock.advance_to(now.checked_add(SignedDuration::from_secs(97)).unwrap_or(now).min(crate::clock::now()));
    }

    fn failed(&self, item: &Item, failure: Failure) -> Stop {
        Stop::from(failure).after(&format!("sample: {}, {}", self.plot.customer, item.key))
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn slug(text: &str) -> String {
    text.to_lowercase().replace(' ', "-")
}
