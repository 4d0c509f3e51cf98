//! One engagement with its checklist.

use clap::Args;
use jiff::civil::Date;
use serde_json::json;
use tminus_app::App;
use tminus_domain::{
    checklist::{filter::Filter, item::Item, outline::Outline, status::State},
    engagement::Engagement,
    rights::Actor,
    schedule::Computed,
};

use crate::{
    commands::{item, reference},
    exit::Stop,
    print::{Out, bold, faint, plain, red},
};

#[derive(Args, Debug)]
pub(crate) struct Filters {
    /// Only your own items
    #[arg(long)]
    mine: bool,
    /// Only items that are late
    #[arg(long)]
    late: bool,
    /// Only items that should be begun by now
    #[arg(long)]
    start_now: bool,
    /// Only open items
    #[arg(long)]
    open: bool,
}

pub(super) async fn show(app: &App, actor: &Actor, (name, filters): (&str, &Filters), out: Out) -> Result<(), Stop> {
    let view = reference::engagement(app, actor, name).await?;
    let engagement = &*view.engagement;
    let today = app.today(&engagement.plan.setup.zone);
    let filter = Filter { mine: filters.mine, late: filters.late, start_now: filters.start_now, open: filters.open, ..Filter::default() };
    let items: Vec<_> = engagement.listed().filter(|item| filter.fits(item, engagement, &actor.person, today)).collect();
    let outline = Outline::of(engagement);
    if out.json {
        let plan = &engagement.plan;
        let value = json!({
            "id": engagement.id, "revision": engagement.revision, "head": engagement.head, "setup": plan.setup, "kits": plan.kits,
            "milestones": plan.milestones, "members": *engagement.members, "left_out": plan.left_out,
            "items": items.iter().map(|it| item::line((engagement, today), &outline, it)).collect::<Vec<_>>(),
        });
        return out.json(&value);
    }
    let setup = &engagement.plan.setup;
    out.line(bold(format!("{} for {} ({})", plain(&setup.title), plain(&setup.customer), engagement.id)))?;
    for activity in &engagement.plan.activities {
        let shown: Vec<_> = items.iter().filter(|item| item.activity == activity.id).collect();
        if !shown.is_empty() {
            out.line(bold(format!("\n{}", plain(&activity.title))))?;
        }
        let rows: Vec<_> = shown.iter().map(|item| row((engagement, today), &outline, item)).collect();
        for (line, item) in aligned(&rows).into_iter().zip(shown) {
            if item.is_late(today) { out.line(red(line))? } else { out.line(line)? }
        }
    }
    out.line(faint(format!("\nRevision {}; record at entry {}.", engagement.revision, engagement.head.number)))
}

fn row((engagement, today): (&Engagement, Date), outline: &Outline<'_>, item: &Item) -> [String; 4] {
    let indent = if item.parent.is_some() { "    " } else { "  " };
    let number = outline.number(&item.id).unwrap_or_default();
    let due = item.due.as_ref().and_then(Computed::date).map_or_else(String::new, |date| date.to_string());
    let owner = engagement.owners(item, today).first().map(|owner| owner.person.map_or("nobody", |it| engagement.name(it)).to_owned());
    let state = if item.state() == State::ToDo { String::new() } else { item.state().as_str().replace('_', " ") };
    let title = format!("{indent}{number} {} {}", plain(&item.content.title), faint(&item.key));
    [due, state, plain(&owner.unwrap_or_default()), title]
}

/// Columns before the title, which may be as long as it likes.
fn aligned(rows: &[[String; 4]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [10, width(1), width(2)];
    let cell = |text: &String, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())));
    rows.iter()
        .map(|[due, state, owner, title]| {
            format!("  {}  {}  {}{title}", cell(due, widths[0]), cell(state, widths[1]), cell(owner, widths[2]))
        })
        .collect()
}
