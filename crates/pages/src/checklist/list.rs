//! The checklist page.

use std::borrow::Cow;

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure,
    checklist::saved::{forget_filter, save_filter},
};
use tminus_domain::{checklist::status::State, rights::Right};

use super::{
    many::{Choosing, Refused},
    panel::Panel,
    sheet::{Group, Row, Section, mark},
    wanted::{Preset, Wanted},
};
use crate::{
    caller::{Caller, sentence},
    engagement::desk::Desk,
    fields::Fields,
    mark::Mark,
    page::Page,
    said,
    shell::{Command, Shell, Tab},
};

/// What stands one under the other.
pub(crate) enum Line<'a> {
    Section(&'a Section),
    Group(&'a Group),
    Row { row: &'a Row, chosen: bool },
}

#[derive(Template)]
#[template(path = "checklist/list.html", blocks = ["inside"])]
pub(crate) struct ChecklistPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    lines: Vec<Line<'a>>,
    presets: Vec<Preset>,
    /// The name that the caller keeps this filter under.
    kept_as: Option<String>,
    /// A name that was refused, and why.
    unnamed: (String, String),
    hidden: usize,
    said: String,
    wanted: &'a Wanted,
    href: String,
    owners: Vec<(String, String)>,
    gates: Vec<(String, String)>,
    activities: Vec<(String, String)>,
    states: Vec<(&'static str, Mark)>,
    panel: Option<&'a Panel<'a>>,
    /// How many rows are shown.
    shown: usize,
    refused: Refused,
}

impl Page for ChecklistPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }

    fn part(&self, id: &str) -> Option<askama::Result<String>> {
        (id == "item").then(|| PanelPart { panel: self.panel }.render())
    }
}

#[derive(Template)]
#[template(path = "checklist/panel_part.html")]
struct PanelPart<'a> {
    panel: Option<&'a Panel<'a>>,
}

impl<'a> ChecklistPage<'a> {
    pub(crate) fn still(self) -> Self {
        Self { shell: self.shell.still(), ..self }
    }

    pub(crate) fn of(caller: &Caller, desk: &'a Desk, wanted: &'a Wanted, panel: Option<&'a Panel<'a>>) -> Self {
        let who = &caller.actor.person;
        let (lines, shown) = wanted.lines(desk, who, panel.map(|panel| panel.row.item.id.as_str()));
        let plan = &desk.engagement().plan;
        let new =
            Command { icon: "plus", words: t!("checklist.new").into(), href: format!("/engagements/{}/items/new", desk.id()), keys: "" };
        let commands = if desk.may(Right::EditChecklist) { vec![new] } else { Vec::new() };
        let anybody = |words: crate::words::Words| std::iter::once((String::new(), words.text().to_owned()));
        Self {
            shell: Shell { commands, ..desk.shell(caller, Tab::Checklist) },
            lines,
            presets: wanted.presets(desk, who, &caller.filters),
            kept_as: caller.filters.iter().find(|saved| saved.filter == wanted.filter).map(|saved| saved.name.clone()),
            hidden: desk.sheet.rows.len() - shown,
            said: wanted.said(desk),
            href: wanted.href(desk.id()),
            owners: anybody(t!("checklist.any")).chain(plan.roles.iter().map(|it| (it.id.to_string(), it.title.clone()))).collect(),
            gates: anybody(t!("checklist.any")).chain(plan.gates.iter().map(|it| (it.id.to_string(), it.title.clone()))).collect(),
            activities: anybody(t!("checklist.any"))
                .chain(plan.activities.iter().map(|it| (it.id.to_string(), it.title.clone())))
                .collect(),
            states: State::ALL.map(|state| (state.as_str(), mark(state))).to_vec(),
            panel,
            wanted,
            desk,
            shown,
            refused: Refused::default(),
            unnamed: (String::new(), String::new()),
        }
    }

    fn total(&self) -> usize {
        self.desk.sheet.rows.len()
    }

    /// The row as it is drawn for everybody, chosen again if it was chosen when the change was refused.
    fn html<'h>(&self, row: &'h Row) -> Cow<'h, str> {
        let chosen = self.wanted.choosing == Choosing::All || self.refused.ticked(row.item.id.as_str());
        if chosen { row.html.replacen(" form=\"bulk\"", " form=\"bulk\" checked", 1).into() } else { row.html.as_str().into() }
    }

    /// Rows have their ticks on a phone too.
    fn choosing(&self) -> bool {
        self.wanted.choosing != Choosing::No || self.refused.sent.given("item").is_some()
    }

    /// The filter is none of the views there are, so that it is worth keeping.
    fn own_way(&self) -> bool {
        !self.presets.iter().any(|preset| preset.current)
    }

    fn works(&self) -> bool {
        self.desk.may(Right::WorkItems)
    }

    fn edits(&self) -> bool {
        self.desk.may(Right::EditChecklist)
    }

    fn chosen(&self, name: &str) -> String {
        self.wanted.pairs().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value).unwrap_or_default()
    }

    fn state_options(&self) -> Vec<(&'static str, String)> {
        let any = ("", t!("checklist.any").text().to_owned());
        std::iter::once(any).chain(self.states.iter().map(|(value, mark)| (*value, mark.word.text().to_owned()))).collect()
    }
}

pub(crate) async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = shown(&caller, &id, &query.unwrap_or_default()).await;
    caller.answer(shown)
}

async fn shown(caller: &Caller, id: &str, query: &str) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let edition = caller.asked.edition((desk.edition(caller), query, &caller.filters));
    if caller.notice.is_none()
        && let Some(unchanged) = caller.asked.unchanged(&edition)
    {
        return Ok(unchanged);
    }
    let fields = Fields::parse(query.as_bytes());
    let wanted = Wanted::read(&fields)?;
    let panel = match fields.given("item") {
        Some(item) => Some(Panel::of(caller, &desk, item, wanted.clone(), None).await?),
        None => None,
    };
    let page = ChecklistPage::of(caller, &desk, &wanted, panel.as_ref());
    Ok(if caller.notice.is_some() { caller.show(&page) } else { caller.asked.show_edition(&page, &edition) })
}

/// The checklist once more after a change of many was refused: all that was chosen and typed is still there, nothing was changed.
pub(super) fn refused(caller: &Caller, desk: &Desk, wanted: &Wanted, refused: Refused) -> Response {
    let page = ChecklistPage { refused, ..ChecklistPage::of(caller, desk, wanted, None).still() };
    caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Keeps the filter of the form under a name, for every engagement that has what it asks for.
pub(crate) async fn keep(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let kept = async {
        let desk = Desk::open(&caller, &id, Right::ReadEngagement).await?;
        let wanted = Wanted::read(&fields.without("name"))?;
        let name = fields.text("name");
        match save_filter(caller.app(), &caller.actor, &name, wanted.filter.clone()).await {
            Ok(_) => Ok(said::redirect(&wanted.href(&id), t!("checklist.kept").with("name", name.trim()), None)),
            Err(Failure::Refused(refusal)) => {
                let page = ChecklistPage { unnamed: (name, sentence(&refusal)), ..ChecklistPage::of(&caller, &desk, &wanted, None) };
                Ok(caller.asked.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            Err(failure) => Err(failure),
        }
    };
    let kept = kept.await;
    caller.answer(kept)
}

pub(crate) async fn forget(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let forgotten = async {
        Desk::open(&caller, &id, Right::ReadEngagement).await?;
        fields.only(&["name"])?;
        forget_filter(caller.app(), &caller.actor, fields.get("name")).await?;
        let words = t!("checklist.forgotten").with("name", fields.get("name"));
        Ok(said::redirect(&Wanted::default().href(&id), words, None))
    };
    let forgotten = forgotten.await;
    caller.answer(forgotten)
}
