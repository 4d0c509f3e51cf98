//! Settings: one's own password and keys, and what holidays are counted by.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    mail::digest::{digest_time, set_digest_time},
    people::person::{change_own_password, show_person},
    rights::{
        factor::{Standing, show_factor},
        passkey::list_passkeys,
        session::{end_session, list_sessions, name_of},
        token::{CreateToken, Created, create_token, list_tokens, revoke_token},
    },
    store::rights::{Token, session::Session},
};
use tminus_domain::{
    ids::TokenId,
    people::{MIN_PASSWORD, Person},
    rights::{Pass, PassKind, Right},
    schedule::{HOLIDAY_SOURCE, regions},
};

use super::{browser, holidays::Lookup, practice::role_words};
use crate::{
    caller::{Caller, sentence},
    fields::Fields,
    mark::Mark,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Place, Shell},
    token::Pressed,
    when::{self, full_day},
    words::Words,
};

pub(super) fn routes(table: Table) -> Table {
    let own = Needs::SignedIn;
    table
        .get("/settings", own, show)
        .post("/settings/password", own, change_password)
        .post("/settings/digest", own, set_digest)
        .post("/settings/keys", own, create_key)
        .post("/settings/keys/{key}/revoke", own, revoke_key)
        .post("/settings/sessions/{session}/end", own, end_one)
}

#[derive(Template)]
#[template(path = "people/settings.html", blocks = ["inside"])]
struct SettingsPage {
    shell: Shell,
    person: Person,
    role: Words,
    keys: Vec<Key>,
    created: Option<Created>,
    /// The form that was refused, the field and what was said.
    refused: (&'static str, &'static str, String),
    title: String,
    days: String,
    scope: String,
    scopes: Vec<(&'static str, Words)>,
    /// Whether there is an account to look after: visitors by link have none.
    owns: bool,
    factor: Words,
    passkeys: String,
    sessions: Vec<Visit>,
    edits: bool,
    operates: bool,
    audits: bool,
    /// Hours of the day to be told at, and the one that is chosen.
    hours: Vec<(String, String)>,
    hour: String,
    countries: usize,
    regions: usize,
    lookup: Lookup,
}

/// A browser that somebody is signed in with.
struct Visit {
    id: String,
    /// What people call it, and what it calls itself.
    name: String,
    agent: String,
    since: String,
    by_link: bool,
    here: bool,
}

struct Key {
    token: Token,
    made: String,
    ends: String,
    mark: Option<Mark>,
}

impl Page for SettingsPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

/// `Mon 30 Nov 2026, 16:12`
fn moment(at: &jiff::Zoned) -> String {
    format!("{}, {}", full_day(at.date()), when::clock(at.time()))
}

impl SettingsPage {
    async fn of(caller: &Caller) -> Result<Self, Failure> {
        Self::looking_up(caller, &Fields::default()).await
    }

    async fn looking_up(caller: &Caller, asked: &Fields) -> Result<Self, Failure> {
        let person = show_person(caller.app(), &caller.actor, &caller.actor.person).await?;
        let keys = list_tokens(caller.app(), &caller.actor).await?;
        let (owns, sessions) = match list_sessions(caller.app(), &caller.actor).await {
            Err(Failure::Forbidden) => (false, Vec::new()),
            sessions => (true, sessions?),
        };
        let factor = match show_factor(caller.app(), &caller.actor).await {
            Err(Failure::Forbidden) => t!("factor.short"),
            standing => factor_words(&standing?),
        };
        let passkeys = match list_passkeys(caller.app(), &caller.actor).await {
            Err(Failure::Forbidden) => 0,
            passkeys => passkeys?.len(),
        };
        let here = name_of(&caller.session);
        let visit = |it: Session| Visit {
            here: it.id == here,
            since: moment(&caller.local(it.started_at)),
            name: browser::name(&it.agent),
            agent: it.agent,
            by_link: it.by_link,
            id: it.id,
        };
        let now = caller.app().now();
        let key = |token: Token| Key {
            made: full_day(caller.local(token.created_at).date()),
            ends: token.expires_at.map_or_else(|| t!("settings.never").into(), |at| full_day(caller.local(at).date())),
            mark: match token.expires_at {
                _ if token.revoked => Some(Mark::REVOKED),
                Some(at) if at <= now => Some(Mark::EXPIRED),
                _ => None,
            },
            token,
        };
        Ok(Self {
            shell: caller.shell(t!("rail.settings"), Place::Settings),
            role: role_words(person.practice),
            person,
            keys: keys.into_iter().map(key).collect(),
            created: None,
            refused: ("", "", String::new()),
            title: String::new(),
            days: "90".to_owned(),
            scope: "all".to_owned(),
            scopes: scopes(caller.actor.may(Right::EditPeople)),
            owns,
            factor,
            passkeys: passkey_words(passkeys),
            sessions: sessions.into_iter().map(visit).collect(),
            edits: caller.actor.may(Right::EditPeople),
            operates: caller.actor.may(Right::Operate),
            audits: caller.actor.may(Right::ReadPracticeRecord),
            hours: hours(),
            hour: digest_time(caller.app(), &caller.actor).await?.map_or_else(|| "never".to_owned(), |minute| (minute / 60).to_string()),
            countries: regions().filter(tminus_domain::schedule::RegionName::is_country).count(),
            regions: regions().count(),
            lookup: Lookup::of(caller, asked)?,
        })
    }

    fn error(&self, form: &str, field: &str) -> &str {
        if self.refused.0 == form && self.refused.1 == field { &self.refused.2 } else { "" }
    }

    #[expect(clippy::unused_self, reason = "a template calls it, and knows the page only")]
    fn source(&self) -> &'static str {
        *HOLIDAY_SOURCE
    }

    #[expect(clippy::unused_self, reason = "a template calls it, and knows the page only")]
    fn min_password(&self) -> String {
        t!("settings.password_hint").with("n", MIN_PASSWORD).into()
    }
}

/// Hours to be told at, with never.
pub(crate) fn hours() -> Vec<(String, String)> {
    let hours = (0..24).map(|hour| (hour.to_string(), format!("{hour:02}:00")));
    hours.chain([("never".to_owned(), t!("settings.digest_never").into())]).collect()
}

async fn set_digest(caller: Caller, fields: Fields) -> Response {
    let set = async {
        fields.only(&["at"])?;
        let minute = match fields.get("at") {
            "never" => None,
            _ => Some(fields.parsed::<i32>("at")?.filter(|hour| (0..24).contains(hour)).map_or(-1, |hour| hour * 60)),
        };
        set_digest_time(caller.app(), &caller.actor, minute).await
    };
    let set = set.await;
    let back = caller.actor.pass.within.as_ref().map_or_else(|| "/settings".to_owned(), |id| format!("/engagements/{id}/yours"));
    caller.answer(set.map(|()| said::redirect(&back, t!("settings.digest_saved"), None)))
}

async fn show(caller: Caller, RawQuery(query): RawQuery) -> Response {
    let asked = Fields::parse(query.unwrap_or_default().as_bytes());
    let shown = async { Ok(caller.show(&SettingsPage::looking_up(&caller, &asked).await?)) };
    let shown = shown.await;
    caller.answer(shown)
}

async fn change_password(caller: Caller, fields: Fields) -> Response {
    let changed = async {
        fields.only(&["old", "new"])?;
        let failure = match change_own_password(caller.app(), &caller.actor, fields.get("old"), fields.get("new").to_owned()).await {
            Ok(()) => return Ok(said::redirect("/sign-in?next=/settings", t!("settings.password_changed"), None)),
            Err(failure) => failure,
        };
        let Failure::Refused(refusal) = failure else { return Err(failure) };
        let (field, why) = match &refusal {
            Refusal::SignIn => ("old", t!("settings.old_wrong").into()),
            Refusal::SignInLater(_) => ("old", sentence(&refusal)),
            _ => ("new", sentence(&refusal)),
        };
        let page = SettingsPage { refused: ("password", field, why), ..SettingsPage::of(&caller).await? };
        Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let changed = changed.await;
    caller.answer(changed)
}

async fn create_key(caller: Caller, fields: Fields) -> Response {
    let created = async {
        fields.only(&["title", "days", "scope"])?;
        let made = async {
            let days = if fields.get("days") == "never" { None } else { fields.parsed::<u32>("days")?.or(Some(0)) };
            let scope = fields.given("scope").unwrap_or("all");
            let kind = PassKind::of_scope(scope).ok_or_else(|| crate::fields::refused("scope", t!("settings.choose_scope")))?;
            let pass = Pass { kind, within: None };
            create_token(caller.app(), &caller.actor, CreateToken { title: fields.text("title"), days, pass }).await
        };
        match made.await {
            Ok(created) => {
                let page = SettingsPage { created: Some(created), ..SettingsPage::of(&caller).await? };
                let mut response = caller.asked.show_as(StatusCode::CREATED, &page);
                // The secret is on this page and nowhere else.
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                Ok(response)
            }
            Err(Failure::Refused(refusal)) => {
                let field = if let Refusal::Field { field, .. } = &refusal { field } else { "title" };
                let page = SettingsPage {
                    refused: ("key", field, sentence(&refusal)),
                    title: fields.text("title"),
                    days: fields.text("days"),
                    scope: fields.text("scope"),
                    ..SettingsPage::of(&caller).await?
                };
                Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            Err(failure) => Err(failure),
        }
    };
    let created = created.await;
    caller.answer(created)
}

async fn revoke_key(caller: Caller, Path(key): Path<String>, _: Pressed) -> Response {
    let revoked = revoke_token(caller.app(), &caller.actor, &TokenId(key)).await;
    caller.answer(revoked.map(|()| said::redirect("/settings", t!("settings.revoked"), None)))
}

async fn end_one(caller: Caller, Path(session): Path<String>, _: Pressed) -> Response {
    let ended = end_session(caller.app(), &caller.actor, &session).await;
    caller.answer(ended.map(|()| said::redirect("/settings", t!("settings.session_ended"), None)))
}

/// What a key may do, as its maker chooses. One for a directory is for those who look after people.
fn scopes(edits_people: bool) -> Vec<(&'static str, Words)> {
    let all = [("all", t!("settings.scope_all")), ("work", t!("settings.scope_work")), ("read", t!("settings.scope_read"))];
    let people = edits_people.then_some(("people", t!("settings.scope_people")));
    all.into_iter().chain(people).collect()
}

fn passkey_words(count: usize) -> String {
    match count {
        0 => t!("passkeys.none").into(),
        _ => t!("passkeys.count.one").or_many(t!("passkeys.count.many"), count).into(),
    }
}

fn factor_words(standing: &Standing) -> Words {
    match standing {
        Standing::NotNeeded => t!("factor.not_needed"),
        Standing::None => t!("factor.short"),
        Standing::Offered(_) => t!("factor.waits"),
        Standing::Set { .. } => t!("factor.is_set"),
    }
}

impl Key {
    fn scope(&self) -> Words {
        match self.token.pass.kind {
            PassKind::ReadingKey => t!("settings.scope_read"),
            PassKind::WorkingKey => t!("settings.scope_work"),
            PassKind::ProvisioningKey => t!("settings.scope_people"),
            _ => t!("settings.scope_all"),
        }
    }
}
