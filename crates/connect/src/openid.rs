//! A provider that says who somebody is, by OpenID Connect: the code flow with PKCE, and both ways of signing out.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use openidconnect::{
    AccessToken, AdditionalClaims, AdditionalProviderMetadata, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenClaims, IdTokenFields,
    IdTokenVerifier, IssuerUrl, JsonWebTokenType, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata,
    RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
        CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
    },
    url::Url,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::http::{self, Unanswered};

/// How long what a provider says of itself is taken as still true.
const FRESH: Duration = Duration::from_hours(1);

/// How long keys are not asked for again after they were.
const PAUSE: Duration = Duration::from_secs(10);

/// How a provider is reached, as an operator says it.
#[derive(Clone)]
pub struct Settings {
    /// `https://login.example.com`, or `http://127.0.0.1:9000` for a provider on this machine.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    /// Asked for besides `openid`, `email` and `profile`.
    pub scopes: Vec<String>,
    /// The claim with the groups somebody is in; a path with dots where it is inside of another one.
    pub groups: Option<String>,
    /// Certificates, as PEM, that are trusted besides those of the system.
    pub authority: Option<Vec<u8>>,
    /// Where the provider sends people back to.
    pub back: String,
}

/// What in the settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("“{0}” is no address of a provider: give its issuer, such as https://login.example.com, without a query")]
    Issuer(String),
    #[error("{0} is not this machine: a provider is asked by https only")]
    Plain(String),
    #[error("“{0}” is no address that people can be sent back to")]
    Back(String),
    #[error("the certificates cannot be used: {0}")]
    Authority(String),
}

/// Why nobody was let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It does not answer, or not as a provider does: later it may.
    #[error("the provider does not answer: {0}")]
    Away(String),
    /// What came back is not to be trusted, or not for this one.
    #[error("{0}")]
    Refused(String),
}

/// What stays with the browser while its person signs in at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Each a secret of 43 to 128 letters and digits.
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// Who somebody is, as their provider says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Who it is there, for ever.
    pub subject: String,
    pub email: Option<String>,
    /// Whether the provider says that the address is theirs. `None` if it does not say.
    pub email_verified: Option<bool>,
    pub name: Option<String>,
    /// An IANA time zone.
    pub zone: Option<String>,
    pub groups: Vec<String>,
    /// What their visit is called there.
    pub session: Option<String>,
}

/// Whose visit a provider says is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub subject: String,
    pub session: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Claims {}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct More {
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Token = IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

type Answer = StandardTokenResponse<
    IdTokenFields<Claims, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    CoreTokenType,
>;

type Known = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub struct Provider {
    settings: Settings,
    issuer: IssuerUrl,
    back: RedirectUrl,
    http: http::Asking,
    told: Mutex<Told>,
}

/// What a provider says of itself.
#[derive(Default)]
struct Told {
    /// And when that was read.
    metadata: Option<(Arc<Metadata>, Instant)>,
    /// When it was read once more because a signature was none of its keys'.
    anew: Option<Instant>,
}

impl Provider {
    /// Checks the settings; the provider itself is asked when somebody first comes.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let unusable = || Unusable::Issuer(settings.issuer.clone());
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| unusable())?;
        let url = issuer.url();
        if url.query().is_some() || url.fragment().is_some() || url.host_str().is_none() {
            return Err(unusable());
        }
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(url) => {}
            "http" => return Err(Unusable::Plain(url.host_str().unwrap_or_default().to_owned())),
            _ => return Err(unusable()),
        }
        let back = RedirectUrl::new(settings.back.clone()).map_err(|_| Unusable::Back(settings.back.clone()))?;
        let http = http::client(settings.authority.as_deref()).map_err(Unusable::Authority)?;
        Ok(Self { settings, issuer, back, http, told: Mutex::default() })
    }

    /// Where somebody is sent to sign in.
    pub async fn begin(&self, flow: &Flow) -> Result<String, Failed> {
        let metadata = self.metadata(false).await?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(flow.verifier.clone()));
        let known = self.known(&metadata);
        let (state, nonce) = (flow.state.clone(), flow.nonce.clone());
        let mut request = known
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
            .set_pkce_challenge(challenge);
        for scope in ["email", "profile"].into_iter().chain(self.settings.scopes.iter().map(String::as_str)) {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        Ok(request.url().0.into())
    }

    /// Who somebody is that came back with a code. `issuer` is who the answer says it comes from.
    pub async fn finish(&self, code: &str, issuer: Option<&str>, flow: &Flow) -> Result<Identity, Failed> {
        let mut metadata = self.metadata(false).await?;
        let speaks = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        if issuer.map_or(speaks, |issuer| issuer != self.issuer.as_str()) {
            return Err(Failed::Refused("the answer does not come from this provider".to_owned()));
        }
        let known = self.known(&metadata);
        let exchange = known
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Failed::Away(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        let answer = exchange.request_async(&self.http).await.map_err(not_exchanged)?;
        let token = answer.id_token().ok_or_else(|| Failed::Refused("the provider sent no ID token".to_owned()))?;
        let nonce = Nonce::new(flow.nonce.clone());
        let mut claims = token.claims(&self.verifier(&metadata), &nonce).cloned();
        if matches!(claims, Err(ClaimsVerificationError::SignatureVerification(_))) {
            // It may sign with a new key by now.
            metadata = self.metadata(true).await?;
            claims = token.claims(&self.verifier(&metadata), &nonce).cloned();
        }
        let claims = claims.map_err(|error| Failed::Refused(error.to_string()))?;
        self.identity(&metadata, &claims, answer.access_token()).await
    }

    /// Whose visit is over, as a token says that the provider sent by itself.
    pub async fn left(&self, token: &str) -> Result<Left, Failed> {
        const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
        let refused = |why: &str| Failed::Refused(why.to_owned());
        let token: Token = token.parse().map_err(|_| refused("that is no logout token"))?;
        let without_nonce = |nonce: Option<&Nonce>| if nonce.is_none() { Ok(()) } else { Err("a logout token has no nonce".to_owned()) };
        let types: Vec<_> =
            ["logout+jwt", "jwt"].into_iter().filter_map(|it| JsonWebTokenType::new(it.to_owned()).normalize().ok()).collect();
        let verifier = |metadata: &Metadata| self.verifier(metadata).set_allowed_jose_types(types.clone());
        let mut claims = token.claims(&verifier(&*self.metadata(false).await?), without_nonce).cloned();
        if matches!(claims, Err(ClaimsVerificationError::SignatureVerification(_))) {
            claims = token.claims(&verifier(&*self.metadata(true).await?), without_nonce).cloned();
        }
        let claims = claims.map_err(|error| Failed::Refused(error.to_string()))?;
        let all = &claims.additional_claims().all;
        if !all.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
            return Err(refused("that is no logout token"));
        }
        let session = all.get("sid").and_then(Value::as_str).map(str::to_owned);
        Ok(Left { subject: claims.subject().to_string(), session })
    }

    /// Where somebody signs out at the provider too, and where it sends them then. `None` if it has no such place.
    pub async fn end(&self, then: &str) -> Option<String> {
        let metadata = self.metadata(false).await.ok()?;
        let mut url = Url::parse(metadata.additional_metadata().end_session_endpoint.as_deref()?).ok()?;
        url.query_pairs_mut().append_pair("client_id", &self.settings.client_id).append_pair("post_logout_redirect_uri", then);
        Some(url.into())
    }

    /// What the provider says of itself; asked for again where that is old, or where a signature was none of its keys'.
    async fn metadata(&self, anew: bool) -> Result<Arc<Metadata>, Failed> {
        let known = {
            let mut told = self.told();
            match told.metadata.clone() {
                Some((metadata, read)) if !anew && read.elapsed() < FRESH => return Ok(metadata),
                // Anybody can send a token with a wrong signature: that alone does not make us ask again and again.
                Some((metadata, _)) if anew && told.anew.is_some_and(|last| last.elapsed() < PAUSE) => return Ok(metadata),
                known => {
                    told.anew = anew.then(Instant::now).or(told.anew);
                    known.map(|(metadata, _)| metadata)
                }
            }
        };
        match Metadata::discover_async(self.issuer.clone(), &self.http).await {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                self.told().metadata = Some((metadata.clone(), Instant::now()));
                Ok(metadata)
            }
            // What it said before is better than nothing.
            Err(error) => known.ok_or_else(|| Failed::Away(whole(&error))),
        }
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, metadata: &Metadata) -> Known {
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        let known = Client::from_provider_metadata(metadata.clone(), ClientId::new(self.settings.client_id.clone()), secret);
        let methods = metadata.token_endpoint_auth_methods_supported();
        let only_in_body = methods.is_some_and(|methods| !methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let how = if only_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        known.set_auth_type(how).set_redirect_uri(self.back.clone())
    }

    fn verifier(&self, metadata: &Metadata) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        let client = ClientId::new(self.settings.client_id.clone());
        let keys = metadata.jwks().clone();
        let verifier = match &self.settings.client_secret {
            Some(secret) => IdTokenVerifier::new_confidential_client(client, ClientSecret::new(secret.clone()), self.issuer.clone(), keys),
            None => IdTokenVerifier::new_public_client(client, self.issuer.clone(), keys),
        };
        let told = metadata.id_token_signing_alg_values_supported().iter().filter(|it| **it != CoreJwsSigningAlgorithm::None);
        verifier.set_allowed_algs(told.cloned())
    }

    /// What the token says, and where it is silent, what the provider says when asked.
    async fn identity(
        &self,
        metadata: &Metadata,
        claims: &IdTokenClaims<Claims, CoreGenderClaim>,
        access: &AccessToken,
    ) -> Result<Identity, Failed> {
        let first = |name: Option<&openidconnect::LocalizedClaim<openidconnect::EndUserName>>| {
            name.and_then(|name| name.iter().next().map(|(_, name)| name.to_string()))
        };
        let all = &claims.additional_claims().all;
        let mut identity = Identity {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| (**email).clone()),
            email_verified: claims.email_verified(),
            name: first(claims.name()),
            zone: claims.zoneinfo().map(|zone| (**zone).clone()),
            groups: self.groups(all),
            session: all.get("sid").and_then(Value::as_str).map(str::to_owned),
        };
        let silent = identity.email.is_none() || identity.name.is_none() || (identity.groups.is_empty() && self.settings.groups.is_some());
        if !silent || metadata.userinfo_endpoint().is_none() {
            return Ok(identity);
        }
        let known = self.known(metadata);
        let asked = known.user_info(access.clone(), Some(claims.subject().clone()));
        let asked = asked.map_err(|error| Failed::Away(error.to_string()))?;
        let told: UserInfoClaims<Claims, CoreGenderClaim> =
            asked.request_async(&self.http).await.map_err(|error| Failed::Away(whole(&error)))?;
        if identity.email.is_none() {
            identity.email = told.email().map(|email| (**email).clone());
            identity.email_verified = told.email_verified();
        }
        identity.name = identity.name.or_else(|| first(told.name()));
        identity.zone = identity.zone.or_else(|| told.zoneinfo().map(|zone| (**zone).clone()));
        if identity.groups.is_empty() {
            identity.groups = self.groups(&told.additional_claims().all);
        }
        Ok(identity)
    }

    fn groups(&self, claims: &Map<String, Value>) -> Vec<String> {
        let Some(path) = &self.settings.groups else { return Vec::new() };
        // Some providers have dots in the names of their claims.
        let nested = || {
            let mut steps = path.split('.');
            let first = claims.get(steps.next()?)?;
            steps.try_fold(first, |at, step| at.get(step))
        };
        match claims.get(path).or_else(nested) {
            Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(group)) => vec![group.clone()],
            _ => Vec::new(),
        }
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(openidconnect::url::Host::Domain(name)) => name == "localhost",
        Some(openidconnect::url::Host::Ipv4(address)) => address.is_loopback(),
        Some(openidconnect::url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn not_exchanged(error: openidconnect::RequestTokenError<Unanswered, StandardErrorResponse<CoreErrorResponseType>>) -> Failed {
    match error {
        openidconnect::RequestTokenError::ServerResponse(answer) => Failed::Refused(format!("the provider refused: {answer}")),
        other => Failed::Away(whole(&other)),
    }
}

/// An error with everything below it: the outermost alone says too little.
fn whole(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        let more = error.to_string();
        if !told.contains(&more) {
            told = format!("{told}: {more}");
        }
        below = error.source();
    }
    told
}
