//! Styles, scripts, icons and the font: in the binary, under the hash of their content, kept by browsers for good.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing,
};

struct Asset {
    file: &'static str,
    kind: &'static str,
    whole: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Serves `/assets/{file}` in the smallest form the browser takes.
pub fn assets_router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", routing::get(serve))
}

async fn serve(Path(file): Path<String>, asked: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.file == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ]);
    let packed = [("br", asset.brotli), ("gzip", asset.gzip)];
    let body = match packed.into_iter().find_map(|(name, bytes)| Some((name, bytes.filter(|_| accepts(&asked, name))?))) {
        Some((name, bytes)) => {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            bytes
        }
        None => asset.whole,
    };
    (headers, body).into_response()
}

fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    let offers = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    offers.map(|offer| offer.split_once(';').unwrap_or((offer, ""))).any(|(name, weight)| {
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}
