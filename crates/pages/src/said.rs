//! What was just done, carried over a redirect by a cookie that lives for one page.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    caller::{cookie, escaped},
    mark::Mark,
    page::Asked,
    shell::Notice,
};

const NAME: &str = "tminus_said";
const GONE: HeaderValue = HeaderValue::from_static("tminus_said=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
/// Longer texts are cut: a cookie has to stay small.
const MAX: usize = 300;

/// To another page, which says what was done. `undo` is where a POST takes it back.
pub(crate) fn redirect(to: &str, words: impl Into<String>, undo: Option<&str>) -> Response {
    let words: String = words.into().chars().take(MAX).collect();
    let value = format!(
        "{NAME}={}~{}; Path=/; Max-Age=30; HttpOnly; SameSite=Lax",
        escaped(undo.unwrap_or_default()).replace('~', "%7E"),
        escaped(&words)
    );
    let mut response = Redirect::to(to).into_response();
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// What the page before said.
pub(crate) fn notice(headers: &HeaderMap) -> Option<Notice> {
    let (undo, words) = cookie(headers, NAME)?.split_once('~')?;
    let undo = Some(unescaped(undo)).filter(|undo| undo.starts_with("/engagements/"));
    Some(Notice { mark: Mark::DONE, words: unescaped(words), undo }).filter(|notice| !notice.words.is_empty())
}

/// Once said, it is forgotten.
pub(crate) async fn forget(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let shows = request.method() == Method::GET && cookie(headers, NAME).is_some() && Asked::of(headers).shows_notices();
    let mut response = next.run(request).await;
    let html = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if shows && html && response.status() == StatusCode::OK {
        response.headers_mut().append(header::SET_COOKIE, GONE);
    }
    response
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| first == b'%').and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use crate::said::{notice, redirect};

    #[test]
    fn what_is_said_arrives_to_the_letter() {
        let words = "“Badge; ~ 100 %” is done, ä";
        let response = redirect("/x", words, Some("/engagements/e~1/undo"));
        let cookie = response.headers()[header::SET_COOKIE].clone();
        let shown = notice(&HeaderMap::from_iter([(header::COOKIE, cookie)])).expect("a notice");
        assert_eq!((shown.words.as_str(), shown.undo.as_deref()), (words, Some("/engagements/e~1/undo")));
    }

    #[test]
    fn a_foreign_undo_is_no_undo() {
        let response = redirect("/x", "done", Some("https://elsewhere.example/"));
        let cookie = response.headers()[header::SET_COOKIE].clone();
        assert_eq!(notice(&HeaderMap::from_iter([(header::COOKIE, cookie)])).expect("a notice").undo, None);
    }
}
