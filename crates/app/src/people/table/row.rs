//! A row of a table of people: what each of its cells says of a member.

use super::BETWEEN;
use crate::spreadsheet::{Problem, Row};
use tminus_domain::{
    engagement::Engagement,
    ids::PersonId,
    kit::Side,
    people::{Member, Person},
    rights::{Function, PracticeRole},
    schedule::Unusable,
};

impl Row {
    /// The value of a cell; an empty one is `None`.
    pub(super) fn parsed<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        let text = if matches!(name, "function" | "device") { text.to_lowercase().replace([' ', '-'], "_") } else { text };
        text.parse().map(Some).map_err(|_| self.problem(format!("“{text}” is no {name}: {expected}")))
    }

    /// `None` where the table has no such column; an empty cell is no.
    fn yes(&self, name: &str) -> Result<Option<bool>, Problem> {
        let Some(text) = self.cell(name) else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "yes" | "true" | "1" | "x" => Ok(Some(true)),
            "no" | "false" | "0" | "" => Ok(Some(false)),
            _ => Err(self.problem(format!("“{text}” is no {name}: yes or no"))),
        }
    }

    /// Somebody whom the practice does not know yet, as the row says.
    pub(super) fn person(&self, engagement: &Engagement, function: Function, fresh: impl FnOnce() -> PersonId) -> Result<Person, Problem> {
        let side = self.parsed::<Side>("side", "delivery, customer or partner")?.unwrap_or(function.side());
        let zone = Some(self.get("zone")).filter(|zone| !zone.is_empty()).unwrap_or_else(|| engagement.plan.setup.zone.clone());
        let (name, email) = (self.get("name"), self.get("email"));
        let new = Person { id: fresh(), name, email, side, zone, practice: PracticeRole::None };
        new.checked().map_err(|refused| self.problem(refused.to_string()))
    }

    /// The member with what the row says; columns that the table has not stay as they are.
    pub(super) fn fill(&self, engagement: &Engagement, mut member: Member) -> Result<Member, Problem> {
        if let Some(text) = self.cell("roles") {
            let role = |text: &str| {
                let known = engagement.plan.roles.iter().find(|it| it.id.as_str() == text || it.title.eq_ignore_ascii_case(text));
                known.map(|role| role.id.clone()).ok_or_else(|| self.problem(format!("“{text}” is not a role of this engagement's kits")))
            };
            member.roles = several(&text).map(role).collect::<Result<_, _>>()?;
        }
        let workstream = |text: &str| {
            let all = &engagement.plan.setup.workstreams;
            let known = all.iter().find(|it| it.id.as_str() == text || it.title.eq_ignore_ascii_case(text));
            known.map(|it| it.id.clone()).ok_or_else(|| self.problem(format!("“{text}” is not a workstream of this engagement")))
        };
        if let Some(text) = self.cell("workstreams") {
            member.workstreams = several(&text).map(workstream).collect::<Result<_, _>>()?;
            member.parts.retain(|id, _| member.workstreams.contains(id));
        }
        if let Some(text) = self.cell("parts") {
            member.parts.clear();
            for part in several(&text) {
                let unknown = || self.problem(format!("“{part}” is no part: write WORKSTREAM=lead, alternate or member"));
                let (id, part) = part.rsplit_once('=').ok_or_else(unknown)?;
                member.take(workstream(id.trim())?, part.trim().to_lowercase().parse().map_err(|()| unknown())?);
            }
        }
        if let Some(text) = self.cell("site") {
            member.site = text;
        }
        if let Some(text) = self.cell("calendar") {
            member.calendar = Some(text).filter(|text| !text.is_empty());
        }
        if let Some(text) = self.cell("days") {
            let days = |text: &str| text.parse().map_err(|why: Unusable| self.problem(why.to_string()));
            member.days = Some(text).filter(|text| !text.is_empty()).map(|text| days(&text)).transpose()?;
        }
        member.onsite = self.yes("onsite")?.unwrap_or(member.onsite);
        member.account_team = self.yes("account_team")?.unwrap_or(member.account_team);
        if self.cell("device").is_some() {
            member.device = self.parsed("device", "customer, delivery or own")?;
        }
        if self.cell("from").is_some() {
            member.from = self.parsed("from", "a date as 2026-11-23")?;
        }
        if self.cell("until").is_some() {
            member.until = self.parsed("until", "a date as 2026-11-23")?;
        }
        Ok(member)
    }
}

fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN).map(str::trim).filter(|it| !it.is_empty())
}
