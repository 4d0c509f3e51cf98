//! The forms of one item: each sends what was seen and typed, and gets it all back if it does not go through.

use axum::{
    extract::{Path, RawQuery},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use tminus_app::{
    Failure,
    checklist::{
        Seen,
        arrange::{move_item, remove_item},
        comment::{AddComment, say_once},
        copy::copy_item,
        evidence::{AddEvidence, ChooseWayOut, add_evidence, choose_way_out, withdraw_evidence},
        status::{AcceptItem, SetStatus, accept_item, set_status},
        undo::undo,
    },
};
use tminus_domain::{
    checklist::status::State,
    ids::{EngagementId, ItemId, PersonId},
    kit::task::{EvidenceKind, WayOutKind},
    rights::Right,
};

use super::{panel, panel::Panel, sheet::mark, tried::Tried, wanted::Wanted};
use crate::{
    caller::Caller,
    engagement::desk::Desk,
    fields::{Fields, refused},
    said,
    token::Pressed,
    wrong::Wrong,
};

/// The engagement and the item of an address.
pub(super) type Ids = (String, String);

/// One form of one item, as it was sent.
pub(super) struct Sent {
    pub(super) act: &'static str,
    pub(super) engagement: EngagementId,
    pub(super) item: ItemId,
    pub(super) fields: Fields,
}

impl Sent {
    pub(super) fn new(act: &'static str, (engagement, item): Ids, fields: Fields) -> Self {
        Self { act, engagement: EngagementId(engagement), item: ItemId(item), fields }
    }

    /// Back to where the form was, saying what was done; or the form again with everything typed and what was said to it.
    pub(super) async fn answer(self, caller: &Caller, done: Result<Told, Failure>) -> Response {
        match done {
            Ok((words, number)) => {
                let undo = number.map(|number| undo_of(&self.engagement, number));
                said::redirect(&back(&self.fields, &self.engagement), words, undo.as_deref())
            }
            Err(failure) => {
                let shown = self.again(caller, failure).await;
                caller.answer(shown)
            }
        }
    }

    /// The item with the version that the form was made of.
    fn seen(&self) -> Result<Seen, Failure> {
        Ok(Seen { item: self.item.clone(), version: self.fields.version()? })
    }

    async fn again(self, caller: &Caller, failure: Failure) -> Result<Response, Failure> {
        let back = back(&self.fields, &self.engagement);
        let mut tried = Tried::of(self.act, self.fields, failure)?;
        let status = if tried.conflict { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        let desk = Desk::open(caller, self.engagement.as_str(), Right::ReadEngagement).await?;
        let row = desk.sheet.row(&self.item).ok_or(Failure::NotFound)?;
        tried.compare(&desk, &row.item);
        let list = back.split_once("/checklist").map(|(_, query)| query.trim_start_matches('?'));
        let wanted = list.and_then(|query| Wanted::read(&Fields::parse(query.as_bytes())).ok()).unwrap_or_default();
        let panel = Panel::of(caller, &desk, self.item.as_str(), wanted, Some(tried)).await?;
        let panel = if list.is_none() { panel.alone() } else { panel };
        Ok(panel::page(caller, &panel, status))
    }
}

/// What was done, and the number by which it is taken back.
pub(super) type Told = (String, Option<u64>);

/// Where one change is taken back, and no other.
pub(crate) fn undo_of(engagement: &EngagementId, number: u64) -> String {
    format!("/engagements/{engagement}/undo?number={number}")
}

/// Where a form came from: a page of its engagement, or my items.
pub(super) fn back(fields: &Fields, engagement: &EngagementId) -> String {
    let own = format!("/engagements/{engagement}/");
    let given = fields.get("back");
    if given == "/" {
        return given.to_owned();
    }
    let inside = given.starts_with(&own) && !given.contains(['\\', '\r', '\n']) && !given.contains("//") && !given.contains("..");
    if inside { given.to_owned() } else { format!("{own}checklist") }
}

pub(super) fn optional(fields: &Fields, name: &str) -> Option<String> {
    fields.given(name).map(|_| fields.text(name))
}

pub(super) async fn status(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("status", ids, fields);
    let fields = &sent.fields;
    let done = async {
        fields.only(&["version", "back", "status", "reason", "third_party"])?;
        let to = fields.parsed::<State>("status")?.ok_or_else(|| refused("status", t!("panel.choose_status")))?;
        let (reason, third_party) = (optional(fields, "reason"), optional(fields, "third_party"));
        let input = SetStatus { item: sent.item.clone(), to, reason, third_party, version: fields.version()? };
        let item = set_status(caller.app(), &caller.actor, &sent.engagement, input).await?;
        Ok((t!("done.status").with("title", &item.content.title).with("status", mark(item.state()).word).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

pub(super) async fn evidence(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("evidence", ids, fields);
    let fields = &sent.fields;
    let done = async {
        fields.only(&["version", "back", "kind", "text", "fact"])?;
        let kind = match fields.get("kind") {
            "link" => EvidenceKind::Link,
            "note" => EvidenceKind::Note,
            "fact" => EvidenceKind::Fact,
            other => return Err(refused("kind", t!("form.unusable").with("value", other.chars().take(60).collect::<String>()))),
        };
        let fact = fields.given("fact").filter(|_| kind == EvidenceKind::Fact).map(Into::into);
        let input = AddEvidence { item: sent.item.clone(), kind, text: fields.text("text"), fact, version: fields.version()? };
        let item = add_evidence(caller.app(), &caller.actor, &sent.engagement, input).await?;
        Ok((t!("done.evidence").with("title", &item.content.title).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

pub(super) async fn withdraw(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("evidence", ids, fields);
    let done = async {
        sent.fields.only(&["version", "back", "proof"])?;
        let item = withdraw_evidence(caller.app(), &caller.actor, &sent.engagement, sent.seen()?, sent.fields.get("proof")).await?;
        Ok((t!("done.withdrawn").with("title", &item.content.title).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

pub(super) async fn accept(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("accept", ids, fields);
    let fields = &sent.fields;
    let done = async {
        fields.only(&["version", "back", "on_behalf_of"])?;
        let on_behalf_of = fields.given("on_behalf_of").map(PersonId::from);
        let input = AcceptItem { item: sent.item.clone(), on_behalf_of, version: fields.version()? };
        let item = accept_item(caller.app(), &caller.actor, &sent.engagement, input).await?;
        Ok((t!("done.accepted").with("title", &item.content.title).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

pub(super) async fn way_out(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("way", ids, fields);
    let fields = &sent.fields;
    let done = async {
        fields.only(&["version", "back", "kind", "text", "reason"])?;
        let known = [WayOutKind::Expedite, WayOutKind::WorkAround, WayOutKind::Waive].into_iter();
        let kind = known.into_iter().find(|kind| panel::way_word(*kind) == fields.get("kind"));
        let kind = kind
            .ok_or_else(|| refused("kind", t!("form.unusable").with("value", fields.get("kind").chars().take(60).collect::<String>())))?;
        let (text, reason) = (fields.text("text"), fields.text("reason"));
        if reason.trim().is_empty() {
            return Err(refused("reason", t!("panel.way_reason")));
        }
        let input = ChooseWayOut { item: sent.item.clone(), kind, text, reason, version: fields.version()? };
        let item = choose_way_out(caller.app(), &caller.actor, &sent.engagement, input).await?;
        Ok((t!("done.way").with("title", &item.content.title).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

pub(super) async fn comment(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("comment", ids, fields);
    let fields = &sent.fields;
    let done = async {
        fields.only(&["back", "comment", "internal"])?;
        let input = AddComment { item: sent.item.clone(), text: fields.text("comment"), internal: fields.get("internal") == "1" };
        say_once(caller.app(), &caller.actor, &sent.engagement, input).await?;
        Ok(t!("done.comment").text().to_owned())
    };
    match done.await {
        // A comment stays: others may have read it.
        Ok(words) => said::redirect(&back(&sent.fields, &sent.engagement), words, None),
        Err(failure) => sent.answer(&caller, Err(failure)).await,
    }
}

pub(super) async fn copy(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("copy", ids, fields);
    let done = async {
        sent.fields.only(&["version", "back"])?;
        let item = copy_item(caller.app(), &caller.actor, &sent.engagement, sent.seen()?).await?;
        Ok((t!("done.copied").with("title", &item.content.title).into(), item.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

pub(super) async fn shift(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("move", ids, fields);
    let done = async {
        sent.fields.only(&["version", "back", "to"])?;
        let desk = Desk::open(&caller, sent.engagement.as_str(), Right::EditChecklist).await?;
        let row = desk.sheet.row(&sent.item).ok_or(Failure::NotFound)?;
        let beside = |it: &&crate::checklist::sheet::Row| it.item.activity == row.item.activity && it.item.parent == row.item.parent;
        let siblings: Vec<_> = desk.sheet.rows.iter().filter(beside).map(|it| &it.item.id).collect();
        let at = siblings.iter().position(|id| **id == sent.item).unwrap_or_default();
        let before = match sent.fields.get("to") {
            "up" => siblings.get(at.saturating_sub(1)).copied().filter(|id| **id != sent.item),
            "down" if at + 1 < siblings.len() => siblings.get(at + 2).copied(),
            "down" => None,
            other => return Err(refused("to", t!("form.unusable").with("value", other.chars().take(60).collect::<String>()))),
        };
        let first = at == 0 && sent.fields.get("to") == "up";
        if !first {
            move_item(caller.app(), &caller.actor, &sent.engagement, sent.seen()?, before).await?;
        }
        Ok(t!("done.moved").with("title", &row.item.content.title).to_string())
    };
    match done.await {
        Ok(words) => said::redirect(&back(&sent.fields, &sent.engagement), words, None),
        Err(failure) => sent.answer(&caller, Err(failure)).await,
    }
}

pub(super) async fn remove(caller: Caller, Path(ids): Path<Ids>, fields: Fields) -> Response {
    let sent = Sent::new("remove", ids, fields);
    let done = async {
        sent.fields.only(&["version", "back", "reason"])?;
        let removed = remove_item(caller.app(), &caller.actor, &sent.engagement, sent.seen()?, optional(&sent.fields, "reason")).await?;
        Ok((t!("done.removed").text().to_owned(), removed.undo))
    };
    let done = done.await;
    sent.answer(&caller, done).await
}

/// Takes back one thing that one did here, or the last.
pub(super) async fn take_back(
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    _: Pressed,
) -> Response {
    let engagement = EngagementId(id);
    let came_from = headers.get(axum::http::header::REFERER).and_then(|value| value.to_str().ok());
    let path = came_from.and_then(|value| value.parse::<axum::http::Uri>().ok()?.path_and_query().map(ToString::to_string));
    let fields = Fields::parse(format!("back={}", crate::caller::escaped(&path.unwrap_or_default())).as_bytes());
    let undone = async {
        let which = Fields::parse(query.unwrap_or_default().as_bytes());
        which.only(&["number"])?;
        undo(caller.app(), &caller.actor, &engagement, which.parsed::<u64>("number")?).await
    };
    match undone.await {
        Ok(number) => said::redirect(&back(&fields, &engagement), t!("done.undone").with("number", number), None),
        Err(Failure::Conflict(Some(item))) => {
            let what = t!("wrong.undo.what").with("title", &item.content.title);
            let to = format!("/engagements/{engagement}/items/{}", item.id);
            caller.wrong(Wrong::conflict(what, t!("wrong.undo.kept")).then(&item.content.title, to))
        }
        Err(failure) => caller.answer(Err(failure)),
    }
}
