//! An engagement as somebody looks at it today: what they see, what they may do, and the header of its pages.

use std::sync::Arc;

use jiff::civil::Date;
use tminus_app::{Failure, store::View};
use tminus_domain::{
    checklist::status::State,
    engagement::Engagement,
    ids::EngagementId,
    rights::{Right, Standing, standing_of},
};

use crate::{
    caller::Caller,
    checklist::Sheet,
    mark::Mark,
    shell::{Header, Link, Place, Shell, Tab},
    when::{self, Countdown},
};

pub(crate) struct Desk {
    pub(crate) view: View,
    pub(crate) today: Date,
    pub(crate) sheet: Arc<Sheet>,
    pub(crate) standing: Standing,
}

impl Desk {
    /// Opens an engagement for somebody who has the right.
    pub(crate) async fn open(caller: &Caller, id: &str, right: Right) -> Result<Self, Failure> {
        let view = caller.app().view(&caller.actor, &EngagementId(id.to_owned()), right).await?;
        let today = caller.app().today(&view.engagement.plan.setup.zone);
        let standing = standing_of(&caller.actor, view.engagement.ground(today)).ok_or(Failure::NotFound)?;
        let works = standing.may(Right::WorkItems) && view.engagement.allows(Right::WorkItems);
        let sheet = caller.front.sheets.of(&view, today, works);
        Ok(Self { view, today, sheet, standing })
    }

    pub(crate) fn engagement(&self) -> &Engagement {
        &self.view.engagement
    }

    pub(crate) fn id(&self) -> &str {
        self.view.engagement.id.as_str()
    }

    pub(crate) fn may(&self, right: Right) -> bool {
        self.standing.may(right) && self.engagement().allows(right)
    }

    /// Whether they may move access of their own, and what they give: also after the end.
    pub(crate) fn moves_access(&self) -> bool {
        self.standing.may(Right::WorkItems) && self.engagement().allows(Right::MoveAccess)
    }

    /// What a page of this engagement depends on, besides what was asked.
    pub(crate) fn edition<'a>(&'a self, caller: &'a Caller) -> impl std::hash::Hash + 'a {
        (
            self.id(),
            self.view.engagement.revision,
            self.today.to_string(),
            caller.actor.person.as_str(),
            caller.actor.practice,
            &caller.actor.zone,
        )
    }

    /// How the engagement stands: a first look, not a forecast.
    pub(crate) fn rating(&self) -> Mark {
        let closed = self.engagement().plan.closing.closed_at.is_some();
        match () {
            () if closed && self.opened_since() > 0 => Mark::REOPENED,
            () if closed => Mark::COMPLETE,
            () if self.sheet.late > 0 || self.sheet.short > 0 || self.is_blocked() => Mark::AT_RISK,
            () if !self.sheet.begun => Mark::NOT_STARTED,
            () => Mark::ON_TARGET,
        }
    }

    fn is_blocked(&self) -> bool {
        self.engagement().listed().any(|item| item.applies() && item.state() == State::Blocked)
    }

    /// How much access has to end now, for those who see everybody's.
    pub(crate) fn to_revoke(&self) -> usize {
        if self.may(Right::ReadAccess) { self.engagement().to_revoke(self.today, false).count() } else { 0 }
    }

    /// Items that are open although Sprint 0 was closed without them.
    pub(crate) fn opened_since(&self) -> usize {
        self.engagement().plan.closing.opened_since(self.engagement())
    }

    /// The surroundings of one of its pages.
    pub(crate) fn shell(&self, caller: &Caller, tab: Tab) -> Shell {
        let engagement = self.engagement();
        let setup = &engagement.plan.setup;
        let ahead = ["kickoff", "sprint-0.end"].into_iter().filter_map(|id| {
            let milestone = engagement.plan.milestones.iter().find(|it| it.id.as_str() == id)?;
            let date = milestone.when.date()?;
            Some((format!("{} {}", milestone.title, when::day(date)), Countdown { days_left: self.sheet.days.to(date)? }))
        });
        let header = Header {
            id: self.id().to_owned(),
            customer: setup.customer.clone(),
            name: setup.title.clone(),
            rating: if engagement.plan.closing.ended.is_some() { Mark::CLOSED } else { self.rating() },
            tab,
            open: vec![(Tab::Checklist, self.sheet.open)],
            ahead: ahead.collect(),
            plans: self.may(Right::EditPlan),
            reads_record: self.may(Right::ReadRecord),
            customer_view: self.may(Right::ReadInternal),
        };
        Shell {
            engagement: Some(header),
            crumbs: vec![
                Link { words: t!("rail.engagements").into(), href: "/engagements".into() },
                Link { words: setup.customer.clone(), href: format!("/engagements/{}/countdown", self.id()) },
            ],
            live: Some(format!("/engagements/{}/events", self.id())),
            over: engagement.plan.closing.ended.as_ref().map(|ended| {
                let day = when::full_day(self.sheet.days.day(ended.mark.at));
                let words = if engagement.is_erased() { t!("access.over_erased") } else { t!("access.over") };
                words.with("day", day).into()
            }),
            ..caller.shell(tab.word(), Place::Engagements)
        }
    }
}
