//! The form of the database, step by step. Steps are added, never changed.

mod m20261123_first;
mod m20261123_passes;
mod m20261123_plan_apart;
mod m20261123_saved_filters;
mod m20261124_search;
mod m20261125_mail;
mod m20261126_digest;
mod m20261127_access;
mod m20261128_last_day;
mod m20261129_identity;
mod m20261130_factor;
mod m20261201_passkey;
mod m20261202_portfolio;
mod m20261202_retention;
mod m20261203_addresses;

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_first::Migration),
            Box::new(m20261123_saved_filters::Migration),
            Box::new(m20261123_plan_apart::Migration),
            Box::new(m20261123_passes::Migration),
            Box::new(m20261124_search::Migration),
            Box::new(m20261125_mail::Migration),
            Box::new(m20261126_digest::Migration),
            Box::new(m20261127_access::Migration),
            Box::new(m20261128_last_day::Migration),
            Box::new(m20261129_identity::Migration),
            Box::new(m20261130_factor::Migration),
            Box::new(m20261201_passkey::Migration),
            Box::new(m20261202_portfolio::Migration),
            Box::new(m20261202_retention::Migration),
            Box::new(m20261203_addresses::Migration),
        ]
    }
}
