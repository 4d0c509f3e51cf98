//! The checklist as a table: taken along, filled in, handed in, with what others did meanwhile.

use std::collections::BTreeSet;

use tminus_app::{
    Failure,
    checklist::{
        comment::list_comments,
        status::{SetStatus, set_status},
        table::{Preview, Table, What, checklist_csv, import_checklist, preview_checklist},
        undo::undo,
    },
    record::read_record,
    world::{self, World},
};
use tminus_domain::{
    checklist::{filter::Filter, item::Item, status::State},
    rights::{Actor, Right},
};
use tminus_store::record::Wanted;

async fn item(world: &World, key: &str) -> Item {
    let view = world.app.view(&world.ann, &world.engagement, Right::ReadEngagement).await.unwrap();
    let found = view.engagement.listed().find(|it| it.key == key || it.task.as_str() == key);
    Item::clone(found.unwrap())
}

async fn taken(world: &World, actor: &Actor, shared: bool) -> String {
    let bytes = checklist_csv(&world.app, actor, &world.engagement, (&Filter::default(), shared)).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The table with cells filled in: of the first row whose title is given, the named columns.
fn fill(table: &str, filled: &[(&str, &[(&str, &str)])]) -> String {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|it| it == name).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    let mut seen = BTreeSet::new();
    for row in reader.records() {
        let mut cells: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        let title = cells[place("what")].clone();
        for (_, wanted) in filled.iter().filter(|(of, _)| *of == title && !seen.contains(&title)) {
            for (name, text) in *wanted {
                (*text).clone_into(&mut cells[place(name)]);
            }
        }
        seen.insert(title);
        writer.write_record(&cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn table(text: &str) -> Table<'_> {
    Table { file: text.as_bytes(), ..Table::default() }
}

fn what<'a>(preview: &'a Preview, title: &str) -> &'a What {
    &preview.lines.iter().find(|line| line.title == title).unwrap().what
}

fn left<'a>(preview: &'a Preview, title: &str) -> &'a str {
    match what(preview, title) {
        What::Left(why) => why,
        other => panic!("{title}: {other:?}"),
    }
}

const JIRA: &str = "Get access to Jira";
const BADGE: &str = "Get a badge";

#[tokio::test]
async fn what_comes_back_is_looked_at_and_taken_over_in_one_change_and_twice_is_once() {
    let world = world::own().await;
    let (app, id) = (&world.app, &world.engagement);
    let sheet = taken(&world, &world.ann, false).await;
    let filled = fill(
        &sheet,
        &[
            (JIRA, &[("status", "Done"), ("evidence", "https://jira.example/browse/A-1")]),
            (BADGE, &[("status", "waiting third party"), ("waits_for", "Guards Ltd"), ("comment", "They open on Monday.")]),
        ],
    );
    let preview = preview_checklist(app, &world.ann, id, &table(&filled)).await.unwrap();
    assert_eq!((preview.changes(), preview.left()), (2, 0), "{:?}", preview.lines);
    // As a form sends it: its lines are the same ones, counted from 1, with the names in the first.
    let sent = filled.replace('\n', "\r\n");
    let sent = preview_checklist(app, &world.ann, id, &table(&sent)).await.unwrap();
    assert_eq!((sent.lines[0].number, &sent.edition), (2, &preview.edition));
    let whom = |title: &str| preview.lines.iter().find(|line| line.title == title).map(|line| line.whom.as_str());
    assert_eq!((whom(JIRA), whom(BADGE)), (Some(""), Some("Ann")));
    assert_eq!(item(&world, "jira").await.state(), State::ToDo, "a look changes nothing");
    let seen = Table { seen: Some(&preview.edition), ..table(&filled) };
    import_checklist(app, &world.ann, id, &seen).await.unwrap();
    let (jira, badge) = (item(&world, "jira").await, item(&world, "badge").await);
    assert_eq!((jira.state(), badge.state()), (State::Done, State::WaitingThirdParty));
    assert_eq!(badge.status.third_party.as_deref(), Some("Guards Ltd"));
    assert_eq!(list_comments(app, &world.ann, id, &badge.id).await.unwrap().len(), 1);
    let record = read_record(app, &world.ann, id, &Wanted { limit: 50, ..Wanted::default() }).await.unwrap();
    assert!(record.iter().any(|entry| entry.fact == "checklist_imported" && entry.via == "import"));
    // The same table once more finds all of it done.
    let again = import_checklist(app, &world.ann, id, &table(&filled)).await.unwrap();
    assert_eq!((again.changes(), again.left()), (0, 0), "{:?}", again.lines);
    assert_eq!(list_comments(app, &world.ann, id, &badge.id).await.unwrap().len(), 1);
    assert!(matches!(import_checklist(app, &world.ann, id, &seen).await, Err(Failure::Conflict(_))), "what was looked at is past");
    undo(app, &world.ann, id, None).await.unwrap();
    assert_eq!((item(&world, "jira").await.state(), item(&world, "badge").await.state()), (State::ToDo, State::ToDo));
}

#[tokio::test]
async fn what_somebody_else_moved_since_stays_and_is_reported_and_the_rest_is_taken_over() {
    let world = world::own().await;
    let (app, id) = (&world.app, &world.engagement);
    let sheet = taken(&world, &world.ann, false).await;
    let blocked = SetStatus {
        item: item(&world, "jira").await.id,
        to: State::Blocked,
        reason: Some("no licence".to_owned()),
        third_party: None,
        version: None,
    };
    world.clock.advance(jiff::SignedDuration::from_secs(60));
    set_status(app, &world.dee, id, blocked).await.unwrap();
    // Rows that were not touched say nothing, whatever happened to their items.
    let untouched = preview_checklist(app, &world.ann, id, &table(&sheet)).await.unwrap();
    assert_eq!((untouched.changes(), untouched.left()), (0, 0), "{:?}", untouched.lines);
    let filled = fill(&sheet, &[(JIRA, &[("status", "in progress")]), (BADGE, &[("status", "in progress")])]);
    let done = import_checklist(app, &world.ann, id, &table(&filled)).await.unwrap();
    let why = left(&done, JIRA).to_owned();
    for part in ["“to do” when the table was made", "“blocked” since by Dee", "the table says “in progress”"] {
        assert!(why.contains(part), "{why}");
    }
    assert_eq!(item(&world, "jira").await.state(), State::Blocked);
    assert_eq!(item(&world, "badge").await.state(), State::InProgress);
}

#[tokio::test]
async fn a_row_that_is_refused_is_left_whole_and_says_why() {
    let world = world::own().await;
    let (app, id) = (&world.app, &world.engagement);
    let sheet = taken(&world, &world.ann, false).await;
    let filled = fill(
        &sheet,
        &[
            // Evidence of another kind than what is asked for does not close it, and is not kept either.
            (JIRA, &[("status", "done"), ("evidence", "I have seen it work")]),
            (BADGE, &[("status", "finished")]),
            ("Set up the internal chat room", &[("status", "blocked")]),
        ],
    );
    let done = import_checklist(app, &world.ann, id, &table(&filled)).await.unwrap();
    assert!(left(&done, JIRA).contains("add the evidence first"), "{:?}", done.lines);
    assert!(left(&done, BADGE).contains("“finished” is no status: to do, in progress"), "{:?}", done.lines);
    assert!(left(&done, "Set up the internal chat room").contains("needs a reason"), "{:?}", done.lines);
    assert_eq!((done.changes(), item(&world, "jira").await.proofs.len()), (0, 0));
    let twice = format!("{sheet}{}", sheet.lines().nth(1).unwrap());
    let twice = preview_checklist(app, &world.ann, id, &table(&twice)).await.unwrap();
    assert_eq!(twice.left(), 1);
    let nul: Vec<u8> = "\u{feff}row,comment\nx.to_do.1,a\0b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let nul = Table { file: &nul, ..Table::default() };
    assert!(preview_checklist(app, &world.ann, id, &nul).await.unwrap_err().to_string().contains("NUL"));
    for (text, part) in [
        ("what,status\nx,done\n", "“row” is missing"),
        ("row,colour\nx,blue\n", "no column “colour”"),
        ("row,status\nnonsense,done\n", "take the table along anew"),
        ("row,status\nnothere.to_do.1,done\n", "no such item here for you"),
    ] {
        let preview = preview_checklist(app, &world.ann, id, &table(text)).await.unwrap();
        let told = preview.problem.map(|problem| problem.why).or_else(|| match preview.lines.into_iter().next()?.what {
            What::Left(why) => Some(why),
            _ => None,
        });
        assert!(told.as_ref().is_some_and(|why| why.contains(part)), "{text}: {told:?}");
    }
}

#[tokio::test]
async fn a_customer_takes_along_and_hands_in_what_is_theirs_and_no_more() {
    let world = world::own().await;
    let (app, id) = (&world.app, &world.engagement);
    let (whole, theirs) = (taken(&world, &world.ann, false).await, taken(&world, &world.bob, false).await);
    assert!(whole.contains("internal chat room") && !theirs.contains("internal chat room"));
    assert!(!taken(&world, &world.ann, true).await.contains("internal chat room"), "for the customer: nothing internal");
    // A row of what is internal, handed in by the customer, is of nothing.
    let chat = whole.lines().find(|line| line.contains("internal chat room")).unwrap();
    let planted = format!("{}\n{}\n", whole.lines().next().unwrap(), chat.replace("to do", "in progress"));
    let tried = preview_checklist(app, &world.bob, id, &table(&planted)).await.unwrap();
    assert!(matches!(&tried.lines[0].what, What::Left(why) if why.contains("no such item")), "{:?}", tried.lines);
    let filled = fill(&theirs, &[(BADGE, &[("status", "in progress"), ("comment", "On it.")])]);
    import_checklist(app, &world.bob, id, &table(&filled)).await.unwrap();
    assert_eq!(item(&world, "badge").await.status.by.as_ref(), Some(&world.bob.person));
    let speaks = Table { of: Some(world.ann.person.clone()), ..table(&theirs) };
    assert!(preview_checklist(app, &world.bob, id, &speaks).await.unwrap_err().to_string().contains("delivery side"));
    assert!(matches!(preview_checklist(app, &world.mallory, id, &table(&theirs)).await, Err(Failure::NotFound)));
    assert!(matches!(checklist_csv(app, &world.mallory, id, (&Filter::default(), false)).await, Err(Failure::NotFound)));
}
