//! Looking for something: a page of its own, and the lines that the palette shows while one types.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use tminus_app::{
    Failure,
    engagement::search::{Found, MAX_FOUND, search},
};
use tminus_domain::{
    ids::EngagementId,
    rights::Right,
    search::{Sought, fold},
};

use super::desk::Desk;
use crate::{
    caller::Caller,
    checklist::sheet::Row,
    fields::Fields,
    page::Page,
    shell::{Place, Shell},
    words::Words,
};

/// Items of the engagement that one looks at: others are to have room beside them.
const MAX_NEAR: usize = 12;

#[derive(Template)]
#[template(path = "engagement/search.html", blocks = ["inside"])]
struct SearchPage {
    shell: Shell,
    text: String,
    within: String,
    groups: Vec<Group>,
}

/// The lines alone, for the palette.
#[derive(Template)]
#[template(path = "engagement/found.html")]
struct FoundPart<'a> {
    groups: &'a [Group],
}

struct Group {
    words: Words,
    lines: Vec<Line>,
}

/// One thing that was found.
struct Line {
    icon: &'static str,
    href: String,
    number: String,
    words: String,
    /// Where it belongs.
    beside: String,
}

impl Page for SearchPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }

    fn part(&self, id: &str) -> Option<askama::Result<String>> {
        (id == "found").then(|| FoundPart { groups: &self.groups }.render())
    }
}

pub(super) async fn show(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let shown = shown(&caller, &Fields::parse(query.unwrap_or_default().as_bytes())).await;
    caller.answer(shown)
}

async fn shown(caller: &Caller, fields: &Fields) -> Result<Response, Failure> {
    fields.only(&["q", "within"])?;
    let text = fields.text("q");
    let near = match fields.given("within") {
        Some(id) => match Desk::open(caller, id, Right::ReadEngagement).await {
            Err(Failure::NotFound | Failure::Forbidden) => None,
            desk => Some(desk?),
        },
        None => None,
    };
    let within = near.as_ref().map(|desk| EngagementId::from(desk.id()));
    let found = search(caller.app(), &caller.actor, &text, within.as_ref()).await?;
    let items = items(near.as_ref(), &found, &text);
    let shell = caller.shell(t!("search.title"), Place::Elsewhere);
    let groups = [
        Group { words: t!("search.engagements"), lines: found.engagements.iter().map(engagement).collect() },
        Group { words: t!("search.items"), lines: items },
        Group { words: t!("search.people"), lines: people(caller, &found) },
        Group { words: t!("search.go_to"), lines: if caller.asked.is_part() { Vec::new() } else { places(&shell, &text) } },
    ];
    let groups = groups.into_iter().filter(|group| !group.lines.is_empty()).collect();
    let within = within.map(|it| it.to_string()).unwrap_or_default();
    Ok(caller.show(&SearchPage { shell, text, within, groups }))
}

fn engagement(found: &tminus_app::store::search::FoundEngagement) -> Line {
    Line {
        icon: "launch",
        href: format!("/engagements/{}/countdown", found.id),
        number: String::new(),
        words: format!("{} {}", found.customer, found.title),
        beside: if found.closed { t!("search.closed").into() } else { String::new() },
    }
}

/// Those of the engagement that one looks at first, by number too; then those of others.
fn items(near: Option<&Desk>, found: &Found, text: &str) -> Vec<Line> {
    let line = |engagement: &str, item: &str, (number, words, beside): (String, String, String)| Line {
        icon: "check",
        href: format!("/engagements/{engagement}/checklist?item={item}"),
        number,
        words,
        beside,
    };
    let mut lines: Vec<_> = near
        .map(|desk| {
            let row = |row: &Row| {
                let words = (row.number.clone(), row.item.content.title.clone(), desk.engagement().whom(&row.item).to_owned());
                line(desk.id(), row.item.id.as_str(), words)
            };
            nearest(desk, text).into_iter().map(row).collect()
        })
        .unwrap_or_default();
    let elsewhere = found.items.iter().filter(|it| near.is_none_or(|desk| desk.id() != it.engagement.as_str()));
    lines.extend(elsewhere.map(|it| {
        let words = (String::new(), it.title.clone(), it.engagement_name.clone());
        line(it.engagement.as_str(), it.item.as_str(), words)
    }));
    lines.truncate(MAX_FOUND - found.engagements.len() - found.people.len());
    lines
}

/// Rows with this number and those below it, or with all the words in their title or in whom they are for.
fn nearest<'a>(desk: &'a Desk, text: &str) -> Vec<&'a Row> {
    let (number, sought) = (text.trim().trim_end_matches('.'), Sought::new(text));
    let below = format!("{number}.");
    let rank = |row: &Row| {
        if row.number == number {
            return Some(0);
        }
        if row.number.starts_with(&below) {
            return Some(1);
        }
        let text = fold(&format!("{} {}", row.item.content.title, desk.engagement().whom(&row.item)));
        Some(2 + sought.rank(&text)?)
    };
    let mut rows: Vec<_> =
        if sought.is_empty() { Vec::new() } else { desk.sheet.rows.iter().filter_map(|row| Some((rank(row)?, row))).collect() };
    rows.sort_by_key(|(rank, _)| *rank);
    rows.into_iter().take(MAX_NEAR).map(|(_, row)| row).collect()
}

fn people(caller: &Caller, found: &Found) -> Vec<Line> {
    let reads = caller.actor.may(Right::ReadPeople);
    let line = |it: &tminus_app::engagement::search::PersonFound| {
        let at = it.engagement.as_ref().map(|engagement| format!("/engagements/{engagement}/people"));
        let href = if reads { format!("/people/{}", it.id) } else { at? };
        Some(Line { icon: "people", href, number: String::new(), words: it.name.clone(), beside: String::new() })
    };
    found.people.iter().filter_map(line).collect()
}

fn places(shell: &Shell, text: &str) -> Vec<Line> {
    let sought = Sought::new(text);
    let fits = |words: &str| !sought.is_empty() && sought.rank(&fold(words)).is_some();
    let offers = shell.offers().into_iter().filter(|offer| fits(&offer.words));
    offers.map(|it| Line { icon: it.icon, href: it.href, number: String::new(), words: it.words, beside: String::new() }).collect()
}
