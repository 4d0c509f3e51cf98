//! Progress of long work, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar towards a known end.
pub(crate) fn bar(what: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
    started(ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr()), what, style)
}

/// Work whose end is not known.
pub(crate) fn spinner(what: &'static str) -> ProgressBar {
    let spinner =
        started(ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()), what, ProgressStyle::with_template("{spinner} {msg}"));
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

fn started(bar: ProgressBar, what: &'static str, style: Result<ProgressStyle, indicatif::style::TemplateError>) -> ProgressBar {
    // Drawing to standard error shows nothing where it is not a terminal.
    let bar = bar.with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
