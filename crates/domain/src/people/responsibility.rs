//! The responsibility matrix of an engagement: the kits' rows, what people changed here, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Member, is_plain, seat::slug};
use crate::{
    engagement::Engagement,
    ids::{KitId, RoleId, RowId},
    kit::{
        Kit, Role, Side,
        letters::{Fault, faults, letters},
    },
    rights::Function,
};

/// No matrix has more rows than this.
pub const MAX_ROWS: usize = 500;

/// What is to be done, and who does what of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub id: RowId,
    #[serde(default)]
    pub section: String,
    pub text: String,
    /// By role, or by a column of the kit's source that is none: letters of R, A, C, I, or another mark as the kit has it.
    #[serde(default)]
    pub marks: BTreeMap<String, String>,
    /// The kit that it came from; `None` if somebody added it here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kit: Option<KitId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub src: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// Somebody changed it here: no kit changes or drops it any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
    /// This engagement does without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_out: bool,
}

/// Why a row cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("say in 1 to 300 characters what is to be done")]
    Text,
    #[error("a heading has at most 120 characters")]
    Section,
    #[error("“{0}” is no letter of a role: write R, A, C or I, or several as RA")]
    Letters(String),
    #[error("“{0}” is not a role of this engagement's kits")]
    Role(String),
    #[error("a matrix has at most {MAX_ROWS} rows")]
    TooMany,
}

impl Refused {
    /// The detail that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Text | Self::TooMany => "text",
            Self::Section => "section",
            Self::Letters(_) | Self::Role(_) => "letters",
        }
    }
}

/// Something that is wrong with a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw<'a> {
    /// A row breaks the rule.
    Row(&'a Row, Fault),
    /// Rows that say who takes part, but not as what, by the heading of the first.
    NoLetters(&'a Row, usize),
    /// A role has letters, and nobody has the role: in how many rows.
    Nobody(&'a str, usize),
}

/// The rows of kits.
pub fn rows(kits: &[&Kit]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut ids = BTreeSet::new();
    for kit in kits {
        for asked in &kit.responsibilities {
            let name = format!("{}.{}", kit.id, slug(&format!("{} {}", asked.section, asked.text)));
            let id = (1..=ids.len() + 1)
                .map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") })
                .find(|id| !ids.contains(id))
                .unwrap_or_default();
            ids.insert(id.clone());
            rows.push(Row {
                id: RowId(id),
                section: asked.section.clone(),
                text: asked.text.clone(),
                marks: asked.marks.iter().map(|(role, mark)| (role.clone(), letters(mark).unwrap_or_else(|| mark.clone()))).collect(),
                kit: Some(kit.id.clone()),
                src: asked.src.clone(),
                internal: asked.internal,
                by_hand: false,
                left_out: false,
            });
        }
    }
    rows
}

/// Rows after the kits changed: what somebody changed here stays as it is, also where no kit has it any more.
pub fn follow(before: &[Row], mut now: Vec<Row>) -> Vec<Row> {
    for old in before.iter().filter(|row| row.by_hand) {
        if let Some(row) = now.iter_mut().find(|row| row.id == old.id) {
            *row = old.clone();
        } else {
            let place = now.iter().rposition(|row| row.section == old.section).map_or(now.len(), |last| last + 1);
            now.insert(place, old.clone());
        }
    }
    now
}

impl Row {
    /// The row with outer blanks removed and its letters in order, if all of it is usable. Marks that were there before may stay.
    pub fn checked(mut self, roles: &[Role], before: Option<&Self>) -> Result<Self, Refused> {
        self.text = self.text.trim().to_owned();
        self.section = self.section.trim().to_owned();
        if self.text.is_empty() || !is_plain(&self.text, 300) {
            return Err(Refused::Text);
        }
        if !is_plain(&self.section, 120) {
            return Err(Refused::Section);
        }
        self.marks.retain(|_, mark| !mark.trim().is_empty());
        for (role, mark) in &mut self.marks {
            if before.and_then(|before| before.marks.get(role)) == Some(mark) {
                continue;
            }
            if !roles.iter().any(|it| it.id.as_str() == role) {
                return Err(Refused::Role(role.chars().take(60).collect()));
            }
            *mark = letters(mark).ok_or_else(|| Refused::Letters(mark.chars().take(40).collect()))?;
        }
        Ok(self)
    }

    fn has_letters(&self) -> bool {
        self.marks.values().any(|mark| letters(mark).is_some())
    }
}

impl Engagement {
    /// Rows that this engagement does with.
    pub fn responsibilities(&self) -> impl Iterator<Item = &Row> {
        self.plan.responsibilities.iter().filter(|row| !row.left_out)
    }

    /// What the matrix has columns for: the roles in the kits' order, then what the source calls otherwise.
    pub fn responsible_roles(&self) -> Vec<&str> {
        let marked: BTreeSet<&str> = self.responsibilities().flat_map(|row| row.marks.keys()).map(String::as_str).collect();
        let roles = self.plan.roles.iter().map(|role| role.id.as_str()).filter(|id| marked.contains(id));
        roles.chain(marked.iter().copied().filter(|id| !self.plan.roles.iter().any(|role| role.id.as_str() == *id))).collect()
    }

    /// Who has a role, of those who are not gone: by name, by their function, or by their part in workstreams.
    pub fn having_role(&self, id: &RoleId, today: Date) -> Vec<&Member> {
        let Some(role) = self.role(id) else { return Vec::new() };
        let means = |function: Function| super::role_of(function, std::slice::from_ref(role)).is_some();
        let has = |member: &&Member| {
            member.side() == role.side
                && member.is_here(today)
                && (role.everyone || member.roles.contains(id) || means(member.function) || (is_lead(role) && member.leads()))
        };
        self.members.iter().filter(has).collect()
    }

    /// Everything that is wrong with the matrix: rows first, in order, then roles that nobody has.
    pub fn flaws(&self, today: Date) -> Vec<Flaw<'_>> {
        let without: Vec<_> = self.responsibilities().filter(|row| !row.has_letters() && !row.marks.is_empty()).collect();
        let mut flaws: Vec<_> = without.first().map(|row| Flaw::NoLetters(row, without.len())).into_iter().collect();
        for row in self.responsibilities().filter(|row| row.has_letters() || row.marks.is_empty()) {
            flaws.extend(faults(row.marks.values().map(String::as_str)).into_iter().map(|fault| Flaw::Row(row, fault)));
        }
        for role in self.responsible_roles() {
            let with = self.responsibilities().filter(|row| row.marks.get(role).is_some_and(|mark| letters(mark).is_some())).count();
            if with > 0 && self.having_role(&role.into(), today).is_empty() {
                flaws.push(Flaw::Nobody(role, with));
            }
        }
        flaws
    }
}

/// Whether a role is that of the leads of workstreams, on its side.
fn is_lead(role: &Role) -> bool {
    let is = |id: &str| role.id.as_str() == id;
    (role.side == Side::Delivery && is("workstream-lead")) || (role.side == Side::Customer && is("customer-workstream-lead"))
}
