//! Which rows somebody wants to see: the filter as an address.

use tminus_app::Failure;
use tminus_domain::{
    checklist::{
        filter::{Filter, SavedFilter},
        status::Court,
    },
    ids::{GateId, ModuleId, PersonId, RoleId},
};

use super::{
    list::Line,
    many::Choosing,
    sheet::{Row, mark, with},
};
use crate::{
    caller::escaped,
    engagement::desk::Desk,
    fields::{Fields, refused},
};

/// Every name that a checklist's address may have.
const NAMES: [&str; 13] =
    ["mine", "late", "start", "open", "waiting", "activity", "owner", "person", "gate", "state", "text", "item", "choose"];

/// A filter, read from an address and written into others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) filter: Filter,
    /// No part of the filter: links and kept filters leave it out.
    pub(crate) choosing: Choosing,
}

/// One view of the checklist as a link.
pub(crate) struct Preset {
    pub(crate) href: String,
    pub(crate) words: String,
    pub(crate) count: usize,
    pub(crate) current: bool,
    pub(crate) shown: bool,
}

impl Wanted {
    pub(crate) fn read(query: &Fields) -> Result<Self, Failure> {
        query.only(&NAMES)?;
        let yes = |name: &'static str| match query.get(name) {
            "" => Ok(false),
            "1" => Ok(true),
            other => Err(refused(name, t!("form.unusable").with("value", other.chars().take(60).collect::<String>()))),
        };
        let waiting_on = match query.given("waiting") {
            None => None,
            Some(given) => {
                let known = Court::ALL.into_iter().find(|court| court.as_str() == given);
                Some(
                    known
                        .ok_or_else(|| refused("waiting", t!("form.unusable").with("value", given.chars().take(60).collect::<String>())))?,
                )
            }
        };
        let choosing = match query.get("choose") {
            "" => Choosing::No,
            "ticks" => Choosing::Ticks,
            "all" => Choosing::All,
            other => return Err(refused("choose", t!("form.unusable").with("value", other.chars().take(60).collect::<String>()))),
        };
        let id = |name| query.given(name);
        Ok(Self {
            choosing,
            filter: Filter {
                mine: yes("mine")?,
                late: yes("late")?,
                start_now: yes("start")?,
                open: yes("open")?,
                waiting_on,
                activity: id("activity").map(ModuleId::from),
                owner: id("owner").map(RoleId::from),
                person: id("person").map(PersonId::from),
                gate: id("gate").map(GateId::from),
                state: query.parsed("state")?,
                text: id("text").map(|text| text.chars().take(200).collect()),
            },
        })
    }

    /// The same as names and values, for an address or hidden fields.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let filter = &self.filter;
        let yes = |name, on: bool| on.then(|| (name, "1".to_owned()));
        let text = |name, value: Option<String>| value.map(|value| (name, value));
        [
            yes("mine", filter.mine),
            yes("late", filter.late),
            yes("start", filter.start_now),
            yes("open", filter.open),
            text("waiting", filter.waiting_on.map(|court| court.as_str().to_owned())),
            text("activity", filter.activity.as_ref().map(ToString::to_string)),
            text("owner", filter.owner.as_ref().map(ToString::to_string)),
            text("person", filter.person.as_ref().map(ToString::to_string)),
            text("gate", filter.gate.as_ref().map(ToString::to_string)),
            text("state", filter.state.map(|state| state.as_str().to_owned())),
            text("text", filter.text.clone()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The address of the checklist under this filter.
    pub(crate) fn href(&self, engagement: &str) -> String {
        self.href_with(engagement, None)
    }

    /// The same rows, to be chosen.
    pub(crate) fn href_choosing(&self, engagement: &str, how: &str) -> String {
        let href = self.href(engagement);
        format!("{href}{}choose={how}", if href.contains('?') { '&' } else { '?' })
    }

    pub(crate) fn href_with(&self, engagement: &str, item: Option<&str>) -> String {
        let query = self.query_with(item);
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/engagements/{engagement}/checklist{mark}{query}")
    }

    /// `mine=1&state=done`; empty where nothing is asked for.
    pub(crate) fn query(&self) -> String {
        self.query_with(None)
    }

    fn query_with(&self, item: Option<&str>) -> String {
        let pairs = self.pairs().into_iter().chain(item.map(|item| ("item", item.to_owned())));
        pairs.map(|(name, value)| format!("{name}={}", escaped(&value))).collect::<Vec<_>>().join("&")
    }

    fn fits(&self, row: &Row, desk: &Desk, who: &PersonId) -> bool {
        let filter = &self.filter;
        // What the sheet knows is not asked again.
        (!filter.mine || row.people.contains(who))
            && (!filter.late || row.late)
            && (!filter.start_now || row.start_now)
            && Filter { mine: false, late: false, start_now: false, ..filter.clone() }.fits(&row.item, desk.engagement(), who, desk.today)
    }

    /// The lines that fit, under their activities and groups, and how many rows there are.
    pub(crate) fn lines<'a>(&self, desk: &'a Desk, who: &PersonId, chosen: Option<&str>) -> (Vec<Line<'a>>, usize) {
        let sheet = &desk.sheet;
        let everything = self.filter.is_empty();
        let mut lines = Vec::with_capacity(sheet.rows.len() + sheet.sections.len());
        let (mut shown, mut last_group) = (0, None);
        for section in &sheet.sections {
            let before = lines.len();
            lines.push(Line::Section(section));
            for row in sheet.rows[section.rows.clone()].iter().filter(|row| everything || self.fits(row, desk, who)) {
                if let Some(group) = row.group
                    && last_group != Some(group)
                {
                    lines.push(Line::Group(&sheet.groups[group]));
                    last_group = Some(group);
                }
                shown += 1;
                lines.push(Line::Row { row, chosen: chosen == Some(row.item.id.as_str()) });
            }
            // An activity without a fitting row is shown only where nothing was asked for.
            if lines.len() == before + 1 && !everything {
                lines.pop();
            }
        }
        (lines, shown)
    }

    /// The views that everybody has, then those that this person keeps for engagements like this one; each with its count.
    pub(crate) fn presets(&self, desk: &Desk, who: &PersonId, saved: &[SavedFilter]) -> Vec<Preset> {
        let of = |filter: Filter| Self { filter, choosing: Choosing::No };
        let none = Filter::default;
        let mut presets = vec![
            (t!("checklist.all").text().to_owned(), of(none())),
            (t!("checklist.mine").text().to_owned(), of(Filter { mine: true, open: true, ..none() })),
            (t!("checklist.late").text().to_owned(), of(Filter { late: true, ..none() })),
            (t!("checklist.start_now").text().to_owned(), of(Filter { start_now: true, ..none() })),
            (t!("checklist.open").text().to_owned(), of(Filter { open: true, ..none() })),
        ];
        let waiting = Court::ALL.map(|court| (with(court).text().to_owned(), of(Filter { waiting_on: Some(court), ..none() })));
        presets.extend(waiting.into_iter().filter(|(_, wanted)| wanted.filter.waiting_on != Some(Court::Partner)));
        let usual = presets.len();
        let own = saved.iter().filter(|saved| saved.filter.applies_to(desk.engagement()));
        presets.extend(own.map(|saved| (saved.name.clone(), of(saved.filter.clone()))));
        let made = presets.into_iter().enumerate().map(|(place, (words, wanted))| {
            let (count, current) = (wanted.count(desk, who), wanted.filter == self.filter);
            // Whom nobody waits for takes no room; what a person keeps is always there.
            let shown = count > 0 || place < 5 || place >= usual || current;
            Preset { href: wanted.href(desk.id()), words, count, current, shown }
        });
        made.collect()
    }

    fn count(&self, desk: &Desk, who: &PersonId) -> usize {
        if self.filter.is_empty() { desk.sheet.rows.len() } else { desk.sheet.rows.iter().filter(|row| self.fits(row, desk, who)).count() }
    }

    /// What keeps rows from being shown, in words: `Late and Mine`.
    pub(crate) fn said(&self, desk: &Desk) -> String {
        let filter = &self.filter;
        let plan = &desk.engagement().plan;
        let yes = |on: bool, words: crate::words::Words| on.then(|| words.text().to_owned());
        let titled = |title: Option<&String>, id: &str| title.cloned().unwrap_or_else(|| id.to_owned());
        let parts = [
            yes(filter.mine, t!("checklist.mine")),
            yes(filter.late, t!("checklist.late")),
            yes(filter.start_now, t!("checklist.start_now")),
            yes(filter.open, t!("checklist.open")),
            filter.waiting_on.map(|court| with(court).text().to_owned()),
            filter.activity.as_ref().map(|id| titled(plan.activities.iter().find(|it| &it.id == id).map(|it| &it.title), id.as_str())),
            filter.owner.as_ref().map(|id| titled(desk.engagement().role(id).map(|it| &it.title), id.as_str())),
            filter.person.as_ref().map(|id| desk.engagement().name(id).to_owned()),
            filter.gate.as_ref().map(|id| titled(plan.gates.iter().find(|it| &it.id == id).map(|it| &it.title), id.as_str())),
            filter.state.map(|state| mark(state).word.text().to_owned()),
            filter.text.as_ref().map(|text| format!("“{text}”")),
        ];
        listed(&parts.into_iter().flatten().collect::<Vec<_>>())
    }
}

/// `One, two and three`
pub(super) fn listed(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => t!("checklist.and").with("first", rest.join(", ")).with("last", last).into(),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
