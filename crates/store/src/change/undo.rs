//! Taking a change of items back: what is kept for it, and whether it can still be done.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tminus_domain::{
    access::{Grant, Step},
    checklist::item::{Content, Item},
    engagement::Engagement,
    ids::{ItemId, PersonId, ResourceId},
};

use super::Change;
use crate::{Store, StoreError, View, batch::Batch, from_text, to_text};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "undo")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub engagement_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        pub person_id: String,
        pub at: String,
        #[sea_orm(column_type = "Text")]
        pub before: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An item as it was before a change, for undoing it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Was {
    /// Version that the change made; another one means that somebody went on working.
    made: u32,
    item: Option<Item>,
    content: Option<Content>,
    id: ItemId,
}

/// Access as it was before a change.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct WasGrant {
    made: u32,
    person: PersonId,
    resource: ResourceId,
    /// `None`: nobody had said yet that they need it.
    grant: Option<Grant>,
}

/// What a change found, for taking it back. Rows written before there was access hold items alone.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
struct Before {
    items: Vec<Was>,
    grants: Vec<WasGrant>,
}

impl Before {
    fn read(text: &str) -> Result<Self, StoreError> {
        if text.starts_with('[') { Ok(Self { items: from_text("undo", text)?, grants: Vec::new() }) } else { from_text("undo", text) }
    }

    fn is_empty(&self) -> bool {
        self.items.is_empty() && self.grants.is_empty()
    }

    /// The grant that somebody moved since.
    fn moved_on(&self, engagement: &Engagement, sees: impl Fn(&ResourceId) -> bool) -> bool {
        self.grants.iter().any(|was| {
            let now = engagement.grant(&was.person, &was.resource);
            now.is_none_or(|now| now.version != was.made || !sees(&was.resource))
        })
    }
}

/// What came of taking a change back.
#[derive(Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// The entry of this number, and the items and grants that it changed.
    Entry { number: u64, items: Vec<ItemId>, grants: Vec<(PersonId, ResourceId)> },
    /// This person has no such change here that could still be taken back.
    Nothing,
    /// This item was worked on since; nothing was taken back.
    WorkedOn(ItemId),
    /// Access was moved since; nothing was taken back.
    MovedOn,
}

/// A change that its maker can still take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undoable {
    /// The number of its last entry, by which it is taken back.
    pub number: u64,
    /// The items that go back to what they were.
    pub items: Vec<ItemId>,
}

impl Store {
    /// Changes that a person can still take back, the newest first: of their latest `MAX_OFFERED` here.
    pub async fn undoable(&self, view: &View, person: &PersonId) -> Result<Vec<Undoable>, StoreError> {
        let rows = row::Entity::find()
            .filter(row::Column::EngagementId.eq(view.engagement.id.as_str()))
            .filter(row::Column::PersonId.eq(person.as_str()))
            .order_by_desc(row::Column::Number)
            .limit(MAX_OFFERED)
            .all(&self.read)
            .await?;
        let mut found = Vec::new();
        for row in rows {
            let was = Before::read(&row.before)?;
            let as_made = worked_on(&was.items, &view.engagement, |_| true).is_none() && !was.moved_on(&view.engagement, |_| true);
            if !was.is_empty() && as_made {
                let items = was.items.into_iter().map(|was| was.id).collect();
                found.push(Undoable { number: u64::try_from(row.number).unwrap_or_default(), items });
            }
        }
        Ok(found)
    }
}

/// How many changes are looked at to be offered.
const MAX_OFFERED: u64 = 50;

/// The first item that was worked on since: it has another version, or a part was put below what the change added.
fn worked_on<'a>(was: &'a [Was], engagement: &Engagement, sees: impl Fn(&Item) -> bool) -> Option<&'a ItemId> {
    let added: BTreeSet<_> = was.iter().filter(|was| was.item.is_none()).map(|was| &was.id).collect();
    let changed = |was: &&Was| {
        // What the actor may not see any more is not theirs to change, either.
        let as_made = engagement.item(&was.id).is_some_and(|now| sees(now) && now.version == was.made);
        !as_made || (was.item.is_none() && engagement.parts(&was.id).any(|part| !added.contains(&part.id)))
    };
    was.iter().find(changed).map(|was| &was.id)
}

impl Change {
    pub(super) fn keep_undo(&self, batch: &mut Batch, person: &PersonId, at: Timestamp) -> Result<(), StoreError> {
        // What only gave way to something else is no new version, and nothing to take back.
        let new = |id: &&ItemId| self.before.item(id).map(|it| it.version) != self.after.item(id).map(|it| it.version);
        let was = |id: &ItemId| {
            let before = self.before.item(id);
            let made = self.after.item(id).map_or(0, |item| item.version);
            Was {
                made,
                item: before.map(|item| Item::clone(item)),
                content: before.map(|item| Content::clone(&item.content)),
                id: id.clone(),
            }
        };
        let items = self.touched.keys().filter(new).map(was).collect();
        let granted = self.granted.iter().filter_map(|(person, resource)| {
            let grant = self.before.grant(person, resource).map(|before| Grant::clone(before));
            let made = self.after.grant(person, resource)?.version;
            Some(WasGrant { made, person: person.clone(), resource: resource.clone(), grant })
        });
        let before = Before { items, grants: granted.collect() };
        let row = row::ActiveModel {
            engagement_id: Set(self.after.id.0.clone()),
            number: Set(i64::try_from(self.after.head.number).unwrap_or(i64::MAX)),
            person_id: Set(person.0.clone()),
            at: Set(at.to_string()),
            before: Set(to_text("undo", &before)?),
        };
        batch.add(&row::Entity::insert(row));
        Ok(())
    }

    /// Takes back an undoable change of this person, by the number of its entry, or their newest: the items as they were.
    pub async fn take_back(&mut self, person: &PersonId, number: Option<u64>) -> Result<TakenBack, StoreError> {
        let mut kept = row::Entity::find()
            .filter(row::Column::EngagementId.eq(self.after.id.as_str()))
            .filter(row::Column::PersonId.eq(person.as_str()));
        if let Some(number) = number {
            kept = kept.filter(row::Column::Number.eq(i64::try_from(number).unwrap_or(i64::MAX)));
        }
        let Some(kept) = kept.order_by_desc(row::Column::Number).one(self.tx.db()).await? else { return Ok(TakenBack::Nothing) };
        let before = Before::read(&kept.before)?;
        let sees = |id: &ResourceId| self.scope.sees_internal() || self.after.resource(id).is_some_and(|resource| !resource.internal);
        if before.moved_on(&self.after, sees) {
            return Ok(TakenBack::MovedOn);
        }
        let Before { items: was, grants } = before;
        let worked_on = worked_on(&was, &self.after, |item| self.scope.sees_internal() || !self.after.hides(item));
        if let Some(worked_on) = worked_on {
            return Ok(TakenBack::WorkedOn(worked_on.clone()));
        }
        let items = was.iter().map(|was| was.id.clone()).collect();
        let mut restored = BTreeMap::new();
        for was in was {
            let Some(now) = self.after.item(&was.id).cloned() else { continue };
            let mut item = match (was.item, was.content) {
                (Some(item), Some(content)) => {
                    restored.insert(was.id, (item.version, now.version + 1));
                    Item { content: Arc::new(content), ..item }
                }
                _ => Item { removed: true, ..Item::clone(&now) },
            };
            item.version = now.version + 1;
            // What was said since stays said, and what was moved stays where it is: neither is a new version.
            item.comments = now.comments;
            item.internal_comments = now.internal_comments;
            item.position = now.position;
            self.save_item(item);
        }
        let mut given_back = BTreeMap::new();
        for WasGrant { made, person, resource, grant } in grants {
            let Some(now) = self.after.grant(&person, &resource).cloned() else { continue };
            let version = made + 1;
            given_back.insert((person, resource), (grant.as_ref().map_or(0, |grant| grant.version), version));
            let gone = || Grant { step: Step::Withdrawn, wanted: false, ..Grant::clone(&now) };
            self.save_grant(Grant { version, ..grant.unwrap_or_else(gone) });
        }
        let number = u64::try_from(kept.number).unwrap_or_default();
        row::Entity::delete_by_id((kept.engagement_id, kept.number)).exec(self.tx.db()).await?;
        self.follow(person, &restored, &given_back).await?;
        Ok(TakenBack::Entry { number, items, grants: given_back.into_keys().collect() })
    }

    /// Earlier changes of this person made what the items are again: they can be taken back next, at the new versions.
    async fn follow(
        &self,
        person: &PersonId,
        restored: &BTreeMap<ItemId, (u32, u32)>,
        given_back: &BTreeMap<(PersonId, ResourceId), (u32, u32)>,
    ) -> Result<(), StoreError> {
        let earlier = row::Entity::find()
            .filter(row::Column::EngagementId.eq(self.after.id.as_str()))
            .filter(row::Column::PersonId.eq(person.as_str()))
            .all(self.tx.db())
            .await?;
        for row in earlier {
            let mut all = Before::read(&row.before)?;
            let mut follows = false;
            for was in &mut all.grants {
                let key = (was.person.clone(), was.resource.clone());
                if let Some((_, now)) = given_back.get(&key).filter(|(made, _)| *made == was.made) {
                    was.made = *now;
                    follows = true;
                }
            }
            for was in &mut all.items {
                if let Some((_, now)) = restored.get(&was.id).filter(|(made, _)| *made == was.made) {
                    was.made = *now;
                    follows = true;
                }
            }
            if follows {
                let before = Set(to_text("undo", &all)?);
                row::Entity::update_many()
                    .set(row::ActiveModel { before, ..Default::default() })
                    .filter(row::Column::EngagementId.eq(&row.engagement_id))
                    .filter(row::Column::Number.eq(row.number))
                    .exec(self.tx.db())
                    .await?;
            }
        }
        Ok(())
    }
}
