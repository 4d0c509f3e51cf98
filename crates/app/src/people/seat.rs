//! Operations on the seats of the register: who fills them, and for how many days a week.

use jiff::civil::Date;
use serde_json::{Value, json};
use tminus_domain::{
    engagement::{Engagement, Plan},
    ids::{EngagementId, PersonId, SeatId},
    kit::{Side, share::DaysAWeek},
    people::{
        Member,
        part::Part,
        seat::{Claim, Seat},
    },
    record::fact::{Fact, FactKind},
    rights::{Actor, Right},
};
use tminus_store::Change;

use super::{edition, member::told};
use crate::{App, Failure, Refusal, engagement::plan};

/// A seat as somebody may see it.
#[derive(Clone, Debug)]
pub struct Seated {
    pub seat: Seat,
    pub claim: Claim,
    /// Nobody: it is open.
    pub people: Vec<PersonId>,
    /// Of those who sit in it, the days a week that each gives.
    pub gives: Vec<u8>,
    pub edition: String,
}

/// A seat, who is to sit in it, and what somebody saw of it before.
#[derive(Clone, Debug)]
pub struct FillSeat {
    pub seat: SeatId,
    pub person: PersonId,
    pub seen: Option<String>,
}

/// The seats that the register asks for, in the kits' order.
pub async fn list_seats(app: &App, actor: &Actor, engagement: &EngagementId) -> Result<Vec<Seated>, Failure> {
    let view = app.view(actor, engagement, Right::ReadEngagement).await?;
    let today = app.today(&view.engagement.plan.setup.zone);
    let shown = view.engagement.plan.seats.iter().filter(|seat| view.scope.sees_staffing(seat.side));
    Ok(shown.map(|seat| seated(&view.engagement, seat, today)).collect())
}

fn seated(engagement: &Engagement, seat: &Seat, today: Date) -> Seated {
    let people = engagement.sitting(seat, today);
    let calendars = &engagement.plan.setup.calendars;
    Seated {
        claim: engagement.claim(seat),
        gives: people.iter().map(|member| member.days_a_week(calendars)).collect(),
        people: people.iter().map(|member| member.person.clone()).collect(),
        edition: edition(seat),
        seat: seat.clone(),
    }
}

/// The place of a seat in the plan, unless somebody else changed it since the actor looked.
fn place(change: &Change, seat: &SeatId, seen: Option<&str>) -> Result<usize, Failure> {
    let seats = &change.engagement().plan.seats;
    let place = seats.iter().position(|it| &it.id == seat).ok_or(Failure::NotFound)?;
    if seen.is_some_and(|seen| seen != edition(&seats[place])) { Err(Failure::Conflict(None)) } else { Ok(place) }
}

fn of_function(seat: &Seat) -> Failure {
    Refusal::field("seat", format!("“{}” is whoever has that function: change it in the register", seat.role)).into()
}

/// Puts a member into a seat. The seat of a lead or an alternate makes them that in the workstream.
pub async fn fill_seat(app: &App, actor: &Actor, engagement: &EngagementId, input: FillSeat) -> Result<(), Failure> {
    let FillSeat { seat, person, seen } = input;
    let kits = plan::kits_of(app, actor, engagement).await?;
    let mut change = app.change(actor, engagement, Right::EditMembers).await?;
    let place = place(&change, &seat, seen.as_deref())?;
    let whole = change.engagement();
    let today = app.today(&whole.plan.setup.zone);
    let seat = whole.plan.seats[place].clone();
    let unknown = || Refusal::field("person", "choose somebody of this engagement");
    let member = whole.member(&person).filter(|member| member.is_here(today)).ok_or_else(unknown)?.clone();
    if member.side() != seat.side {
        let why = format!("{} is on the {} side", whole.name(&person), member.side().as_str());
        return Err(Refusal::field("person", why).into());
    }
    let fact = Fact::new(FactKind::SeatFilled, seat.id.as_str(), title(whole, &seat)).from(before(whole, &seat, today));
    let fact = fact.to(json!({ "person": [&person] })).internal(seat.side != Side::Customer);
    match whole.claim(&seat) {
        Claim::Function(_) => return Err(of_function(&seat)),
        Claim::Part(workstream, part) => {
            let mut after = member.clone();
            after.take(workstream, part);
            if after == member {
                return Ok(());
            }
            put_member(app, &mut change, (&member, after), &kits)?;
        }
        Claim::Role(_) | Claim::Name => {
            if seat.person.as_ref() == Some(&person) {
                return Ok(());
            }
            put(&mut change, place, Seat { person: Some(person), ..seat });
        }
    }
    change.record(fact);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// Opens a seat again: whoever was named for it leaves it, and whoever led or stood in is a member of the workstream.
pub async fn leave_seat(app: &App, actor: &Actor, engagement: &EngagementId, (seat, seen): (&SeatId, Option<&str>)) -> Result<(), Failure> {
    let kits = plan::kits_of(app, actor, engagement).await?;
    let mut change = app.change(actor, engagement, Right::EditMembers).await?;
    let place = place(&change, seat, seen)?;
    let whole = change.engagement();
    let today = app.today(&whole.plan.setup.zone);
    let seat = whole.plan.seats[place].clone();
    let fact = Fact::new(FactKind::SeatLeft, seat.id.as_str(), title(whole, &seat)).from(before(whole, &seat, today));
    let fact = fact.internal(seat.side != Side::Customer);
    match whole.claim(&seat) {
        Claim::Function(_) => return Err(of_function(&seat)),
        Claim::Part(workstream, _) => {
            let leaving: Vec<Member> = whole.sitting(&seat, today).into_iter().cloned().collect();
            for member in leaving {
                let mut after = member.clone();
                after.take(workstream.clone(), Part::Member);
                put_member(app, &mut change, (&member, after), &kits)?;
            }
        }
        Claim::Role(role) if seat.person.is_none() => {
            let role = whole.role(&role).map_or_else(|| role.to_string(), |role| role.title.clone());
            return Err(Refusal::field("seat", format!("whoever has the role “{role}” sits there: change it in the register")).into());
        }
        Claim::Role(_) | Claim::Name if seat.person.is_none() => return Ok(()),
        Claim::Role(_) | Claim::Name => put(&mut change, place, Seat { person: None, ..seat }),
    }
    change.record(fact);
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// Says how many days a week a seat asks for here; `None` asks for no number.
pub async fn ask_days(
    app: &App,
    actor: &Actor,
    engagement: &EngagementId,
    (seat, days, seen): (&SeatId, Option<DaysAWeek>, Option<&str>),
) -> Result<(), Failure> {
    let mut change = app.change(actor, engagement, Right::EditMembers).await?;
    let place = place(&change, seat, seen)?;
    let seat = change.engagement().plan.seats[place].clone();
    if seat.days_a_week == days {
        return Ok(());
    }
    let told = |days: Option<DaysAWeek>| json!({ "days_a_week": days });
    let title = title(change.engagement(), &seat);
    change.record(
        Fact::new(FactKind::SeatChanged, seat.id.as_str(), title)
            .from(told(seat.days_a_week))
            .to(told(days))
            .internal(seat.side != Side::Customer),
    );
    put(&mut change, place, Seat { days_a_week: days, days_by_hand: true, ..seat });
    change.save(actor, app.now(), &app.salt()).await?;
    Ok(())
}

/// `Workstream lead, Security`
fn title(engagement: &Engagement, seat: &Seat) -> String {
    let workstream = seat.workstream.as_ref().and_then(|id| engagement.plan.setup.workstream(id));
    let group = workstream.map_or(&seat.group, |it| &it.title);
    if group.is_empty() { seat.role.clone() } else { format!("{}, {group}", seat.role) }
}

fn before(engagement: &Engagement, seat: &Seat, today: Date) -> Value {
    json!({ "person": engagement.sitting(seat, today).into_iter().map(|it| &it.person).collect::<Vec<_>>() })
}

fn put(change: &mut Change, place: usize, seat: Seat) {
    let mut plan = Plan::clone(&change.engagement().plan);
    plan.seats[place] = seat;
    change.save_plan(plan);
}

fn put_member(app: &App, change: &mut Change, (before, after): (&Member, Member), kits: &plan::Kits) -> Result<(), Failure> {
    let name = change.engagement().name(&before.person).to_owned();
    change.record(Fact::new(FactKind::MemberChanged, before.person.as_str(), name).from(told(before)).to(told(&after)));
    let mut members = change.engagement().members.to_vec();
    members.iter_mut().filter(|it| it.person == after.person).for_each(|it| *it = after.clone());
    change.save_members(members);
    plan::follow(app, change, kits)
}
