//! The pages: which path shows which, and how they are sent. They are part of the binary in release
//! builds; debug builds read them from `web/dist`, so that a new build of them shows at once.

mod compressed;

use std::borrow::Cow;

use bytes::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};
use warp::{
    Filter, Rejection, Reply,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    path::FullPath,
    reply::Response,
};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Scripts come from us alone. Styles may be set on elements, which the pages do to place racers. The
/// socket is named twice, since not all browsers count it as `'self'`. A built-in video keeps screens on.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; media-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const NOT_BUILT: &str = "The pages are not built yet. Run scripts/run, or in the folder web: \
    npm ci && npm run build. Then load this page again.\n";

const NOT_FOUND: &str = include_str!("pages/not-found.html");

/// Everything that is not the socket or the API.
pub fn filter() -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    warp::method().and(warp::path::full()).and(warp::header::headers_cloned()).and_then(
        async |method, path: FullPath, headers| Ok::<_, Rejection>(respond(&method, path.as_str(), &headers)),
    )
}

fn respond(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let mut response = if path.starts_with("/api/") {
        let reply = warp::reply::json(&serde_json::json!({ "reason": "not found" }));
        warp::reply::with_status(reply, StatusCode::NOT_FOUND).into_response()
    } else if !matches!(*method, Method::GET | Method::HEAD) {
        let reply = warp::reply::with_status("", StatusCode::METHOD_NOT_ALLOWED);
        warp::reply::with_header(reply, header::ALLOW, "GET, HEAD").into_response()
    } else if let Some(page) = page_of(path) {
        Dist::get(page).map_or_else(not_built, |file| send(page, file, headers))
    } else {
        // The documents themselves have better addresses.
        let name = path.trim_start_matches('/');
        match Dist::get(name).filter(|_| !name.ends_with(".html")) {
            Some(file) => send(name, file, headers),
            None => not_found(),
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // A host link carries its token behind the #, which no referrer holds; the room's code stays here too.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The document that a path shows.
fn page_of(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [] => Some("index.html"),
        ["console"] | ["console", _] => Some("console.html"),
        ["play"] | ["play", _] => Some("play.html"),
        ["chat"] | ["chat", _] => Some("chat.html"),
        ["check"] => Some("check.html"),
        ["account"] => Some("account.html"),
        ["player", _] => Some("player.html"),
        ["practice"] => Some("practice.html"),
        ["leaderboard"] => Some("leaderboard.html"),
        _ => None,
    }
}

fn send(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>());
    let is_known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|tags| tags.to_str().ok())
        .flat_map(|tags| tags.split(','))
        .any(|known| matches!(known.trim().trim_start_matches("W/"), known if known == tag || known == "*"));
    // Names below /assets/ change with what is in them.
    let is_lasting = name.starts_with("assets/");
    let lasting = if is_lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let data = match file.data {
            Cow::Borrowed(data) => Bytes::from_static(data),
            Cow::Owned(data) => Bytes::from(data),
        };
        compressed::body(data, hash, &kind, headers)
    };
    let kind = match kind.type_() {
        mime_guess::mime::TEXT => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    let values =
        [(header::CONTENT_TYPE, kind), (header::ETAG, tag), (header::CACHE_CONTROL, lasting.to_owned())];
    for (header, value) in values {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(header, value);
        }
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn not_built() -> Response {
    let reply = warp::reply::with_status(NOT_BUILT, StatusCode::SERVICE_UNAVAILABLE);
    warp::reply::with_header(reply, header::CACHE_CONTROL, "no-store").into_response()
}

fn not_found() -> Response {
    let reply = warp::reply::with_status(warp::reply::html(NOT_FOUND), StatusCode::NOT_FOUND);
    warp::reply::with_header(reply, header::CACHE_CONTROL, "no-cache").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_shows_its_page() {
        for (path, page) in [
            ("/", Some("index.html")),
            ("/console", Some("console.html")),
            ("/console/K7QF", Some("console.html")),
            ("/play/K7QF/", Some("play.html")),
            ("/chat/lobby", Some("chat.html")),
            ("/check", Some("check.html")),
            ("/account", Some("account.html")),
            ("/player/Ada%20L", Some("player.html")),
            ("/player", None),
            ("/play/K7QF/more", None),
            ("/practice", Some("practice.html")),
            ("/leaderboard", Some("leaderboard.html")),
            ("/leaderboard/more", None),
        ] {
            assert_eq!(page_of(path), page, "{path}");
        }
    }

    #[test]
    fn nothing_outside_of_the_pages_is_sent() {
        for path in [
            "/../Cargo.toml",
            "/assets/../../package.json",
            "/..%2fCargo.toml",
            "//etc/passwd",
            "/index.html",
        ] {
            let response = respond(&Method::GET, path, &HeaderMap::new());
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn every_answer_is_guarded() {
        for path in ["/", "/nowhere", "/api/nothing"] {
            let response = respond(&Method::GET, path, &HeaderMap::new());
            let policy = response.headers().get(header::CONTENT_SECURITY_POLICY).expect("a policy");
            assert!(policy.to_str().expect("text").contains("frame-ancestors 'none'"));
            assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
    }

    #[test]
    fn pages_are_read_only() {
        let response = respond(&Method::DELETE, "/", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[test]
    fn a_file_that_is_known_is_not_sent_again() {
        let file = || EmbeddedFile {
            data: Cow::Borrowed(b"body { color: red }"),
            metadata: rust_embed::Metadata::__rust_embed_new([7; 32], None, None),
        };
        let first = send("assets/style-a1b2.css", file(), &HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(first.headers()[header::CACHE_CONTROL].to_str().expect("text").contains("immutable"));
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        let second = send("assets/style-a1b2.css", file(), &headers);
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(second.headers()[header::ETAG], first.headers()[header::ETAG]);
        assert_eq!(
            send("index.html", file(), &HeaderMap::new()).headers()[header::CACHE_CONTROL],
            "no-cache"
        );
    }
}
