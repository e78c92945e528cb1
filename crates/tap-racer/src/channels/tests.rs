//! The channels without a port: joins, every refusal, and that a channel lives on after each.

mod accounts;
mod chat;
mod console;
mod crowd;
mod door;
mod play;
mod racing;
mod records;
mod score;

use std::sync::Arc;

use ::channels::{
    Endpoint, Payload, Socket, Status,
    test::{TestChannel, TestClient},
};
use clap::Parser;
use race::Millis;
use serde_json::{Value, json};

use super::Visitor;
use crate::{
    accounts::{Account, AccountId},
    app::App,
    clock::Clock,
    config::Config,
    db::Db,
    name::Name,
    store::Saves,
    tokens::Keys,
};

/// A house with its clients.
pub(super) struct House {
    pub endpoint: Endpoint,
    pub app: Arc<App>,
}

impl House {
    fn open() -> House {
        House::with(&[])
    }

    /// With flags.
    fn with(flags: &[&str]) -> House {
        House::of(flags, crate::db::test::unavailable(), Saves::default())
    }

    /// With accounts.
    pub fn on(db: Db) -> House {
        House::of(&[], db, Saves::default())
    }

    /// In which nothing is ever written, though it could be any moment.
    fn with_a_stuck_disk(flags: &[&str]) -> House {
        House::of(flags, crate::db::test::unavailable(), Saves::stuck())
    }

    fn of(flags: &[&str], db: Db, saves: Saves) -> House {
        let config = Config::parse_from(["tap-racer"].iter().chain(flags));
        let endpoint = super::endpoint();
        let listening = "127.0.0.1:4000".parse().expect("an address");
        let (keys, clock) = (Keys::of(b"key"), Clock::start(Millis::MIN));
        let app = Arc::new(App::new(config, keys, clock, listening, &endpoint, saves, db));
        House { endpoint, app }
    }

    async fn client(&self) -> TestClient {
        let socket = super::socket(self.app.clone());
        TestClient::connect(&self.endpoint, socket, &[]).await.expect("let in")
    }

    /// A client that has joined one topic, and the reply.
    async fn join(&self, topic: &str, params: Value) -> Result<(TestChannel, Value), Value> {
        let joined = self.client().await.subscribe_and_join(topic, params).await;
        joined.map(|(channel, reply)| (channel, read(&reply))).map_err(|refusal| read(&refusal))
    }

    /// A client of an account.
    async fn client_of(&self, account: AccountId) -> TestClient {
        let account = Account { id: account, name: Name::parse("Ada").expect("a name") };
        let visitor =
            Visitor { app: self.app.clone(), came_by: None, account: Some(account), _connection: None };
        let socket = Socket::new(move |_| {
            let visitor = visitor.clone();
            async move { Ok(visitor) }
        });
        TestClient::connect(&self.endpoint, super::topics(socket), &[]).await.expect("let in")
    }

    /// One that has joined a topic, and the reply.
    async fn join_as(&self, account: AccountId, topic: &str) -> Result<(TestChannel, Value), Value> {
        let joined = self.client_of(account).await.subscribe_and_join(topic, json!({})).await;
        joined.map(|(channel, reply)| (channel, read(&reply))).map_err(|refusal| read(&refusal))
    }

    async fn phone(&self, name: &str) -> (TestChannel, Value) {
        self.join("play", json!({ "name": name })).await.expect("joined")
    }

    async fn console(&self) -> TestChannel {
        self.join("console", json!({})).await.expect("joined").0
    }

    /// Why nobody joins like this.
    async fn refusal(&self, topic: &str, params: Value) -> Value {
        match self.join(topic, params.clone()).await {
            Err(refusal) => refusal,
            Ok((_, reply)) => panic!("{topic} let {params} in: {reply}"),
        }
    }
}

fn read(payload: &Payload) -> Value {
    payload.parse().expect("json")
}

fn reason(reason: &str) -> Value {
    json!({ "reason": reason })
}

async fn refuses(channel: &TestChannel, event: &str, payload: Value, why: &str) {
    let refusal = channel.push(event, payload.clone()).assert_reply(Status::Error).await;
    assert_eq!(read(&refusal), reason(why), "{event} {payload}");
}

async fn obeys(channel: &TestChannel, event: &str, payload: Value) {
    channel.push(event, payload).assert_reply(Status::Ok).await;
}

#[tokio::test]
async fn rooms_that_are_not_there_are_not_joined() {
    let house = House::open();
    for topic in [
        "play:7777",
        "play:",
        "play:lobby",
        "console:7777",
        "console:k7qf",
        "chat:7777",
        "chat:",
        "play:K7QF:",
    ] {
        assert_eq!(house.refusal(topic, json!({ "name": "Ada" })).await, reason("no such room"), "{topic}");
    }
    let ada = || json!({ "name": "Ada" });
    assert_eq!(house.refusal("plays", ada()).await, reason("unmatched topic"));
    assert_eq!(house.refusal("chat:secret", ada()).await, reason("You don't have permission!"));
}

#[tokio::test]
async fn who_is_seen_or_heard_needs_a_name_that_may_be_shown() {
    let house = House::open();
    for (params, why) in [
        (json!({}), "name is missing"),
        (json!(null), "name is missing"),
        (json!(["Ada"]), "name is missing"),
        (json!({ "name": "" }), "name is missing"),
        (json!({ "name": " \u{200b}\n" }), "name is missing"),
        (json!({ "name": 7 }), "name is missing"),
        (json!({ "name": "x".repeat(25) }), "name is too long"),
        (json!({ "name": "x".repeat(100_000) }), "name is too long"),
        (json!({ "name": "Fuck this" }), "name is not allowed"),
    ] {
        for topic in ["play", "chat:lobby"] {
            assert_eq!(house.refusal(topic, params.clone()).await, reason(why), "{topic} {params}");
        }
    }
}
