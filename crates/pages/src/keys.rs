//! The keyboard, as its list shows it. `assets/ts/keys.ts` follows the same letters.

use crate::words::Words;

pub(crate) const LIST: [(&str, Words); 9] = [
    ("Ctrl+K /", t!("keys.palette")),
    ("G …", t!("keys.go")),
    ("J K", t!("keys.next")),
    ("Enter", t!("keys.open")),
    ("Esc", t!("keys.close")),
    ("C", t!("keys.new")),
    ("S", t!("keys.status")),
    ("Z", t!("keys.undo")),
    ("?", t!("keys.help")),
];
