//! Where the server is, and where its phones seem to be.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs},
    str::FromStr,
};

use thiserror::Error;

/// A server's socket, such as `ws://127.0.0.1:4000/socket/websocket`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where to connect.
    pub address: SocketAddr,
    /// As it is named in the request.
    pub host: String,
    /// With the query.
    pub path: String,
}

/// Why a text is no target.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadTarget {
    /// Not `ws://` or `http://`.
    #[error("expected ws://HOST:PORT, such as ws://127.0.0.1:4000")]
    Scheme,
    /// The name leads nowhere.
    #[error("{0} has no address")]
    Host(String),
}

impl FromStr for Target {
    type Err = BadTarget;

    /// Without a path it is that of Phoenix, `/socket/websocket`; `vsn=2.0.0` is added.
    fn from_str(text: &str) -> Result<Target, BadTarget> {
        let rest =
            text.strip_prefix("ws://").or_else(|| text.strip_prefix("http://")).ok_or(BadTarget::Scheme)?;
        let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let with_port = if host.rsplit(']').next().is_some_and(|end| end.contains(':')) {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        let mut addresses = with_port.to_socket_addrs().map_err(|_| BadTarget::Host(host.to_owned()))?;
        let address = addresses.next().ok_or_else(|| BadTarget::Host(host.to_owned()))?;
        let path = if path == "/" { "/socket/websocket" } else { path };
        let joint = if path.contains('?') { '&' } else { '?' };
        Ok(Target { address, host: host.to_owned(), path: format!("{path}{joint}vsn=2.0.0") })
    }
}

impl Target {
    /// The request of a WebSocket (RFC 6455, section 4.1).
    pub fn request(&self) -> Vec<u8> {
        format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: {KEY}\r\n\r\n",
            self.path, self.host
        )
        .into_bytes()
    }

    /// The address that a connection comes from: in the loopback network one of several, since each has
    /// no more than some tens of thousands of ports; elsewhere whatever the system takes.
    pub fn source(&self, connection: usize) -> Option<IpAddr> {
        match self.address.ip() {
            IpAddr::V4(ip) if ip.is_loopback() => {
                let last = 1 + u8::try_from(connection % SOURCES).unwrap_or_default();
                Some(Ipv4Addr::new(127, 0, 0, last).into())
            }
            _ => None,
        }
    }
}

/// Sixteen bytes in base64, always the same: the server's answer to it is then known.
pub const KEY: &str = "c3RhbXBlZGUgb2YgMTYhIQ==";

/// So many addresses of the loopback network are used.
const SOURCES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_host_and_phoenix_path_unless_told_otherwise() {
        let target: Target = "ws://127.0.0.1:4000".parse().expect("a target");
        assert_eq!(target.address, "127.0.0.1:4000".parse().expect("an address"));
        assert_eq!(target.path, "/socket/websocket?vsn=2.0.0");
        let target: Target = "http://[::1]/live/websocket?user=ann".parse().expect("a target");
        assert_eq!((target.address.port(), target.path.as_str()), (80, "/live/websocket?user=ann&vsn=2.0.0"));
        assert_eq!("127.0.0.1:4000".parse::<Target>(), Err(BadTarget::Scheme));
        assert!(matches!("ws://nowhere.invalid".parse::<Target>(), Err(BadTarget::Host(_))));
    }

    #[test]
    fn phones_come_from_several_addresses_of_the_loopback_network_only() {
        let target: Target = "ws://127.0.0.1:4000".parse().expect("a target");
        let sources: std::collections::HashSet<_> = (0..100).filter_map(|n| target.source(n)).collect();
        assert_eq!(sources.len(), SOURCES);
        let target: Target = "ws://192.0.2.1:4000".parse().expect("a target");
        assert_eq!(target.source(1), None);
    }
}
