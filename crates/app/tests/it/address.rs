//! Other addresses of a person: an alias, the address of before.

use jiff::SignedDuration;
use tminus_app::{
    Failure, Refusal,
    people::{
        address::{SaveAddresses, list_addresses, save_addresses},
        colleague::{NameColleague, WayIn, name_colleague},
        edition,
        erase::erase_person,
        person::{AddPerson, ChangePerson, add_person, change_person, find_person},
        provision::{By, find_provisioned},
        table::{What, preview_register},
    },
    rights::{
        provider::{Identity, admit},
        sign_in::{Client, sign_in},
    },
    store::testing::everything,
    world::{self, PASSWORD, World},
};
use tminus_domain::{
    ids::PersonId,
    kit::Side,
    mail::{Message, SecurityChange},
    rights::{
        Actor, Pass, PassKind, PracticeRole,
        provider::{Distrust, Trust},
    },
};

async fn save(world: &World, by: &Actor, person: &PersonId, addresses: &[&str]) -> Result<Vec<String>, Failure> {
    let addresses = addresses.iter().map(|it| (*it).to_owned()).collect();
    save_addresses(&world.app, by, SaveAddresses { person: person.clone(), addresses, seen: None }).await
}

fn person(name: &str, email: &str, side: Side) -> AddPerson {
    let practice = if side == Side::Delivery { PracticeRole::Member } else { PracticeRole::None };
    AddPerson { name: name.to_owned(), email: email.to_owned(), side, zone: "UTC".to_owned(), practice, password: None }
}

fn trust(side: Side, domain: &str) -> Trust {
    Trust {
        id: "acme".to_owned(),
        title: "Acme".to_owned(),
        side,
        zone: "UTC".to_owned(),
        domains: vec![domain.to_owned()],
        adds: true,
        unchecked: false,
        roles: None,
        hours: 8,
    }
}

/// Whom a company's sign-in lets in.
async fn admitted(world: &World, trust: &Trust, subject: &str, email: &str) -> Option<PersonId> {
    let (subject, email) = (subject.to_owned(), Some(email.to_owned()));
    let identity = Identity { subject, email, email_verified: Some(true), ..Identity::default() };
    match admit(&world.app, trust, identity, &Client::default()).await {
        Ok(signed_in) => Some(signed_in.person.id),
        Err(Failure::Refused(Refusal::Distrust(Distrust::NotHere(_)))) => None,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_has_another_address_is_meant_by_it_and_signs_in_with_the_one_of_the_account() {
    let world = world::own().await;
    let (app, ann, dee, engagement) = (&world.app, &world.ann, &world.dee, &world.engagement);
    let saved = save(&world, ann, &dee.person, &[" Dee.Alias@Example.com ", "", "dee@example.com", "dee.old@example.org"]).await.unwrap();
    assert_eq!(saved, ["dee.alias@example.com", "dee.old@example.org"], "in small letters, once, and without the one of the account");
    assert_eq!(list_addresses(app, ann, &dee.person).await.unwrap(), saved);
    let letters = tminus_app::mail::list_letters(app, ann, None).await.unwrap();
    let told = letters.iter().any(|it| {
        let change = matches!(&it.letter.message, Message::Security { change: SecurityChange::AddressesChanged, .. });
        change && it.letter.person == dee.person && it.letter.address == "dee@example.com"
    });
    assert!(told, "{letters:?}");

    assert_eq!(find_person(app, ann, "DEE.ALIAS@example.com").await.unwrap().id, dee.person);
    let table = "email,site\ndee.alias@example.com,Leeds\ndee.old@example.org,Leeds\n";
    let preview = preview_register(app, ann, engagement, table).await.unwrap();
    let lines: Vec<_> = preview.lines.iter().map(|it| (it.what, it.email.as_str())).collect();
    assert_eq!(lines, [(What::Changes, "dee@example.com")]);
    assert_eq!(preview.problems.iter().map(|it| it.why.as_str()).collect::<Vec<_>>(), ["whoever has this address is there twice"]);
    // Whoever may not read people learns no other address of anybody who is not here.
    let zoe = person("Zoe Secret", "zoe@other.example", Side::Customer);
    let zoe = add_person(app, ann, zoe).await.unwrap().id;
    save(&world, ann, &zoe, &["zoe@alias.example"]).await.unwrap();
    let key = Actor { pass: Pass { kind: PassKind::Key, within: Some(engagement.clone()) }, ..ann.clone() };
    let preview = preview_register(app, &key, engagement, "email,function\nzoe@alias.example,customer_member\n").await.unwrap();
    assert_eq!((preview.lines[0].email.as_str(), preview.lines[0].name.as_str()), ("zoe@alias.example", ""));

    // The account of the company names the alias; the password goes with the address of the account alone.
    assert_eq!(admitted(&world, &trust(Side::Delivery, "example.com"), "s", "dee.alias@example.com").await, Some(dee.person.clone()));
    assert!(sign_in(app, ("dee.alias@example.com", PASSWORD), &Client::default()).await.is_err());
    assert!(sign_in(app, ("dee@example.com", PASSWORD), &Client::default()).await.is_ok());
    let by = |login: &str| By::Login(login.to_owned());
    assert!(find_provisioned(app, ann, &by("dee.alias@example.com")).await.unwrap().is_none(), "it is no name at the directory's sign-in");
    let by = By::Email("dee.alias@example.com".to_owned());
    assert!(find_provisioned(app, ann, &by).await.unwrap().is_none(), "nor is it theirs for a directory");
}

#[tokio::test]
async fn nobody_has_an_address_of_somebody_else_and_one_that_becomes_the_accounts_is_no_other_any_more() {
    let world = world::own().await;
    let (app, ann, dee, bob) = (&world.app, &world.ann, &world.dee, &world.bob);
    save(&world, ann, &dee.person, &["dee.alias@example.com"]).await.unwrap();
    let refused = |result: Result<Vec<String>, Failure>| match result {
        Err(Failure::Refused(Refusal::Field { field: "addresses", why })) => why,
        other => panic!("{other:?}"),
    };
    for (addresses, why) in [
        (&["bob@example.com"][..], "somebody with the address bob@example.com is there already"),
        (&["ok@example.com", "dee.alias@example.com"], "somebody with the address dee.alias@example.com is there already"),
        (&["no address"], "is not an e-mail address"),
    ] {
        assert!(refused(save(&world, ann, &ann.person, addresses).await).contains(why), "{addresses:?}");
    }
    let many: Vec<_> = (0..11).map(|at| format!("a{at}@example.com")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert!(refused(save(&world, ann, &ann.person, &many).await).contains("at most 10"));
    assert_eq!(list_addresses(app, ann, &ann.person).await.unwrap(), Vec::<String>::new());
    // Nor as the address of an account.
    let eve = person("Eve", "dee.alias@example.com", Side::Delivery);
    assert!(add_person(app, ann, eve).await.unwrap_err().to_string().contains("is there already"));
    let becomes = |person: &PersonId| ChangePerson {
        person: person.clone(),
        email: Some("dee.alias@example.com".to_owned()),
        ..ChangePerson::default()
    };
    assert!(change_person(app, ann, becomes(&ann.person)).await.unwrap_err().to_string().contains("is there already"));
    change_person(app, ann, becomes(&dee.person)).await.unwrap();
    assert_eq!(list_addresses(app, ann, &dee.person).await.unwrap(), Vec::<String>::new());

    assert!(matches!(save(&world, bob, &bob.person, &["b@example.com"]).await, Err(Failure::Forbidden)));
    assert!(matches!(list_addresses(app, bob, &ann.person).await, Err(Failure::Forbidden)));
    let directory = Actor { pass: Pass { kind: PassKind::ProvisioningKey, within: None }, ..ann.clone() };
    assert!(matches!(save(&world, &directory, &dee.person, &["d@example.com"]).await, Err(Failure::Forbidden)));
    // Somebody said others since.
    let seen = edition(&Vec::<String>::new());
    save(&world, ann, &dee.person, &["d@example.com"]).await.unwrap();
    let input = SaveAddresses { person: dee.person.clone(), addresses: Vec::new(), seen: Some(seen) };
    assert!(matches!(save_addresses(app, ann, input).await, Err(Failure::Conflict(_))));
}

#[tokio::test]
async fn an_address_that_somebody_else_has_by_now_lets_nobody_in_as_whoever_had_it() {
    let world = world::own().await;
    let (app, ann) = (&world.app, &world.ann);
    // Pat went from one customer to another: the first one's sign-in does not speak for Pat any more.
    let pat = add_person(app, ann, person("Pat", "pat@b.example", Side::Customer)).await.unwrap().id;
    save(&world, ann, &pat, &["pat@a.example"]).await.unwrap();
    assert_eq!(admitted(&world, &trust(Side::Customer, "a.example"), "new", "pat@a.example").await, None);
    // Jane was Smith, and her company gave that address to somebody else.
    let company = trust(Side::Customer, "c.example");
    let jane = add_person(app, ann, person("Jane", "jane.jones@c.example", Side::Customer)).await.unwrap().id;
    assert_eq!(admitted(&world, &company, "jane", "jane.jones@c.example").await, Some(jane.clone()));
    save(&world, ann, &jane, &["jane.smith@c.example"]).await.unwrap();
    assert_eq!(admitted(&world, &company, "another", "jane.smith@c.example").await, None);
    assert_eq!(admitted(&world, &company, "jane", "jane.smith@c.example").await, Some(jane));
}

#[tokio::test]
async fn who_is_named_by_another_address_is_written_to_at_their_own_and_invited_only_within_their_company() {
    let world = world::own().await;
    let (app, ann, bob, engagement) = (&world.app, &world.ann, &world.bob, &world.engagement);
    let pat = add_person(app, ann, person("Pat", "pat@b.example", Side::Customer)).await.unwrap().id;
    save(&world, ann, &pat, &["pat@example.com"]).await.unwrap();
    let input = NameColleague { name: "Pat".to_owned(), email: "pat@example.com".to_owned() };
    let named = name_colleague(app, bob, engagement, input).await.unwrap();
    assert_eq!((named.person, named.way_in), (pat, WayIn::Waits), "Bob is at example.com, and Pat is not any more");
}

#[tokio::test]
async fn whoever_is_erased_leaves_no_other_address_behind() {
    let world = world::own().await;
    let (app, ann) = (&world.app, &world.ann);
    let zoe = person("Zoe Zander", "zoe@other.example", Side::Delivery);
    let zoe = add_person(app, ann, zoe).await.unwrap().id;
    save(&world, ann, &zoe, &["zz@first.example", "zz@second.example"]).await.unwrap();
    save(&world, ann, &zoe, &["zz@second.example"]).await.unwrap();
    let held = async || format!("{:?}", everything(&app.store).await.unwrap());
    assert!(held().await.contains("zz@first.example"), "the record keeps what was there");
    world.clock.advance(SignedDuration::from_hours(1));
    erase_person(app, ann, &zoe).await.unwrap();
    let left = held().await;
    assert!(!left.contains("zz@first.example") && !left.contains("zz@second.example") && !left.contains("Zander"));
}
