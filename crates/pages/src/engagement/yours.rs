//! What is somebody's own on an engagement, in one column: made for people of the customer, on a phone, by link.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use jiff::civil::Date;
use tminus_app::{
    Failure,
    checklist::{
        comment::{AddComment, add_comment},
        evidence::AddEvidence,
        hand_over::{HandOver, hand_over},
        status::SetStatus,
        together::{WorkOn, work_on},
    },
    engagement::list::waiting_for,
    people::{
        colleague::{NameColleague, name_colleague},
        member::list_members,
    },
};
use tminus_domain::{
    checklist::{
        item::{Item, Proof},
        status::State,
    },
    engagement::gate::Progress,
    ids::{EngagementId, ItemId, PersonId},
    kit::task::{EvidenceKind, EvidenceRule},
    rights::{PassKind, Right},
};

use super::{
    ask::{Ask, asks},
    countdown::next_milestone,
    desk::Desk,
    timeline::milestones,
};
use crate::{
    access::waiting::Waits,
    caller::{Caller, sentence},
    checklist::{
        act::undo_of,
        sheet::{Row, mark, tally, whom},
    },
    draw::{self, Drawing},
    fields::{Fields, refused},
    mark::Mark,
    page::Page,
    people::{PathShown, paths},
    routes::{Needs, Table},
    said,
    shell::Shell,
    when::{self, Due},
};

/// What one did already; the rest is on the checklist.
const SHOWN: usize = 20;

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
struct Tried {
    item: ItemId,
    act: String,
    fields: Fields,
    why: String,
    conflict: bool,
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

async fn page(caller: &Caller, id: &str, tried: Option<Tried>) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let members = list_members(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let engagement = desk.engagement();
    let cards = cards(caller, &desk, tried.as_ref());
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
        by_link: matches!(caller.actor.pass.kind, PassKind::Link | PassKind::LinkWithCode),
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
    let own = |item: &Item| item.is_open() && item.state() != State::Submitted && engagement.is_of(item, me, desk.today);
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
        whom: whom(desk.engagement(), item),
        mark: match &row.due {
            _ if accepts => Mark::SUBMITTED,
            Some(Due::Unfeasible { .. }) => Mark::SHORT,
            _ => mark(item.state()),
        },
        due: row.due.as_ref(),
        html: crate::markdown::html(&item.content.description),
        before: before.filter(|row| row.item.is_open()).map(|row| row.item.content.title.as_str()).collect(),
        proofs: item.proofs.iter().filter(|proof| !proof.withdrawn).collect(),
        asked: asked.collect(),
        submits: item.content.accepted_by.is_some() && item.accepted.is_none(),
        accepts,
        tried,
        row,
    }
}

fn done(caller: &Caller, desk: &Desk) -> Vec<(String, String)> {
    let mine = desk.sheet.rows.iter().filter_map(|row| {
        let by_me = |mark: &tminus_domain::checklist::item::Mark| mark.by == caller.actor.person;
        let mark = row.item.done.as_ref().or(row.item.submitted.as_ref()).filter(|mark| by_me(mark))?;
        Some((mark.at, row.item.content.title.clone()))
    });
    let mut mine: Vec<_> = mine.collect();
    mine.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    mine.into_iter().take(SHOWN).map(|(at, title)| (title, when::day(desk.sheet.days.day(at)))).collect()
}

async fn act(caller: Caller, Path((engagement, item)): Path<(String, String)>, fields: Fields) -> Response {
    let (engagement, item) = (EngagementId(engagement), ItemId(item));
    match acted(&caller, &engagement, &item, &fields).await {
        Ok((words, undo)) => {
            let undo = undo.map(|number| undo_of(&engagement, number));
            said::redirect(&format!("/engagements/{engagement}/yours"), words, undo.as_deref())
        }
        Err(failure) => {
            let (why, conflict) = match &failure {
                Failure::Refused(refusal) => (sentence(refusal), false),
                Failure::Conflict(_) => (format!("{} {}", t!("wrong.conflict.what"), t!("conflict.kept")), true),
                _ => return caller.answer(Err(failure)),
            };
            let tried = Tried { act: fields.text("act"), item, why, conflict, fields };
            let shown = page(&caller, engagement.as_str(), Some(tried)).await;
            caller.answer(shown)
        }
    }
}

async fn acted(caller: &Caller, engagement: &EngagementId, item: &ItemId, fields: &Fields) -> Result<(String, Option<u64>), Failure> {
    let (app, actor) = (caller.app(), &caller.actor);
    let desk = Desk::open(caller, engagement.as_str(), Right::WorkItems).await?;
    let row = desk.sheet.row(item).ok_or(Failure::NotFound)?;
    let title = &row.item.content.title;
    let (item, version) = (item.clone(), fields.version()?);
    match fields.get("act") {
        "done" => {
            let evidence = evidence(&row.item, fields, version)?;
            let to = State::Done;
            let status = SetStatus { item: item.clone(), to, reason: None, third_party: None, version: None };
            let input = WorkOn { item, version, evidence, status: Some(status), ..WorkOn::default() };
            let done = work_on(app, actor, engagement, input).await?;
            let words = if done.state() == State::Submitted { t!("yours.is_submitted") } else { t!("yours.is_done") };
            Ok((words.with("title", title).into(), None))
        }
        "ask" => {
            fields.only(&["act", "version", "text"])?;
            add_comment(app, actor, engagement, AddComment { item, text: fields.text("text"), internal: false }).await?;
            Ok((t!("yours.is_asked").with("title", title).into(), None))
        }
        "hand" => {
            fields.only(&["act", "version", "to", "name", "email", "note"])?;
            let to = match (fields.given("to"), fields.given("email")) {
                (Some(to), None) => PersonId::from(to),
                (None, Some(_)) => {
                    let named = NameColleague { name: fields.text("name"), email: fields.text("email") };
                    name_colleague(app, actor, engagement, named).await?
                }
                (None, None) => return Err(refused("to", t!("yours.choose"))),
                (Some(_), Some(_)) => return Err(refused("to", t!("yours.choose_one"))),
            };
            // Naming a colleague does not change the item.
            let handed = hand_over(app, actor, engagement, HandOver { item, to: to.clone(), note: fields.text("note"), version }).await?;
            let view = app.view(actor, engagement, Right::ReadEngagement).await?;
            let words = t!("yours.is_handed").with("title", title).with("name", view.engagement.name(&to));
            Ok((words.into(), handed.undo))
        }
        other => {
            let value = other.chars().take(60).collect::<String>();
            Err(refused("act", t!("form.unusable").with("value", value)))
        }
    }
}

/// What was typed for what is asked.
fn evidence(item: &Item, fields: &Fields, version: Option<u32>) -> Result<Vec<AddEvidence>, Failure> {
    let asked: Vec<_> = item.missing_evidence().into_iter().enumerate().map(|(index, rule)| (format!("e.{index}"), rule)).collect();
    let known: Vec<_> = ["act", "version"].into_iter().chain(asked.iter().map(|(name, _)| name.as_str())).collect();
    // Somebody may have given meanwhile what this form still asked for: the version says so.
    if version.is_none_or(|version| version == item.version) {
        fields.only(&known)?;
    }
    let given = asked.iter().filter(|(name, rule)| fields.given(name).is_some() && rule.kind != EvidenceKind::File);
    let of = |(name, rule): &(String, &EvidenceRule)| AddEvidence {
        item: item.id.clone(),
        kind: rule.kind,
        text: fields.text(name),
        fact: rule.fact.clone(),
        version: None,
    };
    Ok(given.map(of).collect())
}
