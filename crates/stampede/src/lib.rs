//! Simulated phones: guests for a demo, load for a benchmark, for any server of Phoenix Channels.
//!
//! ```text
//!  bench::{idle, joins, fanout, taps}   what is measured
//!       │
//!  crowd                                clients that connect, join, give signs of life
//!       │
//!  herd ── wire                         tens of thousands of sockets in one thread; frames, messages
//!       │
//!  process, floor                       what the server used, and what the kernel alone would take
//! ```
//!
//! Nothing here knows a server but by its wire and its process.

mod bench;
mod cli;
mod crowd;
mod floor;
mod guest;
mod herd;
mod human;
mod measure;
mod phones;
mod process;
mod report;
mod rooms;
mod server;
mod soak;
mod table;
mod target;
mod wire;

pub use cli::Cli;
