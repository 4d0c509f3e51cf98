//! The responsibility matrix: who does what, and what is wrong with it.

use askama::Template;
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    people::{
        ABSENT, edition,
        responsibility::{Matrix, SaveRow, matrix_csv, save_row, show_matrix},
    },
};
use tminus_domain::{
    engagement::Engagement,
    ids::{EngagementId, RowId},
    kit::letters::{Fault, letters},
    people::responsibility::{Flaw, Row},
    rights::Right,
};

use crate::{
    caller::{Caller, sentence},
    checklist::sheet::side,
    engagement::desk::Desk,
    fields::Fields,
    mark::Mark,
    page::{self, Page},
    routes::{Needs, Table},
    said,
    shell::{Shell, Tab},
    words::Words,
};

pub(super) fn routes(table: Table) -> Table {
    let of = Needs::Engagement;
    table
        .get("/engagements/{engagement}/people/responsibility", of(Right::ReadEngagement), show)
        .get("/engagements/{engagement}/responsibility.csv", of(Right::ReadEngagement), csv)
        .post("/engagements/{engagement}/people/responsibility", of(Right::EditPlan), save)
}

#[derive(Template)]
#[template(path = "people/responsibility.html", blocks = ["inside"])]
struct ResponsibilityPage<'a> {
    shell: Shell,
    desk: &'a Desk,
    to_revoke: usize,
    columns: Vec<Column>,
    /// By heading, in the order of its first row.
    sections: Vec<(String, Vec<Line>)>,
    flaws: Vec<Wrong>,
    left_out: Vec<(RowId, String)>,
    form: Option<Form>,
}

struct Column {
    title: String,
    side: Option<Words>,
    /// Names of those who have the role.
    people: String,
    nobody: bool,
}

struct Line {
    id: RowId,
    text: String,
    internal: bool,
    by_hand: bool,
    /// By column: letters with what they mean, or another mark as the kit has it.
    cells: Vec<Vec<(String, Words)>>,
    wrong: bool,
}

/// Something that is wrong: with a row, or with all of the matrix.
struct Wrong {
    row: Option<RowId>,
    what: String,
    why: String,
}

struct Form {
    id: String,
    title: String,
    /// By role: the name of its field, what it is called, and its letters.
    roles: Vec<(String, String, String)>,
    /// Marks that are no letters of a role, which stay.
    kept: Vec<(String, String)>,
    fields: Fields,
    field: &'static str,
    wrong: String,
}

/// A form that did not go through: what was typed, and the field that is wrong with it.
struct Tried {
    fields: Fields,
    field: &'static str,
    wrong: String,
    conflict: bool,
}

/// What a role may be given in a row.
const LETTERS: [(&str, Words); 8] = [
    ("", t!("register.no_part")),
    ("R", t!("raci.r")),
    ("A", t!("raci.a")),
    ("RA", t!("raci.ra")),
    ("C", t!("raci.c")),
    ("I", t!("raci.i")),
    ("CI", t!("raci.ci")),
    ("RC", t!("raci.rc")),
];

impl Page for ResponsibilityPage<'_> {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

impl ResponsibilityPage<'_> {
    fn edits(&self) -> bool {
        self.desk.may(Right::EditPlan)
    }

    fn width(&self) -> usize {
        1 + self.columns.len() + usize::from(self.edits())
    }

    fn rows(&self) -> usize {
        self.sections.iter().map(|(_, lines)| lines.len()).sum()
    }
}

impl Form {
    fn error(&self, field: &str) -> &str {
        if self.field == field { &self.wrong } else { "" }
    }

    fn refusal(&self) -> &str {
        if self.field == "text" || self.field == "section" { "" } else { &self.wrong }
    }

    fn text(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    /// The letters to choose from, and those that the row has, where they are others.
    #[expect(clippy::unused_self, reason = "a template calls it, and knows the form only")]
    fn choices(&self, chosen: &str) -> Vec<(String, String)> {
        let other = (!LETTERS.iter().any(|(value, _)| *value == chosen)).then(|| (chosen.to_owned(), chosen.to_owned()));
        LETTERS.into_iter().map(|(value, words)| (value.to_owned(), words.into())).chain(other).collect()
    }
}

fn meaning(letter: char) -> Words {
    match letter {
        'R' => t!("raci.r"),
        'A' => t!("raci.a"),
        'C' => t!("raci.c"),
        _ => t!("raci.i"),
    }
}

fn title(role: &str, engagement: &Engagement) -> String {
    engagement.role(&role.into()).map_or_else(|| role.to_owned(), |role| role.title.clone())
}

fn columns(matrix: &Matrix) -> Vec<Column> {
    let Matrix { engagement, today } = matrix;
    let column = |id: &str| {
        let role = engagement.role(&id.into());
        let holders = engagement.having_role(&id.into(), *today);
        let people = if role.is_some_and(|role| role.everyone) {
            t!("raci.everybody").into()
        } else {
            holders.iter().map(|it| engagement.name(&it.person)).collect::<Vec<_>>().join(", ")
        };
        Column {
            title: title(id, engagement),
            side: role.map(|role| side(role.side).word()),
            nobody: role.is_some() && holders.is_empty(),
            people,
        }
    };
    engagement.responsible_roles().into_iter().map(column).collect()
}

fn sections(matrix: &Matrix, wrong: &[Wrong]) -> Vec<(String, Vec<Line>)> {
    let roles = matrix.engagement.responsible_roles();
    let cell = |mark: &String| match letters(mark) {
        Some(letters) => letters.chars().map(|letter| (letter.to_string(), meaning(letter))).collect(),
        None => vec![(mark.chars().take(12).collect(), t!("raci.takes_part"))],
    };
    let mut sections: Vec<(String, Vec<Line>)> = Vec::new();
    for row in matrix.engagement.responsibilities() {
        let line = Line {
            id: row.id.clone(),
            text: row.text.clone(),
            internal: row.internal,
            by_hand: row.by_hand,
            cells: roles.iter().map(|role| row.marks.get(*role).map(cell).unwrap_or_default()).collect(),
            wrong: wrong.iter().any(|it| it.row.as_ref() == Some(&row.id)),
        };
        match sections.iter_mut().find(|(known, _)| *known == row.section) {
            Some((_, lines)) => lines.push(line),
            None => sections.push((row.section.clone(), vec![line])),
        }
    }
    sections
}

fn wrongs(matrix: &Matrix) -> Vec<Wrong> {
    let of_row = |row: &Row, why: String| Wrong { row: Some(row.id.clone()), what: row.text.clone(), why };
    let wrong = |flaw: Flaw<'_>| match flaw {
        Flaw::Row(row, Fault::NoA) => of_row(row, t!("raci.no_a").into()),
        Flaw::Row(row, Fault::ManyA(many)) => of_row(row, t!("raci.many_a").with("n", many).into()),
        Flaw::Row(row, Fault::NoR) => of_row(row, t!("raci.no_r").into()),
        Flaw::NoLetters(row, rows) => {
            Wrong { row: None, what: row.section.clone(), why: t!("raci.no_letters.one").or_many(t!("raci.no_letters.many"), rows).into() }
        }
        Flaw::Nobody(role, rows) => Wrong {
            row: None,
            what: title(role, &matrix.engagement),
            why: t!("raci.nobody.one").or_many(t!("raci.nobody.many"), rows).into(),
        },
    };
    matrix.engagement.flaws(matrix.today).into_iter().map(wrong).collect()
}

fn form(engagement: &Engagement, wanted: &str, tried: Option<Tried>) -> Result<Form, Failure> {
    let row = match wanted {
        "new" => None,
        id => Some(engagement.plan.responsibilities.iter().find(|row| row.id.as_str() == id).ok_or(Failure::NotFound)?),
    };
    let (mut fields, field, wrong) = tried.map_or_else(|| (filled(row), "", String::new()), |it| (it.fields, it.field, it.wrong));
    fields.set("seen", &row.map_or_else(|| ABSENT.to_owned(), edition));
    let roles = engagement.plan.roles.iter().map(|role| {
        let name = format!("role.{}", role.id);
        let letters = fields.text(&name);
        (name, role.title.clone(), letters)
    });
    let is_role = |id: &String| engagement.plan.roles.iter().any(|role| role.id.as_str() == id);
    let kept = row.into_iter().flat_map(|row| &row.marks).filter(|(id, _)| !is_role(id));
    Ok(Form {
        id: row.map(|row| row.id.to_string()).unwrap_or_default(),
        title: row.map_or_else(|| t!("raci.add_title").into(), |row| row.text.clone()),
        roles: roles.collect(),
        kept: kept.map(|(id, mark)| (format!("role.{id}"), mark.clone())).collect(),
        fields,
        field,
        wrong,
    })
}

fn filled(row: Option<&Row>) -> Fields {
    let mut fields = Fields::default();
    let Some(row) = row else { return fields };
    fields.set("section", &row.section);
    fields.set("text", &row.text);
    row.marks.iter().for_each(|(role, mark)| fields.set(&format!("role.{role}"), mark));
    for (name, _) in [("internal", row.internal), ("left_out", row.left_out)].into_iter().filter(|(_, on)| *on) {
        fields.set(name, "1");
    }
    fields
}

async fn page(caller: &Caller, id: &str, wanted: Option<&str>, tried: Option<Tried>) -> Result<Response, Failure> {
    let desk = Desk::open(caller, id, Right::ReadEngagement).await?;
    let matrix = show_matrix(caller.app(), &caller.actor, &desk.view.engagement.id).await?;
    let status = match &tried {
        None => StatusCode::OK,
        Some(Tried { conflict: true, .. }) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let wanted = wanted.filter(|_| desk.may(Right::EditPlan));
    let form = wanted.map(|wanted| form(desk.engagement(), wanted, tried)).transpose()?;
    let flaws = wrongs(&matrix);
    let left_out = matrix.engagement.plan.responsibilities.iter().filter(|row| row.left_out);
    let shown = ResponsibilityPage {
        shell: desk.shell(caller, Tab::People),
        to_revoke: desk.to_revoke(),
        columns: columns(&matrix),
        sections: sections(&matrix, &flaws),
        left_out: left_out.map(|row| (row.id.clone(), row.text.clone())).collect(),
        flaws,
        form,
        desk: &desk,
    };
    Ok(caller.asked.show_as(status, &shown))
}

async fn show(caller: Caller, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let shown = async {
        let query = Fields::parse(query.unwrap_or_default().as_bytes());
        query.only(&["edit"])?;
        page(&caller, &id, query.given("edit"), None).await
    };
    caller.answer(shown.await)
}

fn asked(fields: &Fields) -> Result<SaveRow, Failure> {
    let roles: Vec<_> = fields.pairs().filter_map(|(name, letters)| Some((name, name.strip_prefix("role.")?, letters))).collect();
    let own = ["id", "section", "text", "internal", "left_out", "seen"];
    fields.only(&own.into_iter().chain(roles.iter().map(|(name, ..)| *name)).collect::<Vec<_>>())?;
    Ok(SaveRow {
        id: fields.given("id").map(RowId::from),
        section: fields.text("section"),
        text: fields.text("text"),
        marks: roles.into_iter().map(|(_, role, letters)| (role.to_owned(), letters.to_owned())).collect(),
        internal: fields.has("internal"),
        left_out: fields.has("left_out"),
        seen: fields.given("seen").map(ToOwned::to_owned),
    })
}

async fn save(caller: Caller, Path(id): Path<String>, fields: Fields) -> Response {
    let engagement = EngagementId(id);
    let saved = async { save_row(caller.app(), &caller.actor, &engagement, asked(&fields)?).await };
    let (field, wrong, conflict) = match saved.await {
        Ok(_) => return said::redirect(&format!("/engagements/{engagement}/people/responsibility"), t!("raci.saved"), None),
        Err(Failure::Refused(refusal)) => {
            let field = if let Refusal::Field { field, .. } = &refusal { field } else { "" };
            (field, sentence(&refusal), false)
        }
        Err(Failure::Conflict(_)) => ("", format!("{} {}", t!("wrong.conflict.what"), t!("conflict.kept")), true),
        Err(failure) => return caller.answer(Err(failure)),
    };
    let wanted = fields.given("id").unwrap_or("new").to_owned();
    let shown = page(&caller, engagement.as_str(), Some(&wanted), Some(Tried { fields, field, wrong, conflict })).await;
    caller.answer(shown)
}

async fn csv(caller: Caller, Path(id): Path<String>) -> Response {
    let made = matrix_csv(caller.app(), &caller.actor, &EngagementId(id)).await;
    caller.answer(made.map(|table| page::csv("responsibility.csv", table)))
}
