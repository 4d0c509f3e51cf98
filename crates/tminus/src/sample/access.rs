//! What the sample's people can get into: what is asked for, refused, there, and about to end.

use jiff::ToSpan as _;
use tminus_app::{
    App,
    access::{MoveAccess, list_access, move_access},
};
use tminus_domain::{
    access::{Grant, Step, work::Ask},
    ids::{EngagementId, PersonId},
};

use super::people::Cast;
use crate::exit::Stop;

/// How far the mailing list has come, by person. Whoever is not among them still needs it.
const LIST: [(&str, Step, &str); 4] = [
    ("Ann", Step::Verified, "Wrote to it and got it"),
    ("Bob", Step::Verified, "Wrote to it and got it"),
    ("Cleo", Step::Requested, "Asked for with LIST-204"),
    ("Hugo", Step::Rejected, "The list is not for administrators of tools"),
];

/// In how many days access ends that is there.
const ENDS: [i32; 2] = [9, 24];

/// Moves access of an engagement as far as its story goes.
pub(super) async fn tell(app: &App, cast: &Cast, engagement: &EngagementId) -> Result<(), Stop> {
    let ann = cast.get("Ann")?;
    let seen = list_access(app, ann, engagement).await?;
    let whole = &seen.engagement;
    let mut steps: Vec<(PersonId, Step, &str)> = Vec::new();
    for (name, to, note) in LIST {
        let wanted = |grant: &&std::sync::Arc<Grant>| grant.resource.as_str() == "mailing-list" && grant.step == Step::Needed;
        let theirs = whole.grants.iter().filter(wanted).find(|grant| whole.name(&grant.person).starts_with(name));
        steps.extend(theirs.map(|grant| (grant.person.clone(), to, note)));
    }
    for (person, to, note) in steps {
        for step in [Some(Step::Requested), (to != Step::Requested).then_some(to)].into_iter().flatten() {
            let ask = Ask { to: Some(step), note: Some(note.to_owned()), ..Ask::default() };
            let input = MoveAccess { person: person.clone(), resource: "mailing-list".into(), ask, version: None };
            move_access(app, ann, engagement, vec![input]).await?;
        }
    }
    let works = whole.grants.iter().filter(|grant| grant.step == Step::Verified);
    for (grant, days) in works.zip(ENDS) {
        let until = seen.today.saturating_add(days.days());
        let ask = Ask { until: Some(Some(until)), ..Ask::default() };
        let input = MoveAccess { person: grant.person.clone(), resource: grant.resource.clone(), ask, version: None };
        move_access(app, ann, engagement, vec![input]).await?;
    }
    Ok(())
}
