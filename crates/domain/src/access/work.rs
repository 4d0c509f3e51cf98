//! Moving a grant: who may, in what order, and with what reason.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use super::{
    Carried, Exception, Grant, How, Shown, Step,
    appointment::{Appointment, MAX_PLACE},
};
use crate::{
    checklist::{item::Mark, work::MAX_TEXT},
    ids::PersonId,
    kit::{Side, access::Policy},
    people::is_plain,
};

/// The longest number of a request, in characters.
pub const MAX_TICKET: usize = 120;

/// Why access was not moved. Each carries what a person needs to go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("from “{}” it cannot become “{}”: next are {}", .0.as_str(), .1.as_str(), .0.next().iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", "))]
    NotNext(Step, Step),
    #[error("say why: “{}” needs a reason", .0.as_str())]
    ReasonMissing(Step),
    #[error("only the person, whoever gives it, or a manager can say “{}”", .0.as_str())]
    NotYours(Step),
    #[error("whoever gives it, or a manager, says “{}”", .0.as_str())]
    Givers(Step),
    #[error("a manager says “{}”", .0.as_str())]
    Managers(Step),
    #[error("not yet: it comes after {}", .0.join(", "))]
    Before(Vec<String>),
    #[error("{title}{}", if .ways.is_empty() { String::new() } else { format!(" What is allowed: {}.", .ways.join("; ")) })]
    Forbidden { title: String, ways: Vec<String> },
    #[error("somebody else says that it works: write down what shows it")]
    EvidenceMissing,
    #[error("the {} side confirms that it is gone; or say how you know: a sign-in that was refused, or who of them said so, with a note of when and where", .0.as_str())]
    OtherSideConfirms(Side),
    #[error("that is longer than {MAX_TEXT} characters")]
    TooLong,
    #[error("the number of a request has at most {MAX_TICKET} characters")]
    Ticket,
    #[error("“{0}” is kept in one line of at most {MAX_TICKET} characters")]
    Detail(String),
    #[error("“{0}” is not kept of this access")]
    NoDetail(String),
    #[error("the end is before today")]
    Past,
    #[error("no policy forbids this to them")]
    NothingToExcept,
    #[error("this policy has no exceptions")]
    NoExceptions,
    #[error("only what still works can be carried over")]
    NotLive,
    #[error("no licence is left: end somebody else’s access first, or count how many there are again")]
    NoLicence,
    #[error("“{0}” is each person’s own, and somebody else has this one: what is shared is refused, and that is in the record")]
    Shared(String),
    #[error("nobody gets this in person: it has no appointment")]
    NotInPerson,
    #[error("where the appointment is stands in one line of at most {MAX_PLACE} characters")]
    Place,
    #[error("the appointment is before today")]
    AppointmentPast,
    #[error("they are not on the engagement on the day of the appointment")]
    NotHere,
    #[error("the side that gives it does not work on {0}: choose another day for the appointment")]
    DayOff(Date),
    #[error("they do not work on {0}: choose another day for the appointment")]
    OwnDayOff(Date),
}

/// Who asks for a move, as seen from one grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hand {
    /// It is their own access.
    pub mine: bool,
    /// They give and take it.
    pub gives: bool,
    /// They manage access for everybody.
    pub manages: bool,
    pub side: Side,
}

/// A move, as somebody asks for it. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub to: Option<Step>,
    pub note: Option<String>,
    pub ticket: Option<String>,
    /// Those of the kit's details that are set; an empty text takes one away.
    pub details: BTreeMap<String, String>,
    /// When they get it in person; `Some(None)` takes the appointment away.
    pub appointment: Option<Option<Appointment>>,
    /// The last day on which it works; `Some(None)` has no end.
    pub until: Option<Option<Date>>,
    /// How it is known that it is gone, where another side gives it.
    pub shown: Option<Shown>,
}

/// What a tool answered when it was asked about one person's access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    pub lets_in: bool,
    /// In words, as evidence: `sign-in refused: account disabled`.
    pub said: String,
}

/// What a move has to know besides the grant.
pub struct Around<'a> {
    pub by: &'a PersonId,
    pub hand: Hand,
    pub now: Timestamp,
    pub today: Date,
    /// The side that gives the resource.
    pub giving_side: Side,
    /// What the kit asks to keep of it.
    pub details: &'a [String],
    /// Titles of resources that come before it and do not work yet.
    pub before: Vec<String>,
    /// Something besides their own word shows that it is gone.
    pub shown: bool,
    /// As many have it already as there are licences.
    pub full: bool,
    /// What is each person's own and would be somebody else's too, by what it is called.
    pub shared: Option<String>,
    /// Whether an appointment that is asked for can be.
    pub booked: Result<(), Refused>,
    /// What forbids it to this person, with the ways that are allowed.
    pub forbidden: Option<(&'a Policy, Vec<String>)>,
}

impl Grant {
    /// Whether it stands already as somebody asks for it.
    pub fn is_as(&self, ask: &Ask) -> bool {
        ask.to.is_none_or(|to| to == self.step)
            && ask.note.as_ref().is_none_or(|note| note.trim() == self.note)
            && ask.ticket.as_ref().is_none_or(|ticket| ticket.trim() == self.ticket)
            && ask.appointment.as_ref().is_none_or(|booked| *booked == self.appointment)
            && ask.until.is_none_or(|until| until == self.until)
            && ask.details.iter().all(|(name, text)| self.details.get(name).map_or("", String::as_str) == text.trim())
    }

    /// The grant after the move.
    pub fn take(mut self, ask: &Ask, around: &Around<'_>) -> Result<Self, Refused> {
        let trimmed = |text: &Option<String>| text.as_deref().map(str::trim).unwrap_or_default().to_owned();
        let note = trimmed(&ask.note);
        if note.chars().count() > MAX_TEXT {
            return Err(Refused::TooLong);
        }
        if let Some(ticket) = &ask.ticket {
            let ticket = ticket.trim();
            if ticket.chars().count() > MAX_TICKET {
                return Err(Refused::Ticket);
            }
            ticket.clone_into(&mut self.ticket);
        }
        let says_more = !ask.details.is_empty() || ask.appointment.is_some();
        if says_more && !(around.hand.mine || around.hand.gives || around.hand.manages) {
            return Err(Refused::NotYours(self.step));
        }
        let told =
            |name: &String| ask.details.get(name).is_some_and(|text| self.details.get(name).map_or("", String::as_str) != text.trim());
        let says_it = around.forbidden.as_ref().and_then(|(policy, _)| policy.detail.as_ref()).is_some_and(|detail| told(&detail.name));
        for (name, text) in &ask.details {
            let text = text.trim();
            if !around.details.contains(name) {
                return Err(Refused::NoDetail(name.clone()));
            }
            if !text.is_empty() && !is_plain(text, MAX_TICKET) {
                return Err(Refused::Detail(name.clone()));
            }
            self.details.insert(name.clone(), text.to_owned());
        }
        self.details.retain(|_, text| !text.is_empty());
        if let Some(name) = &around.shared {
            return Err(Refused::Shared(name.clone()));
        }
        // What it says of their access is what is not allowed: that is refused also where nothing else moves.
        if let Some((policy, ways)) = around.forbidden.as_ref().filter(|_| says_it) {
            return Err(Refused::Forbidden { title: policy.title.clone(), ways: ways.clone() });
        }
        if let Some(booked) = ask.appointment.as_ref().filter(|booked| **booked != self.appointment) {
            around.booked.clone()?;
            self.appointment.clone_from(booked);
        }
        let moves = ask.to.filter(|to| *to != self.step);
        if let Some(until) = ask.until {
            if until.is_some_and(|until| until < around.today) {
                return Err(Refused::Past);
            }
            self.until = until;
        }
        match moves {
            Some(to) => self = self.enter(to, note, ask.shown.as_ref(), around)?,
            // Details alone are for those who manage or give it, and for the person's own request.
            None if !(around.hand.manages || around.hand.gives || (around.hand.mine && ask.until.is_none())) => {
                return Err(Refused::NotYours(self.step));
            }
            None if ask.note.is_some() => self.note = note,
            None => {}
        }
        self.version += 1;
        Ok(self)
    }

    fn enter(mut self, to: Step, note: String, shown: Option<&Shown>, around: &Around<'_>) -> Result<Self, Refused> {
        if !self.step.next().contains(&to) {
            return Err(Refused::NotNext(self.step, to));
        }
        let Hand { mine, gives, manages, side } = around.hand;
        match to {
            Step::Needed | Step::Requested | Step::Verified | Step::Broken | Step::RevokeRequested if !(mine || gives || manages) => {
                return Err(Refused::NotYours(to));
            }
            // Whoever cannot use it any more says so themselves.
            Step::Granted if self.step == Step::Verified && mine => {}
            Step::Approved | Step::Granted | Step::Rejected | Step::Suspended | Step::Revoked | Step::RevocationConfirmed
                if !(gives || manages) =>
            {
                return Err(Refused::Givers(to));
            }
            Step::Withdrawn | Step::Waived if !manages => return Err(Refused::Managers(to)),
            _ => {}
        }
        let asks_why = matches!(to, Step::Rejected | Step::Broken | Step::Suspended | Step::Withdrawn | Step::Waived)
            || (to == Step::Granted && self.step == Step::Verified);
        if asks_why && note.is_empty() {
            return Err(Refused::ReasonMissing(to));
        }
        let gains = matches!(to, Step::Requested | Step::Approved | Step::Granted | Step::Verified);
        if let (true, Some((policy, ways))) = (gains, &around.forbidden) {
            return Err(Refused::Forbidden { title: policy.title.clone(), ways: ways.clone() });
        }
        if matches!(to, Step::Granted | Step::Verified) && !around.before.is_empty() && !matches!(self.step, Step::Verified | Step::Broken)
        {
            return Err(Refused::Before(around.before.clone()));
        }
        if around.full && to.takes_licence() && !to.is_ending() && !self.step.takes_licence() {
            return Err(Refused::NoLicence);
        }
        let alone = side != around.giving_side;
        if to == Step::RevocationConfirmed && alone && (note.is_empty() || !around.shown) {
            return Err(Refused::OtherSideConfirms(around.giving_side));
        }
        self.how = match to {
            Step::Verified if mine => Some(How::Person),
            Step::Verified if gives => Some(How::Administrator),
            Step::Verified if note.is_empty() => return Err(Refused::EvidenceMissing),
            Step::Verified => Some(How::Evidence),
            Step::RevocationConfirmed if !alone => Some(How::Administrator),
            Step::RevocationConfirmed => Some(if matches!(shown, Some(Shown::Word(_))) { How::Word } else { How::Refused }),
            _ => None,
        };
        self.word_of = match shown {
            Some(Shown::Word(person)) if self.how == Some(How::Word) => Some(person.clone()),
            _ => None,
        };
        if matches!(to, Step::Needed | Step::RevocationConfirmed) {
            self.carried = None;
        }
        self.step = to;
        self.since = around.now;
        self.by = Some(around.by.clone());
        self.note = note;
        Ok(self)
    }

    /// The grant after Tminus itself asked the tool whether it lets the person in. `None` where that says nothing new.
    pub fn probed(mut self, answer: &Probed, now: Timestamp) -> Option<Self> {
        let to = match (self.step, answer.lets_in) {
            (Step::Granted | Step::Broken, true) => Step::Verified,
            (Step::Revoked, false) => Step::RevocationConfirmed,
            // It was said to be gone and is not.
            (Step::Revoked, true) => Step::RevokeRequested,
            _ => return None,
        };
        self.step = to;
        self.since = now;
        self.by = None;
        self.how = matches!(to, Step::Verified | Step::RevocationConfirmed).then_some(How::Probe);
        self.note = answer.said.trim().chars().take(MAX_TEXT).collect();
        if to == Step::RevocationConfirmed {
            self.carried = None;
        }
        self.version += 1;
        Some(self)
    }

    /// The grant with leave to do what a policy forbids, until a day.
    pub fn except(mut self, policy: Option<&Policy>, exception: Exception, today: Date) -> Result<Self, Refused> {
        let policy = policy.ok_or(Refused::NothingToExcept)?;
        if policy.exception_by.is_none() {
            return Err(Refused::NoExceptions);
        }
        if exception.until < today {
            return Err(Refused::Past);
        }
        if exception.reason.trim().is_empty() {
            return Err(Refused::ReasonMissing(self.step));
        }
        if exception.reason.chars().count() > MAX_TEXT {
            return Err(Refused::TooLong);
        }
        self.exception = Some(exception);
        self.version += 1;
        Ok(self)
    }

    /// The grant that outlives the engagement: somebody answers for it until a day.
    pub fn carry(mut self, owner: PersonId, until: Date, mark: Mark, today: Date) -> Result<Self, Refused> {
        if !self.step.is_live() {
            return Err(Refused::NotLive);
        }
        if until < today {
            return Err(Refused::Past);
        }
        self.until = Some(until);
        self.carried = Some(Carried { owner, until, mark });
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::access::Policy;

    fn grant(step: Step) -> Grant {
        Grant { step, ..Grant::needed("dee".into(), "vpn".into(), Timestamp::UNIX_EPOCH) }
    }

    fn today() -> Date {
        "2026-01-12".parse().unwrap()
    }

    fn around(by: &PersonId, hand: Hand) -> Around<'_> {
        Around {
            by,
            hand,
            now: "2026-01-12T09:00:00Z".parse().unwrap(),
            today: today(),
            giving_side: Side::Customer,
            details: &[],
            before: Vec::new(),
            shown: false,
            full: false,
            shared: None,
            booked: Ok(()),
            forbidden: None,
        }
    }

    const MANAGES: Hand = Hand { mine: false, gives: false, manages: true, side: Side::Delivery };
    const MINE: Hand = Hand { mine: true, gives: false, manages: false, side: Side::Delivery };
    const GIVES: Hand = Hand { mine: false, gives: true, manages: false, side: Side::Customer };

    fn go(step: Step, to: Step, note: &str, hand: Hand) -> Result<Grant, Refused> {
        let by = PersonId::from("x");
        grant(step).take(&Ask { to: Some(to), note: Some(note.to_owned()), ..Ask::default() }, &around(&by, hand))
    }

    #[test]
    fn a_whole_life_is_gone_through_by_those_whose_turn_it_is() {
        let by = PersonId::from("x");
        let life = [
            (Step::Requested, MINE, ""),
            (Step::Approved, GIVES, ""),
            (Step::Granted, GIVES, ""),
            (Step::Verified, MINE, ""),
            (Step::RevokeRequested, MANAGES, ""),
            (Step::Revoked, GIVES, ""),
            (Step::RevocationConfirmed, GIVES, ""),
        ];
        let end = life.into_iter().fold(grant(Step::Needed), |grant, (to, hand, note)| {
            let ask = Ask { to: Some(to), note: Some(note.to_owned()), ..Ask::default() };
            grant.take(&ask, &around(&by, hand)).unwrap()
        });
        assert_eq!((end.step, end.version), (Step::RevocationConfirmed, 8));
    }

    #[test]
    fn nobody_gives_themselves_access_and_we_alone_do_not_confirm_its_end() {
        assert_eq!(go(Step::Requested, Step::Granted, "", MINE).unwrap_err(), Refused::Givers(Step::Granted));
        assert_eq!(go(Step::Revoked, Step::RevocationConfirmed, "", MANAGES).unwrap_err(), Refused::OtherSideConfirms(Side::Customer));
        let alone = go(Step::Revoked, Step::RevocationConfirmed, "it is gone, I think", MANAGES).unwrap_err();
        assert_eq!(alone, Refused::OtherSideConfirms(Side::Customer), "a note alone is our own word");
        assert_eq!(go(Step::Needed, Step::Revoked, "", MANAGES).unwrap_err(), Refused::NotNext(Step::Needed, Step::Revoked));
    }

    #[test]
    fn how_it_was_shown_to_work_is_kept() {
        assert_eq!(go(Step::Granted, Step::Verified, "", MINE).unwrap().how, Some(How::Person));
        assert_eq!(go(Step::Granted, Step::Verified, "", GIVES).unwrap().how, Some(How::Administrator));
        assert_eq!(go(Step::Granted, Step::Verified, "", MANAGES).unwrap_err(), Refused::EvidenceMissing);
        assert_eq!(go(Step::Granted, Step::Verified, "a screen picture", MANAGES).unwrap().how, Some(How::Evidence));
    }

    #[test]
    fn how_it_was_shown_to_be_gone_is_kept() {
        assert_eq!(go(Step::Revoked, Step::RevocationConfirmed, "", GIVES).unwrap().how, Some(How::Administrator));
        let by = PersonId::from("x");
        let shown = Around { shown: true, ..around(&by, MANAGES) };
        let gone = |shown_by, note: &str| {
            let ask = Ask { to: Some(Step::RevocationConfirmed), note: Some(note.to_owned()), shown: Some(shown_by), ..Ask::default() };
            grant(Step::Revoked).take(&ask, &shown).map(|it| (it.how, it.word_of))
        };
        assert_eq!(gone(Shown::Refused, "refused on 12 January, 10:02"), Ok((Some(How::Refused), None)));
        assert_eq!(gone(Shown::Word("bob".into()), "in the call of 12 January"), Ok((Some(How::Word), Some("bob".into()))));
        assert_eq!(gone(Shown::Refused, " "), Err(Refused::OtherSideConfirms(Side::Customer)), "when and where is said too");
    }

    #[test]
    fn a_tool_that_was_asked_shows_that_access_works_or_is_gone_and_decides_nothing_else() {
        let now = "2026-01-12T09:00:00Z".parse().unwrap();
        let asked = |step, lets_in| grant(step).probed(&Probed { lets_in, said: " 401 ".to_owned() }, now).map(|it| (it.step, it.how));
        assert_eq!(asked(Step::Granted, true), Some((Step::Verified, Some(How::Probe))));
        assert_eq!(asked(Step::Revoked, false), Some((Step::RevocationConfirmed, Some(How::Probe))));
        assert_eq!(asked(Step::Revoked, true), Some((Step::RevokeRequested, None)));
        for (step, lets_in) in [(Step::Needed, true), (Step::Requested, true), (Step::Granted, false), (Step::Verified, false)] {
            assert_eq!(asked(step, lets_in), None, "{step:?}");
        }
        assert_eq!(grant(Step::Granted).probed(&Probed { lets_in: true, said: " 200 ".to_owned() }, now).unwrap().note, "200");
    }

    #[test]
    fn what_the_kit_asks_to_keep_is_kept_and_nothing_else() {
        let (by, kept) = (PersonId::from("x"), ["Asset tag".to_owned(), "Returned on".to_owned()]);
        let around = Around { details: &kept, ..around(&by, MINE) };
        let tell = |grant: Grant, name: &str, text: &str| {
            grant.take(&Ask { details: [(name.to_owned(), text.to_owned())].into(), ..Ask::default() }, &around)
        };
        let tagged = tell(grant(Step::Granted), "Asset tag", " L-4711 ").unwrap();
        assert_eq!((tagged.details["Asset tag"].as_str(), tagged.version), ("L-4711", 2));
        let both = tell(tagged, "Returned on", "2026-03-31, receipt 12").unwrap();
        assert_eq!(both.details.len(), 2);
        assert_eq!(tell(both, "Asset tag", " ").unwrap().details.len(), 1, "an empty text takes one away");
        assert_eq!(tell(grant(Step::Granted), "Password", "x").unwrap_err(), Refused::NoDetail("Password".to_owned()));
        for text in ["two\nlines", &"x".repeat(MAX_TICKET + 1)] {
            assert_eq!(tell(grant(Step::Granted), "Asset tag", text).unwrap_err(), Refused::Detail("Asset tag".to_owned()));
        }
    }

    #[test]
    fn what_asks_for_a_reason_gets_one() {
        assert_eq!(go(Step::Granted, Step::Broken, " ", MINE).unwrap_err(), Refused::ReasonMissing(Step::Broken));
        assert!(go(Step::Verified, Step::Broken, "the second factor is refused", MINE).is_ok());
        for to in [Step::Rejected, Step::Withdrawn, Step::Waived] {
            assert_eq!(go(Step::Requested, to, " ", MANAGES).unwrap_err(), Refused::ReasonMissing(to));
            assert!(go(Step::Requested, to, "no longer on site", MANAGES).is_ok());
        }
        assert!(go(Step::Verified, Step::Granted, "", MINE).is_err());
    }

    #[test]
    fn chains_and_policies_stop_what_they_should_and_say_what_is_allowed() {
        let by = PersonId::from("x");
        let waits = Around { before: vec!["Network account".to_owned()], ..around(&by, MANAGES) };
        let ask = |to| Ask { to: Some(to), ..Ask::default() };
        assert!(grant(Step::Needed).take(&ask(Step::Requested), &waits).is_ok(), "it can be asked for early");
        let refused = grant(Step::Requested).take(&ask(Step::Granted), &waits).unwrap_err();
        assert_eq!(refused.to_string(), "not yet: it comes after Network account");
        let policy = Policy {
            id: "vpn".into(),
            title: "A customer VPN is not allowed on a device of the delivery side.".to_owned(),
            refuses: "vpn".into(),
            each: "person where device = delivery".parse().unwrap(),
            detail: None,
            when: None,
            instead: vec![],
            ways: vec![],
            exception_by: None,
            src: String::new(),
        };
        let forbids = Around { forbidden: Some((&policy, vec!["Virtual workspace".to_owned()])), ..around(&by, MANAGES) };
        let refused = grant(Step::Needed).take(&ask(Step::Requested), &forbids).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "A customer VPN is not allowed on a device of the delivery side. What is allowed: Virtual workspace."
        );
        // What is there already can always be taken away.
        assert!(grant(Step::Granted).take(&ask(Step::Revoked), &forbids).is_ok());
    }

    #[test]
    fn who_has_no_licence_gets_none_where_none_is_left_and_who_has_one_keeps_it() {
        let by = PersonId::from("x");
        let full = Around { full: true, ..around(&by, GIVES) };
        let go = |step, to| grant(step).take(&Ask { to: Some(to), ..Ask::default() }, &full).map(|it| it.step);
        for (step, to) in [(Step::Needed, Step::Granted), (Step::Requested, Step::Approved), (Step::Requested, Step::Verified)] {
            assert_eq!(go(step, to), Err(Refused::NoLicence), "{step:?}");
        }
        for (step, to) in [
            (Step::Needed, Step::Requested),
            (Step::Approved, Step::Granted),
            (Step::Granted, Step::Verified),
            (Step::Revoked, Step::RevocationConfirmed),
            // It was said to be gone, and has to go again.
            (Step::RevocationConfirmed, Step::RevokeRequested),
        ] {
            assert_eq!(go(step, to), Ok(to), "{step:?}");
        }
    }

    #[test]
    fn every_step_leads_somewhere_and_none_to_itself() {
        for step in Step::ALL {
            assert!(!step.next().is_empty() && !step.next().contains(step), "{step:?}");
        }
    }
}
