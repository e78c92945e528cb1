//! The server from outside: a real port, and raw frames as any client writes them.

mod kit;

mod accounts;
mod bests;
mod chat;
mod cohosts;
mod crowd;
mod door;
mod equal;
mod finish;
mod hostile;
mod hosting;
mod http;
mod lanes;
mod moderation;
mod modes;
mod operator;
mod party;
mod race;
mod restarts;
mod rooms;
mod seats;
mod tickets;
mod tournament;
