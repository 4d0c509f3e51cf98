//! Providers of identities, as a file says them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Deserialize;
use tminus_app::rights::provider::Provider;
use tminus_connect::openid;
use tminus_domain::{
    kit::Side,
    rights::provider::{Roles, Trust},
};

use crate::exit::Stop;

#[derive(Args, Debug)]
pub(super) struct SignIn {
    /// A TOML file with the OpenID Connect providers that let people in
    #[arg(long = "sign-in", value_name = "FILE", env = "TMINUS_SIGN_IN", requires = "public_url", help_heading = "Signing in")]
    file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(default)]
    provider: Vec<SaidProvider>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidProvider {
    id: String,
    title: String,
    issuer: String,
    client_id: String,
    /// Its first line is the secret. Relative to the file with the providers.
    client_secret_file: Option<PathBuf>,
    /// Certificates (PEM) to trust besides those of the system.
    ca_file: Option<PathBuf>,
    #[serde(default = "delivery")]
    side: Side,
    #[serde(default = "utc")]
    zone: String,
    domains: Vec<String>,
    #[serde(default)]
    adds_people: bool,
    #[serde(default)]
    takes_unchecked_addresses: bool,
    #[serde(default)]
    scopes: Vec<String>,
    groups_claim: Option<String>,
    #[serde(default)]
    administrators: Vec<String>,
    #[serde(default)]
    leads: Vec<String>,
    #[serde(default = "week")]
    session_hours: u32,
}

fn delivery() -> Side {
    Side::Delivery
}

fn utc() -> String {
    "UTC".to_owned()
}

fn week() -> u32 {
    7 * 24
}

impl SignIn {
    /// The providers, each with settings that can work. What is wrong with them is said before anything is served.
    pub(super) fn providers(&self, public_url: Option<&str>) -> Result<Vec<Provider>, Stop> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let wrong = |why: &dyn std::fmt::Display| Stop::refused(format!("{}: {why}", file.display()));
        let text = fs::read_to_string(file).map_err(|error| wrong(&error))?;
        let said: Said = toml::from_str(&text).map_err(|error| wrong(&error))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let mut providers: Vec<Provider> = Vec::new();
        for said in said.provider {
            let named = |why: &dyn std::fmt::Display| wrong(&format!("provider “{}”: {why}", said.id));
            if providers.iter().any(|known| known.trust.id == said.id) {
                return Err(named(&"there are two of this id"));
            }
            said.check().map_err(|why| named(&why))?;
            let read = |file: &Path| fs::read(folder.join(file)).map_err(|error| named(&format!("{}: {error}", file.display())));
            let settings = openid::Settings {
                issuer: said.issuer.clone(),
                client_id: said.client_id.clone(),
                client_secret: said.client_secret_file.as_deref().map(read).transpose()?.as_deref().map(first_line),
                scopes: said.scopes.clone(),
                groups: said.groups_claim.clone(),
                authority: said.ca_file.as_deref().map(read).transpose()?,
                back: format!("{}/sign-in/from/{}", public_url.unwrap_or_default(), said.id),
            };
            let at = openid::Provider::new(settings).map_err(|unusable| named(&unusable))?;
            providers.push(Provider { trust: said.trust(), at });
        }
        if providers.is_empty() {
            return Err(wrong(&"it names no provider; begin one with [[provider]]"));
        }
        Ok(providers)
    }
}

impl SaidProvider {
    fn check(&self) -> Result<(), &'static str> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match () {
            () if self.id.is_empty() || self.id.len() > 40 || !self.id.chars().all(plain) => {
                Err("an id has lower-case letters, digits and hyphens, at most 40")
            }
            () if self.title.trim().is_empty() => Err("it has no title"),
            () if self.domains.is_empty() => {
                Err("say for which mail domains it speaks, such as domains = [\"acme.example\"], or [\"*\"] for all")
            }
            () if jiff::tz::TimeZone::get(&self.zone).is_err() => Err("its zone is no time zone such as Europe/Berlin"),
            () if !(1..=24 * 90).contains(&self.session_hours) => Err("session_hours is from 1 to 2160"),
            () if self.groups_claim.is_none() && !(self.administrators.is_empty() && self.leads.is_empty()) => {
                Err("administrators and leads are groups: say in groups_claim where they stand")
            }
            () if self.side != Side::Delivery && self.groups_claim.is_some() => {
                Err("only people of the delivery side have roles in the practice")
            }
            () => Ok(()),
        }
    }

    fn trust(self) -> Trust {
        let Self { id, title, side, zone, domains, administrators, leads, .. } = self;
        Trust {
            roles: self.groups_claim.map(|_| Roles { administrators, leads }),
            adds: self.adds_people,
            unchecked: self.takes_unchecked_addresses,
            hours: self.session_hours,
            id,
            title,
            side,
            zone,
            domains,
        }
    }
}

fn first_line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned()
}
