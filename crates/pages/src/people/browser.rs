//! What people call the browser that they are signed in with.

/// What a browser says of itself, and what it is called; the first that fits. Each says the names of those below it, too.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// `Chrome on Android`; of one that is not known, what it says of itself.
pub(super) fn name(agent: &str) -> String {
    let known = |list: &[(&str, &'static str)]| list.iter().find(|(says, _)| agent.contains(says)).map(|(_, called)| *called);
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => t!("settings.browser").with("browser", browser).with("system", system).into(),
        (Some(browser), None) => browser.to_owned(),
        (None, _) if agent.is_empty() => t!("settings.unnamed").into(),
        (None, _) => agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::people::browser::name;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, called) in [
            (format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/148.0.0.0 Mobile Safari/537.36"), "Chrome on Android"),
            (format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0"), "Edge on Windows"),
            (format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} HeadlessChrome/148.0.0.0 Safari/537.36"), "Chrome on Linux"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(), "Firefox on macOS"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1".to_owned(),
                "Safari on iPhone",
            ),
            ("curl/8.5.0".to_owned(), "curl"),
            ("Robot 1 (a kiosk)".to_owned(), "Robot 1 (a kiosk)"),
            (String::new(), "A browser without a name"),
        ] {
            assert_eq!(name(&agent), called, "{agent}");
        }
    }
}
