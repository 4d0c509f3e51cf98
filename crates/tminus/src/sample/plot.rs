//! The engagements of the sample, at different stages.

use jiff::civil::Date;
use tminus_domain::{
    checklist::status::State,
    engagement::setup::{Setup, Workstream},
    kit::{Kit, Side},
    people::{Member, part::Part},
    rights::Function,
    schedule::WorkCalendar,
};

use super::people::Cast;
use crate::{commands::answer, exit::Stop};

/// One engagement: how it is set up, and how its story goes.
pub(super) struct Plot {
    pub(super) kit: &'static str,
    pub(super) customer: &'static str,
    pub(super) title: &'static str,
    pub(super) sow: &'static str,
    /// Days ago that it was opened.
    pub(super) opened: i64,
    /// What its dates count from, and how many business days from today that is.
    pub(super) anchor: (&'static str, i32),
    pub(super) answers: &'static [(&'static str, &'static str)],
    pub(super) managed_by: &'static str,
    /// Items that take their own course, by the task they came from.
    pub(super) turns: &'static [(&'static str, Turn)],
}

/// What happens to an item, other than that it is done in time.
pub(super) struct Turn {
    pub(super) to: State,
    pub(super) why: &'static str,
    pub(super) third_party: &'static str,
}

const fn turn(to: State, why: &'static str) -> Turn {
    Turn { to, why, third_party: "" }
}

const ON_SITE: &[(&str, &str)] = &[
    ("onsite", "yes"),
    ("background_checks", "yes"),
    ("attestation_accepted", "no"),
    ("device", "customer"),
    ("internal_network", "yes"),
    ("tools_host", "customer"),
    ("tools_edition", "cloud"),
    ("discovery", "existing"),
    ("chat_tool", "teams"),
    ("chat_host", "customer"),
    ("meeting_tool", "teams"),
    ("recording_allowed", "no"),
    ("email_lists", "yes"),
    ("people", "24"),
    ("agile_experience", "aware"),
    ("training", "jira,decision_catalog"),
    ("contact_days", "tue,wed,thu"),
    ("lrp_timing", "before_kickoff"),
    ("lrp_format", "per_workstream"),
];

const REMOTE: &[(&str, &str)] = &[
    ("onsite", "no"),
    ("background_checks", "no"),
    ("device", "delivery"),
    ("internal_network", "no"),
    ("tools_host", "delivery"),
    ("tools_edition", "cloud"),
    ("discovery", "none"),
    ("chat_tool", "slack"),
    ("chat_host", "delivery"),
    ("meeting_tool", "zoom"),
    ("recording_allowed", "yes"),
    ("email_lists", "yes"),
    ("people", "7"),
    ("agile_experience", "practised"),
    ("contact_days", "mon,wed"),
    ("lrp_timing", "before_kickoff"),
    ("lrp_format", "combined"),
];

const GIVEN: &[(&str, &str)] = &[
    ("onsite", "yes"),
    ("device", "customer"),
    ("internal_network", "yes"),
    ("tools_host", "customer"),
    ("discovery", "existing"),
    ("email_lists", "yes"),
    ("recording_allowed", "no"),
    ("chat_export", "yes"),
    ("success_story", "yes"),
];

/// A portfolio: its title, who administers it, and the customers whose engagements are in it.
pub(super) const PORTFOLIO: (&str, &str, &[&str]) = ("Food and transport", "Pia", &["Harbor Foods", "Lumen Rail"]);

pub(super) const PLOTS: [Plot; 4] = [
    Plot {
        kit: "mobilize-onboarding",
        customer: "Northwind",
        title: "Mobilize",
        sow: "SOW-2107",
        opened: 46,
        anchor: ("kickoff", 9),
        answers: ON_SITE,
        managed_by: "Bob",
        turns: &[
            ("background-check-clearance", turn(State::WaitingCustomer, "")),
            ("customer-device", Turn { to: State::WaitingThirdParty, why: "", third_party: "The customer's hardware supplier" }),
            (
                "guest-access",
                turn(State::Blocked, "Guests are switched off in the customer's tenant; their administrator is away until Monday"),
            ),
            ("mail-list", turn(State::NotApplicable, "The shared room is enough for both sides; agreed in the weekly call")),
            ("discovery-member-access", turn(State::InProgress, "")),
        ],
    },
    Plot {
        kit: "mobilize-onboarding",
        customer: "Alder Bank",
        title: "Data centre exit",
        sow: "SOW-1988",
        opened: 58,
        anchor: ("kickoff", -3),
        answers: ON_SITE,
        managed_by: "Mona",
        turns: &[
            (
                "badge-appointment",
                turn(State::Waived, "Visitor badges with an escort for the first two weeks; the customer's security agreed"),
            ),
            ("vpn-access", turn(State::InProgress, "")),
            ("decision-approvers", turn(State::WaitingCustomer, "")),
        ],
    },
    Plot {
        kit: "mobilize-onboarding",
        customer: "Harbor Foods",
        title: "Landing zone",
        sow: "SOW-2140",
        opened: 3,
        anchor: ("kickoff", 34),
        answers: REMOTE,
        managed_by: "Mona",
        turns: &[],
    },
    Plot {
        kit: "offboarding",
        customer: "Lumen Rail",
        title: "Modernise",
        sow: "SOW-1764",
        opened: 20,
        anchor: ("engagement.end", 4),
        answers: GIVEN,
        managed_by: "Bob",
        turns: &[("shared-rooms-closed", turn(State::WaitingCustomer, ""))],
    },
];

impl Plot {
    pub(super) fn calendars() -> Result<Vec<WorkCalendar>, Stop> {
        let region = |code: &str| code.parse().map_err(|error| Stop::unavailable(format!("the sample's calendar: {error}")));
        Ok(vec![
            WorkCalendar::new("Delivery", Side::Delivery).in_region(region("DE-BY")?),
            WorkCalendar::new("Customer", Side::Customer).in_region(region("US")?),
        ])
    }

    pub(super) fn setup(&self, kit: &Kit, anchor: Date) -> Result<Setup, Stop> {
        let workstream = |(id, title): (&str, &str)| Workstream { id: id.into(), title: title.to_owned() };
        Ok(Setup {
            title: self.title.to_owned(),
            customer: self.customer.to_owned(),
            sow: self.sow.to_owned(),
            zone: "Europe/Berlin".to_owned(),
            milestones: [(self.anchor.0.into(), anchor)].into(),
            calendars: Self::calendars()?,
            workstreams: [("landing-zone", "Landing zone"), ("security", "Security"), ("operations", "Operations")].map(workstream).into(),
            answers: self.answers.iter().map(|(fact, text)| ((*fact).into(), answer(kit.fact(&(*fact).into()), text))).collect(),
        })
    }

    pub(super) fn members(&self, cast: &Cast) -> Result<Vec<Member>, Stop> {
        let member = |name: &str, function: Function, roles: &[&str], workstreams: &[&str]| {
            Ok::<_, Stop>(Member {
                roles: roles.iter().map(|role| (*role).into()).collect(),
                workstreams: workstreams.iter().map(|id| (*id).into()).collect(),
                onsite: name == "Eli" && self.answers.contains(&("onsite", "yes")),
                ..Member::new(cast.get(name)?.person.clone(), function)
            })
        };
        let delivery: &[&str] = &["delivery-member"];
        let with = |member: Member, part: Option<(&str, Part)>, days: Option<&str>| {
            let mut member = Member { days: days.and_then(|days| days.parse().ok()), ..member };
            if let Some((workstream, part)) = part {
                member.take(workstream.into(), part);
            }
            member
        };
        Ok(vec![
            member("Ann", Function::EngagementManager, &["engagement-manager"], &[])?,
            member("Dee", Function::WorkstreamLead, &["workstream-lead"], &["landing-zone", "operations"])?,
            with(member("Eli", Function::DeliveryMember, delivery, &[])?, Some(("security", Part::Lead)), None),
            with(member("Finn", Function::DeliveryMember, delivery, &[])?, Some(("operations", Part::Alternate)), Some("mon-thu")),
            member(self.managed_by, Function::CustomerManager, &["customer-project-manager"], &[])?,
            with(
                member("Cleo", Function::CustomerMember, &["customer-security"], &["landing-zone"])?,
                Some(("security", Part::Lead)),
                Some("wed,thu"),
            ),
            member("Hugo", Function::CustomerMember, &["customer-jira-admin"], &[])?,
            member("Iris", Function::ExecutiveSponsor, &["executive-sponsor"], &["landing-zone"])?,
        ])
    }
}
