//! A form that did not go through: what was typed, and what was said to it.

use tminus_app::{Failure, Refusal};
use tminus_domain::checklist::{item::Item, work::Refused};

use super::{panel::Panel, sheet::mark};
use crate::{caller::sentence, engagement::desk::Desk, fields::Fields};

pub(crate) struct Tried {
    /// Which form.
    pub(crate) act: &'static str,
    pub(crate) fields: Fields,
    /// The field that the refusal is about; empty if about the whole.
    pub(crate) field: &'static str,
    pub(crate) why: String,
    /// Somebody else changed the item in between.
    pub(crate) conflict: bool,
    /// What stands there now beside what was typed, where they differ.
    pub(crate) both: Vec<Both>,
}

pub(crate) struct Both {
    pub(crate) name: crate::words::Words,
    pub(crate) now: String,
    pub(crate) yours: String,
}

impl Tried {
    /// What a form was answered, if it can be shown again with everything typed; else the failure itself.
    pub(crate) fn of(act: &'static str, fields: Fields, failure: Failure) -> Result<Self, Failure> {
        let none = Vec::new();
        match failure {
            Failure::Refused(refusal) => {
                let (field, why) = refused(&refusal);
                Ok(Self { act, fields, field, why, conflict: false, both: none })
            }
            Failure::Conflict(_) => Ok(Self { act, fields, field: "", why: t!("conflict.what").into(), conflict: true, both: none }),
            other => Err(other),
        }
    }

    /// Puts what stands there now beside what was typed.
    pub(crate) fn compare(&mut self, desk: &Desk, item: &Item) {
        if !self.conflict {
            return;
        }
        let fields = &self.fields;
        let now = |state| mark(state).word.text().to_owned();
        let mut both =
            vec![(t!("checklist.status"), now(item.state()), fields.parsed("status").ok().flatten().map(now).unwrap_or_default())];
        if let Some(reason) = &item.status.reason {
            both.push((t!("panel.reason"), reason.clone(), fields.text("reason")));
        }
        if self.act == "edit" {
            let titles = |ids: Vec<&str>| {
                let title = |id: &str| desk.engagement().role(&id.into()).map_or_else(|| id.to_owned(), |role| role.title.clone());
                ids.into_iter().map(title).collect::<Vec<_>>().join(", ")
            };
            let due = |kind: &str, date: String| if kind == "date" { date } else { kind.to_owned() };
            let own_due = due(Panel::due_kind(item), item.due_on().map(|due| due.to_string()).unwrap_or_default());
            both.extend([
                (t!("panel.title"), item.content.title.clone(), fields.text("title")),
                (t!("panel.description"), item.content.description.clone(), fields.text("description")),
                (
                    t!("checklist.owner"),
                    titles(item.content.owners.iter().map(tminus_domain::ids::RoleId::as_str).collect()),
                    titles(fields.all("owner").collect()),
                ),
                (t!("checklist.due"), own_due, due(fields.get("due_kind"), fields.text("due"))),
                (t!("panel.lead"), item.content.lead.map(|lead| lead.days.to_string()).unwrap_or_default(), fields.text("lead")),
            ]);
        }
        let differs = |(_, now, yours): &(_, String, String)| now != yours && (self.act == "edit" || !yours.is_empty());
        self.both = both.into_iter().filter(differs).map(|(name, now, yours)| Both { name, now, yours }).collect();
    }
}

/// The field that a refusal is about, and what it says.
fn refused(refusal: &Refusal) -> (&'static str, String) {
    let field = match refusal {
        Refusal::Field { field, .. } => field,
        Refusal::Work(Refused::ReasonMissing(state)) => {
            return ("reason", t!("panel.reason_missing").with("status", mark(*state).word).into());
        }
        Refusal::Work(Refused::Before(_)) => "reason",
        Refusal::Work(Refused::ThirdPartyMissing) => "third_party",
        Refusal::Work(Refused::NotALink(_) | Refused::TooLong | Refused::Empty(_)) => "text",
        Refusal::Work(Refused::BehalfWithoutProof | Refused::SamePerson) => "on_behalf_of",
        _ => "",
    };
    (field, sentence(refusal))
}
