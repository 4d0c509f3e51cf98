//! The register as a table: written for a spreadsheet, read back with a preview, and taken over in one change.

mod row;

use std::collections::BTreeSet;

use serde_json::Value;
use tminus_domain::{
    engagement::Engagement,
    ids::{EngagementId, PersonId, RoleId, WorkstreamId},
    people::{Member, Person},
    record::fact::{Fact, FactKind},
    rights::{Actor, Function, PracticeRole, Right},
};

use super::{
    ABSENT, edition,
    member::{MAX_MEMBERS, known, list_members, may_be, not_too_many, told, unchanged},
    person::{AddPerson, add_person},
};
use crate::{
    App, Failure, Refusal,
    engagement::plan,
    spreadsheet::{self, Problem, Row, rows, text_within},
};

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
#[derive(Clone, Copy, Debug, Default)]
pub struct Table<'a> {
    /// A CSV, an Excel workbook or the cards of an address book. The columns are known by their names, and some may be missing.
    pub file: &'a [u8],
    /// What those may do who join in a row that does not say it.
    pub function: Option<Function>,
    /// The edition of the [`Preview`] that somebody looked at. Without it, the table is taken over whatever it does now.
    pub seen: Option<&'a str>,
}

impl<'a> From<&'a str> for Table<'a> {
    fn from(text: &'a str) -> Self {
        Self { file: text.as_bytes(), ..Self::default() }
    }
}

/// What taking a table over would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    pub lines: Vec<Line>,
    /// All that is wrong with it. Nothing is taken over while there is anything.
    pub problems: Vec<Problem>,
    /// Differs as soon as what the table does differs.
    pub edition: String,
}

/// One row that can be taken over.
#[derive(Clone, Debug)]
pub struct Line {
    /// Of the table, counted from 1.
    pub number: u64,
    /// As the actor may know it: of somebody who is not on the engagement, what the row says, unless they may read people.
    pub name: String,
    pub email: String,
    pub what: What,
    /// What of somebody who is here already becomes different: `roles: engagement-manager → none`.
    pub changes: Vec<String>,
    member: Member,
    /// Their full name, for the record.
    person: String,
    /// The edition of the member that this is a change of.
    seen: String,
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

/// Looks at a table without taking anything over.
pub async fn preview_register<'a>(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    table: impl Into<Table<'a>>,
) -> Result<Preview, Failure> {
    let Table { file, function, .. } = table.into();
    let view = app.view(actor, engagement, Right::EditMembers).await?;
    let text = text_within(file)?;
    let mut preview = Preview::default();
    let rows = match rows(&text, &HEADER, ("email", "it says who is meant")) {
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
        let told = match &person {
            Some((person, _)) => view.engagement.member(&person.id).is_some() || reads(app, actor, &person.id).await?,
            None => true,
        };
        let theirs = person.as_ref().filter(|_| told).map_or(email, |(person, _)| person.email.clone());
        if !seen.insert(theirs) {
            preview.problems.push(row.problem("whoever has this address is there twice"));
            continue;
        }
        match line(&view.engagement, actor, (&row, function), person.map(|(person, ended)| Known { person, ended, told }), || {
            PersonId(app.fresh_id())
        }) {
            Ok(line) => preview.lines.push(line),
            Err(problem) => preview.problems.push(problem),
        }
    }
    let does = |line: &Line| (line.email.clone(), line.what.as_str(), line.seen.clone());
    preview.edition = edition(&preview.lines.iter().map(does).collect::<Vec<_>>());
    Ok(preview)
}

/// Takes a table over: new people are added to the practice, then all members change at once. All of it, or nothing of the engagement.
pub async fn import_register<'a>(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    table: impl Into<Table<'a>>,
) -> Result<usize, Failure> {
    let table = table.into();
    let Preview { lines, problems, edition } = preview_register(app, actor, engagement, table).await?;
    if !problems.is_empty() {
        let all = problems.iter().map(|it| format!("line {}: {}", it.line, it.why)).collect::<Vec<_>>().join("; ");
        return Err(Refusal::field("table", all).into());
    }
    if table.seen.is_some_and(|seen| seen != edition) {
        return Err(Failure::Conflict(None));
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
    for Line { person: name, member, seen, .. } in &wanted {
        // The rows were read before the lock was had.
        unchanged(&members, &member.person, Some(seen))?;
        known(member, &change.engagement().plan.setup, &change.engagement().plan.roles)?;
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
    plan::follow(app, &mut change, &kits)?;
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(wanted.len())
}

/// Whoever has the address of a row.
struct Known {
    person: Person,
    ended: bool,
    /// Whether the actor may know what they are called, and by which other addresses they are known.
    told: bool,
}

async fn reads(app: &App, actor: &Actor, person: &PersonId) -> Result<bool, Failure> {
    match App::practice(actor, Right::ReadPeople) {
        Ok(scope) => Ok(app.store.knows(&scope, person, app.today(&actor.zone)).await?),
        Err(_) => Ok(false),
    }
}

fn line(
    engagement: &Engagement,
    actor: &Actor,
    (row, otherwise): (&Row, Option<Function>),
    known_by: Option<Known>,
    fresh: impl FnOnce() -> PersonId,
) -> Result<Line, Problem> {
    let before = known_by.as_ref().and_then(|it| engagement.member(&it.person.id)).cloned();
    let functions = || Function::ALL.iter().filter(|it| it.is_of_members()).map(|it| it.as_str()).collect::<Vec<_>>().join(", ");
    let function = row.parsed("function", &functions())?.or(before.as_ref().map(|it| it.function)).or(otherwise);
    let function: Function = function.ok_or_else(|| row.problem("say in “function” what they may do"))?;
    let is_told = known_by.as_ref().is_none_or(|it| it.told);
    let (person, new) = match known_by {
        Some(Known { ended: true, .. }) if before.is_none() => return Err(row.problem("whoever has this address has left the practice")),
        Some(Known { person, .. }) => (person, None),
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
    let name = if is_told { person.name.clone() } else { row.get("name") };
    // Nor by which other address they are known.
    let email = if is_told { person.email.clone() } else { row.get("email").to_lowercase() };
    let empty = || Member::new(person.id.clone(), function);
    let member = row.fill(engagement, Member { function, ..before.clone().unwrap_or_else(empty) })?;
    let refused = |failure: Failure| match failure {
        Failure::Refused(Refusal::Field { why, .. }) => row.problem(why),
        failure => row.problem(failure.to_string()),
    };
    may_be(&member, &Person { name: name.clone(), ..person.clone() }).map_err(refused)?;
    known(&member, &engagement.plan.setup, &engagement.plan.roles).map_err(refused)?;
    let what = match (&new, &before) {
        (Some(_), _) => What::Added,
        (None, None) => What::Joins,
        (None, Some(before)) if *before == member => What::Same,
        (None, Some(_)) => What::Changes,
    };
    let seen = before.as_ref().map_or_else(|| ABSENT.to_owned(), edition);
    let changes = before.as_ref().map(|before| differences(before, &member)).unwrap_or_default();
    Ok(Line { number: row.number, name, email, what, changes, member, person: person.name, seen, new })
}

fn differences(before: &Member, after: &Member) -> Vec<String> {
    let (before, after) = (told(before), told(after));
    let keys: BTreeSet<_> = [&before, &after].into_iter().filter_map(Value::as_object).flat_map(|map| map.keys()).collect();
    let differing = keys.into_iter().filter(|key| before[key.as_str()] != after[key.as_str()]);
    let change = |key: &String| format!("{}: {} → {}", key.replace('_', " "), word(&before[key.as_str()]), word(&after[key.as_str()]));
    differing.map(change).collect()
}

fn word(value: &Value) -> String {
    let word = match value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Array(list) => list.iter().map(word).collect::<Vec<_>>().join(", "),
        Value::Object(map) => map.iter().map(|(key, value)| format!("{key} {}", word(value))).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        Value::Number(number) => number.to_string(),
    };
    if word.is_empty() { "none".to_owned() } else { word }
}
