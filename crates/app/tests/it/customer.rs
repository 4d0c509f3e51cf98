//! What people of the customer do themselves: hand over, and name who should have been asked.

use tminus_app::{
    Failure, Refusal,
    checklist::{
        hand_over::{HandOver, hand_over},
        undo::undo,
    },
    engagement::list::{list_my_items, show_engagement},
    people::{
        colleague::{NameColleague, name_colleague},
        person::end_person,
    },
    rights::link::make_link,
    world::{self, World},
};
use tminus_domain::{
    ids::{ItemId, PersonId},
    kit::Side,
    rights::{Actor, Function, Right, Via},
};

fn carla() -> NameColleague {
    NameColleague { name: "Carla Diaz".to_owned(), email: "carla@customer.example".to_owned() }
}

async fn item(world: &World, key: &str) -> ItemId {
    let view = show_engagement(&world.app, &world.ann, &world.engagement).await.unwrap();
    view.engagement.item_by_key(key).unwrap().id.clone()
}

async fn hand(world: &World, actor: &Actor, key: &str, to: &PersonId) -> Result<Option<u64>, Failure> {
    let input = HandOver { item: item(world, key).await, to: to.clone(), note: "you know the vendor".to_owned(), version: None };
    hand_over(&world.app, actor, &world.engagement, input).await.map(|done| done.undo)
}

async fn owner(world: &World, key: &str, side: Side) -> Option<PersonId> {
    let view = show_engagement(&world.app, &world.ann, &world.engagement).await.unwrap();
    let item = view.engagement.item_by_key(key).unwrap();
    view.engagement
        .owners(item, world.app.today("Europe/Berlin"))
        .iter()
        .find(|owner| owner.side == side)
        .and_then(|owner| owner.person.cloned())
}

fn refused(tried: Result<impl Sized, Failure>, field: &str) -> String {
    match tried {
        Err(Failure::Refused(Refusal::Field { field: found, why })) if found == field => why,
        Err(Failure::Refused(refusal)) => panic!("refused for something else: {refusal}"),
        Err(failure) => panic!("{failure}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[tokio::test]
async fn a_customer_names_a_colleague_and_hands_them_an_item_which_can_be_taken_back() {
    let world = world::own().await;
    let carla = name_colleague(&world.app, &world.bob, &world.engagement, carla()).await.unwrap().person;
    let view = show_engagement(&world.app, &world.ann, &world.engagement).await.unwrap();
    let member = view.engagement.member(&carla).expect("on the engagement");
    assert_eq!((member.function, view.engagement.name(&carla)), (Function::CustomerMember, "Carla Diaz"));

    assert_eq!(owner(&world, "jira", Side::Customer).await.as_ref(), Some(&world.bob.person));
    let number = hand(&world, &world.bob, "jira", &carla).await.unwrap();
    assert_eq!(owner(&world, "jira", Side::Customer).await, Some(carla.clone()));
    assert_eq!(owner(&world, "jira", Side::Delivery).await.as_ref(), Some(&world.ann.person), "the other side's owner stays");
    assert!(refused(hand(&world, &world.bob, "jira", &carla).await, "to").contains("lies with Carla Diaz already"));

    let as_carla = Actor { person: carla, name: "Carla Diaz".to_owned(), via: Via::Link, ..world.bob.clone() };
    let mine = list_my_items(&world.app, &as_carla).await.unwrap();
    assert!(mine[0].items.iter().any(|item| item.key == "jira"), "she finds it among hers");
    undo(&world.app, &world.bob, &world.engagement, number).await.unwrap();
    assert_eq!(owner(&world, "jira", Side::Customer).await.as_ref(), Some(&world.bob.person));
}

#[tokio::test]
async fn an_item_is_handed_over_inside_a_side_and_by_those_whose_it_is() {
    let world = world::own().await;
    assert!(refused(hand(&world, &world.bob, "jira", &world.ann.person).await, "to").contains("your own side"));
    assert!(matches!(hand(&world, &world.bob, "jira", &world.mallory.person).await, Err(Failure::NotFound)));
    assert!(matches!(hand(&world, &world.mallory, "jira", &world.bob.person).await, Err(Failure::NotFound)));
    assert!(matches!(hand(&world, &world.bob, "chat", &world.bob.person).await, Err(Failure::NotFound)), "what is internal is not there");
    assert!(hand(&world, &world.ann, "jira", &world.dee.person).await.is_ok());
    assert_eq!(owner(&world, "jira", Side::Delivery).await, Some(world.dee.person.clone()));
}

#[tokio::test]
async fn naming_somebody_twice_names_them_once() {
    let world = world::own().await;
    let first = name_colleague(&world.app, &world.bob, &world.engagement, carla()).await.unwrap().person;
    let again = NameColleague { email: "Carla@Customer.example".to_owned(), ..carla() };
    assert_eq!(name_colleague(&world.app, &world.bob, &world.engagement, again).await.unwrap().person, first);
    let bob = NameColleague { name: "Somebody".to_owned(), email: "bob@example.com".to_owned() };
    assert_eq!(name_colleague(&world.app, &world.bob, &world.engagement, bob).await.unwrap().person, world.bob.person);
    let view = show_engagement(&world.app, &world.ann, &world.engagement).await.unwrap();
    assert_eq!(view.engagement.members.iter().filter(|member| member.side() == Side::Customer).count(), 2);
}

#[tokio::test]
async fn people_of_the_practice_and_those_who_left_are_not_brought_in_by_a_customer() {
    let world = world::own().await;
    let named = async |email: &str| {
        let input = NameColleague { name: "Somebody".to_owned(), email: email.to_owned() };
        name_colleague(&world.app, &world.bob, &world.engagement, input).await
    };
    let neutral = "this address cannot be added here";
    assert!(refused(named("dee@example.com").await, "email").contains(neutral));
    end_person(&world.app, &world.ann, &world.mallory.person).await.unwrap();
    assert!(refused(named("mallory@example.com").await, "email").contains(neutral));
    assert!(matches!(named("no address").await, Err(Failure::Refused(_))));
    let stranger = name_colleague(&world.app, &world.mallory, &world.engagement, carla()).await;
    assert!(matches!(stranger, Err(Failure::NotFound)));
    let dee = name_colleague(&world.app, &world.dee, &world.engagement, carla()).await;
    assert!(matches!(dee, Err(Failure::Forbidden)), "the delivery side uses the register");
}

#[tokio::test]
async fn whoever_was_named_comes_in_by_a_link_that_only_an_inviter_makes() {
    let world = world::own().await;
    let carla = name_colleague(&world.app, &world.bob, &world.engagement, carla()).await.unwrap().person;
    let by_bob = make_link(&world.app, &world.bob, &world.engagement, (&carla, None)).await;
    assert!(matches!(by_bob, Err(Failure::Forbidden)));
    assert!(make_link(&world.app, &world.ann, &world.engagement, (&carla, None)).await.is_ok());
    assert!(world.app.view(&world.bob, &world.engagement, Right::InvitePeople).await.is_err());
}
