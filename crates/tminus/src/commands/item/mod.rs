//! Items of a checklist: looked at, worked, added, put elsewhere.

mod add;
mod list;
mod set;
mod show;
mod table;

use clap::Subcommand;
use serde_json::json;
use tminus_app::checklist::{
    arrange::move_item,
    hand_over::{HandOver, hand_over},
    undo::undo,
};

use super::reference;
use crate::{config::Place, exit::Stop, open, print::Out};

pub(super) use show::line;

#[derive(Subcommand, Debug)]
pub(crate) enum Item {
    /// List the items of a checklist; all filters that are given must fit
    List(list::List),
    /// Show an item
    Show {
        /// The item's id; with --engagement its key or its number too
        item: String,
        /// The engagement, where the item is named by its key or number
        #[arg(long, short)]
        engagement: Option<String>,
    },
    /// Change an item: evidence, way out, owner, date, status or acceptance, comment; all of it in one change, or nothing
    Set(Box<set::Set>),
    /// Add an item by hand
    Add(add::Add),
    /// Put an item before another one of the same activity and parent, or last
    Move {
        item: String,
        #[arg(long, short)]
        engagement: Option<String>,
        /// The item that it goes before [default: none; it goes last]
        #[arg(long, value_name = "ITEM")]
        before: Option<String>,
    },
    /// Hand an item over to somebody of your own side, in place of whom it lies with there
    HandOver {
        item: String,
        /// To whom, by e-mail address
        email: String,
        #[arg(long, short)]
        engagement: Option<String>,
        /// Why, or what they should know
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Write the checklist as comma-separated values, one row an item, to be filled in
    Export(table::Export),
    /// Read a table of the checklist that was filled in: look first, then --apply
    Import(table::Import),
    /// Take back your last change of items; the record keeps both
    Undo {
        #[arg(long, short)]
        engagement: String,
    },
}

impl Item {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        match self {
            Self::List(list) => list.run(app, &actor, out).await,
            Self::Show { item, engagement } => {
                let (view, id) = reference::item(app, &actor, &item, engagement.as_deref()).await?;
                show::show(app, &view.engagement, &id, out)
            }
            Self::Set(set) => set.run(app, &actor, out).await,
            Self::Add(add) => add.run(app, &actor, out).await,
            Self::Move { item, engagement, before } => {
                let (view, id) = reference::item(app, &actor, &item, engagement.as_deref()).await?;
                let home = view.engagement.id.as_str();
                let before = match before {
                    Some(before) => Some(reference::item(app, &actor, &before, Some(home)).await?.1),
                    None => None,
                };
                move_item(app, &actor, &view.engagement.id, &id, before.as_ref()).await?;
                let view = reference::engagement(app, &actor, home).await?;
                show::show(app, &view.engagement, &id, out)
            }
            Self::HandOver { item, email, engagement, note } => {
                let (view, id) = reference::item(app, &actor, &item, engagement.as_deref()).await?;
                let home = &view.engagement.id;
                let unknown = || Stop::not_found(format!("nobody on this engagement has the address “{email}”"));
                let to = app.store.account_by_email(&email).await?.ok_or_else(unknown)?.person.id;
                view.engagement.member(&to).ok_or_else(unknown)?;
                hand_over(app, &actor, home, HandOver { item: id.clone(), to, note, version: None }).await?;
                let view = reference::engagement(app, &actor, home.as_str()).await?;
                show::show(app, &view.engagement, &id, out)
            }
            Self::Export(export) => export.run(app, &actor, out).await,
            Self::Import(import) => import.run(app, &actor, out).await,
            Self::Undo { engagement } => {
                let view = reference::engagement(app, &actor, &engagement).await?;
                let number = undo(app, &actor, &view.engagement.id, None).await?;
                out.say(&json!({ "engagement": view.engagement.id, "undone": number }), format!("Entry {number} was taken back."))
            }
        }
    }
}
