//! A mail server, by SMTP. Encrypted, but to a server on the same machine.

use std::{net::IpAddr, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

/// How long a mail server may take for each step.
const PATIENCE: Duration = Duration::from_secs(30);

/// Codes that tell of the account of the sender, not of this letter: it waits until somebody set that right.
const ACCOUNT: [u16; 4] = [530, 534, 535, 538];

/// How a mail server is reached, as an operator says it.
#[derive(Clone)]
pub struct Settings {
    /// `smtp://mail.example.com:587` (STARTTLS, asked for and never done without), `smtps://mail.example.com:465`,
    /// or `smtp+plain://127.0.0.1:25` for a server on this machine.
    pub server: String,
    /// `Tminus <tminus@example.com>`, or the address alone.
    pub from: String,
    pub user: Option<(String, String)>,
    /// Certificates, as PEM, that are trusted besides those of the system.
    pub authority: Option<Vec<u8>>,
}

/// What in the settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("give the mail server as smtp://HOST:PORT (STARTTLS), smtps://HOST:PORT, or smtp+plain://127.0.0.1:PORT on this machine")]
    Server,
    #[error("{0} is not this machine: mail goes there encrypted only, by smtp:// or smtps://")]
    Plain(String),
    #[error("“{0}” is not an address that mail can come from: give one such as Tminus <tminus@example.com>")]
    From(String),
    #[error("the certificates cannot be used: {0}")]
    Authority(String),
}

/// A letter with its words.
#[derive(Clone, Debug)]
pub struct Written {
    /// Stable: the same letter has the same one whenever it is tried.
    pub id: String,
    pub name: String,
    pub address: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why a letter did not go out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// The server will never take it for this address.
    #[error("{0}")]
    Refused(String),
    /// It may go out later: the server is away, busy, or does not know us.
    #[error("{0}")]
    Later(String),
}

#[derive(Clone, Debug)]
pub struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    StartTls,
    Tls,
    Plain,
}

impl Server {
    /// # Errors
    /// Says what in the settings cannot be used. Nothing is sent and nobody is asked yet.
    pub fn new(settings: &Settings) -> Result<Self, Unusable> {
        let (way, host, port) = place(&settings.server)?;
        let from = settings.from.parse().map_err(|_| Unusable::From(settings.from.clone()))?;
        let tls = || -> Result<TlsParameters, Unusable> {
            let refused = |error: lettre::transport::smtp::Error| Unusable::Authority(whole(&error));
            let mut tls = TlsParameters::builder(host.clone());
            if let Some(pem) = &settings.authority {
                // One that holds none would be taken, and trust nobody.
                if !String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----") {
                    return Err(Unusable::Authority("there is none in PEM form".to_owned()));
                }
                tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(refused)?);
            }
            tls.build_rustls().map_err(refused)
        };
        let tls = match way {
            Way::StartTls => Tls::Required(tls()?),
            Way::Tls => Tls::Wrapper(tls()?),
            Way::Plain => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(port).tls(tls).timeout(Some(PATIENCE));
        if let Some((user, password)) = &settings.user {
            server = server.credentials(Credentials::new(user.clone(), password.clone()));
        }
        let pool = PoolConfig::new().max_size(2).idle_timeout(Duration::from_secs(10));
        Ok(Self { transport: server.pool_config(pool).build(), from })
    }

    /// # Errors
    /// [`Undelivered`], with what the server said.
    pub async fn send(&self, written: &Written) -> Result<(), Undelivered> {
        let message = self.message(written)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let account = error.status().is_some_and(|code| ACCOUNT.contains(&code.into()));
                let why = whole(&error);
                Err(if error.is_permanent() && !account { Undelivered::Refused(why) } else { Undelivered::Later(why) })
            }
        }
    }

    fn message(&self, written: &Written) -> Result<Message, Undelivered> {
        let refused = |error: &dyn std::error::Error| Undelivered::Refused(whole(error));
        let address: Address = written.address.parse().map_err(|error| refused(&error))?;
        // Whoever is away answers people, not programs.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(Some(written.name.clone()), address))
            .subject(&written.subject)
            .message_id(Some(format!("<{}@{}>", written.id, self.from.email.domain())))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(written.text.clone(), written.html.clone()))
            .map_err(|error| refused(&error))
    }
}

fn place(server: &str) -> Result<(Way, String, u16), Unusable> {
    let (scheme, place) = server.split_once("://").ok_or(Unusable::Server)?;
    let (way, usual) = match scheme {
        "smtp" => (Way::StartTls, 587),
        "smtps" => (Way::Tls, 465),
        "smtp+plain" => (Way::Plain, 25),
        _ => return Err(Unusable::Server),
    };
    let place = place.trim_end_matches('/');
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| Unusable::Server)?),
        _ => (place, usual),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() || host.contains(['@', '/', '?', ' ']) {
        return Err(Unusable::Server);
    }
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if way == Way::Plain && !here {
        return Err(Unusable::Plain(host.to_owned()));
    }
    Ok((way, host.to_owned(), port))
}

/// An error with its causes, in one line.
fn whole(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !told.contains(&more) {
            told = format!("{told}: {more}");
        }
        cause = error.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(server: &str) -> Settings {
        Settings { server: server.to_owned(), from: "Tminus <tminus@practice.example>".to_owned(), user: None, authority: None }
    }

    fn why(settings: &Settings) -> Option<Unusable> {
        Server::new(settings).err()
    }

    #[tokio::test]
    async fn a_server_is_said_with_how_it_is_encrypted() {
        for usable in ["smtp+plain://127.0.0.1:25", "smtp+plain://localhost", "smtp+plain://[::1]:2525/"] {
            assert_eq!(why(&settings(usable)), None, "{usable}");
        }
        for unusable in ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://u:p@mail.example.com", "smtp://mail:port"] {
            assert_eq!(why(&settings(unusable)), Some(Unusable::Server), "{unusable}");
        }
        assert_eq!(why(&settings("smtp+plain://mail.example.com")), Some(Unusable::Plain("mail.example.com".to_owned())));
    }

    #[tokio::test]
    async fn an_address_to_send_from_and_certificates_are_checked_before_anything_is_sent() {
        let from = Settings { from: "Tminus".to_owned(), ..settings("smtp+plain://127.0.0.1") };
        assert_eq!(why(&from), Some(Unusable::From("Tminus".to_owned())));
        let authority = Settings { authority: Some(b"no certificate".to_vec()), ..settings("smtps://127.0.0.1") };
        assert!(matches!(why(&authority), Some(Unusable::Authority(_))));
    }

    #[tokio::test]
    async fn an_address_that_no_mail_can_go_to_is_refused_before_anybody_is_asked() {
        let server = Server::new(&settings("smtp+plain://127.0.0.1:1")).unwrap();
        for address in ["", "bob", "bob@", "bob@x\r\nBcc: eve@example.com"] {
            let text = String::new;
            let written =
                Written { id: "l".to_owned(), name: text(), address: address.to_owned(), subject: text(), text: text(), html: text() };
            assert!(matches!(server.message(&written), Err(Undelivered::Refused(_))), "{address}");
        }
    }
}
