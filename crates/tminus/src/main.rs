//! Tminus: takes a consulting engagement from a signed statement of work to a team that can work.

mod built_in;
mod clock;
mod commands;
mod config;
mod exit;
mod open;
mod print;
mod progress;
mod sample;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{commands::Tminus, exit::Stop, print::Out};

fn main() -> ExitCode {
    let tminus = match Tminus::try_parse() {
        Ok(tminus) => tminus,
        Err(wrong) => return not_understood(&wrong),
    };
    let out = Out { json: tminus.place.json };
    let mut runtime =
        if tminus.is_serve() { tokio::runtime::Builder::new_multi_thread() } else { tokio::runtime::Builder::new_current_thread() };
    let result = match runtime.enable_all().build() {
        Ok(runtime) => runtime.block_on(tminus.run(out)),
        Err(error) => Err(Stop::unavailable(format!("Tminus could not start: {error}"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.tell(out),
    }
}

/// A program that asked for JSON reads why as JSON too; help and versions are for people.
fn not_understood(wrong: &clap::Error) -> ExitCode {
    let json = std::env::args_os().skip(1).take_while(|it| it != "--").any(|it| it == "--json");
    if !(json && wrong.use_stderr()) {
        wrong.exit();
    }
    let text = wrong.render().to_string();
    let message = text.strip_prefix("error: ").unwrap_or(&text).trim();
    Stop::usage(message).tell(Out { json })
}
