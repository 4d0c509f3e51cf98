//! Asking other people's systems by HTTP.

use std::{pin::Pin, sync::Once, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http::Response};
use reqwest::{Certificate, Client, redirect::Policy};

/// How long an answer may take as a whole.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("{0}")]
    Away(#[source] reqwest::Error),
    #[error("the answer is longer than {} KiB", LONGEST / 1024)]
    TooLong,
    #[error("the answer cannot be read: {0}")]
    Unreadable(#[from] openidconnect::http::Error),
}

/// Follows no redirects, so that an answer cannot send it elsewhere. `authority` are certificates (PEM) that are trusted besides those of the system.
pub(crate) fn client(authority: Option<&[u8]>) -> Result<Asking, String> {
    static CRYPTOGRAPHY: Once = Once::new();
    // Whoever chose before us chose the same; nobody else in this process asks.
    CRYPTOGRAPHY.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let mut builder = Client::builder().redirect(Policy::none()).timeout(PATIENCE).user_agent("Tminus");
    if let Some(pem) = authority {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|error| error.to_string())?;
        if certificates.is_empty() {
            return Err("there is no certificate in it".to_owned());
        }
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map(Asking).map_err(|error| error.to_string())
}

/// Asks with a client, as the OpenID library wants it.
#[derive(Clone)]
pub(crate) struct Asking(pub(crate) Client);

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(ask(self.0.clone(), request))
    }
}

/// Sends a request and reads the whole answer.
async fn ask(client: Client, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let mut answer = client.execute(request.try_into().map_err(Unanswered::Away)?).await.map_err(Unanswered::Away)?;
    let mut built = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        built = built.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(more) = answer.chunk().await.map_err(Unanswered::Away)? {
        if body.len() + more.len() > LONGEST {
            return Err(Unanswered::TooLong);
        }
        body.extend_from_slice(&more);
    }
    Ok(built.body(body)?)
}
