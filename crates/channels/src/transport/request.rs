//! What both transports read from a request.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use http::{HeaderMap, header::SEC_WEBSOCKET_PROTOCOL};
use warp::{Filter, Rejection, filters::path::FullPath};

use crate::{server::PeerAddr, socket::Connect};

/// Requests for this path, with or without a slash at its end.
pub(super) fn at(
    path: String,
) -> impl Filter<Extract = (), Error = Rejection> + Clone + Send + Sync + 'static {
    let path: Arc<str> = path.into();
    warp::path::full()
        .and_then(move |full: FullPath| {
            let here = full.as_str().strip_suffix('/').unwrap_or(full.as_str()) == &*path;
            async move { if here { Ok(()) } else { Err(warp::reject::not_found()) } }
        })
        .untuple_one()
}

/// What the socket's `connect` is given.
pub(super) fn connect() -> impl Filter<Extract = (Connect,), Error = Rejection> + Clone + Send + Sync + 'static
{
    let query =
        warp::query::<HashMap<String, String>>().or_else(|_| async { Ok::<_, Rejection>((HashMap::new(),)) });
    query.and(warp::header::headers_cloned()).and(warp::ext::optional::<PeerAddr>()).map(
        |params, headers: HeaderMap, peer: Option<PeerAddr>| Connect {
            params,
            auth_token: auth_token(&headers),
            headers,
            peer: peer.map(|PeerAddr(peer)| peer),
        },
    )
}

/// The `authToken` of phoenix.js 1.8: a header of a long poll; of a WebSocket, whose requests have
/// no headers of a page's own, the second subprotocol.
fn auth_token(headers: &HeaderMap) -> Option<String> {
    const PREFIX: &str = "base64url.bearer.phx.";
    if let Some(token) = headers.get("x-phoenix-authtoken") {
        return token.to_str().ok().map(str::to_owned);
    }
    let encoded = protocols(headers).find_map(|protocol| protocol.strip_prefix(PREFIX))?;
    // The client names it base64url and writes plain base64 without padding: both are read.
    let encoded = encoded.trim_end_matches('=').replace('-', "+").replace('_', "/");
    String::from_utf8(BASE64_STANDARD_NO_PAD.decode(encoded).ok()?).ok()
}

/// The subprotocols that a client offers.
pub(super) fn protocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lists = headers.get_all(SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(name: &'static str, value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header"));
        auth_token(&headers)
    }

    #[test]
    fn the_auth_token_is_read_from_where_each_transport_carries_it() {
        assert_eq!(token("x-phoenix-authtoken", "1234").as_deref(), Some("1234"));
        let offered = "phoenix, base64url.bearer.phx.MTIzNA";
        assert_eq!(token("sec-websocket-protocol", offered).as_deref(), Some("1234"));
        assert_eq!(
            token("sec-websocket-protocol", "phoenix, base64url.bearer.phx.Pz8_").as_deref(),
            Some("???")
        );
        assert_eq!(token("sec-websocket-protocol", "phoenix"), None);
        assert_eq!(token("sec-websocket-protocol", "base64url.bearer.phx.!"), None);
    }
}
