//! Links: how people of the customer and of partners come in without an account.

use clap::Subcommand;
use serde_json::{Value, json};
use tminus_app::rights::link::{list_links, mail_link, make_link, revoke_link};
use tminus_domain::{engagement::Engagement, rights::link};

use crate::{
    clock,
    commands::reference::{self, Within},
    config::Place,
    exit::Stop,
    open,
    print::{Out, bold, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Link {
    /// Make a link for a member from outside the delivery side; it is printed once
    Create {
        /// Whom it is for, by e-mail address
        email: String,
        #[command(flatten)]
        within: Within,
        /// How many days it works
        #[arg(long, default_value_t = link::DAYS)]
        days: u32,
        /// Mail it to them instead of printing it: nobody else sees it
        #[arg(long)]
        mail: bool,
        /// Where people reach this Tminus
        #[arg(long, env = "TMINUS_ADDRESS", value_name = "URL", default_value = "http://127.0.0.1:8080")]
        address: String,
    },
    /// List the links of an engagement, without their secrets
    List(Within),
    /// Revoke a link, and end the visits that began with it
    Revoke {
        id: String,
        #[command(flatten)]
        within: Within,
    },
}

impl Link {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        let view = reference::engagement(app, &actor, &self.within().engagement).await?;
        let engagement = &view.engagement;
        match self {
            Self::Create { email, days, mail, address, .. } => {
                let unknown = || Stop::not_found(format!("nobody on this engagement has the address “{email}”"));
                let person = app.store.account_by_email(&email).await?.ok_or_else(unknown)?.person;
                engagement.member(&person.id).ok_or_else(unknown)?;
                if mail {
                    let link = mail_link(app, &actor, &engagement.id, (&person.id, Some(days))).await?;
                    let told = format!(
                        "A link for {} waits in the outbox and goes out while Tminus serves with a mail server.",
                        plain(&person.name)
                    );
                    return out.say(&line(engagement, &link), told);
                }
                let made = make_link(app, &actor, &engagement.id, (&person.id, Some(days))).await?;
                let mut value = line(engagement, &made.link);
                let href = format!("{}/l/{}", address.trim_end_matches('/'), made.secret);
                value["link"] = json!(href);
                let until = made.link.expires_at.strftime("%Y-%m-%d");
                out.say(&value, format!("Link for {}, good until {until}. Shown only now: {}", plain(&person.name), bold(href)))
            }
            Self::List(_) => {
                let links = list_links(app, &actor, &engagement.id).await?;
                if out.json {
                    return out.json(&links.iter().map(|link| line(engagement, link)).collect::<Vec<_>>());
                }
                let row = |link: &link::Link| vec![link.id.0.clone(), plain(engagement.name(&link.person)), state(link)];
                out.table(&links.iter().map(row).collect::<Vec<_>>())
            }
            Self::Revoke { id, .. } => {
                revoke_link(app, &actor, &engagement.id, &id.as_str().into()).await?;
                out.say(&json!({ "id": id, "revoked": true }), format!("The link {} is revoked.", plain(&id)))
            }
        }
    }

    fn within(&self) -> &Within {
        match self {
            Self::Create { within, .. } | Self::Revoke { within, .. } | Self::List(within) => within,
        }
    }
}

fn state(link: &link::Link) -> String {
    let until = link.expires_at.strftime("%Y-%m-%d");
    let used = link.used_at.map_or_else(|| ", not used yet".to_owned(), |at| format!(", last used on {}", at.strftime("%Y-%m-%d")));
    match link.revoked_at {
        Some(at) => format!("revoked on {}", at.strftime("%Y-%m-%d")),
        None if link.is_live(clock::now()) => format!("good until {until}{used}"),
        None => format!("expired on {until}{used}"),
    }
}

fn line(engagement: &Engagement, link: &link::Link) -> Value {
    json!({
        "id": link.id, "engagement": link.engagement, "person": link.person, "name": engagement.name(&link.person), "made_at": link.made_at,
        "expires_at": link.expires_at, "revoked_at": link.revoked_at, "used_at": link.used_at,
    })
}
