//! The command line: one file or folder a noun.

mod access;
mod backup;
mod completions;
mod digest;
mod ending;
mod engagement;
mod item;
mod kit;
mod link;
mod mail;
mod member;
mod person;
mod portfolio;
mod record;
mod reference;
mod register;
mod resource;
mod token;

pub(crate) use engagement::answer;

use clap::{Parser, Subcommand};

use crate::{
    config::Place,
    exit::{CODES, Stop},
    print::Out,
    sample, serve,
};

/// Takes a consulting engagement from a signed statement of work to a delivery team that can work.
#[derive(Parser, Debug)]
#[command(name = "tminus", version, after_help = CODES, max_term_width = 100)]
pub(crate) struct Tminus {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve pages and the API
    Serve(serve::Serve),
    /// Fill an empty database with a practice to click through
    Sample(sample::Sample),
    /// Delivery kits: inspect, check, import, export, list, compare
    #[command(subcommand)]
    Kit(kit::Kit),
    /// Engagements: create, list, show, status
    #[command(subcommand)]
    Engagement(engagement::Engagement),
    /// Items of a checklist: list, show, set, add, move, undo
    #[command(subcommand)]
    Item(item::Item),
    /// Access: who has what, moving it, and what has to end
    #[command(subcommand)]
    Access(access::Access),
    /// The register: seats, escalation, responsibilities
    #[command(subcommand)]
    Register(register::Register),
    /// The record: export it, prove it
    #[command(subcommand)]
    Record(record::Record),
    /// People of the practice
    #[command(subcommand)]
    Person(person::Person),
    /// Portfolios: sets of engagements with administrators of their own
    #[command(subcommand)]
    Portfolio(portfolio::Portfolio),
    /// Members of an engagement: list, export, import from a table, name a colleague
    #[command(subcommand)]
    Member(member::Member),
    /// Links for people of the customer and of partners, who have no account
    #[command(subcommand)]
    Link(link::Link),
    /// The outbox: letters that wait, went out or did not
    #[command(subcommand)]
    Mail(mail::Mail),
    /// When you are told what is yours
    #[command(subcommand)]
    Digest(digest::Digest),
    /// Keys for programs
    #[command(subcommand)]
    Token(token::Token),
    /// Write the database and the attached files into one archive
    Backup(backup::Backup),
    /// Bring back what a backup holds
    Restore(backup::Restore),
    /// Print completions for a shell
    Completions(completions::Completions),
}

impl Tminus {
    pub(crate) fn is_serve(&self) -> bool {
        matches!(self.command, Command::Serve(_))
    }

    pub(crate) async fn run(self, out: Out) -> Result<(), Stop> {
        let place = &self.place;
        match self.command {
            Command::Serve(serve) => serve.run(place).await,
            Command::Sample(sample) => sample.run(place, out).await,
            Command::Kit(kit) => kit.run(place, out).await,
            Command::Engagement(engagement) => engagement.run(place, out).await,
            Command::Item(item) => item.run(place, out).await,
            Command::Access(access) => access.run(place, out).await,
            Command::Register(register) => register.run(place, out).await,
            Command::Record(record) => record.run(place, out).await,
            Command::Person(person) => person.run(place, out).await,
            Command::Portfolio(portfolio) => portfolio.run(place, out).await,
            Command::Member(member) => member.run(place, out).await,
            Command::Link(link) => link.run(place, out).await,
            Command::Mail(mail) => mail.run(place, out).await,
            Command::Digest(digest) => digest.run(place, out).await,
            Command::Token(token) => token.run(place, out).await,
            Command::Backup(backup) => backup.run(place, out).await,
            Command::Restore(restore) => restore.run(place, out).await,
            Command::Completions(completions) => completions.run(),
        }
    }
}
