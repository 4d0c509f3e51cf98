//! The calendars of both sides: region, working week, own closures.

use tminus_app::engagement::closures::{read_closures, write_closures};
use tminus_domain::{
    kit::Side,
    schedule::{ClosureKind, MAX_CALENDARS, Weekdays, WorkCalendar, region_name, region_of, regions},
};

use super::SetupForm;
use crate::words::Words;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// One calendar of the form.
pub(crate) struct CalendarPart {
    /// `c0`, before the names of its fields.
    pub(crate) key: String,
    pub(crate) name: String,
    /// Value, word, whether it is theirs.
    pub(crate) sides: [(&'static str, Words, bool); 3],
    /// A place for one more calendar: it is none until it is filled in.
    pub(crate) more: bool,
    /// Taken out by hand.
    pub(crate) out: bool,
    pub(crate) region: String,
    /// What the region was understood as.
    pub(crate) region_name: String,
    /// Value, word, whether it is worked.
    pub(crate) days: Vec<(&'static str, Words, bool)>,
    pub(crate) closures: String,
    /// What events of a calendar file are taken for.
    pub(crate) kind: String,
    pub(crate) notes: Vec<String>,
    pub(crate) count: usize,
}

impl SetupForm {
    pub(super) fn read_calendars(&mut self) -> Vec<WorkCalendar> {
        let count = self.calendar_count();
        if count > MAX_CALENDARS {
            self.refuse("calendars", t!("setup.calendars_many").with("n", MAX_CALENDARS));
        }
        let kept: Vec<_> = (0..count.min(MAX_CALENDARS)).filter(|index| !self.is_left_out(*index)).collect();
        kept.into_iter().map(|index| self.read_calendar(index)).collect()
    }

    fn calendar_count(&self) -> usize {
        (0..=MAX_CALENDARS).take_while(|index| self.fields.has(&format!("c{index}.side"))).count()
    }

    /// Taken out by hand, or the place for one more that nobody filled in.
    fn is_left_out(&self, index: usize) -> bool {
        let key = format!("c{index}");
        let is_empty = |name: &str| self.fields.get(&format!("{key}.{name}")).trim().is_empty();
        self.fields.has(&format!("{key}.out"))
            || self.fields.has(&format!("{key}.more")) && ["name", "region", "closures", "closures.unread"].into_iter().all(is_empty)
    }

    fn read_calendar(&mut self, index: usize) -> WorkCalendar {
        let key = format!("c{index}");
        let name = self.fields.get(&format!("{key}.name")).trim().to_owned();
        let side = self.fields.get(&format!("{key}.side")).parse().unwrap_or(Side::Delivery);
        let mut calendar = WorkCalendar::new(name, side);
        if calendar.name.is_empty() {
            self.refuse(&format!("{key}.name"), t!("setup.calendar_name"));
        }
        let region = self.fields.get(&format!("{key}.region")).trim().to_owned();
        match region_of(&region) {
            Some(found) => calendar.region = Some(found),
            None if region.is_empty() => {}
            None => {
                self.refuse(&format!("{key}.region"), t!("setup.no_region").with("region", region.chars().take(60).collect::<String>()));
            }
        }
        let days: Vec<String> = self.fields.all(&format!("{key}.day")).map(ToOwned::to_owned).collect();
        match Weekdays::try_from(days) {
            Ok(days) => calendar.working_days = days,
            Err(why) => self.refuse(&format!("{key}.day"), why.to_string()),
        }
        let text = self.fields.text(&format!("{key}.closures"));
        let kind = self.fields.get(&format!("{key}.kind")).parse().unwrap_or(ClosureKind::Closure);
        match read_closures(&text, kind, self.fields.get("zone")) {
            Ok(read) => {
                self.notes.insert(key.clone(), read.notes);
                self.closures.insert(key.clone(), read.closures.len());
                calendar.closures = read.closures;
            }
            Err(problems) => self.refuse(&format!("{key}.closures"), t!("setup.closures_refused").with("problems", shortened(&problems))),
        }
        if let Some(why) = self.fields.given(&format!("{key}.closures.unread")).map(ToOwned::to_owned) {
            self.refuse(&format!("{key}.closures"), t!("setup.closures_refused").with("problems", why));
        }
        calendar
    }

    /// The calendars of the form, and a place for one more.
    pub(crate) fn calendar_parts(&self) -> Vec<CalendarPart> {
        let count = self.calendar_count();
        let shown = (0..count).filter(|index| self.fields.has(&format!("c{index}.out")) || !self.is_left_out(*index));
        let mut parts: Vec<_> = shown.map(|index| self.calendar_part(index, false)).collect();
        if parts.len() < MAX_CALENDARS {
            let spare = (0..count).find(|index| !self.fields.has(&format!("c{index}.out")) && self.is_left_out(*index));
            parts.push(self.calendar_part(spare.unwrap_or(count), true));
        }
        parts
    }

    fn calendar_part(&self, index: usize, more: bool) -> CalendarPart {
        let key = format!("c{index}");
        let day = format!("{key}.day");
        let chosen: Vec<&str> = self.fields.all(&day).collect();
        let is_new = !self.fields.has(&format!("{key}.side"));
        let words = [t!("weekday.1"), t!("weekday.2"), t!("weekday.3"), t!("weekday.4"), t!("weekday.5"), t!("weekday.6"), t!("weekday.7")];
        let field = |name: &str| self.fields.text(&format!("{key}.{name}"));
        let worked = |index: usize, day: &str| if is_new { index < 5 } else { chosen.contains(&day) };
        let side = field("side").parse().unwrap_or(Side::Delivery);
        CalendarPart {
            name: field("name"),
            sides: Side::ALL.map(|it| (it.as_str(), crate::checklist::sheet::side(it).word(), it == side)),
            more,
            out: self.fields.has(&format!("{key}.out")),
            region: field("region"),
            region_name: region_of(field("region").trim()).as_ref().and_then(region_name).map(|name| name.to_string()).unwrap_or_default(),
            days: DAYS.into_iter().zip(words).enumerate().map(|(index, (day, word))| (day, word, worked(index, day))).collect(),
            closures: field("closures"),
            kind: field("kind"),
            notes: self.notes.get(&key).cloned().unwrap_or_default(),
            count: self.closures.get(&key).copied().unwrap_or_default(),
            key,
        }
    }

    /// Code and name of every region, for the picker.
    #[expect(clippy::unused_self, reason = "a template calls it, and knows the form only")]
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&'static str, String)> {
        regions().map(|region| (region.code, region.to_string()))
    }

    /// Names of time zones, for the picker.
    #[expect(clippy::unused_self, reason = "a template calls it, and knows the form only")]
    pub(crate) fn zones(&self) -> Vec<String> {
        jiff::tz::db().available().map(|name| name.to_string()).filter(|name| name.contains('/') && !name.starts_with("Etc/")).collect()
    }
}

fn shortened(problems: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = problems.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if problems.len() > SHOWN {
        text.push_str(&t!("setup.more_problems").with("n", problems.len() - SHOWN).to_string());
    }
    text
}

/// A calendar as the fields of the form.
pub(super) fn pairs(index: usize, calendar: &WorkCalendar) -> Vec<(String, String)> {
    let name = |field: &str| format!("c{index}.{field}");
    let days: Vec<String> = calendar.working_days.into();
    let mut pairs = vec![
        (name("name"), calendar.name.clone()),
        (name("side"), calendar.side.as_str().to_owned()),
        (name("region"), calendar.region.as_ref().map(ToString::to_string).unwrap_or_default()),
        (name("closures"), write_closures(&calendar.closures)),
    ];
    pairs.extend(days.into_iter().map(|day| (name("day"), day)));
    pairs
}
