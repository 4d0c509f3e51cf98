//! Portfolios: which there are, what is in them, and who administers them.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use tminus_app::{
    Failure, Refusal,
    people::{edition, person::list_people},
    portfolio::{
        SavePortfolio, add_portfolio, administrator_by_email, change_portfolio, count_portfolios, name_administrators, remove_portfolio,
        set_portfolio, show_portfolio,
    },
    store::portfolio::Listed,
};
use tminus_domain::{
    ids::{EngagementId, PersonId, PortfolioId},
    people::Person,
    rights::Right,
};

use crate::{
    caller::{Caller, sentence},
    fields::Fields,
    page::Page,
    routes::{Needs, Table},
    said,
    shell::{Link, Place, Shell},
};

pub(crate) fn routes(table: Table) -> Table {
    let edits = Needs::Practice(Right::EditPortfolios);
    table
        .get("/portfolios", Needs::Practice(Right::CreateEngagement), show)
        .post("/portfolios", edits, add)
        .get("/portfolios/{portfolio}", edits, edit)
        .post("/portfolios/{portfolio}", edits, change)
        .post("/portfolios/{portfolio}/remove", edits, remove)
        .post("/engagements/{engagement}/portfolio", Needs::Engagement(Right::EditPlan), put)
}

#[derive(Template)]
#[template(path = "portfolio/list.html", blocks = ["inside"])]
struct ListPage {
    shell: Shell,
    lines: Vec<Line>,
    edits: bool,
    form: Form,
}

#[derive(Template)]
#[template(path = "portfolio/edit.html", blocks = ["inside"])]
struct EditPage {
    shell: Shell,
    id: PortfolioId,
    empty: bool,
    form: Form,
}

struct Line {
    listed: Listed,
    administrators: String,
}

/// A portfolio as it was typed.
struct Form {
    title: String,
    /// Who administers it now; unticked, they do no longer.
    administrators: Vec<(String, String, bool)>,
    /// The address of one more.
    add: String,
    people: Vec<Person>,
    seen: String,
    field: &'static str,
    why: String,
}

impl Form {
    fn error(&self, field: &str) -> &str {
        if self.field == field { &self.why } else { "" }
    }

    fn refusal(&self) -> &str {
        if ["title", "administrators"].contains(&self.field) { "" } else { &self.why }
    }
}

impl Page for ListPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl Page for EditPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

/// The form as the portfolio stands, or as it was typed.
async fn form(caller: &Caller, known: Option<&Listed>, typed: Option<&Fields>) -> Result<Form, Failure> {
    let portfolio = known.map(|known| &known.portfolio);
    let names = if known.is_some() { name_administrators(caller.app(), &caller.actor).await? } else { BTreeMap::new() };
    let on = |id: &PersonId| typed.is_none_or(|fields| fields.all("administrator").any(|it| it == id.as_str()));
    let administrator = |id: &PersonId| (id.to_string(), names.get(id).cloned().unwrap_or_default(), on(id));
    let administrators = portfolio.into_iter().flat_map(|portfolio| &portfolio.administrators).map(administrator).collect();
    let people =
        if caller.actor.may(Right::EditPortfolios) { list_people(caller.app(), &caller.actor, None, 200).await? } else { Vec::new() };
    let people = people.into_iter().filter(|person| person.practice.may_administer()).collect();
    let text = |name: &str| typed.map(|fields| fields.get(name).to_owned());
    Ok(Form {
        title: text("title").or_else(|| portfolio.map(|it| it.title.clone())).unwrap_or_default(),
        administrators,
        add: text("add").unwrap_or_default(),
        people,
        seen: portfolio.map(edition).unwrap_or_default(),
        field: "",
        why: String::new(),
    })
}

/// What stands in a form that was sent.
async fn input(caller: &Caller, fields: &Fields) -> Result<SavePortfolio, Failure> {
    fields.only(&["title", "administrator", "add", "seen"])?;
    let mut administrators: Vec<_> = fields.all("administrator").map(PersonId::from).collect();
    if let Some(email) = fields.given("add") {
        administrators.push(administrator_by_email(caller.app(), &caller.actor, email).await?);
    }
    Ok(SavePortfolio { title: fields.text("title"), administrators, seen: fields.given("seen").map(ToOwned::to_owned) })
}

async fn list_page(caller: &Caller, form: Form) -> Result<ListPage, Failure> {
    let names = name_administrators(caller.app(), &caller.actor).await?;
    let line = |listed: Listed| {
        let their = listed.portfolio.administrators.iter().filter_map(|id| names.get(id).map(String::as_str));
        Line { administrators: their.collect::<Vec<_>>().join(", "), listed }
    };
    let lines = count_portfolios(caller.app(), &caller.actor).await?.into_iter().map(line).collect();
    Ok(ListPage { shell: shell(caller, t!("portfolios.title").into()), lines, edits: caller.actor.may(Right::EditPortfolios), form })
}

fn shell(caller: &Caller, title: String) -> Shell {
    let crumbs = vec![Link { words: t!("rail.engagements").into(), href: "/engagements".into() }];
    Shell { crumbs, ..caller.shell(title, Place::Engagements) }
}

fn edit_page(caller: &Caller, known: &Listed, form: Form) -> EditPage {
    let mut shell = shell(caller, known.portfolio.title.clone());
    shell.crumbs.push(Link { words: t!("portfolios.title").into(), href: "/portfolios".into() });
    EditPage { shell, id: known.portfolio.id.clone(), empty: known.engagements == 0, form }
}

async fn show(caller: Caller) -> Response {
    let shown = async {
        let form = form(&caller, None, None).await?;
        Ok(caller.show(&list_page(&caller, form).await?))
    };
    let shown = shown.await;
    caller.answer(shown)
}

async fn add(caller: Caller, fields: Fields) -> Response {
    let added = async {
        caller.practice(Right::EditPortfolios)?;
        let done = async { add_portfolio(caller.app(), &caller.actor, input(&caller, &fields).await?).await };
        match done.await {
            Ok(portfolio) => Ok(said::redirect("/portfolios", t!("portfolios.added").with("title", &portfolio.title), None)),
            Err(Failure::Refused(refusal)) => {
                let form = refused(form(&caller, None, Some(&fields)).await?, &refusal);
                Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &list_page(&caller, form).await?))
            }
            Err(failure) => Err(failure),
        }
    };
    let added = added.await;
    caller.answer(added)
}

fn refused(form: Form, refusal: &Refusal) -> Form {
    let field = if let Refusal::Field { field, .. } = refusal { field } else { "form" };
    Form { field, why: sentence(refusal), ..form }
}

async fn edit(caller: Caller, Path(id): Path<String>) -> Response {
    let shown = async {
        caller.practice(Right::EditPortfolios)?;
        let known = show_portfolio(caller.app(), &caller.actor, &PortfolioId(id)).await?;
        let form = form(&caller, Some(&known), None).await?;
        Ok(caller.show(&edit_page(&caller, &known, form)))
    };
    let shown = shown.await;
    caller.answer(shown)
}

async fn change(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let id = PortfolioId(id);
    let changed = async {
        caller.practice(Right::EditPortfolios)?;
        let done = async { change_portfolio(caller.app(), &caller.actor, &id, input(&caller, &fields).await?).await };
        let (status, why) = match done.await {
            Ok(portfolio) => return Ok(said::redirect("/portfolios", t!("portfolios.changed").with("title", &portfolio.title), None)),
            Err(Failure::Refused(refusal)) => (StatusCode::UNPROCESSABLE_ENTITY, Some(refusal)),
            Err(Failure::Conflict(_)) => (StatusCode::CONFLICT, None),
            Err(failure) => return Err(failure),
        };
        let known = show_portfolio(caller.app(), &caller.actor, &id).await?;
        let form = form(&caller, Some(&known), Some(&fields)).await?;
        let form = match why {
            Some(refusal) => refused(form, &refusal),
            None => Form { field: "form", why: format!("{} {}", t!("wrong.conflict.what"), t!("conflict.kept")), ..form },
        };
        Ok(caller.asked.show_as(status, &edit_page(&caller, &known, form)))
    };
    let changed = changed.await;
    caller.answer(changed)
}

async fn remove(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let removed = async {
        fields.only(&[])?;
        remove_portfolio(caller.app(), &caller.actor, &PortfolioId(id)).await?;
        Ok(said::redirect("/portfolios", t!("portfolios.removed"), None))
    };
    let removed = removed.await;
    caller.answer(removed)
}

async fn put(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let put = async {
        fields.only(&["portfolio"])?;
        let to = fields.given("portfolio").map(PortfolioId::from);
        set_portfolio(caller.app(), &caller.actor, &engagement, to.as_ref()).await?;
        Ok(said::redirect(&format!("/engagements/{engagement}/plan"), t!("portfolios.set"), None))
    };
    let put = put.await;
    caller.answer(put)
}
