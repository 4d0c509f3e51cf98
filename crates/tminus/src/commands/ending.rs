//! What has to end: people's access, rooms and the like, links, keys; and ending it.

use clap::Subcommand;
use jiff::civil::Date;
use serde_json::{Value, json};
use tminus_app::{
    App,
    access::{
        at_once::{EndAtOnce, end_at_once},
        ending::{Ending as All, end_key, list_ending},
        holding::{AddHolding, MoveHolding, add_holding, move_holding},
    },
};
use tminus_domain::{
    access::{
        Shown,
        holding::{Ask, Holding},
    },
    ids::{EngagementId, PersonId},
    kit::{Side, access::ResourceKind},
    rights::Actor,
};

use crate::{
    commands::reference::{Within, side},
    exit::Stop,
    print::{Out, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Ending {
    /// List what has to end now, all at the end of the engagement, or all of one person
    List {
        #[command(flatten)]
        within: Within,
        /// All there is at the end of the engagement
        #[arg(long)]
        all: bool,
        /// All of one person, by e-mail address
        #[arg(long, value_name = "EMAIL", conflicts_with = "all")]
        person: Option<String>,
    },
    /// Add a room or the like that no kit names
    Add {
        #[command(flatten)]
        within: Within,
        /// What has to be closed
        title: String,
        /// `room`, `chat`, `list`, `cloud` or `other`
        #[arg(long, default_value = "other", value_parser = kind)]
        kind: ResourceKind,
        /// Who closes it: `customer`, `delivery` or `partner`
        #[arg(long, default_value = "customer", value_parser = side)]
        side: Side,
        /// Who sees to it, by e-mail address
        #[arg(long, value_name = "EMAIL")]
        owner: Option<String>,
        /// Only the delivery side sees it
        #[arg(long)]
        internal: bool,
    },
    /// Say that it is closed
    Close {
        #[command(flatten)]
        within: Within,
        /// Its id or title
        holding: String,
        /// When, and what shows it; asked for where another side than its own says so
        #[arg(long, default_value = "")]
        note: String,
        /// How it is known, where another side than its own says so: `refused`, or the e-mail address of one of that side who said so
        #[arg(long)]
        shown: Option<String>,
    },
    /// Carry it over the end of the engagement
    Carry {
        #[command(flatten)]
        within: Within,
        /// Its id or title
        holding: String,
        /// Who answers for it, by e-mail address
        #[arg(long, value_name = "EMAIL")]
        owner: String,
        /// The last day
        #[arg(long, value_name = "DATE")]
        until: Date,
    },
    /// End a key that opens this engagement and nothing else
    Key {
        #[command(flatten)]
        within: Within,
        /// Its id
        key: String,
    },
    /// End all access of somebody today, for reasons of security
    AtOnce {
        #[command(flatten)]
        within: Within,
        /// Whose, by e-mail address
        #[arg(long, value_name = "EMAIL")]
        person: String,
        /// Why; only the delivery side reads it
        #[arg(long)]
        reason: String,
    },
}

pub(super) fn kind(text: &str) -> Result<ResourceKind, String> {
    text.parse().map_err(|()| format!("“{text}” is no kind; there are {}", words(ResourceKind::ALL.iter().map(|it| it.as_str()))))
}

fn words<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

impl Ending {
    pub(crate) fn within(&self) -> &Within {
        match self {
            Self::List { within, .. }
            | Self::Add { within, .. }
            | Self::Close { within, .. }
            | Self::Carry { within, .. }
            | Self::Key { within, .. }
            | Self::AtOnce { within, .. } => within,
        }
    }

    pub(crate) async fn run(self, (app, actor, id): (&App, &Actor, &EngagementId), out: Out) -> Result<(), Stop> {
        let place = (app, actor, id);
        match self {
            Self::List { all, person, .. } => {
                let person = match person {
                    Some(email) => Some(person_of(app, &email).await?),
                    None => None,
                };
                list(&list_ending(app, actor, id).await?, (all, person.as_ref()), out)
            }
            Self::Add { title, kind, side, owner, internal, .. } => {
                let owner = match owner {
                    Some(email) => Some(person_of(app, &email).await?),
                    None => None,
                };
                let added = add_holding(app, actor, id, AddHolding { title, kind, side, owner, internal }).await?;
                out.say(&json!({ "holding": added.id }), format!("“{}” is on the list.", plain(&added.title)))
            }
            Self::Close { holding, note, shown: known, .. } => {
                let shown = shown(app, known.as_deref()).await?;
                go(place, &holding, Ask::Close { note, shown }, out).await
            }
            Self::Carry { holding, owner, until, .. } => {
                let owner = person_of(app, &owner).await?;
                go(place, &holding, Ask::Carry { owner, until }, out).await
            }
            Self::Key { key, .. } => {
                end_key(app, actor, id, &key.as_str().into()).await?;
                out.say(&json!({ "ended": key }), "The key is ended.")
            }
            Self::AtOnce { person, reason, .. } => {
                let person = person_of(app, &person).await?;
                let left = end_at_once(app, actor, id, EndAtOnce { person, reason }).await?;
                out.say(&json!({ "to_revoke": left }), format!("Their access is to end today: {left} to take away."))
            }
        }
    }
}

/// `refused`, or somebody by their e-mail address.
pub(super) async fn shown(app: &App, text: Option<&str>) -> Result<Option<Shown>, Stop> {
    Ok(match text {
        Some(email) if email.contains('@') => Some(Shown::Word(person_of(app, email).await?)),
        text => text.map(Into::into),
    })
}

async fn person_of(app: &App, email: &str) -> Result<PersonId, Stop> {
    let account = app.store.account_by_email(email).await?;
    Ok(account.ok_or_else(|| Stop::not_found(format!("nobody has the address “{email}”")))?.person.id)
}

async fn go((app, actor, id): (&App, &Actor, &EngagementId), named: &str, ask: Ask, out: Out) -> Result<(), Stop> {
    let all = list_ending(app, actor, id).await?.holdings;
    let fits = |it: &&Holding| it.id.as_str() == named || it.title.to_lowercase() == named.to_lowercase();
    let found = all.iter().find(fits).ok_or_else(|| {
        Stop::not_found(format!("there is no “{named}” here; there are: {}", words(all.iter().map(|it| it.title.as_str()))))
    })?;
    let input = MoveHolding { holding: found.id.clone(), ask, version: Some(found.version) };
    let moved = move_holding(app, actor, id, input).await?;
    let word = moved.as_ref().map_or("left out", state);
    out.say(&json!({ "holding": found.id, "state": word }), format!("“{}” is {word}.", plain(&found.title)))
}

fn state(holding: &Holding) -> &'static str {
    match (&holding.closed, &holding.carried) {
        (Some(_), _) => "closed",
        (None, Some(_)) => "carried over",
        (None, None) => "open",
    }
}

fn list(ending: &All, (all, person): (bool, Option<&PersonId>), out: Out) -> Result<(), Stop> {
    let engagement = &ending.access.engagement;
    let of = |id: &PersonId| person.map_or(all, |person| person == id);
    let title = |id: &tminus_domain::ids::ResourceId| engagement.resource(id).map_or(id.as_str(), |it| &it.title).to_owned();
    let mut lines: Vec<(Value, Vec<String>)> = Vec::new();
    let due = |date: Option<Date>| date.map(|date| format!("by {date}")).unwrap_or_default();
    for (day, grant) in ending.grants(all, person) {
        let name = engagement.name(&grant.person);
        let told = json!({
            "what": "grant", "person": grant.person, "name": name, "resource": grant.resource, "title": title(&grant.resource),
            "step": grant.step.as_str(), "due": day, "at_once": engagement.urgent(grant).is_some(),
        });
        lines.push((told, vec![plain(name), plain(&title(&grant.resource)), grant.step.as_str().to_owned(), due(day)]));
    }
    for holding in ending.holdings.iter().filter(|_| all) {
        let day = ending.due(holding);
        let told = json!({
            "what": "holding", "id": holding.id, "title": holding.title, "kind": holding.kind.as_str(), "side": holding.side.as_str(),
            "owner": holding.owner, "state": state(holding), "due": day,
        });
        lines.push((told, vec![holding.side.as_str().to_owned(), plain(&holding.title), state(holding).to_owned(), due(day)]));
    }
    for link in ending.links.iter().filter(|link| of(&link.person)) {
        let name = engagement.name(&link.person);
        let told = json!({ "what": "link", "id": link.id, "person": link.person, "name": name, "expires_at": link.expires_at });
        lines.push((told, vec![plain(name), "a link".to_owned(), link.id.to_string(), format!("good until {}", link.expires_at)]));
    }
    for key in ending.keys.iter().filter(|key| of(&key.person)) {
        let name = engagement.name(&key.person);
        let told =
            json!({ "what": "key", "id": key.id, "person": key.person, "name": name, "title": key.title, "expires_at": key.expires_at });
        lines.push((told, vec![plain(name), format!("the key “{}”", plain(&key.title)), key.id.to_string(), String::new()]));
    }
    if out.json {
        return out.json(&json!({ "ending": lines.into_iter().map(|(told, _)| told).collect::<Vec<_>>() }));
    }
    out.table(&lines.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
}
