//! Taking everything personal out of one engagement, and everything of one person.

use jiff::Timestamp;
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait as _, Query},
};
use tminus_domain::{
    access::Grant,
    checklist::item::Item,
    engagement::erasing::{ERASED, Without},
    people::traces::Traces,
};

use super::texts::{self, is, naming, remove, replace};
use crate::{Change, StoreError};

impl Change {
    /// Takes everything personal out of the engagement: its own parts, its record, what was said, links, letters and ways back.
    /// Bytes of files are deleted afterwards; their rows wait for that, without names.
    pub async fn erase_personal_data(&mut self, at: Timestamp) -> Result<(), StoreError> {
        let id = self.engagement().id.0.clone();
        let titles = self.engagement().impersonal_titles();
        texts::erase(self.db(), &id, Condition::all(), |entry| entry.erase_all_but(&titles)).await?;
        let (tx, here) = (self.db(), || is("engagement_id", &id));
        replace(tx, ("comment", "body"), Some(""), here()).await?;
        replace(tx, ("file", "name"), Some(""), here()).await?;
        replace(tx, ("file", "media_type"), Some(""), here()).await?;
        let links = Query::select().column("id").from("link").cond_where(here()).take();
        let visits = || Condition::all().add(Expr::col("link_id").in_subquery(links.clone()));
        let hashes = Query::select().column("hash").from("session").cond_where(visits()).take();
        remove(tx, "code", Condition::all().add(Expr::col("session_hash").in_subquery(hashes))).await?;
        remove(tx, "session", visits()).await?;
        for table in ["link", "undo", "digest", "token"] {
            remove(tx, table, here()).await?;
        }
        let about = |column: &'static str| Expr::col(column).like(format!("%{id}%"));
        remove(tx, "letter", Condition::any().add(here()).add(about("message"))).await?;
        remove(tx, "request_key", Condition::all().add(about("body"))).await?;
        let erased = self.engagement().erased(at);
        self.save_plan(erased.plan);
        self.save_members(erased.members);
        self.save_parts(erased.items, erased.grants);
        self.forget_names();
        Ok(())
    }

    /// Takes one person out of the engagement. False if nothing of theirs was in it.
    pub async fn erase_person(&mut self, traces: &Traces) -> Result<bool, StoreError> {
        let id = self.engagement().id.0.clone();
        // Items that Tminus made about them alone carry their name whatever it is.
        let theirs = format!("fix-address-{}-", traces.person);
        let own: Vec<_> =
            self.engagement().items.iter().filter(|item| item.key.starts_with(&theirs)).map(|item| item.id.0.clone()).collect();
        let traces = &traces.clone().with_own(own.clone());
        let mut which = naming("content", traces).add(naming("texts", traces));
        for item in own {
            which = which.add(is("subject", &item));
        }
        let mut touched = texts::erase(self.db(), &id, which, |entry| entry.erase_person(traces)).await?;
        let (tx, here) = (self.db(), || is("engagement_id", &id));
        let said = Condition::any().add(is("person_id", traces.person.as_str())).add(naming("body", traces));
        let said = here().add(said).add(Expr::col("body").ne(""));
        touched += replace(tx, ("comment", "body"), Some(""), said).await?;
        touched += replace(tx, ("file", "name"), Some(ERASED), here().add(naming("name", traces))).await?;
        touched += remove(tx, "undo", here().add(naming("before", traces).add(is("person_id", traces.person.as_str())))).await?;
        let Without { plan, members, items, grants } = self.engagement().without_person(traces);
        if touched == 0 && plan.is_none() && members.is_none() && items.is_empty() && grants.is_empty() {
            return Ok(false);
        }
        if let Some(plan) = plan {
            self.save_plan(plan);
        }
        if let Some(members) = members {
            self.save_members(members);
        }
        self.save_parts(items, grants);
        Ok(true)
    }

    fn save_parts(&mut self, items: Vec<Item>, grants: Vec<Grant>) {
        for item in items {
            self.save_item(item);
        }
        for grant in grants {
            self.save_grant(grant);
        }
    }
}
