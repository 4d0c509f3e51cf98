//! The links of one person on an engagement: made, shown once, revoked.

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;
use tminus_app::{
    Failure,
    people::member::list_members,
    rights::link::{Made, list_links, mail_link, make_link, revoke_link},
};
use tminus_domain::{
    ids::{EngagementId, LinkId, PersonId},
    rights::{
        Right,
        link::{DAYS, Link},
    },
};

use crate::{
    caller::{Caller, escaped, sentence},
    checklist::panel::moment,
    engagement::desk::Desk,
    fields::{Fields, refused},
    mark::Mark,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    when,
};

pub(super) fn routes(table: Table) -> Table {
    let invites = Needs::Engagement(Right::InvitePeople);
    table
        .get("/engagements/{engagement}/people/{person}/link", invites, show)
        .post("/engagements/{engagement}/people/{person}/link", invites, make)
        .post("/engagements/{engagement}/people/{person}/link/revoke", invites, revoke)
}

#[derive(Template)]
#[template(path = "people/link.html", blocks = ["inside"])]
struct LinksPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    person: PersonId,
    name: String,
    /// The link that was just made, whole, and a mail with it in the reader's own program.
    made: Option<(String, String)>,
    links: Vec<Line>,
    days: String,
    why: String,
}

struct Line {
    id: String,
    made: String,
    until: String,
    used: String,
    /// How it ended.
    ended: Option<Mark>,
}

impl Page for LinksPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

type Ids = (String, String);

/// What a page says besides the links themselves.
#[derive(Default)]
struct Said {
    made: Option<Made>,
    days: Option<String>,
    why: String,
}

async fn show(caller: Caller, Path(ids): Path<Ids>, headers: HeaderMap) -> Response {
    let shown = page(&caller, &ids, &headers, Said::default()).await;
    caller.answer(shown)
}

async fn page(caller: &Caller, (engagement, person): &Ids, headers: &HeaderMap, said: Said) -> Result<Response, Failure> {
    let desk = Desk::open(caller, engagement, Right::InvitePeople).await?;
    let id = EngagementId::from(engagement.as_str());
    let members = list_members(caller.app(), &caller.actor, &id).await?;
    let (_, member) = members.into_iter().find(|(member, _)| member.person.as_str() == person).ok_or(Failure::NotFound)?;
    let links = list_links(caller.app(), &caller.actor, &id).await?;
    let status = match &said {
        Said { why, .. } if !why.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        Said { made: Some(_), .. } => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let made = said.made.map(|made| {
        let whole = format!("{}/l/{}", caller.front.address(headers), made.secret);
        let setup = &desk.engagement().plan.setup;
        let subject = t!("links.subject").with("engagement", &setup.title).to_string();
        let body = t!("links.body")
            .with("name", &member.name)
            .with("engagement", &setup.title)
            .with("link", &whole)
            .with("day", when::full_day(caller.local(made.link.expires_at).date()))
            .with("from", &caller.actor.name);
        let mail = format!("mailto:{}?subject={}&body={}", escaped(&member.email), escaped(&subject), escaped(&body.to_string()));
        (whole, mail)
    });
    let now = caller.app().now();
    let page = LinksPage {
        shell: Shell { title: t!("links.title").with("name", &member.name).into(), ..desk.shell(caller, Tab::People) },
        links: links.iter().filter(|link| link.person == member.id).map(|link| line(caller, link, now)).collect(),
        name: member.name,
        person: member.id,
        days: said.days.unwrap_or_else(|| DAYS.to_string()),
        why: said.why,
        desk: &desk,
        made,
    };
    let mut response = caller.asked.show_as(status, &page);
    if page.made.is_some() {
        // The secret is on this page and nowhere else.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

fn line(caller: &Caller, link: &Link, now: Timestamp) -> Line {
    Line {
        id: link.id.to_string(),
        made: moment(caller, link.made_at),
        until: when::full_day(caller.local(link.expires_at).date()),
        used: link.used_at.map_or_else(|| t!("links.not_used").into(), |at| moment(caller, at)),
        ended: match link.revoked_at {
            Some(_) => Some(Mark::REVOKED),
            None => (!link.is_live(now)).then_some(Mark::EXPIRED),
        },
    }
}

async fn make(caller: Caller, Path(ids): Path<Ids>, headers: HeaderMap, fields: Fields) -> Response {
    let made = async {
        fields.only(&["days", "by"])?;
        let days = fields.parsed::<u32>("days")?;
        let (engagement, person) = (EngagementId::from(ids.0.as_str()), PersonId::from(ids.1.as_str()));
        let to = (&person, days);
        match fields.get("by") {
            "mail" => mail_link(caller.app(), &caller.actor, &engagement, to).await.map(|_| None),
            "hand" | "" => make_link(caller.app(), &caller.actor, &engagement, to).await.map(Some),
            other => Err(refused("by", t!("form.unusable").with("value", other))),
        }
    };
    let said = match made.await {
        Ok(None) => {
            let words = if caller.front.config.sends_mail { t!("links.mailed") } else { t!("links.in_outbox") };
            return said::redirect(&format!("/engagements/{}/people/{}/link", ids.0, ids.1), words, None);
        }
        Ok(Some(made)) => Said { made: Some(made), ..Said::default() },
        Err(Failure::Refused(refusal)) => Said { why: sentence(&refusal), days: Some(fields.text("days")), made: None },
        Err(failure) => return caller.answer(Err(failure)),
    };
    let shown = page(&caller, &ids, &headers, said).await;
    caller.answer(shown)
}

async fn revoke(caller: Caller, Path((engagement, person)): Path<Ids>, fields: Fields) -> Response {
    let revoked = async {
        fields.only(&["link"])?;
        revoke_link(caller.app(), &caller.actor, &engagement.as_str().into(), &LinkId::from(fields.get("link"))).await
    };
    let to = format!("/engagements/{engagement}/people/{person}/link");
    let revoked = revoked.await;
    caller.answer(revoked.map(|()| said::redirect(&to, t!("links.revoked"), None)))
}
