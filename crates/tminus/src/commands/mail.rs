//! The outbox: letters that wait, went out or did not.

use clap::Subcommand;
use serde_json::{Value, json};
use tminus_app::{
    mail::{list_letters, read_letter, send_again},
    store::mail::Kept,
};
use tminus_domain::mail::Fate;

use crate::{
    config::Place,
    exit::Stop,
    open,
    print::{Out, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Mail {
    /// List letters, newest first, without what they open
    List {
        /// Go on after this letter
        #[arg(long, value_name = "ID")]
        after: Option<String>,
    },
    /// Print a letter as it goes out
    Show {
        id: String,
        /// Where people reach this Tminus
        #[arg(long, env = "TMINUS_ADDRESS", value_name = "URL", default_value = "http://127.0.0.1:8080")]
        address: String,
    },
    /// Try a letter again at once: one that waits for its next try, or was given up
    Again { id: String },
}

impl Mail {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        match self {
            Self::List { after } => {
                let letters = list_letters(&practice.app, &actor, after.map(|id| id.as_str().into()).as_ref()).await?;
                if out.json {
                    return out.json(&letters.iter().map(line).collect::<Vec<_>>());
                }
                let row = |kept: &Kept| {
                    vec![kept.letter.id.0.clone(), kept.letter.message.kind().to_owned(), plain(&kept.letter.address), state(kept)]
                };
                out.table(&letters.iter().map(row).collect::<Vec<_>>())
            }
            Self::Again { id } => {
                send_again(&practice.app, &actor, &id.as_str().into()).await?;
                let told = format!("The letter {} is tried again while Tminus serves with a mail server.", plain(&id));
                out.say(&json!({ "id": id, "state": "waiting" }), told)
            }
            Self::Show { id, address } => {
                let kept = read_letter(&practice.app, &actor, &id.as_str().into()).await?;
                let written = tminus_pages::mail::write(&kept.letter, address.trim_end_matches('/'));
                let mut value = line(&kept);
                value["subject"] = json!(written.subject);
                value["text"] = json!(written.text);
                let head =
                    format!("To: {} <{}>\nSubject: {}\n", plain(&kept.letter.name), plain(&kept.letter.address), plain(&written.subject));
                let text: Vec<_> = written.text.lines().map(plain).collect();
                out.say(&value, format!("{head}\n{}", text.join("\n")))
            }
        }
    }
}

fn state(kept: &Kept) -> String {
    let at = |at: &jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    match &kept.fate {
        Fate::Waiting { why: None, .. } => "waits".to_owned(),
        Fate::Waiting { due_at, why: Some(why), .. } => format!("next try {}: {}", at(due_at), plain(why)),
        Fate::Sent { at: when } => format!("sent {}", at(when)),
        Fate::GivenUp { at: when, why } => format!("given up {}: {}", at(when), plain(why)),
    }
}

fn line(kept: &Kept) -> Value {
    let letter = &kept.letter;
    let (state, at, why) = match &kept.fate {
        Fate::Waiting { due_at, why, .. } => ("waiting", due_at, why.clone()),
        Fate::Sent { at } => ("sent", at, None),
        Fate::GivenUp { at, why } => ("given_up", at, Some(why.clone())),
    };
    json!({
        "id": letter.id, "kind": letter.message.kind(), "person": letter.person, "engagement": letter.engagement, "name": letter.name,
        "address": letter.address, "written_at": letter.written_at, "state": state, "at": at, "why": why,
    })
}
