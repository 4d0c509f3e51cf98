//! Opening an engagement.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use jiff::{civil::Date, tz::TimeZone};
use serde_json::json;
use tminus_app::{
    App, Failure,
    engagement::open::{OpenEngagement, open_engagement},
    kit::find_kit,
};
use tminus_documents::schedule::{read_closures_csv, read_closures_ics};
use tminus_domain::{
    engagement::setup::{Setup, Workstream},
    kit::Kit,
    people::Member,
    rights::Actor,
    schedule::{ClosureKind, WorkCalendar},
};

use super::{
    flags::{self, NamedMember},
    from_file::{self, Described},
    preview,
};
use crate::{
    commands::reference,
    exit::Stop,
    print::{Out, bold, plain},
};

#[derive(Args, Debug)]
pub(crate) struct Create {
    /// A TOML file that describes the engagement; flags go before it
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// An imported kit: id, id@version or hash; may be repeated
    #[arg(long)]
    kit: Vec<String>,
    /// Whom the engagement is for; needed here or in the file
    #[arg(long)]
    customer: Option<String>,
    /// What the engagement is called, such as Mobilize; needed here or in the file
    #[arg(long)]
    title: Option<String>,
    /// The reference of the statement of work
    #[arg(long)]
    sow: Option<String>,
    /// Where the engagement is at home, such as Europe/Berlin [default: your own zone]
    #[arg(long)]
    zone: Option<String>,
    /// The date of the kick-off: the same as --milestone kickoff=DATE
    #[arg(long, value_name = "DATE", value_parser = flags::date)]
    kickoff: Option<Date>,
    /// A milestone's date; may be repeated
    #[arg(long, value_name = "ID=DATE", value_parser = flags::milestone)]
    milestone: Vec<(String, Date)>,
    /// A calendar to count in, such as Delivery:delivery:DE-BY; at least one is needed here or in the file, best one for each side
    #[arg(long, value_name = "NAME:SIDE:REGION[:DAYS]", value_parser = flags::calendar)]
    calendar: Vec<WorkCalendar>,
    /// Own closures of a calendar, from an .ics or .csv file; may be repeated
    #[arg(long, value_name = "CALENDAR=FILE", value_parser = flags::pair)]
    closures: Vec<(String, String)>,
    /// An answer of the protocol: yes, no, a number, an option, or options with commas; may be repeated
    #[arg(long, value_name = "FACT=VALUE", value_parser = flags::pair)]
    answer: Vec<(String, String)>,
    /// A workstream; may be repeated
    #[arg(long, value_name = "ID[=TITLE]", value_parser = flags::workstream)]
    workstream: Vec<(String, String)>,
    /// A member: EMAIL function=… and, where they apply, roles=A,B workstreams=A,B onsite device=customer|delivery|own from=DATE until=DATE; may be repeated
    #[arg(long, value_name = "WHO", value_parser = flags::person)]
    person: Vec<NamedMember>,
    /// A portfolio that you administer, by its id or title
    #[arg(long, value_name = "PORTFOLIO")]
    portfolio: Option<String>,
    /// Show the checklist that would follow; nothing is saved
    #[arg(long)]
    dry_run: bool,
}

impl Create {
    pub(crate) async fn run(self, app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
        let dry_run = self.dry_run;
        let (input, kits) = self.input(app, actor).await?;
        if dry_run {
            let tailored = tminus_app::engagement::open::preview(app, actor, &input).await?;
            return preview::tell(&tailored, &kits, out);
        }
        let (title, customer) = (input.setup.title.clone(), input.setup.customer.clone());
        let id = open_engagement(app, actor, input).await?;
        let view = tminus_app::engagement::list::show_engagement(app, actor, &id).await?;
        let items = view.engagement.listed().count();
        let value = json!({ "id": id, "title": title, "customer": customer, "items": items, "revision": view.engagement.revision });
        out.say(&value, format!("{} for {} is open with {items} items. Its id: {}", plain(&title), plain(&customer), bold(&id)))
    }

    async fn input(self, app: &App, actor: &Actor) -> Result<(OpenEngagement, Vec<std::sync::Arc<Kit>>), Stop> {
        let described = self.from.as_deref().map(from_file::read).transpose()?.unwrap_or_default();
        let names = if self.kit.is_empty() { described.kits.clone() } else { self.kit.clone() };
        let (mut hashes, mut kits) = (Vec::new(), Vec::new());
        for name in &names {
            let (line, kit) = find_kit(app, actor, name).await.map_err(|failure| no_kit(name, failure))?;
            hashes.push(line.hash);
            kits.push(kit);
        }
        let portfolio = match &self.portfolio {
            Some(name) => Some(reference::portfolio(app, actor, name).await?.portfolio.id),
            None => None,
        };
        let members = members(app, described.people.iter().chain(&self.person)).await?;
        let setup = self.setup(described, &kits, actor)?;
        Ok((OpenEngagement { kits: hashes, setup, members, portfolio }, kits))
    }

    fn setup(self, described: Described, kits: &[std::sync::Arc<Kit>], actor: &Actor) -> Result<Setup, Stop> {
        let required =
            |flag: &str, given: Option<String>| given.ok_or_else(|| Stop::usage(format!("give --{flag}, or --from a file that has it")));
        let mut milestones: BTreeMap<_, _> = described.milestones;
        milestones.extend(self.milestone);
        milestones.extend(self.kickoff.map(|date| ("kickoff".to_owned(), date)));
        let mut answers: BTreeMap<_, _> = described.answers.iter().map(|(fact, value)| (fact.clone(), from_file::as_text(value))).collect();
        answers.extend(self.answer);
        let fact = |id: &str| kits.iter().find_map(|kit| kit.fact(&id.into()));
        let zone = self.zone.or(described.zone).unwrap_or_else(|| actor.zone.clone());
        let given = self.workstream.into_iter().map(|(id, title)| Workstream { id: id.as_str().into(), title });
        let mut calendars = if self.calendar.is_empty() { described.calendars } else { self.calendar };
        for (name, file) in &self.closures {
            add_closures(&mut calendars, name, file.as_ref(), &zone)?;
        }
        Ok(Setup {
            title: required("title", self.title.or(described.title))?,
            customer: required("customer", self.customer.or(described.customer))?,
            sow: self.sow.or(described.sow).unwrap_or_default(),
            zone,
            milestones: milestones.into_iter().map(|(id, date)| (id.as_str().into(), date)).collect(),
            calendars,
            workstreams: described.workstreams.into_iter().chain(given).collect(),
            answers: answers.iter().map(|(id, text)| (id.as_str().into(), flags::answer(fact(id), text))).collect(),
        })
    }
}

fn no_kit(name: &str, failure: Failure) -> Stop {
    match failure {
        Failure::NotFound => Stop::not_found(format!("there is no kit “{name}”; `tminus kit list` shows what is imported")),
        other => other.into(),
    }
}

async fn members(app: &App, named: impl Iterator<Item = &NamedMember>) -> Result<Vec<Member>, Stop> {
    let mut members = Vec::new();
    for named in named {
        let account = app.store.account_by_email(&named.email).await?.filter(|account| !account.ended);
        let unknown = || Stop::not_found(format!("nobody here has the address “{}”; `tminus person add` adds them", named.email));
        let person = account.ok_or_else(unknown)?.person;
        let mut member = Member {
            roles: named.roles.iter().map(|role| role.as_str().into()).collect(),
            workstreams: named.workstreams.iter().map(|id| id.as_str().into()).collect(),
            site: named.site.clone(),
            calendar: named.calendar.clone(),
            days: named.days,
            account_team: named.account_team,
            onsite: named.onsite,
            device: named.device,
            from: named.from,
            until: named.until,
            ..Member::new(person.id, named.function)
        };
        named.parts.iter().for_each(|(id, part)| member.take(id.as_str().into(), *part));
        members.push(member);
    }
    Ok(members)
}

fn add_closures(calendars: &mut [WorkCalendar], name: &str, file: &std::path::Path, zone: &str) -> Result<(), Stop> {
    let known = calendars.iter().map(|calendar| calendar.name.clone()).collect::<Vec<_>>().join(", ");
    let calendar = calendars.iter_mut().find(|calendar| calendar.name == name);
    let calendar = calendar.ok_or_else(|| Stop::refused(format!("there is no calendar “{name}” to close days in; there are: {known}")))?;
    let bytes = std::fs::read(file).map_err(|error| Stop::file("read", file, &error))?;
    let reading = if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        read_closures_csv(&bytes)
    } else {
        read_closures_ics(&bytes, ClosureKind::Closure, &TimeZone::get(zone).unwrap_or(TimeZone::UTC))
    };
    if reading.is_refused() {
        let problems = reading.problems.iter().map(|problem| format!("{}:{}: {}", file.display(), problem.line, problem.message));
        return Err(Stop::refused(format!("{}; nothing was saved", problems.collect::<Vec<_>>().join("; "))));
    }
    calendar.closures.extend(reading.closures);
    calendar.source = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(())
}
