//! Keys for programs. A key may do what the person may do whose rights the command uses.

use clap::Subcommand;
use serde_json::{Value, json};
use tminus_app::rights::token::{CreateToken, create_token, list_tokens, revoke_token};
use tminus_domain::rights::{Pass, PassKind};
use tminus_store::rights;

use crate::{
    clock,
    commands::reference,
    config::Place,
    exit::Stop,
    open,
    print::{Out, bold, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Token {
    /// Make a key; its secret is printed once
    Create {
        /// What it is for
        title: String,
        /// How many days it is good for
        #[arg(long, default_value_t = 90)]
        days: u32,
        /// The most that it may do: read, work (on items), people (for a directory, by SCIM) or all (that you may)
        #[arg(long, default_value = "all", value_parser = scope)]
        scope: PassKind,
        /// The only engagement that it opens: its id, the beginning of it, or its title [default: all that are yours]
        #[arg(long, short)]
        engagement: Option<String>,
    },
    /// List keys, without their secrets
    List,
    /// Revoke a key at once
    Revoke { id: String },
}

impl Token {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        match self {
            Self::Create { title, days, scope, engagement } => {
                let within = match engagement {
                    Some(text) => Some(reference::engagement(app, &actor, &text).await?.engagement.id.clone()),
                    None => None,
                };
                let pass = Pass { kind: scope, within };
                let created = create_token(app, &actor, CreateToken { title, days: Some(days), pass }).await?;
                let mut value = line(&created.token);
                value["secret"] = json!(created.secret);
                let until = created.token.expires_at.map(|at| format!(", good until {}", at.strftime("%Y-%m-%d"))).unwrap_or_default();
                out.say(&value, format!("Key of {}{until}. Shown only now: {}", plain(&actor.name), bold(created.secret)))
            }
            Self::List => {
                let tokens = list_tokens(app, &actor).await?;
                if out.json {
                    return out.json(&tokens.iter().map(line).collect::<Vec<_>>());
                }
                out.table(&tokens.iter().map(|token| vec![token.id.0.clone(), plain(&token.title), state(token)]).collect::<Vec<_>>())
            }
            Self::Revoke { id } => {
                revoke_token(app, &actor, &id.as_str().into()).await?;
                out.say(&json!({ "id": id, "revoked": true }), format!("The key {} is revoked.", plain(&id)))
            }
        }
    }
}

fn scope(word: &str) -> Result<PassKind, String> {
    PassKind::of_scope(word).ok_or_else(|| "give read, work, people or all".to_owned())
}

fn state(token: &rights::Token) -> String {
    match token.expires_at {
        _ if token.revoked => "revoked".to_owned(),
        Some(at) if at <= clock::now() => format!("expired on {}", at.strftime("%Y-%m-%d")),
        Some(at) => format!("good until {}", at.strftime("%Y-%m-%d")),
        None => "never expires".to_owned(),
    }
}

fn line(token: &rights::Token) -> Value {
    json!({
        "id": token.id, "title": token.title, "person": token.person, "created_at": token.created_at, "expires_at": token.expires_at,
        "revoked": token.revoked, "scope": token.pass.kind.scope(), "engagement": token.pass.within,
    })
}
