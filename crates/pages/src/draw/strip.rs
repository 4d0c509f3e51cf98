//! The countdown strip: phases, milestones, freezes, now, and every item on the day it is due or was done.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::{
    draw::{
        canvas::{Canvas, Drawing, Ink, Num, percent, safe},
        labels::{Label, Place, Wanted, arrange},
        row::days_between,
    },
    when::{Countdown, day},
};

/// All that the strip shows, on `days` days from `from`.
#[derive(Clone, Debug)]
pub struct Strip {
    pub from: Date,
    pub days: u16,
    pub today: Date,
    /// Days on which nobody can be asked, with the holiday's name or nothing.
    pub free: Vec<(Date, String)>,
    /// In order.
    pub milestones: Vec<Milestone>,
    /// Change freezes and the like.
    pub freezes: Vec<Span>,
    pub items: Vec<Square>,
    /// `T−6` under some days; Mondays do well.
    pub ticks: Vec<(Date, Countdown)>,
}

#[derive(Clone, Debug)]
pub struct Milestone {
    pub name: String,
    pub date: Date,
    pub countdown: Option<Countdown>,
}

#[derive(Clone, Debug)]
pub struct Span {
    pub name: String,
    pub from: Date,
    pub to: Date,
}

/// One item.
#[derive(Clone, Debug)]
pub struct Square {
    pub on: Date,
    /// `data-st` of its state.
    pub tone: &'static str,
    /// `2.1 Background checks: In progress`
    pub title: String,
}

/// The ground the squares stand on.
const FLOOR: f64 = 140.0;
/// So many squares fit under the rail.
const STACK: usize = 6;

pub fn strip(strip: &Strip) -> Drawing {
    let last = strip.date(strip.days.saturating_sub(1));
    let label = t!("draw.strip").with("from", day(strip.from)).with("to", day(last)).with("today", day(strip.today)).to_string();
    let named = strip
        .milestones
        .iter()
        .map(|milestone| t!("draw.milestone").with("name", &milestone.name).with("day", day(milestone.date)).to_string());
    let mut canvas = Canvas::new(176, format_args!("{label} {}", named.collect::<Vec<_>>().join(", ")));
    strip.draw_free_days(&mut canvas);
    strip.draw_rail(&mut canvas);
    strip.draw_milestones(&mut canvas);
    strip.draw_freezes(&mut canvas);
    if strip.shows(strip.today) {
        canvas.upright("now", strip.noon(strip.today), (40.0, 146.0));
    }
    strip.draw_items(&mut canvas);
    canvas.line("ax", (0.0, 100.0), (FLOOR + 0.5, FLOOR + 0.5));
    strip.draw_days(&mut canvas);
    canvas.done()
}

impl Strip {
    fn date(&self, index: u16) -> Date {
        self.from.checked_add(jiff::Span::new().days(i64::from(index))).unwrap_or(self.from)
    }

    fn x(&self, date: Date, within: f64) -> f64 {
        percent(days_between(self.from, date) + within, f64::from(self.days)).clamp(0.0, 100.0)
    }

    fn noon(&self, date: Date) -> f64 {
        self.x(date, 0.5)
    }

    fn shows(&self, date: Date) -> bool {
        (0.0..f64::from(self.days)).contains(&days_between(self.from, date))
    }

    fn is_free(&self, date: Date) -> bool {
        self.free.iter().any(|(free, _)| *free == date)
    }

    fn draw_free_days(&self, canvas: &mut Canvas) {
        for (date, name) in self.free.iter().filter(|(date, _)| self.shows(*date)) {
            let title = if name.is_empty() { day(*date) } else { format!("{}: {name}", day(*date)) };
            canvas.named_block(Ink::Class("off"), (self.x(*date, 0.0), percent(1.0, f64::from(self.days))), (58.0, 82.0), title);
        }
    }

    /// Elapsed and ahead, with a small gap before each milestone.
    fn draw_rail(&self, canvas: &mut Canvas) {
        let now = self.noon(self.today);
        let ends = self.milestones.iter().map(|milestone| self.noon(milestone.date)).filter(|x| *x > 0.0).chain([100.0]);
        let mut start = 0.0;
        for end in ends {
            let stop = (end - 0.22).max(start);
            canvas.block(Ink::Class("past"), (start, now.min(stop) - start), (46.0, 5.0));
            canvas.block(Ink::Class("ahead"), (start.max(now), stop - start.max(now)), (46.0, 5.0));
            start = end;
        }
    }

    fn draw_milestones(&self, canvas: &mut Canvas) {
        let shown: Vec<_> = self.milestones.iter().filter(|milestone| self.shows(milestone.date)).collect();
        let wanted: Vec<_> = shown.iter().map(|milestone| milestone.wanted(self.noon(milestone.date))).collect();
        for (milestone, label) in shown.into_iter().zip(arrange(&wanted)) {
            milestone.draw(canvas, self.noon(milestone.date), label);
        }
    }

    fn draw_freezes(&self, canvas: &mut Canvas) {
        for span in self
            .freezes
            .iter()
            .filter(|span| days_between(self.from, span.to) >= 0.0 && days_between(span.from, self.date(self.days)) > 0.0)
        {
            let (from, to) = (self.x(span.from, 0.0), self.x(span.to, 1.0));
            canvas.line("ax", (from, to), (62.5, 62.5));
            for x in [from, to] {
                canvas.upright("ax", x, (59.0, 66.0));
            }
            // The name stands in the line with a halo of the surface.
            canvas.text("mid halo hide-s", (f64::midpoint(from, to), 66.0), &span.name);
        }
    }

    fn draw_items(&self, canvas: &mut Canvas) {
        let mut days: BTreeMap<Date, Vec<&Square>> = BTreeMap::new();
        for item in self.items.iter().filter(|item| self.shows(item.on)) {
            days.entry(item.on).or_default().push(item);
        }
        for (date, mut items) in days {
            items.sort_by_key(|item| {
                ["done", "progress", "waiting", "blocked"].iter().position(|tone| *tone == item.tone).unwrap_or(usize::MAX)
            });
            let shown = if items.len() > STACK { STACK - 1 } else { items.len() };
            for (level, item) in (1_u32..).zip(&items[..shown]) {
                canvas.raw(format_args!(
                    "<rect class=\"sq\" data-st=\"{}\" x=\"{}%\" y=\"{}\" width=\"11\" height=\"11\" rx=\"2\" transform=\"translate(-5.5 0)\"><title>{}</title></rect>",
                    safe(item.tone),
                    Num(self.noon(date)),
                    Num(FLOOR - 13.0 * f64::from(level)),
                    safe(&item.title)
                ));
            }
            if items.len() > shown {
                canvas.text("mid m hide-s", (self.noon(date), FLOOR - 68.0), t!("draw.more").with("n", items.len() - shown));
            }
        }
    }

    /// Numbers of the days, countdowns below, and today.
    fn draw_days(&self, canvas: &mut Canvas) {
        let near_today = |date: Date| days_between(self.today, date).abs() * 100.0 / f64::from(self.days.max(1)) < 4.0;
        for date in (0..self.days).map(|index| self.date(index)).filter(|date| *date != self.today && !self.is_free(*date)) {
            let monday = date.weekday() == Weekday::Monday;
            // Over 45 days the numbers would touch each other.
            if monday || self.days <= 45 {
                canvas.text(if monday { "mid m hide-s" } else { "mid hide-s" }, (self.noon(date), 155.0), date.day());
            }
        }
        for (date, countdown) in self.ticks.iter().filter(|(date, _)| self.shows(*date) && !near_today(*date)) {
            let x = self.noon(*date);
            canvas.text(if x < 2.0 { "" } else { "mid" }, (if x < 2.0 { 0.0 } else { x }, 170.0), countdown);
        }
        if self.shows(self.today) {
            let x = Num(self.noon(self.today));
            canvas.raw(format_args!(
                "<rect class=\"nowf\" x=\"{x}%\" y=\"144\" width=\"20\" height=\"15\" rx=\"7.5\" transform=\"translate(-10 0)\"/>"
            ));
            canvas.text("nowt mid", (self.noon(self.today), 155.5), self.today.day());
            canvas.text("mid b", (self.noon(self.today), 171.0), t!("draw.today"));
        }
    }
}

impl Milestone {
    /// `Tue 1 Dec  T−0`
    fn under(&self) -> String {
        self.countdown.map_or_else(|| day(self.date), |countdown| format!("{}  {countdown}", day(self.date)))
    }

    fn wanted(&self, x: f64) -> Wanted {
        let letters = |text: &str| text.chars().count();
        Wanted { x, name: letters(&self.name), full: letters(&self.under()), short: letters(&day(self.date)) }
    }

    fn draw(&self, canvas: &mut Canvas, x: f64, label: Label) {
        let title = safe(format_args!("{} {}", self.name, self.under()));
        canvas
            .raw(format_args!("<line class=\"ax\" x1=\"{x}%\" x2=\"{x}%\" y1=\"8\" y2=\"140\"><title>{title}</title></line>", x = Num(x)));
        let (shift, end) = match label.place {
            Place::Right => (7.0, ""),
            Place::Left => (-7.0, " end"),
            Place::Nowhere => return,
        };
        let phone = if label.on_phone { "" } else { " hide-s" };
        let under = if label.short { day(self.date) } else { self.under() };
        canvas.moved((shift, 0.0), |canvas| {
            canvas.text(&format!("b{end}{phone}"), (x, 14.0), &self.name);
            canvas.text(&format!("hide-s{end}"), (x, 30.0), under);
        });
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::{
        draw::strip::{Milestone, Span, Square, Strip, strip},
        when::Countdown,
    };

    fn sample() -> Strip {
        Strip {
            from: date(2026, 11, 2),
            days: 40,
            today: date(2026, 11, 19),
            free: vec![(date(2026, 11, 26), "Thanks<giving>".into()), (date(2026, 12, 31), "outside".into())],
            milestones: vec![Milestone { name: "Kick<off>".into(), date: date(2026, 12, 1), countdown: Some(Countdown { days_left: 0 }) }],
            freezes: vec![Span { name: "Freeze <x>".into(), from: date(2026, 11, 20), to: date(2026, 11, 30) }],
            items: (0..9)
                .map(|n| Square { on: date(2026, 11, 10), tone: if n == 8 { "done" } else { "todo" }, title: format!("2.{n} <b>") })
                .collect(),
            ticks: vec![(date(2026, 11, 9), Countdown { days_left: 13 })],
        }
    }

    #[test]
    fn everything_stands_on_its_day() {
        let svg = strip(&sample()).to_string();
        assert!(svg.contains("<line class=\"now\" x1=\"43.75%\""), "today is the eighteenth of forty days: {svg}");
        assert!(svg.contains("class=\"ax\" x1=\"73.75%\" x2=\"73.75%\" y1=\"8\""), "kick-off: {svg}");
        assert!(svg.contains("<rect class=\"off\" x=\"60%\" y=\"58\" width=\"2.5%\""), "a holiday: {svg}");
        assert!(svg.contains("class=\"past\" x=\"0%\" y=\"46\" width=\"43.75%\"") && svg.contains("class=\"ahead\" x=\"43.75%\""), "{svg}");
        assert!(svg.contains("x1=\"45%\" x2=\"72.5%\" y1=\"62.5\""), "a freeze lasts to the end of its last day: {svg}");
        assert!(!svg.contains("outside"), "{svg}");
    }

    #[test]
    fn a_high_stack_is_counted_instead_and_done_is_lowest() {
        let svg = strip(&sample()).to_string();
        assert_eq!(svg.matches("class=\"sq\"").count(), 5);
        assert!(svg.contains(">+4</text>"), "{svg}");
        assert!(svg.contains("data-st=\"done\" x=\"21.25%\" y=\"127\""), "{svg}");
    }

    #[test]
    fn text_in_any_field_stays_text() {
        let svg = strip(&sample()).to_string();
        for markup in ["<giving>", "<off>", "<x>", "<b>"] {
            assert!(!svg.contains(markup), "{markup}");
        }
    }

    #[test]
    fn no_days_are_no_error() {
        let svg = strip(&Strip { days: 0, ..sample() }).to_string();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
