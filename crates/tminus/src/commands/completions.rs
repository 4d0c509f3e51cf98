//! Completions for shells.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Tminus;
use crate::exit::Stop;

#[derive(Args, Debug)]
pub(crate) struct Completions {
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<(), Stop> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Tminus::command(), "tminus", &mut text);
        std::io::Write::write_all(&mut std::io::stdout().lock(), &text)
            .or_else(|error| if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
            .map_err(|error| Stop::unavailable(format!("the completions cannot be written: {error}")))
    }
}
