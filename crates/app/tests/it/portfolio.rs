//! Portfolios: their administrators do on their engagements what engagement managers do, on no others, and for as long as they are named.

use tminus_app::{
    App, Failure, Refusal,
    engagement::{
        list::{list_engagements, show_engagement},
        open::{OpenEngagement, open_engagement},
        search::search,
    },
    people::{
        edition,
        person::{AddPerson, ChangePerson, add_person, change_person, end_person, take_back_person},
    },
    portfolio::{
        SavePortfolio, add_portfolio, administrator_by_email, change_portfolio, count_portfolios, list_portfolios, list_to_fill,
        remove_portfolio, set_portfolio,
    },
    record::read_record,
    rights::sign_in::actor,
    world::{self, World},
};
use tminus_domain::{
    ids::EngagementId,
    kit::Side,
    portfolio::Portfolio,
    record::{chain::Verifier, fact::FactKind},
    rights::{Actor, PassKind, PracticeRole, Right, Via},
};
use tminus_store::{engagement::Page, record::Wanted};

async fn person(world: &World, name: &str, side: Side, practice: PracticeRole) -> Actor {
    let email = format!("{}@example.com", name.to_lowercase());
    let input = AddPerson { name: name.to_owned(), email, side, zone: "Europe/Berlin".to_owned(), practice, password: None };
    actor(add_person(&world.app, &world.ann, input).await.unwrap(), Via::Page)
}

/// The world with Pia, who administers the portfolio “Banking”, in which nothing is yet.
async fn banking() -> (World, Actor, Portfolio) {
    let world = world::own().await;
    let pia = person(&world, "Pia", Side::Delivery, PracticeRole::Member).await;
    let input = SavePortfolio { title: "Banking".to_owned(), administrators: vec![pia.person.clone()], seen: None };
    let banking = add_portfolio(&world.app, &world.ann, input).await.unwrap();
    (world, pia, banking)
}

async fn listed(app: &App, actor: &Actor) -> Vec<EngagementId> {
    let page = Page { limit: 9, ..Page::default() };
    list_engagements(app, actor, &page).await.unwrap().iter().map(|line| line.id.clone()).collect()
}

async fn found(app: &App, actor: &Actor) -> bool {
    !search(app, actor, "jira", None).await.unwrap().items.is_empty()
}

fn field<T: std::fmt::Debug>(result: Result<T, Failure>) -> &'static str {
    match result.expect_err("refused") {
        Failure::Refused(Refusal::Field { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_administers_a_portfolio_does_all_on_its_engagements_and_on_no_others() {
    let (world, pia, banking) = banking().await;
    let (app, ann, id) = (&world.app, &world.ann, &world.engagement);
    assert!(matches!(show_engagement(app, &pia, id).await, Err(Failure::NotFound)));
    assert_eq!((listed(app, &pia).await, found(app, &pia).await), (vec![], false));
    set_portfolio(app, ann, id, Some(&banking.id)).await.unwrap();
    assert_eq!((listed(app, &pia).await, found(app, &pia).await), (vec![id.clone()], true));
    for right in [Right::ReadInternal, Right::EditPlan, Right::EditMembers, Right::EndEngagement, Right::InvitePeople] {
        app.view(&pia, id, right).await.unwrap();
    }
    // Another engagement is none of her business.
    let setup = show_engagement(app, ann, id).await.unwrap().engagement.plan.setup.clone();
    let other = OpenEngagement { kits: vec![world.kit.clone()], setup, members: Vec::new(), portfolio: None };
    let other = open_engagement(app, ann, other).await.unwrap();
    assert!(matches!(app.view(&pia, &other, Right::ReadEngagement).await, Err(Failure::NotFound)));
    assert_eq!(listed(app, &pia).await, std::slice::from_ref(id));
    let only = Page { limit: 9, portfolio: Some(banking.id.clone()), ..Page::default() };
    assert_eq!(list_engagements(app, ann, &only).await.unwrap().len(), 1);
    // Dee is on the engagement, and knows of no portfolio.
    assert_eq!(list_engagements(app, &world.dee, &only).await.unwrap().len(), 0);
    assert_eq!(list_portfolios(app, &world.dee).await.unwrap(), []);
    assert!(matches!(list_portfolios(app, &world.bob).await, Err(Failure::Forbidden)));
    // Taken out, it is not hers any more, whatever was kept in memory.
    set_portfolio(app, &pia, id, None).await.unwrap();
    assert!(matches!(app.view(&pia, id, Right::ReadEngagement).await, Err(Failure::NotFound)));
    assert_eq!((listed(app, &pia).await, found(app, &pia).await), (vec![], false));
}

#[tokio::test]
async fn the_customer_reads_nothing_of_portfolios() {
    let (world, _, banking) = banking().await;
    let (app, ann, id) = (&world.app, &world.ann, &world.engagement);
    set_portfolio(app, ann, id, Some(&banking.id)).await.unwrap();
    assert_eq!(show_engagement(app, ann, id).await.unwrap().engagement.portfolio.as_deref(), Some(&banking));
    assert_eq!(show_engagement(app, &world.bob, id).await.unwrap().engagement.portfolio, None);
    let page = Page { limit: 9, ..Page::default() };
    assert_eq!(list_engagements(app, &world.bob, &page).await.unwrap()[0].portfolio, None);
    let entries = read_record(app, &world.bob, id, &Wanted { limit: 50, ..Wanted::default() }).await.unwrap();
    assert!(
        !entries.is_empty()
            && entries
                .iter()
                .all(|entry| !format!("{entry:?}").to_lowercase().contains("portfolio") && !format!("{entry:?}").contains("Banking"))
    );
}

#[tokio::test]
async fn who_is_named_and_who_is_not_any_more_holds_at_once() {
    let (world, pia, banking) = banking().await;
    let (app, ann, id) = (&world.app, &world.ann, &world.engagement);
    set_portfolio(app, ann, id, Some(&banking.id)).await.unwrap();
    app.view(&pia, id, Right::EditPlan).await.unwrap();
    let nobody = SavePortfolio { title: "Banking".to_owned(), administrators: Vec::new(), seen: Some(edition(&banking)) };
    change_portfolio(app, ann, &banking.id, nobody.clone()).await.unwrap();
    assert!(matches!(app.view(&pia, id, Right::ReadEngagement).await, Err(Failure::NotFound)));
    // Who looked at it before does not overwrite it.
    assert!(matches!(change_portfolio(app, ann, &banking.id, nobody).await, Err(Failure::Conflict(None))));
    let dee = administrator_by_email(app, ann, "dee@example.com").await.unwrap();
    let both = SavePortfolio { title: "Banking".to_owned(), administrators: vec![pia.person.clone(), dee], seen: None };
    change_portfolio(app, ann, &banking.id, both).await.unwrap();
    // Dee is a delivery member there, and does more now.
    app.view(&world.dee, id, Right::EditPlan).await.unwrap();
    app.view(&pia, id, Right::EditPlan).await.unwrap();
    // Whoever leaves the delivery side or the practice leaves their portfolios, and gets none of them back.
    let customer = ChangePerson { person: pia.person.clone(), side: Some(Side::Customer), ..ChangePerson::default() };
    change_person(app, ann, customer).await.unwrap();
    let back = ChangePerson {
        person: pia.person.clone(),
        side: Some(Side::Delivery),
        practice: Some(PracticeRole::Member),
        ..ChangePerson::default()
    };
    change_person(app, ann, back).await.unwrap();
    assert!(matches!(app.view(&pia, id, Right::ReadEngagement).await, Err(Failure::NotFound)));
    end_person(app, ann, &world.dee.person).await.unwrap();
    take_back_person(app, ann, &world.dee.person).await.unwrap();
    assert!(matches!(app.view(&world.dee, id, Right::EditPlan).await, Err(Failure::NotFound)));
    assert_eq!(list_portfolios(app, ann).await.unwrap()[0].administrators, []);
}

#[tokio::test]
async fn portfolios_are_the_practices_to_make_and_their_administrators_to_fill() {
    let (world, pia, banking) = banking().await;
    let (app, ann, id) = (&world.app, &world.ann, &world.engagement);
    let named = |title: &str, administrators: &[&Actor]| SavePortfolio {
        title: title.to_owned(),
        administrators: administrators.iter().map(|it| it.person.clone()).collect(),
        seen: None,
    };
    for actor in [&pia, &world.dee, &world.bob] {
        assert!(matches!(add_portfolio(app, actor, named("Mine", &[actor])).await, Err(Failure::Forbidden)), "{}", actor.name);
        assert!(matches!(change_portfolio(app, actor, &banking.id, named("Mine", &[actor])).await, Err(Failure::Forbidden)));
        assert!(matches!(remove_portfolio(app, actor, &banking.id).await, Err(Failure::Forbidden)));
    }
    let olga = person(&world, "Olga", Side::Delivery, PracticeRole::Operator).await;
    for (input, expected) in [
        (named(" ", &[]), "title"),
        (named("banking", &[]), "title"),
        (named("Trade", &[&world.bob]), "administrators"),
        (named("Trade", &[&olga]), "administrators"),
    ] {
        assert_eq!(field(add_portfolio(app, ann, input.clone()).await), expected, "{input:?}");
    }
    let trade = add_portfolio(app, ann, named("Trade", &[])).await.unwrap();
    // An engagement manager who administers neither moves nothing; one who administers one fills only that.
    assert_eq!(field(set_portfolio(app, ann, id, Some(&"none".into())).await), "portfolio");
    set_portfolio(app, ann, id, Some(&trade.id)).await.unwrap();
    assert!(matches!(set_portfolio(app, &pia, id, Some(&banking.id)).await, Err(Failure::NotFound)));
    assert!(matches!(set_portfolio(app, &world.dee, id, None).await, Err(Failure::Forbidden)));
    set_portfolio(app, ann, id, Some(&banking.id)).await.unwrap();
    assert_eq!(field(set_portfolio(app, &pia, id, Some(&trade.id)).await), "portfolio");
    assert_eq!(list_to_fill(app, &pia).await.unwrap(), std::slice::from_ref(&banking));
    // What she opens in it needs no member of its own to be seen by her.
    let setup = show_engagement(app, &pia, id).await.unwrap().engagement.plan.setup.clone();
    let opening = |portfolio: &Portfolio| OpenEngagement {
        kits: vec![world.kit.clone()],
        setup: setup.clone(),
        members: Vec::new(),
        portfolio: Some(portfolio.id.clone()),
    };
    assert_eq!(field(open_engagement(app, &pia, opening(&trade)).await), "portfolio");
    let opened = open_engagement(app, &pia, opening(&banking)).await.unwrap();
    assert_eq!(show_engagement(app, &pia, &opened).await.unwrap().engagement.portfolio.as_deref(), Some(&banking));
    let counted = count_portfolios(app, ann).await.unwrap();
    let counted: Vec<_> = counted.iter().map(|it| (it.portfolio.title.as_str(), it.engagements, it.open)).collect();
    assert_eq!(counted, [("Banking", 2, 2), ("Trade", 0, 0)]);
    // A key that only reads fills nothing.
    let mut reads = pia.clone();
    reads.pass.kind = PassKind::ReadingKey;
    assert!(matches!(set_portfolio(app, &reads, id, None).await, Err(Failure::Forbidden)));
    assert_eq!(list_to_fill(app, &reads).await.unwrap(), []);
    assert_eq!(field(remove_portfolio(app, ann, &banking.id).await), "portfolio");
    remove_portfolio(app, ann, &trade.id).await.unwrap();
    assert_eq!(list_portfolios(app, ann).await.unwrap(), std::slice::from_ref(&banking));
    // All of it is in the records, which hold.
    let entries = read_record(app, ann, id, &Wanted { limit: 50, ..Wanted::default() }).await.unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.fact == FactKind::PortfolioSet.as_str()).count(), 2);
    let practice = app.store.stretch(tminus_store::record::PRACTICE, 0, 100).await.unwrap();
    let mut verifier = Verifier::default();
    practice.iter().try_for_each(|entry| verifier.check(entry)).unwrap();
    let told = |kind: FactKind| practice.iter().filter(|entry| entry.read().unwrap().fact == kind.as_str()).count();
    assert_eq!((told(FactKind::PortfolioAdded), told(FactKind::PortfolioRemoved)), (2, 1));
}
