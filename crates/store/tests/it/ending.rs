//! Links and keys of one engagement, and what is kept of its end.

use jiff::SignedDuration;
use tminus_domain::{
    access::holding::{Closed, Holding},
    checklist::item::Mark,
    engagement::{Plan, closing::Ended},
    ids::EngagementId,
    kit::{Side, access::ResourceKind},
    people::Member,
    record::fact::{Fact, FactKind},
    rights::{Function, Pass, PassKind, link::Link},
};
use tminus_store::{Store, rights::Token};

use crate::{
    on_each_database,
    world::{add_engagement, add_people, ann, member, now, scope},
};

fn members() -> Vec<Member> {
    vec![member("ann", Function::EngagementManager), member("bob", Function::CustomerManager)]
}

fn back_room() -> Holding {
    Holding {
        id: "room".into(),
        title: "Back room".to_owned(),
        kind: ResourceKind::Room,
        side: Side::Delivery,
        owner: None,
        internal: true,
        by_hand: true,
        closed: None,
        carried: None,
        version: 1,
    }
}

async fn close_the_room(store: &Store, here: &EngagementId) {
    let mut change = store.lock(here).await.unwrap().unwrap().enter(scope(&ann(), here, &members()));
    let mut plan = Plan::clone(&change.engagement().plan);
    let mark = Mark { by: "ann".into(), at: now(), on_behalf_of: None };
    plan.holdings[0].closed = Some(Closed { mark, note: String::new(), shown: None });
    change.save_plan(plan);
    change.record(Fact::new(FactKind::HoldingClosed, here.as_str(), "Back room"));
    change.save(&ann(), now(), "salt").await.unwrap();
}

on_each_database! {
    async fn keys_and_links_of_one_engagement_are_found_and_ended_and_no_others(store: &Store) {
        add_people(store).await;
        let (here, there) = (add_engagement(store, "here", "Here").await, add_engagement(store, "there", "There").await);
        let key = |id: &str, within: Option<&str>, days: Option<i64>| Token {
            id: id.into(),
            person: "ann".into(),
            title: id.to_owned(),
            created_at: now(),
            expires_at: days.map(|days| now() + SignedDuration::from_hours(24 * days)),
            revoked: false,
            pass: Pass { kind: PassKind::Key, within: within.map(Into::into) },
        };
        let mut writing = store.writing().await.unwrap();
        for key in [key("ours", Some("here"), Some(3)), key("old", Some("here"), Some(-1)), key("theirs", Some("there"), None), key("wide", None, None)] {
            writing.add_token(&key, key.id.0.clone()).await.unwrap();
        }
        writing.record(Fact::new(FactKind::TokenCreated, "t", "keys"));
        writing.save(&ann(), now(), "salt").await.unwrap();
        let scope = scope(&ann(), &here, &members());
        let found = store.tokens_within(&scope, now()).await.unwrap();
        assert_eq!(found.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["ours"]);

        let mut change = store.lock(&here).await.unwrap().unwrap().enter(scope.clone());
        let link = Link {
            id: "l".into(),
            engagement: here.clone(),
            person: "bob".into(),
            made_by: "ann".into(),
            made_at: now(),
            expires_at: now() + SignedDuration::from_hours(1),
            revoked_at: None,
            used_at: None,
        };
        change.add_link(&link, "hash".to_owned()).await.unwrap();
        assert_eq!(change.live_links(None, now()).await.unwrap().len(), 1);
        assert_eq!(change.live_links(Some(&"ann".into()), now()).await.unwrap().len(), 0);
        assert!(!change.revoke_token(&"theirs".into(), now()).await.unwrap(), "it opens another engagement");
        assert!(change.revoke_token(&"ours".into(), now()).await.unwrap());
        assert!(!change.revoke_token(&"ours".into(), now()).await.unwrap(), "twice is once");
        assert_eq!(change.live_tokens(now()).await.unwrap(), []);
        let mark = Mark { by: "ann".into(), at: now(), on_behalf_of: None };
        let mut plan = Plan::clone(&change.engagement().plan);
        plan.holdings.push(back_room());
        plan.closing.ended = Some(Ended { mark, note: String::new(), carried: 0, links: 1, keys: 1 });
        change.save_plan(plan);
        change.record(Fact::new(FactKind::EngagementEnded, here.as_str(), "Here"));
        change.save(&ann(), now(), "salt").await.unwrap();
        assert!(store.holder_of_token("ours", now()).await.unwrap().is_none());
        assert!(store.holder_of_token("theirs", now()).await.unwrap().is_some());

        // It is kept as it was written, and a customer does not see what is internal of it.
        let seen = async |actor| {
            let scope = crate::world::scope(actor, &here, &members());
            store.snapshot(&here).await.unwrap().unwrap().open(scope).engagement.holdings().len()
        };
        assert_eq!((seen(&ann()).await, seen(&crate::world::bob()).await), (1, 0));
        // While something is left people are told of it; then it is nobody's any more.
        assert_eq!(store.engagements_of(&"ann".into()).await.unwrap(), [there.clone(), here.clone()]);
        close_the_room(store, &here).await;
        assert_eq!(store.engagements_of(&"ann".into()).await.unwrap(), [there]);
    }
}
