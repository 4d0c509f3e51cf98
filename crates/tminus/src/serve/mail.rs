//! Sending what waits in the outbox, while Tminus serves.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use tminus_app::{App, mail};
use tminus_connect::mail::{Server, Settings, Written};
use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior},
};
use tracing::{info, warn};

use crate::exit::Stop;

#[derive(Args, Debug)]
pub(super) struct Mail {
    /// The mail server: `smtp://HOST:587` (STARTTLS), `smtps://HOST:465`, or `smtp+plain://127.0.0.1:25` on this machine. Without one, letters wait in the outbox
    #[arg(long = "mail-server", value_name = "URL", env = "TMINUS_MAIL_SERVER", requires_all = ["from", "public_url"], help_heading = "Mail")]
    server: Option<String>,
    /// Who letters come from, such as "Tminus <tminus@example.com>"
    #[arg(long = "mail-from", value_name = "ADDRESS", env = "TMINUS_MAIL_FROM", help_heading = "Mail", id = "from")]
    from: Option<String>,
    /// The user to sign in to the mail server as
    #[arg(long = "mail-user", value_name = "NAME", env = "TMINUS_MAIL_USER", requires = "password_file", help_heading = "Mail")]
    user: Option<String>,
    /// A file whose first line is that user's password
    #[arg(
        long = "mail-password-file",
        value_name = "FILE",
        env = "TMINUS_MAIL_PASSWORD_FILE",
        help_heading = "Mail",
        id = "password_file"
    )]
    password_file: Option<PathBuf>,
    /// Certificates (PEM) to trust for the mail server besides those of the system
    #[arg(long = "mail-ca", value_name = "FILE", env = "TMINUS_MAIL_CA", help_heading = "Mail")]
    authority: Option<PathBuf>,
    /// Nobody is told once a day what is theirs
    #[arg(long, env = "TMINUS_NO_DIGESTS", help_heading = "Mail")]
    no_digests: bool,
}

impl Mail {
    pub(super) fn digests(&self) -> bool {
        !self.no_digests
    }

    /// The mail server, if one is set. What is wrong with its settings is said before anything is served.
    pub(super) fn server(&self) -> Result<Option<Server>, Stop> {
        let (Some(server), Some(from)) = (&self.server, &self.from) else { return Ok(None) };
        let user = match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => {
                let password = fs::read_to_string(file).map_err(|error| unread(file, &error))?;
                Some((user.clone(), password.lines().next().unwrap_or_default().to_owned()))
            }
            _ => None,
        };
        let authority = self.authority.as_ref().map(|file| fs::read(file).map_err(|error| unread(file, &error))).transpose()?;
        let settings = Settings { server: server.clone(), from: from.clone(), user, authority };
        Server::new(&settings).map(Some).map_err(|unusable| Stop::refused(format!("mail: {unusable}")))
    }
}

fn unread(file: &std::path::Path, error: &std::io::Error) -> Stop {
    Stop::refused(format!("{} cannot be read: {error}", file.display()))
}

/// How often it is looked whose time of day has come.
const EVERY: Duration = Duration::from_mins(1);

/// Queues what people are told once a day, again and again.
pub(super) async fn tell(app: App) {
    // Not at once: whoever starts Tminus has something else in mind.
    let mut looks = tokio::time::interval_at(Instant::now() + EVERY, EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match mail::digest::queue_digests(&app).await {
            Ok(0) => {}
            Ok(queued) => info!("{} queued", crate::print::count(queued, "digest")),
            Err(failure) => warn!(%failure, "digests could not be queued; the next minute tries again"),
        }
    }
}

/// Sends what is due, again and again, until told to stop: a letter that is on its way is not left behind half known.
pub(super) async fn send(app: App, server: Server, address: String, stop: Arc<Notify>) {
    let mut looks = tokio::time::interval(mail::EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = stop.notified() => return,
        }
        let sent = mail::deliver_due(&app, |letter| {
            let tminus_pages::mail::Written { subject, text, html } = tminus_pages::mail::write(&letter, &address);
            let written = Written { id: letter.id.0, name: letter.name, address: letter.address, subject, text, html };
            let server = server.clone();
            async move { server.send(&written).await }
        });
        match sent.await {
            Ok(0) => {}
            Ok(sent) => info!("{} sent", crate::print::count(sent, "letter")),
            Err(failure) => warn!(%failure, "letters could not be sent; they wait and are tried again"),
        }
    }
}
