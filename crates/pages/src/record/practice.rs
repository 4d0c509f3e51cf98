//! The page of the practice's own record: who signed in, whose access was given or ended, which keys were made.

use askama::Template;
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use tminus_app::{
    Failure,
    people::person::find_person,
    record::{
        export::{Format, begin_practice_export},
        read_practice_record,
    },
    store::record::Wanted,
};
use tminus_domain::record::{chain::Head, fact::FactKind};

use super::{
    export::send,
    list::{PAGE, address, between, by_day},
    told::{Told, short, told_of_practice, verb},
    verified::Verified,
};
use crate::{
    caller::Caller,
    fields::{Fields, refused},
    mark::Mark,
    page::Page,
    shell::{Place, Shell},
};

const AT: &str = "/settings/record";

#[derive(Template)]
#[template(path = "record/practice.html", blocks = ["inside"])]
struct PracticePage<'a> {
    shell: Shell,
    head: Head,
    days: Vec<(String, Vec<Told>)>,
    query: Fields,
    facts: Vec<(String, String)>,
    earlier: Option<String>,
    newest: bool,
    verified: Option<Verified>,
    zone: &'a str,
}

impl Page for PracticePage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl PracticePage<'_> {
    fn count(&self) -> usize {
        usize::try_from(self.head.number).unwrap_or(usize::MAX)
    }

    fn short_head(&self) -> String {
        short(&self.head.hash)
    }

    fn filtered(&self) -> bool {
        ["fact", "person", "from", "to"].iter().any(|name| !self.query.get(name).is_empty())
    }

    fn newest_href(&self) -> Option<String> {
        (!self.newest).then(|| address(AT, &self.query, None))
    }
}

async fn wanted(caller: &Caller, query: &Fields) -> Result<Wanted, Failure> {
    query.only(&["fact", "person", "from", "to", "before"])?;
    let about = match query.given("person") {
        None => None,
        Some(email) => match find_person(caller.app(), &caller.actor, email).await {
            Err(Failure::NotFound) => return Err(refused("person", t!("record.nobody").with("email", email.to_owned()))),
            found => Some(found?.id.0),
        },
    };
    Ok(Wanted { about, ..between(caller, query)? })
}

async fn page(caller: &Caller, query: Fields, verified: Option<Verified>) -> Result<Response, Failure> {
    let wanted = wanted(caller, &query).await?;
    let (entries, head) = read_practice_record(caller.app(), &caller.actor, &wanted).await?;
    let earlier =
        entries.last().filter(|last| entries.len() as u64 == PAGE && last.number > 1).map(|last| address(AT, &query, Some(last.number)));
    let any = std::iter::once((String::new(), t!("checklist.any").text().to_owned()));
    let broken = verified.as_ref().is_some_and(|verified| !verified.broken.is_empty());
    let shown = PracticePage {
        shell: caller.shell(t!("record.practice"), Place::Settings).below(t!("rail.settings"), "/settings"),
        head,
        days: by_day(entries.iter().map(|entry| told_of_practice(caller, entry))),
        facts: any.chain(FactKind::OF_PRACTICE.iter().map(|kind| (kind.as_str().to_owned(), verb(*kind).text().to_owned()))).collect(),
        earlier,
        newest: wanted.before.is_none(),
        verified,
        zone: &caller.actor.zone,
        query,
    };
    Ok(caller.asked.show_as(if broken { StatusCode::CONFLICT } else { StatusCode::OK }, &shown))
}

pub(super) async fn show(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    let shown = page(&caller, query, None).await;
    caller.answer(shown)
}

/// Checks the whole chain, entry by entry, on the server.
pub(super) async fn verify(caller: Caller, fields: Fields) -> Response {
    let shown = async {
        fields.only(&[])?;
        let verified = Verified::of(&caller, None).await?;
        page(&caller, Fields::default(), Some(verified)).await
    };
    let shown = shown.await;
    caller.answer(shown)
}

pub(super) async fn json_lines(caller: Caller, fields: Fields) -> Response {
    export(caller, (fields, Format::Lines)).await
}

pub(super) async fn csv(caller: Caller, fields: Fields) -> Response {
    export(caller, (fields, Format::Csv)).await
}

async fn export(caller: Caller, (fields, format): (Fields, Format)) -> Response {
    // The first piece is read before anything is sent: a refusal is a page then.
    let begun = async {
        fields.only(&[])?;
        let mut export = begin_practice_export(caller.app(), &caller.actor, format).await?;
        Ok((export.next().await?, export))
    };
    match begun.await {
        Ok(begun) => send("practice", format, begun),
        Err(failure) => caller.answer(Err(failure)),
    }
}
