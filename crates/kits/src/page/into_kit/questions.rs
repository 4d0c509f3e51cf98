//! Questions as banks.

use tminus_domain::kit::{
    Extra,
    governance::{Bank, Question},
};

use super::{
    super::object::{Asked, FormQuestion, Interview, Numbered, Object},
    making::{Making, page_links},
    work::named_notes,
};

impl Making {
    pub(super) fn bank(&mut self, interviews: &[Interview]) {
        for interview in interviews {
            let made = Bank {
                id: self.unique("bank", &interview.workstream, "bank"),
                title: interview.workstream.clone(),
                workstream: interview.workstream.clone(),
                participants: interview.participants.clone(),
                questions: interview.questions.iter().map(|question| self.numbered(question)).collect(),
                links: page_links(&interview.references, &[]),
                src: self.src(interview.line),
                extra: interview.headings.iter().map(|(line, text)| self.heading(*line, text)).collect(),
            };
            self.kit.banks.push(made);
        }
    }

    fn heading(&self, line: u32, text: &str) -> Extra {
        Extra { file: self.file.clone(), line, text: text.to_owned(), kind: "heading".to_owned() }
    }

    fn numbered(&self, question: &Numbered) -> Question {
        Question {
            text: question.text.clone(),
            group: question.group.clone().unwrap_or_default(),
            src: self.src(question.line),
            questions: question.children.iter().map(|child| self.numbered(child)).collect(),
            ..Question::default()
        }
    }

    pub(super) fn question_table(&mut self, object: &Object, questions: &[Asked]) {
        let asked = questions.iter().map(|question| {
            let mut note: Vec<String> = named_notes(&question.other).collect();
            if !question.number.is_empty() {
                note.insert(0, format!("# {}", question.number));
            }
            Question {
                text: question.text.clone(),
                group: question.category.clone(),
                note: note.join("\n"),
                src: self.src(question.line),
                ..Question::default()
            }
        });
        let questions = asked.collect();
        self.push_bank(object, questions);
    }

    pub(super) fn question_form(&mut self, object: &Object, questions: &[FormQuestion]) {
        let asked = questions.iter().map(|question| Question {
            text: format!("{} {}", question.number, question.text),
            options: question.options.clone(),
            note: question.hint.clone(),
            src: self.src(question.line),
            ..Question::default()
        });
        let questions = asked.collect();
        self.push_bank(object, questions);
    }

    fn push_bank(&mut self, object: &Object, questions: Vec<Question>) {
        let title = self.titled(object);
        let id = self.unique("bank", &title, "bank");
        self.kit.banks.push(Bank { id, title, questions, src: self.src(object.line), ..Bank::default() });
    }
}
