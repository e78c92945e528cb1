//! The reference application: the same channels that a Phoenix application serves beside it when
//! conformance and speed are compared, callback for callback.
//!
//!     cargo run --release -p channels --example reference -- --port 4000
//!
//! | topic | events |
//! | --- | --- |
//! | `console` | hears of `play`: `user_join`, `user_tap`, `user_terminate` |
//! | `play` | `tap {}` |
//! | `chat:*`, `ichat:*` | `new_msg`, `ping`, `bin`, `bin_all`, `stop`, `crash` |
//! | `room:*` | presence, and `kick {user}` |

#[path = "reference/channels.rs"]
mod app;

use std::net::{Ipv4Addr, SocketAddr};

use channels::{Drain, Endpoint, Presence, Server};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The port of `--port N`; 0 takes a free one.
fn port() -> Option<u16> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Some(4000),
        (Some("--port"), Some(port)) => port.parse().ok(),
        _ => None,
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let Some(port) = port() else {
        eprintln!("usage: reference [--port N]");
        std::process::exit(2);
    };
    // As many sockets as the system allows.
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    let _ = setrlimit(Resource::Nofile, files);
    let endpoint = Endpoint::new(app::limits());
    let presence = Presence::new(&endpoint);
    let live = endpoint.mount("/socket", app::socket(presence));
    let server = Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    println!("listening on http://{}", server.local_addr());
    let mut terminate = signal(SignalKind::terminate())?;
    let stopped = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = ctrl_c() => {}
        }
    };
    server.run(live, stopped).await?;
    endpoint.drain(Drain::default()).await;
    Ok(())
}
