//! Whoever races for an account.

use serde_json::{Value, json};

use super::{House, read};
use crate::{
    accounts::AccountId,
    records::{Recorded, RecordedRun},
    rooms::RoomId,
};

const ADA: AccountId = AccountId(7);
const BO: AccountId = AccountId(8);

/// A heat of the house room in which the first racer raced for an account.
fn recorded(account: AccountId) -> Recorded {
    let run = RecordedRun {
        racer: 1,
        account,
        name: "Speedy".to_owned(),
        run: 1,
        best: true,
        previous: Some(9100),
        taps: 100,
        time: Some(9000),
        races: 4,
        wins: 2,
    };
    Recorded { room: Some(RoomId::House), heat: 3, runs: vec![run], boards: Vec::new() }
}

async fn sit(house: &House, account: AccountId, params: Value) -> (::channels::test::TestChannel, Value) {
    let joined = house.client_of(account).await.subscribe_and_join("play", params).await;
    let (channel, reply) = joined.expect("joined");
    (channel, read(&reply))
}

#[tokio::test]
async fn screens_see_who_races_for_an_account_and_hear_what_a_heat_was_to_them() {
    let house = House::open();
    let console = house.console().await;
    let (phone, joined) = sit(&house, ADA, json!({ "name": "Speedy" })).await;
    assert_eq!((&joined["account"], &joined["racer"]["name"]), (&json!("Ada"), &json!("Speedy")));
    assert_eq!(read(&console.assert_push("racer_changed").await)["account"], true);
    let (guest, joined) = house.phone("Bo").await;
    assert_eq!(joined.get("account"), None);
    let (_, view) = house.join("console", json!({})).await.expect("joined");
    let flags: Vec<_> =
        view["racers"].as_array().expect("racers").iter().map(|it| it.get("account")).collect();
    assert_eq!(flags, [Some(&json!(true)), None]);

    house.app.rooms.tell_recorded(&recorded(ADA));
    let racer =
        json!({ "id": 1, "name": "Speedy", "best": true, "time": 9000, "taps": 100, "previous": 9100 });
    assert_eq!(read(&console.assert_push("records").await), json!({ "heat": 3, "racers": [racer] }));
    let own = json!({ "heat": 3, "best": true, "previous": 9100, "stats": { "races": 4, "wins": 2 } });
    assert_eq!(read(&phone.assert_push("recorded").await), own);
    guest.refute_push("recorded").await;
}

#[tokio::test]
async fn a_seat_keeps_its_account_until_another_one_takes_its_place() {
    let house = House::open();
    let (_phone, joined) = sit(&house, ADA, json!({ "name": "Speedy" })).await;
    let seat = json!({ "seat": joined["seat"] });
    let (phone, rejoined) = house.join("play", seat.clone()).await.expect("joined");
    assert_eq!((&rejoined["account"], &rejoined["racer"]), (&json!("Ada"), &joined["racer"]));
    house.app.rooms.tell_recorded(&recorded(ADA));
    phone.assert_push("recorded").await;
    let (phone, rejoined) = sit(&house, BO, seat).await;
    assert_eq!(rejoined["racer"], joined["racer"]);
    house.app.rooms.tell_recorded(&recorded(ADA));
    phone.refute_push("recorded").await;
    house.app.rooms.tell_recorded(&recorded(BO));
    phone.assert_push("recorded").await;
}

#[tokio::test]
async fn who_has_logged_out_races_as_a_guest_from_the_next_join_on() {
    let house = House::open();
    let (_phone, joined) = sit(&house, ADA, json!({ "name": "Speedy" })).await;
    let as_guest = json!({ "seat": joined["seat"], "guest": true });
    let (phone, rejoined) = house.join("play", as_guest).await.expect("joined");
    assert_eq!((&rejoined["account"], &rejoined["racer"]), (&Value::Null, &joined["racer"]));
    house.app.rooms.tell_recorded(&recorded(ADA));
    phone.refute_push("recorded").await;
    let (_phone, rejoined) = house.join("play", json!({ "seat": joined["seat"] })).await.expect("joined");
    assert_eq!(rejoined["account"], Value::Null);
}

#[tokio::test]
async fn an_account_that_logs_out_everywhere_has_no_seat_any_more() {
    let house = House::open();
    let (console, _) = house.join("console", json!({})).await.expect("joined");
    let (phone, joined) = sit(&house, ADA, json!({ "name": "Speedy" })).await;
    assert_eq!(read(&console.assert_push("racer_joined").await)["name"], "Speedy");
    house.app.rooms.sign_out(ADA);
    phone.assert_push("phx_error").await;
    // Its page joins anew.
    let (_phone, rejoined) = house.join("play", json!({ "seat": joined["seat"] })).await.expect("joined");
    assert_eq!((&rejoined["account"], &rejoined["racer"]), (&Value::Null, &joined["racer"]));
    let (_phone, rejoined) = sit(&house, ADA, json!({ "seat": joined["seat"] })).await;
    assert_eq!(rejoined["account"], "Ada");
}
