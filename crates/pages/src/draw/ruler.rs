//! T−20 to T+5 without data: for pages that nobody has signed in to.

use crate::{
    draw::canvas::{Canvas, Drawing, percent},
    when::Countdown,
};

pub fn ruler() -> Drawing {
    let x = |day: i32| percent(f64::from(day + 20), 26.0) + 1.0;
    let mut canvas = Canvas::silent(48);
    canvas.line("ax", (0.0, 100.0), (26.5, 26.5));
    for day in -20..=5 {
        let marked = day % 5 == 0;
        canvas.upright(if marked { "ax" } else { "grid" }, x(day), (if marked { 10.0 } else { 18.0 }, 26.0));
        if marked {
            canvas.text(if day == 0 { "mid b" } else { "mid" }, (x(day), 44.0), Countdown { days_left: -day });
        }
    }
    canvas.upright("now", x(0), (2.0, 26.0));
    canvas.done()
}
