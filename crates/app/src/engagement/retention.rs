//! How long an engagement that has ended keeps personal data, and erasing it when its time is over.

use tminus_domain::{
    engagement::{
        Engagement, Plan, closing,
        retention::{Erasure, Keep},
    },
    ids::EngagementId,
    record::fact::{Fact, FactKind},
    rights::{Actor, Right, authorize},
};
use tminus_store::{Change, retention::Kept};

use crate::{App, Failure, Refusal, mail::job, people::erase};

/// How long an engagement keeps personal data, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// What holds: the engagement's own value, else the practice's.
    pub keep: Keep,
    pub is_own: bool,
    pub erasure: Erasure,
}

/// What the hourly look at personal data did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub engagements: usize,
    pub people: usize,
}

impl App {
    /// How it stands with the personal data of an engagement.
    pub fn retention(&self, engagement: &tminus_domain::engagement::Engagement) -> Retention {
        let own = engagement.plan.closing.keep;
        let today = self.today(&engagement.plan.setup.zone);
        Retention { keep: own.unwrap_or(self.keep()), is_own: own.is_some(), erasure: engagement.erasure(self.keep(), today) }
    }
}

/// How long an engagement keeps personal data after its end.
pub async fn show_retention(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Retention, Failure> {
    Ok(app.retention(&app.view(actor, engagement, Right::ReadEngagement).await?.engagement))
}

/// Gives an engagement a value of its own, or takes it away: then it is the practice's.
pub async fn set_retention(app: &App, actor: &Actor, engagement: &EngagementId, keep: Option<Keep>) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::EndEngagement).await?;
    let mut plan = Plan::clone(&change.engagement().plan);
    if plan.closing.keep == keep {
        return Ok(());
    }
    let told = |keep: Option<Keep>| serde_json::json!({ "erase_after": keep.map(|keep| keep.to_string()) });
    let fact = Fact::new(FactKind::RetentionSet, engagement.as_str(), &plan.setup.title);
    change.record(fact.from(told(plan.closing.keep)).to(told(keep)));
    plan.closing.keep = keep;
    change.save_plan(plan);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// Erases what is due: personal data of engagements, bytes of their files, and people of whom nothing else is left. What a crash left half
/// done is brought to its end. What fails is tried again the next time, and holds up nothing else.
pub async fn erase_due(app: &App) -> Result<Erased, Failure> {
    app.store.overwriting(Box::pin(erase_all(app))).await?
}

async fn erase_all(app: &App) -> Result<Erased, Failure> {
    let (mut erased, mut failed) = (Erased::default(), None);
    for kept in app.store.kept_engagements().await? {
        match erase_engagement(app, &kept).await {
            Ok(done) => erased.engagements += usize::from(done),
            Err(failure) => {
                tracing::warn!(engagement = kept.id.as_str(), %failure, "personal data could not be erased");
                failed = Some(failure);
            }
        }
    }
    for file in app.store.files_of_erased().await? {
        if let Err(error) = app.store.erase_file(&file).await {
            tracing::warn!(file = file.as_str(), %error, "a file could not be erased");
            failed = Some(error.into());
        }
    }
    match erase::erase_due(app).await {
        Ok(people) => erased.people = people,
        Err(failure) => failed = Some(failure),
    }
    failed.map_or(Ok(erased), Err)
}

/// Erases the personal data of one engagement if its day has come; false if not, or if it was done already.
pub async fn erase_engagement(app: &App, kept: &Kept) -> Result<bool, Failure> {
    // Most are kept for long: nothing has to be loaded to see that.
    let Keep::Months(months) = kept.keep.unwrap_or(app.keep()) else { return Ok(false) };
    let at_least = jiff::SignedDuration::from_hours(24 * (28 * i64::from(months) - 2));
    if kept.ended_at.checked_add(at_least).is_ok_and(|early| early > app.now()) {
        return Ok(false);
    }
    let job = job();
    let Some(mut change) = enter(app, &job, &kept.id).await? else { return Ok(false) };
    let Erasure::On(day) = app.retention(change.engagement()).erasure else { return Ok(false) };
    if day > app.today(&change.engagement().plan.setup.zone) {
        return Ok(false);
    }
    change.erase_personal_data(app.now()).await?;
    let title = change.engagement().plan.setup.title.clone();
    change.record(Fact::new(FactKind::PersonalDataErased, kept.id.as_str(), title));
    change.save(&job, app.now(), &app.salt()).await?;
    Ok(true)
}

/// Holds an engagement for erasing something in it, also where nothing else may change any more.
pub(crate) async fn enter(app: &App, job: &Actor, id: &EngagementId) -> Result<Option<Change>, Failure> {
    let Some(locked) = app.store.lock(id).await? else { return Ok(None) };
    let scope = authorize(job, locked.ground(app.today(locked.zone())), Right::EndEngagement)?;
    Ok(Some(locked.enter(scope)))
}

/// Nothing changes any more where personal data was erased: whoever writes something would plant it anew. After the end only access does, and
/// what was read.
pub(crate) fn still_changes(engagement: &Engagement, right: Right) -> Result<(), Failure> {
    if engagement.is_erased() && right != Right::ReadRecord {
        return Err(Refusal::field("engagement", "its personal data was erased, and nothing in it changes any more").into());
    }
    if engagement.is_erased() || engagement.allows(right) { Ok(()) } else { Err(closing::Refused::Over.into()) }
}
