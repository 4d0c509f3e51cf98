//! How much of what an object holds.

use super::{
    cell::below,
    object::{Content, Numbered},
};
use crate::totals::Totals;

fn len<T>(all: &[T]) -> u64 {
    all.len() as u64
}

fn deeper(questions: &[Numbered]) -> u64 {
    questions.iter().map(|question| len(&question.children) + deeper(&question.children)).sum()
}

impl Content {
    pub(super) fn totals(&self) -> Totals {
        let none = Totals::default();
        match self {
            Self::Checklist { activities } => Totals {
                activities: len(activities),
                items: activities.iter().map(|activity| len(&activity.items)).sum(),
                subitems: activities.iter().map(|activity| below(&activity.items)).sum(),
                owners: activities.iter().map(|activity| len(&activity.owners)).sum(),
                ..none
            },
            Self::SimpleChecklist { items } => {
                Totals { items: len(items), subitems: items.iter().map(|item| len(&item.subitems) + below(&item.subitems)).sum(), ..none }
            }
            Self::FreeformChecklist { items, .. } => {
                Totals { items: len(items), subitems: items.iter().map(|item| len(&item.children) + below(&item.children)).sum(), ..none }
            }
            Self::ActivityPlan { activities, .. } => Totals {
                activities: len(activities),
                items: activities.iter().map(|activity| len(&activity.items)).sum(),
                subitems: activities.iter().map(|activity| below(&activity.items)).sum(),
                criteria: activities.iter().filter_map(|activity| activity.acceptance_criteria.as_deref()).map(len).sum(),
                ..none
            },
            Self::ActivityList(columns) => Totals { activities: len(&columns.entries), ..none },
            Self::TminusSchedule { entries, .. } => {
                Totals { tasks: len(entries), offsets: entries.iter().filter(|entry| entry.offset.is_some()).count() as u64, ..none }
            }
            Self::Responsibility(matrix) | Self::Raci(matrix) => Totals { responsibilities: len(&matrix.entries), ..none },
            Self::CommunicationPlan { entries } => Totals { ceremonies: len(entries), ..none },
            Self::QuestionBank { workstreams, .. } => Totals {
                participants: workstreams.iter().map(|one| len(&one.participants)).sum(),
                questions: workstreams.iter().map(|one| len(&one.questions)).sum(),
                subquestions: workstreams.iter().map(|one| deeper(&one.questions)).sum(),
                ..none
            },
            Self::QuestionTable { questions } => Totals { questions: len(questions), ..none },
            Self::QuestionForm { questions } => Totals { questions: len(questions), ..none },
            Self::KitHome { sections } => Totals { decisions: sections.get("decisions").map_or(0, |section| len(&section.items)), ..none },
            _ => none,
        }
    }
}
