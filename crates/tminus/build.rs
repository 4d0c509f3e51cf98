//! Puts the built-in kits into the binary: every folder of `kits/` that has a `kit.toml`.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let kits = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kits");
    println!("cargo::rerun-if-changed={}", kits.display());
    let mut text = String::from(
        "/// A path inside the kit, and what stands there.\ntype Inside = (&'static str, &'static [u8]);\n\nconst KITS: &[(&str, &[Inside])] = &[\n",
    );
    for kit in entries(&kits).into_iter().filter(|kit| kit.join("kit.toml").is_file()) {
        let _ = writeln!(text, "    ({:?}, &[", name(&kit));
        let mut files = Vec::new();
        collect(&kit, &mut files);
        for file in files {
            let inside = file.strip_prefix(&kit).expect("a file of the kit").to_string_lossy().replace('\\', "/");
            let whole = file.canonicalize().expect("a file that is there");
            let _ = writeln!(text, "        ({inside:?}, include_bytes!({:?})),", whole.display().to_string());
        }
        text += "    ]),\n";
    }
    text += "];\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where"));
    fs::write(out.join("kits.rs"), text).expect("the build folder can be written to");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in entries(folder) {
        println!("cargo::rerun-if-changed={}", entry.display());
        if entry.is_dir() {
            collect(&entry, files);
        } else {
            files.push(entry);
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
