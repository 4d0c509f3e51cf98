//! How long something takes against the business days that are left.

use crate::draw::{
    canvas::{Canvas, Drawing, Ink, percent},
    labels::{Stacked, stack},
};

/// One line: what it needs, what is left.
#[derive(Clone, Debug)]
pub struct Fit {
    pub name: String,
    /// Business days.
    pub need: u32,
    pub left: u32,
    /// Beside the name: `start by Tue 24 Nov`, `Security board sits on 1 and 15 Dec`.
    pub why: String,
}

/// A short bar; `scale` is how many business days are as wide as the drawing, so that several can be compared.
pub fn fit(fit: &Fit, scale: u32) -> Drawing {
    // The words after the bar need a quarter of the width.
    let x = |days: u32| percent(f64::from(days), f64::from(scale)).min(100.0) * 0.75;
    let label = t!("draw.fit").with("name", &fit.name).with("need", fit.need).with("left", fit.left).with("why", &fit.why);
    let mut canvas = Canvas::new(30, label);
    canvas.text("b", (0.0, 10.0), &fit.name);
    canvas.text("end", (100.0, 10.0), &fit.why);
    canvas.moved((0.0, 16.0), |canvas| bar(canvas, x, fit));
    canvas.done()
}

/// The same without its name and the words beside it, for a list that says them itself.
pub fn fit_bar(fit: &Fit, scale: u32) -> Drawing {
    let x = |days: u32| percent(f64::from(days), f64::from(scale)).min(100.0) * 0.75;
    let mut canvas = Canvas::silent(14);
    bar(&mut canvas, x, fit);
    canvas.done()
}

fn bar(canvas: &mut Canvas, x: impl Fn(u32) -> f64, fit: &Fit) {
    canvas.block(Ink::Class("ahead"), (0.0, x(fit.left)), (6.5, 1.0));
    canvas.block(Ink::Tone("progress"), (0.0, x(fit.need.min(fit.left))), (4.0, 6.0));
    canvas.block(Ink::Tone("late"), (x(fit.left), x(fit.need) - x(fit.left)), (4.0, 6.0));
    canvas.upright("ax", x(fit.left), (0.0, 14.0));
    let words = t!("draw.needs").with("need", fit.need).with("left", fit.left);
    let class = if fit.need > fit.left { "no" } else { "m" };
    canvas.moved((6.0, 0.0), |canvas| canvas.text(class, (x(fit.need.max(fit.left)), 11.0), words));
}

/// The item's own bar: today at the left, what it is due by, when it would be done.
#[derive(Clone, Debug)]
pub struct LeadTime {
    /// Business days it takes, begun today.
    pub need: u32,
    /// Business days to when it has to be done.
    pub left: u32,
    /// What it has to be done by: `Kick-off, 6 bd`.
    pub due: String,
    /// Later dates that matter: business days from today and words, in order.
    pub after: Vec<(u32, String)>,
    /// Business days from today on which it has to be started at the latest, if that is still to come.
    pub start: Option<(u32, String)>,
    /// Under the end of the bar: `clear Mon 7 Dec`.
    pub end: String,
}

pub fn lead_time(lead: &LeadTime) -> Drawing {
    let last = lead.after.iter().map(|(days, _)| *days).chain([lead.need, lead.left]).max().unwrap_or_default() + 1;
    let x = |days: u32| percent(f64::from(days), f64::from(last));
    let label = t!("draw.lead").with("need", lead.need).with("left", lead.left).with("due", &lead.due).with("end", &lead.end);
    let today: &str = t!("draw.today").text();
    let marks: Vec<_> =
        std::iter::once((lead.left, lead.due.as_str())).chain(lead.after.iter().map(|(days, words)| (*days, words.as_str()))).collect();
    let above: Vec<_> = std::iter::once((0.0, today)).chain(marks.iter().map(|(days, words)| (x(*days), *words))).collect();
    let end = (x(lead.need), lead.end.as_str());
    let below: Vec<_> = std::iter::once(end).chain(lead.start.as_ref().map(|(days, words)| (x(*days), words.as_str()))).collect();
    let (top, bottom) = (stack(above.iter().copied()), stack(below.iter().copied()));
    let rows = |placed: &[Stacked]| placed.iter().map(|it| it.row).max().unwrap_or_default();
    let lower = up(rows(&top));
    let mut canvas = Canvas::new(50 + 12 * u32::try_from(rows(&top) + rows(&bottom)).unwrap_or_default(), label);
    canvas.moved((0.0, lower), |canvas| {
        if last <= 40 {
            (0..=last).for_each(|day| canvas.upright("grid", x(day), (14.0, 34.0)));
        }
        canvas.block(Ink::Tone("progress"), (0.0, x(lead.need.min(lead.left))), (20.0, 8.0));
        canvas.block(Ink::Tone("late"), (x(lead.left), x(lead.need) - x(lead.left)), (20.0, 8.0));
        canvas.upright("now", 0.0, (12.0, 36.0));
        for (days, _) in &marks {
            canvas.upright("ax", x(*days), (12.0, 36.0));
        }
        if let Some((days, _)) = &lead.start {
            canvas.upright("kt", x(*days), (16.0, 32.0));
        }
        for (placed, (_, words)) in top.iter().zip(&above) {
            canvas.text(placed.anchor, (placed.x, 8.0 - up(placed.row)), words);
        }
        for (placed, (_, words)) in bottom.iter().zip(&below) {
            canvas.text(placed.anchor, (placed.x, 47.0 + up(placed.row)), words);
        }
    });
    canvas.done()
}

/// How far a row of words is from the first.
fn up(row: usize) -> f64 {
    12.0 * f64::from(u32::try_from(row).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use crate::draw::lead_time::{Fit, LeadTime, fit, fit_bar, lead_time};

    fn checks(need: u32, left: u32) -> Fit {
        Fit { name: "Checks <3>".into(), need, left, why: "start by Tue 24 Nov".into() }
    }

    #[test]
    fn what_does_not_fit_sticks_out_in_red() {
        let svg = fit(&checks(20, 13), 28).to_string();
        assert!(svg.contains("data-st=\"late\" x=\"34.82%\" y=\"4\" width=\"18.75%\""), "{svg}");
        assert!(svg.contains("needs 20 business days, 13 are left"), "{svg}");
        assert!(!svg.contains("<3>"), "{svg}");
    }

    #[test]
    fn the_bar_alone_says_the_same_numbers() {
        let svg = fit_bar(&checks(20, 13), 28).to_string();
        assert!(svg.contains("class=\"no\"") && svg.contains("20 bd, 13 left") && !svg.contains("start by"), "{svg}");
    }

    #[test]
    fn what_fits_has_no_red() {
        assert!(!fit(&checks(10, 13), 28).to_string().contains("data-st=\"late\""));
    }

    #[test]
    fn today_is_at_the_left_and_the_last_date_inside() {
        let lead = LeadTime {
            need: 10,
            left: 6,
            due: "Kick-off, 6 bd".into(),
            after: vec![(11, "Sprint 0 end, 11 bd".into())],
            start: None,
            end: "clear Mon 7 Dec".into(),
        };
        let svg = lead_time(&lead).to_string();
        assert!(svg.contains("<line class=\"now\" x1=\"0%\""), "{svg}");
        assert!(svg.contains("data-st=\"late\" x=\"50%\" y=\"20\" width=\"33.33%\""), "{svg}");
        assert!(svg.contains("class=\"ax\" x1=\"91.67%\""), "{svg}");
    }
}
