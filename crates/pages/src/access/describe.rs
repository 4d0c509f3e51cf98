//! The form of a resource that no kit names: what it holds, and what it says.

use std::collections::BTreeSet;

use tminus_app::{
    Failure,
    access::{Access, resource::Described},
};
use tminus_domain::{
    access::by_hand::ByHand,
    ids::RoleId,
    kit::{
        access::ResourceKind,
        due::{self, DayUnit},
        each,
    },
};

use crate::{
    fields::{Fields, refused},
    words::Words,
};

/// How days before a milestone are counted, as a choice.
pub(crate) const fn units() -> [(&'static str, Words); 2] {
    [("bd", t!("resource.unit_business")), ("d", t!("resource.unit_calendar"))]
}

/// The form of what stands there, and of what is new: two business days before the kick-off, or before what comes next after it.
pub(super) fn filled(own: Option<&ByHand>, access: &Access) -> Fields {
    let mut fields = Fields::default();
    let Some(ByHand { resource, each, .. }) = own else {
        let planned = access.engagement.plan.milestones.iter();
        let ahead = planned.filter(|it| it.when.date().is_some_and(|date| date > access.today));
        let next = ahead.clone().find(|it| it.id.as_str() == "kickoff").or_else(|| ahead.clone().next());
        fields.add("kind", ResourceKind::Account.as_str());
        fields.add("each", "person where side = delivery");
        if let Some(milestone) = next {
            fields.add("days", "2");
            fields.add("from", milestone.id.as_str());
        }
        return fields;
    };
    fields.add("title", &resource.title);
    fields.add("note", &resource.note);
    fields.add("kind", resource.kind.as_str());
    resource.owners.iter().for_each(|role| fields.add("owner", role.as_str()));
    fields.add("each", &each.as_ref().map(ToString::to_string).unwrap_or_default());
    if let Some(due) = &resource.due {
        fields.add("days", &(-due.offset).to_string());
        fields.add("from", due.anchor.as_str());
        fields.add("unit", if due.unit == DayUnit::Calendar { "d" } else { "bd" });
    }
    fields.add("lead", &resource.lead.map(|lead| lead.days.to_string()).unwrap_or_default());
    fields.add("detail", &resource.details.join(", "));
    resource.after.iter().for_each(|id| fields.add("after", id.as_str()));
    fields.add("internal", if resource.internal { "1" } else { "" });
    fields
}

const FORM: [&str; 13] =
    ["version", "unit", "title", "note", "kind", "owner", "each", "days", "from", "lead", "detail", "after", "internal"];

pub(super) fn described(fields: &Fields) -> Result<Described, Failure> {
    fields.only(&FORM)?;
    let number = |name: &'static str| fields.parsed::<i32>(name);
    let due = match fields.given("from") {
        Some(milestone) => {
            let unit = if fields.get("unit") == "d" { "d" } else { "bd" };
            let rule = format!("T{:+}{unit} @ {milestone}", -i64::from(number("days")?.unwrap_or_default()));
            Some(rule.parse().map_err(|unreadable: due::Unreadable| refused("due", unreadable.to_string()))?)
        }
        None => None,
    };
    let lead = match number("lead")? {
        Some(days) => Some(format!("{days}bd").parse().map_err(|_| refused("lead", t!("resource.lead_wrong")))?),
        None => None,
    };
    let each = fields.given("each").map(str::parse).transpose();
    let mut owners: Vec<_> = fields.all("owner").filter(|role| !role.is_empty()).map(Into::into).collect();
    let mut seen = BTreeSet::new();
    owners.retain(|role: &RoleId| seen.insert(role.clone()));
    Ok(Described {
        title: fields.text("title"),
        kind: fields.parsed("kind")?.unwrap_or_default(),
        note: fields.text("note"),
        owners,
        each: each.map_err(|unreadable: each::Unreadable| refused("each", unreadable.to_string()))?,
        due,
        lead,
        after: fields.all("after").map(Into::into).collect(),
        details: fields.get("detail").split(',').map(str::to_owned).collect(),
        internal: fields.get("internal") == "1",
    })
}
