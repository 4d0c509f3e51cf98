//! The bare limit: axum, rusqlite with prepared statements, askama. It reads and renders the same rows as the product's
//! checklist page, and makes the same kind of change (row and history entry, full sync), and does nothing else.
//!
//! `bare DB PORT` serves; `bare DB fill ENGAGEMENTS ITEMS` makes the data.

use std::{cell::RefCell, sync::mpsc};

use askama::Template;
use axum::{
    Router,
    extract::{Form, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use rusqlite::{Connection, params};
use serde::Deserialize;
use tokio::sync::oneshot;

const SCHEMA: &str = "
create table person(id integer primary key, name text not null);
create table session(token text primary key, person_id integer not null, expires_at integer not null);
create table project(id integer primary key, name text not null, open integer not null, done integer not null);
create table item(id integer primary key, project_id integer not null, position integer not null, section text not null, title text not null,
  description text not null, status integer not null, assignee_id integer, due_on text, updated_at integer not null);
create index item_project on item(project_id, position);
create table history(id integer primary key, item_id integer not null, person_id integer not null, at integer not null, field text not null, old text, new text);
";

struct Item {
    id: i64,
    position: i64,
    section: String,
    title: String,
    status: i64,
    owner: String,
    due_on: String,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    name: &'a str,
    me: &'a str,
    items: &'a [Item],
}

struct Row {
    id: i64,
    name: String,
    open: i64,
    done: i64,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List<'a> {
    me: &'a str,
    rows: &'a [Row],
}

fn open(path: &str) -> Connection {
    let db = Connection::open(path).expect("the database opens");
    db.execute_batch(
        "pragma journal_mode=wal; pragma synchronous=full; pragma busy_timeout=5000; pragma cache_size=-16000; pragma mmap_size=268435456;",
    )
    .expect("pragmas");
    db.set_prepared_statement_cache_capacity(64);
    db
}

fn who(db: &Connection, token: &str) -> Option<(i64, String)> {
    db.prepare_cached("select p.id, p.name from session s join person p on p.id = s.person_id where s.token = ?1 and s.expires_at > ?2")
        .ok()?
        .query_row(params![token, 1_790_000_000_i64], |row| Ok((row.get(0)?, row.get(1)?)))
        .ok()
}

fn page(db: &Connection, token: &str, project: i64) -> Option<String> {
    let (_, me) = who(db, token)?;
    let name: String = db.prepare_cached("select name from project where id = ?1").ok()?.query_row([project], |row| row.get(0)).ok()?;
    let mut query = db
        .prepare_cached(
            "select i.id, i.position, i.section, i.title, i.status, coalesce(p.name, ''), coalesce(i.due_on, '')
             from item i left join person p on p.id = i.assignee_id where i.project_id = ?1 order by i.position",
        )
        .ok()?;
    let items = query.query_map([project], |row| {
        Ok(Item {
            id: row.get(0)?,
            position: row.get(1)?,
            section: row.get(2)?,
            title: row.get(3)?,
            status: row.get(4)?,
            owner: row.get(5)?,
            due_on: row.get(6)?,
        })
    });
    let items: Vec<Item> = items.ok()?.collect::<Result<_, _>>().ok()?;
    Page { name: &name, me: &me, items: &items }.render().ok()
}

fn list(db: &Connection, token: &str) -> Option<String> {
    let (_, me) = who(db, token)?;
    let mut query = db.prepare_cached("select id, name, open, done from project order by id limit 50").ok()?;
    let rows = query.query_map([], |row| Ok(Row { id: row.get(0)?, name: row.get(1)?, open: row.get(2)?, done: row.get(3)? }));
    let rows: Vec<Row> = rows.ok()?.collect::<Result<_, _>>().ok()?;
    List { me: &me, rows: &rows }.render().ok()
}

/// A change of status: row and history entry in one transaction at full sync.
struct Change {
    person: i64,
    item: i64,
    status: i64,
    done: oneshot::Sender<bool>,
}

fn change(db: &Connection, it: &Change) -> rusqlite::Result<bool> {
    db.prepare_cached("begin immediate")?.execute([])?;
    let old: i64 = db.prepare_cached("select status from item where id = ?1")?.query_row([it.item], |row| row.get(0))?;
    db.prepare_cached("update item set status = ?2, updated_at = updated_at + 1 where id = ?1")?.execute(params![it.item, it.status])?;
    db.prepare_cached("insert into history(item_id, person_id, at, field, old, new) values(?1, ?2, ?3, 'status', ?4, ?5)")?
        .execute(params![it.item, it.person, 1_790_000_001_i64, old.to_string(), it.status.to_string()])?;
    db.prepare_cached("commit")?.execute([])?;
    Ok(true)
}

#[derive(Clone)]
struct Bare {
    path: &'static str,
    writer: mpsc::Sender<Change>,
}

thread_local! { static DB: RefCell<Option<Connection>> = const { RefCell::new(None) }; }

async fn with<T: Send + 'static>(bare: &Bare, read: impl FnOnce(&Connection) -> T + Send + 'static) -> T {
    let path = bare.path;
    tokio::task::spawn_blocking(move || DB.with(|db| read(db.borrow_mut().get_or_insert_with(|| open(path))))).await.expect("reading")
}

fn token(headers: &HeaderMap) -> String {
    let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    cookie.split("; ").find_map(|it| it.strip_prefix("s=")).unwrap_or_default().to_owned()
}

fn html(page: Option<String>) -> Response {
    page.map_or_else(|| StatusCode::UNAUTHORIZED.into_response(), |page| Html(page).into_response())
}

#[derive(Deserialize)]
struct Status {
    status: i64,
}

async fn set_status(State(bare): State<Bare>, headers: HeaderMap, Path(item): Path<i64>, Form(form): Form<Status>) -> Response {
    let token = token(&headers);
    let Some((person, _)) = with(&bare, move |db| who(db, &token)).await else { return StatusCode::UNAUTHORIZED.into_response() };
    let (done, wait) = oneshot::channel();
    bare.writer.send(Change { person, item, status: form.status, done }).expect("the writer runs");
    if wait.await.unwrap_or(false) {
        (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

fn fill(path: &str, projects: i64, items: i64) {
    let db = open(path);
    db.execute_batch(SCHEMA).expect("schema");
    db.execute_batch("begin; insert into person values(1, 'Ann'); insert into session values('bench', 1, 1800000000);").expect("people");
    for project in 1..=projects {
        db.execute("insert into project values(?1, ?2, ?3, 0)", params![project, format!("Engagement {project}"), items]).expect("project");
        for item in 1..=items {
            let title = format!("Item {item} of the checklist, with a title as long as such titles are");
            let text = "What it is and why, in a sentence or two, as a checklist says it.";
            let section = format!("Activity {}", item / 20);
            db.prepare_cached("insert into item(project_id, position, section, title, description, status, assignee_id, due_on, updated_at) values(?1, ?2, ?3, ?4, ?5, 0, 1, '2026-01-12', 0)")
                .and_then(|mut it| it.execute(params![project, item, section, title, text]))
                .expect("item");
        }
    }
    db.execute_batch("commit").expect("commit");
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |at: usize| arguments.get(at).and_then(|it| it.parse::<i64>().ok());
    if arguments.get(2).map(String::as_str) == Some("fill") {
        return fill(&arguments[1], number(3).expect("engagements"), number(4).expect("items"));
    }
    let path: &'static str = arguments[1].clone().leak();
    let (writer, changes) = mpsc::channel::<Change>();
    std::thread::spawn(move || {
        let db = open(path);
        while let Ok(it) = changes.recv() {
            let made = change(&db, &it).unwrap_or(false);
            let _ = it.done.send(made);
        }
    });
    let routes = Router::new()
        .route(
            "/p/{id}",
            get(|State(bare): State<Bare>, headers: HeaderMap, Path(id): Path<i64>| async move {
                let token = token(&headers);
                html(with(&bare, move |db| page(db, &token, id)).await)
            }),
        )
        .route(
            "/list",
            get(|State(bare): State<Bare>, headers: HeaderMap| async move {
                let token = token(&headers);
                html(with(&bare, move |db| list(db, &token)).await)
            }),
        )
        .route("/i/{id}/status", post(set_status))
        .with_state(Bare { path, writer });
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", u16::try_from(number(2).expect("port")).expect("port"))).await.expect("a free port");
    axum::serve(listener, routes).await.expect("serving");
}
