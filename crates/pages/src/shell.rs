//! What stands around every page: rail, top bar, engagement header and tabs. Plain data; `templates/base.html` draws it.

use crate::{
    mark::{Face, Mark},
    scheme::Scheme,
    when::Countdown,
    words::Words,
};

/// The surroundings of one page. Every page struct has one in a field named `shell`.
#[derive(Clone, Debug)]
pub struct Shell {
    /// What the page is about, in the title and, outside an engagement, as its heading.
    pub title: String,
    /// Nobody before sign-in: then there is no rail.
    pub person: Option<Face>,
    pub at: Place,
    pub pinned: Vec<Pinned>,
    pub engagement: Option<Header>,
    /// The way here, without the page itself; at most three.
    pub crumbs: Vec<Link>,
    /// What was just done, said once.
    pub notice: Option<Notice>,
    pub scheme: Scheme,
    /// Where this page's events come from, if it is live.
    pub live: Option<String>,
    /// What the command palette offers besides going to a page.
    pub commands: Vec<Command>,
    /// Who looks through whose eyes.
    pub looking: Option<(String, String)>,
    /// That the engagement is over, in words.
    pub over: Option<String>,
    /// Entries of the rail that would lead them nowhere.
    pub shut: Vec<Place>,
}

/// Which entry of the rail is current.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    Mine,
    Engagements,
    Kits,
    People,
    Settings,
    #[default]
    Elsewhere,
}

/// An engagement in the rail.
#[derive(Clone, Debug)]
pub struct Pinned {
    pub id: String,
    pub name: String,
    pub rating: Mark,
    pub countdown: Option<Countdown>,
}

/// The header of an engagement's pages.
#[derive(Clone, Debug)]
pub struct Header {
    pub id: String,
    pub customer: String,
    /// The engagement's own name, beside the customer's.
    pub name: String,
    pub rating: Mark,
    pub tab: Tab,
    /// What is open, beside a tab.
    pub open: Vec<(Tab, usize)>,
    /// Dates at the right: `Kick-off Tue 1 Dec`, `T−6`.
    pub ahead: Vec<(String, Countdown)>,
    /// They may change the plan, which has a tab of its own.
    pub plans: bool,
    pub reads_record: bool,
    /// Delivery people may look at the page as the customer sees it.
    pub customer_view: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Countdown,
    Checklist,
    Plan,
    People,
    Report,
    Record,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub words: String,
    pub href: String,
}

/// One line of the command palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub icon: &'static str,
    pub words: String,
    pub href: String,
    /// `G C`, shown beside it; the keyboard follows the same letters.
    pub keys: &'static str,
}

/// What was just done, in a toast.
#[derive(Clone, Debug)]
pub struct Notice {
    pub mark: Mark,
    pub words: String,
    /// Where a POST takes it back.
    pub undo: Option<String>,
}

impl Shell {
    /// A page outside any engagement; fill in the rest with `..Shell::new(…)`.
    pub fn new(title: impl Into<String>, at: Place) -> Self {
        Self {
            title: title.into(),
            at,
            person: None,
            pinned: Vec::new(),
            engagement: None,
            crumbs: Vec::new(),
            notice: None,
            scheme: Scheme::default(),
            live: None,
            commands: Vec::new(),
            looking: None,
            over: None,
            shut: Vec::new(),
        }
    }

    /// One step further down: this page is below the one at `href`.
    #[must_use]
    pub(crate) fn below(mut self, words: impl Into<String>, href: &str) -> Self {
        self.crumbs.push(Link { words: words.into(), href: href.to_owned() });
        self
    }

    pub(crate) fn rail(&self) -> impl Iterator<Item = RailEntry> {
        let entry = |place, icon, words, href| (place, RailEntry { icon, words, href, current: self.at == place });
        let all = [
            entry(Place::Mine, "home", t!("rail.mine"), "/"),
            entry(Place::Engagements, "launch", t!("rail.engagements"), "/engagements"),
            entry(Place::Kits, "kit", t!("rail.kits"), "/kits"),
            entry(Place::People, "people", t!("rail.people"), "/people"),
            entry(Place::Settings, "gear", t!("rail.settings"), "/settings"),
        ];
        all.into_iter().filter(|(place, _)| !self.shut.contains(place)).map(|(_, entry)| entry)
    }

    pub(crate) fn is_open(&self, pinned: &Pinned) -> bool {
        self.engagement.as_ref().is_some_and(|header| header.id == pinned.id)
    }

    /// For the answer to a form: its address cannot be asked for again, so the page is not live.
    pub(crate) fn still(self) -> Self {
        Self { live: None, ..self }
    }

    /// Where one can go from here, then what the page itself offers.
    pub(crate) fn offers(&self) -> Vec<Command> {
        let tabs = self.engagement.iter().flat_map(|header| {
            let to = |tab: Tab| t!("palette.go_to_in").with("page", tab.word()).with("customer", &header.customer);
            header.tabs().map(move |tab| Command { icon: "arrow", words: to(tab).into(), href: header.path(tab), keys: tab.keys() })
        });
        let places = self.rail().map(|entry| {
            let keys = if entry.href == "/engagements" { "G E" } else { "" };
            Command { icon: entry.icon, words: t!("palette.go_to").with("page", entry.words).into(), href: entry.href.to_owned(), keys }
        });
        let search = Command { icon: "search", words: t!("search.title").into(), href: "/search".to_owned(), keys: "" };
        self.commands.iter().cloned().chain(tabs).chain(places).chain([search]).collect()
    }
}

pub(crate) struct RailEntry {
    pub(crate) icon: &'static str,
    pub(crate) words: Words,
    pub(crate) href: &'static str,
    pub(crate) current: bool,
}

impl Header {
    /// The tabs that whoever looks may open.
    pub(crate) fn tabs(&self) -> impl Iterator<Item = Tab> {
        let shut = |tab: &Tab| (*tab == Tab::Plan && !self.plans) || (*tab == Tab::Record && !self.reads_record);
        Tab::ALL.into_iter().filter(move |tab| !shut(tab))
    }

    /// Where a tab of this engagement is.
    pub fn path(&self, tab: Tab) -> String {
        format!("/engagements/{}/{}", self.id, tab.path())
    }

    pub(crate) fn is_at(&self, tab: Tab) -> bool {
        self.tab == tab
    }

    pub(crate) fn count(&self, tab: Tab) -> Option<usize> {
        self.open.iter().find(|(open, _)| *open == tab).map(|(_, count)| *count).filter(|count| *count > 0)
    }
}

impl Tab {
    pub const ALL: [Self; 6] = [Self::Countdown, Self::Checklist, Self::Plan, Self::People, Self::Report, Self::Record];

    pub const fn word(self) -> Words {
        match self {
            Self::Countdown => t!("tab.countdown"),
            Self::Checklist => t!("tab.checklist"),
            Self::Plan => t!("tab.plan"),
            Self::People => t!("tab.people"),
            Self::Report => t!("tab.report"),
            Self::Record => t!("tab.record"),
        }
    }

    /// The last part of its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Countdown => "countdown",
            Self::Checklist => "checklist",
            Self::Plan => "plan",
            Self::People => "people",
            Self::Report => "report",
            Self::Record => "record",
        }
    }

    const fn keys(self) -> &'static str {
        match self {
            Self::Countdown => "G T",
            Self::Checklist => "G C",
            Self::Plan => "G L",
            Self::People => "G A",
            Self::Report => "G O",
            Self::Record => "G R",
        }
    }
}
