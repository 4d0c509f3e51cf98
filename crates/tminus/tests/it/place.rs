//! A practice of its own in a folder that goes away, and the binary run in it.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A small kit with what the rules ask for.
pub(crate) const KIT: &str = r#"
schema = "kit/1"
id = "small"
title = "Small kit"
version = "1.0"

[[role]]
id = "engagement-manager"
title = "Engagement manager"

[[role]]
id = "customer-manager"
title = "Customer project manager"
side = "customer"

[[milestone]]
id = "kickoff"
title = "Kick-off"

[[fact]]
id = "onsite"
ask = "Does anyone work on site?"

[[gate]]
id = "tools"
title = "Tools ready"
milestone = "kickoff"

[[module]]
id = "tools"
title = "Delivery tools"
owners = ["engagement-manager", "customer-manager"]

[[module.task]]
id = "jira"
title = "Get access to Jira"
due = "T-5bd @ kickoff"
lead = "5bd"
gates = ["tools"]
evidence = [{ kind = "link", ask = "a link that opens" }]

[[module.task]]
id = "badge-of-everyone"
title = "Get a badge"
due = "T-3bd @ kickoff"
lead = "400bd"
when = "onsite"

[[module.task]]
id = "governance"
title = "Agree the governance"
"#;

pub(crate) struct Place {
    pub(crate) dir: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    /// Nothing is there yet.
    pub(crate) fn empty() -> Self {
        Self { dir: TempDir::new().expect("a folder") }
    }

    /// Ann administers, Bob is the customer's, the small kit is imported.
    pub(crate) fn with_people() -> Self {
        let place = Self::empty();
        place.ok(&["person", "add", "Ann", "ann@example.com", "--first", "--generate-password", "--zone", "Europe/Berlin"]);
        place.ok(&["person", "add", "Bob", "bob@example.com", "--side", "customer", "--no-password"]);
        let kit = place.file("small/kit.toml", KIT);
        place.ok(&["kit", "import", &kit.parent().expect("a folder").display().to_string()]);
        place
    }

    /// With an engagement whose kick-off is on 23 January 2035. Its id.
    pub(crate) fn with_engagement() -> (Self, String) {
        let place = Self::with_people();
        let created = place.json(&[&CREATE[..], &["--kickoff", "2035-01-23"]].concat());
        let id = created["id"].as_str().expect("an id").to_owned();
        (place, id)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tminus"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TMINUS_")) {
            command.env_remove(name);
        }
        command.env("TMINUS_DATA", self.path("data")).env("NO_COLOR", "1").current_dir(self.dir.path()).args(args).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Done {
        done(&self.command(args).output().expect("the binary runs"))
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Done {
        let mut child = self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
        done(&child.wait_with_output().expect("it ends"))
    }

    /// What a command prints that has to succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let done = self.run(args);
        assert_eq!(done.code, 0, "{args:?}: {done:?}");
        done.out
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let text = self.ok(&[args, &["--json"]].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
    }

    /// Refused with this code, and with these words on standard error.
    pub(crate) fn refused(&self, code: i32, args: &[&str], words: &[&str]) {
        let done = self.run(args);
        assert_eq!(done.code, code, "{args:?}: {done:?}");
        let said = format!("{}{}", done.err, done.out);
        for word in words {
            assert!(said.contains(word), "{args:?} does not say {word}: {said}");
        }
    }
}

fn done(output: &Output) -> Done {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Done { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// The engagement that tests create, without its kick-off.
pub(crate) const CREATE: [&str; 13] = [
    "engagement",
    "create",
    "--kit",
    "small",
    "--customer",
    "Northwind",
    "--title",
    "Mobilize",
    "--calendar",
    "Delivery:delivery:DE-BY",
    "--calendar",
    "Customer:customer:US",
    "--answer=onsite=no",
];

/// Kits of the world outside, beside the repository.
pub(crate) fn shared(path: &str) -> PathBuf {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/kits").join(path);
    assert!(found.exists(), "{} is needed and not there", found.display());
    found
}
