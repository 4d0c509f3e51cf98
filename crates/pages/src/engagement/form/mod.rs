//! The form of an engagement's setup: kits, names, dates, calendars, workstreams, people, answers. Opening one and changing
//! its plan share it. What was typed is kept to the letter, whatever comes of it.

mod calendars;
mod crew;
mod questions;

use std::{collections::BTreeMap, sync::Arc};

use tminus_app::{App, Failure, Refusal, kit::list_kits, portfolio::list_to_fill, store::kit::Imported};
use tminus_domain::{
    engagement::setup::{MAX_KITS, MILESTONES, Refused, Setup, Workstream},
    ids::{KitHash, KitId, MilestoneId, PortfolioId, WorkstreamId},
    kit::Kit,
    people::{Member, Person},
    portfolio::Portfolio,
    rights::Actor,
};

use crate::fields::Fields;

/// The form as it was sent, read as far as it can be read.
pub(crate) struct SetupForm {
    pub(crate) fields: Fields,
    pub(crate) setup: Setup,
    pub(crate) members: Vec<Member>,
    pub(crate) portfolio: Option<PortfolioId>,
    portfolios: Vec<Portfolio>,
    pub(crate) chosen: Vec<(Imported, Arc<Kit>)>,
    /// What was wrong, by the name of the field.
    errors: BTreeMap<String, String>,
    imported: Vec<Imported>,
    people: Vec<Person>,
    notes: BTreeMap<String, Vec<String>>,
    /// How many closures were read, by calendar.
    closures: BTreeMap<String, usize>,
    /// Where the form is sent to be shown again with everything typed.
    again: String,
}

/// One date of the form.
pub(crate) struct Anchor {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) value: String,
}

impl SetupForm {
    /// Reads a form. What is wrong with it is kept beside its field.
    pub(crate) async fn read(app: &App, actor: &Actor, fields: Fields) -> Result<Self, Failure> {
        let mut imported = list_kits(app, actor).await?;
        imported.sort_by(|a, b| a.title.cmp(&b.title).then(b.at.cmp(&a.at)));
        let people = tminus_app::people::person::list_people(app, actor, None, 200).await?;
        let mut form = Self {
            setup: Setup::default(),
            members: Vec::new(),
            portfolio: fields.given("portfolio").map(PortfolioId::from),
            portfolios: list_to_fill(app, actor).await?,
            chosen: Vec::new(),
            errors: BTreeMap::new(),
            notes: BTreeMap::new(),
            closures: BTreeMap::new(),
            again: "/engagements/new/preview".to_owned(),
            fields,
            imported,
            people,
        };
        form.read_kits(app).await?;
        form.read_setup();
        form.read_crew();
        Ok(form)
    }

    async fn read_kits(&mut self, app: &App) -> Result<(), Failure> {
        let mut ids: Vec<KitId> = Vec::new();
        let hashes: Vec<_> = self.fields.all("kit").take(MAX_KITS).map(KitHash::from).collect();
        for hash in hashes {
            let Some((imported, kit)) = app.store.kit(&hash).await? else {
                self.refuse("kit", t!("setup.no_such_kit"));
                continue;
            };
            if ids.contains(&imported.id) {
                self.refuse("kit", t!("setup.kit_twice").with("kit", &imported.title));
                continue;
            }
            ids.push(imported.id.clone());
            self.chosen.push((imported, kit));
        }
        Ok(())
    }

    fn read_setup(&mut self) {
        let trimmed = |name: &str| self.fields.get(name).trim().to_owned();
        let mut setup = Setup {
            title: trimmed("title"),
            customer: trimmed("customer"),
            sow: trimmed("sow"),
            zone: trimmed("zone"),
            ..Setup::default()
        };
        setup.workstreams = workstreams(self.fields.get("workstreams"));
        setup.milestones = self.read_milestones();
        setup.calendars = self.read_calendars();
        setup.answers = self.read_answers(&setup);
        self.setup = setup;
    }

    fn read_milestones(&mut self) -> BTreeMap<MilestoneId, jiff::civil::Date> {
        let given: Vec<_> =
            self.fields.pairs().filter_map(|(name, value)| Some((name.strip_prefix("ms.")?.to_owned(), value.trim().to_owned()))).collect();
        let mut milestones = BTreeMap::new();
        for (id, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
            match value.parse() {
                Ok(date) => drop(milestones.insert(MilestoneId(id), date)),
                Err(_) => self.refuse(&format!("ms.{id}"), t!("form.no_date").with("value", value.chars().take(60).collect::<String>())),
            }
        }
        milestones
    }

    pub(crate) fn refuse(&mut self, field: &str, why: impl Into<String>) {
        let why = why.into();
        let said = self.errors.entry(field.to_owned()).or_default();
        if !said.is_empty() {
            said.push(' ');
        }
        said.push_str(&why);
    }

    /// Puts a refusal beside the field that it is about.
    pub(crate) fn take(&mut self, refusal: &Refusal) {
        let said = crate::caller::sentence(refusal);
        match refusal {
            Refusal::Setup(all) => {
                for refused in all {
                    let field = field_of(refused);
                    self.refuse(&field, crate::caller::sentence(&Refusal::Setup(vec![refused.clone()])));
                }
            }
            Refusal::Field { field, .. } => self.refuse(field, said),
            Refusal::Date(_) | Refusal::Calendar(_) => self.refuse("calendars", said),
            _ => self.refuse("form", said),
        }
    }

    pub(crate) fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }

    pub(crate) fn without_errors(mut self) -> Self {
        self.errors.clear();
        self
    }

    pub(crate) fn kits(&self) -> Vec<&Kit> {
        self.chosen.iter().map(|(_, kit)| &**kit).collect()
    }

    pub(crate) fn hashes(&self) -> Vec<KitHash> {
        self.chosen.iter().map(|(imported, _)| imported.hash.clone()).collect()
    }

    /// A workstream that was there before keeps its id, however that came about.
    pub(crate) fn keeping_workstreams(mut self, before: &Setup) -> Self {
        for workstream in &mut self.setup.workstreams {
            if let Some(known) = before.workstreams.iter().find(|it| it.title.eq_ignore_ascii_case(&workstream.title)) {
                workstream.id = known.id.clone();
            }
        }
        for calendar in &mut self.setup.calendars {
            if let Some(known) = before.calendars.iter().find(|known| known.name == calendar.name && known.closures == calendar.closures) {
                calendar.source.clone_from(&known.source);
            }
        }
        self
    }

    pub(crate) fn sent_again_to(self, again: String) -> Self {
        Self { again, ..self }
    }

    // For templates.

    pub(crate) fn again(&self) -> &str {
        &self.again
    }

    pub(crate) fn error(&self, name: &str) -> &str {
        self.errors.get(name).map_or("", String::as_str)
    }

    /// Every refusal with a link to its field, for the head of the form.
    pub(crate) fn errors(&self) -> impl Iterator<Item = (&String, &String)> {
        self.errors.iter()
    }

    pub(crate) fn value(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    /// The chosen kits, each to be exchanged for another version, and one place more.
    pub(crate) fn kit_places(&self) -> Vec<(Vec<(String, String)>, String)> {
        let mut chosen: Vec<_> = self.fields.all("kit").take(MAX_KITS).map(ToOwned::to_owned).collect();
        if chosen.len() < MAX_KITS {
            chosen.push(String::new());
        }
        let none = |first: bool| if first { t!("setup.choose_kit") } else { t!("setup.no_kit_more") };
        let options = |first: bool| {
            let none = (String::new(), none(first).text().to_owned());
            let kits = self.imported.iter().map(|kit| (kit.hash.to_string(), format!("{} {}", kit.title, kit.version)));
            std::iter::once(none).chain(kits).collect()
        };
        chosen.into_iter().enumerate().map(|(index, hash)| (options(index == 0), hash)).collect()
    }

    /// The hashes of the kits that the form shows questions and dates for.
    /// The portfolios that an engagement can be put into, and none; nothing where there are none.
    pub(crate) fn portfolios(&self) -> Vec<(String, String)> {
        if self.portfolios.is_empty() {
            return Vec::new();
        }
        let none = (String::new(), t!("portfolios.in_none").text().to_owned());
        std::iter::once(none).chain(self.portfolios.iter().map(|it| (it.id.to_string(), it.title.clone()))).collect()
    }

    pub(crate) fn kits_shown(&self) -> String {
        self.hashes().iter().map(tminus_domain::ids::KitHash::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Whether other kits were chosen than those that the form was drawn for.
    pub(crate) fn changes_kits(&self) -> bool {
        self.fields.get("kits_shown") != self.kits_shown()
    }

    pub(crate) fn anchors(&self) -> Vec<Anchor> {
        let mut known: Vec<(String, String, String)> = Vec::new();
        for milestone in self.kits().iter().flat_map(|kit| &kit.milestones) {
            if milestone.id.as_str() != tminus_domain::engagement::tailor::MEMBER_START
                && !known.iter().any(|(id, ..)| id == milestone.id.as_str())
            {
                let note = match &milestone.follows {
                    Some(_) => t!("setup.follows").with("note", &milestone.note).to_string(),
                    None => milestone.note.clone(),
                };
                known.push((milestone.id.to_string(), milestone.title.clone(), note));
            }
        }
        for (id, title) in MILESTONES {
            if !known.iter().any(|(known, ..)| known == id) {
                known.push((id.to_owned(), title.to_owned(), String::new()));
            }
        }
        // The kick-off is asked for first: most often it is all that is known.
        known.sort_by_key(|(id, ..)| id != "kickoff");
        let anchor = |(id, title, note): (String, String, String)| {
            let name = format!("ms.{id}");
            Anchor { value: self.fields.get(&name).to_owned(), name, title, note }
        };
        known.into_iter().map(anchor).collect()
    }
}

/// The names that a setup goes by in the form, so that it can be shown and changed.
pub(crate) fn fields_of(setup: &Setup, kits: &[KitHash]) -> Fields {
    let mut pairs: Vec<(String, String)> = kits.iter().map(|hash| ("kit".to_owned(), hash.to_string())).collect();
    let named = [("title", &setup.title), ("customer", &setup.customer), ("sow", &setup.sow), ("zone", &setup.zone)];
    pairs.extend(named.map(|(name, value)| (name.to_owned(), value.clone())));
    pairs.extend(setup.milestones.iter().map(|(id, date)| (format!("ms.{id}"), date.to_string())));
    let titles: Vec<_> = setup.workstreams.iter().map(|it| it.title.as_str()).collect();
    pairs.push(("workstreams".to_owned(), titles.join("\n")));
    for (index, calendar) in setup.calendars.iter().enumerate() {
        pairs.extend(calendars::pairs(index, calendar));
    }
    pairs.extend(questions::pairs(&setup.answers));
    Fields::of(pairs)
}

fn field_of(refused: &Refused) -> String {
    match refused {
        Refused::Title => "title".to_owned(),
        Refused::Customer => "customer".to_owned(),
        Refused::Sow => "sow".to_owned(),
        Refused::Zone { .. } => "zone".to_owned(),
        Refused::NoKit => "kit".to_owned(),
        Refused::Milestone { milestone } => format!("ms.{milestone}"),
        Refused::Order { later, .. } => {
            let id = MILESTONES.iter().find(|(_, title)| title == later).map_or("kickoff", |(id, _)| id);
            format!("ms.{id}")
        }
        Refused::Fact { fact } | Refused::Answer { fact, .. } => format!("a.{fact}"),
        Refused::Workstreams | Refused::Workstream { .. } => "workstreams".to_owned(),
        Refused::Calendar { .. } => "calendars".to_owned(),
    }
}

/// One workstream a line.
fn workstreams(text: &str) -> Vec<Workstream> {
    let titles = text.lines().map(str::trim).filter(|line| !line.is_empty());
    titles.map(|title| Workstream { id: workstream_id(title), title: title.to_owned() }).collect()
}

/// `Landing Zone` is `landing-zone`.
fn workstream_id(title: &str) -> WorkstreamId {
    let words: Vec<String> = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    WorkstreamId(if words.is_empty() { title.to_owned() } else { words.join("-") })
}
