//! Access for spreadsheets.

use tminus_domain::{
    access::{Grant, appointment::Appointment},
    ids::EngagementId,
    rights::Actor,
};

use super::{Access, list_access};
use crate::{App, Failure, spreadsheet};

const HEADER: [&str; 16] = [
    "person",
    "name",
    "side",
    "resource",
    "title",
    "step",
    "since",
    "needed",
    "because",
    "due",
    "start by",
    "ticket",
    "appointment",
    "until",
    "note",
    "details",
];

/// All access that the actor may see, one row a grant.
pub async fn access_csv(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<u8>, Failure> {
    let access = list_access(app, actor, engagement).await?;
    Ok(spreadsheet::csv(Some(HEADER), access.engagement.grants.iter().map(|grant| row(&access, grant))))
}

fn row(access: &Access, grant: &Grant) -> [String; HEADER.len()] {
    let engagement = &access.engagement;
    let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
    [
        grant.person.to_string(),
        engagement.name(&grant.person).to_owned(),
        engagement.member(&grant.person).map(|member| member.side().as_str().to_owned()).unwrap_or_default(),
        grant.resource.to_string(),
        engagement.resource(&grant.resource).map(|resource| resource.title.clone()).unwrap_or_default(),
        if grant.has_lapsed(access.today) { "lapsed".to_owned() } else { grant.step.as_str().to_owned() },
        grant.since.to_string(),
        if grant.wanted { "yes" } else { "no" }.to_owned(),
        grant.because.clone(),
        date(grant.due_on()),
        date(grant.start_by),
        grant.ticket.clone(),
        grant.appointment.as_ref().map(Appointment::in_words).unwrap_or_default(),
        date(grant.until),
        grant.note.clone(),
        grant.details.iter().map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("; "),
    ]
}
