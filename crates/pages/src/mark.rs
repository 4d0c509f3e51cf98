//! How a state looks everywhere: a tone, a shape and a word, always the three together.

use crate::words::Words;

/// One state of something, as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// `data-st`, which sets the colour.
    pub tone: &'static str,
    /// The icon's name, which is the outline.
    pub shape: &'static str,
    pub word: Words,
}

macro_rules! marks {
    ($($(#[$doc:meta])* $name:ident = $tone:literal, $shape:literal, $key:literal;)*) => {
        impl Mark { $($(#[$doc])* pub const $name: Self = Self { tone: $tone, shape: $shape, word: t!($key) };)* }
        /// Every mark, for the page that shows each part once.
        pub const ALL: &[Mark] = &[$(Mark::$name),*];
    };
}

marks! {
    // An item.
    TO_DO = "todo", "s-todo", "mark.todo";
    IN_PROGRESS = "progress", "s-progress", "mark.progress";
    WAITING_ON_CUSTOMER = "waiting", "s-waiting", "mark.waiting_customer";
    WAITING_ON_DELIVERY = "waiting", "s-waiting", "mark.waiting_delivery";
    WAITING_ON_THIRD_PARTY = "waiting", "s-waiting", "mark.waiting_third_party";
    BLOCKED = "blocked", "s-blocked", "mark.blocked";
    SUBMITTED = "waiting", "s-requested", "mark.submitted";
    DONE = "done", "s-done", "mark.done";
    WAIVED = "na", "s-revoked", "mark.waived";
    NOT_APPLICABLE = "na", "s-na", "mark.not_applicable";
    // An engagement or a gate.
    NOT_STARTED = "notstarted", "s-notstarted", "mark.not_started";
    ON_TARGET = "target", "s-target", "mark.on_target";
    AT_RISK = "risk", "s-risk", "mark.at_risk";
    COMPLETE = "complete", "s-complete", "mark.complete";
    REOPENED = "risk", "s-risk", "mark.reopened";
    GATE_GREEN = "done", "s-done", "gate.green";
    GATE_OPEN = "target", "s-target", "gate.open";
    GATE_LATE = "blocked", "s-blocked", "gate.late";
    GATE_EMPTY = "notstarted", "s-notstarted", "gate.empty";
    WAITING = "waiting", "s-waiting", "mark.waiting";
    // A grant.
    NEEDED = "needed", "s-needed", "mark.needed";
    REQUESTED = "requested", "s-requested", "mark.requested";
    GRANTED = "granted", "s-granted", "mark.granted";
    VERIFIED = "verified", "s-verified", "mark.verified";
    EXPIRED = "expired", "s-expired", "mark.expired";
    REVOKED = "revoked", "s-revoked", "mark.revoked";
    APPROVED = "requested", "s-requested", "mark.approved";
    SUSPENDED = "expired", "pause", "mark.suspended";
    REVOKE_REQUESTED = "expired", "door", "mark.revoke_requested";
    REVOCATION_CONFIRMED = "na", "s-revoked", "mark.revocation_confirmed";
    REJECTED = "blocked", "s-blocked", "mark.rejected";
    /// Given, and whoever tried it could not use it.
    BROKEN = "blocked", "s-risk", "mark.broken";
    NOT_NEEDED = "na", "s-na", "mark.not_needed";
    // A room or the like.
    TO_CLOSE = "expired", "door", "mark.to_close";
    CARRIED = "waiting", "s-waiting", "mark.carried";
    CLOSED = "na", "s-revoked", "mark.closed";
    // A vote.
    GO = "yes", "s-done", "mark.go";
    NO_GO = "no", "s-blocked", "mark.no_go";
    NOT_YET = "todo", "s-todo", "mark.not_yet";
    // A message.
    SAID = "progress", "info", "mark.said";
    WELL = "done", "s-done", "mark.well";
    WARNING = "risk", "s-risk", "mark.warning";
    WRONG = "late", "s-late", "mark.wrong";
    SHORT = "late", "s-late", "preview.short_title";
}

/// Whose person it is; drawn as a shape, never as a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Delivery,
    Customer,
    Partner,
}

impl Side {
    /// `data-side`, which sets the shape.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Customer => "customer",
            Self::Partner => "partner",
        }
    }

    pub const fn word(self) -> Words {
        match self {
            Self::Delivery => t!("side.delivery"),
            Self::Customer => t!("side.customer"),
            Self::Partner => t!("side.partner"),
        }
    }
}

/// A person as a small mark: initials in the shape of their side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    pub name: String,
    pub initials: String,
    pub side: Side,
}

impl Face {
    pub fn new(name: impl Into<String>, side: Side) -> Self {
        let name = name.into();
        Self { initials: initials(&name), name, side }
    }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::mark::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        for (name, expected) in
            [("Amara Okafor", "AO"), ("Ann", "A"), ("Juan de la Cruz", "JC"), ("Łukasz (PM) Żak", "ŁŻ"), ("", ""), ("* *", "")]
        {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
