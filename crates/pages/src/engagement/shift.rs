//! Moving a milestone so far that an item can be made in time: where to, and the page that shows what else it moves.

use tminus_domain::{checklist::item::Item, engagement::PlannedMilestone};

use super::desk::Desk;
use crate::when::{day, full_day};

/// A way out that is a link: the plan with another date in it. Nothing is changed by following it.
pub(crate) struct Shift {
    pub(crate) href: String,
    pub(crate) words: String,
}

impl Desk {
    /// The first date of the item's milestone that leaves the item its lead time. `None` where no milestone's date decides it.
    pub(crate) fn shift(&self, item: &Item) -> Option<Shift> {
        let milestone = self.decides(item)?;
        let days = &self.sheet.days;
        let (need, _) = days.short(self.engagement(), item)?;
        let missing = need.cast_signed() - days.to(item.due_on()?)?;
        let to = days.after(days.to(milestone.when.date()?)? + missing)?;
        let day = if to.year() == self.today.year() { day(to) } else { full_day(to) };
        Some(Shift {
            href: format!("/engagements/{}/plan?ms.{}={to}", self.id(), milestone.id),
            words: t!("panel.move_to").with("milestone", &milestone.title).with("day", day).into(),
        })
    }

    /// The milestone that somebody gave and that the item's date is counted from, itself or by way of others.
    fn decides(&self, item: &Item) -> Option<&PlannedMilestone> {
        if item.pinned {
            return None;
        }
        let named = |id: &str| self.engagement().plan.milestones.iter().find(|it| it.id.as_str() == id);
        let own = named(item.content.due.as_ref()?.anchor.as_str())?;
        if own.given { Some(own) } else { named("kickoff").filter(|it| it.given) }
    }
}
