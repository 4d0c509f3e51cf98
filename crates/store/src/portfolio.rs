//! Portfolios, and who administers them.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{OnConflict, Query, SelectStatement},
};
use tminus_domain::{
    ids::{PersonId, PortfolioId},
    portfolio::Portfolio,
    rights::PracticeScope,
    search::fold,
};

use crate::{Change, Store, StoreError, engagement::row as engagement, people::person::names, record::Writing};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub title: String,
        /// The title in small letters, so that no two look alike.
        pub folded: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod administrator {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "portfolio_administrator")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub portfolio_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The ids of the portfolios that a person administers.
pub(crate) fn administered(person: &PersonId) -> SelectStatement {
    let mine = sea_orm::sea_query::ExprTrait::eq(
        sea_orm::sea_query::Expr::col((administrator::Entity, administrator::Column::PersonId)),
        person.as_str(),
    );
    Query::select().column(administrator::Column::PortfolioId).from(administrator::Entity).and_where(mine).take()
}

pub(crate) async fn find(db: &impl ConnectionTrait, id: &PortfolioId) -> Result<Option<Portfolio>, StoreError> {
    let Some(row) = row::Entity::find_by_id(id.as_str()).one(db).await? else { return Ok(None) };
    Ok(with_administrators(db, vec![row]).await?.pop())
}

async fn with_administrators(db: &impl ConnectionTrait, rows: Vec<row::Model>) -> Result<Vec<Portfolio>, StoreError> {
    let of_these = administrator::Column::PortfolioId.is_in(rows.iter().map(|row| row.id.as_str()));
    let found = administrator::Entity::find().filter(of_these).order_by_asc(administrator::Column::PersonId).all(db).await?;
    let mut people: BTreeMap<String, Vec<PersonId>> = BTreeMap::new();
    for row in found {
        people.entry(row.portfolio_id).or_default().push(PersonId(row.person_id));
    }
    let portfolio = |row: row::Model| {
        let administrators = people.remove(&row.id).unwrap_or_default();
        Portfolio { id: PortfolioId(row.id), title: row.title, administrators }
    };
    Ok(rows.into_iter().map(portfolio).collect())
}

/// A portfolio in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub portfolio: Portfolio,
    /// Engagements in it, and how many of them are open.
    pub engagements: u64,
    pub open: u64,
}

impl Store {
    /// The portfolios that the scope may see, by title.
    pub async fn portfolios(&self, scope: &PracticeScope) -> Result<Vec<Portfolio>, StoreError> {
        let mut query = row::Entity::find();
        if !scope.sees_all() {
            query = query.filter(row::Column::Id.in_subquery(administered(scope.person())));
        }
        let rows = query.order_by_asc(row::Column::Folded).all(&self.read).await?;
        with_administrators(&self.read, rows).await
    }

    /// The same with what is in them: it looks through all their engagements.
    pub async fn counted(&self, portfolios: Vec<Portfolio>) -> Result<Vec<Listed>, StoreError> {
        let counted: Vec<(String, String, i64)> = engagement::Entity::find()
            .select_only()
            .columns([engagement::Column::PortfolioId, engagement::Column::State])
            .column_as(engagement::Column::Id.count(), "engagements")
            .filter(engagement::Column::PortfolioId.is_in(portfolios.iter().map(|it| it.id.as_str())))
            .group_by(engagement::Column::PortfolioId)
            .group_by(engagement::Column::State)
            .into_tuple()
            .all(&self.read)
            .await?;
        let listed = |portfolio: Portfolio| {
            let here = counted.iter().filter(|(id, _, _)| *id == portfolio.id.0);
            let of = |open: bool| {
                let counts = here.clone().filter(|(_, state, _)| !open || state == "open").map(|(_, _, count)| *count);
                u64::try_from(counts.sum::<i64>()).unwrap_or_default()
            };
            let (engagements, open) = (of(false), of(true));
            Listed { portfolio, engagements, open }
        };
        Ok(portfolios.into_iter().map(listed).collect())
    }

    /// What those are called who administer some portfolios.
    pub async fn portfolio_administrators(&self, of: &[Portfolio]) -> Result<BTreeMap<PersonId, String>, StoreError> {
        names(&self.read, of.iter().flat_map(|portfolio| &portfolio.administrators).collect()).await
    }

    pub async fn portfolio(&self, id: &PortfolioId) -> Result<Option<Portfolio>, StoreError> {
        find(&self.read, id).await
    }

    /// The engagements of the portfolios that the scope's person administers.
    pub(crate) async fn administered(&self, scope: &PracticeScope) -> Result<Vec<String>, StoreError> {
        let mut query = engagement::Entity::find().filter(engagement::Column::PortfolioId.in_subquery(administered(scope.person())));
        if let Some(within) = scope.within() {
            query = query.filter(engagement::Column::Id.eq(within.as_str()));
        }
        Ok(query.select_only().column(engagement::Column::Id).into_tuple().all(&self.read).await?)
    }
}

impl Change {
    /// A portfolio as it stands while this change is being made.
    pub async fn portfolio(&self, id: &PortfolioId) -> Result<Option<Portfolio>, StoreError> {
        find(self.db(), id).await
    }
}

impl Writing {
    /// A portfolio as it stands in this change.
    pub async fn portfolio(&self, id: &PortfolioId) -> Result<Option<Portfolio>, StoreError> {
        find(self.db(), id).await
    }

    /// Writes a portfolio, new or known. Its engagements are at a new revision from now on: other people may open them.
    /// [`StoreError::Conflict`] if another one has the same title.
    pub async fn save_portfolio(&mut self, portfolio: &Portfolio) -> Result<(), StoreError> {
        let row =
            row::ActiveModel { id: Set(portfolio.id.0.clone()), title: Set(portfolio.title.clone()), folded: Set(fold(&portfolio.title)) };
        let again = OnConflict::column(row::Column::Id).update_columns([row::Column::Title, row::Column::Folded]).to_owned();
        row::Entity::insert(row).on_conflict(again).exec_without_returning(self.db()).await?;
        let of_this = administrator::Column::PortfolioId.eq(portfolio.id.as_str());
        administrator::Entity::delete_many().filter(of_this).exec(self.db()).await?;
        let rows = portfolio
            .administrators
            .iter()
            .map(|person| administrator::ActiveModel { portfolio_id: Set(portfolio.id.0.clone()), person_id: Set(person.0.clone()) });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            administrator::Entity::insert_many(rows).exec_without_returning(self.db()).await?;
        }
        self.renew(Condition::all().add(engagement::Column::PortfolioId.eq(portfolio.id.as_str()))).await
    }

    /// Removes a portfolio that has no engagements. False if it has some.
    pub async fn remove_portfolio(&self, id: &PortfolioId) -> Result<bool, StoreError> {
        let here = engagement::Entity::find().filter(engagement::Column::PortfolioId.eq(id.as_str())).limit(1);
        if here.one(self.db()).await?.is_some() {
            return Ok(false);
        }
        administrator::Entity::delete_many().filter(administrator::Column::PortfolioId.eq(id.as_str())).exec(self.db()).await?;
        row::Entity::delete_by_id(id.as_str()).exec(self.db()).await?;
        Ok(true)
    }

    /// The person administers no portfolio any more. What comes back are those that they administered.
    pub async fn leave_portfolios(&mut self, person: &PersonId) -> Result<Vec<PortfolioId>, StoreError> {
        let mine = || administrator::Column::PersonId.eq(person.as_str());
        let left: Vec<String> = administrator::Entity::find()
            .select_only()
            .column(administrator::Column::PortfolioId)
            .filter(mine())
            .order_by_asc(administrator::Column::PortfolioId)
            .into_tuple()
            .all(self.db())
            .await?;
        if left.is_empty() {
            return Ok(Vec::new());
        }
        administrator::Entity::delete_many().filter(mine()).exec(self.db()).await?;
        self.renew(Condition::all().add(engagement::Column::PortfolioId.is_in(&left))).await?;
        Ok(left.into_iter().map(PortfolioId).collect())
    }
}
