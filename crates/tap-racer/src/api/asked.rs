//! What a request is, as far as it matters here, and whether one of our own pages makes it.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use channels::PeerAddr;
use serde::de::DeserializeOwned;
use warp::{
    Filter, Rejection,
    http::{HeaderMap, StatusCode, header, uri::Authority},
};

use super::Refused;
use crate::app::App;

/// Somebody asks for something.
pub struct Asked {
    /// The server.
    pub app: Arc<App>,
    /// From where.
    pub from: IpAddr,
    /// How.
    pub headers: HeaderMap,
}

impl Asked {
    /// Takes one out of a request.
    pub fn filter(
        app: Arc<App>,
    ) -> impl Filter<Extract = (Asked,), Error = Rejection> + Clone + Send + Sync + 'static {
        warp::any()
            .and(warp::ext::get::<PeerAddr>())
            .and(warp::header::headers_cloned())
            .map(move |PeerAddr(peer), headers| Asked { app: app.clone(), from: peer.ip(), headers })
    }

    /// Refuses what another site's page has made a browser send: a cookie proves nothing there.
    ///
    /// Browsers say where a request comes from, in `Origin` with everything that changes something, and
    /// newer ones over HTTPS in `Sec-Fetch-Site` too; what says nothing of it is no browser.
    pub fn must_be_ours(&self) -> Result<(), Refused> {
        let is_of_another_site = self.text("sec-fetch-site").is_some_and(|site| !is_same_origin(site));
        let comes_from_elsewhere = self
            .headers
            .get(header::ORIGIN)
            .is_some_and(|origin| !origin.to_str().is_ok_and(|origin| self.is_ours(origin)));
        if is_of_another_site || comes_from_elsewhere {
            return Err(Refused::new(StatusCode::FORBIDDEN, "cross-site"));
        }
        Ok(())
    }

    /// Reads a body of JSON. No form of another site can send one.
    pub fn read<T: DeserializeOwned>(&self, body: Option<&Bytes>) -> Result<T, Refused> {
        let kind = self.text(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected application/json"));
        }
        let body = body.ok_or(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too long"))?;
        serde_json::from_slice(body).map_err(|_| Refused::new(StatusCode::BAD_REQUEST, "bad request"))
    }

    /// Whether a cookie must never be sent over plain HTTP: the page came by HTTPS. What does not say how it
    /// came has come as the operator says.
    pub fn is_secure(&self) -> bool {
        let origin = self.text(header::ORIGIN.as_str()).or(self.public_url());
        origin.is_some_and(|origin| origin.starts_with("https://"))
    }

    fn is_ours(&self, origin: &str) -> bool {
        let authority = |text: &str| text.parse::<Authority>().ok();
        let origin_host = origin.split_once("://").and_then(|(_, host)| authority(host));
        let host = self.text(header::HOST.as_str()).and_then(authority);
        (origin_host.is_some() && origin_host == host) || self.public_url() == Some(origin)
    }

    fn public_url(&self) -> Option<&str> {
        self.app.addresses.public_url.as_ref().map(|url| url.as_str())
    }

    fn text(&self, header: &str) -> Option<&str> {
        self.headers.get(header).and_then(|value| value.to_str().ok())
    }
}

/// `none` is somebody who typed the address.
fn is_same_origin(site: &str) -> bool {
    matches!(site, "same-origin" | "none")
}
