//! Access: who has what, moving it, and what has to end.

use std::str::FromStr;

use clap::Subcommand;
use jiff::civil::{Date, Time};
use serde_json::{Value, json};
use tminus_app::access::{Access as Seen, MoveAccess, csv::access_csv, list_access, move_access};
use tminus_domain::{
    access::{Grant, Step, appointment::Appointment, work::Ask},
    engagement::Engagement,
    ids::{PersonId, ResourceId},
};

use super::{
    ending::{Ending, shown},
    resource::Resource,
};
use crate::{
    commands::reference::{self, Within},
    config::Place,
    exit::Stop,
    open,
    print::{Out, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Access {
    /// List access: everybody's, or what has to end
    List {
        #[command(flatten)]
        within: Within,
        /// Only what has to end
        #[arg(long)]
        to_revoke: bool,
        /// Only what is wanted and does not work yet
        #[arg(long, conflicts_with = "to_revoke")]
        open: bool,
        /// As comma-separated values
        #[arg(long, conflicts_with_all = ["to_revoke", "open"])]
        csv: bool,
    },
    /// Move access in one change: all that is named, or nothing
    Set {
        #[command(flatten)]
        within: Within,
        /// Whose, by e-mail address; may be repeated
        #[arg(long, value_name = "EMAIL", required = true)]
        person: Vec<String>,
        /// Which resource, by its id; may be repeated
        #[arg(long, value_name = "RESOURCE", required = true)]
        resource: Vec<String>,
        /// `needed`, `requested`, `approved`, `granted`, `verified`, `broken`, `suspended`, `revoke_requested`, `revoked`, `revocation_confirmed`,
        /// `rejected`, `withdrawn` or `waived`
        #[arg(long, value_parser = step)]
        to: Option<Step>,
        /// Why, or what shows that it works; some steps ask for it
        #[arg(long)]
        note: Option<String>,
        /// The number of the request where it was made
        #[arg(long)]
        ticket: Option<String>,
        /// What the kit asks to keep of it, such as `Asset tag=L-4711`; may be repeated
        #[arg(long = "detail", value_name = "NAME=TEXT", value_parser = detail)]
        details: Vec<(String, String)>,
        /// When they get it in person: `2026-01-12T10:00`, or only the day; `none` takes the appointment away
        #[arg(long, value_name = "WHEN")]
        appointment: Option<When>,
        /// Where the appointment is, and with whom
        #[arg(long, value_name = "TEXT", requires = "appointment", default_value = "")]
        place: String,
        /// The last day on which it works
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        /// How it is known that it is gone, where another side gives it: `refused`, or the e-mail address of one of that side who said so
        #[arg(long, value_name = "HOW")]
        shown: Option<String>,
    },
    /// What has to end: access, rooms and the like, links, keys
    #[command(subcommand)]
    Ending(Ending),
    /// What people need access to, what no kit names too, and its licences
    #[command(subcommand)]
    Resource(Resource),
}

fn step(text: &str) -> Result<Step, String> {
    let words = || Step::ALL.iter().map(|step| step.as_str()).collect::<Vec<_>>().join(", ");
    text.replace('-', "_").parse().map_err(|()| format!("“{text}” is no step; there are {}", words()))
}

/// A day with or without a time, or that there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When(Option<(Date, Option<Time>)>);

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let whole = text.trim().replace(' ', "T");
        if whole.eq_ignore_ascii_case("none") {
            return Ok(Self(None));
        }
        let unusable = |_| format!("“{text}” is neither a day nor a day and a time: give 2026-01-12T10:00, or none");
        let (day, time) = whole.split_once('T').map_or((whole.as_str(), None), |(day, time)| (day, Some(time)));
        Ok(Self(Some((day.parse().map_err(unusable)?, time.map(str::parse).transpose().map_err(unusable)?))))
    }
}

impl When {
    fn at(self, place: &str) -> Option<Appointment> {
        self.0.map(|(on, at)| Appointment { on, at, place: place.trim().to_owned() })
    }
}

fn detail(text: &str) -> Result<(String, String), String> {
    let (name, text) = text.split_once('=').ok_or_else(|| "give NAME=TEXT, such as \"Asset tag=L-4711\"".to_owned())?;
    Ok((name.trim().to_owned(), text.trim().to_owned()))
}

impl Access {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        let view = reference::engagement(app, &actor, &self.within().engagement).await?;
        let id = &view.engagement.id;
        match self {
            Self::List { csv: true, .. } => {
                let text = String::from_utf8_lossy(&access_csv(app, &actor, id).await?).into_owned();
                out.line(text.trim_end())
            }
            Self::List { to_revoke, open, .. } => list(&list_access(app, &actor, id).await?, (to_revoke, open), out),
            Self::Set { person, resource, to, note, ticket, details, appointment, place, until, shown: known, .. } => {
                let shown = shown(app, known.as_deref()).await?;
                if to.is_none() && note.is_none() && ticket.is_none() && until.is_none() && details.is_empty() && appointment.is_none() {
                    return Err(Stop::usage("say what is to change: --to, --note, --ticket, --detail, --appointment or --until"));
                }
                if appointment.is_some_and(|When(when)| when.is_none()) && !place.trim().is_empty() {
                    return Err(Stop::usage("no appointment is at a place: leave --place out"));
                }
                let mut moves = Vec::new();
                for email in &person {
                    let unknown = || Stop::not_found(format!("nobody on this engagement has the address “{email}”"));
                    let whose: PersonId = app.store.account_by_email(email).await?.ok_or_else(unknown)?.person.id;
                    let known = view.engagement.member(&whose).is_some() || view.engagement.grants.iter().any(|it| it.person == whose);
                    if !known {
                        return Err(unknown());
                    }
                    for resource in &resource {
                        let ask = Ask {
                            to,
                            note: note.clone(),
                            ticket: ticket.clone(),
                            details: details.iter().cloned().collect(),
                            appointment: appointment.map(|when| when.at(&place)),
                            until: until.map(Some),
                            shown: shown.clone(),
                        };
                        moves.push(MoveAccess { person: whose.clone(), resource: resource.as_str().into(), ask, version: None });
                    }
                }
                if let Some(unknown) = resource.iter().find(|it| view.engagement.resource(&it.as_str().into()).is_none()) {
                    let known = view.engagement.plan.resources.iter().map(|it| it.id.to_string()).collect::<Vec<_>>().join(", ");
                    return Err(Stop::not_found(format!("there is no resource “{unknown}” here; there are: {known}")));
                }
                let done = move_access(app, &actor, id, moves).await?;
                out.say(&json!({ "moved": *done, "undo": done.undo }), format!("{} moved.", *done))
            }
            Self::Ending(ending) => ending.run((app, &actor, id), out).await,
            Self::Resource(resource) => resource.run((app, &actor, id), out).await,
        }
    }

    fn within(&self) -> &Within {
        match self {
            Self::List { within, .. } | Self::Set { within, .. } => within,
            Self::Ending(ending) => ending.within(),
            Self::Resource(resource) => resource.within(),
        }
    }
}

fn list(access: &Seen, (to_revoke, open): (bool, bool), out: Out) -> Result<(), Stop> {
    let ends: Vec<_> = access.engagement.to_revoke(access.today, false).cloned().collect();
    let shown = |grant: &Grant| match (to_revoke, open) {
        (true, _) => ends.iter().any(|it| it.person == grant.person && it.resource == grant.resource),
        (_, true) => grant.wanted && !grant.is_there(access.today),
        _ => true,
    };
    let grants: Vec<_> = access.engagement.grants.iter().filter(|grant| shown(grant)).collect();
    if out.json {
        let ready = access.engagement.access_ready(access.today);
        let grants: Vec<_> = grants.iter().map(|grant| line(access, grant)).collect();
        return out.json(&json!({ "ready": ready.people, "ready_of": ready.of, "grants": grants }));
    }
    let row = |grant: &&std::sync::Arc<Grant>| {
        let due = grant.due_on().filter(|_| grant.step.is_open()).map(|due| format!("due {due}"));
        let until = grant.until.map(|until| format!("until {until}"));
        vec![
            plain(access.engagement.name(&grant.person)),
            plain(title(&access.engagement, &grant.resource)),
            if grant.has_lapsed(access.today) { "lapsed" } else { grant.step.as_str() }.to_owned(),
            due.into_iter().chain(until).collect::<Vec<_>>().join(", "),
        ]
    };
    out.table(&grants.iter().map(row).collect::<Vec<_>>())
}

fn title<'a>(engagement: &'a Engagement, id: &'a ResourceId) -> &'a str {
    engagement.resource(id).map_or(id.as_str(), |resource| &resource.title)
}

fn line(access: &Seen, grant: &Grant) -> Value {
    json!({
        "person": grant.person, "name": access.engagement.name(&grant.person), "resource": grant.resource,
        "title": title(&access.engagement, &grant.resource), "step": grant.step.as_str(), "lapsed": grant.has_lapsed(access.today),
        "needed": grant.wanted, "due": grant.due_on(), "start_by": grant.start_by, "ticket": grant.ticket, "details": grant.details,
        "appointment": grant.appointment, "until": grant.until,
        "ends_before": access.engagement.ends_early(grant),
        "note": grant.note, "version": grant.version,
    })
}
