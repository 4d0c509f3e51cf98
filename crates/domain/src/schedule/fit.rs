//! Whether there is time enough.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Calendars, NoDate};
use crate::kit::due::LeadTime;

/// How long something takes against the time that is left, in business days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "fit", rename_all = "snake_case")]
pub enum Fit {
    Fits {
        needs: i32,
        left: i32,
    },
    /// It has to start today.
    Tight {
        needs: i32,
        left: i32,
    },
    /// It cannot be done in time, even if it starts today.
    Impossible {
        needs: i32,
        left: i32,
    },
    /// The due date is over, by so many business days.
    Past {
        late: i32,
    },
}

impl Calendars {
    /// The last day to start on, so that it is ready on the due date.
    pub fn start_by(&self, due: Date, lead: LeadTime) -> Result<Date, NoDate> {
        self.before(due, lead.days.into())
    }

    /// Whether something that takes `lead` can be ready when due, if it starts today at the earliest.
    pub fn fit(&self, today: Date, due: Date, lead: LeadTime) -> Result<Fit, NoDate> {
        let left = self.business_days_between(today, due)?;
        let needs = i32::from(lead.days);
        Ok(match () {
            () if due < today => Fit::Past { late: -left },
            () if left < needs => Fit::Impossible { needs, left },
            () if left == needs && needs > 0 => Fit::Tight { needs, left },
            () => Fit::Fits { needs, left },
        })
    }

    /// Business days left until a milestone: the 9 of “T−9”. Negative after it.
    pub fn t_minus(&self, today: Date, milestone: Date) -> Result<i32, NoDate> {
        self.business_days_between(today, milestone)
    }
}
