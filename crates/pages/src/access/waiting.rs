//! Access that waits for whoever looks: what to do, about what, and by when.

use jiff::civil::Date;
use tminus_domain::{
    access::turn::{Turn, Waiting},
    engagement::Engagement,
};

use crate::{when, words::Words};

/// One line of it.
pub(crate) struct Waits {
    pub(crate) words: Words,
    /// The resource, and whose access it is where that is somebody else's.
    pub(crate) title: String,
    pub(crate) internal: bool,
    pub(crate) due: String,
    pub(crate) late: bool,
    pub(crate) href: String,
}

impl Waits {
    pub(crate) fn of(
        engagement: &Engagement,
        me: &tminus_domain::ids::PersonId,
        today: Date,
        waiting: Vec<(Waiting, Option<Date>)>,
    ) -> Vec<Self> {
        let line = |(waits, due): (Waiting, Option<Date>)| {
            let resource = engagement.resource(&waits.resource);
            let title = resource.map_or(waits.resource.as_str(), |it| &it.title);
            let booked = engagement.grant(&waits.person, &waits.resource).filter(|_| waits.turn == Turn::Attend);
            let title = &booked.map_or_else(|| title.to_owned(), |grant| grant.attends(title, resource));
            Self {
                words: doing(waits.turn),
                title: if &waits.person == me { title.to_owned() } else { format!("{title}, {}", engagement.name(&waits.person)) },
                internal: resource.is_some_and(|it| it.internal),
                due: due.map(when::short_day).unwrap_or_default(),
                late: due.is_some_and(|due| due < today),
                href: format!("/engagements/{}/access?person={}&resource={}", engagement.id, waits.person, waits.resource),
            }
        };
        waiting.into_iter().map(line).collect()
    }
}

/// What has to be done.
pub(crate) const fn doing(turn: Turn) -> Words {
    match turn {
        Turn::Request => t!("turn.request"),
        Turn::Give => t!("turn.give"),
        Turn::Attend => t!("turn.attend"),
        Turn::Try => t!("turn.try"),
        Turn::Repair => t!("turn.repair"),
        Turn::Renew => t!("turn.renew"),
        Turn::AskEnd => t!("turn.ask_end"),
        Turn::Revoke => t!("turn.revoke"),
        Turn::Confirm => t!("turn.confirm"),
    }
}
