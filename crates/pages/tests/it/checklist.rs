//! The checklist and its items, as people see and change them.

use axum::http::StatusCode;
use tminus_domain::checklist::status::State;

use crate::signed::{Site, form, main_of};

#[tokio::test]
async fn the_checklist_shows_activities_items_owners_and_what_was_left_out() {
    let site = Site::new().await;
    let page = site.as_person("ann").await.page(&site.at("/checklist")).await;
    for words in [
        "Delivery tools",
        "Get access to Jira",
        "gate: Tools ready",
        "0 of 3",
        "Ann, delivery",
        "Bob, customer",
        "Get a badge",
        "0 of 2",
        "depends on an answer",
        "with customer",
    ] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    // Parts are numbered under their item, what comes after something open says so.
    assert!(page.contains("2.2.1") && page.contains("after “Get access to Jira”"), "{}", main_of(&page));
    assert_eq!(page.matches("<tr id=\"i-").count(), 7);
}

#[tokio::test]
async fn each_view_counts_and_says_what_it_hides() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let page = ann.page(&site.at("/checklist?text=jira")).await;
    assert_eq!(page.matches("<tr id=\"i-").count(), 1);
    assert!(page.contains("6 hidden by “jira”."), "{}", main_of(&page));
    for (query, rows) in [
        ("mine=1", 6),
        ("waiting=customer", 2),
        ("owner=customer-manager", 5),
        ("gate=tools", 2),
        ("activity=site", 4),
        ("late=1", 0),
        ("state=to_do", 7),
    ] {
        let page = ann.page(&site.at(&format!("/checklist?{query}"))).await;
        let shown = page.matches("<tr id=\"i-").count();
        assert_eq!(shown, rows, "{query}: {}", main_of(&page));
    }
}

#[tokio::test]
async fn an_unknown_filter_is_refused_by_name() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    for (query, name) in
        [("colour=red", "colour"), ("waiting=nobody", "nobody"), ("state=finished", "finished"), ("late=perhaps", "perhaps")]
    {
        let answer = ann.get(&site.at(&format!("/checklist?{query}"))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.text().contains(name), "{query}");
    }
}

#[tokio::test]
async fn an_unchanged_checklist_is_not_sent_again_and_a_changed_one_is() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let path = site.at("/checklist");
    let tag = ann.get(&path).await.header("etag").to_owned();
    assert!(!tag.is_empty());
    let again = [("if-none-match", tag.as_str())];
    assert_eq!(ann.get_with(&path, &again).await.status, StatusCode::NOT_MODIFIED);
    assert_eq!(bob.get_with(&path, &again).await.status, StatusCode::OK, "another person");
    let chat = site.form("chat", &[("status", "in_progress")]).await;
    ann.post(&site.item_path("chat", "/status").await, &chat).await.leads_to("/items/");
    let answer = ann.get_with(&path, &again).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("In progress"));
    site.world.clock.advance(jiff::SignedDuration::from_hours(24));
    let tag = answer.header("etag").to_owned();
    assert_eq!(ann.get_with(&path, &[("if-none-match", &tag)]).await.status, StatusCode::OK, "another day");
}

#[tokio::test]
async fn an_item_is_moved_and_taken_back() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let path = site.item_path("chat", "/status").await;
    let answer = ann.post(&path, &site.form("chat", &[("status", "done")]).await).await;
    answer.leads_to("/items/");
    assert_eq!(site.item("chat").await.state(), State::Done);
    // The next page says what was done and offers to take it back.
    let said = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(said.starts_with("tminus_said="), "{said}");
    // It takes back what it stands beside, whatever was done since.
    let jira = site.form("jira", &[("status", "in_progress")]).await;
    ann.post(&site.item_path("jira", "/status").await, &jira).await.leads_to("/items/");
    let page = ann.get_with(&path.replace("/status", ""), &[("cookie", said.as_str())]).await.text();
    let undo = page.split(" action=\"").filter_map(|it| it.split('"').next()).find(|it| it.contains("/undo")).expect("a form").to_owned();
    ann.post(&undo, "").await.leads_to("/checklist");
    assert_eq!((site.item("chat").await.state(), site.item("jira").await.state()), (State::ToDo, State::InProgress));
    let again = ann.post(&undo, "").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let begun = ann.post(&path, &site.form("chat", &[("status", "in_progress")]).await).await;
    let number = begun.header("set-cookie").split("number%3D").nth(1).expect("a number").split('~').next().unwrap().to_owned();
    let bob = site.as_person("dee").await;
    bob.post(&path, &site.form("chat", &[("status", "done")]).await).await.leads_to("/items/");
    let conflict = ann.post(&site.at(&format!("/undo?number={number}")), "").await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.text().contains("“Set up the internal chat room” was worked on since."));
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_says_why_beside_the_field() {
    type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let cases: [Case<'_>; 6] = [
        (
            "chat",
            "/status",
            &[("status", "blocked"), ("reason", " ")],
            &["“Blocked” needs a reason", "status-reason-e", "value=\"blocked\" selected"],
        ),
        (
            "chat",
            "/status",
            &[("status", "waiting_third_party"), ("reason", "the <b>vendor</b>")],
            &["Say whom it waits for", "the &#60;b&#62;vendor"],
        ),
        ("load", "/status", &[("status", "done"), ("reason", "")], &["Get access to Jira"]),
        ("jira", "/evidence", &[("kind", "link"), ("text", "ftp://typed")], &["is not a link", "value=\"ftp://typed\""]),
        (
            "jira",
            "",
            &[("title", ""), ("description", "kept words"), ("due_kind", "date"), ("due", "2026-02-31")],
            &["2026-02-31", "kept words"],
        ),
        ("chat", "/comments", &[("comment", "  ")], &["comment-comment-e"]),
    ];
    for (key, rest, typed, words) in cases {
        let mut form = site.form(key, typed).await;
        if rest == "/comments" {
            form = crate::signed::form(typed.iter().map(|(name, value)| (*name, (*value).to_owned())));
        }
        let answer = ann.post(&site.item_path(key, rest).await, &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}{rest} {typed:?}");
        for words in words {
            assert!(answer.text().contains(words), "{key}{rest}: {words} in {}", main_of(&answer.text()));
        }
        assert_eq!(site.item(key).await.version, 1, "{key}{rest} changed nothing");
    }
}

#[tokio::test]
async fn two_editors_see_both_versions_and_lose_nothing() {
    let site = Site::new().await;
    let (ann, dee) = (site.as_person("ann").await, site.as_person("dee").await);
    let path = site.item_path("jira", "").await;
    let typed = [
        ("title", "Get access to Jira Cloud"),
        ("description", "typed by Ann"),
        ("owner", "engagement-manager"),
        ("due_kind", "rule"),
        ("due", ""),
        ("lead", "7"),
    ];
    let late = site.form("jira", &typed).await;
    let status = site.form("jira", &[("status", "blocked"), ("reason", "no licence")]).await;
    dee.post(&format!("{path}/status"), &status).await.leads_to("/items/");
    let answer = ann.post(&path, &late).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let page = answer.text();
    for words in [
        "Somebody changed this item",
        "Stands there now",
        "You typed",
        "Blocked",
        "no licence",
        "Get access to Jira Cloud",
        "typed by Ann",
        "value=\"7\"",
    ] {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    assert_eq!(site.item("jira").await.content.title, "Get access to Jira", "nothing was saved");
    // Sent again with the version that stands there now, it goes through and Dee's status stays.
    ann.post(&path, &site.form("jira", &typed).await).await.leads_to("/items/");
    let item = site.item("jira").await;
    assert_eq!((item.content.title.as_str(), item.state()), ("Get access to Jira Cloud", State::Blocked));
    assert_eq!(item.content.lead.map(|lead| lead.days), Some(7));
}

#[tokio::test]
async fn a_form_without_a_version_or_with_a_strange_field_is_refused() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let path = site.item_path("chat", "/status").await;
    for form in ["status=done", "status=done&version=1&force=yes", "status=finished&version=1", "version=1"] {
        assert_eq!(ann.post(&path, form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    assert_eq!(site.item("chat").await.state(), State::ToDo);
}

#[tokio::test]
async fn evidence_acceptance_and_comments_go_through_the_forms() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let post = async |who: &crate::signed::Browser<'_>, key: &str, rest: &str, more: &[(&str, &str)]| {
        let form = site.form(key, more).await;
        who.post(&site.item_path(key, rest).await, &form).await.leads_to("/items/");
    };
    post(&ann, "jira", "/evidence", &[("kind", "link"), ("text", "https://jira.example/x"), ("fact", "")]).await;
    post(&ann, "jira", "/status", &[("status", "done"), ("reason", ""), ("third_party", "")]).await;
    assert_eq!(site.item("jira").await.state(), State::Done);
    // The part first, then the item, which the customer accepts.
    post(&ann, "calendar", "/status", &[("status", "done")]).await;
    post(&ann, "governance", "/status", &[("status", "done")]).await;
    assert_eq!(site.item("governance").await.state(), State::Submitted);
    let page = bob.page(&site.item_path("governance", "").await).await;
    assert!(page.contains("Done once the customer side accepts it") && page.contains("/accept"), "{}", main_of(&page));
    post(&bob, "governance", "/accept", &[]).await;
    assert_eq!(site.item("governance").await.state(), State::Done);
    let path = site.item_path("governance", "").await;
    assert!(ann.page(&path).await.contains("Accepted by Bob"));
    let said = form([("comment", "agreed <i>then</i>".to_owned()), ("back", path.clone())].into_iter());
    bob.post(&format!("{path}/comments"), &said).await.leads_to("/items/");
    assert!(ann.page(&path).await.contains("agreed &#60;i&#62;then"));
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent_and_is_never_shown_in_the_page() {
    let site = Site::new().await;
    let (ann, mallory) = (site.as_person("ann").await, site.as_person("mallory").await);
    let (path, version) = (site.item_path("jira", "/files").await, site.item("jira").await.version.to_string());
    let answer = ann.upload(&path, &[("version", &version)], ("../evil <x>.html", b"<script>1</script>")).await;
    answer.leads_to("/checklist");
    let file = site.item("jira").await.proofs[0].file.clone().unwrap();
    let back = ann.get(&site.at(&format!("/files/{file}"))).await;
    assert_eq!(back.body, b"<script>1</script>");
    assert_eq!(back.header("content-type"), "application/octet-stream");
    assert!(back.header("content-disposition").starts_with("attachment;") && !back.header("content-disposition").contains(".."));
    assert_eq!(mallory.get(&site.at(&format!("/files/{file}"))).await.status, StatusCode::NOT_FOUND);
    let empty = ann.upload(&path, &[("version", "2")], ("empty.txt", b"")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().contains("The file is empty"));
}

#[tokio::test]
async fn an_item_is_added_copied_moved_and_removed_by_hand() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let new = ann.page(&site.at("/items/new?activity=site")).await;
    assert!(new.contains("value=\"site\" selected"));
    let hostile = "<script>alert(1)</script> & \"more\"";
    let typed = [
        ("activity", "site"),
        ("title", hostile),
        ("description", "[x](javascript:alert(1)) <img src=x>"),
        ("owner", "customer-manager"),
        ("due", "2026-01-15"),
    ];
    let sent = form(typed.into_iter().map(|(name, value)| (name, value.to_owned())));
    let answer = ann.post(&site.at("/items"), &sent).await;
    answer.leads_to("/checklist?item=");
    let id = answer.header("location").rsplit('=').next().unwrap().to_owned();
    let page = ann.page(answer.header("location")).await;
    assert!(
        page.contains("&#60;script&#62;alert(1)")
            && !page.contains("<script>alert")
            && !page.contains("href=\"javascript:")
            && !page.contains("<img")
    );
    let path = site.at(&format!("/items/{id}"));
    ann.post(&format!("{path}/move"), "version=1&to=up").await.leads_to("/checklist");
    ann.post(&format!("{path}/copy"), "version=1").await.leads_to("/checklist");
    ann.post(&format!("{path}/remove"), "version=1&reason=").await.leads_to("/checklist");
    assert!(!site.listed(&id.as_str().into()).await);
    let kit = site.item("chat").await;
    let refused = ann.post(&site.item_path("chat", "/remove").await, "version=1&reason=").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("remove-reason-e") && site.listed(&kit.id).await);
    let refused = ann.post(&site.at("/items"), "activity=nowhere&title=x&description=typed+text").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("typed text"));
}

#[tokio::test]
async fn an_item_added_by_hand_says_who_added_it_and_a_day_off_is_named() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let added = ann.post(&site.at("/items"), "activity=site&title=Order+lunch&due=2026-01-17").await;
    let page = ann.page(added.header("location")).await;
    assert!(page.contains("Added by hand by Ann, ") && !page.contains("The kit always has it"), "{page}");
    assert!(!page.contains("value=\"rule\"") && !page.contains("kit's rule"), "a rule is offered where there is none");
    assert!(page.contains("Sat 17 Jan 2026 is not a working day for Delivery and Northwind."), "{page}");
    let holiday = ann.post(&site.at("/items"), "activity=site&title=Order+cake&due=2026-01-19").await;
    let page = ann.page(holiday.header("location")).await;
    assert!(page.contains("Mon 19 Jan 2026 is not a working day for Northwind (Martin Luther King"), "{page}");
    let worked = ann.post(&site.at("/items"), "activity=site&title=Order+tea&due=2026-01-16").await;
    assert!(!ann.page(worked.header("location")).await.contains("is not a working day"));
    let kit = ann.page(&site.item_path("jira", "").await).await;
    assert!(kit.contains("value=\"rule\" checked") && kit.contains("The kit always has it"));
}

#[tokio::test]
async fn the_comments_that_one_may_read_are_counted() {
    let site = Site::new().await;
    let (ann, bob) = (site.as_person("ann").await, site.as_person("bob").await);
    let path = site.item_path("jira", "/comments").await;
    ann.post(&path, "comment=For+all").await.leads_to("/checklist");
    ann.post(&path, "comment=For+us&internal=1").await.leads_to("/checklist");
    assert!(ann.page(&site.at("/checklist")).await.contains(">2 comments<"));
    assert!(bob.page(&site.at("/checklist")).await.contains(">1 comment<"), "the customer is told of what they may not read");
}

#[tokio::test]
async fn what_one_did_is_offered_to_be_taken_back_in_the_history_and_in_the_record() {
    let site = Site::new().await;
    let (ann, dee) = (site.as_person("ann").await, site.as_person("dee").await);
    for key in ["chat", "load"] {
        ann.post(&site.item_path(key, "/status").await, "version=1&status=blocked&reason=strike").await.leads_to("/checklist");
    }
    let offers = |page: &str| {
        let after = page.match_indices("/undo?number=").map(|(at, found)| &page[at + found.len()..]);
        after.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(offers(&ann.page(&site.at("/record")).await), ["3", "2"]);
    assert_eq!(offers(&dee.page(&site.at("/record")).await), [""; 0], "somebody else's change is offered");
    let path = site.item_path("chat", "").await;
    assert_eq!(offers(&ann.page(&path).await), ["2"]);
    ann.post(&site.at("/undo?number=2"), "").await;
    assert_eq!((site.item("chat").await.state(), site.item("load").await.state()), (State::ToDo, State::Blocked));
    assert_eq!(offers(&ann.page(&path).await), [""; 0], "it is offered again");
    dee.post(&site.item_path("load", "/status").await, "version=2&status=in_progress&reason=settled").await.leads_to("/checklist");
    assert_eq!(offers(&ann.page(&site.at("/record")).await), [""; 0], "Dee worked on it since");
}

#[tokio::test]
async fn many_items_are_moved_together_or_not_at_all() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let (chat, load) = (site.item("chat").await.id, site.item("load").await.id);
    let path = site.at("/items/status");
    let refused = ann.post(&path, &format!("item={chat}:1&item={load}:1&status=done&reason=")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refused.text();
    let (_, bar) = refused.split_once("id=\"bulk\"").expect("the bar");
    assert!(bar.contains("Load the delivery kit</a>: Not yet: it comes after Get access to Jira"), "the bar does not say why: {bar}");
    assert_eq!(refused.to_lowercase().matches("no item was changed").count(), 1, "it is said more than once: {refused}");
    let kept = ann.post(&path, &format!("item={chat}:1&item={load}:1&status=waived&third_party=Kept&reason=")).await.text();
    for id in [&chat, &load] {
        assert!(kept.contains(&format!("value=\"{id}:1\" form=\"bulk\" checked")), "the tick is gone: {kept}");
    }
    assert_eq!(kept.matches("form=\"bulk\" checked").count(), 2, "something else is ticked: {kept}");
    assert!(kept.contains("value=\"waived\" selected") && kept.contains("value=\"Kept\""), "what was typed is gone: {kept}");
    assert_eq!(site.item("chat").await.state(), State::ToDo);
    ann.post(&path, &format!("item={chat}:1&item={load}:1&status=blocked&reason=strike")).await.leads_to("/checklist");
    assert_eq!((site.item("chat").await.state(), site.item("load").await.state()), (State::Blocked, State::Blocked));
    let late = ann.post(&path, &format!("item={chat}:1&status=in_progress&reason=")).await;
    assert!(late.text().contains("was changed by somebody since you looked"));
    assert_eq!(ann.post(&path, "status=done").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn all_rows_that_are_shown_are_chosen_by_a_link() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let ticks = |page: &str| (page.matches("form=\"bulk\"").count(), page.matches("form=\"bulk\" checked").count());
    let (rows, ticked) = ticks(&ann.page(&site.at("/checklist?choose=ticks")).await);
    assert!(rows > 3 && ticked == 0, "{rows} {ticked}");
    assert_eq!(ticks(&ann.page(&site.at("/checklist?choose=all")).await), (rows, rows));
    let some = ann.page(&site.at("/checklist?text=jira&choose=all")).await;
    assert_eq!(ticks(&some), (1, 1), "rows that are not shown are ticked too");
    assert!(some.contains("Select all 1 shown") && some.contains("checklist?text=jira&#38;choose=all"), "{some}");
    assert_eq!(ann.get(&site.at("/checklist?choose=most")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_lead_time_that_does_not_fit_offers_its_ways_out() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let typed = [
        ("title", "Get access to Jira"),
        ("description", ""),
        ("owner", "engagement-manager"),
        ("owner", "customer-manager"),
        ("due_kind", "rule"),
        ("lead", "60"),
        ("gate", "tools"),
    ];
    ann.post(&site.item_path("jira", "").await, &site.form("jira", &typed).await).await.leads_to("/items/");
    let path = site.item_path("jira", "").await;
    let page = ann.page(&path).await;
    for words in
        ["Needs 60 business days", "Do it faster", "Work around it", "Go without it", "/plan?ms.kickoff=", "Takes 60 business days"]
    {
        assert!(page.contains(words), "{words}: {}", main_of(&page));
    }
    let plan = page.split("href=\"").find(|rest| rest.contains("/plan?ms.")).and_then(|rest| rest.split('"').next()).expect("a link");
    let date = plan.split_once("ms.kickoff=").expect("a date").1;
    let moved = ann.page(plan).await;
    assert!(moved.contains(&format!("name=\"ms.kickoff\" type=\"date\" value=\"{date}\"")), "{}", main_of(&moved));
    let refused = ann
        .post(&format!("{path}/way-out"), &site.form("jira", &[("kind", "work_around"), ("text", "paper first"), ("reason", "")]).await)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("paper first"));
    let chosen = site.form("jira", &[("kind", "work_around"), ("text", "paper first"), ("reason", "no time")]).await;
    ann.post(&format!("{path}/way-out"), &chosen).await.leads_to("/items/");
    let page = ann.page(&path).await;
    assert!(page.contains("paper first. Ann chose this way out: no time") && !page.contains("Go without it"), "{}", main_of(&page));
}

#[tokio::test]
async fn htmx_gets_the_panel_alone_and_then_the_inside_with_what_was_said() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let part = [("hx-request-type", "partial"), ("hx-target", "aside#item")];
    let id = site.item("jira").await.id;
    let panel = ann.get_with(&site.at(&format!("/checklist?item={id}")), &part).await.text();
    assert!(
        panel.trim_start().starts_with("<aside class=\"panel\" id=\"item\"") && !panel.contains("<html") && !panel.contains("data-row"),
        "{panel:.300}"
    );
    let closed = ann.get_with(&site.at("/checklist"), &part).await.text();
    assert_eq!(closed.trim(), "<aside id=\"item\" hidden></aside>");
}

#[tokio::test]
async fn whoever_looks_is_told_of_a_change_and_others_are_not() {
    use http_body_util::BodyExt;
    let site = Site::new().await;
    let (ann, mallory) = (site.as_person("ann").await, site.as_person("mallory").await);
    assert_eq!(mallory.get(&site.at("/events")).await.status, StatusCode::NOT_FOUND);
    let mut events = ann.open(&site.at("/events")).await.into_body();
    let chat = site.form("chat", &[("status", "in_progress")]).await;
    ann.post(&site.item_path("chat", "/status").await, &chat).await.leads_to("/items/");
    let frame = tokio::time::timeout(std::time::Duration::from_secs(5), events.frame()).await.unwrap().unwrap().unwrap();
    let text = String::from_utf8_lossy(frame.data_ref().unwrap()).into_owned();
    assert!(text.contains("data: changed") && text.contains("id: "), "{text}");
}

#[tokio::test]
async fn whoever_may_no_longer_look_hears_nothing_more() {
    use http_body_util::BodyExt;
    use tminus_app::people::{member::remove_member, person::end_person};
    let site = Site::new().await;
    let (app, ann) = (&site.world.app, site.as_person("ann").await);
    let (bob, dee, leaving) = (site.as_person("bob").await, site.as_person("dee").await, site.as_person("ann").await);
    let mut streams = Vec::new();
    for person in [&bob, &dee, &leaving] {
        streams.push(person.open(&site.at("/events")).await.into_body());
    }
    end_person(app, &site.world.ann, &site.world.dee.person).await.unwrap();
    leaving.post("/sign-out", "").await;
    // Of these two nothing tells anybody: they are found out while nothing changes.
    let soon = std::time::Duration::from_secs(10);
    for stream in &mut streams[1..] {
        let ended = tokio::time::timeout(soon, stream.frame()).await.expect("it ends soon");
        assert!(ended.is_none(), "{ended:?}");
    }
    remove_member(app, &site.world.ann, &site.world.engagement, &site.world.bob.person).await.unwrap();
    let chat = site.form("chat", &[("status", "in_progress")]).await;
    ann.post(&site.item_path("chat", "/status").await, &chat).await.leads_to("/items/");
    let ended = tokio::time::timeout(soon, streams[0].frame()).await.expect("it ends soon");
    assert!(ended.is_none(), "{ended:?}");
}

#[tokio::test]
async fn a_kept_filter_stands_among_the_views_until_it_is_forgotten() {
    let site = Site::new().await;
    let ann = site.as_person("ann").await;
    let kept = ann.post(&site.at("/filters"), "activity=site&open=1&name=Open+on+site").await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let list = ann.get(&site.at("/checklist")).await.text();
    assert!(list.contains("Open on site <span class=\"n\">"), "{list}");
    assert!(!site.as_person("dee").await.get(&site.at("/checklist")).await.text().contains("Open on site"));
    let filtered = ann.get(&site.at("/checklist?open=1&activity=site")).await.text();
    assert!(filtered.contains("Forget filter “Open on site”"), "{filtered}");
    let unnamed = ann.post(&site.at("/filters"), "late=1&text=badge&name=").await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unnamed.text().contains("Give the filter a name of 1 to 60 characters."), "{}", unnamed.text());
    ann.post(&site.at("/filters/forget"), "name=Open+on+site").await;
    assert!(!ann.get(&site.at("/checklist")).await.text().contains("Open on site"));
}
