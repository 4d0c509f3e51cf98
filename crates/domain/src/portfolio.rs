//! Portfolios: sets of engagements with administrators of their own.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{PersonId, PortfolioId},
    people::is_unseen,
};

/// A set of engagements. Whoever administers it does on each of them what its engagement manager does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    pub id: PortfolioId,
    pub title: String,
    /// People of the delivery side, each once, in the order of their ids.
    pub administrators: Vec<PersonId>,
}

/// No portfolio has more administrators than this.
pub const MAX_ADMINISTRATORS: usize = 50;

/// Why a portfolio was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("give the portfolio a title of 1 to 120 characters, all of them visible")]
    Title,
    #[error("at most {MAX_ADMINISTRATORS} people administer one portfolio")]
    Administrators,
}

impl Portfolio {
    /// The portfolio with outer blanks removed and its administrators in order, if every field is usable.
    pub fn checked(mut self) -> Result<Self, Refused> {
        self.title = self.title.trim().to_owned();
        let usable = (1..=120).contains(&self.title.chars().count()) && self.title.chars().any(char::is_alphanumeric);
        if !usable || self.title.chars().any(is_unseen) {
            return Err(Refused::Title);
        }
        self.administrators.sort();
        self.administrators.dedup();
        if self.administrators.len() > MAX_ADMINISTRATORS {
            return Err(Refused::Administrators);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn portfolio(title: &str, administrators: &[&str]) -> Portfolio {
        let administrators = administrators.iter().map(|id| (*id).into()).collect();
        Portfolio { id: "p".into(), title: title.to_owned(), administrators }
    }

    #[test]
    fn a_portfolio_has_a_title_that_can_be_read_and_each_administrator_once() {
        let banking = portfolio(" Banking ", &["b", "a", "b"]).checked();
        assert_eq!(banking, Ok(portfolio("Banking", &["a", "b"])));
        for title in ["", "   ", "...", "Bank\u{202E}ing", &"x".repeat(121)] {
            assert_eq!(portfolio(title, &[]).checked(), Err(Refused::Title), "{title:?}");
        }
        let many: Vec<_> = (0..=MAX_ADMINISTRATORS).map(|n| n.to_string()).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(portfolio("Banking", &many).checked(), Err(Refused::Administrators));
    }
}
