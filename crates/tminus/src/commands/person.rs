//! People of the practice.

use std::io::{BufRead as _, IsTerminal as _};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tminus_app::{
    App, Failure,
    people::{
        address::{SaveAddresses, list_addresses, save_addresses},
        edition,
        erase::erase_person,
        person::{self, AddPerson, ChangePerson},
    },
    rights::{factor::end_factor_of, passkey::end_passkeys_of},
};
use tminus_domain::{kit::Side, people, rights::PracticeRole};

use crate::{
    clock,
    commands::reference::side,
    config::Place,
    exit::Stop,
    open,
    print::{Out, bold, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Person {
    /// Add a person
    Add(Add),
    /// List the people of the practice
    List,
    /// Give a person a new password; that ends their sessions
    Password {
        email: String,
        #[command(flatten)]
        secret: Secret,
    },
    /// The other addresses by which a person is known: shown, or said anew
    Addresses {
        email: String,
        /// All that they are to be
        #[arg(value_name = "ADDRESS")]
        addresses: Vec<String>,
        /// They are known by no other address any more
        #[arg(long, conflicts_with = "addresses")]
        none: bool,
    },
    /// End a person's access: their sessions end, their keys are revoked, and what they did stays
    End { email: String },
    /// Take the second factor away of somebody who lost it: their password alone signs them in then
    EndFactor { email: String },
    /// Remove the passkeys of somebody who lost what they are kept on
    EndPasskeys { email: String },
    /// Let somebody in again whose access was ended: they sign in as before, and nothing else of then works
    TakeBack { email: String },
    /// Erase a person for good: their name, address and texts, everywhere; what was done stays, without a name. Nobody can take it back
    Erase {
        email: String,
        /// It is meant
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Add {
    name: String,
    email: String,
    /// The first person, who administers the practice
    #[arg(long)]
    first: bool,
    /// delivery, customer or partner
    #[arg(long, default_value = "delivery", value_parser = side)]
    side: Side,
    /// administrator, lead, member, operator or none [default: member on the delivery side, else none]
    #[arg(long, value_parser = role)]
    practice: Option<PracticeRole>,
    /// Their time zone, such as Europe/Berlin
    #[arg(long, default_value = "UTC")]
    zone: String,
    #[command(flatten)]
    secret: Secret,
}

/// Where a password comes from. Never from the command line itself, which others can read.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub(crate) struct Secret {
    /// Make a password and print it once
    #[arg(long)]
    generate_password: bool,
    /// Read the password from standard input, one line
    #[arg(long)]
    password_stdin: bool,
    /// No password: the person cannot sign in yet
    #[arg(long)]
    no_password: bool,
}

fn role(text: &str) -> Result<PracticeRole, String> {
    text.parse().map_err(|()| "give administrator, lead, member, operator or none".to_owned())
}

impl Person {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        match self {
            Self::Add(add) => add.run(place, out).await,
            Self::List => list(place, out).await,
            Self::Password { email, secret } => password(&email, &secret, place, out).await,
            Self::Addresses { email, addresses, none } => self::addresses(&email, (addresses, none), place, out).await,
            Self::End { email } => end(&email, place, out).await,
            Self::EndFactor { email } => end_factor(&email, place, out).await,
            Self::TakeBack { email } => take_back(&email, place, out).await,
            Self::Erase { email, yes } => erase(&email, yes, place, out).await,
            Self::EndPasskeys { email } => end_passkeys(&email, place, out).await,
        }
    }
}

impl Add {
    async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let practice = if self.first { open::open_or_make(place).await? } else { open::open(place).await? };
        let app = &practice.app;
        let actor = match self.first {
            true if app.store.has_people().await? => {
                return Err(Stop::refused("this practice has people already: leave --first out, and an administrator adds more"));
            }
            true => None,
            false => Some(open::actor(app, place).await?),
        };
        // What is wrong with the person is said before anybody types a password.
        let usual = if self.side == Side::Delivery { PracticeRole::Member } else { PracticeRole::None };
        let standing = self.practice.unwrap_or(usual);
        let (name, email, zone) = (self.name.clone(), self.email.clone(), self.zone.clone());
        let person = people::Person { id: "".into(), name, email, side: self.side, zone, practice: standing };
        person.checked().map_err(|error| Stop::refused(error.to_string()))?;
        let (password, generated) = self.secret.read()?;
        let role = if self.first { PracticeRole::Administrator } else { standing };
        let input = AddPerson { name: self.name, email: self.email, side: self.side, zone: self.zone, practice: role, password };
        let person = match actor {
            None => person::add_first_person(app, input).await?,
            Some(actor) => person::add_person(app, &actor, input).await?,
        };
        let mut value = line(&person);
        let mut text = format!("{} can sign in as {}.", plain(&person.name), bold(&person.email));
        if let Some(generated) = generated {
            value["password"] = json!(generated);
            text = format!("{text} Password, shown only now: {}", bold(generated));
        } else if self.secret.no_password {
            text = format!("{} is added, and cannot sign in yet.", plain(&person.name));
        }
        out.say(&value, text)
    }
}

async fn list(place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let mut people = Vec::new();
    let mut after = None;
    loop {
        let page = person::list_people(&practice.app, &actor, after.as_ref(), 200).await?;
        after = page.last().map(|last| (last.name.clone(), last.id.clone()));
        let full = page.len() == 200;
        people.extend(page);
        if !full {
            break;
        }
    }
    if out.json {
        return out.json(&people.iter().map(line).collect::<Vec<_>>());
    }
    let row = |it: &people::Person| {
        let practice = if it.practice == PracticeRole::None { "" } else { it.practice.as_str() };
        vec![plain(&it.name), it.email.clone(), it.side.as_str().to_owned(), practice.to_owned(), it.zone.clone()]
    };
    out.table(&people.iter().map(row).collect::<Vec<_>>())
}

/// Whoever has this address and has not left.
async fn known(app: &App, email: &str) -> Result<people::Person, Stop> {
    let account = app.store.account_by_email(email).await?.filter(|account| !account.ended);
    Ok(account.ok_or_else(|| Stop::not_found(format!("nobody here has the address “{email}”")))?.person)
}

async fn addresses(email: &str, (wanted, none): (Vec<String>, bool), place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let found = known(&practice.app, email).await?;
    let mut are = list_addresses(&practice.app, &actor, &found.id).await?;
    if none || !wanted.is_empty() {
        let seen = Some(edition(&are));
        are = save_addresses(&practice.app, &actor, SaveAddresses { person: found.id.clone(), addresses: wanted, seen }).await?;
    }
    let told = if are.is_empty() { "no other address".to_owned() } else { are.join(", ") };
    out.say(&json!({ "id": found.id, "addresses": are }), format!("{} has {}, and besides {told}.", plain(&found.name), found.email))
}

async fn end(email: &str, place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let found = known(&practice.app, email).await?;
    person::end_person(&practice.app, &actor, &found.id).await?;
    out.say(&line(&found), format!("{} can no longer sign in, and every session and key of theirs has ended.", plain(&found.name)))
}

async fn end_factor(email: &str, place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let found = known(&practice.app, email).await?;
    match end_factor_of(&practice.app, &actor, &found.id).await {
        Err(Failure::NotFound) => return Err(Stop::not_found(format!("{} has no second factor", found.name))),
        ended => ended?,
    }
    out.say(&line(&found), format!("{} signs in with the password alone now.", plain(&found.name)))
}

async fn take_back(email: &str, place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let missing = || Stop::not_found(format!("nobody whose access was ended has the address “{email}”"));
    let known = practice.app.store.account_by_email(email).await?.filter(|account| account.ended).ok_or_else(missing)?;
    let person = person::take_back_person(&practice.app, &actor, &known.person.id).await?;
    out.say(&line(&person), format!("{} can sign in again.", plain(&person.name)))
}

async fn erase(email: &str, yes: bool, place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let missing = || Stop::not_found(format!("nobody here has the address “{email}”"));
    let found = practice.app.store.account_by_email(email).await?.ok_or_else(missing)?.person;
    if !yes {
        let why = "their name, address, comments and notes go everywhere, and nobody can take it back; say that it is meant with --yes";
        return Err(Stop::usage(format!("{} was not erased: {why}", plain(&found.name))));
    }
    erase_person(&practice.app, &actor, &found.id).await?;
    out.say(&json!({ "erased": found.id }), "Erased for good. What they did stays in the record, by “Erased person”.")
}

async fn end_passkeys(email: &str, place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let found = known(&practice.app, email).await?;
    match end_passkeys_of(&practice.app, &actor, &found.id).await {
        Err(Failure::NotFound) => return Err(Stop::not_found(format!("{} has no passkeys", found.name))),
        ended => ended?,
    };
    out.say(&line(&found), format!("No passkey signs {} in any more.", plain(&found.name)))
}

async fn password(email: &str, secret: &Secret, place: &Place, out: Out) -> Result<(), Stop> {
    let (practice, actor) = open::open_as(place).await?;
    let found = known(&practice.app, email).await?;
    let (password, generated) = secret.read()?;
    if password.is_none() {
        return Err(Stop::usage("give the password with --password-stdin, or make one with --generate-password"));
    }
    let person =
        person::change_person(&practice.app, &actor, ChangePerson { person: found.id, password, ..ChangePerson::default() }).await?;
    let mut value = line(&person);
    let mut text = format!("{} has a new password, and every session of theirs has ended.", plain(&person.name));
    if let Some(generated) = generated {
        value["password"] = json!(generated);
        text = format!("{text} Shown only now: {}", bold(generated));
    }
    out.say(&value, text)
}

fn line(person: &people::Person) -> Value {
    json!({ "id": person.id, "name": person.name, "email": person.email, "side": person.side, "practice": person.practice, "zone": person.zone })
}

impl Secret {
    /// The password, and once more if it was made here and has to be shown.
    fn read(&self) -> Result<(Option<String>, Option<String>), Stop> {
        if self.no_password {
            return Ok((None, None));
        }
        if self.generate_password {
            let made = clock::fresh_password();
            return Ok((Some(made.clone()), Some(made)));
        }
        let unread = |error: std::io::Error| Stop::unavailable(format!("the password cannot be read: {error}"));
        if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map_err(unread)?;
            return Ok((Some(line.trim_end_matches(['\r', '\n']).to_owned()), None));
        }
        if !std::io::stdin().is_terminal() {
            return Err(Stop::usage("say where the password comes from: --generate-password, --password-stdin or --no-password"));
        }
        let first = rpassword::prompt_password("Password: ").map_err(unread)?;
        if rpassword::prompt_password("Once more: ").map_err(unread)? != first {
            return Err(Stop::refused("the two passwords differ; nothing was saved"));
        }
        Ok((Some(first), None))
    }
}
