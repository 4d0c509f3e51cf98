//! The register: seats and who fills them, to whom one turns, and who is responsible for what.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde_json::json;
use tminus_app::{
    App,
    people::{
        edition,
        escalation::{SetEscalation, list_escalation, set_escalation},
        responsibility::{SaveRow, matrix_csv, save_row, show_matrix},
        seat::{FillSeat, Seated, ask_days, fill_seat, leave_seat, list_seats},
    },
};
use tminus_domain::{
    engagement::Engagement,
    ids::{EngagementId, PersonId, SeatId},
    kit::{Side, letters::Fault, share::DaysAWeek},
    people::{escalation::Rung, responsibility::Flaw},
    rights::Actor,
};

use crate::{
    commands::reference::{self, Within, side},
    config::Place,
    exit::Stop,
    open,
    print::{Out, plain},
};

#[derive(Subcommand, Debug)]
pub(crate) enum Register {
    /// List the seats that the kits ask for, and who sits there
    Seats {
        #[command(flatten)]
        within: Within,
        /// Only those that nobody fills
        #[arg(long)]
        open: bool,
    },
    /// Put a member into a seat
    Fill {
        #[command(flatten)]
        within: Within,
        /// The seat, by its id
        seat: String,
        /// Who, by e-mail address
        email: String,
    },
    /// Open a seat again
    Leave {
        #[command(flatten)]
        within: Within,
        /// The seat, by its id
        seat: String,
    },
    /// Say how many days a week a seat asks for here
    Days {
        #[command(flatten)]
        within: Within,
        /// The seat, by its id
        seat: String,
        /// `5`, `3-5`, or `none`
        days: String,
    },
    /// Show to whom one turns when something is stuck, or set it for a side
    Escalation {
        #[command(flatten)]
        within: Within,
        /// Of which side to set it
        #[arg(long, value_parser = side)]
        side: Option<Side>,
        /// In order: `leads`, `manager`, `sponsor`, or an e-mail address; none for the usual path
        #[arg(long, value_name = "STEP", requires = "side")]
        step: Vec<String>,
    },
    /// Show the responsibility matrix, and what is wrong with it
    Matrix {
        #[command(flatten)]
        within: Within,
        /// As comma-separated values
        #[arg(long)]
        csv: bool,
    },
    /// Change a row of the responsibility matrix, or add one
    Responsible(Box<Responsible>),
}

#[derive(Args, Debug)]
pub(crate) struct Responsible {
    #[command(flatten)]
    within: Within,
    /// The row, by its id; without it, one is added
    row: Option<String>,
    /// What is to be done
    #[arg(long)]
    text: Option<String>,
    /// The heading it stands under
    #[arg(long)]
    section: Option<String>,
    /// `ROLE=LETTERS`, such as `engagement-manager=RA`; without letters the role has none; may be repeated
    #[arg(long, value_name = "ROLE=LETTERS", value_parser = letters)]
    role: Vec<(String, String)>,
    /// Whether this engagement does without it
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    left_out: Option<bool>,
    /// Whether only the delivery side sees it
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    internal: Option<bool>,
}

fn letters(text: &str) -> Result<(String, String), String> {
    let (role, letters) = text.split_once('=').ok_or("write ROLE=LETTERS, such as engagement-manager=RA")?;
    Ok((role.trim().to_owned(), letters.trim().to_owned()))
}

impl Register {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        let app = &practice.app;
        let view = reference::engagement(app, &actor, &self.within().engagement).await?;
        let (whole, id) = (&view.engagement, &view.engagement.id);
        match self {
            Self::Seats { open, .. } => {
                let seats = list_seats(app, &actor, id).await?;
                let shown: Vec<_> = seats.into_iter().filter(|it| !open || it.people.is_empty()).collect();
                seats_out(whole, &shown, out)
            }
            Self::Fill { seat, email, .. } => {
                let person = member(app, whole, &email).await?;
                let input = FillSeat { seat: SeatId(seat.clone()), person: person.clone(), seen: None };
                fill_seat(app, &actor, id, input).await?;
                out.say(&json!({ "seat": seat, "person": person }), "The seat is filled.")
            }
            Self::Leave { seat, .. } => {
                leave_seat(app, &actor, id, (&SeatId(seat.clone()), None)).await?;
                out.say(&json!({ "seat": seat }), "The seat is open.")
            }
            Self::Days { seat, days, .. } => {
                let asked: Option<DaysAWeek> = match days.as_str() {
                    "none" => None,
                    days => Some(days.parse().map_err(|why: tminus_domain::kit::share::NoDays| Stop::usage(why.to_string()))?),
                };
                ask_days(app, &actor, id, (&SeatId(seat.clone()), asked, None)).await?;
                out.say(&json!({ "seat": seat, "days_a_week": asked }), "The seat asks for them.")
            }
            Self::Escalation { side: Some(side), step, .. } => {
                let mut rungs = Vec::new();
                for step in step {
                    let rung = if step.contains('@') { Rung::Person(member(app, whole, &step).await?) } else { Rung::from(step) };
                    rungs.push(rung);
                }
                set_escalation(app, &actor, id, SetEscalation { side, rungs, seen: None }).await?;
                escalation_out(app, &actor, id, out).await
            }
            Self::Escalation { side: None, .. } => escalation_out(app, &actor, id, out).await,
            Self::Matrix { csv: true, .. } => {
                let text = String::from_utf8_lossy(&matrix_csv(app, &actor, id).await?).into_owned();
                out.line(text.trim_end())
            }
            Self::Matrix { .. } => matrix_out(app, &actor, id, out).await,
            Self::Responsible(asked) => {
                let row = save_row(app, &actor, id, asked.input(whole)?).await?;
                out.say(
                    &json!({ "row": row.id, "text": row.text, "letters": row.marks, "left_out": row.left_out }),
                    format!("“{}” is saved.", plain(&row.text)),
                )
            }
        }
    }

    fn within(&self) -> &Within {
        match self {
            Self::Seats { within, .. }
            | Self::Fill { within, .. }
            | Self::Leave { within, .. }
            | Self::Days { within, .. }
            | Self::Escalation { within, .. }
            | Self::Matrix { within, .. } => within,
            Self::Responsible(asked) => &asked.within,
        }
    }
}

impl Responsible {
    /// The row as it stands, with what was said.
    fn input(&self, engagement: &Engagement) -> Result<SaveRow, Stop> {
        let row = match &self.row {
            None => None,
            Some(id) => {
                let found = engagement.plan.responsibilities.iter().find(|row| row.id.as_str() == id);
                Some(found.ok_or_else(|| Stop::not_found(format!("there is no row “{id}”; `tminus register matrix` shows them")))?)
            }
        };
        let mut marks: BTreeMap<String, String> = row.map(|row| row.marks.clone()).unwrap_or_default();
        marks.extend(self.role.iter().cloned());
        Ok(SaveRow {
            id: row.map(|row| row.id.clone()),
            section: self.section.clone().or_else(|| row.map(|row| row.section.clone())).unwrap_or_default(),
            text: self.text.clone().or_else(|| row.map(|row| row.text.clone())).unwrap_or_default(),
            marks: marks.into_iter().collect(),
            internal: self.internal.unwrap_or(row.is_some_and(|row| row.internal)),
            left_out: self.left_out.unwrap_or(row.is_some_and(|row| row.left_out)),
            seen: row.map(edition),
        })
    }
}

async fn member(app: &App, engagement: &Engagement, email: &str) -> Result<PersonId, Stop> {
    let unknown = || Stop::not_found(format!("nobody on this engagement has the address “{email}”"));
    let person = app.store.account_by_email(email).await?.ok_or_else(unknown)?.person.id;
    engagement.member(&person).map(|member| member.person.clone()).ok_or_else(unknown)
}

fn seats_out(engagement: &Engagement, seats: &[Seated], out: Out) -> Result<(), Stop> {
    let names = |it: &Seated| it.people.iter().map(|person| plain(engagement.name(person))).collect::<Vec<_>>().join(", ");
    if out.json {
        let line = |it: &Seated| json!({ "id": it.seat.id, "role": it.seat.role, "side": it.seat.side, "workstream": it.seat.workstream, "group": it.seat.group, "days_a_week": it.seat.days_a_week, "people": it.people });
        return out.json(&seats.iter().map(line).collect::<Vec<_>>());
    }
    let row = |it: &Seated| {
        let who = if it.people.is_empty() { "nobody".to_owned() } else { names(it) };
        let days = it.seat.days_a_week.map(|days| format!("{days} days a week")).unwrap_or_default();
        vec![it.seat.id.0.clone(), plain(&it.seat.role), it.seat.side.as_str().to_owned(), who, days]
    };
    out.table(&seats.iter().map(row).collect::<Vec<_>>())
}

async fn escalation_out(app: &App, actor: &Actor, id: &EngagementId, out: Out) -> Result<(), Stop> {
    let paths = list_escalation(app, actor, id).await?;
    if out.json {
        let step = |it: &tminus_app::people::escalation::Step| json!({ "step": it.rung.to_string(), "people": it.people.iter().map(|it| json!({ "person": it.id, "name": it.name, "email": it.email })).collect::<Vec<_>>() });
        return out.json(
            &paths
                .iter()
                .map(|path| json!({ "side": path.side, "steps": path.steps.iter().map(step).collect::<Vec<_>>() }))
                .collect::<Vec<_>>(),
        );
    }
    let mut rows = Vec::new();
    for path in &paths {
        for (place, step) in path.steps.iter().enumerate() {
            let people = step.people.iter().map(|it| format!("{} <{}>", plain(&it.name), plain(&it.email))).collect::<Vec<_>>().join(", ");
            let named = if matches!(step.rung, Rung::Person(_)) { String::new() } else { step.rung.to_string() };
            rows.push(vec![path.side.as_str().to_owned(), (place + 1).to_string(), named, people]);
        }
    }
    out.table(&rows)
}

async fn matrix_out(app: &App, actor: &Actor, id: &EngagementId, out: Out) -> Result<(), Stop> {
    let matrix = show_matrix(app, actor, id).await?;
    let flaws: Vec<_> = matrix.engagement.flaws(matrix.today).iter().map(said).collect();
    let rows = &matrix.engagement.plan.responsibilities;
    if out.json {
        return out.json(&json!({ "rows": rows, "problems": flaws }));
    }
    let row = |row: &tminus_domain::people::responsibility::Row| {
        let letters = row.marks.iter().map(|(role, mark)| format!("{role}={mark}")).collect::<Vec<_>>().join(" ");
        vec![row.id.0.clone(), plain(&row.text), plain(&letters)]
    };
    out.table(&matrix.engagement.responsibilities().map(row).collect::<Vec<_>>())?;
    flaws.iter().try_for_each(|flaw| out.line(plain(flaw)))
}

fn said(flaw: &Flaw<'_>) -> String {
    match flaw {
        Flaw::Row(row, Fault::NoA) => format!("“{}”: nobody is accountable (A)", row.text),
        Flaw::Row(row, Fault::ManyA(many)) => format!("“{}”: {many} are accountable (A), it has to be one", row.text),
        Flaw::Row(row, Fault::NoR) => format!("“{}”: nobody is responsible (R)", row.text),
        Flaw::NoLetters(row, rows) => format!("“{}”: rows without R, A, C or I: {rows}", row.section),
        Flaw::Nobody(role, rows) => format!("{role}: nobody has this role; rows with letters for it: {rows}"),
    }
}
