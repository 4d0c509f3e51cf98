//! Opening an engagement from kits.

use std::{collections::BTreeMap, sync::Arc};

use tminus_domain::{
    access::need,
    engagement::{
        Engagement, PinnedKit, Plan,
        closing::Closing,
        counts::Counts,
        retailor::Making,
        setup::{MAX_KITS, Setup},
        tailor::{Tailored, tailor},
    },
    ids::{EngagementId, ItemId, KitHash, PersonId, PortfolioId},
    kit::Kit,
    mail::reminder::Ladder,
    people::Member,
    portfolio::Portfolio,
    record::{
        chain::Head,
        fact::{Fact, FactKind},
    },
    rights::{Actor, Function, Right, practice_scope},
};
use tminus_store::change::Opened;

use crate::{
    App, Failure, Refusal,
    people::member,
    portfolio::{may_fill, to_fill},
};

/// Everything to open an engagement with.
#[derive(Clone, Debug)]
pub struct OpenEngagement {
    pub kits: Vec<KitHash>,
    pub setup: Setup,
    /// Besides the actor, who becomes engagement manager if nobody here is, or if they would not see it otherwise.
    pub members: Vec<Member>,
    /// One that the actor administers.
    pub portfolio: Option<PortfolioId>,
}

/// What would follow, while somebody still answers. Nothing is saved.
pub async fn preview(app: &App, actor: &Actor, input: &OpenEngagement) -> Result<Tailored, Failure> {
    App::practice(actor, Right::CreateEngagement)?;
    member::not_too_many(input.members.len())?;
    let kits = chosen_kits(app, &input.kits).await?;
    let portfolio = chosen_portfolio(app, actor, input).await?;
    tailored(app, &kits, &input.setup, &with_actor(actor, input, portfolio.as_ref()))
}

fn tailored(app: &App, kits: &[(PinnedKit, Arc<Kit>)], setup: &Setup, members: &[Member]) -> Result<Tailored, Failure> {
    let kits: Vec<&Kit> = kits.iter().map(|(_, kit)| &**kit).collect();
    tailor(&kits, &[], setup, members, app.today(&setup.zone)).map_err(|problems| Refusal::Setup(problems).into())
}

/// Opens an engagement: pins the kits, makes the checklist, begins the record.
pub async fn open_engagement(app: &App, actor: &Actor, input: OpenEngagement) -> Result<EngagementId, Failure> {
    App::practice(actor, Right::CreateEngagement)?;
    let kits = chosen_kits(app, &input.kits).await?;
    member::not_too_many(input.members.len())?;
    let portfolio = chosen_portfolio(app, actor, &input).await?;
    let members = with_actor(actor, &input, portfolio.as_ref());
    let names = names_of(app, actor, &members).await?;
    let tailored = tailored(app, &kits, &input.setup, &members)?;
    for member in &input.members {
        member::known(member, &input.setup, &tailored.roles)?;
    }
    let refs: Vec<&Kit> = kits.iter().map(|(_, kit)| &**kit).collect();
    let now = app.now();
    let items = Making { kits: &refs, now, id: &mut || ItemId(app.fresh_id()) }.items(&tailored);
    let grants = need::first(&tailored, now);
    let id = EngagementId(app.fresh_id());
    let fact = opened(&id, &input.setup, &kits, items.len());
    let plan = Plan {
        setup: input.setup,
        kits: kits.into_iter().map(|(pinned, _)| pinned).collect(),
        roles: tailored.roles,
        facts: tailored.facts,
        gates: tailored.gates,
        milestones: tailored.milestones,
        activities: tailored.activities,
        left_out: tailored.left_out,
        opened_at: now,
        opened_by: actor.person.clone(),
        closing: Closing::default(),
        ladder: Ladder::default(),
        resources: tailored.access.resources,
        by_hand: Vec::new(),
        licences: [].into(),
        bookings: [].into(),
        resource_versions: [].into(),
        policies: tailored.access.policies,
        holdings: Vec::new(),
        urgent: Vec::new(),
        work_days: tailored.work_days,
        seats: tailored.seats,
        escalation: [].into(),
        responsibilities: tailored.responsibilities,
    };
    let head = Head::default();
    let engagement = Engagement {
        id: id.clone(),
        plan: Arc::new(plan),
        members: Arc::new(members),
        portfolio: portfolio.map(Arc::new),
        names: Arc::new(names),
        items,
        grants,
        revision: 1,
        head,
    };
    debug_assert!(Counts::of(&engagement).complete == 0, "nothing is done before it began");
    app.store.add_engagement(engagement, Opened { actor, at: now, salt: &app.salt(), facts: vec![fact] }).await?;
    Ok(id)
}

async fn chosen_portfolio(app: &App, actor: &Actor, input: &OpenEngagement) -> Result<Option<Portfolio>, Failure> {
    match &input.portfolio {
        Some(id) => Ok(Some(to_fill(app, actor, id).await?)),
        None => Ok(None),
    }
}

/// The names of everybody who is to be on it, each of whom can be.
async fn names_of(app: &App, actor: &Actor, members: &[Member]) -> Result<BTreeMap<PersonId, String>, Failure> {
    let mut names = BTreeMap::from([(actor.person.clone(), actor.name.clone())]);
    for (place, member) in members.iter().enumerate() {
        let account = app.store.account(&member.person).await?.filter(|account| !account.ended);
        let person = account.ok_or_else(|| Refusal::field("members", format!("there is no person “{}”", member.person)))?.person;
        if members[..place].iter().any(|other| other.person == member.person) {
            return Err(Refusal::field("members", format!("{} is there twice", person.name)).into());
        }
        member::may_be(member, &person)?;
        names.insert(person.id, person.name);
    }
    Ok(names)
}

fn opened(id: &EngagementId, setup: &Setup, kits: &[(PinnedKit, Arc<Kit>)], items: usize) -> Fact {
    let kits: Vec<_> = kits.iter().map(|(kit, _)| serde_json::json!({ "kit": kit.id, "version": kit.version, "hash": kit.hash })).collect();
    let to = serde_json::json!({ "kits": kits, "items": items, "milestones": setup.milestones, "answers": setup.answers });
    Fact::new(FactKind::EngagementOpened, id.as_str(), &setup.title).to(to).text("customer", &setup.customer).text("sow", &setup.sow)
}

/// The chosen versions in their order, each once.
pub(crate) async fn chosen_kits(app: &App, hashes: &[KitHash]) -> Result<Vec<(PinnedKit, Arc<Kit>)>, Failure> {
    if hashes.len() > MAX_KITS {
        return Err(Refusal::field("kits", format!("choose at most {MAX_KITS} kits")).into());
    }
    kits(app, hashes).await
}

/// These versions in their order, each once.
pub(crate) async fn kits(app: &App, hashes: &[KitHash]) -> Result<Vec<(PinnedKit, Arc<Kit>)>, Failure> {
    let mut kits: Vec<(PinnedKit, Arc<Kit>)> = Vec::with_capacity(hashes.len());
    for hash in hashes {
        if kits.iter().any(|(pinned, _)| &pinned.hash == hash) {
            continue;
        }
        let unknown = || Refusal::field("kit", format!("there is no kit “{hash}”; import it first"));
        let (imported, kit) = app.store.kit(hash).await?.ok_or_else(unknown)?;
        kits.push((PinnedKit { id: imported.id, title: imported.title, version: imported.version, hash: imported.hash }, kit));
    }
    Ok(kits)
}

fn with_actor(actor: &Actor, input: &OpenEngagement, portfolio: Option<&Portfolio>) -> Vec<Member> {
    let mut members = input.members.clone();
    let managed = members.iter().any(|member| member.function == Function::EngagementManager);
    let administers = portfolio.is_some_and(|portfolio| may_fill(actor, portfolio));
    let sees_it = practice_scope(actor).sees_all() || administers || members.iter().any(|member| member.person == actor.person);
    if !sees_it || !managed && !members.iter().any(|member| member.person == actor.person) {
        members.insert(
            0,
            Member { roles: vec!["engagement-manager".into()], ..Member::new(actor.person.clone(), Function::EngagementManager) },
        );
    }
    members
}
