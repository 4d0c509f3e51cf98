//! What has to end besides people's access: what the engagement has as a whole, links, and keys that open nothing else.

use axum::{extract::Path, response::Response};
use tminus_app::{
    Failure,
    access::{
        at_once::{EndAtOnce, end_at_once},
        ending::{Ending, end_key as end_one_key},
        holding::{AddHolding, MoveHolding, add_holding, move_holding},
    },
    rights::link::revoke_link,
};
use tminus_domain::{
    access::holding::{Ask, Holding},
    ids::{EngagementId, HoldingId, LinkId, PersonId, TokenId},
    kit::{Side, access::ResourceKind},
    rights::{PassKind, Right},
};

use super::{
    known_by,
    resource::kind,
    revoke::{Tried, Which, list},
};
use crate::{
    caller::{Caller, sentence},
    checklist::{panel::moment, sheet::side},
    engagement::desk::Desk,
    fields::{Fields, refused},
    mark::{Face, Mark},
    said, when,
    words::Words,
};

/// The lines of it, for one page.
pub(super) struct Whole {
    pub(super) actor: PersonId,
    pub(super) holdings: Vec<Line>,
    pub(super) links: Vec<WayIn>,
    pub(super) keys: Vec<WayIn>,
    /// Something may be added by hand.
    pub(super) adds: bool,
    pub(super) members: Vec<(String, String)>,
}

/// Something that the engagement has as a whole.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) title: String,
    /// Nothing where the title says the same.
    pub(super) kind: &'static str,
    pub(super) internal: bool,
    pub(super) owner: String,
    pub(super) owner_id: String,
    pub(super) side: Words,
    pub(super) due: String,
    pub(super) late: bool,
    pub(super) mark: Mark,
    /// Who closed it and what shows it, or who answers for it.
    pub(super) told: String,
    pub(super) is_closed: bool,
    pub(super) leaves_out: bool,
    pub(super) closes: bool,
    pub(super) manages: bool,
    /// Another side than its own closes it: with what shows it, of these.
    pub(super) shows: Vec<(String, String)>,
    pub(super) version: u32,
}

/// A link or a key.
pub(super) struct WayIn {
    pub(super) id: String,
    pub(super) face: Face,
    pub(super) title: String,
    pub(super) until: String,
}

impl Whole {
    pub(super) fn of(caller: &Caller, desk: &Desk, (ending, which): (&Ending, &Which)) -> Self {
        let engagement = &ending.access.engagement;
        let acts = ending.access.acts && desk.standing.pass != PassKind::View;
        let wanted = |person: &PersonId| which.person.as_ref().map_or(which.all, |shown| shown == person);
        let face = |person: &PersonId| {
            let own = engagement.member(person).map_or(Side::Delivery, tminus_domain::people::Member::side);
            Face::new(engagement.name(person), side(own))
        };
        let until = |at: jiff::Timestamp| when::full_day(caller.local(at).date());
        let links = ending.links.iter().filter(|link| wanted(&link.person)).map(|link| WayIn {
            id: link.id.to_string(),
            face: face(&link.person),
            title: t!("access.link_made").with("at", moment(caller, link.made_at)).into(),
            until: until(link.expires_at),
        });
        let keys = ending.keys.iter().filter(|key| wanted(&key.person)).map(|key| WayIn {
            id: key.id.to_string(),
            face: face(&key.person),
            title: key.title.clone(),
            until: key.expires_at.map_or_else(|| t!("access.no_end").into(), until),
        });
        let shown = which.all && which.person.is_none();
        let holdings = ending.holdings.iter().filter(|_| shown).map(|it| line(caller, desk, (ending, it, acts)));
        Self {
            actor: caller.actor.person.clone(),
            holdings: holdings.collect(),
            links: links.collect(),
            keys: keys.collect(),
            adds: shown && acts && ending.access.manages,
            members: engagement.members.iter().map(|it| (it.person.to_string(), engagement.name(&it.person).to_owned())).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.holdings.is_empty() && self.links.is_empty() && self.keys.is_empty()
    }

    /// Whom it may be given to; nobody leaves it to its side.
    pub(super) fn owners(&self) -> Vec<(String, String)> {
        [(String::new(), t!("access.its_side").into())].into_iter().chain(self.members.iter().cloned()).collect()
    }
}

fn line(caller: &Caller, desk: &Desk, (ending, holding, acts): (&Ending, &Holding, bool)) -> Line {
    let engagement = desk.engagement();
    let today = ending.access.today;
    let due = ending.due(holding);
    let closed = holding.closed.as_ref().map(|closed| {
        let words = t!("access.closed_by").with("name", engagement.name(&closed.mark.by)).with("at", moment(caller, closed.mark.at));
        [words.to_string(), closed.note.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
    });
    let carried = holding.carried.as_ref().map(|carried| {
        t!("access.carried").with("name", engagement.name(&carried.owner)).with("day", when::full_day(carried.until)).to_string()
    });
    Line {
        id: holding.id.to_string(),
        title: holding.title.clone(),
        kind: if kind(holding.kind).text() == holding.title { "" } else { kind(holding.kind).text() },
        internal: holding.internal,
        owner: holding.owner.as_ref().map(|owner| engagement.name(owner).to_owned()).unwrap_or_default(),
        owner_id: holding.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        side: side(holding.side).word(),
        late: holding.is_open(today) && due.is_some_and(|due| due < today),
        due: due.map(when::short_day).unwrap_or_default(),
        mark: match () {
            () if holding.closed.is_some() => Mark::CLOSED,
            () if holding.is_carried(today) => Mark::CARRIED,
            () => Mark::TO_CLOSE,
        },
        told: closed.or(carried).unwrap_or_default(),
        is_closed: holding.closed.is_some(),
        leaves_out: acts && holding.by_hand && desk.may(Right::EditPlan),
        closes: acts && desk.moves_access() && (ending.access.manages || engagement.closes(holding, &caller.actor.person)),
        manages: acts && ending.access.manages,
        shows: known_by(desk, holding.side),
        version: holding.version,
    }
}

/// Kinds that are added by hand, as a choice.
pub(super) fn kinds() -> [(&'static str, Words); 5] {
    [ResourceKind::Room, ResourceKind::Chat, ResourceKind::List, ResourceKind::Cloud, ResourceKind::Other].map(|it| (it.as_str(), kind(it)))
}

pub(super) fn sides() -> [(&'static str, Words); 2] {
    [Side::Customer, Side::Delivery].map(|it| (it.as_str(), side(it).word()))
}

/// Back to the list that the form was on: with what was typed, if it was refused.
async fn answer(caller: Caller, (act, engagement, fields): (String, EngagementId, Fields), done: Result<String, Failure>) -> Response {
    let which = match fields.given("back") {
        Some("all") => Which { all: true, person: None },
        Some(person) => Which { all: false, person: Some(PersonId::from(person)) },
        None => Which::default(),
    };
    let why = match done {
        Ok(words) => return said::redirect(&which.href(engagement.as_str()), words, None),
        Err(Failure::Refused(refusal)) => sentence(&refusal),
        Err(Failure::Conflict(_)) => t!("wrong.conflict.what").into(),
        Err(failure) => return caller.answer(Err(failure)),
    };
    let shown = list(&caller, engagement.as_str(), (which, Tried { act, why, sent: fields })).await;
    caller.answer(shown)
}

pub(super) async fn add(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["title", "kind", "side", "owner", "internal", "back"])?;
        let input = AddHolding {
            title: fields.text("title"),
            kind: fields.parsed("kind")?.unwrap_or(ResourceKind::Other),
            side: fields.parsed("side")?.unwrap_or(Side::Customer),
            owner: fields.given("owner").map(PersonId::from),
            internal: fields.get("internal") == "1",
        };
        let added = add_holding(caller.app(), &caller.actor, &engagement, input).await?;
        Ok(t!("access.done_add").with("title", added.title).to_string())
    };
    let done = done.await;
    answer(caller, ("add".to_owned(), engagement, fields), done).await
}

pub(super) async fn go(caller: Caller, Path((id, holding)): Path<(String, String)>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["do", "note", "shown", "owner", "until", "version", "back"])?;
        let owner = fields.given("owner").map(PersonId::from);
        let ask = match fields.get("do") {
            "close" => Ask::Close { note: fields.text("note"), shown: fields.given("shown").map(Into::into) },
            "open" => Ask::Open { note: fields.text("note") },
            "carry" => Ask::Carry {
                owner: owner.ok_or_else(|| refused("owner", t!("access.choose_owner")))?,
                until: fields.date("until")?.ok_or_else(|| refused("until", t!("access.choose_until")))?,
            },
            "give" => Ask::Give { owner },
            "leave_out" => Ask::LeaveOut,
            other => return Err(refused("do", t!("form.unusable").with("value", other.chars().take(60).collect::<String>()))),
        };
        let input = MoveHolding { holding: HoldingId(holding.clone()), ask, version: fields.version()? };
        let after = move_holding(caller.app(), &caller.actor, &engagement, input).await?;
        Ok(match after {
            None => t!("access.done_left_out").to_string(),
            Some(it) if it.closed.is_some() => t!("access.done_closed").with("title", it.title).to_string(),
            Some(it) => t!("access.done_holding").with("title", it.title).to_string(),
        })
    };
    let done = done.await;
    answer(caller, (holding, engagement, fields), done).await
}

pub(super) async fn end_link(caller: Caller, Path((id, link)): Path<(String, String)>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["back"])?;
        revoke_link(caller.app(), &caller.actor, &engagement, &LinkId(link)).await?;
        Ok(t!("links.revoked").to_string())
    };
    let done = done.await;
    answer(caller, ("link".to_owned(), engagement, fields), done).await
}

pub(super) async fn end_key(caller: Caller, Path((id, key)): Path<(String, String)>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["back"])?;
        end_one_key(caller.app(), &caller.actor, &engagement, &TokenId(key)).await?;
        Ok(t!("access.done_key").to_string())
    };
    let done = done.await;
    answer(caller, ("key".to_owned(), engagement, fields), done).await
}

pub(super) async fn at_once(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        fields.only(&["person", "reason", "back"])?;
        let person = fields.given("person").map(PersonId::from).ok_or_else(|| refused("person", t!("access.choose_person")))?;
        let input = EndAtOnce { person, reason: fields.text("reason") };
        let left = end_at_once(caller.app(), &caller.actor, &engagement, input).await?;
        Ok(t!("access.done_at_once").with("n", left).to_string())
    };
    let done = done.await;
    let fields = if done.is_ok() { fields.without("back") } else { fields };
    answer(caller, ("at_once".to_owned(), engagement, fields), done).await
}
