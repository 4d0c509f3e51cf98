use serde_json::json;

use crate::place::{CREATE, Place};

#[test]
fn without_a_database_commands_say_how_to_make_one() {
    Place::empty().refused(3, &["engagement", "list"], &["there is no database", "person add --first"]);
}

#[test]
fn the_first_person_administers_and_there_is_only_one_first() {
    let place = Place::with_people();
    let people = place.json(&["person", "list"]);
    assert_eq!(people[0]["practice"], "administrator");
    place.refused(1, &["person", "add", "Eve", "eve@example.com", "--first", "--no-password"], &["has people already"]);
}

#[test]
fn unusable_details_are_refused_by_name() {
    let place = Place::with_people();
    let add = |email: &'static str, more: &[&'static str]| [&["person", "add", "Cy", email][..], more, &["--no-password"]].concat();
    place.refused(1, &add("cy", &[]), &["“cy” is not an e-mail address"]);
    place.refused(1, &add("cy@example.com", &["--zone", "Mars/Base"]), &["“Mars/Base”"]);
    place.refused(2, &add("cy@example.com", &["--side", "left"]), &["left"]);
    place.refused(1, &add("ann@example.com", &[]), &["ann@example.com is there already"]);
    let short = place.run_with_input(&["person", "add", "Cy", "cy@example.com", "--password-stdin"], "short\n");
    assert_eq!(short.code, 1, "{short:?}");
    assert!(short.err.contains("at least 12"), "{short:?}");
    place.refused(2, &["person", "add", "Cy", "cy@example.com"], &["--password-stdin"]);
    place.refused(1, &["person", "add", "Cy", "cy"], &["“cy” is not an e-mail address"]);
}

#[test]
fn a_command_uses_the_rights_of_whom_it_names() {
    let place = Place::with_people();
    place.refused(1, &["kit", "list", "--as", "bob@example.com"], &["Refused"]);
    place.refused(3, &["kit", "list", "--as", "eve@example.com"], &["“eve@example.com”"]);
    place.ok(&["person", "add", "Cy", "cy@example.com", "--practice", "administrator", "--no-password"]);
    place.refused(2, &["kit", "list"], &["--as", "ann@example.com", "cy@example.com"]);
    place.ok(&["kit", "list", "--as", "cy@example.com"]);
}

#[test]
fn whose_access_is_ended_is_gone_from_the_list_and_acts_no_more() {
    let place = Place::with_people();
    let known = place.ok(&["person", "addresses", "bob@example.com", "b@alias.example", "bob.old@example.org"]);
    assert!(known.contains("bob@example.com, and besides b@alias.example, bob.old@example.org"), "{known}");
    assert_eq!(place.json(&["person", "addresses", "b@alias.example"])["addresses"][0], "b@alias.example");
    assert!(place.ok(&["person", "addresses", "bob@example.com", "--none"]).contains("no other address"));
    place.refused(3, &["person", "end", "eve@example.com"], &["“eve@example.com”"]);
    place.refused(1, &["person", "end", "ann@example.com"], &["another administrator"]);
    place.ok(&["person", "end", "bob@example.com"]);
    assert!(!place.ok(&["person", "list", "--json"]).contains("bob@example.com"));
    place.refused(3, &["person", "end", "bob@example.com"], &["“bob@example.com”"]);
    place.refused(3, &["person", "password", "bob@example.com", "--generate-password"], &["“bob@example.com”"]);
    place.refused(1, &["person", "add", "Bob", "bob@example.com", "--no-password"], &["take them back"]);
    place.refused(3, &["person", "take-back", "ann@example.com"], &["“ann@example.com”"]);
    place.ok(&["person", "take-back", "bob@example.com"]);
    assert!(place.ok(&["person", "list", "--json"]).contains("bob@example.com"));
    place.refused(3, &["person", "end-passkeys", "bob@example.com"], &["no passkeys"]);
}

#[test]
fn whoever_is_erased_is_nobody_here_and_their_address_is_free() {
    let place = Place::with_people();
    place.refused(3, &["person", "erase", "eve@example.com", "--yes"], &["“eve@example.com”"]);
    place.refused(2, &["person", "erase", "bob@example.com"], &["--yes"]);
    place.refused(1, &["person", "erase", "ann@example.com", "--yes"], &["nobody erases themselves"]);
    place.ok(&["person", "erase", "bob@example.com", "--yes"]);
    place.refused(3, &["person", "erase", "bob@example.com", "--yes"], &["“bob@example.com”"]);
    place.refused(3, &["person", "take-back", "bob@example.com"], &["“bob@example.com”"]);
    let file = place.path("practice.jsonl").display().to_string();
    place.ok(&["record", "export", "--practice", "-o", &file]);
    assert!(place.ok(&["record", "verify", &file]).contains("erased on purpose"));
    place.ok(&["record", "verify"]);
    place.ok(&["person", "add", "Bob", "bob@example.com", "--no-password"]);
}

#[test]
fn a_key_is_shown_once_and_revoked_for_good() {
    let place = Place::with_people();
    let key = place.json(&["token", "create", "nightly export", "--days", "30"]);
    let (id, secret) = (key["id"].as_str().expect("an id"), key["secret"].as_str().expect("a secret"));
    assert!(!place.ok(&["token", "list", "--json"]).contains(secret));
    place.ok(&["token", "revoke", id]);
    assert_eq!(place.json(&["token", "list"])[0]["revoked"], true);
    place.refused(3, &["token", "revoke", id], &[]);
    place.refused(1, &["token", "create", "too long", "--days", "9999"], &["days"]);
}

#[test]
fn a_failure_is_json_where_json_was_asked_for() {
    let done = Place::with_people().run(&["engagement", "show", "nothing", "--json"]);
    let error: serde_json::Value = serde_json::from_str(&done.err).expect("JSON");
    assert_eq!((done.code, error["error"]["kind"].as_str()), (3, Some("not_found")));
}

#[test]
fn a_link_for_somebody_of_the_customer_is_shown_once_and_revoked_for_good() {
    let place = Place::with_people();
    let bob = ["--kickoff", "2035-01-23", "--person", "bob@example.com function=customer_member"];
    let created = place.json(&[&CREATE[..], &bob].concat());
    let engagement = created["id"].as_str().expect("an id");
    let within = ["-e", engagement];
    let create = |email: &'static str| [&["link", "create", email][..], &within].concat();
    place.refused(3, &create("eve@example.com"), &["eve@example.com"]);
    place.refused(1, &create("ann@example.com"), &["people of the delivery side sign in"]);
    let mailed = place.ok(&[&create("bob@example.com")[..], &["--mail"]].concat());
    assert!(mailed.contains("outbox") && !mailed.contains("/l/"), "{mailed}");
    let letters = place.json(&["mail", "list"]);
    assert_eq!((letters[0]["kind"].as_str(), letters[0]["state"].as_str()), (Some("link"), Some("waiting")));
    let letter = letters[0]["id"].as_str().expect("an id");
    let shown = place.ok(&["mail", "show", letter, "--address", "https://tminus.example.com/"]);
    assert!(shown.contains("To: Bob <bob@example.com>") && shown.contains("https://tminus.example.com/l/"), "{shown}");
    place.refused(3, &["mail", "show", "nothing"], &[]);
    assert!(place.ok(&["mail", "again", letter]).contains("tried again"));
    place.refused(3, &["mail", "again", "nothing"], &[]);
    let made = place.json(&[&create("bob@example.com")[..], &["--address", "https://tminus.example.com/"]].concat());
    let (id, link) = (made["id"].as_str().expect("an id"), made["link"].as_str().expect("a link"));
    let secret = link.strip_prefix("https://tminus.example.com/l/").expect("where people reach it");
    assert!(!place.ok(&[&["link", "list", "--json"][..], &within].concat()).contains(secret));
    place.ok(&[&["link", "revoke", id][..], &within].concat());
    assert!(place.ok(&[&["link", "list"][..], &within].concat()).contains("revoked on"));
    place.refused(3, &[&["link", "revoke", "nothing"][..], &within].concat(), &[]);
}

#[test]
fn a_mail_server_that_cannot_be_used_is_named_before_anything_is_served() {
    let place = Place::with_people();
    let serve =
        |more: &[&'static str]| [&["serve", "--listen", "127.0.0.1:0", "--public-url", "https://tminus.example.com"], more].concat();
    let from = ["--mail-from", "Tminus <tminus@example.com>"];
    place.refused(
        1,
        &serve(&[&from[..], &["--mail-server", "smtp+plain://mail.example.com"]].concat()),
        &["mail.example.com is not this machine"],
    );
    place.refused(1, &serve(&["--mail-from", "Tminus", "--mail-server", "smtp://mail.example.com"]), &["“Tminus” is not an address"]);
    place.refused(
        1,
        &serve(&[&from[..], &["--mail-server", "smtp://mail.example.com", "--mail-ca", "/nowhere.pem"]].concat()),
        &["/nowhere.pem"],
    );
    place.refused(2, &serve(&["--mail-server", "smtp://mail.example.com"]), &["--mail-from"]);
    place.refused(2, &["serve", "--mail-server", "smtp://mail.example.com", "--mail-from", "tminus@example.com"], &["--public-url"]);
}

#[test]
fn a_file_of_providers_that_cannot_be_used_is_named_before_anything_is_served() {
    let place = Place::with_people();
    let file = place.path("sign-in.toml");
    let says = |text: &str, whys: &[&str]| {
        std::fs::write(&file, text).expect("a file");
        let words =
            ["serve", "--listen", "127.0.0.1:0", "--public-url", "https://tminus.example.com", "--sign-in", file.to_str().expect("a path")];
        place.refused(1, &words, whys);
    };
    let whole = "[[provider]]\nid = \"acme\"\ntitle = \"Acme\"\nissuer = \"https://login.acme.example\"\nclient_id = \"tminus\"\ndomains = [\"acme.example\"]\n";
    says("", &["it names no provider"]);
    says("[[provider]]\nid = \"acme\"\n", &["missing field"]);
    says(&format!("{whole}colour = \"red\"\n"), &["colour"]);
    says(&whole.replace("https://login", "http://login"), &["provider “acme”", "by https only"]);
    says(&whole.replace("\"acme\"", "\"Ac me\""), &["lower-case letters"]);
    says(&whole.replace("[\"acme.example\"]", "[]"), &["mail domains"]);
    says(&format!("{whole}leads = [\"leads\"]\n"), &["groups_claim"]);
    says(&format!("{whole}zone = \"Nowhere\"\n"), &["time zone"]);
    says(&format!("{whole}client_secret_file = \"gone\"\n"), &["provider “acme”", "gone"]);
    says(&format!("{whole}{whole}"), &["two of this id"]);
    place.refused(2, &["serve", "--sign-in", file.to_str().expect("a path")], &["--public-url"]);
}

#[test]
fn the_register_goes_out_and_comes_in_as_a_table_after_a_look_at_it() {
    let (place, id) = Place::with_engagement();
    let within = ["-e", id.as_str()];
    let table = place
        .file("people.csv", "email,name,side,function\nnia@northwind.example,Nia Ode,customer,customer_member\n")
        .display()
        .to_string();
    let import = |more: &[&'static str]| {
        [&["member", "import", table.as_str()][..], &within, more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |words: &[String]| place.ok(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let looked = run(&import(&[]));
    assert!(looked.contains("Nia Ode") && looked.contains("new here, joins") && looked.contains("--apply"), "{looked}");
    let export = || place.ok(&[&["member", "export"][..], &within].concat());
    assert!(!export().contains("Nia Ode"), "looking changed something");
    let done: serde_json::Value = serde_json::from_str(&run(&import(&["--apply", "--json"]))).expect("JSON");
    assert_eq!((&done["applied"], &done["lines"][0]["what"]), (&true.into(), &"added".into()));
    assert!(export().contains("nia@northwind.example,Nia Ode,customer,"), "{}", export());
    assert!(run(&import(&["--apply"])).contains("Nothing changes."), "twice is once");
    let file = place.path("register.csv").display().to_string();
    place.ok(&[&["member", "export", "-o", file.as_str()][..], &within].concat());
    assert!(std::fs::read_to_string(&file).expect("a file").contains("Nia Ode"));
    assert!(place.ok(&[&["member", "list"][..], &within].concat()).contains("customer_member"));

    let wrong = place.file("wrong.csv", "email,function\nx@y.example,chief\n").display().to_string();
    let done = place.run(&[&["member", "import", wrong.as_str(), "--apply"][..], &within].concat());
    assert!(done.code == 1 && done.out.contains("line 2") && done.out.contains("nothing was changed"), "{done:?}");
    let cards = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Omar Ito\r\nEMAIL:omar@northwind.example\r\nEND:VCARD\r\n";
    let cards = place.file("people.vcf", cards).display().to_string();
    let looked = place.ok(&[&["member", "import", cards.as_str(), "--function", "customer_member"][..], &within].concat());
    assert!(looked.contains("Omar Ito"), "{looked}");
    place.refused(2, &[&["member", "import", cards.as_str(), "--function", "chief"][..], &within].concat(), &["customer_member"]);
    place.refused(3, &[&["member", "import", "/nowhere.csv"][..], &within].concat(), &["/nowhere.csv"]);
}

#[test]
fn somebody_says_when_they_are_told_what_is_theirs() {
    let place = Place::with_people();
    assert_eq!(place.json(&["digest", "set", "06:45", "--as", "bob@example.com"])["at"], "06:45");
    assert!(place.ok(&["digest", "show", "--as", "bob@example.com"]).contains("06:45"));
    assert!(place.ok(&["digest", "set", "never", "--as", "bob@example.com"]).contains("never"));
    assert!(place.json(&["digest", "show", "--as", "bob@example.com"])["at"].is_null());
    assert!(place.json(&["digest", "show", "--as", "ann@example.com"])["at"].is_string(), "hers is another one");
    place.refused(2, &["digest", "set", "soon"], &["08:00"]);
}

#[test]
fn somebody_of_the_customer_names_a_colleague_and_hands_an_item_over_to_them() {
    let place = Place::with_people();
    let bob = ["--kickoff", "2035-01-23", "--person", "bob@example.com function=customer_manager roles=customer-manager"];
    let created = place.json(&[&CREATE[..], &bob].concat());
    let engagement = created["id"].as_str().expect("an id");
    let as_bob = ["-e", engagement, "--as", "bob@example.com"];
    place.ok(&[&["member", "name", "Nia", "nia@example.com"][..], &as_bob].concat());
    place.refused(1, &["member", "name", "Omar", "omar@example.com", "-e", engagement], &[]);
    let handed = place.ok(&[&["item", "hand-over", "jira", "nia@example.com", "--note", "you know the site"][..], &as_bob].concat());
    assert!(handed.contains("Nia"), "{handed}");
    place.refused(3, &[&["item", "hand-over", "jira", "eve@example.com"][..], &as_bob].concat(), &["eve@example.com"]);
}

#[test]
fn what_no_kit_names_is_added_counted_and_taken_away() {
    let (place, id) = Place::with_engagement();
    let on = ["--engagement", id.as_str()];
    let with = |words: &[&'static str]| -> Vec<String> { words.iter().chain(&on).map(|it| (*it).to_owned()).collect() };
    let run = |words: &[&'static str]| place.ok(&with(words).iter().map(String::as_str).collect::<Vec<_>>());
    let lake = ["access", "resource", "add", "Data lake", "--given-by", "customer-manager", "--for", "person where side = delivery"];
    run(&[&lake[..], &["--due", "T-2bd @ kickoff", "--kind", "cloud"]].concat());
    run(&["access", "resource", "licences", "data lake", "1"]);
    let listed = run(&["access", "resource", "list"]);
    assert!(listed.contains("Data lake") && listed.contains("0 of 1 licences") && listed.contains("added here"), "{listed}");
    assert!(run(&["access", "list"]).contains("Data lake"));
    let list = place.file("members.txt", "ann@example.com\nwho@elsewhere.example\n").display().to_string();
    let members = ["access", "resource", "members", "Data lake", &list, "--take", "--engagement", &id];
    let taken = place.ok(&members);
    assert!(taken.contains("who@elsewhere.example") && taken.contains("line 2") && taken.contains("new"), "{taken}");
    assert!(run(&["access", "list"]).contains("granted"));
    run(&["access", "resource", "change", "Data lake", "--title", "The lake", "--for", "", "--keep", "User name"]);
    run(&["access", "resource", "change", "The lake", "--given-by", "engagement-manager", "--internal"]);
    let described = || {
        let all = place.json(&[&["access", "resource", "list"][..], &on].concat());
        all.as_array().expect("a list").iter().find(|it| it["title"] == "The lake").expect("it").clone()
    };
    assert_eq!((&described()["details"], &described()["internal"]), (&json!(["User name"]), &json!(true)));
    run(&["access", "resource", "change", "The lake", "--keep", "", "--internal=false"]);
    assert_eq!((&described()["details"], &described()["internal"]), (&json!([]), &json!(false)));
    let refused = with(&["access", "resource", "remove", "Sea"]);
    place.refused(3, &refused.iter().map(String::as_str).collect::<Vec<_>>(), &["“Sea”", "The lake"]);
    run(&["access", "resource", "add", "Room 4.12", "--kind", "room", "--given-by", "customer-manager", "--for", ""]);
    assert!(run(&["access", "resource", "book", "Room 4.12", "--days", "tue-thu", "--seats", "12"]).contains("Tue–Thu"));
    let badge = place.json(&[
        "access",
        "resource",
        "add",
        "Badge",
        "--kind",
        "badge",
        "--given-by",
        "customer-manager",
        "--for",
        "person",
        "--engagement",
        &id,
    ]);
    let set =
        ["access", "set", "--person", "ann@example.com", "--resource", badge["resource"].as_str().expect("an id"), "--engagement", &id];
    place.ok(&[&set[..], &["--appointment", "2035-01-16T10:00", "--place", "Building 7"]].concat());
    place.refused(1, &[&set[..], &["--appointment", "2035-01-14"]].concat(), &["does not work on 2035-01-14"]);
    place.refused(2, &[&set[..], &["--appointment", "soon"]].concat(), &["give 2026-01-12T10:00"]);
    assert!(run(&["access", "list", "--csv"]).contains("\"2035-01-16 10:00, Building 7\""));
    place.ok(&[&set[..], &["--appointment", "none"]].concat());
    assert!(!run(&["access", "list", "--csv"]).contains("2035-01-16"));
    run(&["access", "resource", "remove", "The lake"]);
    // Somebody still has it: it stays until that ends.
    assert!(run(&["access", "ending", "list"]).contains("The lake"));
}
