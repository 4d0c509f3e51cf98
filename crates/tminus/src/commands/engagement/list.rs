//! The list of engagements.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Value, json};
use tminus_app::{App, engagement::list::list_engagements};
use tminus_domain::rights::Actor;
use tminus_store::engagement::{Listed, Page};

use crate::{
    exit::Stop,
    print::{Out, plain},
};

pub(super) async fn list(app: &App, actor: &Actor, wanted: Page, out: Out) -> Result<(), Stop> {
    let mut page = Page { limit: 200, ..wanted };
    let mut all = Vec::new();
    loop {
        let listed = list_engagements(app, actor, &page).await?;
        let full = listed.len() == 200;
        page.after = listed.last().map(|last| (last.sort_key.clone(), last.id.clone()));
        all.extend(listed);
        if !full {
            break;
        }
    }
    let today = app.today(&actor.zone);
    if out.json {
        return out.json(&all.iter().map(|listed| value(listed, today)).collect::<Vec<_>>());
    }
    if all.is_empty() {
        return out.line("No engagement here that you may see. `tminus engagement create` opens one.");
    }
    let row = |it: &Arc<Listed>| {
        let counts = &it.counts;
        vec![
            it.id.0.clone(),
            plain(&it.customer),
            plain(&it.title),
            kickoff(it).map_or_else(|| "no date yet".to_owned(), |date| date.to_string()),
            format!("ready {}/{}", counts.ready, counts.ready_of),
            format!("done {}/{}", counts.complete, counts.complete_of),
            format!("late {}", counts.late(today)),
        ]
    };
    out.table(&all.iter().map(row).collect::<Vec<_>>())
}

fn kickoff(listed: &Listed) -> Option<Date> {
    listed.counts.milestones.get("kickoff").copied()
}

fn value(listed: &Listed, today: Date) -> Value {
    let counts = &listed.counts;
    json!({
        "id": listed.id, "title": listed.title, "customer": listed.customer, "closed": listed.closed, "kickoff": kickoff(listed),
        "ready": counts.ready, "ready_of": counts.ready_of, "complete": counts.complete, "complete_of": counts.complete_of,
        "late": counts.late(today), "to_start": counts.to_start(today), "blocked": counts.blocked,
    })
}
