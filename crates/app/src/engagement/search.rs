//! Looking for an engagement, an item or a person by words.

use std::collections::BTreeMap;

use tminus_domain::{
    ids::{EngagementId, ItemId, PersonId},
    rights::{Actor, Right},
    search::Sought,
};
use tminus_store::search::{FoundEngagement, FoundItem, Reach};

use crate::{App, Failure};

/// All that one search tells; the best of each kind.
pub const MAX_FOUND: usize = 20;
const MAX_ENGAGEMENTS: usize = 5;
const MAX_PEOPLE: usize = 5;

/// Candidates of which some may turn out to be parts of something internal.
const MAX_CANDIDATES: u64 = 60;

#[derive(Clone, Debug, Default)]
pub struct Found {
    pub engagements: Vec<FoundEngagement>,
    pub items: Vec<ItemFound>,
    pub people: Vec<PersonFound>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFound {
    pub engagement: EngagementId,
    /// The customer and the engagement's own title.
    pub engagement_name: String,
    pub item: ItemId,
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFound {
    pub id: PersonId,
    pub name: String,
    /// Where one meets them; `None` for somebody of the practice who is on no engagement of one's own.
    pub engagement: Option<EngagementId>,
}

impl Found {
    pub fn is_empty(&self) -> bool {
        self.engagements.is_empty() && self.items.is_empty() && self.people.is_empty()
    }
}

/// What has all the words in its name, of what the actor may know of. Items of `within` come first.
pub async fn search(app: &App, actor: &Actor, text: &str, within: Option<&EngagementId>) -> Result<Found, Failure> {
    let sought = Sought::new(text);
    if sought.is_empty() {
        return Ok(Found::default());
    }
    let reach = app.store.reach(actor, app.today(&actor.zone)).await?;
    let engagements = app.store.find_engagements(&reach, &sought, MAX_ENGAGEMENTS).await?;
    let people = app.store.find_people(&reach, &sought, actor.may(Right::ReadPeople), MAX_PEOPLE).await?;
    let met = app.store.met_at(&reach, &people).await?;
    let people: Vec<_> =
        people.into_iter().map(|it| PersonFound { engagement: met.get(&it.id).cloned(), id: it.id, name: it.name }).collect();
    let room = MAX_FOUND - engagements.len() - people.len();
    let items = items(app, actor, (&reach, &sought), (within, room)).await?;
    Ok(Found { engagements, items, people })
}

async fn items(
    app: &App,
    actor: &Actor,
    (reach, sought): (&Reach, &Sought),
    (within, room): (Option<&EngagementId>, usize),
) -> Result<Vec<ItemFound>, Failure> {
    let candidates = app.store.find_items(reach, sought, within, MAX_CANDIDATES).await?;
    let mut shown = Vec::with_capacity(room);
    let mut views = BTreeMap::new();
    for found in candidates {
        if shown.len() == room {
            break;
        }
        if found.shared && !is_seen(app, actor, &found, &mut views).await? {
            continue;
        }
        shown.push(found);
    }
    let (titles, names) = app.store.titles(&shown).await?;
    let told = |it: FoundItem| {
        let title = titles.get(&it.item)?.clone();
        Some(ItemFound {
            engagement_name: names.get(&it.engagement).cloned().unwrap_or_default(),
            title,
            engagement: it.engagement,
            item: it.item,
        })
    };
    Ok(shown.into_iter().filter_map(told).collect())
}

/// Parts of something internal are internal too, which only the whole engagement tells.
async fn is_seen(
    app: &App,
    actor: &Actor,
    found: &FoundItem,
    views: &mut BTreeMap<EngagementId, tminus_store::View>,
) -> Result<bool, Failure> {
    if !views.contains_key(&found.engagement) {
        match app.view(actor, &found.engagement, Right::ReadEngagement).await {
            Ok(view) => drop(views.insert(found.engagement.clone(), view)),
            Err(Failure::NotFound | Failure::Forbidden) => return Ok(false),
            Err(failure) => return Err(failure),
        }
    }
    Ok(views.get(&found.engagement).is_some_and(|view| view.engagement.item(&found.item).is_some()))
}
