//! A kit that somebody uploads: looked at first, or taken in at once.

use askama::Template;
use axum::{
    extract::Multipart,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use tminus_app::{
    Failure, Refusal,
    kit::{import_kit, inspect_kit},
    kits::{
        files::Files,
        inspect::Inspection,
        problem::{Problem, Severity},
    },
};
use tminus_domain::rights::Right;

use super::{MAX_UPLOAD, list::totals_of};
use crate::{
    caller::{Caller, sentence},
    checklist::files::upload,
    fields::refused,
    mark::Mark,
    page::Page,
    said,
    shell::{Link, Place, Shell},
    wrong::Wrong,
};

#[derive(Template)]
#[template(path = "kit/inspected.html", blocks = ["inside"])]
struct InspectedPage {
    shell: Shell,
    name: String,
    found: Vec<(String, String, String)>,
    problems: Vec<Problem>,
    rejected: bool,
    imports: bool,
}

impl Page for InspectedPage {
    fn shell(&self) -> &Shell {
        &self.shell
    }

    fn inside(&self) -> askama::Result<String> {
        self.as_inside().render()
    }
}

/// A problem's mark.
fn mark_of(problem: &Problem) -> Mark {
    match problem.severity {
        Severity::Error => Mark::WRONG,
        Severity::Warning => Mark::WARNING,
        Severity::Note => Mark::SAID,
    }
}

/// `kit.toml:12:3`
fn place(problem: &Problem) -> String {
    let number = |number: u32| if number > 0 { format!(":{number}") } else { String::new() };
    format!("{}{}{}", problem.file, number(problem.line), number(problem.column))
}

fn inspected(caller: &Caller, name: String, inspection: &Inspection, problems: Vec<Problem>) -> Response {
    let rejected = inspection.is_rejected();
    let found = inspection.kits.iter().map(|kit| {
        let totals = serde_json::to_value(kit.totals).unwrap_or_default();
        (kit.name.clone(), kit.version.clone(), totals_of(&totals))
    });
    let mut shell = caller.shell(t!("kits.inspected"), Place::Kits);
    shell.crumbs = vec![Link { words: t!("rail.kits").into(), href: "/kits".into() }];
    let status = if rejected { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let imports = caller.actor.may(Right::ImportKit);
    caller.asked.show_as(status, &InspectedPage { shell, name, found: found.collect(), problems, rejected, imports })
}

pub(super) async fn take(caller: Caller, headers: HeaderMap, form: Multipart) -> Response {
    let (upload, read) = match upload(&headers, form, MAX_UPLOAD).await {
        Ok(upload) => upload,
        Err(refused) => return *refused,
    };
    let taken = async {
        read?;
        upload.fields.only(&["do"])?;
        if upload.name.is_empty() || upload.bytes.is_empty() {
            return Err(refused("file", t!("kits.choose_file")));
        }
        let files = Files::from_bytes(&upload.name, upload.bytes.to_vec());
        if upload.fields.get("do") != "import" {
            let inspection = inspect_kit(&caller.actor, files).await?;
            let problems = inspection.problems.clone();
            return Ok(inspected(&caller, upload.name.clone(), &inspection, problems));
        }
        match import_kit(caller.app(), &caller.actor, files).await {
            Ok((kits, _)) => {
                let new = kits.iter().filter(|kit| kit.new).count();
                let to = if kits.len() == 1 { format!("/kits/{}", kits[0].kit.hash) } else { "/kits".to_owned() };
                let words = if new == 0 {
                    t!("kits.there_already").text().to_owned()
                } else {
                    t!("kits.was_imported.one").or_many(t!("kits.was_imported.many"), new).into()
                };
                Ok(said::redirect(&to, words, None))
            }
            Err(Failure::Refused(Refusal::Kit(problems))) => Ok(inspected(&caller, upload.name.clone(), &Inspection::default(), problems)),
            Err(failure) => Err(failure),
        }
    };
    match taken.await {
        Ok(response) => response,
        Err(Failure::Refused(refusal)) => caller.wrong(Wrong::refused(sentence(&refusal)).then(t!("rail.kits"), "/kits")),
        Err(failure) => caller.answer(Err(failure)),
    }
}
