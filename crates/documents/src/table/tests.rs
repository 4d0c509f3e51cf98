use std::io::{Cursor, Write as _};

use zip::{ZipWriter, write::SimpleFileOptions};

use super::{MAX_COLUMNS, MAX_PARTS, MAX_ROWS, Unreadable, text_of};

/// A workbook of one sheet with these rows, and words that cells name by number.
fn book(rows: &str, words: &[&str]) -> Vec<u8> {
    let words = words.iter().map(|word| format!("<si><t>{word}</t></si>")).collect::<Vec<_>>().concat();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    packed(&[
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="{office}/styles" Target="styles.xml"/></Relationships>"#
            ),
        ),
        ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{main}">{words}</sst>"#)),
        // Style 1 is a day.
        (
            "xl/styles.xml",
            format!(r#"<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#),
        ),
        ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#)),
    ])
}

fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn the_first_sheet_of_a_workbook_becomes_a_csv() {
    let rows = [
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row>"#,
        // 46349 days since the end of 1899.
        r#"<row r="3"><c r="A3" t="s"><v>4</v></c><c r="B3" t="b"><v>1</v></c><c r="C3" s="1"><v>46349</v></c><c r="D3"><v>3</v></c></row>"#,
    ];
    let words = ["email", "onsite", "from", "days", "nia@northwind.example"];
    assert_eq!(text_of(&book(&rows.concat(), &words)).unwrap(), "email,onsite,from,days\n,,,\nnia@northwind.example,yes,2026-11-23,3\n");
}

#[test]
fn words_with_commas_quotes_and_lines_stay_one_cell() {
    let row = format!(r#"<row r="1">{}{}</row>"#, cell("A1", "Ode, Nia"), cell("B1", "the &quot;boss&quot;\nof it"));
    assert_eq!(text_of(&book(&row, &[])).unwrap(), "\"Ode, Nia\",\"the \"\"boss\"\" of it\"\n");
    assert_eq!(text_of(&book("", &[])).unwrap(), "");
}

#[test]
fn a_workbook_that_is_too_much_is_refused_before_it_is_held() {
    let far = |place: &str, row: u32| text_of(&book(&format!(r#"<row r="{row}">{}</row>"#, cell(place, "x")), &[]));
    assert_eq!(far("XFD1048576", 1_048_576), Err(Unreadable::TooFar));
    assert_eq!(far(&format!("A{}", MAX_ROWS + 1), MAX_ROWS + 1), Err(Unreadable::TooFar));
    assert!(far(&format!("A{MAX_ROWS}"), MAX_ROWS).is_ok());
    assert_eq!(MAX_COLUMNS, 50);
    assert!(far("AX1", 1).is_ok());
    assert_eq!(far("AY1", 1), Err(Unreadable::TooFar));
    let bomb = book(&format!(r#"<row r="1">{}</row>"#, cell("A1", &"x".repeat(30_000_000))), &[]);
    assert!(bomb.len() < 100_000);
    assert_eq!(text_of(&bomb), Err(Unreadable::TooLarge));
    let names: Vec<_> = (0..=MAX_PARTS).map(|number| format!("xl/{number}.xml")).collect();
    let parts: Vec<_> = names.iter().map(|name| (name.as_str(), String::new())).collect();
    assert_eq!(text_of(&packed(&parts)), Err(Unreadable::TooLarge));
}

#[test]
fn what_only_looks_like_a_workbook_is_refused_with_words() {
    for bytes in [&b"PK\x03\x04"[..], b"PK\x03\x04 and some words", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] {
        let refused = text_of(bytes).unwrap_err();
        assert!(matches!(refused, Unreadable::Workbook(_)), "{refused:?}");
        assert!(refused.to_string().contains("save it as XLSX"), "{refused}");
    }
    assert!(matches!(text_of(&packed(&[("hello.txt", "hello".to_owned())])), Err(Unreadable::Workbook(_))));
    let whole = book(&format!(r#"<row r="1">{}</row>"#, cell("A1", "email")), &[]);
    // Cut off anywhere, or with any byte turned over, it is refused or read, and nothing falls over.
    for at in 0..whole.len() {
        let _ = text_of(&whole[..at]);
        let mut other = whole.clone();
        other[at] ^= 0xff;
        let _ = text_of(&other);
    }
    assert_eq!(text_of(b"\x7fELF\0\0\0"), Err(Unreadable::Binary));
}

#[test]
fn text_is_read_in_the_encodings_that_spreadsheets_write() {
    let text = "email,name\nz@y.example,Zoë Müller\n";
    let wide = |big: bool| -> Vec<u8> {
        let mark = std::iter::once(0xfeff);
        mark.chain(text.encode_utf16()).flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let narrow: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), wide(false), wide(true), narrow] {
        assert_eq!(text_of(&bytes).unwrap(), text);
    }
}

#[test]
fn cards_become_rows() {
    let cards = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Nia Ode\r\nEMAIL;TYPE=work:nia@northwind.example\r\nEMAIL:other@northwind.example\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nN:Müller;Zoë;;;\r\nitem1.EMAIL;TYPE=INTERNET:zoe@northwind.ex\r\n ample\r\nTEL;CELL:+49 1\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Ren=C3=A9, the one\r\nEND:VCARD\r\n";
    let table = "email,name,function\nnia@northwind.example,Nia Ode,\nzoe@northwind.example,Zoë Müller,\n,\"René, the one\",\n";
    assert_eq!(text_of(cards.as_bytes()).unwrap(), table);
    for cut in (0..cards.len()).filter(|cut| cards.is_char_boundary(*cut)) {
        let _ = text_of(&cards.as_bytes()[..cut]);
    }
}
