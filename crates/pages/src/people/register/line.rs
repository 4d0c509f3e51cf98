//! One person of the register.

use tminus_domain::{
    engagement::{Engagement, setup::Workstream},
    ids::{PersonId, RoleId, WorkstreamId},
    kit::Side,
    people::{Member, Person, part::Part},
    rights::{Function, PracticeRole, Right, link::Link},
};

use crate::{caller::Caller, checklist::sheet::side, engagement::desk::Desk, mark::Face, people::function_words, when, words::Words};

/// One person in the matrix.
pub(super) struct Line {
    pub(super) person: PersonId,
    pub(super) face: Face,
    pub(super) function: Words,
    pub(super) roles: String,
    pub(super) onsite: bool,
    pub(super) account_team: bool,
    /// The place where they work, else the city of their zone.
    pub(super) place: String,
    pub(super) now: String,
    /// By workstream: nothing, or the letter of their part and its name.
    pub(super) letters: Vec<Option<(&'static str, Words)>>,
    /// The same in words, for where there are no columns: `Security: Lead; Operations: Member`.
    pub(super) parts: String,
    pub(super) days: String,
    /// From when until when they are here, where it is not all the time.
    pub(super) span: String,
    /// What the mail server said, where their newest letter did not arrive.
    pub(super) unreached: Option<String>,
    /// Of whoever comes by link: what to say of it, and whether one works. For those who make links.
    pub(super) link: Option<(String, bool)>,
}

/// The letter that stands for a part, and what it is called. A sponsor who is only a member is there as the sponsor.
pub(super) fn letter(member: &Member, workstream: &WorkstreamId) -> Option<(&'static str, Words)> {
    Some(match (member.part(workstream)?, member.function) {
        (Part::Lead, _) => ("L", t!("register.lead")),
        (Part::Alternate, _) => ("A", t!("register.alternate")),
        (Part::Member, Function::ExecutiveSponsor) => ("S", t!("register.sponsor")),
        (Part::Member, _) => ("M", t!("register.member")),
    })
}

/// `Tue to Thu`: the days that they work on this engagement, or that their calendar works.
pub(super) fn days(member: &Member, engagement: &Engagement) -> String {
    let calendars = member.calendars(&engagement.plan.setup.calendars);
    let days = member.days.or_else(|| calendars.first().map(|calendar| calendar.working_days));
    let days = days.map(|days| days.to_string()).unwrap_or_default();
    match days.split_once('–') {
        Some((first, last)) => t!("register.days_span").with("first", first).with("last", last).into(),
        None => days,
    }
}

pub(super) fn line(
    caller: &Caller,
    desk: &Desk,
    (member, person): &(Member, Person),
    (links, unreached): (&[Link], &[(PersonId, String)]),
) -> Line {
    let engagement = desk.engagement();
    let title = |id: &RoleId| engagement.role(id).map_or_else(|| id.to_string(), |role| role.title.clone());
    let now = caller.app().now().to_zoned(jiff::tz::TimeZone::get(&person.zone).unwrap_or(jiff::tz::TimeZone::UTC));
    let span = [member.from, member.until].map(|day| day.map(when::short_day).unwrap_or_default());
    let comes_by_link = desk.may(Right::InvitePeople) && member.side() != Side::Delivery && person.practice == PracticeRole::None;
    let until = links.iter().filter(|link| link.person == person.id && link.is_live(caller.app().now())).map(|link| link.expires_at).max();
    let link = match until {
        Some(until) => (t!("links.live").with("day", when::short_day(caller.local(until).date())).into(), true),
        None => (t!("links.missing").into(), false),
    };
    let workstreams = &engagement.plan.setup.workstreams;
    let part = |it: &Workstream| letter(member, &it.id).map(|(_, words)| format!("{}: {words}", it.title));
    let city = || person.zone.rsplit('/').next().unwrap_or(&person.zone).replace('_', " ");
    Line {
        unreached: unreached.iter().find(|(id, _)| id == &person.id).map(|(_, why)| why.clone()),
        person: person.id.clone(),
        face: Face::new(&person.name, side(member.side())),
        function: function_words(member.function),
        roles: member.roles.iter().map(title).collect::<Vec<_>>().join(", "),
        onsite: member.onsite,
        account_team: member.account_team,
        place: if member.site.is_empty() { city() } else { member.site.clone() },
        now: format!("{:02}:{:02}", now.hour(), now.minute()),
        letters: workstreams.iter().map(|it| letter(member, &it.id)).collect(),
        parts: workstreams.iter().filter_map(part).collect::<Vec<_>>().join("; "),
        link: comes_by_link.then_some(link),
        days: days(member, engagement),
        span: if member.from.is_none() && member.until.is_none() { String::new() } else { span.join(" – ") },
    }
}
