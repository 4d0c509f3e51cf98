//! One `tasks.md`: headings of five shapes, in columns that never vary, and what people made of them.

use super::{LinkRead, Module, Step, Tool, criteria, prerequisites, signs, signs::Numbering};
use crate::{
    limits::MAX_TASKS,
    problem::{Problem, quote},
    text::{self, Decoded, line_text, norm1},
};

/// Lines with their numbers, counted from 1.
pub(super) type Lines<'t> = Vec<(u32, &'t str)>;

/// A step while its lines are gathered.
#[derive(Default)]
struct Draft<'t> {
    line: u32,
    numbers: Numbers,
    title: &'t str,
    before: Lines<'t>,
    description: Lines<'t>,
    /// The line of the Description heading, 0 where there is none.
    described: u32,
    tools: Vec<(u32, Lines<'t>)>,
    criteria: Vec<Lines<'t>>,
    section: Section,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Before,
    Description,
    Tools,
    Criteria,
}

/// The numbers of a heading; `None` where one is too large to be a number.
#[derive(Clone, Copy, Default)]
struct Numbers {
    task: Option<u64>,
    subtask: Option<u64>,
    is_subtask: bool,
}

enum Line<'t> {
    Module(&'t str),
    Step(Numbers, &'t str),
    Section(Section),
    Text,
}

/// Whether a line is a heading of a module or task.
pub(super) fn is_heading(line: &str) -> bool {
    matches!(classify(line), Line::Module(_) | Line::Step(..))
}

fn classify(line: &str) -> Line<'_> {
    if !line.starts_with('#') {
        return Line::Text;
    }
    if let Some(name) = line.strip_prefix("# Module:") {
        return Line::Module(name.strip_prefix(' ').unwrap_or(name));
    }
    if let Some(rest) = line.strip_prefix("## Task ") {
        return step(rest).unwrap_or(Line::Text);
    }
    match line.trim_end() {
        "#### Description" => Line::Section(Section::Description),
        "#### Tools" => Line::Section(Section::Tools),
        "#### Acceptance Criteria" => Line::Section(Section::Criteria),
        _ => Line::Text,
    }
}

fn step(rest: &str) -> Option<Line<'_>> {
    let (task, rest) = numbered(rest)?;
    if let Some((subtask, title)) = rest.strip_prefix(" Subtask ").and_then(numbered) {
        let numbers = Numbers { task, subtask, is_subtask: true };
        return Some(Line::Step(numbers, title.strip_prefix(' ').unwrap_or(title)));
    }
    let numbers = Numbers { task, ..Numbers::default() };
    Some(Line::Step(numbers, rest.strip_prefix(' ').unwrap_or(rest)))
}

/// `12: rest` as a number, which is `None` where it is too large, and the rest.
fn numbered(text: &str) -> Option<(Option<u64>, &str)> {
    let (number, rest) = text.split_once(':')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| (number.parse().ok(), rest))
}

/// Reads a module. `folder` names it where the file does not.
pub(super) fn read(file: &str, decoded: &Decoded, folder: &str, problems: &mut Vec<Problem>) -> Option<Module> {
    let mut module = Module { encoding: decoded.encoding, eol: decoded.eol, ..Module::default() };
    let mut preamble: Lines<'_> = Vec::new();
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    for (number, line) in (1..).zip(decoded.text.split('\n')) {
        signs::check_line(file, number, line, problems);
        match classify(line) {
            Line::Module(name) if module.line == 0 && drafts.is_empty() => {
                module.line = number;
                name.clone_into(&mut module.name_raw);
            }
            Line::Step(numbers, title) => drafts.push(Draft { line: number, numbers, title, ..Draft::default() }),
            Line::Section(section) if !drafts.is_empty() => {
                if let Some(draft) = drafts.last_mut() {
                    draft.open(section, number);
                }
            }
            _ => {
                signs::check_heading(file, number, line, problems);
                match drafts.last_mut() {
                    Some(draft) => draft.add(number, line),
                    None => preamble.push((number, line)),
                }
            }
        }
    }
    if drafts.len() > MAX_TASKS {
        let message = format!("the module has {} tasks and subtasks; {MAX_TASKS} is the limit. Nothing was imported", drafts.len());
        problems.push(Problem::error(file, drafts[MAX_TASKS].line, message));
        return None;
    }
    name_module(file, folder, &mut module, problems);
    (module.preamble, module.preamble_line) = block(&preamble).unwrap_or_default();
    nest(file, drafts, &mut module.tasks, problems);
    if module.tasks.is_empty() {
        problems.push(Problem::warning(file, module.line.max(1), "the module has no tasks"));
    }
    signs::check_titles(file, &module, problems);
    Some(module)
}

fn name_module(file: &str, folder: &str, module: &mut Module, problems: &mut Vec<Problem>) {
    if module.line == 0 {
        let message = format!("“# Module: …” is missing; the module is named {} after its folder", quote(folder));
        problems.push(Problem::warning(file, 1, message));
        folder.clone_into(&mut module.name_raw);
        module.line = 1;
    } else if module.name_raw.trim() != module.name_raw {
        problems.push(Problem::note(file, module.line, "the module's name has blanks around it"));
    }
    module.name = norm1(&module.name_raw);
    if module.name.is_empty() {
        module.name = norm1(folder);
    }
}

impl<'t> Draft<'t> {
    fn open(&mut self, section: Section, line: u32) {
        self.section = section;
        match section {
            Section::Tools => self.tools.push((line, Vec::new())),
            Section::Criteria => self.criteria.push(Vec::new()),
            Section::Description => self.described = line,
            Section::Before => {}
        }
    }

    fn add(&mut self, number: u32, line: &'t str) {
        let lines = match self.section {
            Section::Before => &mut self.before,
            Section::Description => &mut self.description,
            Section::Tools => match self.tools.last_mut() {
                Some((_, lines)) => lines,
                None => return,
            },
            Section::Criteria => match self.criteria.last_mut() {
                Some(lines) => lines,
                None => return,
            },
        };
        lines.push((number, line));
    }

    fn finish(self, file: &str, problems: &mut Vec<Problem>) -> Step {
        let mut step = Step { line: self.line, title_raw: self.title.to_owned(), ..Step::default() };
        step.number = if self.numbers.is_subtask { self.numbers.subtask } else { self.numbers.task };
        step.title = title(file, self.line, self.title, problems);
        if let Some((text, line)) = block(&self.before) {
            step.title_continuation = norm1(&text);
            problems.push(Problem::warning(
                file,
                line,
                "text between a task's heading and its first section; it was kept as the rest of the title",
            ));
        }
        if let Some((text, line)) = block(&self.description) {
            step.description_line = Some(line);
            step.description = text;
        } else if self.described > 0 {
            problems.push(Problem::note(file, self.described, "the description is empty"));
        }
        for owner in owners(&step.description) {
            step.owners_raw.push(owner);
        }
        step.links = read_links(file, &self.description, problems);
        step.prerequisites = prerequisites::find(&self.description);
        step.tool_sections = self.tools.len() as u64;
        for (line, lines) in &self.tools {
            let before = step.tools.len();
            read_tools(file, lines, &mut step.tools, problems);
            let count = step.tools.len() - before;
            if count > 1 {
                problems.push(Problem::note(file, *line, format!("a Tools section with {count} entries")));
            }
        }
        step.ac_sections = self.criteria.len() as u64;
        for (section, lines) in (1..).zip(&self.criteria) {
            criteria::read(section, lines, &mut step.acceptance_criteria);
        }
        step
    }
}

/// The text of some lines and the number of its first line; `None` where they are blank.
fn block(lines: &Lines<'_>) -> Option<(String, u32)> {
    let plain: Vec<(u32, String)> = lines.iter().map(|(number, line)| (*number, line_text(line))).collect();
    let first = plain.iter().position(|(_, line)| !line.is_empty())?;
    let last = plain.iter().rposition(|(_, line)| !line.is_empty())?;
    let text = plain[first..=last].iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n");
    Some((text, plain[first].0))
}

/// The title without blanks and without a second `Subtask 1:`.
fn title(file: &str, line: u32, raw: &str, problems: &mut Vec<Problem>) -> String {
    let plain = norm1(raw);
    if plain != raw && norm1(raw.trim()) == plain {
        problems.push(Problem::note(file, line, "stray blanks in a title"));
    }
    let lower = plain.to_ascii_lowercase();
    let rest = lower.strip_prefix("sub").unwrap_or(&lower).strip_prefix("task").map(str::trim_start);
    let Some((number, _)) = rest.and_then(|rest| rest.split_once(':')) else { return plain };
    if number.trim().is_empty() || !number.trim().bytes().all(|byte| byte.is_ascii_digit()) {
        return plain;
    }
    problems.push(Problem::note(file, line, "a second “Task n:” or “Subtask n:” in the title was taken out"));
    plain.split_once(':').map_or_else(String::new, |(_, title)| title.trim().to_owned())
}

/// Owner phrases: `*(Owner: X)*`, `(*Owner: X)*`, `(Owner: X)`.
fn owners(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("Owner:") {
        let opened = rest[..at].trim_end_matches([' ', '*', '_']).ends_with('(');
        rest = &rest[at + "Owner:".len()..];
        if let (true, Some((owner, _))) = (opened, rest.split_once(')')) {
            let owner = norm1(owner.trim_matches(['*', '_', ' ']));
            if !owner.is_empty() && owner.len() <= 300 {
                found.push(owner);
            }
        }
    }
    found
}

fn read_links(file: &str, lines: &Lines<'_>, problems: &mut Vec<Problem>) -> Vec<LinkRead> {
    let mut found = Vec::new();
    for (number, line) in lines.iter().filter(|(_, line)| line.contains("](")) {
        let line = line_text(line);
        for link in text::links(&line) {
            let url_clean = link.url.trim_end_matches(['.', ',', ';', ':']).to_owned();
            let trailing_punct = url_clean != link.url;
            if trailing_punct {
                problems.push(Problem::note(file, *number, "a link's target ends with punctuation, which was left out"));
            }
            found.push(LinkRead { text: norm1(link.text), url: link.url.to_owned(), url_clean, image: link.image, trailing_punct });
        }
    }
    found
}

fn read_tools(file: &str, lines: &Lines<'_>, tools: &mut Vec<Tool>, problems: &mut Vec<Problem>) {
    for (number, line) in lines {
        let (_, text) = criteria::marker(line);
        let text = norm1(text);
        if text == "Tools:" {
            problems.push(Problem::note(file, *number, "“Tools:” is repeated inside a Tools section and was left out"));
        } else if !text.is_empty() {
            tools.push(Tool { line: *number, text });
        }
    }
}

/// Puts subtasks under their tasks. File order is kept; nothing is merged.
fn nest(file: &str, drafts: Vec<Draft<'_>>, tasks: &mut Vec<Step>, problems: &mut Vec<Problem>) {
    let (mut task_numbers, mut subtask_numbers) = (Numbering::default(), Numbering::default());
    for draft in drafts {
        let (line, numbers) = (draft.line, draft.numbers);
        let step = draft.finish(file, problems);
        match tasks.last_mut() {
            Some(parent) if numbers.is_subtask => {
                signs::check_parent(file, line, numbers.task, parent, problems);
                subtask_numbers.check(file, line, numbers.subtask, problems);
                parent.subtasks.push(step);
            }
            None if numbers.is_subtask => {
                problems.push(Problem::warning(file, line, "a subtask before any task; it was kept as a task"));
                tasks.push(step);
            }
            _ => {
                task_numbers.check(file, line, numbers.task, problems);
                subtask_numbers = Numbering::default();
                tasks.push(step);
            }
        }
    }
}
