//! From the tasks of kits to items: which are in, for whom, and why the rest is out.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    checklist::item::Content,
    engagement::{Activity, LeftOut, setup::Setup},
    ids::{FactId, KitId, ModuleId, PersonId, RoleId, TaskId, WorkstreamId},
    kit::{
        Kit, Module, Side,
        condition::{Answer, Answers, Condition, Verdict},
        each::{Each, Filter, Over},
        task::Task,
    },
    people::{Device, Member},
};

/// An item as tailoring would make it, not yet dated.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub key: String,
    pub kit: KitId,
    pub task: TaskId,
    pub activity: ModuleId,
    pub parent: Option<String>,
    pub person: Option<PersonId>,
    pub workstream: Option<WorkstreamId>,
    pub content: Content,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expanded {
    pub activities: Vec<Activity>,
    pub drafts: Vec<Draft>,
    pub left_out: Vec<LeftOut>,
    /// What is left out only because nobody is named whom it is for. Each part stands for all of its items.
    pub awaited: Vec<Draft>,
    /// Questions whose answers would put something in or out.
    pub open: BTreeSet<FactId>,
}

/// Whom a task is for: everybody at once, or one person or workstream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Whom {
    person: Option<PersonId>,
    workstream: Option<WorkstreamId>,
}

impl Whom {
    fn suffix(&self) -> String {
        let person = self.person.iter().map(|id| format!("@{id}"));
        person.chain(self.workstream.iter().map(|id| format!("@{id}"))).collect()
    }
}

struct Expansion<'a> {
    setup: &'a Setup,
    members: &'a [Member],
    answers: Answers,
    kits: &'a [&'a Kit],
    result: Expanded,
    /// Task ids that an earlier kit has with other content, and that so need this kit's name before them.
    seen: BTreeMap<TaskId, &'a Task>,
    seen_modules: BTreeSet<ModuleId>,
}

/// What a task takes over from what stands above it.
#[derive(Clone)]
struct Above<'a> {
    kit: &'a Kit,
    activity: ModuleId,
    parent: Option<String>,
    whom: Whom,
    owners: &'a [RoleId],
    undecided: Vec<FactId>,
    because: String,
}

/// Expands all kits over the setup's answers and the members.
pub fn expand(kits: &[&Kit], setup: &Setup, members: &[Member]) -> Expanded {
    let answers = setup.facts(kits);
    let seen = BTreeMap::new();
    let mut expansion = Expansion { setup, members, answers, kits, result: Expanded::default(), seen, seen_modules: BTreeSet::new() };
    for kit in kits {
        for module in &kit.modules {
            expansion.module(kit, module);
        }
    }
    let mut result = expansion.result;
    resolve_dependencies(&mut result.drafts);
    result
}

impl<'a> Expansion<'a> {
    fn module(&mut self, kit: &'a Kit, module: &'a Module) {
        let id =
            if self.seen_modules.insert(module.id.clone()) { module.id.clone() } else { ModuleId(format!("{}/{}", kit.id, module.id)) };
        let (undecided, because) = match self.decide(module.when.as_ref()) {
            Decision::In { because } => (Vec::new(), because),
            Decision::Open(facts) => (facts, String::new()),
            Decision::Out(because) => {
                let out = |task: &Task| LeftOut {
                    key: task.id.0.clone(),
                    title: task.title.clone(),
                    activity: id.clone(),
                    because: because.clone(),
                };
                self.result.left_out.extend(module.tasks.iter().flat_map(Task::with_parts).map(out));
                return;
            }
        };
        self.result.activities.push(Activity {
            id: id.clone(),
            title: module.title.clone(),
            phase: module.phase.clone(),
            description: module.description.clone(),
            src: module.src.clone(),
            workstream: module.workstream.clone(),
        });
        let above = Above { kit, activity: id, parent: None, whom: Whom::default(), owners: &module.owners, undecided, because };
        for task in &module.tasks {
            self.task(task, &above);
        }
    }

    fn task(&mut self, task: &'a Task, above: &Above<'a>) {
        let (undecided, because) = match self.decide(task.when.as_ref()) {
            Decision::In { because } => (above.undecided.clone(), because),
            Decision::Open(facts) => ([above.undecided.clone(), facts].concat(), String::new()),
            Decision::Out(because) => return self.leave_out(task, above, &because),
        };
        let because = if because.is_empty() { above.because.clone() } else { because };
        let Some(id) = self.id_of(task, above) else { return };
        let whoms = self.whoms(task.each.as_ref(), &above.whom);
        if whoms.is_empty() {
            let over = task.each.as_ref().map(Each::in_words).unwrap_or_default();
            let because = format!("for {over}: none is named yet");
            self.wait_for(task, above, &undecided, &because);
            return self.leave_out(task, above, &because);
        }
        for whom in whoms {
            let key = format!("{id}{}", whom.suffix());
            let owners = if task.owners.is_empty() { owners_of_raci(task, above.owners) } else { task.owners.clone() };
            let content = Content { undecided: undecided.clone(), because: because.clone(), ..content(task, owners) };
            self.result.drafts.push(Draft {
                key: key.clone(),
                kit: above.kit.id.clone(),
                task: task.id.clone(),
                activity: above.activity.clone(),
                parent: above.parent.clone(),
                person: whom.person.clone(),
                workstream: whom.workstream.clone(),
                content,
            });
            let owners = if task.owners.is_empty() { above.owners } else { &task.owners };
            let below = Above { parent: Some(key), whom, owners, undecided: undecided.clone(), because: because.clone(), ..above.clone() };
            for part in &task.items {
                self.task(part, &below);
            }
        }
    }

    /// The id that items of this task are keyed by. `None` if another kit has brought the same task already.
    fn id_of(&mut self, task: &'a Task, above: &Above<'a>) -> Option<String> {
        match self.seen.get(&task.id) {
            Some(same) if std::ptr::eq(*same, task) => Some(task.id.0.clone()),
            Some(same) if *same == task => None,
            Some(_) => Some(format!("{}/{}", above.kit.id, task.id)),
            None => {
                self.seen.insert(task.id.clone(), task);
                Some(task.id.0.clone())
            }
        }
    }

    fn wait_for(&mut self, task: &'a Task, above: &Above<'a>, undecided: &[FactId], because: &str) {
        for part in task.with_parts() {
            let undecided = match self.decide(part.when.as_ref()) {
                Decision::Out(_) => continue,
                Decision::In { .. } => undecided.to_vec(),
                Decision::Open(facts) => [undecided.to_vec(), facts].concat(),
            };
            self.result.awaited.push(Draft {
                key: part.id.0.clone(),
                kit: above.kit.id.clone(),
                task: part.id.clone(),
                activity: above.activity.clone(),
                parent: above.parent.clone(),
                person: above.whom.person.clone(),
                workstream: above.whom.workstream.clone(),
                content: Content { undecided, because: because.to_owned(), ..content(part, part.owners.clone()) },
            });
        }
    }

    fn leave_out(&mut self, task: &Task, above: &Above<'_>, because: &str) {
        for part in task.with_parts() {
            let key = format!("{}{}", part.id, above.whom.suffix());
            let line = LeftOut { key, title: part.title.clone(), activity: above.activity.clone(), because: because.to_owned() };
            self.result.left_out.push(line);
        }
    }

    fn whoms(&self, each: Option<&Each>, above: &Whom) -> Vec<Whom> {
        let Some(each) = each else { return vec![above.clone()] };
        match each.over {
            Over::Person => {
                let mine = |member: &&Member| above.person.as_ref().is_none_or(|person| person == &member.person);
                let fits = self.members.iter().filter(|member| fits(each, member, &self.answers)).filter(mine);
                fits.map(|member| Whom { person: Some(member.person.clone()), ..above.clone() }).collect()
            }
            Over::Workstream => {
                let named = |id: &WorkstreamId| each.filters.iter().all(|filter| names(filter, id));
                let mine = |id: &&WorkstreamId| above.workstream.as_ref().is_none_or(|workstream| workstream == *id);
                let ids = self.setup.workstreams.iter().map(|it| &it.id).filter(|id| named(id)).filter(mine);
                ids.map(|id| Whom { workstream: Some(id.clone()), ..above.clone() }).collect()
            }
        }
    }

    fn decide(&mut self, when: Option<&Condition>) -> Decision {
        let Some(when) = when else { return Decision::In { because: String::new() } };
        match when.check(&self.answers) {
            Verdict::Holds => Decision::In { because: self.say(when.facts().into_iter()) },
            Verdict::Fails(facts) => Decision::Out(self.say(facts.iter())),
            Verdict::Open(facts) => {
                let asked = facts.iter().flat_map(|fact| self.asked_for(fact));
                let asked: Vec<_> = asked.collect();
                self.result.open.extend(asked.iter().cloned());
                Decision::Open(asked)
            }
        }
    }

    /// The questions behind a fact: itself, or those that it follows from.
    fn asked_for(&self, fact: &FactId) -> Vec<FactId> {
        let mut asked = Vec::new();
        let mut left = vec![fact];
        while let Some(fact) = left.pop() {
            match self.kits.iter().find_map(|kit| kit.fact(fact)).and_then(|fact| fact.from.as_ref()) {
                Some(from) => left.extend(from.facts().into_iter().filter(|it| !self.answers.contains_key(it))),
                None if !asked.contains(fact) => asked.push(fact.clone()),
                None => {}
            }
        }
        asked
    }

    /// `Does anyone work on site? no` for each fact, in the kit's words.
    fn say<'f>(&self, facts: impl Iterator<Item = &'f FactId>) -> String {
        let one = |id: &FactId| {
            let fact = self.kits.iter().find_map(|kit| kit.fact(id));
            let ask = fact.map_or(id.as_str(), |fact| if fact.ask.is_empty() { id.as_str() } else { &fact.ask });
            let answer = self.answers.get(id).map_or_else(|| "not answered".to_owned(), ToString::to_string);
            let title = fact.and_then(|fact| fact.options.iter().find(|option| option.id == answer)).map(|option| option.title.clone());
            format!("{ask}: {}", title.unwrap_or(answer))
        };
        let mut said: Vec<_> = facts.map(one).collect();
        said.dedup();
        said.join("; ")
    }
}

enum Decision {
    In { because: String },
    Out(String),
    Open(Vec<FactId>),
}

/// Whether a filter of workstreams lets one through.
fn names(filter: &Filter, id: &WorkstreamId) -> bool {
    match filter {
        Filter::Workstream(name) => name == &id.0,
        Filter::Not(filter) => matches!(**filter, Filter::Workstream(_)) && !names(filter, id),
        _ => false,
    }
}

/// Whether a row of a kit is for this person.
pub(crate) fn fits(each: &Each, member: &Member, answers: &Answers) -> bool {
    each.filters.iter().all(|filter| fits_one(filter, member, answers))
}

fn fits_one(filter: &Filter, member: &Member, answers: &Answers) -> bool {
    match filter {
        Filter::Device(device) => device_of(member, answers) == Some(*device),
        Filter::Side(side) => member.side() == *side,
        Filter::Role(role) => member.roles.iter().any(|it| it.as_str() == role),
        Filter::Onsite(onsite) => member.onsite == *onsite,
        Filter::Site(site) => member.site.trim().to_lowercase() == site.to_lowercase(),
        // Of whose device or site nobody has said anything yet, nothing is known.
        Filter::Not(filter) => {
            let is_known = match **filter {
                Filter::Device(_) => device_of(member, answers).is_some(),
                Filter::Site(_) => !member.site.trim().is_empty(),
                _ => true,
            };
            is_known && !fits_one(filter, member, answers)
        }
        Filter::Workstream(workstream) => member.workstreams.iter().any(|it| it.as_str() == workstream),
    }
}

/// On whose device somebody works: their own entry, or what the protocol says for everybody.
pub(crate) fn device_of(member: &Member, answers: &Answers) -> Option<Device> {
    let of_all = || match answers.get(&FactId::from("device")) {
        Some(Answer::Text(text)) => text.parse().ok(),
        _ => None,
    };
    member.device.or_else(of_all)
}

fn owners_of_raci(task: &Task, above: &[RoleId]) -> Vec<RoleId> {
    let named: Vec<_> = ["R", "A"].iter().filter_map(|letter| task.raci.get(*letter)).flatten().cloned().collect();
    if named.is_empty() { above.to_vec() } else { named }
}

fn content(task: &Task, owners: Vec<RoleId>) -> Content {
    Content {
        title: task.title.clone(),
        description: task.description.clone(),
        src: task.src.clone(),
        owners,
        due: task.due.clone(),
        lead: task.lead,
        lead_proposed: task.lead_proposed,
        after: task.after.iter().map(|id| id.0.clone()).collect(),
        needs: task.needs.clone(),
        gates: task.gates.iter().cloned().collect(),
        evidence: task.evidence.clone(),
        accepted_by: task.accepted_by,
        internal: task.internal,
        ways_out: task.ways_out.clone(),
        accept: task.accept.clone(),
        tools: task.tools.clone(),
        links: task.links.clone(),
        notes: task.notes.clone(),
        because: String::new(),
        undecided: Vec::new(),
    }
}

/// Turns task ids in `after` into item keys: the same person's or workstream's item where there is one, else all of them.
/// A task that was left out releases what comes after it.
fn resolve_dependencies(drafts: &mut [Draft]) {
    type Made = (String, Option<PersonId>, Option<WorkstreamId>);
    let mut by_task: BTreeMap<(KitId, TaskId), Vec<Made>> = BTreeMap::new();
    for draft in drafts.iter() {
        let whom = (draft.key.clone(), draft.person.clone(), draft.workstream.clone());
        by_task.entry((draft.kit.clone(), draft.task.clone())).or_default().push(whom);
    }
    for draft in drafts {
        let tasks = std::mem::take(&mut draft.content.after);
        for task in tasks {
            let Some(items) = by_task.get(&(draft.kit.clone(), TaskId(task))) else { continue };
            let same = |person: &Option<PersonId>, workstream: &Option<WorkstreamId>| {
                (person.is_some() && *person == draft.person) || (workstream.is_some() && *workstream == draft.workstream)
            };
            let own: Vec<_> = items.iter().filter(|(_, person, workstream)| same(person, workstream)).collect();
            let chosen = if own.is_empty() { items.iter().collect() } else { own };
            draft.content.after.extend(chosen.into_iter().map(|(key, ..)| key.clone()));
        }
    }
}

/// The side of a role in any of the kits.
pub fn side_of(kits: &[&Kit], role: &RoleId) -> Option<Side> {
    kits.iter().find_map(|kit| kit.role(role)).map(|role| role.side)
}
