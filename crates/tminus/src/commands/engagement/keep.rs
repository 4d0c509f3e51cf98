//! How long an engagement keeps personal data after its end.

use serde_json::json;
use tminus_app::{
    App,
    engagement::retention::{set_retention, show_retention},
};
use tminus_domain::{
    engagement::retention::{Erasure, Keep},
    rights::Actor,
};

use crate::{
    commands::reference,
    exit::Stop,
    print::{Out, count},
};

pub(super) async fn keep(app: &App, actor: &Actor, (name, months): (&str, Option<String>), out: Out) -> Result<(), Stop> {
    let id = reference::engagement(app, actor, name).await?.engagement.id.clone();
    if let Some(months) = months {
        let keep = if months == "usual" {
            None
        } else {
            Some(months.parse().map_err(|error: tminus_domain::engagement::retention::Unusable| Stop::usage(error.to_string()))?)
        };
        set_retention(app, actor, &id, keep).await?;
    }
    let kept = show_retention(app, actor, &id).await?;
    let own = kept.is_own.then_some(kept.keep);
    let after = match own {
        Some(Keep::Months(months)) => format!("Personal data is erased {} after the end.", count(usize::from(months), "month")),
        Some(Keep::Always) => "Personal data is not erased by itself.".to_owned(),
        None => "Personal data is kept as long as everywhere in the practice (`tminus serve --erase-after`).".to_owned(),
    };
    let (mut text, mut value) = (after, json!({ "engagement": id, "erase_after": own.map(|keep| keep.to_string()) }));
    match kept.erasure {
        Erasure::Done(day) => {
            value["erased_on"] = json!(day);
            text = format!("Personal data was erased on {day}.");
        }
        // Only with an own value: what holds in the practice is an option of `tminus serve`.
        Erasure::On(day) if own.is_some() => {
            value["erases_on"] = json!(day);
            text = format!("{text} That is on {day}.");
        }
        _ => {}
    }
    out.say(&value, text)
}
