//! The people of a new engagement: who, what they may do, what they own.

use tminus_domain::{ids::PersonId, kit::Side, people::Member, rights::Function};

use super::{SetupForm, workstream_id};
use crate::{people::function_words, words::Words};

const MAX: usize = 60;

/// Functions of members; practice functions come with the practice's role.
const FUNCTIONS: [Function; 7] = [
    Function::EngagementManager,
    Function::WorkstreamLead,
    Function::DeliveryMember,
    Function::PartnerMember,
    Function::CustomerManager,
    Function::CustomerMember,
    Function::ExecutiveSponsor,
];

/// One line of the form.
pub(crate) struct CrewLine {
    /// `p0`, before the names of its fields.
    pub(crate) key: String,
    pub(crate) person: String,
    pub(crate) function: String,
    /// Value, words, whether chosen.
    pub(crate) roles: Vec<(String, String, bool)>,
    pub(crate) chosen_roles: usize,
    pub(crate) workstreams: String,
    pub(crate) onsite: bool,
    pub(crate) from: String,
    pub(crate) error: String,
}

impl SetupForm {
    fn crew_count(&self) -> usize {
        (0..MAX).take_while(|index| self.fields.has(&format!("p{index}.person"))).count()
    }

    pub(super) fn read_crew(&mut self) {
        let mut members: Vec<Member> = Vec::new();
        for index in 0..self.crew_count() {
            let key = format!("p{index}");
            let Some(person) = self.fields.given(&format!("{key}.person")).map(PersonId::from) else { continue };
            if members.iter().any(|member| member.person == person) {
                self.refuse(&key, t!("setup.person_twice"));
                continue;
            }
            match self.read_member(&key, person) {
                Ok(member) => members.push(member),
                Err(why) => self.refuse(&key, why),
            }
        }
        self.members = members;
    }

    fn read_member(&self, key: &str, person: PersonId) -> Result<Member, String> {
        let field = |name: &str| format!("{key}.{name}");
        let known = self.people.iter().find(|it| it.id == person).ok_or_else(|| t!("setup.no_such_person").text().to_owned())?;
        let function: Function =
            self.fields.get(&field("function")).parse().map_err(|()| t!("setup.choose_function").with("name", &known.name).to_string())?;
        if function.side() != known.side && !(known.side == Side::Delivery && function.side() == Side::Partner) {
            return Err(t!("setup.other_side").with("name", &known.name).with("side", known.side.as_str()).into());
        }
        let from = match self.fields.given(&field("from")) {
            None => None,
            Some(given) => {
                Some(given.parse().map_err(|_| t!("form.no_date").with("value", given.chars().take(60).collect::<String>()).to_string())?)
            }
        };
        let mut workstreams = Vec::new();
        for title in self.fields.get(&field("workstreams")).split([',', ';', '\n']).map(str::trim).filter(|title| !title.is_empty()) {
            let id = workstream_id(title);
            if !self.setup.workstreams.iter().any(|it| it.id == id) {
                return Err(t!("setup.no_such_workstream").with("title", title).into());
            }
            workstreams.push(id);
        }
        let roles =
            self.fields.all(&field("role")).map(Into::into).filter(|id| self.kits().iter().any(|kit| kit.role(id).is_some())).collect();
        Ok(Member { roles, workstreams, onsite: self.fields.has(&field("onsite")), from, ..Member::new(person, function) })
    }

    /// Lines that are filled in, and two to fill in.
    pub(crate) fn crew(&self) -> Vec<CrewLine> {
        let filled =
            (0..self.crew_count()).rev().find(|index| self.fields.given(&format!("p{index}.person")).is_some()).map_or(0, |last| last + 1);
        (0..(filled + 2).min(MAX)).map(|index| self.crew_line(format!("p{index}"))).collect()
    }

    fn crew_line(&self, key: String) -> CrewLine {
        let field = |name: &str| self.fields.get(&format!("{key}.{name}")).to_owned();
        let role = format!("{key}.role");
        let chosen: Vec<&str> = self.fields.all(&role).collect();
        let mut roles: Vec<(String, String, bool)> = Vec::new();
        for role in self.kits().iter().flat_map(|kit| &kit.roles) {
            if !roles.iter().any(|(id, ..)| id == role.id.as_str()) {
                roles.push((role.id.to_string(), role.title.clone(), chosen.contains(&role.id.as_str())));
            }
        }
        CrewLine {
            person: field("person"),
            function: field("function"),
            chosen_roles: roles.iter().filter(|(_, _, on)| *on).count(),
            roles,
            workstreams: field("workstreams"),
            onsite: self.fields.has(&format!("{key}.onsite")),
            from: field("from"),
            error: self.error(&key).to_owned(),
            key,
        }
    }

    /// (id, name and side), for the choice of a person.
    pub(crate) fn people(&self) -> Vec<(String, String)> {
        let none = (String::new(), t!("setup.nobody").text().to_owned());
        let person = |it: &tminus_domain::people::Person| {
            (
                it.id.to_string(),
                t!("setup.person").with("name", &it.name).with("side", crate::checklist::sheet::side(it.side).word()).to_string(),
            )
        };
        std::iter::once(none).chain(self.people.iter().map(person)).collect()
    }

    #[expect(clippy::unused_self, reason = "a template calls it, and knows the form only")]
    pub(crate) fn functions(&self) -> Vec<(&'static str, Words)> {
        FUNCTIONS.map(|function| (function.as_str(), function_words(function))).into()
    }
}
