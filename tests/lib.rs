//! The whole, tested from outside. The Rust part (`it`) holds the architecture; the official client
//! (`clients`) and real browsers (`browser`) run in Node, against the built server.
