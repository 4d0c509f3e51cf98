//! The form of the database, step by step. Steps are added, never changed.

mod m20261123_first;
mod m20261123_plan_apart;
mod m20261123_saved_filters;

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261123_first::Migration), Box::new(m20261123_saved_filters::Migration), Box::new(m20261123_plan_apart::Migration)]
    }
}
