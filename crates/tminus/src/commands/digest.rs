//! When somebody is told what is theirs, once a day.

use clap::Subcommand;
use jiff::civil::Time;
use serde_json::json;
use tminus_app::mail::digest::{clock_of, digest_time, minute_of, set_digest_time};

use crate::{config::Place, exit::Stop, open, print::Out};

#[derive(Subcommand, Debug)]
pub(crate) enum Digest {
    /// Say when you are told what is yours
    Show,
    /// Be told at another time of day, where you are, or never
    Set {
        /// `08:00`, or `never`
        #[arg(value_parser = time)]
        at: At,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    Never,
    Time(Time),
}

fn time(text: &str) -> Result<At, String> {
    if text == "never" {
        return Ok(At::Never);
    }
    text.parse().map(At::Time).map_err(|_| "give a time of day such as 08:00, or never".to_owned())
}

impl Digest {
    pub(crate) async fn run(self, place: &Place, out: Out) -> Result<(), Stop> {
        let (practice, actor) = open::open_as(place).await?;
        if let Self::Set { at } = self {
            let minute = if let At::Time(time) = at { Some(minute_of(time)) } else { None };
            set_digest_time(&practice.app, &actor, minute).await?;
        }
        let at = digest_time(&practice.app, &actor).await?.map(clock_of);
        let told = match &at {
            Some(at) => format!("{} is told at {at}, {}, what is theirs.", crate::print::plain(&actor.name), actor.zone),
            None => format!("{} is never told by mail what is theirs.", crate::print::plain(&actor.name)),
        };
        out.say(&json!({ "person": actor.person, "at": at, "zone": actor.zone }), told)
    }
}
