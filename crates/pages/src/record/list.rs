//! The page of the record, newest first, by key from page to page.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use jiff::{Timestamp, civil::Date};
use tminus_app::{Failure, checklist::undo::list_undoable, record::read_record, store::record::Wanted};
use tminus_domain::{
    ids::EngagementId,
    record::{chain::Head, fact::FactKind},
    rights::Right,
};

use super::{
    told::{Told, offer_undo, short, told, verb},
    verified::Verified,
};
use crate::{
    caller::{Caller, escaped},
    engagement::desk::Desk,
    fields::{Fields, refused},
    mark::Mark,
    page::Page,
    shell::{Shell, Tab},
};

/// Entries of one page.
pub(super) const PAGE: u64 = 100;

#[derive(Template)]
#[template(path = "record/list.html", blocks = ["inside"])]
struct RecordPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    days: Vec<(String, Vec<Told>)>,
    query: Fields,
    facts: Vec<(String, String)>,
    people: Vec<(String, String)>,
    items: Vec<(String, String)>,
    earlier: Option<String>,
    newest: bool,
    verified: Option<Verified>,
    zone: &'a str,
}

impl Page for RecordPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl RecordPage<'_> {
    fn verifies(&self) -> bool {
        self.desk.view.scope.sees_internal()
    }

    fn head(&self) -> &Head {
        &self.desk.engagement().head
    }

    fn count(&self) -> usize {
        usize::try_from(self.head().number).unwrap_or(usize::MAX)
    }

    fn short_head(&self) -> String {
        short(&self.head().hash)
    }

    fn filtered(&self) -> bool {
        ["fact", "person", "item", "from", "to"].iter().any(|name| !self.query.get(name).is_empty())
    }

    fn newest_href(&self) -> Option<String> {
        (!self.newest).then(|| address(&of(self.desk.id()), &self.query, None))
    }
}

fn wanted(caller: &Caller, query: &Fields) -> Result<Wanted, Failure> {
    query.only(&["fact", "person", "item", "from", "to", "before"])?;
    let subject = query.given("item").map(ToOwned::to_owned);
    Ok(Wanted { subject, person: query.given("person").map(ToOwned::to_owned), ..between(caller, query)? })
}

/// What is wanted of any record: its kind, its days, and from where on.
pub(super) fn between(caller: &Caller, query: &Fields) -> Result<Wanted, Failure> {
    let zone = jiff::tz::TimeZone::get(&caller.actor.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|at| at.timestamp());
    let fact = query.parsed::<FactKind>("fact")?.map(|kind| kind.as_str().to_owned());
    let (from, to) = (query.date("from")?, query.date("to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(refused("to", t!("record.order")));
    }
    // The last day counts to its end.
    let end = |date: Date| date.tomorrow().ok().and_then(start).map(|at| Timestamp::from_nanosecond(at.as_nanosecond() - 1).unwrap_or(at));
    Ok(Wanted { before: query.parsed("before")?, limit: PAGE, fact, from: from.and_then(start), to: to.and_then(end), ..Wanted::default() })
}

fn of(engagement: &str) -> String {
    format!("/engagements/{engagement}/record")
}

/// The entries by their days, newest first.
pub(super) fn by_day(told: impl Iterator<Item = Told>) -> Vec<(String, Vec<Told>)> {
    let mut days: Vec<(String, Vec<Told>)> = Vec::new();
    for told in told {
        match days.last_mut() {
            Some((day, list)) if *day == told.day => list.push(told),
            _ => days.push((told.day.clone(), vec![told])),
        }
    }
    days
}

/// The same filter, from another entry on.
pub(super) fn address(record: &str, query: &Fields, before: Option<u64>) -> String {
    let own = query.pairs().filter(|(name, value)| *name != "before" && !value.is_empty());
    let own = own.map(|(name, value)| format!("{name}={}", escaped(value)));
    let all: Vec<_> = own.chain(before.map(|number| format!("before={number}"))).collect();
    format!("{record}{}{}", if all.is_empty() { "" } else { "?" }, all.join("&"))
}

async fn page(caller: &Caller, id: &str, query: Fields, verified: Option<Verified>) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadRecord).await?;
    let wanted = wanted(caller, &query)?;
    let entries = read_record(caller.app(), &caller.actor, &desk.view.engagement.id, &wanted).await?;
    let earlier = entries
        .last()
        .filter(|last| entries.len() as u64 == PAGE && last.number > 1)
        .map(|last| address(&of(id), &query, Some(last.number)));
    let mut days = by_day(entries.iter().map(|entry| told(caller, &desk, entry)));
    if desk.may(Right::WorkItems) {
        let undoable = list_undoable(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
        offer_undo(days.iter_mut().flat_map(|(_, list)| list), &undoable, &desk, None);
    }
    let any = || std::iter::once((String::new(), t!("checklist.any").text().to_owned()));
    let engagement = desk.engagement();
    let kinds = FactKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), verb(*kind).text().to_owned()));
    let people = engagement.names.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let items = desk.sheet.rows.iter().map(|row| (row.item.id.to_string(), format!("{} {}", row.number, row.item.content.title)));
    let broken = verified.as_ref().is_some_and(|verified| !verified.broken.is_empty());
    let shown = RecordPage {
        shell: if verified.is_some() { desk.shell(caller, Tab::Record).still() } else { desk.shell(caller, Tab::Record) },
        facts: any().chain(kinds).collect(),
        people: any().chain(people).collect(),
        items: any().chain(items).collect(),
        newest: wanted.before.is_none(),
        zone: &caller.actor.zone,
        desk: &desk,
        days,
        query,
        earlier,
        verified,
    };
    Ok(caller.asked.show_as(if broken { StatusCode::CONFLICT } else { StatusCode::OK }, &shown))
}

pub(super) async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    caller.answer(page(&caller, &id, query, None).await)
}

/// Checks the whole chain, entry by entry, on the server.
pub(super) async fn verify(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let shown = async {
        fields.only(&[])?;
        let verified = Verified::of(&caller, Some(&EngagementId(id.clone()))).await?;
        page(&caller, &id, Fields::default(), Some(verified)).await
    };
    caller.answer(shown.await)
}
