//! Engagements from the command line.

mod create;
mod flags;
mod from_file;
mod keep;
mod list;
mod offboard;
mod preview;
mod show;
mod status;

pub(crate) use flags::answer;

use clap::Subcommand;
use tminus_app::engagement::closing::{end_engagement, reopen_engagement};
use tminus_store::engagement::Page;

use crate::{commands::reference, config::Place, exit::Stop, open, print::Out};

#[derive(Subcommand, Debug)]
pub(crate) enum Engagement {
    /// Open an engagement from kits
    Create(Box<create::Create>),
    /// List the engagements that you may see, by kick-off
    List {
        /// Closed ones instead of open ones
        #[arg(long)]
        closed: bool,
        /// Words in the title or the customer's name
        #[arg(long)]
        text: Option<String>,
        /// Only those of a portfolio, by its id or title
        #[arg(long)]
        portfolio: Option<String>,
    },
    /// Show an engagement with its checklist
    Show {
        /// Its id, the beginning of it, or its title
        engagement: String,
        #[command(flatten)]
        filter: show::Filters,
    },
    /// Where an engagement stands: countdown, gates, what is late
    Status { engagement: String },
    /// Add the off-boarding kit: without a reason, what that would do
    Offboard {
        engagement: String,
        /// The day on which the engagement ends: what the kit counts from
        #[arg(long, value_name = "DATE")]
        end: Option<jiff::civil::Date>,
        /// Why the plan changes
        #[arg(long)]
        reason: Option<String>,
    },
    /// End an engagement: refused while somebody has access, or a room or the like is open, for which nobody answers
    End {
        engagement: String,
        /// What to remember
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Open an engagement again that had ended
    Reopen {
        engagement: String,
        /// Why it goes on
        #[arg(long)]
        why: String,
    },
    /// Set how long personal data is kept after the end, or ask for it
    Keep {
        engagement: String,
        /// Months, `never`, or `usual` for what holds in the practice (`tminus serve --erase-after`); nothing asks
        months: Option<String>,
    },
}

impl Engagement {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        match self {
            Self::Create(create) => create.run(app, &actor, out).await,
            Self::List { closed, text, portfolio } => {
                let portfolio = match portfolio {
                    Some(name) => Some(reference::portfolio(app, &actor, &name).await?.portfolio.id),
                    None => None,
                };
                list::list(app, &actor, Page { closed, text, portfolio, ..Page::default() }, out).await
            }
            Self::Show { engagement, filter } => show::show(app, &actor, (&engagement, &filter), out).await,
            Self::End { engagement, note } => {
                let view = reference::engagement(app, &actor, &engagement).await?;
                end_engagement(app, &actor, &view.engagement.id, note).await?;
                out.say(&serde_json::json!({ "ended": view.engagement.id }), "The engagement has ended.")
            }
            Self::Reopen { engagement, why } => {
                let view = reference::engagement(app, &actor, &engagement).await?;
                reopen_engagement(app, &actor, &view.engagement.id, why).await?;
                out.say(&serde_json::json!({ "reopened": view.engagement.id }), "The engagement is open again.")
            }
            Self::Offboard { engagement, end, reason } => {
                let view = reference::engagement(app, &actor, &engagement).await?;
                offboard::offboard(app, &actor, &view, (end, reason), out).await
            }
            Self::Keep { engagement, months } => keep::keep(app, &actor, (&engagement, months), out).await,
            Self::Status { engagement } => status::status(app, &actor, &engagement, out).await,
        }
    }
}
