//! One resource: what is known of it, its licences, and for what no kit names the form that adds or changes it.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure, Refusal,
    access::{
        Access, list_access,
        resource::{Seen, add_resource, change_resource, count_licences, remove_resource},
    },
};
use tminus_domain::{
    access::{Grant, Step},
    engagement::tailor::in_sentence,
    ids::{EngagementId, ResourceId},
    kit::{
        Role, Side,
        access::{Resource, ResourceKind},
        due::{DayUnit, DueRule},
        each::Each,
    },
    people::Member,
    rights::Right,
};

use super::{
    describe::{described, filled},
    mark,
    panel::givers,
};
use crate::{
    caller::{Caller, capital, sentence},
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::Fields,
    mark::{Face, Mark},
    page::Page,
    said,
    shell::{Shell, Tab},
    when,
    words::Words,
};

#[derive(Template)]
#[template(path = "access/resource.html", blocks = ["inside"])]
pub(super) struct ResourcePage<'a> {
    shell: Shell,
    desk: &'a Desk,
    pub(super) access: &'a Access,
    /// `None` where one is to be added.
    pub(super) resource: Option<&'a Resource>,
    form: Option<&'a Fields>,
    pub(super) tried: &'a Tried,
}

/// What was sent, and why it did not go through.
#[derive(Default)]
pub(super) struct Tried {
    /// `licences`, `booking`, `remove` or `form`.
    pub(super) act: &'static str,
    field: &'static str,
    why: String,
    pub(super) sent: Fields,
}

impl Tried {
    /// Why a form did not go through, where no field of it shows that.
    fn of(&self, act: &str) -> &str {
        if self.act == act && self.field.is_empty() { &self.why } else { "" }
    }

    fn at(&self, field: &str) -> &str {
        if self.act == "form" && self.field == field { &self.why } else { "" }
    }
}

impl Page for ResourcePage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl ResourcePage<'_> {
    /// `8 of 10 licences are taken, 12 people need one`
    fn licences(&self) -> Option<(Mark, String)> {
        let counted = self.access.licences(self.resource?)?;
        let words = t!("resource.taken").with("n", counted.taken).with("of", counted.of).with("needed", counted.needed);
        Some((if counted.short() > 0 { Mark::WARNING } else { Mark::SAID }, words.to_string()))
    }

    /// Also what was taken away, and somebody still has.
    fn is_by_hand(&self) -> bool {
        self.resource.is_some_and(|resource| self.access.engagement.by_hand(&resource.id).is_some())
    }

    fn manages(&self) -> bool {
        self.access.manages && self.access.acts && !self.access.engagement.has_ended()
    }

    /// The version that the reader looks at; where a form did not go through, the one that it looked at.
    fn version(&self, resource: &Resource) -> String {
        let now = || self.access.engagement.resource_version(&resource.id).to_string();
        self.tried.sent.given("version").map_or_else(now, str::to_owned)
    }

    fn kind(&self) -> Words {
        kind(self.resource.map(|resource| resource.kind).unwrap_or_default())
    }

    fn count(&self) -> String {
        if self.tried.act == "licences" {
            return self.tried.sent.get("licences").to_owned();
        }
        let counted = self.resource.and_then(|resource| self.access.engagement.plan.licences.get(&resource.id));
        counted.map(ToString::to_string).unwrap_or_default()
    }

    fn givers(&self, resource: &Resource) -> String {
        givers(&self.access.engagement, resource)
    }

    /// The rows of the table that give it to people, and how many people each.
    fn needed_by(&self) -> Vec<(String, usize)> {
        let mut rows: BTreeMap<String, usize> = BTreeMap::new();
        let Some(resource) = self.resource else { return Vec::new() };
        let wanted = |grant: &&Arc<Grant>| grant.resource == resource.id && grant.wanted;
        for grant in self.access.engagement.grants.iter().filter(wanted).filter(|grant| grant.step != Step::Withdrawn) {
            let why = if grant.because.is_empty() { t!("resource.one_by_one").text().to_owned() } else { grant.because.clone() };
            *rows.entry(why).or_default() += 1;
        }
        rows.into_iter().collect()
    }

    /// Whose access the reader may see: who, where it is opened, how it stands, by when it has to work.
    fn people(&self) -> Vec<(Face, String, Mark, String)> {
        let Some(resource) = self.resource else { return Vec::new() };
        let engagement = &self.access.engagement;
        let shown = |grant: &&Arc<Grant>| {
            grant.resource == resource.id && (grant.step.is_live() || (grant.wanted && grant.step != Step::Withdrawn))
        };
        let line = |grant: &Arc<Grant>| {
            let own = engagement.member(&grant.person).map_or(Side::Delivery, Member::side);
            let face = Face::new(engagement.name(&grant.person), side(own));
            let href = format!("/engagements/{}/access?person={}&resource={}", self.desk.id(), grant.person, resource.id);
            let due = grant.due_on().filter(|_| grant.step.is_open());
            (face, href, mark(grant, self.access.today), due.map(when::short_day).unwrap_or_default())
        };
        let mut people: Vec<_> = engagement.grants.iter().filter(shown).map(line).collect();
        people.sort_by(|(one, ..), (other, ..)| (one.side.name(), &one.name).cmp(&(other.side.name(), &other.name)));
        people
    }

    /// `2 business days before kick-off`
    fn due(&self, rule: &DueRule) -> String {
        let milestone = self.access.engagement.plan.milestones.iter().find(|it| it.id == rule.anchor);
        let milestone = milestone.map_or_else(|| rule.anchor.to_string(), |it| in_sentence(&it.title));
        let days = usize::try_from(rule.offset.unsigned_abs()).unwrap_or_default();
        let span = match rule.unit {
            DayUnit::Business => business_days(days),
            DayUnit::Calendar => t!("resource.calendar.one").or_many(t!("resource.calendar.many"), days).to_string(),
        };
        let words = match rule.offset.signum() {
            0 => t!("resource.due_on"),
            1 => t!("resource.due_after"),
            _ => t!("resource.due_before"),
        };
        words.with("span", span).with("milestone", milestone).to_string()
    }

    fn lead(&self) -> String {
        let lead = self.resource.and_then(|resource| resource.lead);
        lead.map(|lead| business_days(usize::from(lead.days))).unwrap_or_default()
    }

    fn titles(&self, ids: &[ResourceId]) -> String {
        ids.iter().filter_map(|id| self.access.engagement.resource(id)).map(|it| it.title.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn roles(&self) -> Vec<(String, String)> {
        let roles = self.access.engagement.plan.roles.iter();
        let nobody = (String::new(), t!("resource.choose").text().to_owned());
        let titled = roles.map(|role| (role.id.to_string(), format!("{} ({})", role.title, side(role.side).word())));
        std::iter::once(nobody).chain(titled).collect()
    }

    /// Who may need it, as a choice; what somebody wrote by another way stays in it.
    fn each(&self, form: &Fields) -> Vec<(String, String)> {
        let engagement = &self.access.engagement;
        let sides =
            [Side::Delivery, Side::Partner, Side::Customer].into_iter().filter(|own| engagement.members.iter().any(|it| it.side() == *own));
        let mut rules = vec!["person".to_owned()];
        rules.extend(sides.map(|own| format!("person where side = {}", own.as_str())));
        rules.push("person where side = delivery and onsite = yes".to_owned());
        rules.extend(["delivery", "customer"].map(|device| format!("person where device = {device}")));
        let titled_role =
            |it: &Role| (format!("person where role = {}", it.id), t!("resource.each_role").with("title", &it.title).to_string());
        let by_role = engagement.plan.roles.iter().map(titled_role);
        let by_workstream = engagement.plan.setup.workstreams.iter().map(|it| {
            (format!("person where workstream = {}", it.id), t!("resource.each_workstream").with("title", &it.title).to_string())
        });
        let mut titled: BTreeMap<String, String> = BTreeMap::new();
        for (rule, words) in by_role.chain(by_workstream) {
            rules.push(rule.clone());
            titled.insert(rule, words);
        }
        let given = form.get("each");
        if !given.is_empty() && !rules.iter().any(|rule| rule == given) {
            rules.push(given.to_owned());
        }
        let words = |rule: String| {
            let said = || rule.parse::<Each>().map_or_else(|_| rule.clone(), |each| capital(&each.in_words()));
            let words = titled.get(&rule).cloned().unwrap_or_else(said);
            (rule, words.trim_end_matches('.').to_owned())
        };
        std::iter::once((String::new(), t!("resource.one_by_one").text().to_owned())).chain(rules.into_iter().map(words)).collect()
    }

    fn milestones(&self) -> Vec<(String, String)> {
        let none = (String::new(), t!("resource.no_day").text().to_owned());
        let planned = &self.access.engagement.plan.milestones;
        let titled = planned.iter().map(|it| (it.id.to_string(), it.title.clone()));
        // What somebody wrote by another way stays.
        let given = self.form.map(|form| form.get("from")).filter(|id| !id.is_empty() && !planned.iter().any(|it| it.id.as_str() == *id));
        std::iter::once(none).chain(titled).chain(given.map(|id| (id.to_owned(), id.to_owned()))).collect()
    }

    /// What may come first, and what does.
    fn before(&self, form: &Fields) -> Vec<(String, String, bool)> {
        let own = self.resource.map(|resource| &resource.id);
        let others = self.access.engagement.plan.resources.iter().filter(|it| Some(&it.id) != own);
        let chosen = |id: &ResourceId| form.all("after").any(|it| it == id.as_str());
        others.map(|it| (it.id.to_string(), it.title.clone(), chosen(&it.id))).collect()
    }
}

fn business_days(count: usize) -> String {
    t!("resource.business.one").or_many(t!("resource.business.many"), count).to_string()
}

/// What a kind of resource is called.
pub(crate) const fn kind(kind: ResourceKind) -> Words {
    match kind {
        ResourceKind::Check => t!("access.kind_check"),
        ResourceKind::Account => t!("access.kind_account"),
        ResourceKind::Device => t!("access.kind_device"),
        ResourceKind::Workspace => t!("access.kind_workspace"),
        ResourceKind::Vpn => t!("access.kind_vpn"),
        ResourceKind::Badge => t!("access.kind_badge"),
        ResourceKind::Room => t!("access.kind_room"),
        ResourceKind::Jira => t!("access.kind_jira"),
        ResourceKind::Confluence => t!("access.kind_confluence"),
        ResourceKind::Discovery => t!("access.kind_discovery"),
        ResourceKind::Chat => t!("access.kind_chat"),
        ResourceKind::List => t!("access.kind_list"),
        ResourceKind::Cloud => t!("access.kind_cloud"),
        ResourceKind::Other => t!("access.kind_other"),
    }
}

fn kinds() -> Vec<(&'static str, Words)> {
    ResourceKind::ALL.iter().map(|it| (it.as_str(), kind(*it))).collect()
}

async fn page(caller: &Caller, id: &str, resource: Option<&ResourceId>, tried: Tried) -> Result<Response, Failure> {
    let right = if resource.is_some() { Right::ReadEngagement } else { Right::EditPlan };
    let desk = Desk::open(caller, id, right).await?;
    let access = list_access(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let resource = match resource {
        Some(id) => Some(access.engagement.resource(id).ok_or(Failure::NotFound)?),
        None => None,
    };
    let own = resource.and_then(|resource| access.engagement.by_hand(&resource.id)).filter(|own| !own.removed);
    let edits = access.acts && desk.may(Right::EditPlan) && (resource.is_none() || own.is_some()) && !access.engagement.has_ended();
    let form = if tried.act == "form" { tried.sent.clone() } else { filled(own, &access) };
    let title = resource.map_or_else(|| t!("resource.add").text().to_owned(), |resource| resource.title.clone());
    let shell = Shell { title, ..desk.shell(caller, Tab::People) };
    let form = edits.then_some(&form);
    let page = ResourcePage { shell, access: &access, resource, form, tried: &tried, desk: &desk };
    Ok(if tried.act.is_empty() { caller.show(&page) } else { caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page) })
}

pub(super) async fn new(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = page(&caller, &id, None, Tried::default()).await;
    caller.answer(shown)
}

pub(super) async fn show(caller: Caller, Path((id, resource)): Path<(String, String)>) -> Response {
    let shown = page(&caller, &id, Some(&ResourceId(resource)), Tried::default()).await;
    caller.answer(shown)
}

/// What was done, and where one looks next; or the form once more with what was typed.
pub(super) async fn answer(
    caller: Caller,
    (engagement, resource): (EngagementId, Option<ResourceId>),
    (act, sent): (&'static str, Fields),
    done: Result<(String, String), Failure>,
) -> Response {
    let tried = match done {
        Ok((href, words)) => return said::redirect(&href, words, None),
        Err(Failure::Refused(Refusal::Field { field, why })) if act == "form" && FIELDS.contains(&field) => {
            Tried { act, field, why: capital(&why), sent }
        }
        Err(Failure::Refused(refusal)) => Tried { act, field: "", why: sentence(&refusal), sent },
        // What stands there now is above the form: sent again, it goes in its place.
        Err(Failure::Conflict(_)) => Tried { act, field: "", why: conflict(), sent: sent.without("version") },
        Err(failure) => return caller.answer(Err(failure)),
    };
    let shown = page(&caller, engagement.as_str(), resource.as_ref(), tried).await;
    caller.answer(shown)
}

fn conflict() -> String {
    [t!("wrong.conflict.what").text(), t!("conflict.kept").text()].join(" ")
}

/// Fields that show their own refusal.
const FIELDS: [&str; 8] = ["title", "note", "owners", "each", "due", "lead", "details", "after"];

pub(super) fn at(engagement: &EngagementId, resource: &ResourceId) -> String {
    format!("/engagements/{engagement}/access/resources/{resource}")
}

pub(super) async fn add(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let done = async {
        let input = described(&fields)?;
        let title = input.title.clone();
        add_resource(caller.app(), &caller.actor, &engagement, input).await?;
        Ok((format!("/engagements/{engagement}/access?all=1"), t!("resource.done_add").with("title", title).to_string()))
    };
    let done = done.await;
    answer(caller, (engagement, None), ("form", fields), done).await
}

pub(super) async fn change(caller: Caller, Path((id, resource)): Path<(String, String)>, fields: Fields) -> Response {
    let (engagement, resource) = (EngagementId(id), ResourceId(resource));
    let done = async {
        let input = described(&fields)?;
        let title = input.title.clone();
        let seen = Seen { resource: resource.clone(), version: fields.version()? };
        change_resource(caller.app(), &caller.actor, &engagement, (seen, input)).await?;
        Ok((at(&engagement, &resource), t!("resource.done_change").with("title", title).to_string()))
    };
    let done = done.await;
    answer(caller, (engagement, Some(resource)), ("form", fields), done).await
}

pub(super) async fn remove(caller: Caller, Path((id, resource)): Path<(String, String)>, fields: Fields) -> Response {
    let (engagement, resource) = (EngagementId(id), ResourceId(resource));
    let done = async {
        fields.only(&["version"])?;
        let seen = Seen { resource: resource.clone(), version: fields.version()? };
        remove_resource(caller.app(), &caller.actor, &engagement, seen).await?;
        Ok((format!("/engagements/{engagement}/access"), t!("resource.done_remove").text().to_owned()))
    };
    let done = done.await;
    answer(caller, (engagement, Some(resource)), ("remove", fields), done).await
}

pub(super) async fn count(caller: Caller, Path((id, resource)): Path<(String, String)>, fields: Fields) -> Response {
    let (engagement, resource) = (EngagementId(id), ResourceId(resource));
    let done = async {
        fields.only(&["version", "licences"])?;
        let seen = Seen { resource: resource.clone(), version: fields.version()? };
        count_licences(caller.app(), &caller.actor, &engagement, (seen, fields.parsed("licences")?)).await?;
        Ok((at(&engagement, &resource), t!("resource.done_count").text().to_owned()))
    };
    let done = done.await;
    answer(caller, (engagement, Some(resource)), ("licences", fields), done).await
}
