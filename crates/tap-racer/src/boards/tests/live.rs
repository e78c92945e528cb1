//! Boards that somebody looks at.

use std::{sync::Arc, time::Duration};

use ::channels::{Endpoint, Socket, test::TestClient};
use clap::Parser;
use tokio::time::{Instant, timeout};

use super::*;
use crate::{
    accounts::{Account, AccountId},
    app::App,
    channels::{Visitor, topics},
    clock::Clock,
    config::Config,
    name::Name,
    store::Saves,
    tokens::Keys,
};

/// A server whose boards go by the test's clock.
struct House {
    endpoint: Endpoint,
    app: Arc<App>,
}

impl House {
    fn on(db: &Db, at: i64) -> House {
        CLOCK.set(Millis(at));
        let config = Config::parse_from(["tap-racer"]);
        let (endpoint, keys, clock) = (endpoint(), Keys::of(b"key"), Clock::start(Millis::MIN));
        let listening = "127.0.0.1:4000".parse().expect("an address");
        let mut app = App::new(config, keys, clock, listening, &endpoint, Saves::default(), db.clone());
        app.boards = Boards::new(db.clone(), &endpoint, set_clock);
        House { endpoint, app: Arc::new(app) }
    }

    async fn client(&self, account: Option<AccountId>) -> TestClient {
        let account = account.map(|id| Account { id, name: Name::parse("Ada").expect("a name") });
        let visitor = Visitor { app: self.app.clone(), came_by: None, account, _connection: None };
        let socket = Socket::new(move |_| {
            let visitor = visitor.clone();
            async move { Ok(visitor) }
        });
        TestClient::connect(&self.endpoint, topics(socket), &[]).await.expect("let in")
    }

    fn changed(&self) {
        self.app.boards.changed(&"sprint-100".parse().expect("a key"));
    }
}

on_each_database!(who_looks_at_a_board_sees_it_change_at_most_once_a_second(db) {
    let house = House::on(&db, now());
    let client = house.client(None).await;
    let (page, reply) = client.subscribe_and_join("board:sprint-100:today", json!({})).await.expect("joined");
    assert_eq!((&reply.parse::<Value>().expect("json")["entries"], house.app.boards.looked_at()), (&json!([]), 1));
    let began = Instant::now();
    for number in 0..20 {
        let account = sign_up(&db, &format!("Racer {number}")).await;
        Run::sprint(account, 9000 - number, now()).record(&db).await;
        house.changed();
    }
    let mut heard = 0;
    loop {
        // What is broadcast: of what waits for a client the newest alone is sent.
        let told: Value = page.assert_broadcast("board").await.parse().expect("json");
        heard += 1;
        if told["of"] == 20 {
            assert_eq!(standing(&told["entries"])[0], (1, "Racer 19".to_owned()));
            break;
        }
    }
    let seconds = began.elapsed().as_secs() + 1;
    assert!(heard <= seconds + 1, "{heard} times in {seconds} seconds");
    page.leave().await;
    client.close();
});

on_each_database!(a_board_of_today_is_the_next_days_after_midnight(db) {
    // 2026-11-20 00:00:00 UTC.
    const MIDNIGHT: i64 = 1_795_132_800_000;
    let ada = sign_up(&db, "Ada").await;
    Run::sprint(ada, 7000, MIDNIGHT - 1000).record(&db).await;
    let house = House::on(&db, MIDNIGHT - 200);
    let client = house.client(Some(ada)).await;
    let (today, reply) = client.subscribe_and_join("board:sprint-100:today", json!({})).await.expect("joined");
    assert_eq!(reply.parse::<Value>().expect("json")["me"]["place"], 1);
    CLOCK.set(Millis(MIDNIGHT + 1));
    let told: Value = today.assert_push("board").await.parse().expect("json");
    assert_eq!(told, json!({ "entries": [], "of": 0 }));
    let me = today.push("me", json!({})).assert_reply(::channels::Status::Ok).await;
    assert_eq!(me, json!({}));
});

on_each_database!(a_board_that_nobody_looks_at_any_more_is_let_go(db) {
    let house = House::on(&db, now());
    let (one, two) = (board("sprint-100", Period::All), board("sprint-100", Period::Week));
    let watches = [house.app.boards.watch(&one), house.app.boards.watch(&one), house.app.boards.watch(&two)];
    assert_eq!(house.app.boards.looked_at(), 2);
    let [first, second, other] = watches;
    drop(first);
    drop(other);
    assert_eq!(house.app.boards.looked_at(), 1);
    drop(second);
    assert_eq!(house.app.boards.looked_at(), 0);
});

on_each_database!(who_reads_a_board_just_before_it_changes_is_told(db) {
    let house = House::on(&db, now());
    let watch = house.app.boards.watch(&board("sprint-100", Period::All)).expect("a look");
    assert!(watch.missed().is_none());
    Run::sprint(sign_up(&db, "Ada").await, 7000, now()).record(&db).await;
    house.changed();
    let missed = async {
        loop {
            if let Some(missed) = watch.missed() {
                return missed;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let missed: Value = timeout(Duration::from_secs(20), missed).await.expect("told").parse().expect("json");
    assert_eq!(missed["of"], 1);
    let later = house.app.boards.watch(&board("sprint-100", Period::All)).expect("a look");
    assert!(later.missed().is_none(), "it has read the board as it is");
});
