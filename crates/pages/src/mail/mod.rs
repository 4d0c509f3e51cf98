//! Letters in words, and the outbox where they can be read.

mod ladder;
mod outbox;

use askama::Template;
use jiff::tz::TimeZone;
use tminus_domain::{
    access::Step,
    mail::{
        AccessLine, DigestPart, Letter, Message, Secret, SecurityChange,
        reminder::{Reason, Reminder},
    },
};

use crate::{
    access::{step_mark, waiting::doing},
    routes::Table,
    when,
    words::Words,
};

pub(crate) fn routes(table: Table) -> Table {
    ladder::routes(outbox::routes(table))
}

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What both forms of a letter say.
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Sheet<'a> {
    subject: String,
    hello: String,
    lines: Vec<String>,
    /// Where to press, and what it says.
    open: Option<(Words, String)>,
    /// To be typed elsewhere.
    code: Option<&'a str>,
    /// What is to be done on each engagement.
    parts: Vec<Part>,
    /// What stands under it.
    under: String,
    foot: String,
}

/// What is to be done on one engagement.
struct Part {
    title: String,
    rows: Vec<Row>,
    open: String,
}

/// One thing to do.
struct Row {
    why: Words,
    title: String,
    due: String,
}

/// Writes a letter. `address` is where people reach this Tminus, such as `https://tminus.example.com`.
#[must_use]
pub fn write(letter: &Letter, address: &str) -> Written {
    let mut sheet = Sheet {
        subject: subject(letter),
        hello: t!("mail.hello").with("name", &letter.name).into(),
        lines: Vec::new(),
        open: None,
        code: None,
        parts: Vec::new(),
        under: String::new(),
        foot: t!("mail.foot").with("address", address).into(),
    };
    match &letter.message {
        Message::Link { engagement, customer, from, secret, until, day } => {
            sheet.lines.push(t!("mail.link.what").with("from", from).with("engagement", engagement).with("customer", customer).into());
            sheet.open = Some((t!("mail.link.open"), format!("{address}/l/{}", secret.0)));
            sheet.under =
                t!("mail.link.yours").with("day", when::full_day(day.unwrap_or_else(|| until.to_zoned(TimeZone::UTC).date()))).into();
        }
        Message::Code { engagement, code } => {
            sheet.lines.push(t!("mail.code.what").with("engagement", engagement).into());
            sheet.code = Some(&code.0);
            sheet.under = t!("mail.code.not_you").into();
        }
        Message::Security { change, at, by } => {
            let (what, at) = (change_words(change), at.to_zoned(TimeZone::UTC));
            let at = format!("{}, {:02}:{:02} UTC", when::full_day(at.date()), at.hour(), at.minute());
            let told = match by {
                Some(by) => t!("mail.security.by").with("what", what).with("at", at).with("name", by),
                None => t!("mail.security.what").with("what", what).with("at", at),
            };
            sheet.lines.push(told.into());
            sheet.under = t!("mail.security.not_you").with("address", format!("{address}/settings")).into();
        }
        Message::Access { .. } | Message::Excepted { .. } | Message::AtOnce { .. } => on_access(&mut sheet, letter, address),
        Message::Digest { parts } => {
            sheet.parts = parts.iter().map(|part| self::part(part, address)).collect();
            let by_link = parts.iter().any(|part| part.secret.is_some());
            let own = || t!("mail.digest.under").with("address", format!("{address}/settings")).into();
            sheet.under = if by_link { t!("mail.digest.under_link").into() } else { own() };
        }
    }
    let text = sheet.text();
    // Writing into memory does not fail.
    let html = sheet.render().unwrap_or_default();
    Written { subject: sheet.subject, text, html }
}

/// Fills in what a letter on access says.
fn on_access(sheet: &mut Sheet<'_>, letter: &Letter, address: &str) {
    match &letter.message {
        Message::Access { engagement, customer, from, lines, secret } => {
            sheet.lines.push(t!("mail.access.what").with("from", from).with("engagement", engagement).with("customer", customer).into());
            let open = opened(letter, address, secret.as_ref(), "access");
            sheet.parts = vec![Part { title: String::new(), rows: lines.iter().map(access_row).collect(), open }];
            sheet.under = t!("mail.access.under").into();
        }
        Message::Excepted { engagement, customer, from, whose, resource, until, why, secret } => {
            let what = t!("mail.excepted.what").with("from", from).with("name", whose).with("resource", resource);
            sheet.lines.push(what.with("engagement", engagement).with("customer", customer).with("day", when::full_day(*until)).into());
            sheet.lines.push(t!("mail.at_once.why").with("why", why).into());
            sheet.open = Some((t!("mail.excepted.open"), opened(letter, address, secret.as_ref(), "access")));
            sheet.under = t!("mail.excepted.under").with("from", from).into();
        }
        Message::AtOnce { engagement, customer, from, whose, why, lines, secret } => {
            let what = t!("mail.at_once.what").with("from", from).with("name", whose).with("engagement", engagement);
            sheet.lines.push(what.with("customer", customer).into());
            sheet.lines.extend((!why.is_empty()).then(|| t!("mail.at_once.why").with("why", why).into()));
            let row = |title: &String| Row { why: step_mark(Step::RevokeRequested).word, title: title.clone(), due: String::new() };
            let open = opened(letter, address, secret.as_ref(), "access/revoke");
            sheet.parts = vec![Part { title: String::new(), rows: lines.iter().map(row).collect(), open }];
            sheet.under = if lines.is_empty() { t!("mail.at_once.none").into() } else { t!("mail.at_once.under").into() };
        }
        _ => {}
    }
    if letter.message.opens() {
        sheet.under = format!("{} {}", sheet.under, t!("mail.by_link"));
    }
}

/// Where a letter leads: by its reader's own link, or to a page of the engagement for whoever signs in.
fn opened(letter: &Letter, address: &str, secret: Option<&Secret>, page: &str) -> String {
    match (secret, &letter.engagement) {
        (Some(secret), _) => format!("{address}/l/{}", secret.0),
        (None, Some(engagement)) => format!("{address}/engagements/{engagement}/{page}"),
        (None, None) => address.to_owned(),
    }
}

/// What a list of letters shows of one: nothing that opens something.
fn subject(letter: &Letter) -> String {
    match &letter.message {
        Message::Link { engagement, customer, .. } => {
            t!("mail.link.subject").with("engagement", engagement).with("customer", customer).into()
        }
        Message::Code { engagement, .. } => t!("mail.code.subject").with("engagement", engagement).into(),
        Message::Digest { parts } => digest_subject(parts),
        Message::Security { change, .. } => change_words(change),
        Message::Excepted { customer, whose, .. } => t!("mail.excepted.subject").with("name", whose).with("customer", customer).into(),
        Message::AtOnce { customer, whose, .. } => t!("mail.at_once.subject").with("name", whose).with("customer", customer).into(),
        Message::Access { customer, lines, .. } => {
            t!("mail.access.subject.one").or_many(t!("mail.access.subject.many"), lines.len()).with("customer", customer).into()
        }
    }
}

/// What changed, as a sentence without its full stop.
fn change_words(change: &SecurityChange) -> String {
    match change {
        SecurityChange::PasskeyAdded { title } => t!("mail.security.passkey_added").with("title", title).into(),
        SecurityChange::PasskeyRemoved { title } => t!("mail.security.passkey_removed").with("title", title).into(),
        SecurityChange::AllPasskeysRemoved => t!("mail.security.passkeys_removed").into(),
        SecurityChange::PasswordChanged => t!("mail.security.password_changed").into(),
        SecurityChange::AddressChanged => t!("mail.security.address_changed").into(),
        SecurityChange::AddressesChanged => t!("mail.security.addresses_changed").into(),
        SecurityChange::SecondFactorSet => t!("mail.security.factor_set").into(),
        SecurityChange::SecondFactorEnded => t!("mail.security.factor_ended").into(),
    }
}

/// `3 things for you at Northwind, 1 late`
fn digest_subject(parts: &[DigestPart]) -> String {
    let all = || parts.iter().flat_map(|part| &part.reminders);
    let late = all().filter(|it| matches!(it.reason, Reason::Late | Reason::Leads | Reason::Escalates)).count();
    let mut customers: Vec<_> = parts.iter().map(|part| part.customer.as_str()).collect();
    customers.dedup();
    let things = t!("mail.digest.subject.one").or_many(t!("mail.digest.subject.many"), all().count());
    let things = things.with("customers", customers.join(", ")).to_string();
    if late == 0 { things } else { t!("mail.digest.subject_late").with("things", things).with("late", late).into() }
}

fn part(part: &DigestPart, address: &str) -> Part {
    let row = |it: &Reminder| Row {
        why: reason(it.reason),
        title: match &it.access {
            Some(waits) => format!("{}: {}", doing(waits.turn), it.title),
            None if it.holding.is_some() => t!("mail.digest.close").with("title", &it.title).into(),
            None => it.title.clone(),
        },
        due: it.due.map(|due| t!("mail.digest.due").with("day", when::day(due)).into()).unwrap_or_default(),
    };
    Part {
        title: t!("mail.digest.part").with("engagement", &part.title).with("customer", &part.customer).into(),
        rows: part.reminders.iter().map(row).collect(),
        open: match &part.secret {
            Some(secret) => format!("{address}/l/{}", secret.0),
            None if part.reminders.iter().all(|it| it.access.is_some()) => format!("{address}/engagements/{}/access", part.engagement),
            None if part.reminders.iter().all(|it| it.access.is_some() || it.holding.is_some()) => {
                format!("{address}/engagements/{}/access/revoke?all=1", part.engagement)
            }
            None => format!("{address}/engagements/{}/checklist?mine=1", part.engagement),
        },
    }
}

fn access_row(line: &AccessLine) -> Row {
    let note = if line.note.is_empty() { String::new() } else { format!(": {}", line.note) };
    Row { why: step_mark(line.step).word, title: line.resource.clone(), due: note }
}

fn reason(reason: Reason) -> Words {
    match reason {
        Reason::Escalates => t!("mail.digest.escalates"),
        Reason::Leads => t!("mail.digest.leads"),
        Reason::Late => t!("mail.digest.late"),
        Reason::DueToday => t!("mail.digest.today"),
        Reason::DueSoon => t!("mail.digest.soon"),
        Reason::ToAccept => t!("mail.digest.accept"),
        Reason::New => t!("mail.digest.new"),
        Reason::Written => t!("mail.digest.written"),
        Reason::Moved => t!("mail.digest.moved"),
    }
}

impl Sheet<'_> {
    fn text(&self) -> String {
        let mut parts = vec![self.hello.clone()];
        parts.extend(self.lines.iter().cloned());
        parts.extend(self.open.as_ref().map(|(words, address)| format!("{words}:\n{address}")));
        parts.extend(self.code.map(str::to_owned));
        for part in &self.parts {
            let rows = part.rows.iter().map(|row| format!("- {}: {}{}\n", row.why, row.title, row.due));
            let title = if part.title.is_empty() { String::new() } else { format!("{}\n\n", part.title) };
            parts.push(format!("{title}{}\n{}:\n{}", rows.collect::<String>(), t!("mail.link.open"), part.open));
        }
        parts.push(self.under.clone());
        parts.push(format!("-- \n{}", self.foot));
        parts.join("\n\n") + "\n"
    }
}

#[cfg(test)]
mod tests {
    use tminus_domain::{
        access::turn::{Turn, Waiting},
        mail::Secret,
    };

    use super::*;

    fn letter(message: Message) -> Letter {
        Letter {
            id: "l".into(),
            person: "bob".into(),
            engagement: Some("e".into()),
            name: "Bob <b>Harper</b>".to_owned(),
            address: "bob@northwind.example".to_owned(),
            message,
            written_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        }
    }

    fn link() -> Message {
        Message::Link {
            engagement: "Mobilize & more".to_owned(),
            customer: "Northwind".to_owned(),
            from: "Ann".to_owned(),
            secret: Secret("s3cr3t".to_owned()),
            until: "2026-12-23T20:00:00Z".parse().unwrap(),
            day: Some("2026-12-24".parse().unwrap()),
        }
    }

    #[test]
    fn a_letter_says_the_same_as_text_and_as_html_in_which_names_are_text() {
        let written = write(&letter(link()), "https://tminus.example.com");
        assert_eq!(written.subject, "Your link for Mobilize & more, Northwind");
        for part in ["https://tminus.example.com/l/s3cr3t", "Ann", "Thu 24 Dec 2026"] {
            assert!(written.text.contains(part) && written.html.contains(part), "{part}: {}\n{}", written.text, written.html);
        }
        assert!(written.text.contains("Bob <b>Harper</b>") && !written.html.contains("<b>Harper"), "{}", written.html);
    }

    #[test]
    fn access_that_ends_at_once_and_access_that_waits_say_what_to_do_and_where() {
        let at_once = letter(Message::AtOnce {
            engagement: "Mobilize".to_owned(),
            customer: "Northwind".to_owned(),
            from: "Ann".to_owned(),
            whose: "Dee".to_owned(),
            why: "a badge was found".to_owned(),
            lines: vec!["VPN".to_owned()],
            secret: None,
        });
        let written = write(&at_once, "https://tminus.example.com");
        assert_eq!(written.subject, "At once: the access of Dee ends today, Northwind");
        for part in ["a badge was found", "To revoke: VPN", "https://tminus.example.com/engagements/e/access/revoke"] {
            assert!(written.text.contains(part), "{part}: {}", written.text);
        }
        let waits = Waiting { turn: Turn::Give, person: "dee".into(), resource: "vpn".into() };
        let told =
            Reminder { reason: Reason::New, item: "".into(), title: "VPN, Dee".to_owned(), due: None, access: Some(waits), holding: None };
        let part = DigestPart {
            engagement: "e".into(),
            title: "Mobilize".to_owned(),
            customer: "Northwind".to_owned(),
            reminders: vec![told],
            secret: None,
        };
        let written = write(&letter(Message::Digest { parts: vec![part] }), "https://tminus.example.com");
        for part in ["Give it: VPN, Dee", "https://tminus.example.com/engagements/e/access"] {
            assert!(written.text.contains(part), "{part}: {}", written.text);
        }
    }

    #[test]
    fn a_digest_says_how_much_is_late_in_its_subject_and_what_in_both_forms() {
        let told = |reason, title: &str, due: Option<&str>| Reminder {
            reason,
            item: title.into(),
            title: title.to_owned(),
            due: due.map(|due| due.parse().unwrap()),
            access: None,
            holding: None,
        };
        let part = |secret: Option<&str>| DigestPart {
            engagement: "e".into(),
            title: "Mobilize".to_owned(),
            customer: "Northwind".to_owned(),
            reminders: vec![
                told(Reason::Late, "Order <badges>", Some("2026-11-20")),
                told(Reason::DueToday, "Agree the date", Some("2026-11-23")),
                told(Reason::New, "Name a sponsor", None),
            ],
            secret: secret.map(|it| Secret(it.to_owned())),
        };
        let digest = |secret| write(&letter(Message::Digest { parts: vec![part(secret)] }), "https://tminus.example.com");
        let own = digest(None);
        assert_eq!(own.subject, "3 things for you at Northwind, 1 late");
        assert!(own.text.contains("- Late: Order <badges>, due Fri 20 Nov\n- Due today: Agree the date"), "{}", own.text);
        assert!(
            own.html.contains("Order &#60;badges&#62;") && own.text.contains("https://tminus.example.com/engagements/e/checklist?mine=1")
        );
        assert!(own.text.contains("https://tminus.example.com/settings"));
        let by_link = digest(Some("s3cr3t"));
        assert!(by_link.text.contains("https://tminus.example.com/l/s3cr3t") && by_link.html.contains("/l/s3cr3t"));
        assert!(!by_link.text.contains("/settings"), "visitors by link have none: {}", by_link.text);
    }

    #[test]
    fn a_letter_on_how_one_signs_in_says_what_changed_when_by_whom_and_what_to_do() {
        let at = "2026-11-23T08:05:00Z".parse().unwrap();
        let told = |change, by: Option<&str>| {
            write(&letter(Message::Security { change, at, by: by.map(str::to_owned) }), "https://tminus.example.com")
        };
        let added = told(SecurityChange::PasskeyAdded { title: "<Phone>".to_owned() }, None);
        assert_eq!(added.subject, "The passkey “<Phone>” was added to your account");
        for part in ["Mon 23 Nov 2026, 08:05 UTC", "https://tminus.example.com/settings"] {
            assert!(added.text.contains(part) && added.html.contains(part), "{part}: {}", added.text);
        }
        assert!(added.html.contains("&#60;Phone&#62;") && !added.text.contains("by Ann"), "{}", added.html);
        let ended = told(SecurityChange::SecondFactorEnded, Some("Ann"));
        assert!(ended.text.contains("Your second factor was taken away") && ended.text.contains("by Ann"), "{}", ended.text);
    }

    #[test]
    fn a_secret_is_not_in_a_subject() {
        for message in [link(), Message::Code { engagement: "Mobilize".to_owned(), code: Secret("135790".to_owned()) }] {
            let written = write(&letter(message), "https://tminus.example.com");
            assert!(!written.subject.contains("s3cr3t") && !written.subject.contains("135790"), "{}", written.subject);
            assert!(written.text.contains("s3cr3t") != written.text.contains("135790"), "{}", written.text);
        }
    }
}
