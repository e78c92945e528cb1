//! Equal chances: calibration, handicaps, other inputs.

use serde_json::{Value, json};

use crate::kit::{Client, Server};

fn handicap(taps: u32) -> Value {
    let rules =
        json!({ "mode": "sprint", "taps": taps, "countdown": 0, "max_taps_per_second": 0, "handicap": true });
    json!({ "rules": rules })
}

async fn calibrate(phone: &mut Client, taps: u64, time: u64) -> Result<Value, String> {
    phone.push("play", "calibrate", json!({ "taps": taps, "ms": time })).await
}

#[tokio::test]
async fn a_slow_racer_gets_a_shorter_course_and_wins_by_it() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, ada_joined) = server.phone("play", "Ada").await;
    let (mut bo, bo_joined) = server.phone("play", "Bo").await;
    assert_eq!(ada_joined["course"], json!(null));
    // Two a second and eight a second.
    assert_eq!(calibrate(&mut ada, 10, 5000).await, Ok(json!({ "handicap": 307, "rate": 20 })));
    assert_eq!(calibrate(&mut bo, 40, 5000).await, Ok(json!({ "handicap": 1230, "rate": 80 })));
    console.push("console", "rules", handicap(100)).await.expect("chosen");
    let told = ada.event_where("play", "handicap", |told| told["course"].is_u64()).await;
    assert_eq!(told, json!({ "handicap": 307, "course": 31 }));
    let is_bo = |racer: &Value| racer["id"] == bo_joined["racer"]["id"] && racer["course"].is_u64();
    let changed = console.event_where("console", "racer_changed", is_bo).await;
    assert_eq!((&changed["handicap"], &changed["course"]), (&json!(1230), &json!(123)));
    let (_, second) = server.console("console", json!({})).await;
    assert_eq!(second["racers"][0]["course"], 31);
    console.push("console", "start", json!({})).await.expect("started");
    for phone in [&mut ada, &mut bo] {
        phone.phase("play", "running").await;
    }
    bo.claim("play", 1, 122).await;
    bo.event_where("play", "you", |you| you["taps"] == 122).await;
    assert_eq!(calibrate(&mut bo, 40, 5000).await, Err("not while racing".to_owned()));
    ada.claim("play", 1, 31).await;
    let results = console.final_results("console").await;
    assert_eq!(results["winner"], ada_joined["racer"]["id"]);
    let first = &results["places"][0];
    assert_eq!((&first["taps"], &first["course"], &first["handicap"]), (&json!(31), &json!(31), &json!(307)));
    assert_eq!(first["flagged"], false);
}

#[tokio::test]
async fn who_races_faster_than_calibrated_goes_on_from_there_and_after_a_rejoin_too() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    calibrate(&mut ada, 6, 6000).await.expect("calibrated");
    console.push("console", "start", handicap(1000)).await.expect("started");
    ada.phase("play", "running").await;
    ada.claim("play", 1, 150).await;
    // It is a run of two seconds at least that counts: the rest of it is made when the time has come.
    console.event_where("console", "tick", |tick| tick["t"].as_i64() > Some(2000)).await;
    ada.claim("play", 1, 200).await;
    let told = ada.event_where("play", "handicap", |told| told["handicap"] != 200).await;
    assert_eq!(told["handicap"], 2000);
    // It cannot be talked down again, and it goes with the seat.
    assert_eq!(calibrate(&mut ada, 6, 6000).await.expect("calibrated")["handicap"], 2000);
    ada.push("play", "phx_leave", json!({})).await.expect("left");
    let (_ada, again) = server.console("play", json!({ "seat": joined["seat"] })).await;
    assert_ne!(again["racer"]["id"], joined["racer"]["id"]);
    assert_eq!((&again["handicap"], &again["course"]), (&json!(2000), &json!(2000)));
}

#[tokio::test]
async fn a_calibration_that_cannot_be_true_is_refused() {
    let server = Server::start();
    let (mut ada, _) = server.phone("play", "Ada").await;
    for bad in [
        json!({}),
        json!({ "taps": 30 }),
        json!({ "taps": 30, "ms": 3999 }),
        json!({ "taps": 30, "ms": 6001 }),
        json!({ "taps": 0, "ms": 5000 }),
        json!({ "taps": -5, "ms": 5000 }),
        json!({ "taps": 1e300, "ms": 5000 }),
        json!({ "taps": "30", "ms": 5000 }),
        json!([30, 5000]),
    ] {
        let refused = ada.push("play", "calibrate", bad.clone()).await;
        assert_eq!(refused, Err("bad calibration".to_owned()), "{bad}");
    }
    for _ in 0..5 {
        calibrate(&mut ada, 30, 5000).await.expect("calibrated");
    }
    assert_eq!(calibrate(&mut ada, 30, 5000).await, Err("rate limited".to_owned()));
}

#[tokio::test]
async fn what_makes_a_step_is_told_to_all() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, joined) = server.phone("play", "Ada").await;
    assert_eq!((&joined["rules"]["input"], &joined["rules"]["handicap"]), (&json!("tap"), &json!(false)));
    console.push("console", "rules", json!({ "rules": { "input": "hold" } })).await.expect("chosen");
    assert_eq!(ada.event("play", "rules").await["rules"]["input"], "hold");
    let refused =
        console.push("console", "start", json!({ "rules": { "mode": "tug", "handicap": true } })).await;
    assert_eq!(refused, Err("bad rules: handicap needs a sprint".to_owned()));
}

#[tokio::test]
async fn a_phone_is_told_how_much_earlier_than_it_came_its_claim_was_credited() {
    let server = Server::start();
    let (mut console, _) = server.console("console", json!({})).await;
    let (mut ada, _) = server.phone("play", "Ada").await;
    let rules =
        json!({ "rules": { "mode": "sprint", "taps": 50, "countdown": 0, "max_taps_per_second": 0 } });
    console.push("console", "start", rules).await.expect("started");
    ada.phase("play", "running").await;
    // The gun is more than the compensation ago.
    console.event_where("console", "tick", |tick| tick["t"].as_i64() > Some(200)).await;
    ada.send("play", "tap", json!({ "heat": 1, "n": 5, "at": 1 })).await;
    let you = ada.event_where("play", "you", |you| you["taps"] == 5).await;
    assert_eq!(you["compensated"], 150);
}
