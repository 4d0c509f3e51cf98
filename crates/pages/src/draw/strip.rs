//! The countdown strip: phases, milestones, freezes, now, and every item on the day it is due or was done.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use crate::{
    draw::{
        canvas::{Canvas, Drawing, Ink, Num, percent, safe},
        labels::{Label, Place, Wanted, Width, arrange, stack, width_of},
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
    /// It is named before all others.
    pub first: bool,
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
/// How much lower all stands if the names take a second row.
const SECOND_ROW: f64 = 32.0;
/// So many squares fit under the rail.
const STACK: usize = 6;

pub fn strip(strip: &Strip) -> Drawing {
    let last = strip.date(strip.days.saturating_sub(1));
    let label = t!("draw.strip").with("from", day(strip.from)).with("to", day(last)).with("today", day(strip.today)).to_string();
    let named = strip
        .milestones
        .iter()
        .map(|milestone| t!("draw.milestone").with("name", &milestone.name).with("day", day(milestone.date)).to_string());
    let label = format!("{label} {}", named.collect::<Vec<_>>().join(", "));
    let shown: Vec<_> = strip.milestones.iter().filter(|milestone| strip.shows(milestone.date)).collect();
    let wanted = |width| shown.iter().map(|milestone| milestone.wanted(strip.noon(milestone.date), width)).collect::<Vec<_>>();
    let [wide, phone] = [Width::Wide, Width::Phone].map(|width| arrange(&wanted(width), width));
    let lower = if wide.iter().flatten().any(|label| label.row > 0) { SECOND_ROW } else { 0.0 };
    let mut canvas = Canvas::new(if lower > 0.0 { 208 } else { 176 }, label);
    canvas.moved((0.0, lower), |canvas| strip.draw_free_days(canvas));
    for milestone in &shown {
        milestone.draw_line(&mut canvas, strip.noon(milestone.date), FLOOR + lower);
    }
    for ((milestone, wide), phone) in shown.iter().zip(wide).zip(phone) {
        milestone.draw_name(&mut canvas, strip.noon(milestone.date), (wide, phone));
    }
    canvas.moved((0.0, lower), |canvas| {
        strip.draw_rail(canvas);
        strip.draw_freezes(canvas);
        if strip.shows(strip.today) {
            canvas.upright("now", strip.noon(strip.today), (40.0, 146.0));
        }
        strip.draw_items(canvas);
        canvas.line("ax", (0.0, 100.0), (FLOOR + 0.5, FLOOR + 0.5));
        strip.draw_days(canvas);
    });
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
        let mut high: Option<(Date, bool)> = None;
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
                // Numbers of days beside each other take turns in being higher; the halo keeps lines off them.
                let beside = high.is_some_and(|(before, is_high)| !is_high && days_between(before, date) < 2.0);
                high = Some((date, beside));
                let y = FLOOR - if beside { 81.0 } else { 69.5 };
                canvas.text("mid m halo hide-s", (self.noon(date), y), t!("draw.more").with("n", items.len() - shown));
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
        let today = t!("draw.today");
        let half = |words: &str| width_of(words, Width::Phone) / 2.0;
        // On a phone only those that leave room for today and for each other.
        let mut until = f64::MIN;
        for (date, countdown) in self.ticks.iter().filter(|(date, _)| self.shows(*date) && !near_today(*date)) {
            let x = self.noon(*date);
            let half_of = half(&countdown.to_string());
            let covers_today = self.shows(self.today) && (x - self.noon(self.today)).abs() < half_of + half(today.text());
            let fits = !covers_today && x - half_of >= until;
            if fits {
                until = x + half_of;
            }
            let anchor = if x < 2.0 { "" } else { "mid" };
            canvas.text(&format!("{anchor}{}", if fits { "" } else { " hide-s" }), (if x < 2.0 { 0.0 } else { x }, 170.0), countdown);
        }
        if self.shows(self.today) {
            let x = Num(self.noon(self.today));
            canvas.raw(format_args!(
                "<rect class=\"nowf\" x=\"{x}%\" y=\"144\" width=\"20\" height=\"15\" rx=\"7.5\" transform=\"translate(-10 0)\"/>"
            ));
            canvas.text("nowt mid", (self.noon(self.today), 155.5), self.today.day());
            // At an edge the word stays inside the drawing.
            for placed in stack([(self.noon(self.today), today.text())]) {
                canvas.text(&format!("{} b", placed.anchor), (placed.x, 171.0), today);
            }
        }
    }
}

impl Milestone {
    /// `Tue 1 Dec  T−0`
    fn under(&self) -> String {
        self.countdown.map_or_else(|| day(self.date), |countdown| format!("{}  {countdown}", day(self.date)))
    }

    /// On a phone there is room for the name alone.
    fn wanted(&self, x: f64, width: Width) -> Wanted {
        let letters = |text: &str| text.chars().count();
        let name = letters(&self.name);
        let (full, short) = match width {
            Width::Wide => (name.max(letters(&self.under())), name.max(letters(&day(self.date)))),
            Width::Phone => (name, name),
        };
        Wanted { x, full, short, first: self.first }
    }

    fn draw_line(&self, canvas: &mut Canvas, x: f64, floor: f64) {
        let title = safe(format_args!("{} {}", self.name, self.under()));
        let (x, floor) = (Num(x), Num(floor));
        canvas.raw(format_args!("<line class=\"ax\" x1=\"{x}%\" x2=\"{x}%\" y1=\"8\" y2=\"{floor}\"><title>{title}</title></line>"));
    }

    fn draw_name(&self, canvas: &mut Canvas, x: f64, (wide, phone): (Option<Label>, Option<Label>)) {
        let side = |label: Label| if label.place == Place::Right { (7.0, "") } else { (-7.0, " end") };
        let row = |label: Label| if label.row > 0 { 1.0 } else { 0.0 };
        if let Some(label) = wide {
            let (shift, end) = side(label);
            canvas.moved((shift, row(label) * SECOND_ROW), |canvas| {
                canvas.text(&format!("b halo{end} hide-s"), (x, 14.0), &self.name);
                canvas.text(&format!("halo{end} hide-s"), (x, 29.0), if label.short { day(self.date) } else { self.under() });
            });
        }
        if let Some(label) = phone {
            let (shift, end) = side(label);
            canvas.moved((shift, row(label) * 16.0), |canvas| canvas.text(&format!("b halo{end} only-s"), (x, 14.0), &self.name));
        }
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
            milestones: vec![Milestone {
                name: "Kick<off>".into(),
                date: date(2026, 12, 1),
                countdown: Some(Countdown { days_left: 0 }),
                first: true,
            }],
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
        assert!(svg.contains("halo hide-s\" x=\"21.25%\" y=\"70.5\""), "{svg}");
        assert!(svg.contains("data-st=\"done\" x=\"21.25%\" y=\"127\""), "{svg}");
    }

    #[test]
    fn numbers_of_days_beside_each_other_stand_at_different_heights() {
        let items: Vec<_> = [10, 11, 12]
            .into_iter()
            .flat_map(|on| (0..9).map(move |n| Square { on: date(2026, 11, on), tone: "todo", title: n.to_string() }))
            .collect();
        let svg = strip(&Strip { items, ..sample() }).to_string();
        let heights: Vec<_> =
            svg.match_indices("mid m halo").filter_map(|(at, _)| svg[at..].split("y=\"").nth(1)?.split('"').next()).collect();
        assert_eq!(heights, ["70.5", "59", "70.5"], "{svg}");
    }

    #[test]
    fn kick_off_and_the_end_of_sprint_0_are_always_named() {
        let named = |name: &str, day: i8, first| Milestone { name: name.into(), date: date(2026, 12, day), countdown: None, first };
        let list = [
            ("Interviews start", 1, false),
            ("Interviews end", 3, false),
            ("Kick-off", 7, true),
            ("Sprint 0 starts", 7, false),
            ("Sprint 0 ends", 11, true),
        ];
        let milestones = list.map(|(name, day, first)| named(name, day, first)).to_vec();
        let svg = strip(&Strip { milestones, ..sample() }).to_string();
        for name in ["Kick-off", "Sprint 0 ends"] {
            assert_eq!(svg.matches(&format!(">{name}</text>")).count(), 2, "once on a desk and once on a phone: {svg}");
        }
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
