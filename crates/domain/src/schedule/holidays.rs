//! Public holidays, by region and year.
//!
//! They come from the npm package `date-holidays` (data under CC BY-SA 3.0, see NOTICE) through `tools/holidays.mjs`.
//! That file has three lists: names; series of days (`0101` every year, or one field per year, `.` between days);
//! and regions as `code|title|last year|name.series …` with numbers in base 36. A part of a country has only what it
//! has more (`+`) and less (`-`) than the country.

use std::sync::{LazyLock, OnceLock};

use jiff::civil::Date;

use super::{Region, RegionName};

/// A day off by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    pub date: Date,
    /// In English, or as it is called there where there is no English name.
    pub title: &'static str,
}

/// Public holidays that are asked for and not held. Never the same as no holidays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    #[error("no public holidays are known for region “{0}”: choose a region of the list, or none")]
    Region(Region),
    #[error(
        "the public holidays of {region} are not known for {year}, only for {first} to {last}: choose another date, or a calendar \
         without this region and with the holidays of {year} as closures"
    )]
    Year { region: String, year: i16, first: i16, last: i16 },
}

/// Whose data it is, and its version: `date-holidays 3.37.0`.
pub static HOLIDAY_SOURCE: LazyLock<&str> = LazyLock::new(|| {
    let line = TABLE.lines().next().unwrap_or_default();
    line.split(", ").nth(1).unwrap_or_default().trim_start_matches("from ")
});

static TABLE: &str = include_str!("../../holidays/holidays.txt");
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::read(TABLE).expect("tools/holidays.mjs wrote the table"));

struct Index {
    first: i16,
    names: Vec<&'static str>,
    series: Vec<&'static str>,
    /// Sorted by code.
    regions: Vec<Entry>,
}

struct Entry {
    name: RegionName,
    last: i16,
    pairs: &'static str,
    /// All years, sorted; read when first asked for.
    days: OnceLock<Vec<Holiday>>,
}

/// The public holidays of a year, in order; two may share a day.
pub fn public_holidays(region: &Region, year: i16) -> Result<&'static [Holiday], NotHeld> {
    let index = &*INDEX;
    let entry = index.find(&region.to_string()).ok_or_else(|| NotHeld::Region(region.clone()))?;
    if year < index.first || year > entry.last {
        return Err(NotHeld::Year { region: entry.name.to_string(), year, first: index.first, last: entry.last });
    }
    let days = entry.days.get_or_init(|| index.days(entry).expect("tools/holidays.mjs wrote the table"));
    let start = days.partition_point(|day| day.date.year() < year);
    let end = days.partition_point(|day| day.date.year() <= year);
    Ok(&days[start..end])
}

pub(super) fn names() -> impl Iterator<Item = RegionName> {
    INDEX.regions.iter().map(|entry| entry.name)
}

pub(super) fn name(code: &str) -> Option<RegionName> {
    INDEX.find(code).map(|entry| entry.name)
}

impl Index {
    fn read(table: &'static str) -> Option<Self> {
        let mut lines = table.lines();
        let first = lines.next()?.split(' ').nth(2)?.parse().ok()?;
        let names = section(&mut lines, "names ")?;
        let series = section(&mut lines, "series ")?;
        let mut country = "";
        let regions = section(&mut lines, "regions ")?.into_iter().map(|line| {
            let mut fields = line.split('|');
            let (code, title) = (fields.next()?, fields.next()?);
            if !code.contains('-') {
                country = title;
            }
            let name = RegionName { code, country, title };
            Some(Entry { name, last: fields.next()?.parse().ok()?, pairs: fields.next()?, days: OnceLock::new() })
        });
        let regions = regions.collect::<Option<Vec<_>>>()?;
        Some(Self { first, names, series, regions })
    }

    fn find(&self, code: &str) -> Option<&Entry> {
        let at = self.regions.binary_search_by(|entry| entry.name.code.cmp(code)).ok()?;
        self.regions.get(at)
    }

    fn days(&self, entry: &Entry) -> Option<Vec<Holiday>> {
        let code = entry.name.code;
        let mut pairs: Vec<&str> = Vec::new();
        if let Some((country, _)) = code.split_once('-') {
            pairs.extend(self.find(country)?.pairs.split_ascii_whitespace());
        }
        for pair in entry.pairs.split_ascii_whitespace() {
            match pair.strip_prefix('-') {
                Some(less) => pairs.retain(|pair| *pair != less),
                None => pairs.push(pair.trim_start_matches('+')),
            }
        }
        let mut days = Vec::new();
        for pair in pairs {
            let (name, series) = pair.split_once('.')?;
            let title = self.names.get(usize::from_str_radix(name, 36).ok()?)?;
            self.spread(self.series.get(usize::from_str_radix(series, 36).ok()?)?, title, &mut days)?;
        }
        days.sort_unstable();
        Some(days)
    }

    fn spread(&self, series: &str, title: &'static str, days: &mut Vec<Holiday>) -> Option<()> {
        let mut add = |year: i16, day: &str| {
            let (month, day) = day.split_at_checked(2)?;
            days.push(Holiday { date: Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()?, title });
            Some(())
        };
        if series.contains(',') {
            for (year, field) in (self.first..).zip(series.split(',')) {
                field.split('.').filter(|day| !day.is_empty()).try_for_each(|day| add(year, day))?;
            }
        } else {
            let last = self.regions.iter().map(|entry| entry.last).max()?;
            (self.first..=last).try_for_each(|year| add(year, series))?;
        }
        Some(())
    }
}

fn section(lines: &mut std::str::Lines<'static>, title: &str) -> Option<Vec<&'static str>> {
    let count = lines.next()?.strip_prefix(title)?.parse().ok()?;
    let list: Vec<_> = lines.by_ref().take(count).collect();
    (list.len() == count).then_some(list)
}
