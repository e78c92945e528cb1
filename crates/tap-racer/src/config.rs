//! What the operator decides: flags, each of them also an environment variable.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use clap::{Parser, ValueEnum};
use race::{Millis, Settings};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::db::DatabaseUrl;

/// A multiplayer tap-race party game: one server, a big screen, everybody's phones.
///
/// Start it, open the console page on the big screen, and let people scan the code with their
/// phones. Every flag may also be given as an environment variable; a flag wins over it.
#[derive(Clone, Debug, Parser)]
#[command(name = "tap-racer", version, max_term_width = 100)]
pub struct Config {
    /// Where to listen; port 0 takes any free port.
    #[arg(long, env = "TAP_RACER_LISTEN", value_name = "IP:PORT", default_value = "0.0.0.0:4000")]
    pub listen: SocketAddr,

    /// Where /metrics is served, instead of at the address of the game; /healthz and /readyz are at both.
    #[arg(long, env = "TAP_RACER_METRICS_LISTEN", value_name = "IP:PORT")]
    pub metrics_listen: Option<SocketAddr>,

    /// The folder that holds what must outlive the process: the key that signs seats and host links, the
    /// database of rooms and their races, and that of accounts. One server runs on it at a time.
    #[arg(long, global = true, env = "TAP_RACER_DATA", value_name = "FOLDER", default_value = "./data")]
    pub data: PathBuf,

    /// The PostgreSQL database of accounts and their scores, such as
    /// postgres://user:password@host:port/database, for several servers together. Without it they are in
    /// an SQLite database in the data folder.
    #[arg(long, global = true, env = "TAP_RACER_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<DatabaseUrl>,

    /// The address by which phones reach this server, for QR codes and links, such as
    /// `https://race.example.org`. Without it: the address by which the console page was opened, or this
    /// machine's address in the local network.
    #[arg(long, env = "TAP_RACER_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,

    /// What a console of the house room must know to control it. Without it every console does. The
    /// host opens /console#host=KEY once.
    #[arg(long, env = "TAP_RACER_HOST_KEY", value_name = "KEY", hide_env_values = true)]
    pub host_key: Option<HostKey>,

    /// How many rooms may exist at once, the house room not counted.
    #[arg(long, env = "TAP_RACER_MAX_ROOMS", value_name = "ROOMS", default_value_t = 1000)]
    pub max_rooms: usize,

    /// How many rooms one address may make in a minute; 0 is no limit. Guests behind a proxy share its
    /// address.
    #[arg(long, env = "TAP_RACER_ROOMS_PER_MINUTE", value_name = "ROOMS", default_value_t = 20)]
    pub rooms_per_minute: u32,

    /// How many accounts one address may make in a minute; 0 is no limit. Guests behind a proxy share its
    /// address.
    #[arg(long, env = "TAP_RACER_ACCOUNTS_PER_MINUTE", value_name = "ACCOUNTS", default_value_t = 60)]
    pub accounts_per_minute: u32,

    /// How many wrong passwords one address may try in a minute, of which ten at one account, and four times
    /// as many right ones; 0 is no limit. Guests behind a proxy share its address. How often all together may
    /// try one account is limited whatever stands here.
    #[arg(long, env = "TAP_RACER_LOG_INS_PER_MINUTE", value_name = "TRIES", default_value_t = 30)]
    pub log_ins_per_minute: u32,

    /// How many may race in one room, bots included.
    #[arg(long, env = "TAP_RACER_MAX_RACERS", value_name = "RACERS", default_value_t = 1000)]
    pub max_racers: u32,

    /// How many guests may sit down in one room in a second, and ten times as many at once; 0 is no
    /// limit. Those who come back, or with a ticket as the pages do, may come five times as fast.
    #[arg(long, env = "TAP_RACER_JOINS_PER_SECOND", value_name = "GUESTS", default_value_t = 100)]
    pub joins_per_second: u32,

    /// How long a room outlives the last one who left it.
    #[arg(long, env = "TAP_RACER_ROOM_IDLE", value_name = "TIME", default_value = "30m", value_parser = span)]
    pub room_idle: Duration,

    /// How long a room waits for the first one to come.
    #[arg(long, env = "TAP_RACER_ROOM_UNUSED", value_name = "TIME", default_value = "5m", value_parser = span)]
    pub room_unused: Duration,

    /// How long the seat of a phone that lost its connection is kept.
    #[arg(long, env = "TAP_RACER_GRACE", value_name = "TIME", default_value = "30s", value_parser = span)]
    pub grace: Duration,

    /// What is logged (to standard error): a level, or directives such as info,tap_racer=debug.
    #[arg(long, global = true, env = "TAP_RACER_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,

    /// How it is logged.
    #[arg(long, global = true, env = "TAP_RACER_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl Config {
    /// What holds for all races.
    pub(crate) fn settings(&self) -> Settings {
        let grace = Millis(i64::try_from(self.grace.as_millis()).unwrap_or(i64::MAX));
        Settings { seats: self.max_racers, grace, ..Settings::default() }
    }
}

/// How a line of the log looks.
#[derive(Copy, Clone, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// The address of the server as its guests see it: `http` or `https`, a host, and no path, since
/// the pages live at the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a URL cannot be the public one.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("expected http:// or https:// with a host and no path, such as https://race.example.org")]
pub struct BadPublicUrl;

impl FromStr for PublicUrl {
    type Err = BadPublicUrl;

    fn from_str(text: &str) -> Result<PublicUrl, BadPublicUrl> {
        let url: warp::http::Uri = text.parse().map_err(|_| BadPublicUrl)?;
        let scheme = url.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let authority = url.authority().filter(|it| !it.host().is_empty() && !it.as_str().contains('@'));
        match (scheme, authority, url.path(), url.query()) {
            (Some(scheme), Some(authority), "/" | "", None) => {
                Ok(PublicUrl(format!("{scheme}://{authority}")))
            }
            _ => Err(BadPublicUrl),
        }
    }
}

/// The secret of whoever hosts the house room; never printed.
#[derive(Clone)]
pub struct HostKey(String);

impl HostKey {
    /// Whether this is the key. Takes as long for a guess that is nearly right as for a bad one.
    pub fn matches(&self, guess: &str) -> bool {
        self.0.as_bytes().ct_eq(guess.as_bytes()).into()
    }

    /// As it stands in the host's link.
    pub fn in_url(&self) -> String {
        let escaped = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        self.0.bytes().map(escaped).collect()
    }
}

impl fmt::Debug for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostKey(..)")
    }
}

/// Why a key cannot be the host's.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("a host key must not be empty")]
pub struct EmptyHostKey;

impl FromStr for HostKey {
    type Err = EmptyHostKey;

    fn from_str(text: &str) -> Result<HostKey, EmptyHostKey> {
        if text.is_empty() { Err(EmptyHostKey) } else { Ok(HostKey(text.to_owned())) }
    }
}

/// Why a text is no span of time.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("expected a whole number with a unit: 500ms, 90s, 30m or 2h")]
pub(crate) struct BadSpan;

/// A span of time as it is written.
pub(crate) fn span(text: &str) -> Result<Duration, BadSpan> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).ok_or(BadSpan)?;
    let (number, unit) = text.split_at(digits);
    let number: u32 = number.parse().map_err(|_| BadSpan)?;
    let unit = match unit {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        "h" => Duration::from_secs(60 * 60),
        _ => return Err(BadSpan),
    };
    Ok(unit * number)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_flag_is_explained_and_is_an_environment_variable_too() {
        let command = Config::command();
        command.clone().debug_assert();
        for flag in
            command.get_arguments().filter(|flag| !["help", "version"].contains(&flag.get_id().as_str()))
        {
            let name = flag.get_id().as_str();
            let variable = format!("TAP_RACER_{}", name.to_uppercase());
            assert_eq!(flag.get_env().and_then(|env| env.to_str()), Some(variable.as_str()));
            assert!(flag.get_help().is_some(), "{name} has no help");
        }
    }

    #[test]
    fn a_public_url_is_an_origin_and_nothing_more() {
        let url = |text: &str| text.parse::<PublicUrl>().map(|url| url.as_str().to_owned());
        assert_eq!(url("https://race.example.org/"), Ok("https://race.example.org".to_owned()));
        assert_eq!(url("http://10.0.0.7:8080"), Ok("http://10.0.0.7:8080".to_owned()));
        for bad in [
            "",
            "race.example.org",
            "ftp://x.org",
            "https://x.org/game",
            "https://x.org/?a=b",
            "https://a@x.org",
        ] {
            assert_eq!(url(bad), Err(BadPublicUrl), "{bad}");
        }
    }

    #[test]
    fn a_host_key_matches_itself_only_and_does_not_print() {
        let key: HostKey = "open sesame".parse().expect("a key");
        assert!(key.matches("open sesame"));
        assert!(!key.matches("open sesam"));
        assert!(!key.matches(""));
        assert_eq!(key.in_url(), "open%20sesame");
        assert!(!format!("{key:?}").contains("sesame"));
        assert!("".parse::<HostKey>().is_err());
    }

    #[test]
    fn a_span_needs_a_unit() {
        assert_eq!(span("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(span("30m"), Ok(Duration::from_secs(1800)));
        for bad in ["", "5", "m", "-1s", "1.5h", "99999999999s", "5 s"] {
            assert_eq!(span(bad), Err(BadSpan), "{bad}");
        }
    }
}
