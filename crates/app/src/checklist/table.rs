//! The checklist as a table, for whoever would rather fill in a spreadsheet. Each row says how its item stood when the table was made: what somebody
//! else moved since is left as it is and reported, and the rest is taken over in one change.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;
use tminus_domain::{
    checklist::{filter::Filter, item::Item, outline::Outline, status::State},
    engagement::Engagement,
    ids::{EngagementId, ItemId, PersonId},
    kit::{Side, task::EvidenceKind},
    record::fact::{Fact, FactKind},
    rights::{Actor, Right, Via},
};
use tminus_store::Change;

use super::{
    comment::{AddComment, comment_on},
    evidence::{AddEvidence, prove},
    item_of,
    many::{in_order, why},
    status::{AcceptItem, SetStatus, accept, move_item},
};
use crate::{
    App, Failure, Refusal,
    people::edition,
    spreadsheet::{self, Problem, Row, rows, text_within},
};

/// The columns. What is filled in are `status` and those after it; the others are there to be read.
const HEADER: [&str; 13] =
    ["row", "number", "activity", "what", "for", "owner", "due", "asks_for", "status", "reason", "waits_for", "evidence", "comment"];

/// The most rows that are read.
const MAX_ROWS: usize = 5_000;

/// What a row is about: an item, and how it stood when the table was made.
struct Key {
    item: ItemId,
    state: State,
    /// Seconds since 1970.
    since: i64,
}

impl Key {
    fn of(item: &Item) -> Self {
        Self { item: item.id.clone(), state: item.state(), since: item.status.since.as_second() }
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(3, '.');
        let (since, state, item) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { item: item.into(), state: state.parse().ok()?, since: since.parse().ok()? })
    }

    /// Nobody moved the item since.
    fn holds(&self, item: &Item) -> bool {
        (self.state, self.since) == (item.state(), item.status.since.as_second())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.item, self.state.as_str(), self.since)
    }
}

/// The items of a checklist that fit, one row each. `shared` leaves out what is internal, for a table that goes to the customer.
pub async fn checklist_csv(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    (filter, shared): (&Filter, bool),
) -> Result<Vec<u8>, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let whole = &view.engagement;
    let today = app.today(&whole.plan.setup.zone);
    let outline = Outline::of(whole);
    let fits = |item: &&std::sync::Arc<Item>| filter.fits(item, whole, &actor.person, today) && !(shared && whole.hides(item));
    let row = |item: &std::sync::Arc<Item>| {
        let activity = whole.plan.activities.iter().find(|it| it.id == item.activity);
        let owner = |it: &tminus_domain::engagement::Owner<'_>| it.person.map_or(it.title, |person| whole.name(person)).to_owned();
        let status = &item.status;
        [
            Key::of(item).to_string(),
            outline.number(&item.id).unwrap_or_default().to_owned(),
            activity.map(|it| it.title.clone()).unwrap_or_default(),
            item.content.title.clone(),
            whole.whom(item).to_owned(),
            whole.owners(item, today).iter().map(owner).collect::<Vec<_>>().join(", "),
            item.due_on().map(|due| due.to_string()).unwrap_or_default(),
            item.missing_evidence().iter().map(|rule| rule.ask.as_str()).collect::<Vec<_>>().join("; "),
            words(item.state()),
            status.reason.clone().unwrap_or_default(),
            status.third_party.clone().unwrap_or_default(),
            String::new(),
            String::new(),
        ]
    };
    let items: Vec<_> = whole.listed().filter(fits).collect();
    Ok(spreadsheet::csv(Some(HEADER), items.into_iter().map(row)))
}

/// A table that came back.
#[derive(Clone, Debug, Default)]
pub struct Table<'a> {
    /// A CSV or an Excel workbook. The columns are known by their names; of those that are filled in, some may be missing.
    pub file: &'a [u8],
    /// Whose words these are, where the delivery side takes over what somebody else filled in.
    pub of: Option<PersonId>,
    /// The edition of the [`Preview`] that somebody looked at. Without it, the table is taken over whatever it does now.
    pub seen: Option<&'a str>,
}

/// What taking a table over would do.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// In the order of the table.
    pub lines: Vec<Line>,
    /// Why the table cannot be read at all. Then nothing is taken over.
    pub problem: Option<Problem>,
    /// Differs as soon as what the table does differs.
    pub edition: String,
}

impl Preview {
    /// How many rows change something.
    pub fn changes(&self) -> usize {
        self.lines.iter().filter(|line| matches!(line.what, What::Changes(_))).count()
    }

    /// How many rows are left as they are though they ask for something.
    pub fn left(&self) -> usize {
        self.lines.iter().filter(|line| matches!(line.what, What::Left(_))).count()
    }
}

/// What becomes of one row.
#[derive(Clone, Debug)]
pub struct Line {
    /// Of the table, counted from 1.
    pub number: u64,
    /// `None` where the row is of no item that the actor can see.
    pub item: Option<ItemId>,
    pub title: String,
    /// The person or workstream that the item is for; empty where it is for all.
    pub whom: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum What {
    /// What becomes different: `status: to do → done`.
    Changes(Vec<String>),
    /// It asks for nothing, or stands so already.
    Same,
    /// It stays as it is, and why.
    Left(String),
}

impl What {
    /// The word that is sent and printed.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Changes(_) => "changes",
            Self::Same => "same",
            Self::Left(_) => "left",
        }
    }
}

/// Looks at a table without taking anything over.
pub async fn preview_checklist(app: &App, actor: &Actor, engagement: &EngagementId, table: &Table<'_>) -> Result<Preview, Failure> {
    let (preview, _) = try_out(app, actor, engagement, table).await?;
    Ok(preview)
}

/// Takes over what can be, in one change, and says what became of each row.
pub async fn import_checklist(app: &App, actor: &Actor, engagement: &EngagementId, table: &Table<'_>) -> Result<Preview, Failure> {
    let (preview, change) = try_out(app, actor, engagement, table).await?;
    if let Some(Problem { line, why }) = &preview.problem {
        return Err(Refusal::field("table", format!("line {line}: {why}")).into());
    }
    if table.seen.is_some_and(|seen| seen != preview.edition) {
        return Err(Failure::Conflict(None));
    }
    let Some(mut change) = change.filter(|_| preview.changes() > 0) else { return Ok(preview) };
    let whole = change.engagement();
    // How many are internal is nobody else's business.
    let shared = |line: &&Line| line.item.as_ref().and_then(|id| change.item(id)).is_some_and(|item| !whole.hides(item));
    let count = preview.lines.iter().filter(|line| matches!(line.what, What::Changes(_))).filter(shared).count();
    let count = serde_json::json!({ "items": count, "of": table.of });
    let mut fact = Fact::new(FactKind::ChecklistImported, whole.id.as_str(), &whole.plan.setup.customer).to(count);
    if let Some(of) = &table.of {
        fact = fact.text("of", whole.name(of));
    }
    change.record(fact);
    let moved = |line: &Line| matches!(&line.what, What::Changes(changes) if changes.iter().any(|it| !it.starts_with(COMMENT)));
    if preview.lines.iter().any(moved) {
        change.can_be_undone();
    }
    let by = Actor { via: Via::Import, ..actor.clone() };
    change.save(&by, app.now(), &app.salt()).await?;
    Ok(preview)
}

/// What a row asks for.
struct Wish {
    number: u64,
    key: Key,
    status: Option<State>,
    reason: String,
    waits_for: String,
    evidence: String,
    comment: String,
}

impl Wish {
    fn read(row: &Row) -> Result<Self, String> {
        let key = Key::read(&row.get("row")).ok_or("“row” is not as it was: take the table along anew, and leave that column alone")?;
        let status = match row.get("status").to_lowercase().replace([' ', '-'], "_").as_str() {
            "" => None,
            text => Some(text.parse().map_err(|()| {
                let known = State::ALL.map(words).join(", ");
                format!("“{}” is no status: {known}", row.get("status"))
            })?),
        };
        let [reason, waits_for, evidence, comment] = ["reason", "waits_for", "evidence", "comment"].map(|name| row.get(name));
        Ok(Self { number: row.number, key, status, reason, waits_for, evidence, comment })
    }
}

/// Does what the table asks for in a change that is not saved yet. Rows that are refused are left out and the rest is done anew without them, so that
/// each row is taken over whole or not at all.
async fn try_out(app: &App, actor: &Actor, engagement: &EngagementId, table: &Table<'_>) -> Result<(Preview, Option<Change>), Failure> {
    let mut change = app.change(actor, engagement, Right::WorkItems).await?;
    speaks_for(&change, actor, table.of.as_ref())?;
    let rows = match rows(&text_within(table.file)?, &HEADER, ("row", "it says which item is meant; leave it as it is")) {
        Ok(rows) => rows,
        Err(problem) => return Ok((Preview { problem: Some(problem), ..Preview::default() }, None)),
    };
    if rows.len() > MAX_ROWS {
        return Err(Refusal::field("table", format!("at most {MAX_ROWS} rows are read")).into());
    }
    let (wishes, mut left) = wishes(change.engagement(), &rows);
    let done = loop {
        let (mut done, before) = (BTreeMap::new(), left.len());
        for wish in wishes.iter().filter(|wish| !left.contains_key(&wish.number)).collect::<Vec<_>>() {
            match fulfil(app, actor, &mut change, (wish, table.of.as_ref())).await {
                Ok(changes) => drop(done.insert(wish.number, changes)),
                Err(failure) => drop(left.insert(wish.number, why(failure)?)),
            }
        }
        if left.len() == before {
            break done;
        }
        drop(change);
        change = app.change(actor, engagement, Right::WorkItems).await?;
    };
    let mut line = |row: &Row| {
        let item = Key::read(&row.get("row")).and_then(|key| change.item(&key.item));
        let what = match (left.remove(&row.number), done.get(&row.number)) {
            (Some(why), _) => What::Left(why),
            (None, Some(changes)) if !changes.is_empty() => What::Changes(changes.clone()),
            _ => What::Same,
        };
        let title = item.map_or_else(|| row.get("what"), |item| item.content.title.clone());
        let whom = item.map(|item| change.engagement().whom(item).to_owned()).unwrap_or_default();
        Line { number: row.number, item: item.map(|item| item.id.clone()), title, whom, what }
    };
    let lines: Vec<_> = rows.iter().map(&mut line).collect();
    let edition = edition(&lines.iter().map(|line| (line.number, &line.item, &line.what)).collect::<Vec<_>>());
    Ok((Preview { lines, problem: None, edition }, Some(change)))
}

/// Whoever takes over what somebody else filled in names a member; only the delivery side does.
fn speaks_for(change: &Change, actor: &Actor, of: Option<&PersonId>) -> Result<(), Failure> {
    let Some(of) = of.filter(|of| *of != &actor.person) else { return Ok(()) };
    if change.scope().side() != Side::Delivery {
        return Err(Refusal::field("of", "the delivery side writes down what others filled in; hand in what you filled in yourself").into());
    }
    if change.engagement().member(of).is_none() {
        return Err(Refusal::field("of", "name somebody who is on the engagement").into());
    }
    Ok(())
}

/// What the rows ask for, in the order in which items depend on each other, and why some are left as they are.
fn wishes(engagement: &Engagement, rows: &[Row]) -> (Vec<Wish>, BTreeMap<u64, String>) {
    let (mut wishes, mut left, mut seen) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    for row in rows {
        match Wish::read(row) {
            Ok(wish) if !seen.insert(wish.key.item.clone()) => {
                left.insert(row.number, "this item is there twice: only its first row counts".to_owned());
            }
            Ok(wish) => wishes.push(wish),
            Err(why) => drop(left.insert(row.number, why)),
        }
    }
    (in_order(engagement, wishes, |wish| &wish.key.item), left)
}

const COMMENT: &str = "comment: ";

/// Does what a row asks for, and says what became different. Nothing, where it stands so already.
async fn fulfil(app: &App, actor: &Actor, change: &mut Change, (wish, of): (&Wish, Option<&PersonId>)) -> Result<Vec<String>, Failure> {
    let id = &wish.key.item;
    let item = item_of(change, id, None).map_err(|_| Refusal::field("row", "there is no such item here for you"))?;
    if item.removed {
        return Err(tminus_domain::checklist::work::Refused::Removed.into());
    }
    let mut changes = Vec::new();
    if !wish.evidence.is_empty() && !item.proofs.iter().any(|proof| !proof.withdrawn && proof.text == wish.evidence) {
        let (kind, fact) = evidence_of(&item, &wish.evidence);
        prove(app, actor, change, AddEvidence { item: id.clone(), kind, text: wish.evidence.clone(), fact, version: None })?;
        changes.push(format!("evidence: {}", wish.evidence));
    }
    let now = item_of(change, id, None)?;
    if let Some(to) = moves(change.engagement(), &now, wish)? {
        let from = words(item.state());
        let moved = if to == State::Done && now.state() == State::Submitted {
            app.permit(actor, change.engagement(), Right::AcceptItems)?;
            let on_behalf_of = of.filter(|of| *of != &actor.person).cloned();
            accept(app, actor, change, &AcceptItem { item: id.clone(), on_behalf_of, version: None })?
        } else {
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let (reason, third_party) = (given(&wish.reason), given(&wish.waits_for));
            move_item(app, actor, change, SetStatus { item: id.clone(), to, reason, third_party, version: None })?
        };
        changes.push(format!("status: {from} → {}", words(moved.state())));
    }
    let said = !wish.comment.is_empty()
        && change.said_since(id, &actor.person, Timestamp::UNIX_EPOCH).await?.iter().any(|it| it.body == wish.comment);
    if !wish.comment.is_empty() && !said {
        comment_on(app, actor, change, AddComment { item: id.clone(), text: wish.comment.clone(), internal: false }).await?;
        changes.push(format!("{COMMENT}{}", wish.comment));
    }
    Ok(changes)
}

/// The status that a row asks for. `None` where whoever filled it in left it as it was, or it is so already.
fn moves(engagement: &Engagement, item: &Item, wish: &Wish) -> Result<Option<State>, Failure> {
    let (was, is, wanted) = (wish.key.state, item.state(), wish.status.unwrap_or(wish.key.state));
    let waits_for_acceptance = wanted == State::Done && is == State::Submitted && was != State::Submitted;
    if wanted != was && wanted != is && !waits_for_acceptance {
        if wish.key.holds(item) {
            return Ok(Some(wanted));
        }
        let by = item.status.by.as_ref().map(|by| format!(" by {}", engagement.name(by))).unwrap_or_default();
        let why = format!(
            "it was “{}” when the table was made, was moved to “{}” since{by}, and the table says “{}”",
            words(was),
            words(is),
            words(wanted)
        );
        return Err(Refusal::field("status", why).into());
    }
    let differs = |text: &str, there: Option<&String>| !text.is_empty() && there.is_none_or(|there| there != text);
    let said = differs(&wish.reason, item.status.reason.as_ref()) || differs(&wish.waits_for, item.status.third_party.as_ref());
    if wanted != was || !said || !wish.key.holds(item) {
        return Ok(None);
    }
    if is.is_closed() || is == State::Submitted {
        return Err(Refusal::field("reason", "its status stays as it is: write this under “comment”").into());
    }
    Ok(Some(is))
}

/// A link is a link. Other text answers the fact that the item asks for, where it asks for one, and is a note else.
fn evidence_of(item: &Item, text: &str) -> (EvidenceKind, Option<tminus_domain::ids::FactId>) {
    let linked = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme)) && !text.contains(char::is_whitespace);
    if linked {
        return (EvidenceKind::Link, None);
    }
    let fact = item.missing_evidence().into_iter().find(|rule| rule.kind == EvidenceKind::Fact);
    fact.map_or((EvidenceKind::Note, None), |rule| (EvidenceKind::Fact, rule.fact.clone()))
}

/// A status as it is written in a table: `waiting customer`.
fn words(state: State) -> String {
    state.as_str().replace('_', " ")
}
