//! Whom to ask.

use tminus_domain::{
    people::{Member, Person},
    rights::Function,
};

use crate::{caller::Caller, checklist::sheet::side, mark::Face, people::function_words, words::Words};

/// Somebody to ask.
pub(super) struct Ask {
    pub(super) face: Face,
    pub(super) words: Words,
    pub(super) email: String,
}

/// Whoever leads on each side comes first to mind.
pub(super) fn asks(caller: &Caller, members: &[(Member, Person)]) -> Vec<Ask> {
    let leads = [Function::EngagementManager, Function::CustomerManager, Function::WorkstreamLead];
    let of = |function: Function| {
        members.iter().filter(move |(member, person)| member.function == function && person.id != caller.actor.person).map(
            |(member, person)| Ask {
                face: Face::new(&person.name, side(member.side())),
                words: function_words(member.function),
                email: person.email.clone(),
            },
        )
    };
    leads.into_iter().flat_map(of).take(6).collect()
}
