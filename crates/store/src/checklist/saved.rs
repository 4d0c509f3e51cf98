//! Filters that people keep. They are a person's own way of looking, no part of any engagement, and leave no entry in the record.

use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};
use tminus_domain::{checklist::filter::SavedFilter, ids::PersonId};

use crate::{Store, StoreError, from_text, people::person::row, to_text};

impl Store {
    pub async fn saved_filters(&self, person: &PersonId) -> Result<Vec<SavedFilter>, StoreError> {
        let row = row::Entity::find_by_id(person.as_str()).one(&self.read).await?;
        row.map_or_else(|| Ok(Vec::new()), |row| from_text("person", &row.filters))
    }

    /// Changes a person's filters while nobody else does. What `change` refuses is not saved.
    pub async fn change_filters<R>(
        &self,
        person: &PersonId,
        change: impl FnOnce(&mut Vec<SavedFilter>) -> Result<(), R>,
    ) -> Result<Result<Vec<SavedFilter>, R>, StoreError> {
        let tx = crate::change::begin(&self.write).await?;
        let row = row::Entity::find_by_id(person.as_str()).lock_exclusive().one(&tx).await?;
        let mut filters: Vec<SavedFilter> = row.map_or_else(|| Ok(Vec::new()), |row| from_text("person", &row.filters))?;
        if let Err(refused) = change(&mut filters) {
            return Ok(Err(refused));
        }
        let row = row::ActiveModel { id: Set(person.0.clone()), filters: Set(to_text("person", &filters)?), ..Default::default() };
        row::Entity::update(row).validate()?.exec(&tx).await?;
        tx.commit().await?;
        Ok(Ok(filters))
    }
}
