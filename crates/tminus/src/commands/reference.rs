//! Finding what somebody means on the command line: an engagement by id, its beginning or its title; an item by id, key or number.

use clap::Args;
use tminus_app::{App, Failure, engagement::list, portfolio::count_portfolios};
use tminus_domain::{
    checklist::outline::Outline,
    ids::{EngagementId, ItemId},
    kit::Side,
    rights::{Actor, Function},
};
use tminus_store::{View, engagement::Page, portfolio::Listed};

use crate::exit::Stop;

/// Of which engagement something is.
#[derive(Args, Debug)]
pub(crate) struct Within {
    /// The engagement: its id, the beginning of it, or its title
    #[arg(long, short)]
    pub(super) engagement: String,
}

/// A side, as a value of a flag.
pub(super) fn side(text: &str) -> Result<Side, String> {
    text.parse().map_err(|()| format!("“{text}” is not a side: give delivery, customer or partner"))
}

/// What a member may do, as a value of a flag.
pub(super) fn function(text: &str) -> Result<Function, String> {
    let known = text.replace('-', "_").parse().ok().filter(|function: &Function| function.is_of_members());
    known.ok_or_else(|| format!("“{text}” is not a function: give one of {}", functions()))
}

/// All that a member may be given.
pub(super) fn functions() -> String {
    let given = Function::ALL.iter().filter(|function| function.is_of_members());
    given.map(|function| function.as_str()).collect::<Vec<_>>().join(", ")
}

/// An engagement that the actor may see.
pub(super) async fn engagement(app: &App, actor: &Actor, text: &str) -> Result<View, Stop> {
    match list::show_engagement(app, actor, &EngagementId::from(text)).await {
        Err(Failure::NotFound) => {}
        found => return Ok(found?),
    }
    let mut found = Vec::new();
    for closed in [false, true] {
        let mut page = Page { limit: 200, closed, ..Page::default() };
        loop {
            let listed = list::list_engagements(app, actor, &page).await?;
            found.extend(
                listed.iter().filter(|it| it.title.to_lowercase() == text.to_lowercase() || starts(&it.id.0, text)).map(|it| it.id.clone()),
            );
            let Some(last) = listed.last().filter(|_| listed.len() == 200) else { break };
            page.after = Some((last.sort_key.clone(), last.id.clone()));
        }
    }
    match found.as_slice() {
        [only] => Ok(list::show_engagement(app, actor, only).await?),
        [] => Err(Stop::not_found(format!(
            "there is no engagement “{text}”, or it is not yours to see; `tminus engagement list` shows yours"
        ))),
        many => {
            let ids = many.iter().map(EngagementId::as_str).collect::<Vec<_>>().join(", ");
            Err(Stop::usage(format!("“{text}” may be any of {ids}: give the whole id")))
        }
    }
}

/// An item that the actor may see, in the engagement that is named or wherever it is.
pub(super) async fn item(app: &App, actor: &Actor, text: &str, within: Option<&str>) -> Result<(View, ItemId), Stop> {
    let unknown = || Stop::not_found(format!("there is no item “{text}” that you may see"));
    let view = if let Some(within) = within {
        engagement(app, actor, within).await?
    } else {
        let home = app.store.engagement_of_item(&ItemId::from(text)).await?;
        let Some(home) = home else {
            return Err(unknown().after("to name it by its key or number, say --engagement too"));
        };
        match list::show_engagement(app, actor, &home).await {
            Err(Failure::NotFound) => return Err(unknown()),
            found => found?,
        }
    };
    let of = &view.engagement;
    let numbered = || Outline::of(of).numbered(text);
    let exact = of.item(&ItemId::from(text)).or_else(|| of.item_by_key(text)).or_else(numbered).map(|item| item.id.clone());
    if let Some(id) = exact {
        return Ok((view, id));
    }
    let found: Vec<_> = of.listed().filter(|item| starts(&item.id.0, text) || starts(&item.key, text)).collect();
    match found.as_slice() {
        [only] => {
            let id = only.id.clone();
            Ok((view, id))
        }
        [] => Err(unknown()),
        many => {
            let keys = many.iter().take(10).map(|item| item.key.as_str()).collect::<Vec<_>>().join(", ");
            Err(Stop::usage(format!("“{text}” may be any of {keys}: give the whole key")))
        }
    }
}

/// A portfolio that the actor may see, by its id or title.
pub(super) async fn portfolio(app: &App, actor: &Actor, text: &str) -> Result<Listed, Stop> {
    let listed = count_portfolios(app, actor).await?;
    let named = |it: &Listed| it.portfolio.id.as_str() == text || it.portfolio.title.to_lowercase() == text.to_lowercase();
    let unknown = || Stop::not_found(format!("there is no portfolio “{text}” that you may see; `tminus portfolio list` shows yours"));
    listed.into_iter().find(named).ok_or_else(unknown)
}

/// Whether a text is enough of an id to mean it.
fn starts(id: &str, text: &str) -> bool {
    text.len() >= 6 && id.starts_with(text)
}
