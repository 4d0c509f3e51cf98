//! An OpenID provider of our own in a process of its own, and a browser that signs in there.

use std::{collections::BTreeMap, process::Stdio};

use axum::{Form, Router, routing::post};
use reqwest::{Client, Response, Url, header, redirect::Policy};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
};

pub(crate) const SECRET: &str = "s3cret-s3cret-s3cret-s3cret-s3cret";
pub(crate) const BACK: &str = "http://127.0.0.1:9999/sign-in/from/acme";

pub(crate) struct Running {
    pub(crate) issuer: String,
    lines: Lines<BufReader<ChildStdout>>,
    input: ChildStdin,
    child: Child,
}

impl Running {
    /// A provider with two clients, `tminus` and `other`, and with Ann and Bob. `in_token`: the ID token says it all.
    pub(crate) async fn start(in_token: bool, told: Option<u16>) -> Self {
        let client = |id: &str, method: &str| {
            let told = told.filter(|_| id == "tminus").map(|port| format!("http://127.0.0.1:{port}/out"));
            let mut client = json!({
                "client_id": id, "client_secret": SECRET, "redirect_uris": [BACK], "scope": "openid email profile groups",
                "token_endpoint_auth_method": method, "post_logout_redirect_uris": ["http://127.0.0.1:9999/sign-in"],
            });
            if let Some(told) = told {
                client["backchannel_logout_uri"] = told.into();
                client["backchannel_logout_session_required"] = true.into();
            }
            client
        };
        let said = json!({
            "clients": [client("tminus", "client_secret_basic"), client("other", "client_secret_basic")],
            "people": {
                "ann": {
                    "email": "Ann@Example.com", "email_verified": true, "name": "Ann Lee", "zoneinfo": "Europe/Berlin",
                    "groups": ["consultants", "leads"],
                },
                "bob": { "email": "bob@example.com", "email_verified": false, "name": "Bob" },
            },
            "inToken": in_token,
        });
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/openid-provider.mjs");
        let mut child = Command::new("node")
            .args([script, &said.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().expect("the provider says its port: is node there, and was npm ci run?");
        Self { issuer: format!("http://127.0.0.1:{port}"), lines, input: child.stdin.take().unwrap(), child }
    }

    pub(crate) async fn say(&mut self, what: &str) {
        self.input.write_all(format!("{what}\n").as_bytes()).await.unwrap();
        assert_eq!(self.lines.next_line().await.unwrap().as_deref(), Some("done"));
    }

    pub(crate) async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Goes where it is sent, keeps cookies, fills in the provider's forms.
pub(crate) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self { client: Client::builder().redirect(Policy::none()).build().unwrap(), cookies: BTreeMap::new() }
    }

    async fn ask(&mut self, url: &Url, form: Option<&str>) -> Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = match form {
            None => self.client.get(url.clone()),
            Some(form) => {
                self.client.post(url.clone()).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.to_owned())
            }
        };
        let answer = request.header(header::COOKIE, cookies.join("; ")).send().await.unwrap();
        for set in answer.headers().get_all(header::SET_COOKIE) {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Signs in as somebody, agrees, and gives what the provider sends back: the query of our address.
    pub(crate) async fn sign_in(&mut self, url: &str, name: &str) -> BTreeMap<String, String> {
        let mut url: Url = url.parse().unwrap();
        let mut form = None;
        for _ in 0..20 {
            let answer = self.ask(&url, form.take().as_deref()).await;
            if let Some(to) = answer.headers().get(header::LOCATION) {
                url = url.join(to.to_str().unwrap()).unwrap();
                if url.as_str().starts_with(BACK) {
                    return url.query_pairs().into_owned().collect();
                }
                continue;
            }
            let status = answer.status();
            let page = answer.text().await.unwrap();
            let action = between(&page, "action=\"", "\"").unwrap_or_else(|| panic!("{status}: {page}"));
            form = Some(match between(&page, "name=\"prompt\" value=\"", "\"") {
                Some("login") => format!("prompt=login&login={name}&password=any"),
                Some(prompt) => format!("prompt={prompt}"),
                None => panic!("{page}"),
            });
            url = url.join(action).unwrap();
        }
        panic!("the provider never sent anybody back");
    }

    /// Signs out at the provider.
    pub(crate) async fn sign_out(&mut self, url: &str) {
        let mut url: Url = url.parse().unwrap();
        let page = self.ask(&url, None).await.text().await.unwrap();
        let secret = between(&page, "name=\"xsrf\" value=\"", "\"").unwrap_or_else(|| panic!("{page}")).to_owned();
        url = url.join(between(&page, "action=\"", "\"").unwrap()).unwrap();
        let answer = self.ask(&url, Some(&format!("xsrf={secret}&logout=yes"))).await;
        assert!(answer.status().is_redirection(), "{answer:?}");
        assert!(answer.headers()[header::LOCATION].to_str().unwrap().starts_with("http://127.0.0.1:9999/sign-in"));
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(within, _)| within)
}

/// Hears what a provider says by itself: the port, and the logout tokens.
pub(crate) async fn ear() -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (said, heard) = mpsc::unbounded_channel();
    let out = async move |Form(mut form): Form<BTreeMap<String, String>>| said.send(form.remove("logout_token").unwrap()).unwrap();
    tokio::spawn(axum::serve(listener, Router::new().route("/out", post(out))).into_future());
    (port, heard)
}
