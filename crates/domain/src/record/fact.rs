//! What happened, as the record keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing that happened. Free text that may name people goes into `why` and `texts`: it is kept beside the entry,
/// referred to by its digest, so that it can be erased and the chain still verifies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// In past tense: `item_status_changed`.
    pub kind: FactKind,
    /// The id of what it happened to; the engagement's own where it concerns the whole.
    pub subject: String,
    /// What the subject was called then.
    pub title: String,
    pub from: Value,
    pub to: Value,
    pub why: Option<String>,
    /// Other free texts by name: a comment, a note of evidence.
    pub texts: BTreeMap<String, String>,
    /// Whether only the delivery side may read it.
    pub internal: bool,
}

macro_rules! kinds {
    ($($variant:ident = $word:literal),* $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FactKind { $($variant),* }

        impl FactKind {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}

kinds! {
    EngagementOpened = "engagement_opened",
    PlanChanged = "plan_changed",
    MemberAdded = "member_added",
    MemberChanged = "member_changed",
    MemberLeft = "member_left",
    ColleagueNamed = "colleague_named",
    SeatFilled = "seat_filled",
    SeatLeft = "seat_left",
    SeatChanged = "seat_changed",
    EscalationSet = "escalation_set",
    ResponsibilityChanged = "responsibility_changed",
    ItemAdded = "item_added",
    ItemChanged = "item_changed",
    ItemRemoved = "item_removed",
    ItemsMoved = "items_moved",
    ChecklistImported = "checklist_imported",
    ItemStatusChanged = "item_status_changed",
    ItemAccepted = "item_accepted",
    ItemHandedOver = "item_handed_over",
    EvidenceAdded = "evidence_added",
    EvidenceWithdrawn = "evidence_withdrawn",
    WayOutChosen = "way_out_chosen",
    CommentAdded = "comment_added",
    GrantMoved = "grant_moved",
    GrantExcepted = "grant_excepted",
    GrantCarriedOver = "grant_carried_over",
    AccessEndedAtOnce = "access_ended_at_once",
    SharedRefused = "shared_refused",
    ResourceAdded = "resource_added",
    ResourceChanged = "resource_changed",
    ResourceRemoved = "resource_removed",
    LicencesCounted = "licences_counted",
    RoomBooked = "room_booked",
    MembersCompared = "members_compared",
    HoldingAdded = "holding_added",
    HoldingClosed = "holding_closed",
    HoldingChanged = "holding_changed",
    ChangeUndone = "change_undone",
    SprintSigned = "sprint_signed",
    SprintClosed = "sprint_closed",
    EngagementEnded = "engagement_ended",
    EngagementReopened = "engagement_reopened",
    KitImported = "kit_imported",
    PortfolioAdded = "portfolio_added",
    PortfolioChanged = "portfolio_changed",
    PortfolioRemoved = "portfolio_removed",
    PortfolioSet = "portfolio_set",
    PersonAdded = "person_added",
    PersonChanged = "person_changed",
    TokenCreated = "token_created",
    TokenRevoked = "token_revoked",
    SignedIn = "signed_in",
    SignInRefused = "sign_in_refused",
    SessionEnded = "session_ended",
    SecondFactorChanged = "second_factor_changed",
    PasskeyChanged = "passkey_changed",
    LinkMade = "link_made",
    LinkOpened = "link_opened",
    LinkRevoked = "link_revoked",
    CodeSent = "code_sent",
    CodeTyped = "code_typed",
    RemindersSet = "reminders_set",
    LetterRefused = "letter_refused",
    LetterSentAgain = "letter_sent_again",
    LetterOpened = "letter_opened",
    ViewBegun = "view_begun",
    RecordExported = "record_exported",
    RetentionSet = "retention_set",
    PersonalDataErased = "personal_data_erased",
    PersonErased = "person_erased",
}

impl FactKind {
    /// What happens to the practice, and may happen to no engagement: what the practice's own record is searched by.
    pub const OF_PRACTICE: [Self; 17] = [
        Self::SignedIn,
        Self::SignInRefused,
        Self::SessionEnded,
        Self::SecondFactorChanged,
        Self::PasskeyChanged,
        Self::PersonAdded,
        Self::PersonChanged,
        Self::PersonErased,
        Self::PortfolioAdded,
        Self::PortfolioChanged,
        Self::PortfolioRemoved,
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::LetterSentAgain,
        Self::LetterOpened,
        Self::KitImported,
        Self::RecordExported,
    ];
}

impl std::str::FromStr for FactKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text).ok_or(())
    }
}

impl Fact {
    pub fn new(kind: FactKind, subject: impl Into<String>, title: impl Into<String>) -> Self {
        let texts = BTreeMap::new();
        Self { kind, subject: subject.into(), title: title.into(), from: Value::Null, to: Value::Null, why: None, texts, internal: false }
    }

    #[must_use]
    pub fn from(mut self, from: impl Into<Value>) -> Self {
        self.from = from.into();
        self
    }

    #[must_use]
    pub fn to(mut self, to: impl Into<Value>) -> Self {
        self.to = to.into();
        self
    }

    #[must_use]
    pub fn why(mut self, why: Option<String>) -> Self {
        self.why = why.filter(|why| !why.trim().is_empty());
        self
    }

    #[must_use]
    pub fn text(mut self, name: &str, text: impl Into<String>) -> Self {
        self.texts.insert(name.to_owned(), text.into());
        self
    }

    #[must_use]
    pub fn internal(mut self, internal: bool) -> Self {
        self.internal = internal;
        self
    }
}
