//! How much of something is done: the ring, the bar, the meter.

use std::fmt::{Display, Write as _};

use crate::{
    draw::canvas::{Canvas, Drawing, Num, percent, safe},
    words::Filled,
};

/// How many items are in which state; what is left of `of` is still to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub done: u32,
    pub in_progress: u32,
    pub waiting: u32,
    pub blocked: u32,
    pub of: u32,
}

impl Tally {
    /// Whole percent done, rounded down: 100 only when all is done.
    pub fn percent(self) -> u32 {
        (self.done * 100).checked_div(self.of).unwrap_or(0)
    }

    fn to_do(self) -> u32 {
        self.of.saturating_sub(self.done + self.in_progress + self.waiting + self.blocked)
    }

    /// Tone, start and width in percent of each part that is there.
    fn parts(self) -> impl Iterator<Item = (&'static str, f64, f64)> {
        let parts = [("done", self.done), ("progress", self.in_progress), ("waiting", self.waiting), ("blocked", self.blocked)];
        let share = move |number: u32| percent(f64::from(number), f64::from(self.of));
        parts.into_iter().filter(|(_, number)| *number > 0).scan(0, move |before, (tone, number)| {
            let start = share(*before);
            *before += number;
            Some((tone, start, share(number)))
        })
    }

    fn sentence(self) -> Filled {
        let said = t!("draw.tally").with("done", self.done).with("of", self.of).with("progress", self.in_progress);
        said.with("waiting", self.waiting).with("blocked", self.blocked).with("todo", self.to_do())
    }
}

/// A bar in the colours of the states.
pub fn bar(tally: Tally) -> Drawing {
    let mut svg = format!("<svg class=\"bar\" role=\"img\" aria-label=\"{}\">", safe(tally.sentence()));
    for (tone, start, width) in tally.parts() {
        let _ = write!(svg, "<rect data-st=\"{tone}\" x=\"{}%\" width=\"{}%\" height=\"100%\"/>", Num(start), Num((width - 0.5).max(0.5)));
    }
    Canvas::of(svg + "</svg>")
}

/// One part of a whole in one tone.
pub fn meter(part: u32, of: u32, tone: &str, label: impl Display) -> Drawing {
    let width = percent(f64::from(part.min(of)), f64::from(of));
    let (tone, label) = (safe(tone), safe(label));
    Canvas::of(format!(
        "<svg class=\"bar\" role=\"img\" aria-label=\"{label}\"><rect data-st=\"{tone}\" width=\"{}%\" height=\"100%\"/></svg>",
        Num(width)
    ))
}

/// The readiness ring, `size` pixels wide, with a tick where the plan wants it today (in percent).
pub fn ring(tally: Tally, size: u32, plan: Option<u32>) -> Drawing {
    let mut label = t!("draw.ring").with("percent", tally.percent()).with("tally", tally.sentence()).to_string();
    if let Some(plan) = plan {
        let _ = write!(label, " {}", t!("draw.ring_plan").with("percent", plan));
    }
    let label = safe(label);
    let mut svg =
        format!("<svg class=\"ring\" viewBox=\"0 0 36 36\" width=\"{size}\" height=\"{size}\" role=\"img\" aria-label=\"{label}\">");
    svg.push_str("<circle class=\"t\" cx=\"18\" cy=\"18\" r=\"15.5\"/>");
    for (tone, start, width) in tally.parts() {
        let (dash, offset) = (Num((width - 0.9).max(0.3)), Num(-start));
        let _ = write!(
            svg,
            "<circle data-st=\"{tone}\" cx=\"18\" cy=\"18\" r=\"15.5\" pathLength=\"100\" stroke-dasharray=\"{dash} 100\" stroke-dashoffset=\"{offset}\" transform=\"rotate(-90 18 18)\"/>"
        );
    }
    if let Some(plan) = plan {
        let _ = write!(svg, "<line x1=\"18\" y1=\"-.6\" x2=\"18\" y2=\"5.6\" transform=\"rotate({} 18 18)\"/>", Num(f64::from(plan) * 3.6));
    }
    let _ = write!(svg, "<text x=\"18\" y=\"21.2\">{}</text></svg>", tally.percent());
    Canvas::of(svg)
}

#[cfg(test)]
mod tests {
    use crate::draw::tally::{Tally, bar, meter, ring};

    const HALF: Tally = Tally { done: 5, in_progress: 2, waiting: 1, blocked: 0, of: 10 };

    #[test]
    fn parts_stand_one_after_the_other() {
        let svg = bar(HALF).to_string();
        assert!(svg.contains("data-st=\"done\" x=\"0%\" width=\"49.5%\""), "{svg}");
        assert!(svg.contains("data-st=\"progress\" x=\"50%\" width=\"19.5%\""), "{svg}");
        assert!(svg.contains("data-st=\"waiting\" x=\"70%\" width=\"9.5%\""), "{svg}");
        assert!(!svg.contains("blocked\" x"), "{svg}");
    }

    #[test]
    fn the_ring_says_the_same_as_a_sentence() {
        let svg = ring(HALF, 52, Some(48)).to_string();
        assert!(
            svg.contains("Readiness 50 %: 5 of 10 done, 2 in progress, 1 waiting, 0 blocked, 2 to do. The plan for today is 48 %."),
            "{svg}"
        );
        assert!(svg.contains("rotate(172.8 18 18)"), "{svg}");
    }

    #[test]
    fn nothing_is_not_ready_and_not_an_error() {
        let none = Tally::default();
        assert_eq!(none.percent(), 0);
        assert!(!bar(none).to_string().contains("NaN") && !meter(0, 0, "done", "").to_string().contains("NaN"));
    }

    #[test]
    fn a_hundred_percent_is_all_of_it() {
        assert_eq!(Tally { done: 199, of: 200, ..Tally::default() }.percent(), 99);
    }
}
