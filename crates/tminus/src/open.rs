//! Opening a practice for a command, and knowing whose rights it uses.

use std::{fs::File, path::Path};

use tminus_app::{App, Surroundings, rights::sign_in};
use tminus_domain::{
    people::Person,
    rights::{Actor, Pass, PracticeRole, Via},
};
use tminus_store::Store;

use crate::{clock, config::Place, exit::Stop};

/// An open practice. While it is open nobody restores over it.
pub(crate) struct Practice {
    pub(crate) app: App,
    _hold: Option<File>,
}

/// Opens the practice, and makes it where there is none.
pub(crate) async fn open_or_make(place: &Place) -> Result<Practice, Stop> {
    with_surroundings(place, clock::surroundings()).await
}

pub(crate) async fn with_surroundings(place: &Place, surroundings: Surroundings) -> Result<Practice, Stop> {
    let opening = place.opening();
    let folders = [place.file().and_then(|file| file.parent().map(Path::to_owned)), opening.files.clone()];
    for folder in folders.into_iter().flatten().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(&folder).map_err(|error| Stop::file("made", &folder, &error))?;
    }
    let hold = place.file().map(|file| hold(&file)).transpose()?.flatten();
    let store = Store::open(&opening).await.map_err(|error| Stop::from(error).after(&format!("database: {}", place.shown())))?;
    Ok(Practice { app: App::new(store, surroundings), _hold: hold })
}

/// Opens a practice that is there.
pub(crate) async fn open(place: &Place) -> Result<Practice, Stop> {
    if let Some(file) = place.file().filter(|file| !file.exists()) {
        let make = "`tminus serve` and `tminus person add --first` make one; --data and --database say where";
        return Err(Stop::not_found(format!("there is no database at {}: {make}", file.display())));
    }
    open_or_make(place).await
}

/// Opens a practice, with the actor whose rights the command uses.
pub(crate) async fn open_as(place: &Place) -> Result<(Practice, Actor), Stop> {
    let practice = open(place).await?;
    let actor = actor(&practice.app, place).await?;
    Ok((practice, actor))
}

/// Says that the database is in use. Where the folder cannot be written to, nobody can restore over it either.
fn hold(file: &Path) -> Result<Option<File>, Stop> {
    let Ok(lock) = lock_file(file) else { return Ok(None) };
    match lock.try_lock_shared() {
        Ok(()) => Ok(Some(lock)),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Stop::unavailable(format!("{} is being restored just now: try again when that is done", file.display())))
        }
        Err(std::fs::TryLockError::Error(_)) => Ok(None),
    }
}

/// The file beside a database that says whether it is in use.
pub(crate) fn lock_file(database: &Path) -> std::io::Result<File> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    File::options().create(true).truncate(false).write(true).open(name)
}

/// The actor that `--as` names, or the only administrator.
pub(crate) async fn actor(app: &App, place: &Place) -> Result<Actor, Stop> {
    let person = match &place.who {
        Some(email) => {
            let account = app.store.account_by_email(email).await?.filter(|account| !account.ended);
            account.ok_or_else(|| Stop::not_found(format!("nobody here has the address “{email}” (--as)")))?.person
        }
        None => only_administrator(app).await?,
    };
    Ok(sign_in::actor(person, Via::Cli))
}

async fn only_administrator(app: &App) -> Result<Person, Stop> {
    let mut administrators = app.store.administrators().await?;
    match (administrators.pop(), administrators.len()) {
        (Some(only), 0) => Ok(only),
        (Some(last), _) => {
            let names: Vec<_> = administrators.iter().chain([&last]).map(|person| person.email.as_str()).collect();
            Err(Stop::usage(format!("say whose rights to use with --as EMAIL; administrators are {}", names.join(", "))))
        }
        (None, _) => {
            Err(Stop::not_found("nobody administers this practice yet: `tminus person add --first NAME EMAIL` adds the first person"))
        }
    }
}

/// Tminus itself, for what it does at start and by the hour.
pub(crate) fn itself() -> Actor {
    Actor {
        person: "tminus".into(),
        name: "Tminus".to_owned(),
        zone: "UTC".to_owned(),
        via: Via::Import,
        practice: PracticeRole::Administrator,
        pass: Pass::SESSION,
    }
}
