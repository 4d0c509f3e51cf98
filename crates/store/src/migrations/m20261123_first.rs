//! The first form. Texts hold JSON, dates and instants in ISO 8601, so that both databases keep the same.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, integer, string, string_null, text, text_null},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in people().into_iter().chain(kits()).chain(engagements()).chain(record()) {
            manager.create_table(table).await?;
        }
        for (name, table, columns, unique) in INDEXES {
            let mut index = Index::create().name(*name).table(*table).take();
            for column in *columns {
                index.col(*column);
            }
            if *unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("migrations only go forward: restore a backup instead".to_owned()))
    }
}

type IndexOf = (&'static str, &'static str, &'static [&'static str], bool);

const INDEXES: &[IndexOf] = &[
    ("person_email", "person", &["email"], true),
    ("session_person", "session", &["person_id"], false),
    ("token_hash", "token", &["hash"], true),
    ("member_person", "member", &["person_id", "engagement_id"], false),
    ("kit_version", "kit", &["kit_id", "version"], false),
    ("engagement_order", "engagement", &["state", "sort_key", "id"], false),
    ("item_engagement", "item", &["engagement_id", "position"], false),
    ("comment_item", "comment", &["engagement_id", "item_id", "at"], false),
    ("file_engagement", "file", &["engagement_id"], false),
    ("record_subject", "record", &["chain", "subject"], false),
    ("undo_person", "undo", &["engagement_id", "person_id", "number"], false),
];

fn people() -> Vec<TableCreateStatement> {
    vec![
        table("person")
            .col(string("id").primary_key())
            .col(string("name"))
            .col(string("email"))
            .col(string("side"))
            .col(string("zone"))
            .col(string("practice"))
            .col(text_null("password"))
            .col(string_null("ended_at"))
            .col(string("added_at"))
            .take(),
        table("session")
            .col(string("hash").primary_key())
            .col(string("person_id"))
            .col(string("started_at"))
            .col(string("expires_at"))
            .col(string("agent"))
            .take(),
        table("token")
            .col(string("id").primary_key())
            .col(string("hash"))
            .col(string("person_id"))
            .col(string("title"))
            .col(string("created_at"))
            .col(string_null("expires_at"))
            .col(string_null("revoked_at"))
            .take(),
        table("sign_in_failure").col(string("email").primary_key()).col(integer("count")).col(string("last_at")).take(),
        table("request_key")
            .col(string("person_id"))
            .col(string("key"))
            .col(string("digest"))
            .col(string("at"))
            .col(integer("status"))
            .col(text("body"))
            .primary_key(Index::create().col("person_id").col("key"))
            .take(),
    ]
}

fn kits() -> Vec<TableCreateStatement> {
    vec![
        table("kit")
            .col(string("hash").primary_key())
            .col(string("kit_id"))
            .col(string("version"))
            .col(string("title"))
            .col(string("format"))
            .col(string("imported_at"))
            .col(string("imported_by"))
            .col(text("totals"))
            .col(text("problems"))
            .col(text("document"))
            .take(),
    ]
}

fn engagements() -> Vec<TableCreateStatement> {
    vec![
        table("engagement")
            .col(string("id").primary_key())
            .col(string("title"))
            .col(string("customer"))
            .col(string("state"))
            .col(string("sort_key"))
            .col(big_integer("revision"))
            .col(big_integer("head_number"))
            .col(string("head_hash"))
            .col(text("counts"))
            .col(text("plan"))
            .take(),
        table("member")
            .col(string("engagement_id"))
            .col(string("person_id"))
            .col(integer("position"))
            .col(text("document"))
            .primary_key(Index::create().col("engagement_id").col("person_id"))
            .take(),
        table("item")
            .col(string("engagement_id"))
            .col(string("id"))
            .col(integer("position"))
            .col(string("state"))
            .col(boolean("internal"))
            .col(integer("version"))
            .col(text("content"))
            .col(text("work"))
            .primary_key(Index::create().col("engagement_id").col("id"))
            .take(),
        table("comment")
            .col(string("id").primary_key())
            .col(string("engagement_id"))
            .col(string("item_id"))
            .col(string("person_id"))
            .col(string("at"))
            .col(boolean("internal"))
            .col(text("body"))
            .take(),
        table("file")
            .col(string("id").primary_key())
            .col(string("engagement_id"))
            .col(string("item_id"))
            .col(string("person_id"))
            .col(string("at"))
            .col(boolean("internal"))
            .col(string("name"))
            .col(string("media_type"))
            .col(big_integer("bytes"))
            .col(string("sha256"))
            .take(),
    ]
}

fn record() -> Vec<TableCreateStatement> {
    vec![
        table("chain").col(string("id").primary_key()).col(big_integer("head_number")).col(string("head_hash")).take(),
        table("record")
            .col(string("chain"))
            .col(big_integer("number"))
            .col(string("subject"))
            .col(string("fact"))
            .col(string("person_id"))
            .col(string("at"))
            .col(boolean("internal"))
            .col(text("content"))
            .col(string("hash"))
            .col(text("texts"))
            .primary_key(Index::create().col("chain").col("number"))
            .take(),
        table("undo")
            .col(string("engagement_id"))
            .col(big_integer("number"))
            .col(string("person_id"))
            .col(string("at"))
            .col(text("before"))
            .primary_key(Index::create().col("engagement_id").col("number"))
            .take(),
    ]
}
