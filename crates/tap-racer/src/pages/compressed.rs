//! Pages squeezed once and sent to many: a phone on a weak network waits a third as long.

use std::{collections::HashMap, io::Write};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use mime_guess::{Mime, mime};
use parking_lot::Mutex;
use warp::{
    Reply,
    http::{HeaderMap, HeaderValue, header},
    reply::Response,
};

type Hash = [u8; 32];

/// By what is in them, so that in debug builds a file that was built anew is squeezed anew. Held while
/// a file is squeezed: the thousand phones that ask for the same one at once wait for one of them.
static SQUEEZED: Mutex<Option<HashMap<Hash, Bytes>>> = Mutex::new(None);

/// More files than the pages have, so that a day of rebuilding them does not pile up.
const MOST: usize = 256;

/// The body of an answer, squeezed if its client takes that and it is worth it.
pub(super) fn body(data: Bytes, hash: Hash, kind: &Mime, headers: &HeaderMap) -> Response {
    if data.len() < 1000 || !is_text(kind) || !takes_gzip(headers) {
        return answer(data);
    }
    let mut squeezed = SQUEEZED.lock();
    let files = squeezed.get_or_insert_default();
    if files.len() >= MOST {
        files.clear();
    }
    let body = match files.get(&hash) {
        Some(body) => body.clone(),
        None => {
            let Some(body) = gzip(&data) else { return answer(data) };
            files.insert(hash, body.clone());
            body
        }
    };
    let mut response = answer(body);
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

fn answer(body: Bytes) -> Response {
    Vec::from(body).into_response()
}

fn gzip(data: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Fonts and pictures are squeezed already.
fn is_text(kind: &Mime) -> bool {
    kind.type_() == mime::TEXT
        || [mime::JAVASCRIPT, mime::JSON].contains(&kind.subtype())
        || kind.suffix() == Some(mime::XML)
}

/// Whether gzip is named and not ruled out by a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().trim_start_matches("q=");
        name.trim().eq_ignore_ascii_case("gzip") && weight.parse() != Ok(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(codings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(codings))])
    }

    fn is_squeezed(length: usize, kind: &str, codings: &'static str) -> bool {
        let data = Bytes::from(vec![b'a'; length]);
        let hash = std::array::from_fn(|_| length as u8);
        let response = body(data, hash, &kind.parse().expect("a type"), &accepting(codings));
        response.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "gzip")
    }

    #[test]
    fn texts_are_squeezed_for_those_who_take_it() {
        assert!(is_squeezed(5000, "text/javascript", "gzip, deflate, br"));
        assert!(is_squeezed(5000, "image/svg+xml", "br;q=1.0, gzip;q=0.8"));
        assert!(!is_squeezed(5000, "text/css", "br"));
        assert!(!is_squeezed(5000, "text/css", "gzip;q=0"));
        assert!(!is_squeezed(5000, "font/woff2", "gzip"));
        assert!(!is_squeezed(50, "text/css", "gzip"));
    }
}
