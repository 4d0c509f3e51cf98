//! Resources: what the kits name, what somebody added, and licences.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;
use tminus_app::{
    App,
    access::{
        Access, list_access,
        membership::{compare_members, take_members},
        resource::{Described, Seen, add_resource, book_room, change_resource, count_licences, remove_resource},
    },
};
use tminus_domain::{
    access::{
        booking::Booking,
        by_hand::ByHand,
        membership::{Compared, Extra},
    },
    ids::{EngagementId, PersonId, ResourceId, RoleId},
    kit::{
        access::{Resource as Thing, ResourceKind},
        due::{DueRule, LeadTime},
        each::Each,
    },
    rights::Actor,
    schedule::Weekdays,
};

use super::ending::kind;
use crate::{
    commands::reference::Within,
    exit::Stop,
    print::{Out, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Resource {
    /// List what people need access to, and how its licences stand
    List {
        #[command(flatten)]
        within: Within,
    },
    /// Add what no kit names
    Add {
        #[command(flatten)]
        within: Within,
        /// What people need access to
        title: String,
        #[command(flatten)]
        said: Box<Said>,
    },
    /// Change what somebody added; what is left out stays
    Change {
        #[command(flatten)]
        within: Within,
        /// Its id or title
        resource: String,
        /// A new title
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        said: Box<Said>,
    },
    /// Take away what somebody added
    Remove {
        #[command(flatten)]
        within: Within,
        /// Its id or title
        resource: String,
    },
    /// Hold a list of who is really in it against the register
    Members {
        #[command(flatten)]
        within: Within,
        /// Its id or title
        resource: String,
        /// One address or name a line, or a table: CSV or Excel
        list: PathBuf,
        /// Take over what it says anew
        #[arg(long)]
        take: bool,
    },
    /// Say when a room is there, and for how many; without days, that it is not booked
    Book {
        #[command(flatten)]
        within: Within,
        /// Its id or title
        resource: String,
        /// On which days of the week: `tue-thu`
        #[arg(long)]
        days: Option<Weekdays>,
        /// Its first day
        #[arg(long, value_name = "DATE", requires = "days")]
        from: Option<Date>,
        /// Its last day
        #[arg(long, value_name = "DATE", requires = "days")]
        until: Option<Date>,
        /// For how many people
        #[arg(long, requires = "days")]
        seats: Option<u32>,
        /// The number of the booking
        #[arg(long, requires = "days")]
        reference: Option<String>,
    },
    /// Say how many people can have it at once
    Licences {
        #[command(flatten)]
        within: Within,
        /// Its id or title
        resource: String,
        /// How many; left out, as many as need it
        count: Option<u32>,
    },
}

/// What is said of a resource besides its title.
#[derive(Args, Debug)]
pub(crate) struct Said {
    /// `account`, `device`, `workspace`, `vpn`, `badge`, `room`, `jira`, `confluence`, `discovery`, `chat`, `list`, `cloud`, `check` or `other`
    #[arg(long, value_parser = kind)]
    kind: Option<ResourceKind>,
    /// Which one; stands below the title
    #[arg(long)]
    note: Option<String>,
    /// The role that gives it; may be repeated
    #[arg(long = "given-by", value_name = "ROLE")]
    owners: Vec<String>,
    /// Who needs it: `person where side = delivery`; empty, people are chosen one by one
    #[arg(long = "for", value_name = "WHO")]
    each: Option<String>,
    /// By when it must work: `T-2bd @ kickoff`; empty, it has no date
    #[arg(long)]
    due: Option<String>,
    /// How long it takes from the request: `10bd`; empty, nothing is said of that
    #[arg(long)]
    lead: Option<String>,
    /// What has to work for the same person first, by id or title; may be repeated; empty, nothing has to
    #[arg(long)]
    after: Vec<String>,
    /// What is kept of each person's access, such as `Asset tag`; may be repeated; empty, nothing is
    #[arg(long = "keep", value_name = "NAME")]
    details: Vec<String>,
    /// Only the delivery side sees and needs it; `--internal=false`, everybody does
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    internal: Option<bool>,
}

impl Said {
    /// What is described by this, over what stands there.
    fn over(self, before: Described, access: &Access) -> Result<Described, Stop> {
        let Self { kind, note, owners, each, due, lead, after, details, internal } = self;
        let owners: Vec<RoleId> = owners.into_iter().map(RoleId).collect();
        let after = listed(after).map(|all| all.iter().map(|named| Ok(find(access, named)?.id.clone())).collect::<Result<Vec<_>, Stop>>());
        Ok(Described {
            kind: kind.unwrap_or(before.kind),
            note: note.unwrap_or(before.note),
            owners: if owners.is_empty() { before.owners } else { owners },
            each: given::<Each>(each.as_deref(), before.each)?,
            due: given::<DueRule>(due.as_deref(), before.due)?,
            lead: given::<LeadTime>(lead.as_deref(), before.lead)?,
            after: after.transpose()?.unwrap_or(before.after),
            details: listed(details).unwrap_or(before.details),
            internal: internal.unwrap_or(before.internal),
            title: before.title,
        })
    }
}

/// What was given one by one, nothing where it was given empty; `None` where nothing was given.
fn listed(all: Vec<String>) -> Option<Vec<String>> {
    (!all.is_empty()).then(|| all.into_iter().filter(|one| !one.trim().is_empty()).collect())
}

/// A value that was given, none where it was given empty, and what was there where nothing was given.
fn given<T: std::str::FromStr<Err: std::fmt::Display>>(text: Option<&str>, before: Option<T>) -> Result<Option<T>, Stop> {
    match text.map(str::trim) {
        None => Ok(before),
        Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|unreadable: T::Err| Stop::usage(unreadable.to_string())),
    }
}

fn as_described(own: &ByHand) -> Described {
    let Thing { title, kind, note, owners, due, lead, after, details, internal, .. } = own.resource.clone();
    Described { title, kind, note, owners, each: own.each.clone(), due, lead, after, details, internal }
}

fn find<'a>(access: &'a Access, named: &str) -> Result<&'a Thing, Stop> {
    let all = &access.engagement.plan.resources;
    let fits = |it: &&Thing| it.id.as_str() == named || it.title.to_lowercase() == named.to_lowercase();
    all.iter().find(fits).ok_or_else(|| {
        let known = all.iter().map(|it| it.title.as_str()).collect::<Vec<_>>().join(", ");
        Stop::not_found(format!("there is no resource “{named}” here; there are: {known}"))
    })
}

fn seen(access: &Access, found: &Thing) -> Seen {
    Seen { resource: found.id.clone(), version: Some(access.engagement.resource_version(&found.id)) }
}

impl Resource {
    pub(crate) fn within(&self) -> &Within {
        match self {
            Self::List { within }
            | Self::Add { within, .. }
            | Self::Change { within, .. }
            | Self::Remove { within, .. }
            | Self::Members { within, .. }
            | Self::Book { within, .. }
            | Self::Licences { within, .. } => within,
        }
    }

    pub(crate) async fn run(self, (app, actor, id): (&App, &Actor, &EngagementId), out: Out) -> Result<(), Stop> {
        let access = list_access(app, actor, id).await?;
        match self {
            Self::List { .. } => list(&access, out),
            Self::Add { title, said, .. } => {
                let input = said.over(Described { title: title.clone(), ..Described::default() }, &access)?;
                let added = add_resource(app, actor, id, input).await?;
                out.say(&json!({ "resource": added }), format!("“{}” is in the grid.", plain(title.trim())))
            }
            Self::Change { resource, title, said, .. } => {
                let found = find(&access, &resource)?;
                let named = || Stop::usage(format!("“{}” is named by a kit: a newer version of the kit changes it", found.title));
                let own = access.engagement.by_hand(&found.id).filter(|own| !own.removed).ok_or_else(named)?;
                let mut input = said.over(as_described(own), &access)?;
                input.title = title.unwrap_or(input.title);
                change_resource(app, actor, id, (seen(&access, found), input)).await?;
                out.say(&json!({ "resource": found.id }), format!("“{}” is changed.", plain(&found.title)))
            }
            Self::Remove { resource, .. } => {
                let found = find(&access, &resource)?;
                remove_resource(app, actor, id, seen(&access, found)).await?;
                out.say(&json!({ "removed": found.id }), format!("“{}” is taken away.", plain(&found.title)))
            }
            Self::Members { resource, list, take, .. } => {
                let found = find(&access, &resource)?;
                let list = std::fs::read(&list).map_err(|error| Stop::usage(format!("{} cannot be read: {error}", list.display())))?;
                members((app, actor, id), &access, (&found.id, &list), (take, out)).await
            }
            Self::Book { resource, days, from, until, seats, reference, .. } => {
                let found = find(&access, &resource)?;
                let reference = reference.unwrap_or_default().trim().to_owned();
                let booking = days.map(|days| Booking { days, from, until, seats, reference });
                let told = booking.as_ref().map_or_else(|| "not booked".to_owned(), |booking| booking.days.to_string());
                book_room(app, actor, id, (seen(&access, found), booking)).await?;
                out.say(&json!({ "resource": found.id }), format!("“{}”: {told}.", plain(&found.title)))
            }
            Self::Licences { resource, count, .. } => {
                let found = find(&access, &resource)?;
                count_licences(app, actor, id, (seen(&access, found), count)).await?;
                let told = count.map_or_else(|| "as many as need it".to_owned(), |count| count.to_string());
                out.say(&json!({ "resource": found.id, "licences": count }), format!("Licences of “{}”: {told}.", plain(&found.title)))
            }
        }
    }
}

async fn members(
    (app, actor, id): (&App, &Actor, &EngagementId),
    access: &Access,
    list: (&ResourceId, &[u8]),
    (take, out): (bool, Out),
) -> Result<(), Stop> {
    let (found, held) = if take {
        let taken = take_members(app, actor, id, list).await?;
        (taken.compared.clone(), taken.held.clone())
    } else {
        (compare_members(app, actor, id, list).await?, Vec::new())
    };
    if out.json {
        let extra = |it: &Extra| json!({ "line": it.line, "said": it.said, "person": it.person, "came_back": it.came_back });
        let held: Vec<_> = held.iter().map(|(person, why)| json!({ "person": person, "why": why })).collect();
        let extra: Vec<_> = found.extra.iter().map(extra).collect();
        let Compared { missing, pending, news, right, .. } = &found;
        return out.json(&json!({ "missing": missing, "pending": pending, "new": news, "extra": extra, "right": right, "held": held }));
    }
    let name = |person: &PersonId| plain(access.engagement.name(person));
    let row = |what: &str, who: String, told: String| vec![what.to_owned(), who, told];
    let mut rows: Vec<_> = found.extra.iter().map(|it| row("should not be in it", plain(&it.said), format!("line {}", it.line))).collect();
    for (what, people) in [("missing", &found.missing), ("asked for", &found.pending), ("new", &found.news)] {
        rows.extend(people.iter().map(|person| row(what, name(person), String::new())));
    }
    rows.extend(held.iter().map(|(person, why)| row("stays", name(person), why.clone())));
    rows.push(row("as the grid says", found.right.to_string(), String::new()));
    out.table(&rows)
}

fn list(access: &Access, out: Out) -> Result<(), Stop> {
    let all = &access.engagement.plan.resources;
    let needed = |id: &ResourceId| access.engagement.grants.iter().filter(|grant| &grant.resource == id && grant.wanted).count();
    let own = |id: &ResourceId| access.engagement.by_hand(id).is_some_and(|own| !own.removed);
    if out.json {
        let line = |it: &Thing| {
            let licences = access.licences(it).map(|counted| json!({ "of": counted.of, "taken": counted.taken, "needed": counted.needed }));
            json!({
                "id": it.id, "title": it.title, "kind": it.kind.as_str(), "needed_by": needed(&it.id), "internal": it.internal, "details": it.details,
                "by_hand": own(&it.id), "version": access.engagement.resource_version(&it.id), "licences": licences,
            })
        };
        return out.json(&all.iter().map(line).collect::<Vec<_>>());
    }
    let row = |it: &Thing| {
        let licences = access.licences(it).map(|counted| format!("{} of {} licences", counted.taken, counted.of)).unwrap_or_default();
        let from = if own(&it.id) { "added here" } else { "" };
        vec![it.id.to_string(), plain(&it.title), format!("needed by {}", needed(&it.id)), licences, from.to_owned()]
    };
    out.table(&all.iter().map(row).collect::<Vec<_>>())
}
