//! A mail server of our own, in a process of its own.

use std::process::Stdio;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde::Deserialize;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// Who vouches for the server.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    fn vouches_for(&self, host: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        (key.serialize_pem(), params.signed_by(&key, &self.0).unwrap().pem())
    }
}

pub(crate) struct Running {
    pub(crate) port: u16,
    lines: Lines<BufReader<ChildStdout>>,
    child: Child,
}

/// A letter as the server took it.
#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) secure: bool,
    pub(crate) text: String,
}

impl Running {
    /// `tls`: `starttls`, `always` or `none`.
    pub(crate) async fn start(authority: &Authority, tls: &str, user: Option<(&str, &str)>, port: u16) -> Self {
        let (key, cert) = authority.vouches_for("localhost");
        let said = json!({
            "key": key, "cert": cert, "tls": tls, "port": port, "user": user.map(|it| it.0), "password": user.map(|it| it.1),
        });
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/mail-server.mjs");
        let mut child = Command::new("node")
            .args([script, &said.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().expect("the mail server says its port: is node there, and was npm ci run?");
        Self { port: port.parse().unwrap(), lines, child }
    }

    pub(crate) async fn next(&mut self) -> Taken {
        serde_json::from_str(&self.lines.next_line().await.unwrap().unwrap()).unwrap()
    }

    pub(crate) async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}
