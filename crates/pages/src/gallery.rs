//! Every part once, on one page: how pages are written, and what the eye checks.

use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use jiff::civil::date;

use crate::{
    draw::{self, Calendar, Chain, Drawing, Fit, Forecast, LeadTime, Milestone, Row, Span, Square, Strip, Tally},
    mark::{ALL, Face, Mark, Side},
    page::{Asked, Page},
    shell::{Header, Link, Notice, Pinned, Place, Shell, Tab},
    when::{Countdown, Due},
    wrong::Wrong,
};

#[derive(Template)]
#[template(path = "gallery.html", blocks = ["inside"])]
struct Gallery {
    shell: Shell,
    marks: &'static [Mark],
    people: Vec<Face>,
    dues: Vec<Due>,
    items: Vec<Sample>,
    tally: Tally,
    drawings: Vec<(&'static str, Drawing)>,
}

struct Sample {
    id: &'static str,
    number: &'static str,
    title: &'static str,
    mark: Mark,
    due: Due,
    internal: bool,
    chosen: bool,
}

impl Page for Gallery {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }

    fn part(&self, id: &str) -> Option<askama::Result<String>> {
        (id == "toasts").then(|| Ok("<div>only the toasts</div>".into()))
    }
}

fn shell() -> Shell {
    let pinned = |id: &str, name: &str, rating, days_left| Pinned {
        id: id.into(),
        name: name.into(),
        rating,
        countdown: Some(Countdown { days_left }),
    };
    Shell {
        person: Some(Face::new("Amara Okafor", Side::Delivery)),
        pinned: vec![pinned("nw", "Northwind Logistics", Mark::AT_RISK, 6), pinned("ta", "Tamarind Airways", Mark::ON_TARGET, 16)],
        engagement: Some(Header {
            id: "nw".into(),
            customer: "Northwind <Logistics>".into(),
            name: "Mobilize".into(),
            rating: Mark::AT_RISK,
            tab: Tab::Checklist,
            open: vec![(Tab::Checklist, 29), (Tab::People, 23), (Tab::Record, 0)],
            ahead: vec![("Kick-off Tue 1 Dec".into(), Countdown { days_left: 6 })],
            plans: true,
            reads_record: true,
            customer_view: true,
        }),
        crumbs: vec![Link { words: "Engagements".into(), href: "/engagements".into() }],
        notice: Some(Notice { mark: Mark::DONE, words: "2.9 Escorts is done".into(), undo: Some("/undo/17".into()) }),
        live: Some("/engagements/nw/events".into()),
        ..Shell::new("Components & parts", Place::Engagements)
    }
}

fn gallery() -> Gallery {
    let due = date(2026, 12, 1);
    Gallery {
        shell: shell(),
        marks: ALL,
        people: vec![
            Face::new("Amara Okafor", Side::Delivery),
            Face::new("Denise Whitaker", Side::Customer),
            Face::new("Ingrid Haugen", Side::Partner),
        ],
        dues: vec![
            Due::Ahead { due, left: 3 },
            Due::Today { due },
            Due::Late { due, by: 2 },
            Due::StartBy { due, start: date(2026, 11, 23) },
            Due::Unfeasible { due, need: 10, left: 6 },
            Due::Done { due: Some(due), on: due, waived: false },
            Due::LeftOut,
            Due::Unknown { rule: "kick-off − 10 bd, kick-off not set".into() },
        ],
        items: vec![
            Sample {
                id: "2-1",
                number: "2.1",
                title: "Background checks for people on site",
                mark: Mark::IN_PROGRESS,
                due: Due::Unfeasible { due, need: 10, left: 6 },
                internal: false,
                chosen: true,
            },
            Sample {
                id: "2-3",
                number: "2.3",
                title: "Two forms of ID: list sent to travellers",
                mark: Mark::DONE,
                due: Due::Done { due: Some(due), on: due, waived: false },
                internal: true,
                chosen: false,
            },
            Sample {
                id: "2-4",
                number: "2.4",
                title: "Network accounts",
                mark: Mark::WAITING_ON_CUSTOMER,
                due: Due::Late { due, by: 1 },
                internal: false,
                chosen: false,
            },
        ],
        tally: Tally { done: 17, in_progress: 12, waiting: 7, blocked: 1, of: 46 },
        drawings: drawings(),
    }
}

fn drawings() -> Vec<(&'static str, Drawing)> {
    let kick_off = date(2026, 12, 1);
    let fit = |name: &str, need, why: &str| draw::fit(&Fit { name: name.into(), need, left: 13, why: why.into() }, 28);
    let lead = LeadTime {
        need: 10,
        left: 6,
        due: "Kick-off, 6 bd".into(),
        after: vec![(11, "Sprint 0 end, 11 bd".into())],
        start: None,
        end: "clear Mon 7 Dec".into(),
    };
    let calendar = Calendar { from: date(2026, 11, 2), days: 55, today: date(2026, 11, 19) };
    let days = |days: &[(i8, i8, u32)]| days.iter().map(|(month, day, chance)| (date(2026, *month, *day), *chance)).collect();
    let forecast = Forecast {
        points: days(&[
            (11, 24, 0),
            (11, 30, 5),
            (12, 1, 16),
            (12, 2, 27),
            (12, 3, 40),
            (12, 4, 53),
            (12, 7, 63),
            (12, 8, 71),
            (12, 9, 78),
            (12, 11, 89),
            (12, 15, 95),
        ]),
        marks: vec![(kick_off, "Kick-off".into()), (date(2026, 12, 8), "Sprint 0 end".into())],
        until: date(2026, 12, 8),
    };
    vec![
        ("c12", draw::strip(&sample_strip())),
        ("c6", draw::forecast(&forecast, 160)),
        ("c6", draw::trend(&[61.0, 58.0, 63.0, 66.0, 64.0, 69.0, 74.0], (50.0, 80.0), ("Dec 2025", "Nov 2026"), "Share ready in time")),
        ("c6", fit("VPN exception", 20, "Security board sits on 1 and 15 Dec")),
        ("c6", fit("Background checks, 3 people", 10, "start by Tue 24 Nov")),
        ("c6", draw::lead_time(&lead)),
        ("c6", draw::months(calendar)),
        ("c6", draw::row(calendar, Row { start: date(2026, 11, 2), kick_off, end: date(2026, 12, 8) })),
        ("c6", draw::chain(Chain { entries: 1284, broken_at: None })),
        ("c6", draw::chain(Chain { entries: 1284, broken_at: Some(900) })),
        ("c6", draw::spark(&[1.0, 4.0, 2.0, 6.0])),
        ("c6", draw::meter(3, 4, "target", "3 of 4")),
    ]
}

fn sample_strip() -> Strip {
    let tones = ["done", "done", "progress", "waiting", "todo", "blocked"];
    let on = |index: usize| date(2026, 11, 4).checked_add(jiff::Span::new().days(i64::try_from(index * 7 % 31).unwrap_or(0)));
    let weekend = |index: i64| date(2026, 11, 7).checked_add(jiff::Span::new().days(index));
    let milestone = |name: &str, date, days_left| Milestone {
        name: name.into(),
        date,
        countdown: Some(Countdown { days_left }),
        first: name.contains("end") || name == "Kick-off",
    };
    Strip {
        from: date(2026, 11, 2),
        days: 40,
        today: date(2026, 11, 19),
        free: [0, 1, 4, 7, 8, 14, 15, 19, 20, 21, 22, 28, 29]
            .into_iter()
            .filter_map(|index| Some((weekend(index).ok()?, String::new())))
            .collect(),
        milestones: vec![
            milestone("Pre-planning", date(2026, 11, 2), 18),
            milestone("LRP", date(2026, 11, 16), 9),
            milestone("Kick-off", date(2026, 12, 1), 0),
            milestone("Sprint 0", date(2026, 12, 2), -1),
            milestone("Sprint 0 end", date(2026, 12, 8), -5),
        ],
        freezes: vec![Span { name: "Northwind change freeze".into(), from: date(2026, 11, 20), to: date(2026, 11, 30) }],
        items: (0..60)
            .filter_map(|index| Some(Square { on: on(index).ok()?, tone: tones[index % 6], title: format!("{index} Item") }))
            .collect(),
        ticks: vec![(date(2026, 11, 9), Countdown { days_left: 13 }), (date(2026, 11, 23), Countdown { days_left: 4 })],
    }
}

/// A page for somebody who came by link.
#[derive(Template)]
#[template(source = r#"{% extends "outside.html" %}{% block main %}<p>{{ words }}</p>{% endblock %}"#, ext = "html", blocks = ["inside"])]
struct Outside {
    shell: Shell,
    words: &'static str,
}

impl Page for Outside {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

#[tokio::test]
async fn a_page_by_link_is_one_column_without_the_rail() {
    let page = Outside { shell: shell(), words: "Your three items" };
    let html = body(asked(&[]).show(&page)).await;
    assert!(html.contains("<body class=\"portal\"") && html.contains("Your three items") && !html.contains("class=\"rail\""), "{html}");
    assert!(!html.contains("id=\"cmd\"") && !html.contains("Pinned") && !html.contains("Tamarind"), "nothing of other engagements");
    let inside = body(asked(&[PART]).show(&page)).await;
    assert!(inside.contains("Your three items") && inside.contains("<h1>") && !inside.contains("<body"), "{inside}");
}

fn asked(headers: &[(&'static str, &str)]) -> Asked {
    let pairs = headers.iter().filter_map(|(name, value)| Some((name.parse::<axum::http::HeaderName>().ok()?, value.parse().ok()?)));
    Asked::of(&pairs.collect::<HeaderMap>())
}

async fn body(response: axum::response::Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

const PART: (&str, &str) = ("hx-request-type", "partial");

#[tokio::test]
async fn a_browser_gets_the_page_and_htmx_the_inside() {
    let page = body(asked(&[]).show(&gallery())).await;
    assert!(page.starts_with("<!doctype html>") && page.contains("class=\"rail\"") && page.trim_end().ends_with("</html>"));
    // For a look at it: TMINUS_GALLERY=/some/folder/index.html, served beside dist as /assets.
    if let Some(place) = std::env::var_os("TMINUS_GALLERY") {
        std::fs::write(place, &page).expect("the gallery can be written");
    }
    let inside = body(asked(&[("hx-request", "true"), PART, ("hx-target", "main#main")]).show(&gallery())).await;
    assert!(inside.starts_with("<title>Components &#38; parts · Tminus</title>") && inside.contains("class=\"tabs\""), "{inside:.300}");
    assert!(!inside.contains("<html") && !inside.contains("class=\"rail\""));
}

#[tokio::test]
async fn a_part_that_the_page_can_draw_alone_is_sent_alone() {
    assert_eq!(body(asked(&[PART, ("hx-target", "div#toasts")]).show(&gallery())).await, "<div>only the toasts</div>");
    let restored = asked(&[PART, ("hx-history-restore-request", "true")]);
    assert!(body(restored.show(&gallery())).await.contains("<html"), "going back needs all of it");
}

#[tokio::test]
async fn nothing_in_a_page_is_inline() {
    let page = body(asked(&[]).show(&gallery())).await;
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("<script type=\"module\" src=\"/assets/main-"));
    for forbidden in ["style=\"", "<style", "javascript:", " onclick", " onload", "hx-on", "http://", "https://"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("Northwind &#60;Logistics&#62;"), "names are escaped");
}

#[tokio::test]
async fn every_icon_is_in_the_sprite() {
    let sprite = include_str!("../assets/icons.svg");
    let page = body(asked(&[]).show(&gallery())).await;
    for name in page.split(".svg#i-").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(sprite.contains(&format!("id=\"i-{name}\"")), "{name}");
    }
}

#[tokio::test]
async fn one_tab_is_current_and_open_counts_stand_beside_theirs() {
    let page = body(asked(&[]).show(&gallery())).await;
    let tabs = page.split("class=\"tabs\"").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap_or_default();
    assert_eq!(tabs.matches("aria-current").count(), 1);
    assert!(tabs.contains("/engagements/nw/checklist\" aria-current=\"page\">Checklist<small>29</small>"), "{tabs}");
    assert_eq!(tabs.matches("<small>").count(), 2, "nothing open is not counted: {tabs}");
}

#[tokio::test]
async fn somebody_not_signed_in_sees_no_rail_and_no_palette() {
    let page = Gallery { shell: Shell { title: "Hello".into(), ..Shell::new("Hello", Place::Elsewhere) }, ..gallery() };
    let html = body(asked(&[]).show(&page)).await;
    assert!(!html.contains("/settings") && !html.contains("id=\"cmd\"") && html.contains("<h1>Hello</h1>"));
}

#[tokio::test]
async fn a_page_already_seen_is_not_sent_again() {
    let first = asked(&[]);
    let edition = first.edition((7, "amara"));
    assert_eq!(first.unchanged(&edition).map(|response| response.status()), None);
    let shown = first.show_edition(&gallery(), &edition);
    let tag = shown.headers().get("etag").and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned();
    let again = asked(&[("if-none-match", &tag)]);
    assert_eq!(again.unchanged(&again.edition((7, "amara"))).map(|response| response.status()), Some(StatusCode::NOT_MODIFIED));
    assert!(again.unchanged(&again.edition((8, "amara"))).is_none(), "another revision");
    assert!(again.unchanged(&again.edition((7, "bob"))).is_none(), "another person");
    let dark = asked(&[("if-none-match", &tag), ("cookie", "a=b; scheme=dark")]);
    assert!(dark.unchanged(&dark.edition((7, "amara"))).is_none(), "other colours");
    let part = asked(&[("if-none-match", &tag), PART]);
    assert!(part.unchanged(&part.edition((7, "amara"))).is_none(), "a part is not the page");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_shell_or_in_a_toast() {
    let cases = [
        (Wrong::not_found(), 404, "nothing at this address"),
        (Wrong::forbidden(), 403, "You may not do this"),
        (Wrong::conflict("Carlos changed 4.2 while you typed.", "Yours is kept below."), 409, "Yours is kept below."),
        (Wrong::refused("<b>10 bd</b> are needed."), 422, "&#60;b&#62;10 bd"),
        (Wrong::broken("a1b2"), 500, "this number: a1b2"),
        (Wrong::full(), 503, "full"),
    ];
    for (wrong, status, words) in cases {
        let wrong = wrong.then("Back to the checklist", "/engagements/nw/checklist");
        let page = wrong.clone().show(&asked(&[]), shell());
        assert_eq!(page.status().as_u16(), status);
        let page = body(page).await;
        assert!(page.contains(words) && page.contains("class=\"rail\"") && page.contains("Back to the checklist"), "{words}");
        let toast = wrong.show(&asked(&[PART]), shell());
        assert_eq!(toast.headers().get("hx-retarget").and_then(|target| target.to_str().ok()), Some("#toasts"));
        let toast = body(toast).await;
        assert!(toast.contains(words) && toast.contains("data-toast") && !toast.contains("<html"), "{toast}");
    }
}
