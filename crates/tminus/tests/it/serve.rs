//! The server as a process, asked over HTTP.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use crate::place::Place;

/// A server that ends with the test.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    pub(crate) fn start(place: &Place, more: &[&str]) -> Self {
        Self::of(place.command(&[&["serve", "--listen", "127.0.0.1:0"], more].concat()))
    }

    /// A server that a command starts, in a surrounding of its own.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
        let mut log = BufReader::new(child.stderr.take().expect("a log"));
        let mut line = String::new();
        let mut all = String::new();
        let address = loop {
            line.clear();
            assert!(log.read_line(&mut line).expect("a log") > 0, "it ended: {all}");
            all += &line;
            if let Some((_, address)) = line.trim_end().split_once("Tminus serves http://") {
                break address.split(' ').next().unwrap_or_default().to_owned();
            }
        };
        // Whoever does not read a pipe stops the other side.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address }
    }

    pub(crate) fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> std::io::Result<Answer> {
        ask(&self.address, (method, path), more, body)
    }

    /// What a browser sends after signing in: its cookie, and that it sends a form; and what its forms carry.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> (String, String) {
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        let signed = self.ask("POST", "/sign-in", form, &format!("email={email}&password={password}")).expect("an answer");
        let cookie = signed.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next()).expect("a cookie");
        let browser = format!("{form}sec-fetch-site: same-origin\r\ncookie: {cookie}\r\n");
        let page = self.ask("GET", "/settings", &browser, "").expect("a page").body;
        let token = page.split_once("name=\"token\" value=\"").and_then(|(_, rest)| rest.split('"').next()).expect("a form");
        (browser, format!("token={token}"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "", "").expect("an answer")
    }
}

/// One request over a connection of its own.
pub(crate) fn ask(address: &str, (method, path): (&str, &str), more: &str, body: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let length = body.len();
    let request =
        format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{more}\r\n{body}");
    stream.write_all(request.as_bytes())?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_is_alive_ready_counted_and_its_answers_carry_ids() {
    let place = Place::empty();
    let server = Server::start(&place, &[]);
    assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
    let page = server.get("/sign-in");
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.head.contains("x-request-id: "), "{}", page.head);
    let named = server.ask("GET", "/sign-in", "x-request-id: from-proxy-1\r\n", "").expect("an answer");
    assert!(named.head.contains("x-request-id: from-proxy-1"), "{}", named.head);
    let figures = server.get("/metrics").body;
    assert!(figures.contains("tminus_http_requests_total{method=\"GET\",route=\"/sign-in\",status=\"200\"} 2"), "{figures}");
    // The built-in kits were imported at the start: a change with its entry each.
    assert!(figures.contains("tminus_changes_total 2") && figures.contains("tminus_record_entries_total 2"), "{figures}");
}

#[test]
fn a_start_says_what_matters_and_nothing_of_the_machinery_below() {
    let place = Place::empty();
    let mut child = place.command(&["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut log = BufReader::new(child.stderr.take().expect("a log")).lines();
    let said: Vec<_> = std::iter::from_fn(|| {
        let line = log.next()?.expect("a line");
        (!line.contains("Tminus serves")).then_some(line)
    })
    .collect();
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert!(said.iter().any(|line| line.contains("the database is open")), "{said:?}");
    assert!(said.iter().all(|line| line.contains(" tminus::")), "{said:?}");
}

#[test]
fn pages_are_compressed_for_those_who_take_it() {
    let place = Place::empty();
    let server = Server::start(&place, &[]);
    let packed = server.ask("GET", "/sign-in", "accept-encoding: gzip\r\n", "").expect("an answer");
    assert!(packed.head.contains("content-encoding: gzip"), "{}", packed.head);
}

#[test]
fn a_key_works_over_the_api() {
    let (place, id) = Place::with_engagement();
    let key = place.json(&["token", "create", "test"])["secret"].as_str().expect("a secret").to_owned();
    let server = Server::start(&place, &[]);
    let bearer = format!("authorization: Bearer {key}\r\n");
    let answer = server.ask("GET", &format!("/api/v1/engagements/{id}"), &bearer, "").expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("Northwind"));
    assert_eq!(server.get(&format!("/api/v1/engagements/{id}")).status, 401);
    assert_eq!(server.get("/api/openapi.json").status, 200);
}

#[test]
fn a_sample_is_there_to_click_through_and_is_made_only_once() {
    let place = Place::empty();
    drop(Server::start(&place, &["--sample", "--sample-password", "click through all of it"]));
    let engagements = place.json(&["engagement", "list"]);
    assert_eq!(engagements.as_array().map(Vec::len), Some(4), "{engagements}");
    let stages: Vec<_> = engagements.as_array().expect("a list").iter().map(|it| it["complete"].as_u64().expect("a number")).collect();
    assert!(stages.contains(&0) && stages.iter().any(|done| *done > 50), "{stages:?}");
    place.ok(&["record", "verify"]);
    drop(Server::start(&place, &["--sample"]));
    assert_eq!(place.json(&["engagement", "list"]).as_array().map(Vec::len), Some(4));
    place.refused(1, &["sample"], &["has people already"]);
    assert!(place.ok(&["sample", "--if-empty"]).contains("stays as it is"));
}

#[cfg(unix)]
#[test]
fn it_stops_when_it_is_told_to() {
    let place = Place::empty();
    let mut server = Server::start(&place, &[]);
    let told = std::process::Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().expect("kill runs");
    assert!(told.success());
    assert!(server.child.wait().expect("it ends").success());
}

#[test]
fn a_restore_waits_until_nobody_uses_the_database() {
    let (place, _) = Place::with_engagement();
    let archive = place.path("backup.zip").display().to_string();
    let server = Server::start(&place, &[]);
    place.ok(&["backup", &archive]);
    place.refused(5, &["restore", &archive, "--replace"], &["is in use", "tminus serve"]);
    drop(server);
    place.ok(&["restore", &archive, "--replace"]);
}
