//! One status for many rows, and the way to choose them: by ticks, all that are shown at once, and on a phone in a mode of its own.

use axum::{extract::Path, response::Response};
use tminus_app::{
    Failure, Held, Refusal,
    checklist::{many::set_status_of_many, status::SetStatus},
};
use tminus_domain::{
    checklist::status::State,
    ids::{EngagementId, ItemId},
    rights::Right,
};

use super::{
    act::{back, optional, undo_of},
    list,
    sheet::mark,
    wanted::Wanted,
};
use crate::{
    caller::{Caller, capital, sentence},
    engagement::desk::Desk,
    fields::{Fields, refused},
    said,
};

/// Whether rows are being chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choosing {
    #[default]
    No,
    /// On a phone, where rows have a tick only while they are chosen.
    Ticks,
    /// Every row that is shown is ticked.
    All,
}

/// A change of many that did not go through.
#[derive(Default)]
pub(crate) struct Refused {
    /// What holds for the whole of it; empty where items hold it up.
    pub(crate) why: String,
    pub(crate) items: Vec<HeldRow>,
    pub(crate) sent: Fields,
}

/// An item that holds a change up, as its number, its title and why.
pub(crate) struct HeldRow {
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) why: String,
}

impl Refused {
    fn of(desk: &Desk, failure: Failure, sent: Fields) -> Result<Self, Failure> {
        let whole = |why: String, sent| Ok(Self { why, items: Vec::new(), sent });
        match failure {
            Failure::Refused(Refusal::Items(held)) => {
                let items = held.into_iter().map(|it| held_row(desk, it)).collect();
                Ok(Self { why: String::new(), items, sent })
            }
            Failure::Refused(refusal) => whole(sentence(&refusal), sent),
            Failure::Conflict(Some(item)) => whole(t!("checklist.bulk_conflict").with("title", &item.content.title).into(), sent),
            failure => Err(failure),
        }
    }

    /// Whether this row was ticked when the change was refused.
    pub(crate) fn ticked(&self, id: &str) -> bool {
        self.sent.all("item").any(|sent| sent.split_once(':').is_some_and(|(sent, _)| sent == id))
    }
}

fn held_row(desk: &Desk, held: Held) -> HeldRow {
    HeldRow {
        number: desk.sheet.row(&held.item).map(|row| row.number.clone()).unwrap_or_default(),
        href: format!("/engagements/{}/items/{}", desk.id(), held.item),
        title: held.title,
        why: capital(&held.why),
    }
}

/// One status for every chosen row: all of them or none.
pub(super) async fn status_of_many(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let back = back(&fields, &engagement);
    let failure = match moved(&caller, &engagement, &fields).await {
        Ok((words, number)) => return said::redirect(&back, words, number.map(|number| undo_of(&engagement, number)).as_deref()),
        Err(failure) => failure,
    };
    let again = async {
        let desk = Desk::open(&caller, engagement.as_str(), Right::ReadEngagement).await?;
        let query = back.split_once('?').map_or("", |(_, query)| query);
        let wanted = Wanted::read(&Fields::parse(query.as_bytes()))?;
        let refused = Refused::of(&desk, failure, fields)?;
        Ok(list::refused(&caller, &desk, &wanted, refused))
    };
    caller.answer(again.await)
}

async fn moved(caller: &Caller, engagement: &EngagementId, fields: &Fields) -> Result<super::act::Told, Failure> {
    fields.only(&["item", "back", "status", "reason", "third_party"])?;
    let to = fields.parsed::<State>("status")?.ok_or_else(|| refused("status", t!("panel.choose_status")))?;
    let (reason, third_party) = (optional(fields, "reason"), optional(fields, "third_party"));
    let mut inputs = Vec::new();
    for chosen in fields.all("item") {
        let (item, version) = chosen.split_once(':').ok_or_else(|| refused("item", t!("form.no_version")))?;
        let version = Some(version.parse().map_err(|_| refused("item", t!("form.no_version")))?);
        let (reason, third_party) = (reason.clone(), third_party.clone());
        inputs.push(SetStatus { item: ItemId::from(item), to, reason, third_party, version });
    }
    if inputs.is_empty() {
        return Err(refused("item", t!("checklist.none_chosen")));
    }
    let count = inputs.len();
    let moved = set_status_of_many(caller.app(), &caller.actor, engagement, inputs).await?;
    Ok((t!("done.many.one").or_many(t!("done.many.many"), count).with("status", mark(to).word).to_string(), moved.undo))
}
