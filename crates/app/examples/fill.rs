//! Fills an empty database for measurements: `fill DATABASE ENGAGEMENTS ITEMS`. Prints JSON: who signs in, engagements, items.

use tminus_app::{
    App,
    engagement::open::{OpenEngagement, open_engagement},
    kit::import_kit,
    people::person::{AddPerson, add_first_person},
    rights::{
        sign_in::actor,
        token::{CreateToken, create_token},
    },
    world::{Clock, PASSWORD},
};
use tminus_domain::{
    engagement::setup::Setup,
    kit::Side,
    rights::{PracticeRole, Right, Via},
    schedule::WorkCalendar,
};
use tminus_kits::files::Files;
use tminus_store::{Opening, Store};

/// A kit of so many tasks in activities of twenty, with owners, dates, lead times and gates as real kits have them.
fn kit(items: usize) -> String {
    let mut text = String::from(
        "schema = \"kit/1\"\nid = \"bench\"\ntitle = \"Bench\"\nversion = \"1.0\"\n
[[role]]\nid = \"engagement-manager\"\ntitle = \"Engagement manager\"\nside = \"delivery\"\n
[[role]]\nid = \"customer-manager\"\ntitle = \"Customer project manager\"\nside = \"customer\"\n
[[gate]]\nid = \"tools\"\ntitle = \"Tools ready\"\nmilestone = \"kickoff\"\n",
    );
    let entries = (0..items).map(|item| {
        let module = match item % 20 {
            0 => format!(
                "\n[[module]]\nid = \"activity-{0}\"\ntitle = \"Activity {0}\"\nowners = [\"engagement-manager\", \"customer-manager\"]\n",
                item / 20 + 1
            ),
            _ => String::new(),
        };
        let task = format!("id = \"item-{item}\"\ntitle = \"Item {item} of the checklist, with a title as long as such titles are\"");
        let text = "description = \"What it is and why, in a sentence or two, as a checklist says it.\"";
        format!(
            "{module}\n[[module.task]]\n{task}\n{text}\ndue = \"T-{}bd @ kickoff\"\nlead = \"5bd\"\ngates = [\"tools\"]\n",
            item % 15 + 1
        )
    });
    text.extend(entries);
    text
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, database, engagements, items] = arguments.as_slice() else { panic!("fill DATABASE ENGAGEMENTS ITEMS") };
    let (engagements, items): (usize, usize) = (engagements.parse().expect("engagements"), items.parse().expect("items"));
    let store = Store::open(&Opening { database: database.clone(), files: None }).await.expect("the database opens");
    // Measurements run under the real clock: what is made here is of today, so that sessions and dates are as in use.
    let today = std::env::var("TMINUS_FILL_DAY").unwrap_or_else(|_| "2026-01-05".to_owned());
    let app = App::new(store, Clock::at(&format!("{today}T08:00:00Z")).surroundings());
    let person = AddPerson {
        name: "Ann".to_owned(),
        email: "ann@example.com".to_owned(),
        side: Side::Delivery,
        zone: "UTC".to_owned(),
        practice: PracticeRole::Administrator,
        password: Some(PASSWORD.to_owned()),
    };
    let ann = actor(add_first_person(&app, person).await.expect("Ann"), Via::Cli);
    let token = create_token(&app, &ann, CreateToken { title: "bench".to_owned(), days: None, pass: tminus_domain::rights::Pass::KEY })
        .await
        .expect("a key");
    let (imported, _) = import_kit(&app, &ann, Files::from_bytes("kit.toml", kit(items).into_bytes())).await.expect("the kit");
    let calendar = |name: &str, side, region: &str| WorkCalendar::new(name, side).in_region(region.parse().expect("a region"));
    let mut ids = Vec::with_capacity(engagements);
    for number in 1..=engagements {
        let setup = Setup {
            title: format!("Engagement {number}"),
            customer: format!("Customer {}", number % 97),
            zone: "UTC".to_owned(),
            milestones: [("kickoff".into(), format!("2026-{:02}-{:02}", number % 12 + 1, number % 27 + 1).parse().expect("a date"))].into(),
            calendars: vec![calendar("Delivery", Side::Delivery, "DE-BY"), calendar("Customer", Side::Customer, "US")],
            ..Setup::default()
        };
        let opening = OpenEngagement { kits: vec![imported[0].kit.hash.clone()], setup, members: Vec::new(), portfolio: None };
        ids.push(open_engagement(&app, &ann, opening).await.expect("opens"));
    }
    let view = app.view(&ann, &ids[0], Right::ReadEngagement).await.expect("is there");
    let items: Vec<_> = view.engagement.items.iter().map(|item| &item.id).collect();
    println!(
        "{}",
        serde_json::json!({ "email": "ann@example.com", "password": PASSWORD, "token": token.secret, "engagements": ids, "items": items, "activity_items": items.len() })
    );
}
