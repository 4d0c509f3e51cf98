//! The engagements that somebody may see, on a calendar that all of them share. Everything comes from kept counts.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use jiff::{ToSpan as _, civil::Date};
use tminus_app::{
    Failure,
    engagement::list::list_engagements,
    portfolio::list_portfolios,
    store::engagement::{Listed, Page as Wanted},
};
use tminus_domain::{
    engagement::counts::Counts,
    ids::{EngagementId, PortfolioId},
    rights::Right,
};

use crate::{
    caller::{Caller, escaped},
    draw::{self, Calendar, Drawing},
    fields::{Fields, refused},
    mark::Mark,
    page::Page,
    shell::{Command, Place, Shell},
    when::{Countdown, short_day},
    words::Words,
};

/// Lines of one page.
const LINES: u64 = 20;
/// Days that the shared calendar shows, and how many of them are over.
const DAYS: u32 = 84;
const BACK: i64 = 21;
/// Pages that the address remembers the beginnings of, for the way back.
const REMEMBERED: usize = 40;

#[derive(Template)]
#[template(path = "engagement/list.html", blocks = ["inside"])]
struct ListPage {
    shell: Shell,
    said: String,
    months: Drawing,
    lines: Vec<Arc<Drawn>>,
    text: String,
    /// Address, words, count, whether it is this one.
    views: [(String, Words, Option<usize>, bool); 2],
    closed: bool,
    earlier: Option<String>,
    later: Option<String>,
    opens: bool,
    /// To choose from: id and title, and which one is shown.
    portfolios: Vec<(String, String)>,
    portfolio: String,
}

/// A line as it is shown, and what the sentence above the list says of it.
pub(crate) struct Drawn {
    html: String,
    customer: String,
    late: bool,
    countdown: Option<Countdown>,
}

/// One engagement.
#[derive(Template)]
#[template(path = "engagement/list_row.html")]
struct Line {
    id: EngagementId,
    customer: String,
    title: String,
    rating: Mark,
    countdown: Option<Countdown>,
    /// Where no count of business days is known: the kick-off's date, or that it has none.
    kick_off: String,
    drawing: Option<Drawing>,
    ready: Drawing,
    readiness: u32,
    completion: u32,
    late: u32,
    to_start: u32,
    gates: String,
    next: Option<(String, String)>,
}

impl Page for ListPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

/// What the address says besides: `text=…&portfolio=…`
fn asked(text: &str, portfolio: &str) -> String {
    let parts = [("text", text), ("portfolio", portfolio)].into_iter().filter(|(_, value)| !value.is_empty());
    parts.map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

fn views(text: &str, closed: bool) -> [(String, Words, Option<usize>, bool); 2] {
    let closed_ones = format!("/engagements?closed=1{}{text}", if text.is_empty() { "" } else { "&" });
    let open_ones = format!("/engagements{}{text}", if text.is_empty() { "" } else { "?" });
    [(open_ones, t!("engagements.open"), None, !closed), (closed_ones, t!("engagements.closed"), None, closed)]
}

pub(super) async fn show(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let shown = shown(&caller, &query.unwrap_or_default()).await;
    caller.answer(shown)
}

async fn shown(caller: &Caller, query: &str) -> Result<Response, Failure> {
    let fields = Fields::parse(query.as_bytes());
    fields.only(&["text", "portfolio", "closed", "after", "by"])?;
    let text = fields.text("text").trim().chars().take(100).collect::<String>();
    let closed = fields.get("closed") == "1";
    let after = match fields.given("after") {
        None => None,
        Some(after) => {
            let (key, id) = after.split_once('~').ok_or_else(|| refused("after", t!("engagements.no_such_place")))?;
            Some((key.to_owned(), EngagementId::from(id)))
        }
    };
    let portfolio = fields.get("portfolio").to_owned();
    let only = Some(portfolio.as_str()).filter(|id| !id.is_empty()).map(PortfolioId::from);
    let wanted = Wanted { after, limit: LINES + 1, closed, text: Some(text.clone()).filter(|text| !text.is_empty()), portfolio: only };
    let mut listed = list_engagements(caller.app(), &caller.actor, &wanted).await?;
    let here = |more: &str| {
        let asked = asked(&text, &portfolio);
        format!("/engagements?closed={}{}{asked}{more}", u8::from(closed), if asked.is_empty() { "" } else { "&" })
    };
    let more = listed.len() as u64 > LINES;
    listed.truncate(usize::try_from(LINES).unwrap_or(usize::MAX));
    let next = listed.last().filter(|_| more).map(|last| format!("{}~{}", last.sort_key, last.id));
    let way = Way::of(&fields);
    let (earlier, later) = (way.back().map(|way| here(&way)), next.map(|next| here(&way.on(&next))));
    let today = caller.app().today(&caller.actor.zone);
    let calendar = Calendar { from: today.saturating_sub(BACK.days()), days: DAYS, today };
    let lines: Vec<_> = listed.iter().map(|listed| caller.front.lines.of(listed, today, || drawn(listed, calendar))).collect();
    let opens = caller.actor.may(Right::CreateEngagement);
    let new = Command { icon: "plus", words: t!("engagements.new").into(), href: "/engagements/new".into(), keys: "" };
    let page = ListPage {
        shell: Shell { commands: if opens { vec![new] } else { Vec::new() }, ..caller.shell(t!("rail.engagements"), Place::Engagements) },
        said: said(&lines, closed),
        months: draw::months(calendar),
        earlier,
        views: views(&asked(&text, &portfolio), closed),
        lines,
        text,
        closed,
        later,
        opens,
        portfolios: portfolios(caller).await?,
        portfolio,
    };
    Ok(caller.show(&page))
}

/// What the list can be narrowed to.
async fn portfolios(caller: &Caller) -> Result<Vec<(String, String)>, Failure> {
    let listed = match list_portfolios(caller.app(), &caller.actor).await {
        Err(Failure::Forbidden) => Vec::new(),
        listed => listed?,
    };
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let any = (String::new(), t!("engagements.portfolio_any").text().to_owned());
    Ok(std::iter::once(any).chain(listed.into_iter().map(|it| (it.id.0, it.title))).collect())
}

/// Where the pages before this one began, the first left out: a list by key knows no way back by itself.
struct Way<'a>(Vec<&'a str>);

impl<'a> Way<'a> {
    fn of(fields: &'a Fields) -> Self {
        Self(fields.all("by").chain(fields.all("after")).collect())
    }

    fn back(&self) -> Option<String> {
        let (_, before) = self.0.split_last()?;
        Some(match before.split_last() {
            Some((after, by)) => query(by, after),
            None => String::new(),
        })
    }

    fn on(&self, next: &str) -> String {
        query(&self.0[self.0.len().saturating_sub(REMEMBERED)..], next)
    }
}

fn query(by: &[&str], after: &str) -> String {
    let by = by.iter().map(|by| ("by", *by)).chain([("after", after)]);
    by.map(|(name, place)| format!("&{name}={}", escaped(place))).collect::<Vec<_>>().concat()
}

/// Lines in memory, under what they were drawn from. A line costs some kilobytes, and drawing it most of the list's time.
#[derive(Default)]
pub(crate) struct Lines {
    kept: Mutex<HashMap<EngagementId, Kept>>,
}

struct Kept {
    listed: Arc<Listed>,
    today: Date,
    drawn: Arc<Drawn>,
}

/// How many lines are kept: as many as somebody may well look through in a day.
const MAX_KEPT: usize = 4_000;

impl Lines {
    fn of(&self, listed: &Arc<Listed>, today: Date, draw: impl FnOnce() -> Drawn) -> Arc<Drawn> {
        // What was counted for one reader alone is nobody else's, and not worth keeping.
        let shared = Arc::strong_count(listed) > 1;
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept().get(&listed.id)
            && Arc::ptr_eq(&kept.listed, listed)
            && kept.today == today
        {
            return kept.drawn.clone();
        }
        let drawn = Arc::new(draw());
        if shared {
            let mut kept = kept();
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(listed.id.clone(), Kept { listed: listed.clone(), today, drawn: drawn.clone() });
        }
        drawn
    }
}

/// The answer above the table, from what the table shows.
fn said(lines: &[Arc<Drawn>], closed: bool) -> String {
    if closed || lines.is_empty() {
        return String::new();
    }
    let late = lines.iter().filter(|line| line.late).count();
    let next = lines.iter().filter_map(|line| Some((line.countdown?, line))).find(|(countdown, _)| countdown.days_left >= 0);
    let mut said: String = match late {
        0 => t!("engagements.said_none").into(),
        late => t!("engagements.said_late.one").or_many(t!("engagements.said_late.many"), late).with("of", lines.len()).into(),
    };
    if let Some((countdown, line)) = next {
        said.push(' ');
        said.push_str(&t!("engagements.said_next").with("customer", &line.customer).with("countdown", countdown).to_string());
    }
    said
}

fn drawn(listed: &Listed, calendar: Calendar) -> Drawn {
    let line = line(listed, calendar);
    let html = line.render().unwrap_or_default();
    Drawn { html, customer: line.customer, late: line.late > 0, countdown: line.countdown }
}

fn line(listed: &Listed, calendar: Calendar) -> Line {
    let Listed { counts, closed, .. } = listed;
    let closed = *closed;
    let today = calendar.today;
    let kick_off = counts.milestones.get("kickoff").copied();
    let readiness = percent(counts.ready, counts.ready_of);
    let due = |gate: &tminus_domain::engagement::counts::GateCount| gate.due.unwrap_or(Date::MAX);
    let next = counts.gates.iter().filter(|gate| gate.satisfied < gate.total).min_by_key(|gate| due(gate));
    let green = counts.gates.iter().filter(|gate| gate.total > 0 && gate.satisfied == gate.total).count();
    Line {
        id: listed.id.clone(),
        customer: listed.customer.clone(),
        title: listed.title.clone(),
        rating: rating(counts, today, closed),
        countdown: counts.to_kickoff(today).map(|days_left| Countdown { days_left }),
        kick_off: kick_off.map_or_else(|| t!("engagements.no_kick_off").into(), short_day),
        drawing: kick_off.map(|kick_off| draw::row(calendar, row(counts, kick_off))),
        ready: draw::meter(
            counts.ready,
            counts.ready_of,
            if readiness == 100 { "complete" } else { "progress" },
            t!("engagements.ready").with("percent", readiness),
        ),
        readiness,
        completion: percent(counts.complete, counts.complete_of),
        late: if closed { 0 } else { counts.late(today) },
        to_start: if closed { 0 } else { counts.to_start(today) },
        gates: t!("engagements.gates_of").with("green", green).with("of", counts.gates.len()).into(),
        next: next.map(|gate| (gate.title.clone(), gate.due.map(short_day).unwrap_or_default())),
    }
}

fn row(counts: &Counts, kick_off: Date) -> draw::Row {
    let milestone = |id: &str| counts.milestones.get(id).copied();
    draw::Row {
        start: milestone("preplanning.start").unwrap_or_else(|| counts.dues.keys().next().map_or(kick_off, |first| (*first).min(kick_off))),
        kick_off,
        end: milestone("sprint-0.end").unwrap_or(kick_off).max(kick_off),
    }
}

/// How it stands, as far as kept counts tell.
fn rating(counts: &Counts, today: Date, closed: bool) -> Mark {
    let overdue = counts.starts.range(..today).next().is_some();
    match () {
        () if closed => Mark::COMPLETE,
        () if counts.blocked > 0 || counts.late(today) > 0 || overdue => Mark::AT_RISK,
        () if !counts.begun => Mark::NOT_STARTED,
        () => Mark::ON_TARGET,
    }
}

fn percent(part: u32, whole: u32) -> u32 {
    (part * 100).checked_div(whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::{engagement::list::Way, fields::Fields};

    #[test]
    fn the_way_back_leads_through_the_same_pages() {
        let first = Fields::default();
        assert_eq!(Way::of(&first).back(), None);
        let second = Way::of(&first).on("2026~a");
        let second = Fields::parse(second.trim_start_matches('&').as_bytes());
        let third = Fields::parse(Way::of(&second).on("2027~b").trim_start_matches('&').as_bytes());
        assert_eq!(third.get("after"), "2027~b");
        let back = Way::of(&third).back().expect("a page before the third");
        let back = Fields::parse(back.trim_start_matches('&').as_bytes());
        assert_eq!((back.get("after"), back.has("by")), ("2026~a", false));
        assert_eq!(Way::of(&back).back().as_deref(), Some(""), "before the second is the first");
    }
}
