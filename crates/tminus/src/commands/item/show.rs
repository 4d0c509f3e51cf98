//! An item as people and as programs read it.

use jiff::civil::Date;
use serde_json::{Value, json};
use tminus_app::App;
use tminus_domain::{
    checklist::{item, outline::Outline},
    engagement::Engagement,
    ids::ItemId,
};

use crate::{
    exit::Stop,
    print::{Out, bold, plain},
};

pub(super) fn show(app: &App, engagement: &Engagement, id: &ItemId, out: Out) -> Result<(), Stop> {
    let today = app.today(&engagement.plan.setup.zone);
    let item = engagement.item(id).ok_or_else(|| Stop::not_found("the item is no longer there"))?;
    let outline = Outline::of(engagement);
    if out.json {
        return out.json(&line((engagement, today), &outline, item));
    }
    out.line(bold(format!("{} {}", outline.number(id).unwrap_or_default(), plain(&item.content.title)).trim()))?;
    let due = item.due.as_ref().map(|due| format!("{} ({due})", due.date().map_or("no date yet".to_owned(), |date| date.to_string())));
    let owners: Vec<_> = engagement
        .owners(item, today)
        .iter()
        .map(|owner| format!("{}: {}", plain(owner.title), owner.person.map_or("nobody", |it| engagement.name(it))))
        .collect();
    let rows = [
        ("id", item.id.0.clone()),
        ("key", item.key.clone()),
        ("status", item.state().as_str().replace('_', " ")),
        ("reason", item.status.reason.as_deref().map(plain).unwrap_or_default()),
        ("court", item.court().as_str().replace('_', " ")),
        ("owners", owners.join("; ")),
        ("due", due.unwrap_or_default()),
        ("start by", item.start_by.map(|date| date.to_string()).unwrap_or_default()),
        ("evidence", item.proofs.iter().filter(|proof| !proof.withdrawn).map(|proof| plain(&proof.text)).collect::<Vec<_>>().join("; ")),
        ("version", item.version.to_string()),
    ];
    let filled = rows.into_iter().filter(|(_, value)| !value.is_empty());
    out.table(&filled.map(|(name, value)| vec![format!("  {name}"), value]).collect::<Vec<_>>())
}

/// An item for programs.
pub(in crate::commands) fn line((engagement, today): (&Engagement, Date), outline: &Outline<'_>, item: &item::Item) -> Value {
    let owners: Vec<_> = engagement
        .owners(item, today)
        .iter()
        .map(|owner| json!({ "role": owner.role, "side": owner.side, "person": owner.person, "name": owner.person.map(|it| engagement.name(it)) }))
        .collect();
    json!({
        "engagement": engagement.id, "id": item.id, "number": outline.number(&item.id), "key": item.key, "activity": item.activity, "parent": item.parent,
        "title": item.content.title, "status": item.state(), "since": item.status.since, "reason": item.status.reason,
        "third_party": item.status.third_party, "court": item.court(), "owners": owners, "due": item.due_on(),
        "due_because": item.due.as_ref().map(ToString::to_string), "start_by": item.start_by, "pinned": item.pinned,
        "gates": item.content.gates, "evidence": item.proofs, "way_out": item.way_out, "comments": item.all_comments(),
        "internal": item.content.internal, "version": item.version,
    })
}
