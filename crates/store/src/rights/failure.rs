//! Refused sign-ins, counted.

use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{Store, StoreError};

pub(super) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_failure")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub email: String,
        pub count: i32,
        pub last_at: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl Store {
    /// Refused sign-ins for an address since the last one that went well, and when the last was.
    pub async fn sign_in_failures(&self, email: &str) -> Result<Option<(u32, Timestamp)>, StoreError> {
        let row = row::Entity::find_by_id(email).one(&self.read).await?;
        Ok(row.and_then(|row| Some((u32::try_from(row.count).ok()?, row.last_at.parse().ok()?))))
    }

    /// Counts one more refused sign-in for an address, and says how many there are now. No two at the same moment get the same count.
    pub async fn note_sign_in_failure(&self, email: &str, now: Timestamp) -> Result<u32, StoreError> {
        let backend = self.write.get_database_backend();
        let (first, second) = if backend == sea_orm::DbBackend::Sqlite { ("?", "?") } else { ("$1", "$2") };
        let sql = format!(
            "INSERT INTO sign_in_failure (email, count, last_at) VALUES ({first}, 1, {second}) \
             ON CONFLICT (email) DO UPDATE SET count = sign_in_failure.count + 1, last_at = excluded.last_at RETURNING count"
        );
        let row = self.write.query_one_raw(Statement::from_sql_and_values(backend, sql, [email.into(), now.to_string().into()])).await?;
        let count = row.map(|row| row.try_get_by_index::<i32>(0)).transpose()?.unwrap_or(i32::MAX);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Takes one refused sign-in back that was none.
    pub async fn take_back_sign_in_failure(&self, email: &str) -> Result<(), StoreError> {
        let less = Expr::col(row::Column::Count).sub(1);
        let counted = row::Entity::update_many().col_expr(row::Column::Count, less);
        counted.filter(row::Column::Email.eq(email)).filter(row::Column::Count.gt(0)).exec(&self.write).await?;
        Ok(())
    }

    pub async fn forget_sign_in_failures(&self, email: &str) -> Result<(), StoreError> {
        row::Entity::delete_by_id(email).exec(&self.write).await?;
        Ok(())
    }
}
