//! The server from outside: a real port, and raw frames as any client writes them.

mod kit;

mod chat;
mod cohosts;
mod door;
mod hosting;
mod http;
mod modes;
mod race;
mod restarts;
mod rooms;
mod seats;
