//! Where a practice is kept, as the command line and the surroundings say.

use std::path::{Path, PathBuf};

use clap::Args;
use tminus_store::Opening;

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// The folder with the database and the attached files [default: `$XDG_DATA_HOME/tminus` or `~/.local/share/tminus`]
    #[arg(long, global = true, value_name = "DIR", env = "TMINUS_DATA", help_heading = "Where")]
    data: Option<PathBuf>,
    /// A SQLite file, or postgres://… [default: tminus.db in the data folder]
    #[arg(long, global = true, value_name = "FILE|URL", env = "TMINUS_DATABASE", hide_env_values = true, help_heading = "Where")]
    database: Option<String>,
    /// The folder with the attached files [default: files in the data folder]
    #[arg(long, global = true, value_name = "DIR", env = "TMINUS_FILES", help_heading = "Where")]
    files: Option<PathBuf>,
    /// Whose rights the command uses, by e-mail address [default: the only administrator]
    #[arg(long = "as", global = true, value_name = "EMAIL", env = "TMINUS_AS", help_heading = "Who")]
    pub(crate) who: Option<String>,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Place {
    /// The SQLite file. `None` over PostgreSQL and in memory.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        match &self.database {
            None => Some(self.data().join("tminus.db")),
            Some(url) if url.contains(":memory:") => None,
            Some(text) => match text.strip_prefix("sqlite:") {
                Some(path) => Some(path.trim_start_matches("//").split('?').next().unwrap_or_default().into()),
                None if text.contains("://") => None,
                None => Some(text.into()),
            },
        }
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.files.clone().unwrap_or_else(|| match (&self.database, self.file()) {
            // Files stay beside the database they belong to.
            (Some(_), Some(file)) if self.data.is_none() => file.parent().unwrap_or(Path::new(".")).join("files"),
            _ => self.data().join("files"),
        })
    }

    fn data(&self) -> PathBuf {
        let home = || std::env::home_dir().map(|home| home.join(".local/share"));
        let shared = || std::env::var_os("XDG_DATA_HOME").filter(|it| !it.is_empty()).map(PathBuf::from).or_else(home);
        self.data.clone().or_else(|| shared().map(|shared| shared.join("tminus"))).unwrap_or_else(|| "data".into())
    }

    pub(crate) fn opening(&self) -> Opening {
        let given = self.database.as_deref().filter(|text| text.contains("://") || text.starts_with("sqlite:")).map(str::to_owned);
        let database = given.or_else(|| self.file().map(|file| url_of(&file))).unwrap_or_default();
        let files = (!database.contains(":memory:")).then(|| self.files());
        Opening { database, files }
    }

    /// Where it is, to show: without a password.
    pub(crate) fn shown(&self) -> String {
        match self.file() {
            Some(file) => file.display().to_string(),
            None => without_secret(self.database.as_deref().unwrap_or_default()),
        }
    }
}

/// A path as a URL that SQLite is opened with.
pub(crate) fn url_of(file: &Path) -> String {
    let path = file.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}")
}

fn without_secret(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{}", place.split('?').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(data: Option<&str>, database: Option<&str>) -> Place {
        Place { data: data.map(Into::into), database: database.map(Into::into), files: None, who: None, json: false }
    }

    #[test]
    fn a_database_is_a_file_of_the_data_folder_a_path_or_a_url() {
        assert_eq!(place(Some("/d"), None).opening().database, "sqlite:///d/tminus.db");
        assert_eq!(place(Some("/d"), Some("/x/a?b.db")).opening().database, "sqlite:///x/a%3Fb.db");
        assert_eq!(place(None, Some("/x/a.db")).files(), PathBuf::from("/x/files"));
        assert_eq!(place(None, Some("sqlite:///x/a.db")).file(), Some("/x/a.db".into()));
        assert_eq!(place(Some("/d"), Some("postgres://h/db")).file(), None);
        assert_eq!(place(None, Some("sqlite::memory:")).opening().files, None);
    }

    #[test]
    fn a_password_in_the_address_of_a_database_is_never_shown() {
        let shown = place(None, Some("postgres://ann:s3cr3t@host:5432/tminus?password=s3cr3t")).shown();
        assert_eq!(shown, "postgres://host:5432/tminus");
    }
}
