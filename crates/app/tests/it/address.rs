//! Other addresses of a person: an alias, the address of before.

use jiff::SignedDuration;
use tminus_app::{
    Failure, Refusal,
    people::{
        address::{SaveAddresses, list_addresses, save_addresses},
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
    rights::{Actor, Pass, PassKind, PracticeRole, provider::Trust},
};

async fn save(world: &World, by: &Actor, person: &PersonId, addresses: &[&str]) -> Result<Vec<String>, Failure> {
    let addresses = addresses.iter().map(|it| (*it).to_owned()).collect();
    save_addresses(&world.app, by, SaveAddresses { person: person.clone(), addresses, seen: None }).await
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
    let zoe = AddPerson {
        name: "Zoe Secret".to_owned(),
        email: "zoe@other.example".to_owned(),
        side: Side::Customer,
        zone: "UTC".to_owned(),
        practice: PracticeRole::None,
        password: None,
    };
    let zoe = add_person(app, ann, zoe).await.unwrap().id;
    save(&world, ann, &zoe, &["zoe@alias.example"]).await.unwrap();
    let key = Actor { pass: Pass { kind: PassKind::Key, within: Some(engagement.clone()) }, ..ann.clone() };
    let preview = preview_register(app, &key, engagement, "email,function\nzoe@alias.example,customer_member\n").await.unwrap();
    assert_eq!((preview.lines[0].email.as_str(), preview.lines[0].name.as_str()), ("zoe@alias.example", ""));

    // The account of the company names the alias; the password goes with the address of the account alone.
    let trust = Trust {
        id: "acme".to_owned(),
        title: "Acme".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        domains: vec!["example.com".to_owned()],
        adds: true,
        unchecked: false,
        roles: None,
        hours: 8,
    };
    let email = Some("dee.alias@example.com".to_owned());
    let identity = Identity { subject: "s".to_owned(), email, email_verified: Some(true), ..Identity::default() };
    assert_eq!(admit(app, &trust, identity, &Client::default()).await.unwrap().person.id, dee.person);
    assert!(sign_in(app, ("dee.alias@example.com", PASSWORD), &Client::default()).await.is_err());
    assert!(sign_in(app, ("dee@example.com", PASSWORD), &Client::default()).await.is_ok());
    let by = |login: &str| By::Login(login.to_owned());
    assert!(find_provisioned(app, ann, &by("dee.alias@example.com")).await.unwrap().is_none(), "it is no name at the directory's sign-in");
    let by = By::Email("dee.alias@example.com".to_owned());
    assert_eq!(find_provisioned(app, ann, &by).await.unwrap().unwrap().person.id, dee.person);
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
    let eve = AddPerson {
        name: "Eve".to_owned(),
        email: "dee.alias@example.com".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        practice: PracticeRole::Member,
        password: None,
    };
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
    // Somebody said others since.
    let seen = edition(&Vec::<String>::new());
    save(&world, ann, &dee.person, &["d@example.com"]).await.unwrap();
    let input = SaveAddresses { person: dee.person.clone(), addresses: Vec::new(), seen: Some(seen) };
    assert!(matches!(save_addresses(app, ann, input).await, Err(Failure::Conflict(_))));
}

#[tokio::test]
async fn whoever_is_erased_leaves_no_other_address_behind() {
    let world = world::own().await;
    let (app, ann) = (&world.app, &world.ann);
    let zoe = AddPerson {
        name: "Zoe Zander".to_owned(),
        email: "zoe@other.example".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        practice: PracticeRole::Member,
        password: None,
    };
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
