//! Portfolios: sets of engagements with administrators of their own.

use clap::Subcommand;
use serde_json::{Value, json};
use tminus_app::{
    App,
    people::edition,
    portfolio::{
        SavePortfolio, add_portfolio, administrator_by_email, change_portfolio, count_portfolios, remove_portfolio, set_portfolio,
    },
};
use tminus_domain::{ids::PersonId, rights::Actor};
use tminus_store::portfolio::Listed;

use crate::{
    commands::reference,
    config::Place,
    exit::Stop,
    open,
    print::{Out, count, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Portfolio {
    /// List the portfolios that you may see
    List,
    /// Add a portfolio
    Create {
        title: String,
        /// Who administers it, by e-mail address; may be repeated
        #[arg(long, value_name = "EMAIL")]
        administrator: Vec<String>,
    },
    /// Give a portfolio another title or other administrators
    Change {
        /// Its id or title
        portfolio: String,
        #[arg(long)]
        title: Option<String>,
        /// Who administers it too, by e-mail address; may be repeated
        #[arg(long, value_name = "EMAIL")]
        add: Vec<String>,
        /// Who administers it no longer, by e-mail address; may be repeated
        #[arg(long, value_name = "EMAIL")]
        remove: Vec<String>,
    },
    /// Remove a portfolio that has no engagements
    Remove { portfolio: String },
    /// Put an engagement into a portfolio, or take it out
    Put {
        /// Its id, the beginning of it, or its title
        engagement: String,
        /// The portfolio, by its id or title; without one it is in none
        portfolio: Option<String>,
    },
}

impl Portfolio {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        match self {
            Self::List => list(app, &actor, out).await,
            Self::Create { title, administrator } => {
                let administrators = people(app, &actor, &administrator).await?;
                let portfolio = add_portfolio(app, &actor, SavePortfolio { title, administrators, seen: None }).await?;
                let told = format!("{} is added. Its id: {}", plain(&portfolio.title), portfolio.id);
                out.say(&line(&Listed { portfolio, engagements: 0, open: 0 }), told)
            }
            Self::Change { portfolio, title, add, remove } => {
                let known = reference::portfolio(app, &actor, &portfolio).await?;
                let (add, remove) = (people(app, &actor, &add).await?, people(app, &actor, &remove).await?);
                let kept = known.portfolio.administrators.iter().filter(|person| !remove.contains(person)).cloned();
                let administrators = kept.chain(add).collect();
                let title = title.unwrap_or_else(|| known.portfolio.title.clone());
                let input = SavePortfolio { title, administrators, seen: Some(edition(&known.portfolio)) };
                let portfolio = change_portfolio(app, &actor, &known.portfolio.id, input).await?;
                let told = format!("{} is changed.", plain(&portfolio.title));
                out.say(&line(&Listed { portfolio, engagements: known.engagements, open: known.open }), told)
            }
            Self::Remove { portfolio } => {
                let known = reference::portfolio(app, &actor, &portfolio).await?.portfolio;
                remove_portfolio(app, &actor, &known.id).await?;
                out.say(&json!({ "id": known.id, "removed": true }), format!("{} is removed.", plain(&known.title)))
            }
            Self::Put { engagement, portfolio } => {
                let view = reference::engagement(app, &actor, &engagement).await?;
                let to = match &portfolio {
                    Some(name) => Some(reference::portfolio(app, &actor, name).await?.portfolio),
                    None => None,
                };
                set_portfolio(app, &actor, &view.engagement.id, to.as_ref().map(|to| &to.id)).await?;
                let told = to.as_ref().map_or_else(|| "It is in no portfolio.".to_owned(), |to| format!("It is in {}.", plain(&to.title)));
                out.say(&json!({ "engagement": view.engagement.id, "portfolio": to.map(|to| to.id) }), told)
            }
        }
    }
}

async fn people(app: &App, actor: &Actor, emails: &[String]) -> Result<Vec<PersonId>, Stop> {
    let mut people = Vec::with_capacity(emails.len());
    for email in emails {
        people.push(administrator_by_email(app, actor, email).await?);
    }
    Ok(people)
}

async fn list(app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
    let listed = count_portfolios(app, actor).await?;
    if out.json {
        return out.json(&listed.iter().map(line).collect::<Vec<_>>());
    }
    let row = |it: &Listed| {
        let people = it.portfolio.administrators.len();
        let of = format!("{} of {} open", it.open, count(usize::try_from(it.engagements).unwrap_or_default(), "engagement"));
        vec![it.portfolio.id.0.clone(), plain(&it.portfolio.title), of, count(people, "administrator")]
    };
    out.table(&listed.iter().map(row).collect::<Vec<_>>())
}

fn line(listed: &Listed) -> Value {
    let Listed { portfolio, engagements, open } = listed;
    json!({
        "id": portfolio.id, "title": portfolio.title, "administrators": portfolio.administrators, "engagements": engagements, "open": open,
    })
}
