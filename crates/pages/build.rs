//! Turns the bundled assets and the catalogue of words into Rust tables.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let home = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("assets.rs"), assets(&home.join("dist"))?)?;
    fs::write(out.join("words.rs"), words(&home.join("locales/en.toml"))?)?;
    fs::write(out.join("edition.rs"), format!("{:?}", edition(&home)?))?;
    Ok(())
}

fn assets(dist: &Path) -> Outcome<String> {
    let manifest = dist.join("manifest.tsv");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let Ok(lines) = fs::read_to_string(&manifest) else {
        println!("cargo::error=The styles and scripts are not built: run `make assets` first (npm ci && npm run build).");
        return Ok(String::new());
    };
    let (mut names, mut rows) = (String::new(), String::new());
    for line in lines.lines() {
        let [name, file, kind, encodings] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("{}: not four columns: {line}", manifest.display()).into());
        };
        let constant = name.to_uppercase().replace(['.', '-'], "_");
        writeln!(names, "/// Where `{name}` of this build is served.\npub(crate) const {constant}: &str = \"/assets/{file}\";")?;
        let bytes = |ending: &str| format!("include_bytes!(r#\"{}\"#)", dist.join(format!("{file}{ending}")).display());
        let packed = |name: &str| if encodings.contains(name) { format!("Some({})", bytes(&format!(".{name}"))) } else { "None".into() };
        writeln!(
            rows,
            "Asset {{ file: {file:?}, kind: {kind:?}, whole: {}, brotli: {}, gzip: {} }},",
            bytes(""),
            packed("br"),
            packed("gz")
        )?;
    }
    Ok(format!("{names}\nstatic ASSETS: &[Asset] = &[\n{rows}];\n"))
}

/// The catalogue is TOML of one shape only, `key = "value"`, so it needs no parser of its own crate.
fn words(catalogue: &Path) -> Outcome<String> {
    println!("cargo::rerun-if-changed={}", catalogue.display());
    let mut table = BTreeMap::new();
    let text = fs::read_to_string(catalogue)?;
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let place = format!("{}:{}", catalogue.display(), number + 1);
        let (key, value) = line.split_once(" = ").ok_or_else(|| format!("{place}: write key = \"value\""))?;
        if !value.starts_with('"') || !value.ends_with('"') || value.len() < 3 {
            return Err(format!("{place}: the value is one line in quotation marks").into());
        }
        if table.insert(key, value).is_some() {
            return Err(format!("{place}: {key} is there twice").into());
        }
    }
    let mut rows = String::new();
    for (key, value) in table {
        writeln!(rows, "({key:?}, {value}),")?;
    }
    Ok(format!("pub static TABLE: &[(&str, &str)] = &[\n{rows}];\n"))
}

/// What a page of this build is made of, as one number: a new build makes every `ETag` stale.
fn edition(home: &Path) -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    env::var("CARGO_PKG_VERSION")?.hash(&mut hasher);
    for place in ["dist", "locales", "src", "templates"] {
        println!("cargo::rerun-if-changed={}", home.join(place).display());
        read_into(&home.join(place), &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn read_into(folder: &Path, hasher: &mut DefaultHasher) -> Outcome<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Outcome<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_into(&path, hasher)?;
        } else {
            fs::read(&path)?.hash(hasher);
        }
    }
    Ok(())
}
