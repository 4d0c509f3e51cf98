//! How the sample came about: day by day, all engagements side by side, so that the record is in order of time.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use tminus_app::{
    App,
    engagement::{
        list::show_engagement,
        open::{OpenEngagement, open_engagement},
    },
    kit::find_kit,
    portfolio::{SavePortfolio, add_portfolio},
};
use tminus_domain::{
    checklist::item::Item,
    engagement::Engagement,
    ids::{EngagementId, PortfolioId},
    schedule::Calendars,
};

use super::{
    access,
    people::Cast,
    plot::{PLOTS, PORTFOLIO, Plot},
    work::Worker,
};
use crate::{
    clock::{self, SetClock},
    exit::Stop,
    progress,
};

/// Whose engagement shows how far access has come.
const SHOWN: &str = "Northwind";

/// How many business days before it is due an item is done.
const AHEAD: i32 = 1;

/// Opens the engagements and works them up to today. How many there are.
pub(super) async fn tell(app: &App, clock: &SetClock, cast: &Cast) -> Result<usize, Stop> {
    let calendars = Calendars::new(Plot::calendars()?).map_err(|error| Stop::unavailable(format!("the sample's calendar: {error}")))?;
    let today = app_today();
    let first = PLOTS.iter().map(|plot| plot.opened).max().unwrap_or(0);
    let (title, administrator, customers) = PORTFOLIO;
    let input = SavePortfolio { title: title.to_owned(), administrators: vec![cast.get(administrator)?.person.clone()], seen: None };
    let portfolio = add_portfolio(app, cast.get("Ann")?, input).await?.id;
    let mut open: Vec<(EngagementId, &Plot)> = Vec::new();
    let bar = progress::bar("making the sample", u64::try_from(first).unwrap_or(0) + 1);
    for ago in (0..=first).rev() {
        bar.inc(1);
        let day = today.checked_sub(jiff::Span::new().days(ago)).unwrap_or(today);
        if !calendars.is_working(day).unwrap_or(false) && !PLOTS.iter().any(|plot| plot.opened == ago) {
            continue;
        }
        clock.advance_to(morning(day));
        for plot in PLOTS.iter().filter(|plot| plot.opened == ago) {
            let portfolio = customers.contains(&plot.customer).then_some(&portfolio);
            open.push((begin(app, cast, (plot, portfolio), &calendars).await?, plot));
        }
        for (id, plot) in &open {
            let worker = Worker { app, clock, cast, plot, engagement: id };
            work_day(&worker, &calendars, day).await?;
        }
    }
    if let Some((id, _)) = open.iter().find(|(_, plot)| plot.customer == SHOWN) {
        access::tell(app, cast, id).await?;
    }
    bar.finish_and_clear();
    Ok(open.len())
}

fn app_today() -> Date {
    clock::now().to_zoned(TimeZone::UTC).date()
}

/// Eight in the morning; on the last day not after now.
fn morning(day: Date) -> Timestamp {
    let at = day.at(7, 0, 0, 0).to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
    at.min(clock::now().checked_sub(SignedDuration::from_mins(30)).unwrap_or(at))
}

async fn begin(
    app: &App,
    cast: &Cast,
    (plot, portfolio): (&Plot, Option<&PortfolioId>),
    calendars: &Calendars,
) -> Result<EngagementId, Stop> {
    let ann = cast.get("Ann")?;
    let (line, kit) = find_kit(app, ann, plot.kit).await?;
    let count = plot.anchor.1.unsigned_abs();
    let today = app_today();
    let anchor = if plot.anchor.1 < 0 { calendars.before(today, count) } else { calendars.after(today, count) };
    let anchor = anchor.map_err(|error| Stop::unavailable(format!("the sample's dates: {error}")))?;
    let (setup, members) = (plot.setup(&kit, anchor)?, plot.members(cast)?);
    let input = OpenEngagement { kits: vec![line.hash], setup, members, portfolio: portfolio.cloned() };
    Ok(open_engagement(app, ann, input).await?)
}

/// Does what is due by tomorrow, parts before what they belong to.
async fn work_day(worker: &Worker<'_>, calendars: &Calendars, day: Date) -> Result<(), Stop> {
    let horizon = calendars.after(day, AHEAD.unsigned_abs()).unwrap_or(day);
    let view = show_engagement(worker.app, worker.cast.get("Ann")?, worker.engagement).await?;
    let mut ids: Vec<_> =
        view.engagement.listed().filter(|item| is_now(&view.engagement, item, horizon, day)).map(|item| item.id.clone()).collect();
    // Positions follow the tree: the last part comes after what it belongs to.
    ids.reverse();
    for id in ids {
        worker.work(&id, horizon).await?;
    }
    Ok(())
}

/// Due by the horizon, or something that needs to be begun.
fn is_now(engagement: &Engagement, item: &Item, horizon: Date, day: Date) -> bool {
    let parent = item.parent.as_ref().and_then(|parent| engagement.item(parent));
    let due = item.due_on().or_else(|| parent.and_then(|parent| parent.due_on()));
    item.is_open() && (due.is_some_and(|due| due <= horizon) || item.should_start(day))
}
