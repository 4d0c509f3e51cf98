//! A crew of consultants on an engagement whose kit says who needs access to what.

use jiff::civil::Date;
use tminus_app::{
    Failure,
    access::{Access, MoveAccess, list_access, move_access},
    checklist::Done,
    engagement::open::{OpenEngagement, open_engagement},
    kit::import_kit,
    kits::files::Files,
    people::person::{AddPerson, add_person},
    rights::sign_in::actor,
    world::{self, World},
};
use tminus_domain::{
    access::{Grant, Shown, Step, work::Ask},
    checklist::item::Item,
    ids::{EngagementId, PersonId},
    kit::Side,
    mail::Message,
    people::{Device, Member},
    record::fact::FactKind,
    rights::{Actor, Function, PracticeRole, Right, Via},
};
use tminus_store::record::Wanted;

const KIT: &str = r#"
schema = "kit/1"
id = "access"
title = "Access kit"
version = "1.0"

[[role]]
id = "engagement-manager"
title = "Engagement manager"

[[role]]
id = "delivery-security"
title = "Delivery security officer"

[[role]]
id = "customer-network"
title = "Customer network"
side = "customer"

[[fact]]
id = "device"
ask = "On whose devices?"
type = "choice"
options = [{ id = "customer", title = "Customer" }, { id = "delivery", title = "Delivery" }]

[[module]]
id = "network"
title = "Network"
owners = ["customer-network"]

[[module.task]]
id = "network-account"
title = "Get a network account"
each = "person where side = delivery"
due = "T-12bd @ kickoff"
evidence = [{ kind = "note", ask = "Signed in on" }]

[[resource]]
id = "network-account"
title = "Network account"
kind = "account"
owners = ["customer-network"]
due = "T-12bd @ kickoff"
lead = "10bd"
tasks = ["network-account"]

[[resource]]
id = "workspace"
title = "Virtual workspace"
kind = "workspace"
owners = ["customer-network"]
due = "T-7bd @ kickoff"
after = ["network-account"]

[[resource]]
id = "vpn"
title = "VPN"
kind = "vpn"
owners = ["customer-network"]
after = ["network-account"]

[[resource]]
id = "backstage"
title = "Delivery chat"
kind = "chat"
owners = ["engagement-manager"]
internal = true

[[need]]
resource = "network-account"
each = "person where side = delivery"

[[need]]
resource = "workspace"
each = "person where device = delivery"

[[need]]
resource = "vpn"
each = "person where side = delivery and device = customer"

[[need]]
resource = "backstage"
each = "person where side = delivery and role = delivery-security"

[[policy]]
id = "no-vpn"
title = "A customer VPN is not allowed on a device of the delivery side."
refuses = "vpn"
each = "person where device = delivery"
instead = ["workspace"]
ways = ["Work from a wired place on site"]
exception_by = "delivery-security"
"#;

pub(crate) struct Crew {
    pub(crate) world: World,
    pub(crate) engagement: EngagementId,
    pub(crate) consultants: Vec<Actor>,
}

/// An engagement with Ann, Bob who gives access for the customer, Dee who is the security officer, and some consultants.
pub(crate) async fn crew(count: usize) -> Crew {
    crew_with(count, "").await
}

/// The same, with more in their kit.
pub(crate) async fn crew_with(count: usize, more: &str) -> Crew {
    let world = world::own().await;
    let files = Files::from_bytes("kit.toml", format!("{KIT}{more}").into_bytes());
    let (imported, _) = import_kit(&world.app, &world.ann, files).await.unwrap();
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let mut members = view.engagement.members.to_vec();
    members[0].roles = vec!["engagement-manager".into()];
    members[1].roles = vec!["customer-network".into()];
    members[2].roles = vec!["delivery-security".into()];
    members[2].device = Some(Device::Customer);
    let mut consultants = Vec::new();
    for number in 1..=count {
        let consultant = consultant(&world, number).await;
        members.push(member(&consultant));
        consultants.push(consultant);
    }
    let mut setup = view.engagement.plan.setup.clone();
    setup.answers.clear();
    let opening = OpenEngagement { kits: vec![imported[0].kit.hash.clone()], setup, members, portfolio: None };
    let engagement = open_engagement(&world.app, &world.ann, opening).await.unwrap();
    Crew { world, engagement, consultants }
}

pub(crate) async fn consultant(world: &World, number: usize) -> Actor {
    let person = AddPerson {
        name: format!("Consultant {number}"),
        email: format!("c{number}@example.com"),
        side: Side::Delivery,
        zone: "Europe/Berlin".to_owned(),
        practice: PracticeRole::Member,
        password: None,
    };
    actor(add_person(&world.app, &world.ann, person).await.unwrap(), Via::Page)
}

pub(crate) fn member(actor: &Actor) -> Member {
    Member { device: Some(Device::Delivery), ..Member::new(actor.person.clone(), Function::DeliveryMember) }
}

impl Crew {
    pub(crate) async fn seen_by(&self, actor: &Actor) -> Access {
        list_access(&self.world.app, actor, &self.engagement).await.unwrap()
    }

    pub(crate) async fn grant(&self, person: &PersonId, resource: &str) -> Grant {
        let access = self.seen_by(&self.world.ann).await;
        Grant::clone(access.engagement.grant(person, &resource.into()).unwrap())
    }

    pub(crate) async fn item(&self, person: &PersonId) -> Item {
        let access = self.seen_by(&self.world.ann).await;
        Item::clone(access.engagement.item_by_key(&format!("network-account@{person}")).unwrap())
    }

    pub(crate) async fn go(&self, by: &Actor, person: &PersonId, resource: &str, to: Step) -> Result<Done<usize>, Failure> {
        self.say(by, person, resource, (to, "")).await
    }

    pub(crate) async fn say(
        &self,
        by: &Actor,
        person: &PersonId,
        resource: &str,
        (to, note): (Step, &str),
    ) -> Result<Done<usize>, Failure> {
        self.ask(by, person, resource, Ask { to: Some(to), note: Some(note.to_owned()), ..Ask::default() }).await
    }

    pub(crate) async fn ask(&self, by: &Actor, person: &PersonId, resource: &str, ask: Ask) -> Result<Done<usize>, Failure> {
        let input = MoveAccess { person: person.clone(), resource: resource.into(), ask, version: None };
        move_access(&self.world.app, by, &self.engagement, vec![input]).await
    }

    /// Ann says that access is gone, and how she knows.
    pub(crate) async fn confirm(
        &self,
        person: &PersonId,
        resource: &str,
        note: &str,
        shown: Option<Shown>,
    ) -> Result<Done<usize>, Failure> {
        let ask = Ask { to: Some(Step::RevocationConfirmed), note: Some(note.to_owned()), shown, ..Ask::default() };
        self.ask(&self.world.ann, person, resource, ask).await
    }

    pub(crate) async fn entries(&self, kind: FactKind) -> usize {
        let scope = self.world.app.view(&self.world.ann, &self.engagement, Right::ReadRecord).await.unwrap().scope;
        let wanted = Wanted { fact: Some(kind.as_str().to_owned()), limit: 500, ..Wanted::default() };
        self.world.app.store.record(&scope, &wanted).await.unwrap().len()
    }

    /// The letters on access that wait.
    pub(crate) async fn letters(&self) -> Vec<(String, usize)> {
        let letters = tminus_app::mail::list_letters(&self.world.app, &self.world.ann, None).await.unwrap();
        let lines = |message: &Message| if let Message::Access { lines, .. } = message { Some(lines.len()) } else { None };
        letters.iter().filter_map(|kept| Some((kept.letter.address.clone(), lines(&kept.letter.message)?))).collect()
    }
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}
