//! The register as a table: written for a spreadsheet, read back with a preview, and taken over in one change.

use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord, Trim};
/// The text of a file that somebody hands in.
pub use tminus_documents::table::text_of;
use tminus_domain::{
    engagement::Engagement,
    ids::{EngagementId, PersonId, RoleId, WorkstreamId},
    kit::Side,
    people::{Member, Person},
    record::fact::{Fact, FactKind},
    rights::{Actor, Function, PracticeRole, Right},
    schedule::Unusable,
};
use tminus_kits::backlog::unguard_cell;

use super::{
    member::{MAX_MEMBERS, known, list_members, may_be, not_too_many, told},
    person::{AddPerson, add_person},
};
use crate::{App, Failure, Refusal, engagement::plan, spreadsheet};

const HEADER: [&str; 16] = [
    "email",
    "name",
    "side",
    "zone",
    "function",
    "roles",
    "workstreams",
    "onsite",
    "device",
    "from",
    "until",
    "parts",
    "site",
    "calendar",
    "days",
    "account_team",
];

/// The largest table that is read, in bytes.
pub const MAX_TABLE: usize = 1_000_000;

/// Between several roles, workstreams or days of one cell. A part is written `security=lead`.
const BETWEEN: char = '|';

/// The members of an engagement, one row each.
pub async fn register_csv(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<u8>, Failure> {
    let members = list_members(app, actor, engagement).await?;
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let row = |(member, person): &(Member, Person)| {
        let joined = |ids: Vec<&str>| ids.join(&BETWEEN.to_string());
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        [
            person.email.clone(),
            person.name.clone(),
            person.side.as_str().to_owned(),
            person.zone.clone(),
            member.function.as_str().to_owned(),
            joined(member.roles.iter().map(RoleId::as_str).collect()),
            joined(member.workstreams.iter().map(WorkstreamId::as_str).collect()),
            yes(member.onsite),
            member.device.map(|device| device.as_str().to_owned()).unwrap_or_default(),
            day(member.from),
            day(member.until),
            member.parts.iter().map(|(id, part)| format!("{id}={}", part.as_str())).collect::<Vec<_>>().join(&BETWEEN.to_string()),
            member.site.clone(),
            member.calendar.clone().unwrap_or_default(),
            member.days.map(|days| Vec::from(days).join(&BETWEEN.to_string())).unwrap_or_default(),
            yes(member.account_team),
        ]
    };
    Ok(spreadsheet::csv(Some(HEADER), members.iter().map(row)))
}

/// People as somebody hands them in.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// A CSV; its columns are known by their names, and some may be missing.
    pub text: &'a str,
    /// What those may do who join in a row that does not say it.
    pub function: Option<Function>,
}

impl<'a> From<&'a str> for Table<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, function: None }
    }
}

/// What taking a table over would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    pub lines: Vec<Line>,
    /// All that is wrong with it. Nothing is taken over while there is anything.
    pub problems: Vec<Problem>,
}

/// One row that can be taken over.
#[derive(Clone, Debug)]
pub struct Line {
    /// Of the table, counted from 1.
    pub number: u64,
    pub name: String,
    pub email: String,
    pub what: What,
    member: Member,
    /// Somebody the practice does not know yet.
    new: Option<Person>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// They join, and are new in the practice.
    Added,
    Joins,
    Changes,
    Same,
}

impl What {
    /// The word that is sent and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Joins => "joins",
            Self::Changes => "changes",
            Self::Same => "same",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: u64,
    pub why: String,
}

/// Looks at a table without taking anything over.
pub async fn preview_register<'a>(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    table: impl Into<Table<'a>>,
) -> Result<Preview, Failure> {
    let Table { text, function } = table.into();
    let view = app.view(actor, engagement, Right::EditMembers).await?;
    if text.len() > MAX_TABLE {
        return Err(Refusal::field("table", format!("the table is larger than {MAX_TABLE} bytes")).into());
    }
    let mut preview = Preview::default();
    let rows = match rows(text) {
        Ok(rows) => rows,
        Err(problem) => return Ok(Preview { problems: vec![problem], ..preview }),
    };
    if rows.len() > MAX_MEMBERS {
        return Err(Refusal::field("table", format!("at most {MAX_MEMBERS} people are on one engagement")).into());
    }
    let mut seen = BTreeSet::new();
    for row in rows {
        let email = row.get("email").trim().to_lowercase();
        let account = if email.is_empty() { None } else { app.store.account_by_email(&email).await? };
        let person = account.map(|account| (account.person, account.ended));
        if !seen.insert(email) {
            preview.problems.push(row.problem("this address is there twice"));
            continue;
        }
        let row = Row { otherwise: function, ..row };
        match line(&view.engagement, actor, &row, person, || PersonId(app.fresh_id())) {
            Ok(line) => preview.lines.push(line),
            Err(problem) => preview.problems.push(problem),
        }
    }
    Ok(preview)
}

/// Takes a table over: new people are added to the practice, then all members change at once. All of it, or nothing of the engagement.
pub async fn import_register<'a>(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    table: impl Into<Table<'a>>,
) -> Result<usize, Failure> {
    let Preview { lines, problems } = preview_register(app, actor, engagement, table).await?;
    if !problems.is_empty() {
        let all = problems.iter().map(|it| format!("line {}: {}", it.line, it.why)).collect::<Vec<_>>().join("; ");
        return Err(Refusal::field("table", all).into());
    }
    let kits = plan::kits_of(app, actor, engagement).await?;
    let mut wanted = Vec::new();
    for mut line in lines.into_iter().filter(|line| line.what != What::Same) {
        if let Some(Person { name, email, side, zone, .. }) = line.new.take() {
            let new = AddPerson { name, email, side, zone, practice: PracticeRole::None, password: None };
            line.member.person = add_person(app, actor, new).await?.id;
        }
        wanted.push(line);
    }
    if wanted.is_empty() {
        return Ok(0);
    }
    let mut change = app.change(actor, engagement, Right::EditMembers).await?;
    let mut members = change.engagement().members.to_vec();
    for Line { name, member, .. } in &wanted {
        let (id, to) = (member.person.clone(), told(member));
        let fact = if let Some(there) = members.iter_mut().find(|it| it.person == id) {
            let before = std::mem::replace(there, member.clone());
            Fact::new(FactKind::MemberChanged, id.as_str(), name).from(told(&before)).to(to)
        } else {
            members.push(member.clone());
            Fact::new(FactKind::MemberAdded, id.as_str(), name).to(to)
        };
        change.name(&id, name);
        change.record(fact);
    }
    not_too_many(members.len())?;
    change.save_members(members);
    plan::follow_members(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(wanted.len())
}

/// A row of the table, by the names of its columns.
struct Row {
    number: u64,
    header: Vec<String>,
    cells: StringRecord,
    /// The function of somebody who joins, if the row says none.
    otherwise: Option<Function>,
}

impl Row {
    /// `None` where the table has no such column: then what is there stays.
    fn cell(&self, name: &str) -> Option<String> {
        let place = self.header.iter().position(|known| known == name)?;
        Some(unguard_cell(self.cells.get(place).unwrap_or_default()).trim().to_owned())
    }

    fn get(&self, name: &str) -> String {
        self.cell(name).unwrap_or_default()
    }

    fn problem(&self, why: impl Into<String>) -> Problem {
        Problem { line: self.number, why: why.into() }
    }

    /// The value of a cell; an empty one is `None`.
    fn parsed<T: std::str::FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
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
    fn person(&self, engagement: &Engagement, function: Function, fresh: impl FnOnce() -> PersonId) -> Result<Person, Problem> {
        let side = self.parsed::<Side>("side", "delivery, customer or partner")?.unwrap_or(function.side());
        let zone = Some(self.get("zone")).filter(|zone| !zone.is_empty()).unwrap_or_else(|| engagement.plan.setup.zone.clone());
        let (name, email) = (self.get("name"), self.get("email"));
        let new = Person { id: fresh(), name, email, side, zone, practice: PracticeRole::None };
        new.checked().map_err(|refused| self.problem(refused.to_string()))
    }

    /// The member with what the row says; columns that the table has not stay as they are.
    fn fill(&self, engagement: &Engagement, mut member: Member) -> Result<Member, Problem> {
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

fn rows(text: &str) -> Result<Vec<Row>, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|it| first.bytes().filter(|byte| byte == it).count()).unwrap_or(b',');
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| Problem {
        line: error.position().map_or(1, csv::Position::line),
        why: format!("this line cannot be read: {error}"),
    };
    let header: Vec<_> = reader.headers().map_err(unreadable)?.iter().map(|name| name.to_lowercase().replace('-', "")).collect();
    let refused = |why: String| Problem { line: 1, why };
    if let Some(unknown) = header.iter().find(|name| !HEADER.contains(&name.as_str())) {
        return Err(refused(format!("there is no column “{unknown}”; a table has {}", HEADER.join(", "))));
    }
    if !header.iter().any(|name| name == "email") {
        return Err(refused("the column “email” is missing: it says who is meant".to_owned()));
    }
    let mut rows = Vec::new();
    for cells in reader.records() {
        let cells = cells.map_err(unreadable)?;
        let number = cells.position().map_or(0, csv::Position::line);
        if cells.len() > header.len() {
            return Err(Problem { line: number, why: format!("{} cells under {} columns", cells.len(), header.len()) });
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { number, header: header.clone(), cells, otherwise: None });
        }
    }
    Ok(rows)
}

fn line(
    engagement: &Engagement,
    actor: &Actor,
    row: &Row,
    person: Option<(Person, bool)>,
    fresh: impl FnOnce() -> PersonId,
) -> Result<Line, Problem> {
    let before = person.as_ref().and_then(|(person, _)| engagement.member(&person.id)).cloned();
    let functions = || Function::ALL.iter().filter(|it| it.is_of_members()).map(|it| it.as_str()).collect::<Vec<_>>().join(", ");
    let function = row.parsed("function", &functions())?.or(before.as_ref().map(|it| it.function)).or(row.otherwise);
    let function: Function = function.ok_or_else(|| row.problem("say in “function” what they may do"))?;
    let (person, new) = match person {
        Some((person, true)) if before.is_none() => return Err(row.problem(format!("{} has left the practice", person.name))),
        Some((person, _)) => (person, None),
        None => {
            let new = row.person(engagement, function, fresh)?;
            if App::practice(actor, Right::EditPeople).is_err() {
                return Err(
                    row.problem(format!("nobody here has the address {}: an administrator adds them under People first", new.email))
                );
            }
            (new.clone(), Some(new))
        }
    };
    let empty = || Member::new(person.id.clone(), function);
    let member = row.fill(engagement, Member { function, ..before.clone().unwrap_or_else(empty) })?;
    let refused = |failure: Failure| match failure {
        Failure::Refused(Refusal::Field { why, .. }) => row.problem(why),
        failure => row.problem(failure.to_string()),
    };
    may_be(&member, &person).map_err(refused)?;
    known(&member, &engagement.plan.setup, &engagement.plan.roles).map_err(refused)?;
    let what = match (&new, &before) {
        (Some(_), _) => What::Added,
        (None, None) => What::Joins,
        (None, Some(before)) if *before == member => What::Same,
        (None, Some(_)) => What::Changes,
    };
    Ok(Line { number: row.number, name: person.name, email: person.email, what, member, new })
}

fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN).map(str::trim).filter(|it| !it.is_empty())
}
