//! The responsibility matrix: read with what is wrong with it, changed row by row, and written as a table.

use std::sync::Arc;

use jiff::civil::Date;
use tminus_domain::{
    engagement::{Engagement, Plan},
    ids::{EngagementId, RoleId, RowId},
    people::responsibility::{MAX_ROWS, Refused, Row},
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};

use super::{ABSENT, edition};
use crate::{App, Failure, Refusal, spreadsheet};

/// The matrix as somebody may see it.
pub struct Matrix {
    pub engagement: Arc<Engagement>,
    pub today: Date,
}

/// A row as somebody wants it, and what they saw before.
#[derive(Clone, Debug)]
pub struct SaveRow {
    /// `None` adds a row.
    pub id: Option<RowId>,
    pub section: String,
    pub text: String,
    /// Letters by role; a role without letters is left out.
    pub marks: Vec<(String, String)>,
    pub internal: bool,
    /// This engagement does without it.
    pub left_out: bool,
    /// The [`edition`] of the row that was looked at, or [`ABSENT`].
    pub seen: Option<String>,
}

/// The matrix with the engagement whose people have the roles.
pub async fn show_matrix(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Matrix, Failure> {
    let engagement = app.view(actor, engagement, Right::ReadEngagement).await?.engagement;
    let today = app.today(&engagement.plan.setup.zone);
    Ok(Matrix { engagement, today })
}

/// Changes a row, or adds one. Whatever the kits say later, it stays as it is then.
pub async fn save_row(app: &App, actor: &Actor, engagement: &EngagementId, input: SaveRow) -> Result<Row, Failure> {
    let mut change = app.change(actor, engagement, Right::EditPlan).await?;
    let whole = change.engagement();
    let mut plan = Plan::clone(&whole.plan);
    let place = match &input.id {
        None => None,
        Some(id) => Some(plan.responsibilities.iter().position(|row| &row.id == id).ok_or(Failure::NotFound)?),
    };
    let before = place.map(|place| plan.responsibilities[place].clone());
    let now = before.as_ref().map_or_else(|| ABSENT.to_owned(), edition);
    if input.seen.is_some_and(|seen| seen != now) {
        return Err(Failure::Conflict(None));
    }
    if before.is_none() && plan.responsibilities.len() >= MAX_ROWS {
        return Err(refused(&Refused::TooMany));
    }
    let SaveRow { section, text, marks, internal, left_out, .. } = input;
    let marks = marks.into_iter().collect();
    let row = match before.clone() {
        Some(before) => Row { section, text, marks, internal, left_out, by_hand: true, ..before },
        None => Row { id: RowId(app.fresh_id()), section, text, marks, kit: None, src: String::new(), internal, by_hand: true, left_out },
    };
    let row = row.checked(&plan.roles, before.as_ref()).map_err(|why| refused(&why))?;
    if before.as_ref().is_some_and(|before| Row { by_hand: true, ..before.clone() } == row) {
        return Ok(row);
    }
    let unseen = |row: &Row| row.internal || row.left_out;
    let hidden =
        row.internal || before.as_ref().is_some_and(|before| before.internal) || unseen(&row) && before.as_ref().is_none_or(unseen);
    let fact = Fact::new(FactKind::ResponsibilityChanged, row.id.as_str(), &row.text);
    change.record(fact.from(before.as_ref().map(|row| told(row, whole))).to(told(&row, whole)).internal(hidden));
    if let Some(place) = place {
        plan.responsibilities[place] = row.clone();
    } else {
        let after = plan.responsibilities.iter().rposition(|it| it.section == row.section);
        plan.responsibilities.insert(after.map_or(plan.responsibilities.len(), |last| last + 1), row.clone());
    }
    change.save_plan(plan);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(row)
}

fn refused(why: &Refused) -> Failure {
    Refusal::field(why.field(), why.to_string()).into()
}

/// A row, as the record says it.
fn told(row: &Row, engagement: &Engagement) -> serde_json::Value {
    let title = |role: &str| engagement.role(&role.into()).map_or_else(|| role.to_owned(), |role| role.title.clone());
    let letters: serde_json::Map<_, _> = row.marks.iter().map(|(role, mark)| (title(role), mark.as_str().into())).collect();
    serde_json::json!({ "section": row.section, "text": row.text, "letters": letters, "internal": row.internal, "left_out": row.left_out })
}

/// The matrix, one row each, one column a role.
pub async fn matrix_csv(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<u8>, Failure> {
    let Matrix { engagement, .. } = show_matrix(app, actor, engagement).await?;
    let roles = engagement.responsible_roles();
    let title = |id: &&str| engagement.role(&RoleId::from(*id)).map_or_else(|| (*id).to_owned(), |role| role.title.clone());
    let header: Vec<_> = ["section".to_owned(), "text".to_owned()].into_iter().chain(roles.iter().map(title)).collect();
    let row = |row: &Row| {
        let marks = roles.iter().map(|role| row.marks.get(*role).cloned().unwrap_or_default());
        [row.section.clone(), row.text.clone()].into_iter().chain(marks).collect::<Vec<_>>()
    };
    let rows: Vec<_> = std::iter::once(header).chain(engagement.responsibilities().map(row)).collect();
    Ok(spreadsheet::csv(None::<[&str; 0]>, rows))
}
