//! Adding an item by hand.

use clap::Args;
use jiff::civil::Date;
use tminus_app::{
    App,
    checklist::arrange::{AddItem, add_item},
};
use tminus_domain::rights::Actor;

use super::show::show;
use crate::{commands::reference, exit::Stop, print::Out};

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// What has to be done
    #[arg(required_unless_present = "named")]
    title: Option<String>,
    /// The same as TITLE, for who writes it as in other commands
    #[arg(long = "title", id = "named", value_name = "TITLE", conflicts_with = "title")]
    named: Option<String>,
    /// The engagement: its id, the beginning of it, or its title
    #[arg(long, short)]
    engagement: String,
    /// The activity that it belongs to; with --parent, that of the parent
    #[arg(long, required_unless_present = "parent")]
    activity: Option<String>,
    /// The item that it is a part of
    #[arg(long, value_name = "ITEM")]
    parent: Option<String>,
    /// What it is about, in Markdown
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// A role that owns it, first the one who does it
    #[arg(long, value_name = "ROLE")]
    owner: Vec<String>,
    /// A date set by hand
    #[arg(long)]
    due: Option<Date>,
    /// For the delivery side only
    #[arg(long)]
    internal: bool,
}

impl Add {
    pub(super) async fn run(self, app: &App, actor: &Actor, out: Out) -> Result<(), Stop> {
        let view = reference::engagement(app, actor, &self.engagement).await?;
        let id = &view.engagement.id;
        let parent = match &self.parent {
            Some(parent) => Some(reference::item(app, actor, parent, Some(id.as_str())).await?.1),
            None => None,
        };
        let above = parent.as_ref().and_then(|parent| view.engagement.item(parent)).map(|parent| parent.activity.clone());
        let input = AddItem {
            activity: self.activity.as_deref().map(Into::into).or(above).unwrap_or_default(),
            parent,
            title: self.title.or(self.named).unwrap_or_default(),
            description: self.description,
            owners: self.owner.iter().map(|role| role.as_str().into()).collect(),
            due: self.due,
            internal: self.internal,
        };
        let added = add_item(app, actor, id, input).await?;
        let view = reference::engagement(app, actor, id.as_str()).await?;
        show(app, &view.engagement, &added.id, out)
    }
}
