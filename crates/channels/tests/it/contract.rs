//! What a client can tell of a server of Phoenix Channels: one suite, whose cases run for each
//! serializer over each transport.
//!
//! A case is a function of the wire that it runs for, and is written in the terms of serializer
//! 2.0.0 (see [`Peer`](crate::support::peer::Peer)). The macros make the tests; a case that none of
//! them names is dead code, and the compiler says so.

macro_rules! on_wire {
    ($wire:ident is $version:ident over $transport:ident: $($case:ident)*) => {
        mod $wire {
            use crate::support::peer::{Transport, Version, Wire};

            const WIRE: Wire = Wire { version: Version::$version, transport: Transport::$transport };

            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(WIRE).await;
                }
            )*
        }
    };
}

macro_rules! on_every_wire {
    ($($case:ident),* $(,)?) => {
        on_wire!(v1_websocket is V1 over WebSocket: $($case)*);
        on_wire!(v1_longpoll is V1 over LongPoll: $($case)*);
        on_wire!(v2_websocket is V2 over WebSocket: $($case)*);
        on_wire!(v2_longpoll is V2 over LongPoll: $($case)*);
    };
}

macro_rules! on_v1 {
    ($($case:ident),* $(,)?) => {
        on_wire!(v1_websocket is V1 over WebSocket: $($case)*);
        on_wire!(v1_longpoll is V1 over LongPoll: $($case)*);
    };
}

macro_rules! on_v2 {
    ($($case:ident),* $(,)?) => {
        on_wire!(only_v2_websocket is V2 over WebSocket: $($case)*);
        on_wire!(only_v2_longpoll is V2 over LongPoll: $($case)*);
    };
}

macro_rules! on_websockets {
    ($($case:ident),* $(,)?) => {
        on_wire!(v1_websocket is V1 over WebSocket: $($case)*);
        on_wire!(v2_websocket is V2 over WebSocket: $($case)*);
    };
}

macro_rules! on_longpolls {
    ($($case:ident),* $(,)?) => {
        on_wire!(v1_longpoll is V1 over LongPoll: $($case)*);
        on_wire!(v2_longpoll is V2 over LongPoll: $($case)*);
    };
}

mod application;
mod binary;
mod callbacks;
mod ends;
mod frames;
mod joins;
mod leaves;
mod limits;
mod longpoll;
mod longpoll_batches;
mod presence;
mod references;
mod serializer_v1;
mod versions;
mod websocket;
