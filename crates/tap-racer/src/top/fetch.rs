//! One request to a server, over a connection of its own.

use std::{str::FromStr, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, StatusCode, Uri, client::conn::http1::handshake, header};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};

use super::scrape::Scrape;

/// A server that does not answer for so long is away.
const PATIENCE: Duration = Duration::from_secs(5);
/// Metrics are some ten kilobytes.
const MOST_BYTES: usize = 4 << 20;

/// Where metrics are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsUrl {
    host: String,
    port: u16,
    path: String,
}

/// Why a URL cannot be asked.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Error)]
#[error("expected http:// with a host, such as http://127.0.0.1:4000")]
pub struct BadMetricsUrl;

/// Why there are no metrics.
#[derive(Debug, Error)]
pub enum NotFetched {
    /// Nobody is there.
    #[error("cannot connect: {0}")]
    Away(#[from] std::io::Error),
    /// What is there speaks no HTTP.
    #[error("no answer: {0}")]
    NoAnswer(#[from] hyper::Error),
    /// It takes too long.
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Silent,
    /// It has none, or elsewhere.
    #[error("the server answers {0}; with --metrics-listen its metrics are at that address")]
    Refused(StatusCode),
    /// Something else is there.
    #[error("this is no server of Tap Racer")]
    Other,
}

impl FromStr for MetricsUrl {
    type Err = BadMetricsUrl;

    fn from_str(text: &str) -> Result<MetricsUrl, BadMetricsUrl> {
        let url: Uri = text.parse().map_err(|_| BadMetricsUrl)?;
        let host = url.host().filter(|host| !host.is_empty() && url.scheme_str() == Some("http"));
        let path = Some(url.path()).filter(|path| *path != "/").unwrap_or("/metrics");
        Ok(MetricsUrl {
            host: host.ok_or(BadMetricsUrl)?.to_owned(),
            port: url.port_u16().unwrap_or(80),
            path: path.to_owned(),
        })
    }
}

impl MetricsUrl {
    /// Host and port.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Asks.
    ///
    /// # Errors
    /// When the server is away, or is no such server.
    pub async fn fetch(&self) -> Result<Scrape, NotFetched> {
        timeout(PATIENCE, self.ask()).await.unwrap_or(Err(NotFetched::Silent))
    }

    async fn ask(&self) -> Result<Scrape, NotFetched> {
        let stream = TcpStream::connect(self.server()).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with the answer, or with this.
        let connection = tokio::spawn(connection);
        let request = Request::get(&self.path).header(header::HOST, self.server());
        let request = request.body(Empty::<Bytes>::new()).map_err(|_| NotFetched::Other)?;
        let answer = sender.send_request(request).await;
        let body = async {
            let answer = answer?;
            if answer.status() != StatusCode::OK {
                return Err(NotFetched::Refused(answer.status()));
            }
            let body = Limited::new(answer.into_body(), MOST_BYTES).collect().await;
            body.map(|body| body.to_bytes()).map_err(|_| NotFetched::Other)
        }
        .await;
        connection.abort();
        let scrape =
            Scrape::read(std::str::from_utf8(&body?).map_err(|_| NotFetched::Other)?, Instant::now());
        scrape.filter(|scrape| scrape.value("tap_racer_rooms").is_some()).ok_or(NotFetched::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metrics_of_a_server_are_where_it_says_or_at_their_usual_path() {
        let url = |text: &str| text.parse::<MetricsUrl>().map(|url| (url.server(), url.path));
        let found = |server: &str, path: &str| Ok((server.to_owned(), path.to_owned()));
        assert_eq!(url("http://127.0.0.1:4000"), found("127.0.0.1:4000", "/metrics"));
        assert_eq!(url("http://race.example/"), found("race.example:80", "/metrics"));
        assert_eq!(url("http://[::1]:9/party/metrics"), found("[::1]:9", "/party/metrics"));
        for bad in ["", "127.0.0.1:4000", "https://race.example", "ftp://x", "http://"] {
            assert_eq!(url(bad), Err(BadMetricsUrl), "{bad}");
        }
    }
}
