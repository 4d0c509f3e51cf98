//! Other addresses of people: an alias, the address of before. Whoever says one of them means the person.

use std::collections::BTreeMap;

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Query};
use tminus_domain::{ids::PersonId, rights::Scope};

use super::person;
use crate::{Store, StoreError, record::Writing};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "address")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub email: String,
        pub person_id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who has an address, as the one of their account or as another one.
pub(super) fn at(email: &str) -> Condition {
    let other = Query::select().column(row::Column::PersonId).from(row::Entity).and_where(row::Column::Email.eq(email)).take();
    Condition::any().add(person::row::Column::Email.eq(email)).add(person::row::Column::Id.in_subquery(other))
}

async fn of(db: &impl ConnectionTrait, ids: impl IntoIterator<Item = &PersonId>) -> Result<BTreeMap<PersonId, Vec<String>>, StoreError> {
    let theirs = row::Entity::find().filter(row::Column::PersonId.is_in(ids.into_iter().map(PersonId::as_str)));
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in theirs.order_by_asc(row::Column::Email).all(db).await? {
        found.entry(PersonId(row.person_id)).or_default().push(row.email);
    }
    Ok(found)
}

impl Store {
    /// The other addresses of a person, in their order.
    pub async fn addresses(&self, id: &PersonId) -> Result<Vec<String>, StoreError> {
        Ok(of(&self.read, [id]).await?.remove(id).unwrap_or_default())
    }

    /// The other addresses of people of one engagement; who has none is not among them.
    pub async fn addresses_of(&self, _: &Scope, ids: &[PersonId]) -> Result<BTreeMap<PersonId, Vec<String>>, StoreError> {
        of(&self.read, ids).await
    }
}

impl Writing {
    /// The other addresses of a person as they stand in this change.
    pub async fn addresses(&self, id: &PersonId) -> Result<Vec<String>, StoreError> {
        Ok(of(self.db(), [id]).await?.remove(id).unwrap_or_default())
    }

    /// Puts the other addresses of a person in the place of those they had.
    pub async fn save_addresses(&self, id: &PersonId, addresses: &[String]) -> Result<(), StoreError> {
        row::Entity::delete_many().filter(row::Column::PersonId.eq(id.as_str())).exec(self.db()).await?;
        if addresses.is_empty() {
            return Ok(());
        }
        let row = |email: &String| row::ActiveModel { email: Set(email.clone()), person_id: Set(id.0.clone()) };
        row::Entity::insert_many(addresses.iter().map(row)).exec_without_returning(self.db()).await?;
        Ok(())
    }
}
