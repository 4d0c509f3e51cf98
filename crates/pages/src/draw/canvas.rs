//! What every drawing is written with.

use std::fmt::{self, Display, Write as _};

use askama::filters::{Html, HtmlSafe, escape};

/// A finished drawing; templates put it in as it is: every text in it is escaped already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing(String);

impl HtmlSafe for Drawing {}

impl Display for Drawing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A number as SVG likes it: two decimals at most, none needless.
pub(crate) struct Num(pub(crate) f64);

impl Display for Num {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.2}", self.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        out.write_str(if text == "-0" { "0" } else { text })
    }
}

/// `part` of `whole` in percent; nothing of nothing is none.
pub(crate) fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part * 100.0 / whole } else { 0.0 }
}

/// What fills a shape: a class of its own, or the tone of a state.
#[derive(Clone, Copy)]
pub(crate) enum Ink<'a> {
    Class(&'a str),
    Tone(&'a str),
}

impl Display for Ink<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => write!(out, "class=\"{class}\""),
            Self::Tone(tone) => write!(out, "data-st=\"{}\"", safe(tone)),
        }
    }
}

pub(crate) fn safe(text: impl Display) -> String {
    let text = text.to_string();
    escape(text.as_str(), Html).map_or_else(|_| String::new(), |safe| safe.to_string())
}

/// A drawing in the making.
pub(crate) struct Canvas {
    svg: String,
}

impl Canvas {
    /// `height` in pixels; `label` is the sentence that says the same.
    pub(crate) fn new(height: u32, label: impl Display) -> Self {
        Self { svg: format!("<svg class=\"draw\" height=\"{height}\" role=\"img\" aria-label=\"{}\">", safe(label)) }
    }

    /// For a drawing beside words that say it all.
    pub(crate) fn silent(height: u32) -> Self {
        Self { svg: format!("<svg class=\"draw\" height=\"{height}\" aria-hidden=\"true\">") }
    }

    /// From x to x in percent, from y to y in pixels.
    pub(crate) fn line(&mut self, class: &str, x: (f64, f64), y: (f64, f64)) {
        self.raw(format_args!(
            "<line class=\"{class}\" x1=\"{}%\" x2=\"{}%\" y1=\"{}\" y2=\"{}\"/>",
            Num(x.0),
            Num(x.1),
            Num(y.0),
            Num(y.1)
        ));
    }

    pub(crate) fn upright(&mut self, class: &str, x: f64, y: (f64, f64)) {
        self.line(class, (x, x), y);
    }

    /// Left edge and width in percent, top and height in pixels. Nothing of no width.
    pub(crate) fn block(&mut self, ink: Ink, (x, width): (f64, f64), (y, height): (f64, f64)) {
        if width > 0.0 {
            self.raw(format_args!("<rect {ink} x=\"{}%\" y=\"{}\" width=\"{}%\" height=\"{}\"/>", Num(x), Num(y), Num(width), Num(height)));
        }
    }

    /// The same with a name that shows on hover.
    pub(crate) fn named_block(&mut self, ink: Ink, (x, width): (f64, f64), (y, height): (f64, f64), name: impl Display) {
        let title = safe(name);
        self.raw(format_args!(
            "<rect {ink} x=\"{}%\" y=\"{}\" width=\"{}%\" height=\"{}\"><title>{title}</title></rect>",
            Num(x),
            Num(y),
            Num(width),
            Num(height)
        ));
    }

    /// `class` says the anchor: `mid`, `end`, or nothing for the start.
    pub(crate) fn text(&mut self, class: &str, (x, y): (f64, f64), words: impl Display) {
        let words = safe(words);
        self.raw(format_args!("<text class=\"{class}\" x=\"{}%\" y=\"{}\">{words}</text>", Num(x), Num(y)));
    }

    /// Everything that `draw` adds, moved by so many pixels.
    pub(crate) fn moved(&mut self, by: (f64, f64), draw: impl FnOnce(&mut Self)) {
        self.raw(format_args!("<g transform=\"translate({} {})\">", Num(by.0), Num(by.1)));
        draw(self);
        self.raw("</g>");
    }

    /// Markup of our own; never a text from outside.
    pub(crate) fn raw(&mut self, markup: impl Display) {
        let _ = write!(self.svg, "{markup}");
    }

    pub(crate) fn done(mut self) -> Drawing {
        self.svg.push_str("</svg>");
        Drawing(self.svg)
    }

    pub(crate) fn of(svg: String) -> Drawing {
        Drawing(svg)
    }
}

#[cfg(test)]
mod tests {
    use crate::draw::canvas::{Canvas, Num};

    #[test]
    fn numbers_are_short() {
        assert_eq!([12.5, 3.0, 0.004, -0.001, 33.333].map(|number| Num(number).to_string()), ["12.5", "3", "0", "0", "33.33"]);
    }

    #[test]
    fn text_from_outside_stays_text() {
        let mut canvas = Canvas::new(10, "\"><script>");
        canvas.text("b", (0.0, 5.0), "<b onload=\"x\">&");
        let svg = canvas.done().to_string();
        assert!(!svg.contains("<script") && !svg.contains("<b "), "{svg}");
    }
}
