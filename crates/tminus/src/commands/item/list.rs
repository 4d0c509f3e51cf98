//! The items of a checklist that somebody wants to look at.

use clap::Args;
use tminus_app::App;
use tminus_domain::{
    checklist::{
        filter::Filter,
        outline::Outline,
        status::{Court, State},
    },
    engagement::Engagement,
    rights::Actor,
};

use super::{line, set};
use crate::{
    commands::reference,
    exit::Stop,
    print::{Out, count, plain},
};

#[derive(Args, Debug)]
pub(crate) struct List {
    /// The engagement: its id, the beginning of it, or its title
    #[arg(long, short)]
    engagement: String,
    /// What you own, or what is about you
    #[arg(long)]
    mine: bool,
    /// Open, with a date before today
    #[arg(long)]
    late: bool,
    /// Not begun, and should be by now
    #[arg(long)]
    start_now: bool,
    /// Neither done, waived nor not applicable
    #[arg(long)]
    open: bool,
    /// Who has to move next: delivery, customer, partner or `third_party`
    #[arg(long, value_name = "COURT", value_parser = court)]
    waiting_on: Option<Court>,
    /// An activity, by its id
    #[arg(long)]
    activity: Option<String>,
    /// A role that owns it
    #[arg(long, value_name = "ROLE")]
    owner: Option<String>,
    /// A gate that it counts for
    #[arg(long)]
    gate: Option<String>,
    /// Its status, such as `in_progress`
    #[arg(long, value_parser = set::state)]
    status: Option<State>,
    /// Words in the title, in any letter case
    #[arg(long)]
    text: Option<String>,
}

fn court(text: &str) -> Result<Court, String> {
    let wanted = text.replace('-', "_");
    let found = Court::ALL.into_iter().find(|court| court.as_str() == wanted);
    found.ok_or_else(|| format!("give one of {}", Court::ALL.map(Court::as_str).join(", ")))
}

impl List {
    pub(super) async fn run(self, app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
        let view = reference::engagement(app, actor, &self.engagement).await?;
        let whole = &view.engagement;
        let filter = self.filter(whole)?;
        let today = app.today(&whole.plan.setup.zone);
        let items: Vec<_> = whole.listed().filter(|item| filter.fits(item, whole, &actor.person, today)).collect();
        let outline = Outline::of(whole);
        if out.json {
            return out.json(&items.iter().map(|item| line((whole, today), &outline, item)).collect::<Vec<_>>());
        }
        if items.is_empty() {
            let all = count(whole.listed().count(), "item");
            return out.line(if filter.is_empty() { "There are no items.".to_owned() } else { format!("None of {all} fits.") });
        }
        let row = |item: &&std::sync::Arc<tminus_domain::checklist::item::Item>| {
            let late = if item.is_late(today) { "late" } else { "" };
            let due = item.due_on().map(|due| due.to_string()).unwrap_or_default();
            let number = outline.number(&item.id).unwrap_or_default().to_owned();
            vec![number, item.key.clone(), item.state().as_str().replace('_', " "), due, late.to_owned(), plain(&item.content.title)]
        };
        out.table(&items.iter().map(row).collect::<Vec<_>>())
    }

    /// A name that the engagement has not is refused: an empty list would look as if nothing were to do.
    fn filter(self, whole: &Engagement) -> Result<Filter, Stop> {
        let unknown = |what: &str, name: &str, all: Vec<&str>| {
            Err(Stop::not_found(format!("“{name}” is no {what} of this engagement; it has {}", all.join(", "))))
        };
        let plan = &whole.plan;
        if let Some(name) = self.activity.as_deref().filter(|name| !plan.activities.iter().any(|it| it.id.as_str() == *name)) {
            return unknown("activity", name, plan.activities.iter().map(|it| it.id.as_str()).collect());
        }
        if let Some(name) = self.owner.as_deref().filter(|name| !plan.roles.iter().any(|it| it.id.as_str() == *name)) {
            return unknown("role", name, plan.roles.iter().map(|it| it.id.as_str()).collect());
        }
        if let Some(name) = self.gate.as_deref().filter(|name| !plan.gates.iter().any(|it| it.id.as_str() == *name)) {
            return unknown("gate", name, plan.gates.iter().map(|it| it.id.as_str()).collect());
        }
        Ok(Filter {
            mine: self.mine,
            late: self.late,
            start_now: self.start_now,
            open: self.open,
            waiting_on: self.waiting_on,
            activity: self.activity.as_deref().map(Into::into),
            owner: self.owner.as_deref().map(Into::into),
            gate: self.gate.as_deref().map(Into::into),
            state: self.status,
            text: self.text,
            person: None,
        })
    }
}
