//! What says who is asking, and what is known of their requests.

pub mod factor;
mod failure;
pub(crate) mod identity;
pub mod link;
mod once;
pub mod passkey;
pub mod session;
mod token;

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub use once::Answered;
pub use session::Holder;
pub use token::Token;

use crate::{Store, StoreError, change::undo::row as undo};

impl Store {
    /// Drops what is no longer of use: expired sessions, and answers, ways back and refused sign-ins kept for a day.
    pub async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        session::row::Entity::delete_many().filter(session::row::Column::ExpiresAt.lt(now.to_string())).exec(&self.write).await?;
        let day_ago = now.checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(now);
        let code_ago = now.checked_sub(tminus_domain::rights::link::CODE_LIFE).unwrap_or(now);
        link::code::Entity::delete_many().filter(link::code::Column::SentAt.lt(code_ago.to_string())).exec(&self.write).await?;
        factor::half::Entity::delete_many().filter(factor::half::Column::ExpiresAt.lt(now.to_string())).exec(&self.write).await?;
        let asked = passkey::question::Entity::delete_many().filter(passkey::question::Column::ExpiresAt.lt(now.to_string()));
        asked.exec(&self.write).await?;
        once::row::Entity::delete_many().filter(once::row::Column::At.lt(day_ago.to_string())).exec(&self.write).await?;
        failure::row::Entity::delete_many().filter(failure::row::Column::LastAt.lt(day_ago.to_string())).exec(&self.write).await?;
        undo::Entity::delete_many().filter(undo::Column::At.lt(day_ago.to_string())).exec(&self.write).await?;
        self.sweep_letters(now).await?;
        Ok(())
    }
}
