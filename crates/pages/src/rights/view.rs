//! View as customer: an engagement as one member from outside the delivery side sees it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse as _, Redirect, Response},
};
use tminus_app::rights::session::{begin_view, end_view};
use tminus_domain::{ids::PersonId, kit::Side, rights::Right};

use crate::{
    caller::{Caller, SESSION, cookie, wrong_of},
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::{Fields, refused},
    mark::Face,
    page::{Asked, Page},
    people::function_words,
    routes::Front,
    said,
    scheme::came_from,
    shell::{Place, Shell, Tab},
    token::Pressed,
    words::Words,
};

#[derive(Template)]
#[template(path = "rights/view.html", blocks = ["inside"])]
struct ViewPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    people: Vec<(PersonId, Face, Words)>,
}

impl Page for ViewPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

pub(super) async fn choose(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = async {
        let desk = Desk::open(&caller, &id, Right::ReadInternal).await?;
        let engagement = desk.engagement();
        let people = engagement.members.iter().filter(|member| member.side() != Side::Delivery).map(|member| {
            let face = Face::new(engagement.name(&member.person), side(member.side()));
            (member.person.clone(), face, function_words(member.function))
        });
        let people = people.collect();
        Ok(caller.show(&ViewPage { shell: desk.shell(&caller, Tab::People), desk: &desk, people }))
    };
    let shown = shown.await;
    caller.answer(shown)
}

pub(super) async fn begin(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let begun = async {
        fields.only(&["person"])?;
        let person = fields.given("person").ok_or_else(|| refused("person", t!("view.choose")))?;
        begin_view(caller.app(), (&caller.actor, &caller.session), &id.as_str().into(), &person.into()).await?;
        Ok(Redirect::to(&format!("/engagements/{id}/yours")).into_response())
    };
    let begun = begun.await;
    caller.answer(begun)
}

/// Whoever looks through somebody's eyes cannot send anything else, so this asks for the session alone.
pub(super) async fn end(State(front): State<Front>, asked: Asked, headers: HeaderMap, _: Pressed) -> Response {
    if let Some(secret) = cookie(&headers, SESSION)
        && let Err(failure) = end_view(&front.app, secret).await
    {
        return wrong_of(&failure).show(&asked, Shell::new(t!("wrong.title"), Place::Elsewhere));
    }
    // To what they looked at, with their own eyes.
    said::redirect(&came_from(&headers), t!("view.ended"), None)
}
