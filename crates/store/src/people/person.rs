//! Persons: once in the practice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait as _, Query},
};
use tminus_domain::{
    ids::{EngagementId, PersonId},
    kit::Side,
    people::{Member, Person},
    rights::{Function, PracticeRole, PracticeScope, Scope},
};

use super::{address, member::row as member_row};
use crate::{
    Store, StoreError,
    engagement::row as engagement,
    from_text, portfolio,
    record::Writing,
    rights::{identity::row as identity, passkey::row as passkey},
};

pub(crate) mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub name: String,
        pub email: String,
        pub side: String,
        pub zone: String,
        pub practice: String,
        #[sea_orm(column_type = "Text", nullable)]
        pub password: Option<String>,
        pub ended_at: Option<String>,
        pub added_at: String,
        #[sea_orm(column_type = "Text")]
        pub filters: String,
        /// Minutes after midnight at which they want to be told what is theirs; below zero never.
        pub digest_minute: i32,
        /// Since then nothing of theirs is kept any longer than erasing it takes.
        pub erase_begun_at: Option<String>,
        pub erased_at: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A person with what signing in needs.
#[derive(Clone)]
pub struct Account {
    pub person: Person,
    /// The password's hash in PHC form.
    pub password: Option<String>,
    pub ended: bool,
    /// Their personal data is being erased: nobody takes them back.
    pub erasing: bool,
}

/// Who has a way in of their own: a password, a passkey, an account at a provider, or work for the practice that gives them one. Everybody else
/// comes by link.
pub(crate) fn signs_in() -> Condition {
    let with_passkey = Query::select().column(passkey::Column::PersonId).from(passkey::Entity).take();
    let with_identity = Query::select().column(identity::Column::PersonId).from(identity::Entity).take();
    Condition::any()
        .add(row::Column::Password.is_not_null())
        .add(row::Column::Side.eq(Side::Delivery.as_str()))
        .add(row::Column::Id.in_subquery(with_passkey))
        .add(row::Column::Id.in_subquery(with_identity))
}

impl Store {
    /// Those of some people who have a way in of their own.
    pub async fn who_sign_in(&self, people: &[PersonId]) -> Result<BTreeSet<PersonId>, StoreError> {
        let ids = people.iter().map(PersonId::as_str);
        let found = row::Entity::find().filter(row::Column::Id.is_in(ids)).filter(signs_in());
        let ids: Vec<String> = found.select_only().column(row::Column::Id).into_tuple().all(&self.read).await?;
        Ok(ids.into_iter().map(PersonId).collect())
    }
}

/// Whom somebody may know of: who works for the practice, and who is on an engagement with them or in a portfolio of theirs. One customer's people
/// are nothing to those who work for another.
fn known_to(scope: &PracticeScope, today: Date) -> Condition {
    let members = || Query::select().column(member_row::Column::PersonId).from(member_row::Entity).to_owned();
    let theirs = Query::select()
        .column(member_row::Column::EngagementId)
        .from(member_row::Entity)
        .and_where(member_row::Column::PersonId.eq(scope.person().as_str()))
        .cond_where(super::member::here(today))
        .take();
    let beside = members().and_where(member_row::Column::EngagementId.in_subquery(theirs)).take();
    let administered = scope.may_administer().then(|| {
        let engagements = Query::select()
            .column(engagement::Column::Id)
            .from(engagement::Entity)
            .and_where(engagement::Column::PortfolioId.in_subquery(portfolio::administered(scope.person())))
            .take();
        row::Column::Id.in_subquery(members().and_where(member_row::Column::EngagementId.in_subquery(engagements)).take())
    });
    Condition::any()
        .add(row::Column::Side.eq(tminus_domain::kit::Side::Delivery.as_str()))
        .add(row::Column::Id.eq(scope.person().as_str()))
        .add(row::Column::Id.in_subquery(beside))
        .add_option(administered)
}

/// Who was erased is no account any more.
fn accounts() -> Select<row::Entity> {
    row::Entity::find().filter(row::Column::ErasedAt.is_null())
}

impl Store {
    /// Whoever has an address, also as another one than that of their account.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        accounts().filter(address::at(&email.trim().to_lowercase())).one(&self.read).await?.map(account).transpose()
    }

    /// Whose account has this address: the one that signs in with a password.
    pub async fn account_by_login(&self, email: &str) -> Result<Option<Account>, StoreError> {
        let email = email.trim().to_lowercase();
        accounts().filter(row::Column::Email.eq(email)).one(&self.read).await?.map(account).transpose()
    }

    pub async fn account(&self, id: &PersonId) -> Result<Option<Account>, StoreError> {
        accounts().filter(row::Column::Id.eq(id.as_str())).one(&self.read).await?.map(account).transpose()
    }

    /// Whether somebody may know of a person.
    pub async fn knows(&self, scope: &PracticeScope, id: &PersonId, today: Date) -> Result<bool, StoreError> {
        let known = accounts().filter(row::Column::Id.eq(id.as_str()));
        let known = if scope.sees_all() { known } else { known.filter(known_to(scope, today)) };
        Ok(known.count(&self.read).await? > 0)
    }

    /// A page of the practice's people by name, after the name and id given: all of them, or of other sides those on the same engagements.
    pub async fn people(
        &self,
        scope: &PracticeScope,
        (after, limit): (Option<&(String, PersonId)>, u64),
        today: Date,
    ) -> Result<Vec<Person>, StoreError> {
        let mut query = row::Entity::find().filter(row::Column::EndedAt.is_null());
        if !scope.sees_all() {
            query = query.filter(known_to(scope, today));
        }
        if let Some((name, id)) = after {
            let later = sea_orm::Condition::any()
                .add(row::Column::Name.gt(name))
                .add(sea_orm::Condition::all().add(row::Column::Name.eq(name)).add(row::Column::Id.gt(id.as_str())));
            query = query.filter(later);
        }
        let rows = query.order_by_asc(row::Column::Name).order_by_asc(row::Column::Id).limit(limit).all(&self.read).await?;
        rows.into_iter().map(|row| account(row).map(|account| account.person)).collect()
    }

    /// People whose access was ended, the last one first.
    pub async fn ended_people(&self, _: &PracticeScope, limit: u64) -> Result<Vec<Person>, StoreError> {
        let ended = accounts().filter(row::Column::EndedAt.is_not_null()).order_by_desc(row::Column::EndedAt);
        let rows = ended.order_by_asc(row::Column::Id).limit(limit).all(&self.read).await?;
        rows.into_iter().map(|row| account(row).map(|account| account.person)).collect()
    }

    /// Everybody whom the practice ever added, also who was ended, in the order of their ids: how many, and those after the first `skip`.
    pub async fn accounts(&self, _: &PracticeScope, skip: u64, limit: u64) -> Result<(u64, Vec<Account>), StoreError> {
        let total = accounts().count(&self.read).await?;
        let rows = accounts().order_by_asc(row::Column::Id).offset(skip).limit(limit).all(&self.read).await?;
        Ok((total, rows.into_iter().map(account).collect::<Result<_, _>>()?))
    }

    /// The people of one engagement, in the order of its members.
    pub async fn people_of(&self, scope: &Scope, ids: &[PersonId]) -> Result<BTreeMap<PersonId, Person>, StoreError> {
        let _: &EngagementId = scope.engagement();
        let rows = row::Entity::find().filter(row::Column::Id.is_in(ids.iter().map(PersonId::as_str))).all(&self.read).await?;
        rows.into_iter().map(|row| account(row).map(|account| (account.person.id.clone(), account.person))).collect()
    }

    /// Whether anybody can sign in yet.
    pub async fn has_people(&self) -> Result<bool, StoreError> {
        Ok(row::Entity::find().limit(1).one(&self.read).await?.is_some())
    }
}

impl Writing {
    /// A person as they stand in this change: nobody else changes them before it is saved.
    pub async fn account(&self, id: &PersonId) -> Result<Option<Account>, StoreError> {
        accounts().filter(row::Column::Id.eq(id.as_str())).one(self.db()).await?.map(account).transpose()
    }

    /// Whoever has an address, also as another one than that of their account.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        accounts().filter(address::at(email)).one(self.db()).await?.map(account).transpose()
    }

    /// How many people who administer the practice can still sign in or use a key.
    pub async fn administrators(&self) -> Result<u64, StoreError> {
        let administrates = row::Column::Practice.eq(PracticeRole::Administrator.as_str());
        Ok(row::Entity::find().filter(administrates).filter(row::Column::EndedAt.is_null()).count(self.db()).await?)
    }

    /// From now on nothing opens for this person any more; what they did stays. False if that was so already.
    pub async fn end_person(&self, id: &PersonId, at: jiff::Timestamp) -> Result<bool, StoreError> {
        let ended = row::Entity::update_many()
            .col_expr(row::Column::EndedAt, Expr::value(at.to_string()))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::EndedAt.is_null())
            .exec(self.db())
            .await?;
        Ok(ended.rows_affected == 1)
    }

    /// What was ended opens again, as far as it was not taken away. False if it was open.
    pub async fn take_back_person(&self, id: &PersonId) -> Result<bool, StoreError> {
        let back = row::Entity::update_many()
            .col_expr(row::Column::EndedAt, Expr::value(Option::<String>::None))
            .filter(row::Column::Id.eq(id.as_str()))
            .filter(row::Column::EndedAt.is_not_null());
        Ok(back.exec(self.db()).await?.rows_affected == 1)
    }

    /// Engagements that may name this person are at a new revision from now on, so that no node shows what it kept under the name before.
    /// Whoever is named in one is a member, did something there, or came or went there.
    pub async fn name_anew(&mut self, id: &PersonId) -> Result<(), StoreError> {
        use crate::{engagement::row as engagement, people::member::row as member, record::row as entry};
        let member = Query::select()
            .column(member::Column::EngagementId)
            .from(member::Entity)
            .and_where(member::Column::PersonId.eq(id.as_str()))
            .take();
        let did = Condition::any().add(entry::Column::PersonId.eq(id.as_str())).add(entry::Column::Subject.eq(id.as_str()));
        let recorded = Query::select().column(entry::Column::Chain).from(entry::Entity).cond_where(did).take();
        self.renew(Condition::any().add(engagement::Column::Id.in_subquery(member)).add(engagement::Column::Id.in_subquery(recorded))).await
    }

    /// Puts engagements at a new revision, so that no node shows what it kept of them.
    pub(crate) async fn renew(&mut self, which: Condition) -> Result<(), StoreError> {
        use crate::{Changed, engagement::row as engagement};
        engagement::Entity::update_many()
            .col_expr(engagement::Column::Revision, Expr::col(engagement::Column::Revision).add(1))
            .filter(which.clone())
            .exec(self.db())
            .await?;
        let touched: Vec<(String, i64)> = engagement::Entity::find()
            .select_only()
            .columns([engagement::Column::Id, engagement::Column::Revision])
            .filter(which)
            .into_tuple()
            .all(self.db())
            .await?;
        self.touched.extend(touched.into_iter().map(|(engagement, revision)| Changed { engagement, revision }));
        Ok(())
    }

    /// Engagements that are not closed, with what this person is there.
    pub async fn open_memberships(&self, id: &PersonId) -> Result<Vec<(EngagementId, String, Function)>, StoreError> {
        use crate::{engagement::row as engagement, people::member::row as member};
        let rows = member::Entity::find().filter(member::Column::PersonId.eq(id.as_str())).all(self.db()).await?;
        let mut open = Vec::new();
        for row in rows {
            let found =
                engagement::Entity::find_by_id(row.engagement_id).filter(engagement::Column::State.eq("open")).one(self.db()).await?;
            let Some(found) = found else { continue };
            let member: Member = from_text("member", &row.document)?;
            open.push((EngagementId(found.id), found.title, member.function));
        }
        Ok(open)
    }

    pub async fn is_member(&self, id: &PersonId, engagement: &EngagementId) -> Result<bool, StoreError> {
        use crate::people::member::row as member;
        Ok(member::Entity::find_by_id((engagement.0.clone(), id.0.clone())).one(self.db()).await?.is_some())
    }

    pub async fn add_person(&self, person: &Person, password: Option<String>, at: jiff::Timestamp) -> Result<(), StoreError> {
        let row = row::ActiveModel {
            added_at: Set(at.to_string()),
            ended_at: Set(None),
            filters: Set("[]".to_owned()),
            ..active(person, password)
        };
        row::Entity::insert(row).exec_without_returning(self.db()).await?;
        Ok(())
    }

    /// Saves a person's details; without a new password the old one stays.
    pub async fn save_person(&self, person: &Person, password: Option<String>) -> Result<(), StoreError> {
        let mut row = active(person, None);
        row.password = password.map_or(sea_orm::ActiveValue::NotSet, |password| Set(Some(password)));
        row::Entity::update(row).validate()?.exec(self.db()).await?;
        // What was another address of theirs is the one of their account now.
        address::row::Entity::delete_by_id(&person.email).exec(self.db()).await?;
        Ok(())
    }
}

pub(crate) async fn names(db: &impl ConnectionTrait, ids: BTreeSet<&PersonId>) -> Result<BTreeMap<PersonId, String>, StoreError> {
    let names: Vec<(String, String)> = row::Entity::find()
        .select_only()
        .columns([row::Column::Id, row::Column::Name])
        .filter(row::Column::Id.is_in(ids.iter().map(|id| id.as_str())))
        .into_tuple()
        .all(db)
        .await?;
    Ok(names.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
}

fn active(person: &Person, password: Option<String>) -> row::ActiveModel {
    row::ActiveModel {
        id: Set(person.id.0.clone()),
        name: Set(person.name.clone()),
        email: Set(person.email.clone()),
        side: Set(person.side.as_str().to_owned()),
        zone: Set(person.zone.clone()),
        practice: Set(person.practice.as_str().to_owned()),
        password: Set(password),
        ..Default::default()
    }
}

pub(crate) fn account(row: row::Model) -> Result<Account, StoreError> {
    let unreadable = |why: &str| StoreError::Unreadable { table: "person", why: why.to_owned() };
    let side = row.side.parse().map_err(|()| unreadable("side"))?;
    let practice = row.practice.parse().map_err(|()| unreadable("practice"))?;
    // In the place of an address stands the id, which is nobody's address.
    let email = if row.erased_at.is_some() { String::new() } else { row.email };
    let person = Person { id: PersonId(row.id), name: row.name, email, side, zone: row.zone, practice };
    Ok(Account { person, password: row.password, ended: row.ended_at.is_some(), erasing: row.erase_begun_at.is_some() })
}
