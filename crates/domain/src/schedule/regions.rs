//! The regions whose public holidays are known.

use std::fmt;

use super::{Region, holidays};

/// A region as a list offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegionName {
    /// `DE`, `DE-BY`.
    pub code: &'static str,
    /// The country's name in English.
    pub country: &'static str,
    /// The name of the part, or of the country again.
    pub title: &'static str,
}

/// All regions, each country before its parts, sorted by code.
pub fn regions() -> impl Iterator<Item = RegionName> {
    holidays::names()
}

pub fn region_name(region: &Region) -> Option<RegionName> {
    holidays::name(&region.to_string())
}

/// A region by its code or its name.
pub fn region_of(text: &str) -> Option<Region> {
    let known = regions().find(|region| region.code.eq_ignore_ascii_case(text) || region.to_string().eq_ignore_ascii_case(text))?;
    known.code.parse().ok()
}

impl RegionName {
    pub fn is_country(&self) -> bool {
        !self.code.contains('-')
    }
}

impl fmt::Display for RegionName {
    /// `Germany`, `Germany, Bayern`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_country() { f.write_str(self.country) } else { write!(f, "{}, {}", self.country, self.title) }
    }
}
