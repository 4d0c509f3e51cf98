//! Who is in the sample.

use std::collections::BTreeMap;

use tminus_app::{
    App,
    people::person::{AddPerson, add_first_person, add_person},
    rights::sign_in,
};
use tminus_domain::{
    ids::PersonId,
    kit::Side,
    rights::{Actor, PracticeRole, Via},
};

use crate::exit::Stop;

/// Name, side, time zone, what they are.
const PEOPLE: [(&str, Side, &str, &str); 11] = [
    ("Ann Keller", Side::Delivery, "Europe/Berlin", "engagement manager, administrator"),
    ("Dee Okafor", Side::Delivery, "Europe/Berlin", "workstream lead"),
    ("Eli Brandt", Side::Delivery, "Europe/Berlin", "delivery team, on site"),
    ("Finn Mercer", Side::Delivery, "America/New_York", "delivery team, remote"),
    ("Gwen Adair", Side::Delivery, "Europe/Berlin", "practice lead"),
    ("Pia Lund", Side::Delivery, "Europe/Copenhagen", "administrator of a portfolio"),
    ("Bob Harper", Side::Customer, "America/Chicago", "customer project manager"),
    ("Cleo Nunez", Side::Customer, "America/Chicago", "customer security"),
    ("Hugo Stein", Side::Customer, "America/Chicago", "Jira administrator"),
    ("Iris Vance", Side::Customer, "America/Chicago", "executive sponsor"),
    ("Mona Field", Side::Customer, "Europe/Zurich", "customer project manager of another customer"),
];

/// The people by first name.
pub(super) struct Cast(BTreeMap<&'static str, Actor>);

impl Cast {
    pub(super) fn by_id(&self, person: &PersonId) -> Option<&Actor> {
        self.0.values().find(|actor| &actor.person == person)
    }

    pub(super) fn get(&self, name: &str) -> Result<&Actor, Stop> {
        self.0.get(name).ok_or_else(|| Stop::unavailable(format!("nobody in the sample is called {name}")))
    }
}

pub(super) async fn add(app: &App, password: &str) -> Result<Cast, Stop> {
    let mut cast: BTreeMap<&'static str, Actor> = BTreeMap::new();
    for (name, side, zone, what) in PEOPLE {
        let practice = match what {
            "practice lead" => PracticeRole::Lead,
            _ if side == Side::Delivery => PracticeRole::Member,
            _ => PracticeRole::None,
        };
        let password = Some(password.to_owned());
        let input = AddPerson { name: name.to_owned(), email: email(name), side, zone: zone.to_owned(), practice, password };
        let person = match cast.get("Ann") {
            Some(ann) => add_person(app, ann, input).await?,
            None => add_first_person(app, input).await?,
        };
        cast.insert(first(name), sign_in::actor(person, Via::Page));
    }
    Ok(Cast(cast))
}

fn first(name: &'static str) -> &'static str {
    name.split(' ').next().unwrap_or(name)
}

fn email(name: &'static str) -> String {
    format!("{}@example.com", first(name).to_lowercase())
}

/// Name, address and what they are.
pub(super) fn shown() -> Vec<(&'static str, String, &'static str)> {
    PEOPLE.iter().map(|(name, _, _, what)| (*name, email(name), *what)).collect()
}
