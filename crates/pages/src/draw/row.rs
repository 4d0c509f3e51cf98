//! One engagement on the calendar that the whole portfolio shares.

use jiff::civil::Date;

use crate::{
    draw::canvas::{Canvas, Drawing, Ink, percent},
    when::{day, month, short_day},
};

/// The days that all rows show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub from: Date,
    pub days: u32,
    pub today: Date,
}

impl Calendar {
    /// Where a day begins, in percent, held at the edges; `within` is 0 for its morning, 0.5 for noon, 1 for its end.
    fn x(self, date: Date, within: f64) -> f64 {
        percent(days_between(self.from, date) + within, f64::from(self.days)).clamp(0.0, 100.0)
    }

    fn shows(self, date: Date) -> bool {
        (0.0..f64::from(self.days)).contains(&days_between(self.from, date))
    }
}

pub(crate) fn days_between(from: Date, to: Date) -> f64 {
    from.until(to).map_or(0.0, |span| f64::from(span.get_days()))
}

/// One engagement's dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub start: Date,
    pub kick_off: Date,
    pub end: Date,
}

pub fn row(calendar: Calendar, row: Row) -> Drawing {
    let label = t!("draw.row").with("start", day(row.start)).with("kick_off", day(row.kick_off)).with("end", day(row.end));
    let mut canvas = Canvas::new(18, label);
    let (start, kick, end) = (calendar.x(row.start, 0.0), calendar.x(row.kick_off, 0.5), calendar.x(row.end, 1.0));
    let now = calendar.x(calendar.today, 0.5);
    if calendar.shows(calendar.today) {
        // Taller than the row, so that all rows make one line.
        canvas.upright("now", now, (-10.0, 28.0));
    }
    canvas.block(Ink::Class("past"), (start, now.min(end) - start), (7.0, 4.0));
    canvas.block(Ink::Class("ahead"), (start.max(now), end - start.max(now)), (7.0, 4.0));
    if calendar.shows(row.kick_off) {
        canvas.raw(format_args!(
            "<rect class=\"ms\" x=\"{}%\" y=\"4\" width=\"10\" height=\"10\" rx=\"2\" transform=\"translate(-5 0)\"/>",
            crate::draw::canvas::Num(kick)
        ));
    }
    if calendar.shows(row.end) {
        canvas.upright("ax", end, (4.0, 14.0));
    }
    canvas.done()
}

/// The heading over the rows: months and today.
pub fn months(calendar: Calendar) -> Drawing {
    let mut canvas = Canvas::silent(14);
    let now = calendar.x(calendar.today, 0.5);
    let firsts = std::iter::successors(Some(calendar.from), |date| date.first_of_month().checked_add(jiff::Span::new().months(1)).ok());
    for date in firsts.take_while(|date| calendar.shows(*date)) {
        let x = calendar.x(date, 0.0);
        // The words of today are in the middle of their day, those of a month begin with it.
        if x < now - 20.0 || x > now + 11.0 {
            canvas.text("", (x, 11.0), month(date));
        }
    }
    if calendar.shows(calendar.today) {
        canvas.text("mid nowf", (now, 11.0), short_day(calendar.today));
    }
    canvas.done()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::draw::row::{Calendar, Row, months, row};

    const CALENDAR: Calendar = Calendar { from: date(2026, 11, 1), days: 50, today: date(2026, 11, 20) };

    #[test]
    fn elapsed_ends_where_now_is_and_what_is_ahead_begins_there() {
        let svg = row(CALENDAR, Row { start: date(2026, 11, 6), kick_off: date(2026, 12, 1), end: date(2026, 12, 8) }).to_string();
        assert!(svg.contains("class=\"past\" x=\"10%\" y=\"7\" width=\"29%\""), "{svg}");
        assert!(svg.contains("class=\"ahead\" x=\"39%\" y=\"7\" width=\"37%\""), "{svg}");
        assert!(svg.contains("class=\"ms\" x=\"61%\""), "{svg}");
    }

    #[test]
    fn what_lies_outside_the_calendar_is_held_at_its_edge_or_left_out() {
        let svg = row(CALENDAR, Row { start: date(2026, 1, 1), kick_off: date(2026, 2, 1), end: date(2027, 3, 1) }).to_string();
        assert!(svg.contains("class=\"past\" x=\"0%\"") && !svg.contains("class=\"ms\""), "{svg}");
    }

    #[test]
    fn each_month_stands_where_it_begins() {
        let svg = months(CALENDAR).to_string();
        assert!(svg.contains("x=\"0%\" y=\"11\">Nov") && svg.contains("x=\"60%\" y=\"11\">Dec") && svg.contains("20 Nov"), "{svg}");
    }
}
