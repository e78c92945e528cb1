//! Tap Racer: a host opens the console page on a big screen, people scan its code with their phones
//! and tap as fast as they can.
//!
//! ```text
//!  phones, screens                     crate channels
//!       │   /socket                    frames, topics, joins
//!       ▼                                     │
//!   channels::{console, play, chat}   what clients send, read and checked
//!       │   RoomHandle                        │
//!       ▼                                     │  Endpoint: broadcasts, Pusher: own counts
//!   room (one task each)  ────────────────────┘
//!       │   Command, time  ▲ Event
//!       ▼                  │
//!   crate race            the rules, and nothing else
//! ```
//!
//! [`App::start`] starts a server from a [`Config`] and returns it [`Running`]; `main.rs` adds the
//! terminal. Rooms are kept in `rooms`; one task owns a room with everything in it (`room`), and
//! channels hold handles to it, and it hands what must outlive the process to the `store`. A heat that is
//! over goes on from there to the database of accounts (`records`, `db`). `pages` and `api` answer plain
//! HTTP, and `ops` what machines ask, with what is counted in `metrics`. What goes over the wire is in `wire`, and decides nothing.

mod accounts;
mod address;
mod api;
mod app;
mod backup;
mod boards;
mod channels;
mod chat;
mod cli;
mod clock;
mod config;
mod db;
mod looks;
mod metrics;
mod name;
mod news;
mod ops;
mod pages;
mod profile;
mod qr;
mod rate;
mod records;
mod restore;
mod room;
mod rooms;
mod scores;
mod store;
mod text;
mod tokens;
mod top;
mod wire;

pub use app::{App, Running, StartError};
pub use backup::BackupError;
pub use cli::{Accounts, AccountsError, Backup, Cli, Command, CommandError, Restore};
pub use config::{BadPublicUrl, Config, EmptyHostKey, HostKey, LogFormat, PublicUrl};
pub use db::{BadDatabaseUrl, DatabaseUrl, DbError, Source};
pub use qr::terminal as terminal_qr;
pub use store::StoreError;
pub use top::{Top, TopError};
