//! Which pages may connect.
//!
//! Source: `check_origin` in Phoenix's `lib/phoenix/socket/transport.ex`.

use http::{HeaderMap, header};

/// Which pages may open a socket. Browsers tell their page's origin; other clients tell none, and
/// are let in.
#[derive(Clone, Debug, Default)]
pub enum CheckOrigin {
    /// Pages of the host that the request itself was sent to, whatever the port.
    #[default]
    SameHost,
    /// Pages of these origins: `https://example.org`, `//example.org` for any scheme,
    /// `//*.example.org` for any subdomain; with a port or for any port.
    Origins(Vec<String>),
    /// All pages.
    Any,
}

impl CheckOrigin {
    pub(crate) fn allows(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        if matches!(self, Self::Any) {
            return true;
        }
        let Some(origin) = origin.to_str().ok().and_then(Origin::parse) else { return false };
        match self {
            Self::Any => true,
            Self::Origins(allowed) => allowed
                .iter()
                .filter_map(|allowed| Origin::parse(allowed))
                .any(|allowed| allowed.covers(&origin)),
            Self::SameHost => {
                let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
                host.is_some_and(|host| split_port(host).0.eq_ignore_ascii_case(origin.host))
            }
        }
    }
}

struct Origin<'a> {
    /// Empty for any.
    scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Origin<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (scheme, authority) = text.split_once("//")?;
        let (host, port) = split_port(authority);
        Some(Self { scheme: scheme.trim_end_matches(':'), host, port })
    }

    fn covers(&self, other: &Origin<'_>) -> bool {
        let host = match self.host.strip_prefix('*') {
            Some(suffix) => other
                .host
                .len()
                .checked_sub(suffix.len())
                .and_then(|start| other.host.get(start..))
                .is_some_and(|end| end.eq_ignore_ascii_case(suffix)),
            None => self.host.eq_ignore_ascii_case(other.host),
        };
        let scheme = self.scheme.is_empty() || self.scheme.eq_ignore_ascii_case(other.scheme);
        host && scheme && self.port.is_none_or(|port| other.port == Some(port))
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(check: &CheckOrigin, origin: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "race.example:4000".parse().expect("a header"));
        headers.insert(header::ORIGIN, origin.parse().expect("a header"));
        check.allows(&headers)
    }

    #[test]
    fn pages_of_the_same_host_may_connect() {
        assert!(allows(&CheckOrigin::SameHost, "http://race.example:4000"));
        assert!(allows(&CheckOrigin::SameHost, "https://RACE.example"));
        assert!(!allows(&CheckOrigin::SameHost, "https://evil.example"));
        assert!(!allows(&CheckOrigin::SameHost, "https://race.example.evil.example"));
        assert!(!allows(&CheckOrigin::SameHost, "null"));
    }

    #[test]
    fn listed_origins_may_connect() {
        let check = |origin: &str| CheckOrigin::Origins(vec!["//first.example".into(), origin.into()]);
        assert!(allows(&check("https://party.example"), "https://party.example"));
        assert!(!allows(&check("https://party.example"), "http://party.example"));
        assert!(!allows(&check("https://party.example"), "http://race.example:4000"));
        assert!(allows(&check("//party.example"), "http://party.example:8080"));
        assert!(!allows(&check("//party.example:80"), "http://party.example:8080"));
        assert!(!allows(&check("no origin"), "no origin"));
    }

    #[test]
    fn a_star_covers_subdomains_and_nothing_that_merely_ends_alike() {
        let check = CheckOrigin::Origins(vec!["//*.example.org".into()]);
        assert!(allows(&check, "https://a.example.org"));
        assert!(allows(&check, "https://a.b.EXAMPLE.org:444"));
        assert!(!allows(&check, "https://example.org"));
        assert!(!allows(&check, "https://evilexample.org"));
        assert!(!allows(&check, "https://x"));
    }

    #[test]
    fn who_tells_no_origin_is_no_browser() {
        assert!(CheckOrigin::SameHost.allows(&HeaderMap::new()));
    }

    #[test]
    fn all_pages_may_connect_where_any_may() {
        assert!(allows(&CheckOrigin::Any, "null"));
    }
}
