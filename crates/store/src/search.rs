//! Looking for engagements, items and people by words, as far as somebody may know of them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{CaseStatement, Expr, LikeExpr, Query, SelectStatement},
};
use tminus_domain::{
    ids::{EngagementId, ItemId, PersonId},
    people::Member,
    rights::{Actor, Ground, Right, permit, practice_scope},
    search::{Sought, fold},
};

use crate::{
    Store, StoreError,
    checklist::item::{self, row as items},
    engagement::row as engagements,
    from_text,
    people::{member::row as members, person::row as people},
};

/// The most engagements or people that are looked through: a practice has fewer.
const MOST: u64 = 10_000;

/// The engagements that somebody may look into.
#[derive(Clone, Debug)]
pub struct Reach {
    /// All of them, and not only those named below.
    all: bool,
    whole: Vec<String>,
    /// Those whose internal things they do not read.
    shared: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundEngagement {
    pub id: EngagementId,
    pub title: String,
    pub customer: String,
    pub closed: bool,
}

/// An item that fits the words. In an engagement of which only a part is shared, its parents are still to be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundItem {
    pub engagement: EngagementId,
    pub item: ItemId,
    pub shared: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPerson {
    pub id: PersonId,
    pub name: String,
}

impl Reach {
    fn engagements(&self, column: impl ColumnTrait) -> Condition {
        if self.all { Condition::all() } else { Condition::any().add(column.is_in(&self.whole)).add(column.is_in(&self.shared)) }
    }

    fn items(&self) -> Condition {
        let own = items::Column::EngagementId;
        let shared = Condition::all().add(own.is_in(&self.shared)).add(items::Column::Internal.eq(false));
        match (self.all, self.shared.is_empty()) {
            (true, true) => Condition::all(),
            (true, false) => Condition::any().add(own.is_not_in(&self.shared)).add(shared),
            (false, _) => Condition::any().add(own.is_in(&self.whole)).add(shared),
        }
    }
}

fn contains(words: &str) -> LikeExpr {
    LikeExpr::new(format!("%{}%", escaped(words))).escape('\\')
}

fn escaped(words: &str) -> String {
    words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Items that fit, the best first: those of `within`, and titles that begin with the first word.
fn fitting(reach: &Reach, sought: &Sought, within: Option<&EngagementId>) -> Select<items::Entity> {
    let mut query = items::Entity::find().filter(reach.items());
    for word in sought.words() {
        query = query.filter(items::Column::Folded.like(contains(word)));
    }
    if let Some(within) = within {
        let elsewhere = CaseStatement::new().case(items::Column::EngagementId.eq(within.as_str()), 0).finally(1);
        query = query.order_by(Expr::Case(Box::new(elsewhere)), Order::Asc);
    }
    let first = escaped(sought.words().first().map_or("", String::as_str));
    let begins = |with: String| items::Column::Folded.like(LikeExpr::new(with).escape('\\'));
    let rank = CaseStatement::new().case(begins(format!("{first}%")), 0).case(begins(format!("% {first}%")), 1).finally(2);
    query.order_by(Expr::Case(Box::new(rank)), Order::Asc).order_by_desc(items::Column::EngagementId)
}

impl Store {
    /// Where somebody may look.
    pub async fn reach(&self, actor: &Actor, today: Date) -> Result<Reach, StoreError> {
        let rows = members::Entity::find().filter(members::Column::PersonId.eq(actor.person.as_str())).all(&self.read).await?;
        let scope = practice_scope(actor);
        let mut reach = Reach { all: scope.sees_all(), whole: Vec::new(), shared: Vec::new() };
        if scope.may_administer() && !reach.all {
            reach.whole = self.administered(&scope).await?;
        }
        for row in rows {
            let member: Member = from_text("member", &row.document)?;
            let engagement = EngagementId(row.engagement_id.clone());
            if reach.whole.contains(&engagement.0) {
                continue;
            }
            let ground = Ground { engagement: &engagement, members: &[member], administrators: &[], today };
            let Ok(standing) = permit(actor, ground, Right::ReadEngagement) else { continue };
            let list = if standing.may(Right::ReadInternal) { &mut reach.whole } else { &mut reach.shared };
            list.push(row.engagement_id);
        }
        Ok(reach)
    }

    pub async fn find_engagements(&self, reach: &Reach, sought: &Sought, limit: usize) -> Result<Vec<FoundEngagement>, StoreError> {
        let rows: Vec<(String, String, String, String)> = engagements::Entity::find()
            .filter(reach.engagements(engagements::Column::Id))
            .select_only()
            .columns([engagements::Column::Id, engagements::Column::Title, engagements::Column::Customer, engagements::Column::State])
            .order_by_desc(engagements::Column::Id)
            .limit(MOST)
            .into_tuple()
            .all(&self.read)
            .await?;
        let fits = |(id, title, customer, state): (String, String, String, String)| {
            let closed = state != "open";
            let rank = sought.rank(&fold(&format!("{customer} {title}")))?;
            Some(((closed, rank), FoundEngagement { id: EngagementId(id), title, customer, closed }))
        };
        Ok(best(rows.into_iter().filter_map(fits), limit))
    }

    /// Items by the words of their titles. Nothing that is off a checklist is found.
    pub async fn find_items(
        &self,
        reach: &Reach,
        sought: &Sought,
        within: Option<&EngagementId>,
        limit: u64,
    ) -> Result<Vec<FoundItem>, StoreError> {
        let rows: Vec<(String, String)> = fitting(reach, sought, within)
            .select_only()
            .columns([items::Column::EngagementId, items::Column::Id])
            .limit(limit)
            .into_tuple()
            .all(&self.read)
            .await?;
        let found = |(engagement, item): (String, String)| {
            let shared = reach.shared.contains(&engagement);
            FoundItem { engagement: EngagementId(engagement), item: ItemId(item), shared }
        };
        Ok(rows.into_iter().map(found).collect())
    }

    /// The titles of items that were found, and the customers and titles of their engagements.
    pub async fn titles(&self, found: &[FoundItem]) -> Result<(BTreeMap<ItemId, String>, BTreeMap<EngagementId, String>), StoreError> {
        let one = |it: &FoundItem| {
            let key = items::Column::EngagementId.eq(it.engagement.as_str());
            Condition::all().add(key).add(items::Column::Id.eq(it.item.as_str()))
        };
        let any = found.iter().fold(Condition::any(), |any, it| any.add(one(it)));
        let rows = if found.is_empty() { Vec::new() } else { items::Entity::find().filter(any).all(&self.read).await? };
        let title = |row: items::Model| Ok((ItemId(row.id), item::item(&row.content, &row.work)?.content.title.clone()));
        let titles = rows.into_iter().map(title).collect::<Result<_, StoreError>>()?;
        let names: Vec<(String, String, String)> = engagements::Entity::find()
            .filter(engagements::Column::Id.is_in(found.iter().map(|it| it.engagement.as_str())))
            .select_only()
            .columns([engagements::Column::Id, engagements::Column::Customer, engagements::Column::Title])
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok((titles, names.into_iter().map(|(id, customer, title)| (EngagementId(id), format!("{customer} {title}"))).collect()))
    }

    /// People by name. `everybody`: of the whole practice, by address too; else those one has an engagement with.
    pub async fn find_people(&self, reach: &Reach, sought: &Sought, everybody: bool, limit: usize) -> Result<Vec<FoundPerson>, StoreError> {
        let mut query = people::Entity::find().filter(people::Column::EndedAt.is_null());
        if !everybody {
            let beside: SelectStatement = Query::select()
                .column(members::Column::PersonId)
                .from(members::Entity)
                .cond_where(reach.engagements(members::Column::EngagementId))
                .take();
            query = query.filter(people::Column::Id.in_subquery(beside));
        }
        let rows: Vec<(String, String, String)> = query
            .select_only()
            .columns([people::Column::Id, people::Column::Name, people::Column::Email])
            .order_by_asc(people::Column::Name)
            .limit(MOST)
            .into_tuple()
            .all(&self.read)
            .await?;
        let fits = |(id, name, email): (String, String, String)| {
            let text = if everybody { format!("{name} {email}") } else { name.clone() };
            Some((sought.rank(&fold(&text))?, FoundPerson { id: PersonId(id), name }))
        };
        Ok(best(rows.into_iter().filter_map(fits), limit))
    }

    /// For each person an engagement where one meets them, the newest.
    pub async fn met_at(&self, reach: &Reach, people: &[FoundPerson]) -> Result<BTreeMap<PersonId, EngagementId>, StoreError> {
        let rows: Vec<(String, String)> = members::Entity::find()
            .filter(reach.engagements(members::Column::EngagementId))
            .filter(members::Column::PersonId.is_in(people.iter().map(|person| person.id.as_str())))
            .select_only()
            .columns([members::Column::PersonId, members::Column::EngagementId])
            .order_by_asc(members::Column::EngagementId)
            .into_tuple()
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().map(|(person, engagement)| (PersonId(person), EngagementId(engagement))).collect())
    }
}

/// The best of what was found; of what is as good, the first.
fn best<R: Ord, T>(found: impl Iterator<Item = (R, T)>, limit: usize) -> Vec<T> {
    let mut found: Vec<_> = found.collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.into_iter().take(limit).map(|(_, it)| it).collect()
}
