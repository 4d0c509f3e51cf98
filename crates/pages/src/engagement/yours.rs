//! What is somebody's own on an engagement, in one column: made for people of the customer, on a phone, by link.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::civil::Date;
use tminus_app::{
    Failure, checklist::comment::list_comments, engagement::list::waiting_for, mail::digest::digest_time, people::member::list_members,
    rights::link::link_until, store::checklist::comment::Comment,
};
use tminus_domain::{
    checklist::{
        item::{Item, Proof},
        status::State,
    },
    engagement::gate::Progress,
    ids::ItemId,
    kit::task::{EvidenceKind, EvidenceRule},
    rights::{PassKind, Right},
};

use super::{
    ask::{Ask, asks},
    countdown::next_milestone,
    desk::Desk,
    doing::act,
    timeline::milestones,
};
use crate::{
    access::waiting::Waits,
    caller::Caller,
    checklist::sheet::{Row, mark, tally},
    draw::{self, Drawing},
    fields::Fields,
    mark::Mark,
    page::Page,
    people::{PathShown, hours, paths},
    routes::{Needs, Table},
    shell::Shell,
    when::{self, Due},
};

/// What one did already; the rest is on the checklist.
const SHOWN: usize = 20;

/// How many parts of an item are named.
const NAMED: usize = 3;

/// So much of what was said of an item is on its card.
const SAID: usize = 3;

pub(super) fn routes(table: Table) -> Table {
    table.get("/engagements/{engagement}/yours", Needs::Engagement(Right::ReadEngagement), show).post(
        "/engagements/{engagement}/yours/{item}",
        Needs::Engagement(Right::WorkItems),
        act,
    )
}

#[derive(Template)]
#[template(path = "engagement/yours.html", blocks = ["inside"])]
struct YoursPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    said: String,
    under: String,
    cards: Vec<Card<'a>>,
    /// How many of them can be done now: those come first.
    now: usize,
    access: Vec<Waits>,
    done: Vec<(String, String)>,
    milestones: Vec<(Mark, &'a str, String)>,
    bar: Drawing,
    progress: Progress,
    asks: Vec<Ask>,
    /// To whom one turns when something is stuck.
    paths: Vec<PathShown>,
    colleagues: Vec<(String, String)>,
    by_link: bool,
    /// The last day of the link that they came by, where they are.
    link_until: String,
    /// At which hour they are told what is theirs, for those who come by link.
    hour: String,
    hours_of_day: Vec<(String, String)>,
    /// They typed the code that was sent to them.
    proved: bool,
}

/// One thing to do.
struct Card<'a> {
    row: &'a Row,
    whom: String,
    mark: Mark,
    due: Option<&'a Due>,
    html: String,
    /// Titles of what has to be done before.
    before: Vec<&'a str>,
    /// Titles of its parts that are still open: it cannot be done without them.
    parts: Vec<&'a str>,
    /// The last that was said of it: who, when, and what.
    said: Vec<(String, String, String)>,
    proofs: Vec<&'a Proof>,
    /// What is still asked for, with what was typed for it.
    asked: Vec<Asked<'a>>,
    accepts: bool,
    submits: bool,
    tried: Option<&'a Tried>,
}

struct Asked<'a> {
    index: usize,
    rule: &'a EvidenceRule,
    typed: String,
}

/// A form that did not go through.
pub(super) struct Tried {
    pub(super) item: ItemId,
    pub(super) act: String,
    pub(super) fields: Fields,
    pub(super) why: String,
    pub(super) conflict: bool,
}

impl Page for YoursPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl YoursPage<'_> {
    fn works(&self) -> bool {
        self.desk.may(Right::WorkItems)
    }

    fn names(&self) -> bool {
        self.desk.may(Right::NameColleague)
    }

    fn attaches(&self) -> bool {
        self.desk.may(Right::AttachFiles)
    }

    fn reads_files(&self) -> bool {
        self.desk.may(Right::ReadFiles)
    }

    fn has_later(&self) -> bool {
        self.now < self.cards.len()
    }

    /// Why a form did not go through, and where it stands: on a phone it is far below.
    fn refused(&self) -> Option<(&str, &ItemId)> {
        self.cards.iter().find_map(|card| card.tried.map(|tried| (tried.why.as_str(), &tried.item)))
    }

    /// A form that is to be seen again is not folded away; neither is all that there is.
    fn later_open(&self) -> bool {
        self.now == 0 || self.cards.iter().skip(self.now).any(|card| card.tried.is_some())
    }

    fn reads_record(&self) -> bool {
        self.desk.may(Right::ReadRecord)
    }

    fn back(&self) -> String {
        format!("/engagements/{}/yours", self.desk.id())
    }
}

impl Card<'_> {
    /// What is asked for can be given before the parts are done; the word alone that it is done cannot.
    fn may_begin(&self) -> bool {
        self.parts.is_empty() || !self.asked.is_empty() || self.open("done")
    }

    fn wants_files(&self) -> bool {
        self.asked.iter().any(Asked::is_file)
    }

    /// What of the asked can be typed.
    fn typed(&self) -> Vec<&Asked<'_>> {
        self.asked.iter().filter(|asked| !asked.is_file()).collect()
    }

    /// Whether this form was tried and is to be seen again.
    fn open(&self, act: &str) -> bool {
        self.tried.is_some_and(|tried| tried.act == act)
    }

    fn why(&self, act: &str) -> &str {
        self.tried.filter(|tried| tried.act == act).map_or("", |tried| &tried.why)
    }

    fn text(&self, act: &str, name: &str) -> &str {
        self.tried.filter(|tried| tried.act == act).map_or("", |tried| tried.fields.get(name))
    }
}

impl Asked<'_> {
    fn is_file(&self) -> bool {
        self.rule.kind == EvidenceKind::File
    }

    fn name(&self) -> String {
        format!("e.{}", self.index)
    }

    fn kind(&self) -> &'static str {
        if self.rule.kind == EvidenceKind::Link { "url" } else { "text" }
    }

    fn words(&self) -> String {
        if self.rule.ask.is_empty() { t!("yours.evidence").into() } else { self.rule.ask.clone() }
    }
}

async fn show(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = page(&caller, &id, None).await;
    caller.answer(shown)
}

pub(super) async fn page(caller: &Caller, id: &str, tried: Option<Tried>) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let members = list_members(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let engagement = desk.engagement();
    let mut cards = cards(caller, &desk, tried.as_ref());
    for card in &mut cards {
        card.said = said_of(caller, &desk, &card.row.item).await?;
    }
    let first = caller.actor.name.split_whitespace().next().unwrap_or_default();
    let now = cards.iter().filter(|card| card.before.is_empty()).count();
    let said = match now {
        0 => t!("yours.none").with("name", first).into(),
        n => t!("yours.said.one").or_many(t!("yours.said.many"), n).with("name", first).into(),
    };
    let own = desk.view.scope.side();
    let colleagues = engagement.members.iter().filter(|member| member.side() == own && member.person != caller.actor.person);
    let status = match &tried {
        None => StatusCode::OK,
        Some(Tried { conflict: true, .. }) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let shell = desk.shell(caller, crate::shell::Tab::Checklist);
    let shell = Shell { title: t!("yours.title").with("engagement", &engagement.plan.setup.title).into(), engagement: None, ..shell };
    let by_link = matches!(caller.actor.pass.kind, PassKind::Link | PassKind::LinkWithCode);
    let until = if by_link { link_until(caller.app(), &caller.session).await? } else { None };
    let page = YoursPage {
        shell: if tried.is_some() { shell.still() } else { shell },
        said,
        under: next_milestone(&desk).map_or_else(String::new, |(_, under)| under),
        done: done(caller, &desk),
        milestones: milestones(&desk),
        bar: draw::bar(tally(desk.sheet.rows.iter().map(|row| &*row.item))),
        progress: Progress::of(engagement, |_| true),
        asks: asks(caller, &members),
        paths: paths(caller, &desk).await?,
        colleagues: colleagues.map(|it| (it.person.to_string(), engagement.name(&it.person).to_owned())).collect(),
        link_until: until.map(|at| when::full_day(caller.local(at).date())).unwrap_or_default(),
        hours_of_day: hours(),
        proved: caller.actor.pass.kind == PassKind::LinkWithCode,
        hour: digest_time(caller.app(), &caller.actor).await?.map_or_else(|| "never".to_owned(), |minute| (minute / 60).to_string()),
        by_link,
        access: Waits::of(engagement, &caller.actor.person, desk.today, waiting_for(engagement, &caller.actor, desk.today)),
        now,
        cards,
        desk: &desk,
    };
    Ok(caller.asked.show_as(status, &page))
}

fn cards<'a>(caller: &Caller, desk: &'a Desk, tried: Option<&'a Tried>) -> Vec<Card<'a>> {
    let (engagement, me) = (desk.engagement(), &caller.actor.person);
    let accepts = |item: &Item| {
        item.state() == State::Submitted
            && desk.may(Right::AcceptItems)
            && item.content.accepted_by == Some(desk.view.scope.side())
            && item.submitted.as_ref().is_none_or(|mark| &mark.by != me)
    };
    let own = |item: &Item| {
        !engagement.has_ended() && item.is_open() && item.state() != State::Submitted && engagement.is_of(item, me, desk.today)
    };
    let mut cards: Vec<_> = desk
        .sheet
        .rows
        .iter()
        .filter(|row| accepts(&row.item) || own(&row.item))
        .map(|row| {
            let tried = tried.filter(|tried| tried.item == row.item.id);
            card(desk, row, (accepts(&row.item), tried))
        })
        .collect();
    // What waits for something else cannot be done today, whatever its date.
    cards.sort_by_key(|card| (!card.before.is_empty(), !card.row.late, !card.row.start_now, card.row.item.due_on().unwrap_or(Date::MAX)));
    cards
}

fn card<'a>(desk: &'a Desk, row: &'a Row, (accepts, tried): (bool, Option<&'a Tried>)) -> Card<'a> {
    let item = &row.item;
    let before = item.content.after.iter().filter_map(|key| desk.sheet.by_key(key.as_str()));
    let typed = |index: usize| tried.map(|tried| tried.fields.text(&format!("e.{index}"))).unwrap_or_default();
    let asked = item.missing_evidence().into_iter().enumerate().map(|(index, rule)| Asked { index, rule, typed: typed(index) });
    Card {
        whom: desk.engagement().whom(item).to_owned(),
        mark: match &row.due {
            _ if accepts => Mark::SUBMITTED,
            Some(Due::Unfeasible { .. }) => Mark::SHORT,
            _ => mark(item.state()),
        },
        due: row.due.as_ref(),
        html: crate::markdown::html(&item.content.description),
        parts: desk.engagement().parts(&item.id).filter(|part| part.is_open()).map(|part| part.content.title.as_str()).collect(),
        said: Vec::new(),
        before: before.filter(|row| row.item.is_open()).map(|row| row.item.content.title.as_str()).collect(),
        proofs: item.proofs.iter().filter(|proof| !proof.withdrawn).collect(),
        asked: asked.collect(),
        submits: item.content.accepted_by.is_some() && item.accepted.is_none(),
        accepts,
        tried,
        row,
    }
}

/// Titles as people list them: equal ones once with how many, and no more than [`NAMED`].
fn folded(titles: &[&str]) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for title in titles {
        match counted.iter_mut().find(|(known, _)| known == title) {
            Some((_, count)) => *count += 1,
            None => counted.push((title, 1)),
        }
    }
    let left: usize = counted.iter().skip(NAMED).map(|(_, count)| count).sum();
    let named =
        counted.iter().take(NAMED).map(|(title, count)| if *count > 1 { format!("{title} ({count})") } else { (*title).to_owned() });
    let more = (left > 0).then(|| t!("yours.more_parts").with("n", left).to_string());
    named.chain(more).collect::<Vec<_>>().join(", ")
}

/// The last that was said of an item: by whom, when, and what.
async fn said_of(caller: &Caller, desk: &Desk, item: &Item) -> Result<Vec<(String, String, String)>, Failure> {
    if item.all_comments() == 0 {
        return Ok(Vec::new());
    }
    let mut said = list_comments(caller.app(), &caller.actor, &desk.view.engagement.id, &item.id).await?;
    said.retain(|comment| !comment.internal);
    let last = said.split_off(said.len().saturating_sub(SAID));
    let line = |it: Comment| (desk.engagement().name(&it.by).to_owned(), when::day(caller.local(it.at).date()), it.body);
    Ok(last.into_iter().map(line).collect())
}

fn done(caller: &Caller, desk: &Desk) -> Vec<(String, String)> {
    let mine = desk.sheet.rows.iter().filter_map(|row| {
        let by_me = |mark: &tminus_domain::checklist::item::Mark| mark.by == caller.actor.person;
        let mark = row.item.done.as_ref().or(row.item.submitted.as_ref()).filter(|mark| by_me(mark))?;
        Some((mark.at, row.item.content.title.clone()))
    });
    let mut mine: Vec<_> = mine.collect();
    mine.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    mine.into_iter().take(SHOWN).map(|(at, title)| (title, when::day(caller.local(at).date()))).collect()
}
