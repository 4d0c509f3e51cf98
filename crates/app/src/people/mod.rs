//! People of the practice, and members of engagements.

pub mod address;
pub mod colleague;
pub mod erase;
pub mod escalation;
pub mod member;
pub mod person;
pub mod provision;
pub mod responsibility;
pub mod seat;
pub mod table;

use serde::Serialize;

use crate::sha256_hex;

/// The edition of somebody who is not there: whoever saw that may add them, and no other.
pub const ABSENT: &str = "absent";

/// Says which state of a person or a member somebody looked at. It differs as soon as a word of it does.
pub fn edition(of: &impl Serialize) -> String {
    let text = serde_json::to_vec(of).unwrap_or_default();
    sha256_hex(&text).chars().take(16).collect()
}
