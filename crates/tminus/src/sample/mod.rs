//! A practice to click through, made by the same operations that people use, with a clock that walks through its past.

mod access;
mod people;
mod plot;
mod story;
mod work;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tminus_app::App;

use crate::{
    built_in,
    clock::{self, SetClock},
    config::Place,
    exit::Stop,
    open,
    print::{Out, bold},
};

#[derive(Args, Debug)]
pub(crate) struct Sample {
    /// The password of everybody in it [default: made and printed once]
    #[arg(long, env = "TMINUS_SAMPLE_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// Do nothing where people are there already, and say so
    #[arg(long)]
    if_empty: bool,
}

impl Sample {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let practice = open::open_or_make(place).await?;
        if practice.app.store.has_people().await? {
            if self.if_empty {
                return out
                    .say(&json!({ "people": [], "engagements": 0 }), format!("{} has people already: it stays as it is", place.shown()));
            }
            return Err(Stop::refused(format!("{} has people already; a sample goes into an empty database only", place.shown())));
        }
        fill(&practice.app, self.password).await?.tell(out)
    }
}

/// What somebody has to know to look around.
pub(crate) struct Filled {
    password: String,
    people: Vec<(&'static str, String, &'static str)>,
    engagements: usize,
}

/// Fills an empty practice. Its past ends now.
pub(crate) async fn fill(app: &App, password: Option<String>) -> Result<Filled, Stop> {
    let now = clock::now();
    let clock = SetClock::at(days_before(now, 60));
    let past = App::new(app.store.clone(), clock.surroundings());
    let password = password.unwrap_or_else(clock::fresh_password);
    built_in::import(&past).await?;
    let cast = people::add(&past, &password).await?;
    let engagements = story::tell(&past, &clock, &cast).await?;
    Ok(Filled { password, people: people::shown(), engagements })
}

fn days_before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(now)
}

impl Filled {
    pub(crate) fn tell(&self, out: Out) -> Result<(), Stop> {
        if out.json {
            let person = |(name, email, what): &(&str, String, &str)| json!({ "name": name, "email": email, "what": what });
            let people: Vec<_> = self.people.iter().map(person).collect();
            return out.json(&json!({ "password": self.password, "people": people, "engagements": self.engagements }));
        }
        out.line(format!("A sample practice is there, with {} engagements. Sign in as:", self.engagements))?;
        out.table(
            &self.people.iter().map(|(name, email, what)| vec![format!("  {name}"), email.clone(), (*what).to_owned()]).collect::<Vec<_>>(),
        )?;
        out.line(format!("Password of everybody, shown only now: {}", bold(&self.password)))
    }
}
