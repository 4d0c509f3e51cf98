//! Ids, roles and modules while a kit is made.

use std::collections::HashMap;

use tminus_domain::{
    ids::{MilestoneId, RoleId, TaskId},
    kit::{Kit, Link, Milestone, Module, Phase, Role, Side, task::Task},
};

use super::super::{
    cell::Item,
    object::{Content, Object, PageLink},
};
use crate::{limits::MAX_TITLE, text::slug};

/// How much of a module's id begins the ids of its tasks.
const MODULE_PART: usize = 40;

/// No title is cut shorter than this.
const SHORTEST: usize = 20;

pub(super) struct Making {
    pub(super) file: String,
    pub(super) kit: Kit,
    /// How often each id was wished for.
    taken: HashMap<String, u32>,
    roles: HashMap<RoleId, usize>,
    modules: HashMap<(String, String), usize>,
    /// Names of tasks that wait for a task, with that task.
    pub(super) waits: Vec<(String, TaskId)>,
}

/// A title short enough to show, cut where a part of the sentence ends, and the whole text if it was cut.
pub(super) fn shorten(text: &str) -> (String, Option<String>) {
    let Some((limit, _)) = text.char_indices().nth(MAX_TITLE) else { return (text.to_owned(), None) };
    let head = &text[..limit];
    let cut = sentence_end(head)
        .or_else(|| [" - ", "; ", ": ", ", ", " "].into_iter().find_map(|end| head.rfind(end).filter(|&at| at > SHORTEST)))
        .unwrap_or(0);
    let title: String = if cut == 0 {
        head.chars().take(MAX_TITLE - 1).chain(['…']).collect()
    } else {
        head[..cut].trim_end_matches([' ', '.', ';', ':', ',', '-']).to_owned()
    };
    (title, Some(text.to_owned()))
}

/// The last full stop before a capital letter: `i.e. one` goes on.
fn sentence_end(text: &str) -> Option<usize> {
    let ends = text.match_indices(". ").filter(|(at, _)| text[at + 2..].starts_with(char::is_uppercase));
    ends.map(|(at, _)| at).filter(|&at| at > SHORTEST).last()
}

impl Making {
    pub(super) fn new(file: String, kit: Kit) -> Self {
        Self { file, kit, taken: HashMap::new(), roles: HashMap::new(), modules: HashMap::new(), waits: Vec::new() }
    }

    pub(super) fn src(&self, line: u32) -> String {
        format!("{}#L{line}", self.file)
    }

    /// The heading that an object stands under, or the page's title.
    pub(super) fn titled(&self, object: &Object) -> String {
        let above = Some(&object.above).filter(|above| !above.is_empty());
        above.or(object.heading.last()).unwrap_or(&self.kit.title).clone()
    }

    /// The first of `kind/wish`, `kind/wish-2`, `kind/wish-3`… that is not taken.
    pub(super) fn unique(&mut self, kind: &str, wish: &str, otherwise: &str) -> String {
        let wish = slug(wish);
        let wish = if wish.is_empty() { otherwise.to_owned() } else { wish };
        loop {
            let count = self.taken.entry(format!("{kind}/{wish}")).or_default();
            *count += 1;
            let id = if *count == 1 { wish.clone() } else { format!("{wish}-{count}") };
            if id == wish || !self.taken.contains_key(&format!("{kind}/{id}")) {
                self.taken.entry(format!("{kind}/{id}")).or_insert(1);
                return id;
            }
        }
    }

    pub(super) fn roles(&mut self, phrases: &[String]) -> Vec<RoleId> {
        let mut out: Vec<RoleId> = Vec::new();
        for phrase in phrases {
            let id = slug(phrase);
            let id = RoleId(if id.is_empty() { "role".to_owned() } else { id });
            if !self.roles.contains_key(&id) {
                self.roles.insert(id.clone(), self.kit.roles.len());
                self.kit.roles.push(Role { id: id.clone(), title: phrase.clone(), side: side(phrase), ..Role::default() });
            }
            if !out.contains(&id) {
                out.push(id);
            }
        }
        out
    }

    /// The module of a phase with a title; a new one at the end if there is none yet.
    pub(super) fn module(&mut self, phase: &str, title: &str, line: u32) -> usize {
        let key = (phase.to_owned(), title.to_owned());
        if let Some(&index) = self.modules.get(&key) {
            return index;
        }
        if !phase.is_empty() && !self.kit.phases.iter().any(|known| known.title == phase) {
            self.kit.phases.push(Phase { title: phase.to_owned(), ..Phase::default() });
        }
        let index = self.new_module(title, line);
        phase.clone_into(&mut self.kit.modules[index].phase);
        self.modules.insert(key, index);
        index
    }

    pub(super) fn new_module(&mut self, title: &str, line: u32) -> usize {
        let (short, whole) = shorten(title);
        let id = self.unique("module", &short, "module").as_str().into();
        let title = if short.is_empty() { "Module".to_owned() } else { short };
        let src = self.src(line);
        self.kit.modules.push(Module { id, title, src, description: whole.unwrap_or_default(), ..Module::default() });
        self.kit.modules.len() - 1
    }

    /// A task of a module; a title too long to show is cut, and the whole text stands in the description.
    pub(super) fn task(&mut self, module: usize, text: &str, line: u32) -> Task {
        let (title, whole) = shorten(text);
        let mut part = self.kit.modules[module].id.0.clone();
        part.truncate(MODULE_PART);
        let id = self.unique("task", &format!("{} {}", part.trim_end_matches('-'), slug(&title)), "task");
        let title = if title.is_empty() { format!("Item without a title at line {line}") } else { title };
        Task { id: TaskId(id), title, description: whole.unwrap_or_default(), src: self.src(line), ..Task::default() }
    }

    pub(super) fn item(&mut self, module: usize, item: &Item, line: u32) -> Task {
        let mut task = self.task(module, &item.text, line);
        task.items = self.items(module, &item.children, line);
        task
    }

    pub(super) fn items(&mut self, module: usize, items: &[Item], line: u32) -> Vec<Task> {
        items.iter().map(|item| self.item(module, item, line)).collect()
    }

    pub(super) fn milestone(&mut self, title: &str, note: &str) -> MilestoneId {
        let id = MilestoneId(self.unique("milestone", title, "milestone"));
        self.kit.milestones.push(Milestone { id: id.clone(), title: title.to_owned(), note: note.to_owned(), follows: None });
        id
    }

    pub(super) fn finish(mut self) -> Kit {
        self.link_waiting();
        let used = |module: &Module| !module.tasks.is_empty() || !module.description.is_empty() || !module.notes.is_empty();
        self.kit.modules.retain(used);
        self.kit
    }

    pub(super) fn object(&mut self, object: &Object) {
        match &object.content {
            Content::Checklist { activities } => self.checklist(activities),
            Content::SimpleChecklist { items } => self.simple_checklist(object, items),
            Content::FreeformChecklist { title, items } => self.freeform(title, items),
            Content::ActivityPlan { group_column, activities, .. } => self.plan(group_column, activities),
            Content::ActivityList(columns) => self.activity_list(object, columns),
            Content::TminusSchedule { entries, .. } => self.countdown(object, entries),
            Content::Responsibility(matrix) | Content::Raci(matrix) => self.responsibilities(matrix),
            Content::CommunicationPlan { entries } => self.communications(entries),
            Content::ScheduleGrid(grid) => self.grid(object, grid),
            Content::SprintGoals { columns } => self.sprint_goals(columns),
            Content::Workshops { sessions } => self.workshops(object, sessions),
            Content::Agenda(columns) => self.agenda(object, columns),
            Content::QuestionBank { workstreams, .. } => self.bank(workstreams),
            Content::QuestionTable { questions } => self.question_table(object, questions),
            Content::QuestionForm { questions } => self.question_form(object, questions),
            Content::KitHome { sections } => self.home(sections),
            Content::EstimationScale(columns) => self.scale(columns),
            Content::Stakeholders(columns) => self.stakeholders(columns),
            Content::Escalation(columns) => self.escalation(object, columns),
            Content::Governance(columns) | Content::DefinitionList(columns) | Content::Table(columns) => self.table(object, columns),
        }
    }
}

/// The side that a phrase names.
pub(super) fn side(phrase: &str) -> Side {
    let lower = phrase.to_lowercase();
    let names = |word: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|one| one == word || one.strip_suffix('s') == Some(word));
    match () {
        () if names("aws") || names("proserve") || names("delivery") => Side::Delivery,
        () if names("customer") || names("client") => Side::Customer,
        () if names("partner") => Side::Partner,
        () => Side::Delivery,
    }
}

/// Page names as links to pages, and links to the web.
pub(super) fn page_links(names: &[String], web: &[PageLink]) -> Vec<Link> {
    let page = |name: &str| slug(name.strip_prefix("Pre-requisite to ").unwrap_or(name));
    let mut out: Vec<Link> = names.iter().map(|name| Link { text: name.clone(), page: page(name), ..Link::default() }).collect();
    for link in web {
        match out.iter_mut().find(|known| known.text == link.text && known.url.is_empty()) {
            Some(known) => {
                known.url.clone_from(&link.url);
                known.page.clear();
            }
            None => out.push(Link { text: link.text.clone(), url: link.url.clone(), ..Link::default() }),
        }
    }
    out
}
