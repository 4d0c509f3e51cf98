//! What a file is, by its first bytes: nobody's word is taken for it.

use crate::{Failure, Refusal};

/// Endings of what runs when somebody opens it.
const RUNS: [&str; 22] = [
    "app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "jar", "js", "jse", "lnk", "msi", "msix", "ps1", "reg", "scr", "sh", "vbe",
    "vbs", "wsf", "wsh",
];

/// Endings that promise what the first bytes show, with the kinds that keep the promise.
const PROMISES: [(&str, &[&str]); 11] = [
    ("pdf", &["application/pdf"]),
    ("png", &["image/png"]),
    ("jpg", &["image/jpeg"]),
    ("jpeg", &["image/jpeg"]),
    ("gif", &["image/gif"]),
    ("webp", &["image/webp"]),
    ("zip", &["application/zip"]),
    ("docx", &OFFICE),
    ("xlsx", &OFFICE),
    ("pptx", &OFFICE),
    ("heic", &["image/heif", "image/heic"]),
];

/// Not everybody who writes them puts what tells them apart first: then they are a zip.
const OFFICE: [&str; 4] = [
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
];

/// The media type of a file. Programs are refused, and so is what is not what its name says.
pub(super) fn media_type(name: &str, bytes: &[u8]) -> Result<&'static str, Failure> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let runs = [&b"#!"[..], b"\x7fELF", b"MZ\x90"].iter().any(|magic| bytes.starts_with(magic));
    if runs || RUNS.contains(&ending.as_str()) || infer::is_app(bytes) {
        return Err(Refusal::field("file", format!("“{name}” is a program; attach a document, a picture or a text")).into());
    }
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    let promise = PROMISES.iter().find(|(known, _)| *known == ending).map(|(_, kinds)| kinds);
    if promise.is_some_and(|kinds| !found.is_some_and(|found| kinds.contains(&found))) {
        return Err(
            Refusal::field("file", format!("“{name}” is no {ending} by its content: save it as one, or give it its own ending")).into()
        );
    }
    let text = || {
        if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) {
            "text/plain; charset=utf-8"
        } else {
            "application/octet-stream"
        }
    };
    // What a browser would draw as a page is a text to us.
    Ok(found.filter(|found| !found.starts_with("text/") && !found.ends_with("xml")).unwrap_or_else(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_say_what_a_file_is() {
        for (name, bytes, kind) in [
            ("plan.pdf", &b"%PDF-1.7"[..], "application/pdf"),
            ("list", b"Room 1", "text/plain; charset=utf-8"),
            ("page.html", b"<!DOCTYPE html><script>", "text/plain; charset=utf-8"),
            ("drawing.svg", b"<?xml version=\"1.0\"?><svg onload='x'>", "text/plain; charset=utf-8"),
            ("picture.PNG", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("what", b"\x00\x01\xfe", "application/octet-stream"),
            ("plan.xlsx", b"PK\x03\x04 made by a tool that puts its parts in another order", "application/zip"),
        ] {
            assert_eq!(media_type(name, bytes).unwrap(), kind, "{name}");
        }
    }

    #[test]
    fn programs_and_what_is_not_what_its_name_says_are_refused() {
        for (name, bytes, why) in [
            ("plan.pdf", &b"MZ\x90\x00\x03"[..], "is a program"),
            ("plan.txt", b"\x7fELF\x02\x01\x01", "is a program"),
            ("run.SH", b"echo", "is a program"),
            ("notes", b"#!/bin/sh", "is a program"),
            ("plan.pdf", b"<html>", "is no pdf"),
            ("badge.png", b"%PDF-1.7", "is no png"),
        ] {
            let refused = media_type(name, bytes).unwrap_err().to_string();
            assert!(refused.contains(why), "{name}: {refused}");
        }
    }
}
