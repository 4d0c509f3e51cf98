//! A list of who is really in a room, on a list or in a tool: held against the register, and taken over where it says something new.

use std::collections::BTreeMap;

use tminus_domain::{
    access::{
        Grant, Step,
        membership::{Compared, Named},
        work::Ask,
    },
    checklist::item::Content,
    engagement::Engagement,
    ids::{EngagementId, PersonId, ResourceId},
    kit::access::Resource,
    people::Person,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right, Scope},
};

use super::{going_on, hand, linked, resource::known, shared_refused, take};
use crate::{
    App, Failure, Refusal,
    checklist::{Done, arrange},
    spreadsheet::{lines, text_within},
};

/// What shows that somebody has it.
const LISTED: &str = "named in a list of its members";

/// The most lines that are looked at.
const MAX_LINES: usize = 2_000;

/// How many who should not be there are named, and in how many characters each.
const MAX_NAMED: usize = 20;
const MAX_SAID: usize = 120;

/// What tools call the columns of such a list.
const COLUMNS: [&str; 12] = [
    "name",
    "full name",
    "display name",
    "first name",
    "user",
    "user name",
    "username",
    "email",
    "e-mail",
    "email address",
    "mail",
    "member",
];

/// What separates several addresses of one cell. A name before an address in brackets may have blanks.
const SEPARATES: [char; 3] = [',', ';', '\n'];

/// What a list says, and what cannot be taken over: whose access, and why.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    pub compared: Compared,
    pub held: Vec<(PersonId, String)>,
}

/// What a list of members of a resource says. Nothing is saved.
pub async fn compare_members(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    (resource, list): (&ResourceId, &[u8]),
) -> Result<Compared, Failure> {
    let view = app.view(actor, engagement, Right::MoveAccess).await?;
    view.engagement.resource(resource).ok_or(Failure::NotFound)?;
    let listed = read(list)?;
    let people = people(app, &view.scope, &view.engagement).await?;
    Ok(view.engagement.compare(resource, &listed, &people))
}

/// The members of an engagement, with the other addresses that the reader may know of: those of their own side, and for the delivery side all.
async fn people(app: &App, scope: &Scope, engagement: &Engagement) -> Result<BTreeMap<PersonId, (Person, Vec<String>)>, Failure> {
    let ids: Vec<_> = engagement.members.iter().map(|member| member.person.clone()).collect();
    let mut others = app.store.addresses_of(scope, &ids).await?;
    let people = app.store.people_of(scope, &ids).await?.into_iter();
    let theirs = |person: &Person| scope.sees_internal() || person.side == scope.side();
    let known = people.map(|(id, person)| {
        let others = others.remove(&id).filter(|_| theirs(&person)).unwrap_or_default();
        (id, (person, others))
    });
    Ok(known.collect())
}

/// Takes a list of members over, in one change: whoever is in it has it, and whoever came back has to go again. Who should not be in a room of the
/// delivery side is an item for today. What cannot be taken over stays as it is, and says why.
pub async fn take_members(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    (id, list): (&ResourceId, &[u8]),
) -> Result<Done<Taken>, Failure> {
    // People are read before the engagement is held: reading them may take a connection of its own.
    let view = app.view(actor, engagement, Right::MoveAccess).await?;
    let listed = read(list)?;
    let people = people(app, &view.scope, &view.engagement).await?;
    let mut change = app.change(actor, engagement, Right::MoveAccess).await?;
    going_on(change.engagement())?;
    let resource = known(&change, id)?;
    let compared = change.engagement().compare(id, &listed, &people);
    let mut held = Vec::new();
    let back = compared.extra.iter().filter(|extra| extra.came_back).filter_map(|extra| extra.person.clone());
    let steps: Vec<_> =
        compared.news.iter().cloned().map(|it| (it, Step::Granted)).chain(back.map(|it| (it, Step::RevokeRequested))).collect();
    for (person, to) in steps {
        let grant = change.grant(&person, id).cloned().ok_or(Failure::NotFound)?;
        let hand = hand(app, &change, actor, &grant)?;
        let ask = Ask { to: Some(to), note: Some(LISTED.to_owned()), ..Ask::default() };
        match take(app, actor, &mut change, (Grant::clone(&grant), hand), &ask) {
            Ok(moved) => linked::follow_grant(app, actor, &mut change, &moved)?,
            Err(Failure::Refused(refusal)) => {
                let told = shared_refused(app, change.engagement(), ((person.clone(), id.clone()), &ask), &refusal);
                if let Some(fact) = told {
                    change.record(fact);
                }
                held.push((person, refusal.to_string()));
            }
            Err(failure) => return Err(failure),
        }
    }
    change.record(fact(&resource, &compared));
    if resource.internal && !compared.extra.is_empty() {
        let content = Content {
            title: format!("Take out of {} who does not belong there", resource.title),
            description: said(&compared),
            owners: resource.owners.clone(),
            internal: true,
            ..Content::default()
        };
        let key = format!("not-in-{id}/");
        arrange::tell_anew(&mut change, &key, &content.description);
        arrange::add_for_today(app, &mut change, &key, content)?;
    }
    Done::save(app, actor, change, Taken { compared, held }).await
}

/// Who they are stands in the texts: those can be erased.
fn fact(resource: &Resource, compared: &Compared) -> Fact {
    let Compared { missing, pending, news, extra, right } = compared;
    let counts = serde_json::json!({
        "missing": missing.len(), "pending": pending.len(), "extra": extra.len(), "new": news.len(), "as_the_grid_says": right,
    });
    let fact = Fact::new(FactKind::MembersCompared, resource.id.as_str(), &resource.title).internal(resource.internal).to(counts);
    if extra.is_empty() { fact } else { fact.text("who_should_not_be_in_it", said(compared)) }
}

/// The first of them by name, and how many more.
fn said(compared: &Compared) -> String {
    let named: Vec<_> = compared.extra.iter().take(MAX_NAMED).map(|extra| extra.said.chars().take(MAX_SAID).collect::<String>()).collect();
    let more = compared.extra.len() - named.len();
    if more == 0 { named.join(", ") } else { format!("{}, and {more} more", named.join(", ")) }
}

/// People of a list, one a line or several addresses in one: `bob@example.com`, `Bob Harper <bob@example.com>`, a row of a table.
fn read(list: &[u8]) -> Result<Vec<Named>, Failure> {
    let text = text_within(list)?;
    let rows = lines(&text).map_err(|problem| Refusal::field("table", format!("line {}: {}", problem.line, problem.why)))?;
    let mut listed = Vec::new();
    for (place, (line, cells)) in rows.into_iter().enumerate() {
        let addressed: Vec<_> = cells.iter().flat_map(|cell| cell.split(SEPARATES)).filter(|part| part.contains('@')).collect();
        if place == 0 && addressed.is_empty() && cells.iter().any(|cell| COLUMNS.contains(&cell.to_lowercase().as_str())) {
            continue;
        }
        match addressed[..] {
            [] => {
                // `Bob Harper`, `Harper, Bob`, and a column for each name in either order.
                let parts: Vec<_> = cells.iter().flat_map(|cell| cell.split(',')).map(str::trim).filter(|part| !part.is_empty()).collect();
                let both = |(one, other): (usize, usize)| Some(format!("{} {}", parts.get(one)?, parts.get(other)?));
                // Tools put something behind a name: `Bob Harper (admin)`.
                let bare = cells.first().and_then(|name| Some(name.split_once('(')?.0.trim().to_owned()));
                let names = [cells.first().cloned(), bare, both((0, 1)), both((1, 0))];
                let names = names.into_iter().flatten().map(|name| name.to_lowercase()).collect();
                listed.push(Named { line, said: cells.join(", "), email: String::new(), names });
            }
            [one] => listed.push(Named { line, said: cells.join(", "), email: address(one), names: Vec::new() }),
            _ => listed.extend(addressed.into_iter().map(|one| Named {
                line,
                said: one.trim().to_owned(),
                email: address(one),
                names: Vec::new(),
            })),
        }
    }
    match listed.len() {
        0 => Err(Refusal::field("table", "give a list of its members: one address or name a line").into()),
        1..=MAX_LINES => Ok(listed),
        _ => Err(Refusal::field("table", format!("at most {MAX_LINES} people")).into()),
    }
}

/// `bob@example.com` of `Bob Harper <Bob@example.com>`.
fn address(cell: &str) -> String {
    let inner = cell.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(cell, |(inner, _)| inner);
    let word = inner.split_whitespace().find(|word| word.contains('@')).unwrap_or(inner);
    word.trim_matches(|c: char| !c.is_alphanumeric()).trim_start_matches("mailto:").to_lowercase()
}
