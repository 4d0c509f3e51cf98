//! Sees to it that the public holidays are there; `make assets` writes them.

fn main() {
    const HOLIDAYS: &str = "holidays/holidays.txt";
    println!("cargo:rerun-if-changed={HOLIDAYS}");
    if !std::path::Path::new(HOLIDAYS).is_file() {
        eprintln!("crates/domain/{HOLIDAYS} is missing: run `make assets` (or `npm ci && npm run holidays`)");
        std::process::exit(1);
    }
}
