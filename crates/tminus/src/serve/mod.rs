//! `tminus serve`: pages, API, health and figures on one address.

mod health;
mod mail;
mod metrics;
mod providers;
mod watch;

use std::{io::IsTerminal as _, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use clap::Args;
use tokio::{net::TcpListener, signal, time};
use tower_http::{compression::CompressionLayer, timeout::RequestBodyTimeoutLayer};
use tracing::{info, warn};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use self::metrics::Metrics;
use crate::{
    built_in, clock,
    config::Place,
    exit::Stop,
    open,
    print::{Out, count},
    sample,
};
use tminus_app::{App, engagement::retention::Erased};
use tminus_connect::{probe::Probe, scanner::Scanner};
use tminus_domain::engagement::retention::Keep;

/// How long requests may still run when the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long a body may pause. Whoever sends nothing for longer is cut off.
const BODY_PAUSE: Duration = Duration::from_secs(30);
/// How often what expired is dropped.
const SWEEP: Duration = Duration::from_hours(1);

#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8080", env = "TMINUS_LISTEN")]
    listen: SocketAddr,
    /// The address that people use, such as `https://tminus.example.com`; https makes cookies secure
    #[arg(long, env = "TMINUS_PUBLIC_URL", value_parser = public_url)]
    public_url: Option<String>,
    /// Send cookies over HTTPS only
    #[arg(long, env = "TMINUS_SECURE_COOKIES")]
    secure_cookies: bool,
    /// Requests come through a proxy that says in X-Forwarded-For where from; never where people reach Tminus directly
    #[arg(long, env = "TMINUS_BEHIND_PROXY")]
    behind_proxy: bool,
    #[command(flatten)]
    mail: mail::Mail,
    #[command(flatten)]
    sign_in: providers::SignIn,
    /// A program that looks for malware in every attached file: it reads the file on its standard input and ends with 0 if it is clean, with 1 if it is not
    #[arg(long, value_name = "COMMAND", env = "TMINUS_SCAN_FILES", value_parser = scanner)]
    scan_files: Option<Scanner>,
    /// A program that asks the tools whether they let somebody in: it reads a question as JSON and ends with 0 if they do, with 1 if they do not
    #[arg(long, value_name = "COMMAND", env = "TMINUS_PROBE_ACCESS", value_parser = probe)]
    probe_access: Option<Probe>,
    /// How many months after its end the personal data of an engagement is erased, where it does not say so itself; or never
    #[arg(long, default_value_t = Keep::default(), value_name = "MONTHS", env = "TMINUS_ERASE_AFTER")]
    erase_after: Keep,
    /// Fill an empty database with a practice to click through
    #[arg(long)]
    sample: bool,
    /// The password of the sample's people [default: made and printed once]
    #[arg(long, env = "TMINUS_SAMPLE_PASSWORD", hide_env_values = true, requires = "sample")]
    sample_password: Option<String>,
    /// What to log, such as info or warn,tminus=debug
    #[arg(long, default_value = "info,sea_orm_migration=warn", env = "TMINUS_LOG")]
    log: Targets,
}

fn probe(line: &str) -> Result<Probe, String> {
    Probe::new(line).ok_or_else(|| "give a program, such as /usr/local/bin/ask-the-tool".to_owned())
}

fn scanner(line: &str) -> Result<Scanner, String> {
    Scanner::new(line).ok_or_else(|| "give a program, such as \"clamdscan --no-summary -\"".to_owned())
}

fn public_url(text: &str) -> Result<String, String> {
    let usable = ["https://", "http://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|host| !host.is_empty()));
    if usable { Ok(text.trim_end_matches('/').to_owned()) } else { Err("give an address that starts with https:// or http://".to_owned()) }
}

impl Serve {
    pub(crate) async fn run(self, place: &Place) -> Result<(), Stop> {
        tracing_subscriber::registry()
            .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()))
            .with(self.log.clone())
            .init();
        let wish = wish_to_stop()?;
        let mail = self.mail.server()?;
        let providers = self.sign_in.providers(self.public_url.as_deref())?;
        let practice = open::open_or_make(place).await?;
        let app = practice
            .app
            .clone()
            .with_providers(providers)
            .with_scanner(self.scan_files.clone())
            .with_probe(self.probe_access.clone())
            .with_keep(self.erase_after);
        info!(database = place.shown(), "the database is open");
        self.fill(&app, place).await?;
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.map_err(|error| Stop::unavailable(format!("{} cannot be listened on: {error}", self.listen)))?;
        let address = listener.local_addr().unwrap_or(self.listen);
        let url = self.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        info!(%address, "Tminus serves {url}");
        let (sweep, probes) = (tokio::spawn(sweep(app.clone())), tokio::spawn(probe_hourly(app.clone())));
        let sends_mail = mail.is_some();
        let telling = self.mail.digests().then(|| tokio::spawn(mail::tell(app.clone())));
        let mail_stop = Arc::new(tokio::sync::Notify::new());
        let sending = mail.map(|server| tokio::spawn(mail::send(app.clone(), server, url.clone(), mail_stop.clone())));
        let stop = Arc::new(tokio::sync::Notify::new());
        let served = axum::serve(listener, self.router(&app, sends_mail).into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(told_to_stop(wish, stop.clone()));
        let result = tokio::select! {
            result = served => result,
            () = grace_over(stop) => {
                warn!("requests that still ran were cut off");
                Ok(())
            }
        };
        sweep.abort();
        probes.abort();
        if let Some(telling) = telling {
            telling.abort();
        }
        mail_stop.notify_one();
        if let Some(sending) = sending
            && time::timeout(GRACE, sending).await.is_err()
        {
            warn!("a letter was still on its way: it may be sent again");
        }
        if let Err(error) = app.store.clone().close().await {
            warn!(%error, "the database could not be closed cleanly; the next start puts it right");
        }
        info!("Tminus stopped");
        result.map_err(|error| Stop::unavailable(format!("serving failed: {error}")))
    }

    /// What has to be there before anybody comes: built-in kits, the sample, a word on the first person.
    async fn fill(&self, app: &App, place: &Place) -> Result<(), Stop> {
        let kits = built_in::import(app).await?;
        let new = kits.iter().filter(|kit| kit.new).count();
        if new > 0 {
            info!("{} imported", count(new, "built-in kit"));
        }
        let empty = !app.store.has_people().await?;
        if empty && self.sample {
            sample::fill(app, self.sample_password.clone()).await?.tell(Out { json: false })
        } else if empty {
            info!(
                "nobody can sign in yet. Add the first person: tminus person add --first \"Ann Lee\" ann@example.com (database: {})",
                place.shown()
            );
            Ok(())
        } else {
            Ok(())
        }
    }

    fn router(&self, app: &App, sends_mail: bool) -> Router {
        let metrics = Arc::new(Metrics::default());
        let secure_cookies = self.secure_cookies || self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
        let public_url = self.public_url.as_deref().map(Into::into);
        let doors = doors(app, tminus_pages::Config { secure_cookies, behind_proxy: self.behind_proxy, public_url, sends_mail });
        let watched = watch::watched(doors.layer(RequestBodyTimeoutLayer::new(BODY_PAUSE)).layer(CompressionLayer::new()), metrics.clone());
        watched.merge(health::router(app.clone(), metrics))
    }
}

/// The front doors: for people, and for programs.
fn doors(app: &App, config: tminus_pages::Config) -> Router {
    tminus_pages::router(app.clone(), config).merge(tminus_api::router(app.clone()))
}

async fn sweep(app: App) {
    let mut hours = time::interval(SWEEP);
    loop {
        hours.tick().await;
        if let Err(error) = app.store.sweep(clock::now()).await {
            warn!(%error, "what expired could not be dropped; the next hour tries again");
        }
        match tminus_app::access::leaving::leave_of_ended(&app).await {
            Ok(0) => {}
            Ok(engagements) => info!(engagements, "the access of people who left is to be revoked"),
            Err(failure) => warn!(%failure, "the access of people who left could not be looked at; the next hour tries again"),
        }
        match tminus_app::engagement::retention::erase_due(&app).await {
            Ok(erased) if erased == Erased::default() => {}
            Ok(Erased { engagements, people }) => info!(engagements, people, "personal data was erased"),
            Err(failure) => warn!(%failure, "not all personal data whose time is over could be erased; the next hour tries again"),
        }
    }
}

/// Asks the tools about access. By itself: one that does not answer holds up nothing else.
async fn probe_hourly(app: App) {
    let mut hours = time::interval(SWEEP);
    loop {
        hours.tick().await;
        match tminus_app::access::probe::probe_access(&app).await {
            Ok(0) => {}
            Ok(grants) => info!(grants, "the tools said of access that it works, or that it is gone"),
            Err(failure) => warn!(%failure, "not all access could be tried; the next hour tries again"),
        }
    }
}

/// The wish of the operator or the system that this ends. Heard from now on, so that none is missed.
#[cfg(unix)]
fn wish_to_stop() -> Result<impl Future<Output = ()> + Send, Stop> {
    use signal::unix::{SignalKind, signal};
    let heard = |kind| signal(kind).map_err(|error| Stop::unavailable(format!("the system's signals cannot be heard: {error}")));
    let (mut interrupted, mut terminated) = (heard(SignalKind::interrupt())?, heard(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn wish_to_stop() -> Result<impl Future<Output = ()> + Send, Stop> {
    Ok(async { drop(signal::ctrl_c().await) })
}

async fn told_to_stop(wish: impl Future<Output = ()>, stop: Arc<tokio::sync::Notify>) {
    wish.await;
    info!("stopping: no new requests; those that run may end");
    stop.notify_one();
}

/// Live updates never end by themselves: after some time they are cut off.
async fn grace_over(stop: Arc<tokio::sync::Notify>) {
    stop.notified().await;
    time::sleep(GRACE).await;
}
