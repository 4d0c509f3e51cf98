//! Looking up what a region has off, to see by what dates will be counted.

use tminus_app::{App, Failure};
use tminus_domain::schedule::{NotHeld, public_holidays, region_name, region_of, regions};

use crate::{
    caller::{Caller, capital},
    fields::Fields,
    when::full_day,
};

/// What was asked for, and what is known of it.
pub(super) struct Lookup {
    pub(super) region: String,
    pub(super) year: String,
    /// `Germany, Bayern`.
    pub(super) name: String,
    /// Day and name of each, in the order of the year.
    pub(super) days: Vec<(String, &'static str)>,
    /// The field, and why it cannot be answered.
    pub(super) refused: (&'static str, String),
}

impl Lookup {
    /// Nothing asked for: an empty form for this year.
    fn empty(app: &App, caller: &Caller) -> Self {
        let year = app.today(&caller.actor.zone).year().to_string();
        Self { region: String::new(), year, name: String::new(), days: Vec::new(), refused: ("", String::new()) }
    }

    pub(super) fn of(caller: &Caller, asked: &Fields) -> Result<Self, Failure> {
        asked.only(&["region", "year"])?;
        let empty = Self::empty(caller.app(), caller);
        let short = |name| asked.get(name).trim().chars().take(60).collect::<String>();
        let region = short("region");
        let year = asked.given("year").map_or(empty.year.clone(), |_| short("year"));
        if region.is_empty() {
            return Ok(Self { year, ..empty });
        }
        let asked = Self { region, year, ..empty };
        let Some(found) = region_of(&asked.region) else {
            let why = t!("setup.no_region").with("region", &asked.region).into();
            return Ok(Self { refused: ("region", why), ..asked });
        };
        let Ok(year) = asked.year.parse() else {
            return Ok(Self { refused: ("year", t!("form.unusable").with("value", &asked.year).into()), ..asked });
        };
        let name = region_name(&found).map(|name| name.to_string()).unwrap_or_default();
        Ok(match public_holidays(&found, year) {
            Ok(days) => Self { name, days: days.iter().map(|day| (full_day(day.date), day.title)).collect(), ..asked },
            Err(NotHeld::Year { first, last, .. }) => {
                let why = t!("settings.year_unknown").with("first", first).with("last", last).to_string();
                Self { name, refused: ("year", why), ..asked }
            }
            Err(other) => Self { refused: ("region", capital(&other.to_string())), ..asked },
        })
    }

    /// Code and name of every region, for the picker.
    #[expect(clippy::unused_self, reason = "a template calls it, and knows the page only")]
    pub(super) fn regions(&self) -> impl Iterator<Item = (&'static str, String)> {
        regions().map(|region| (region.code, region.to_string()))
    }

    pub(super) fn error(&self, field: &str) -> &str {
        if self.refused.0 == field { &self.refused.1 } else { "" }
    }
}
