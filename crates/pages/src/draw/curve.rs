//! Curves: a forecast over days, a trend over months, a line beside a number.

use std::fmt::{Display, Write as _};

use jiff::civil::Date;

use crate::{
    draw::canvas::{Canvas, Drawing, Num, percent, safe},
    when::{day, short_day},
};

/// The chance of being ready by each of some days.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Days in order, each with its chance in percent.
    pub points: Vec<(Date, u32)>,
    /// Milestones among these days, named on the curve.
    pub marks: Vec<(Date, String)>,
    /// The curve is filled up to here.
    pub until: Date,
}

pub fn forecast(forecast: &Forecast, height: u32) -> Drawing {
    let last = f64::from(u32::try_from(forecast.points.len().saturating_sub(1)).unwrap_or(u32::MAX));
    let place: Vec<(f64, f64)> =
        (0_u32..).zip(&forecast.points).map(|(index, (_, chance))| (percent(f64::from(index), last), f64::from(*chance))).collect();
    let marks: Vec<(&str, Date, f64, f64)> = forecast
        .marks
        .iter()
        .filter_map(|(date, name)| {
            forecast.points.iter().position(|(day, _)| day == date).map(|at| (name.as_str(), *date, place[at].0, place[at].1))
        })
        .collect();
    let said = marks
        .iter()
        .map(|(name, date, _, chance)| t!("draw.chance").with("percent", chance).with("name", name).with("day", day(*date)).to_string());
    let mut canvas = Canvas::new(height, t!("draw.forecast").with("marks", said.collect::<Vec<_>>().join(", ")));
    let (top, tall) = (8.0, f64::from(height.saturating_sub(30)));
    let y = |chance: f64| top + tall * (1.0 - chance / 100.0);
    for chance in [50.0, 100.0] {
        canvas.line("grid", (0.0, 100.0), (y(chance), y(chance)));
        canvas.text("", (0.0, y(chance) - 4.0), format_args!("{chance} %"));
    }
    let filled = forecast.points.iter().take_while(|(day, _)| *day <= forecast.until).count();
    inner(&mut canvas, &place, filled, (top, tall));
    canvas.line("ax", (0.0, 100.0), (top + tall, top + tall));
    for (name, date, x, chance) in marks {
        canvas.upright("dash", x, (y(chance), top + tall));
        canvas.raw(format_args!("<circle class=\"dot\" cx=\"{}%\" cy=\"{}\" r=\"4.5\"/>", Num(x), Num(y(chance))));
        canvas.moved((-9.0, -3.0), |canvas| canvas.text("end b", (x, y(chance)), format_args!("{chance} %")));
        canvas.text("mid m", (x, top + tall + 16.0), format_args!("{name} {}", short_day(date)));
    }
    if let (Some((first, _)), Some((last, _))) = (forecast.points.first(), forecast.points.last()) {
        canvas.text("hide-s", (0.0, top + tall + 16.0), short_day(*first));
        canvas.text("end hide-s", (100.0, top + tall + 16.0), short_day(*last));
    }
    canvas.done()
}

/// Values in order between `low` and `high`, with words under both ends.
pub fn trend(values: &[f64], (low, high): (f64, f64), (first, last): (&str, &str), label: impl Display) -> Drawing {
    let mut canvas = Canvas::new(76, label);
    let place = spread(values, (low, high), (0.0, 100.0));
    inner(&mut canvas, &place, place.len(), (0.0, 56.0));
    canvas.line("ax", (0.0, 100.0), (56.0, 56.0));
    canvas.text("", (0.0, 72.0), first);
    canvas.text("end", (100.0, 72.0), last);
    canvas.done()
}

/// A line beside a number that says it all.
pub fn spark(values: &[f64]) -> Drawing {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut path = String::new();
    for (index, (x, y)) in spread(values, (low, high), (2.0, 18.0)).into_iter().enumerate() {
        let _ = write!(path, "{}{} {}", if index == 0 { "M" } else { "L" }, Num(x), Num(20.0 - y));
    }
    Canvas::of(format!(
        "<svg class=\"draw\" height=\"18\" viewBox=\"0 0 100 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><path class=\"curve\" d=\"{}\"/></svg>",
        safe(path)
    ))
}

/// x over the whole width; y between `from` and `to` as the value is between `low` and `high`.
fn spread(values: &[f64], (low, high): (f64, f64), (from, to): (f64, f64)) -> Vec<(f64, f64)> {
    let last = f64::from(u32::try_from(values.len().saturating_sub(1)).unwrap_or(u32::MAX));
    let share = |value: f64| if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
    (0_u32..).zip(values).map(|(index, value)| (percent(f64::from(index), last), from + (to - from) * share(*value))).collect()
}

/// The curve through the points, and its area up to the `filled`th, stretched between `top` and `top + tall`.
fn inner(canvas: &mut Canvas, points: &[(f64, f64)], filled: usize, (top, tall): (f64, f64)) {
    if points.len() < 2 {
        return;
    }
    let down: Vec<_> = points.iter().map(|(x, y)| (*x, 100.0 - y)).collect();
    canvas.raw(format_args!(
        "<svg y=\"{}\" width=\"100%\" height=\"{}\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\">",
        Num(top),
        Num(tall)
    ));
    if filled > 1 {
        let area = &down[..filled.min(down.len())];
        canvas.raw(format_args!("<path class=\"area\" d=\"{}V100H{}z\"/>", smooth(area), Num(area[0].0)));
    }
    canvas.raw(format_args!("<path class=\"curve\" d=\"{}\"/></svg>", smooth(&down)));
}

/// A monotone cubic (Fritsch and Butland): it never swings above or below the points it goes through.
fn smooth(points: &[(f64, f64)]) -> String {
    let slopes: Vec<f64> = points.windows(2).map(|pair| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0)).collect();
    let inside = slopes.windows(2).map(|pair| if pair[0] * pair[1] <= 0.0 { 0.0 } else { 2.0 / (1.0 / pair[0] + 1.0 / pair[1]) });
    let tangents: Vec<f64> = slopes.first().copied().into_iter().chain(inside).chain(slopes.last().copied()).collect();
    let mut path = points.first().map(|(x, y)| format!("M{} {}", Num(*x), Num(*y))).unwrap_or_default();
    for (index, pair) in points.windows(2).enumerate() {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let third = (to_x - x) / 3.0;
        let (first, second) = (y + tangents[index] * third, to_y - tangents[index + 1] * third);
        let _ = write!(path, "C{} {} {} {} {} {}", Num(x + third), Num(first), Num(to_x - third), Num(second), Num(to_x), Num(to_y));
    }
    path
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::draw::curve::{Forecast, forecast, smooth, spark, trend};

    #[test]
    fn the_forecast_says_its_chances() {
        let given = Forecast {
            points: vec![(date(2026, 12, 1), 16), (date(2026, 12, 2), 30), (date(2026, 12, 8), 71)],
            marks: vec![(date(2026, 12, 8), "Sprint <0>".into()), (date(2027, 1, 1), "Never".into())],
            until: date(2026, 12, 2),
        };
        let svg = forecast(&given, 130).to_string();
        assert!(svg.contains("71 % by Sprint &#60;0&#62;, Tue 8 Dec"), "{svg}");
        assert!(svg.contains("cx=\"100%\" cy=\"37\""), "{svg}");
        assert!(!svg.contains("Never") && !svg.contains("<0>"), "{svg}");
    }

    #[test]
    fn a_curve_never_leaves_the_range_of_its_points() {
        let path = smooth(&[(0.0, 90.0), (50.0, 90.0), (100.0, 10.0)]);
        assert!(path.starts_with("M0 90C16.67 90 33.33 90 50 90C"), "{path}");
    }

    #[test]
    fn one_value_or_none_is_no_curve_and_no_error() {
        for values in [&[][..], &[5.0]] {
            let drawn = trend(values, (0.0, 10.0), ("", ""), "").to_string() + &spark(values).to_string();
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
    }
}
