//! The address that people are told: on the big screen, in its QR code, in the terminal.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use warp::http::{HeaderMap, header, uri::Authority};

use crate::{config::PublicUrl, rooms::RoomId};

/// The address by which a page of ours was opened, as its browser says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameBy {
    authority: Authority,
    secure: bool,
}

impl CameBy {
    /// From the headers of a request. A TLS proxy in front of us is recognised by the `Origin` that
    /// browsers send with a WebSocket's upgrade and with a POST.
    pub fn from_headers(headers: &HeaderMap) -> Option<CameBy> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let authority: Authority = text(header::HOST)?.parse().ok()?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        let secure = text(header::ORIGIN).and_then(|origin| origin.strip_prefix("https://"))
            == Some(authority.as_str());
        Some(CameBy { authority, secure })
    }

    /// Whether only the machine itself can come this way.
    fn is_this_machine(&self) -> bool {
        let host = self.authority.host().trim_matches(['[', ']']);
        match host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || address.is_unspecified(),
            Err(_) => {
                host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
            }
        }
    }
}

/// What is known of the ways to this server.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// What the operator says, which settles it.
    pub public_url: Option<PublicUrl>,
    /// Where the server listens, its true port included.
    pub listening: SocketAddr,
}

impl Addresses {
    /// The address to tell people, such as `http://192.168.1.5:4000`: the public one; else the one by
    /// which the page that asks was opened, unless that leads nowhere from a phone; else this machine's
    /// own.
    pub fn base(&self, came_by: Option<&CameBy>) -> String {
        if let Some(url) = &self.public_url {
            return url.as_str().to_owned();
        }
        let reaches_us = |came_by: &&CameBy| self.listening.ip().is_loopback() || !came_by.is_this_machine();
        match came_by.filter(reaches_us) {
            Some(CameBy { authority, secure: true }) => format!("https://{authority}"),
            Some(CameBy { authority, secure: false }) => format!("http://{authority}"),
            None => format!("http://{}", self.own_address(local_ip_address::local_ip().ok())),
        }
    }

    /// Where phones join a room.
    pub fn join_url(&self, came_by: Option<&CameBy>, room: &RoomId) -> String {
        format!("{}{}", self.base(came_by), room.path("play"))
    }

    fn own_address(&self, in_local_network: Option<IpAddr>) -> SocketAddr {
        let ip = match self.listening.ip() {
            ip if !ip.is_unspecified() => ip,
            // No network at all: the machine itself can still play.
            _ => in_local_network.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        };
        SocketAddr::new(ip, self.listening.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came_by(host: &str, origin: Option<&str>) -> Option<CameBy> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a header"));
        }
        CameBy::from_headers(&headers)
    }

    fn addresses(listening: &str) -> Addresses {
        Addresses { public_url: None, listening: listening.parse().expect("an address") }
    }

    fn base(listening: &str, host: &str) -> String {
        addresses(listening).base(came_by(host, None).as_ref())
    }

    #[test]
    fn the_public_url_settles_it() {
        let public_url = "https://race.example.org".parse().ok();
        let addresses = Addresses { public_url, ..addresses("0.0.0.0:4000") };
        assert_eq!(addresses.base(came_by("10.0.0.9:4000", None).as_ref()), "https://race.example.org");
    }

    #[test]
    fn the_way_the_console_came_is_the_way_for_phones() {
        assert_eq!(base("0.0.0.0:4000", "10.0.0.9:4000"), "http://10.0.0.9:4000");
        assert_eq!(base("0.0.0.0:4000", "party.local:4000"), "http://party.local:4000");
        assert_eq!(base("127.0.0.1:4000", "race.example.org"), "http://race.example.org");
    }

    #[test]
    fn a_console_on_the_machine_itself_sends_phones_to_the_network() {
        for host in
            ["localhost:4000", "127.0.0.1:4000", "[::1]:4000", "0.0.0.0:4000", "LOCALHOST", "x.localhost:80"]
        {
            assert_eq!(base("192.168.1.5:4000", host), "http://192.168.1.5:4000", "{host}");
        }
        let everywhere = addresses("0.0.0.0:4000");
        let lan = "192.168.7.7".parse().ok();
        assert_eq!(everywhere.own_address(lan).to_string(), "192.168.7.7:4000");
        assert_eq!(everywhere.own_address(None).to_string(), "127.0.0.1:4000");
        assert_eq!(addresses("[::]:4000").own_address(lan).to_string(), "192.168.7.7:4000");
    }

    #[test]
    fn a_server_for_this_machine_alone_says_so() {
        assert_eq!(addresses("127.0.0.1:4000").base(None), "http://127.0.0.1:4000");
        assert_eq!(base("127.0.0.1:4000", "localhost:4000"), "http://localhost:4000");
    }

    #[test]
    fn a_tls_proxy_is_seen_by_the_origin() {
        let addresses = addresses("0.0.0.0:4000");
        let base = |origin| addresses.base(came_by("party.example", Some(origin)).as_ref());
        assert_eq!(base("https://party.example"), "https://party.example");
        assert_eq!(base("https://elsewhere.example"), "http://party.example");
    }

    #[test]
    fn a_host_that_is_none_is_not_believed() {
        for host in ["", "a b", "x@y", "\"><script>"] {
            assert_eq!(came_by(host, None), None, "{host}");
        }
    }
}
