//! What the forms of an item's panel offer and hold.

use tminus_domain::{
    checklist::{item::Item, status::State},
    kit::task::EvidenceKind,
    rights::Right,
};

use super::{
    panel::{Panel, Proven},
    sheet::side,
};
use crate::{when, words::Words};

impl<'a> Panel<'a> {
    pub(crate) fn proofs(&self) -> Vec<Proven<'_>> {
        let proven = |proof: &'a tminus_domain::checklist::item::Proof| Proven {
            id: &proof.id,
            icon: match proof.kind {
                EvidenceKind::Link => "link",
                EvidenceKind::File => "file",
                EvidenceKind::Note => "comment",
                EvidenceKind::Fact => "flag",
            },
            text: &proof.text,
            href: match (&proof.file, proof.kind) {
                (Some(file), _) => format!("/engagements/{}/files/{file}", self.desk.id()),
                (None, EvidenceKind::Link) => proof.text.clone(),
                _ => String::new(),
            },
            by: self.desk.engagement().name(&proof.by),
            on: when::short_day(self.desk.sheet.days.day(proof.at)),
            withdrawn: proof.withdrawn,
        };
        self.row.item.proofs.iter().map(proven).collect()
    }

    /// Evidence that is asked for, each with whether it is there.
    pub(crate) fn asked(&self) -> Vec<(String, bool)> {
        let word = |kind| match kind {
            EvidenceKind::Link => t!("evidence.link"),
            EvidenceKind::File => t!("evidence.file"),
            EvidenceKind::Note => t!("evidence.note"),
            EvidenceKind::Fact => t!("evidence.fact"),
        };
        let asked = self.item().content.evidence.iter().map(|rule| {
            let given = self.item().proofs.iter().any(|proof| proof.fits(rule));
            let ask = if rule.ask.is_empty() { word(rule.kind).text().to_owned() } else { format!("{}: {}", word(rule.kind), rule.ask) };
            (if rule.optional { t!("evidence.optional").with("ask", ask).into() } else { ask }, given)
        });
        asked.collect()
    }

    pub(crate) fn accepts(&self) -> bool {
        self.item().state() == State::Submitted && self.desk.may(Right::AcceptItems)
    }

    /// Whether the viewer stands on the side that accepts.
    pub(crate) fn accepts_itself(&self) -> bool {
        self.item().content.accepted_by.is_none_or(|accepting| accepting == self.desk.view.scope.side())
    }

    pub(crate) fn accepting_side(&self) -> &'static str {
        self.item().content.accepted_by.map_or("", |it| side(it).word().text())
    }

    /// Members of the accepting side, as (id, name).
    pub(crate) fn acceptors(&self) -> Vec<(String, String)> {
        let engagement = self.desk.engagement();
        let theirs = engagement.members.iter().filter(|member| Some(member.side()) == self.item().content.accepted_by);
        theirs.map(|member| (member.person.to_string(), engagement.name(&member.person).to_owned())).collect()
    }

    /// `Accepted by Bob, written down by Ann, 18 Dec`
    pub(crate) fn accepted(&self) -> Option<String> {
        let mark = self.item().accepted.as_ref()?;
        let engagement = self.desk.engagement();
        let day = when::day(self.desk.sheet.days.day(mark.at));
        Some(match &mark.on_behalf_of {
            Some(person) => {
                let words = t!("panel.accepted_for").with("name", engagement.name(person));
                words.with("by", engagement.name(&mark.by)).with("day", day).into()
            }
            None => t!("panel.accepted").with("name", engagement.name(&mark.by)).with("day", day).into(),
        })
    }

    pub(crate) fn way_out(&self) -> Option<String> {
        let chosen = self.item().way_out.as_ref()?;
        let words = t!("panel.way_chosen").with("way", &chosen.way.text).with("why", &chosen.reason);
        Some(words.with("name", self.desk.engagement().name(&chosen.mark.by)).into())
    }

    /// Members of a side who may be named on the item, with nobody in particular first.
    pub(crate) fn assignable(&self, side: &str) -> Vec<(String, String)> {
        let engagement = self.desk.engagement();
        let nobody = (String::new(), t!("panel.by_role").text().to_owned());
        let there = engagement.members.iter().filter(|member| member.side().as_str() == side);
        std::iter::once(nobody).chain(there.map(|it| (it.person.to_string(), engagement.name(&it.person).to_owned()))).collect()
    }

    pub(crate) fn assigned(&self, side: &str) -> String {
        let assigned = self.item().assigned.iter().find(|(known, _)| known.as_str() == side);
        assigned.map(|(_, person)| person.to_string()).unwrap_or_default()
    }

    pub(crate) fn all_roles(&self) -> Vec<(&str, &str, bool)> {
        let owns = |id: &str| match &self.tried {
            Some(tried) if tried.act == "edit" => tried.fields.all("owner").any(|it| it == id),
            _ => self.item().content.owners.iter().any(|it| it.as_str() == id),
        };
        self.desk.engagement().plan.roles.iter().map(|role| (role.id.as_str(), role.title.as_str(), owns(role.id.as_str()))).collect()
    }

    pub(crate) fn all_gates(&self) -> Vec<(&str, &str, bool)> {
        let holds = |id: &str| match &self.tried {
            Some(tried) if tried.act == "edit" => tried.fields.all("gate").any(|it| it == id),
            _ => self.item().content.gates.iter().any(|it| it.as_str() == id),
        };
        let gates = self.desk.engagement().plan.gates.iter().filter(|gate| !gate.everything);
        gates.map(|gate| (gate.id.as_str(), gate.title.as_str(), holds(gate.id.as_str()))).collect()
    }

    /// `rule`, `date` or `none`: where the due date comes from.
    pub(crate) fn due_kind(item: &Item) -> &'static str {
        match (item.pinned, item.due_on()) {
            (true, Some(_)) => "date",
            // Without a rule there is nothing that would give it one.
            (true, None) => "none",
            (false, None) if item.content.due.is_none() => "none",
            (false, _) => "rule",
        }
    }

    pub(crate) fn own_due_kind(&self) -> &'static str {
        Self::due_kind(self.item())
    }

    /// Where a date can come from: the kit's rule only where there is one.
    pub(crate) fn due_kinds(&self) -> Vec<(&'static str, Words)> {
        let rule = self.item().content.due.is_some().then_some(("rule", t!("panel.due_rule")));
        rule.into_iter().chain([("date", t!("panel.due_date")), ("none", t!("panel.due_none"))]).collect()
    }

    pub(crate) fn due_text(&self) -> String {
        self.item().due_on().map(|due| due.to_string()).unwrap_or_default()
    }

    pub(crate) fn lead_text(&self) -> String {
        self.item().content.lead.map(|lead| lead.days.to_string()).unwrap_or_default()
    }

    /// What a field of a form holds: what was typed into it, or what it has by itself.
    pub(crate) fn value(&self, act: &str, name: &str, own: impl Into<String>) -> String {
        match &self.tried {
            Some(tried) if tried.act == act => tried.fields.get(name).to_owned(),
            _ => own.into(),
        }
    }

    pub(crate) fn error(&self, act: &str, name: &str) -> &str {
        self.tried.as_ref().filter(|tried| tried.act == act && tried.field == name).map_or("", |tried| tried.why.as_str())
    }

    /// A refusal that belongs to no field of its form.
    pub(crate) fn refusal(&self, act: &str, fields: &[&str]) -> &str {
        let tried = self.tried.as_ref().filter(|tried| tried.act == act && !tried.conflict && !fields.contains(&tried.field));
        tried.map_or("", |tried| tried.why.as_str())
    }

    pub(crate) fn is_tried(&self, act: &str) -> bool {
        self.tried.as_ref().is_some_and(|tried| tried.act == act)
    }
}
