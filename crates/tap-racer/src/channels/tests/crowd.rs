//! Rooms of many: what is told is bounded, and nobody is forgotten.

use std::collections::BTreeMap;

use ::channels::test::TestChannel;
use serde_json::{Value, json};

use super::{House, obeys, read, refuses};

/// More than a list may hold.
const STADIUM: usize = 1_100;

async fn stadium(house: &House, phones: usize) -> Vec<TestChannel> {
    let mut seated = Vec::new();
    for number in 1..=phones {
        seated.push(house.phone(&format!("Guest {number}")).await.0);
    }
    seated
}

fn house() -> House {
    House::with(&["--max-racers", "2000", "--joins-per-second", "0"])
}

async fn start(console: &TestChannel, mut rules: Value) {
    rules["countdown"] = json!(0);
    rules["max_taps_per_second"] = json!(0);
    obeys(console, "start", json!({ "rules": rules })).await;
}

/// The next event of this name that is meant.
async fn event(channel: &TestChannel, event: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
    loop {
        let payload = read(&channel.assert_push(event).await);
        if is_meant(&payload) {
            return payload;
        }
    }
}

fn length(json: &Value) -> Option<usize> {
    json.as_array().map(Vec::len)
}

#[tokio::test]
async fn the_results_of_a_stadium_reach_every_phone_and_the_first_thousand_every_screen() {
    let house = house();
    let phones = stadium(&house, STADIUM).await;
    let console = house.console().await;
    start(&console, json!({ "mode": "sprint", "taps": 3 })).await;
    let running = event(&phones[0], "phase", |change| change["phase"] == "running").await;
    assert_eq!(running["report_every"], 110);
    let screen = event(&console, "phase", |change| change["phase"] == "running").await;
    assert_eq!((screen.get("lanes"), screen.get("report_every")), (None, None));
    phones[5].push("tap", json!({ "heat": 1, "n": 1 }));
    phones[7].push("tap", json!({ "heat": 1, "n": 3 }));
    let results = event(&console, "results", |results| results["final"] == true).await;
    assert_eq!((&results["of"], &results["total"]), (&json!(STADIUM), &json!(4)));
    assert_eq!(length(&results["places"]), Some(1000));
    for (number, phone) in phones.iter().enumerate() {
        let you = event(phone, "you", |you| you["final"] == true).await;
        let place = match number {
            7 => 1,
            5 => 2,
            _ => 3,
        };
        assert_eq!((&you["place"], &you["of"]), (&json!(place), &json!(STADIUM)), "{number}");
    }
}

#[tokio::test]
async fn who_joins_a_stadium_in_mid_race_knows_its_leaders_and_each_phone_its_team() {
    let house = house();
    let phones = stadium(&house, STADIUM).await;
    let console = house.console().await;
    let why = "a tournament is for 1000 racers at most";
    refuses(&console, "tournament", json!({ "on": true }), why).await;
    start(&console, json!({ "mode": "tug", "lead": 1000 })).await;
    let mut teams = BTreeMap::new();
    for phone in &phones {
        // The phase does not list so many.
        let team = event(phone, "you", |you| you["team"].is_string()).await["team"].to_string();
        *teams.entry(team).or_insert(0) += 1;
    }
    assert_eq!(teams.into_values().collect::<Vec<_>>(), [STADIUM / 2, STADIUM / 2]);
    phones[1_050].push("tap", json!({ "heat": 1, "n": 2 }));
    let tick = event(&console, "tick", |tick| tick["total"] == 2).await;
    assert_eq!(tick["sides"], json!({ "left": [550, 2], "right": [550, 0] }));
    let (late, view) = house.join("console", json!({})).await.expect("joined");
    event(&late, "tick", |tick| tick["total"] == 2).await;
    assert_eq!((length(&view["racers"]), &view["count"]), (Some(1000), &json!(STADIUM)));
    assert_eq!((&view["racers"][0]["lane"], &view["racers"][1]["lane"]), (&json!(1051), &json!(1)));
    assert_eq!(view.get("teams"), None);
    phones[1_050].push("tap", json!({ "heat": 1, "n": 1_002 }));
    let results = event(&console, "results", |results| results["final"] == true).await;
    assert_eq!(results["sides"], json!({ "left": [550, 1_002], "right": [550, 0] }));
}

#[tokio::test]
async fn ticks_of_a_crowd_are_bounded_and_every_lane_comes_round() {
    let house = house();
    let phones = stadium(&house, 120).await;
    let console = house.console().await;
    start(&console, json!({ "mode": "timed", "seconds": 60 })).await;
    event(&phones[119], "phase", |change| change["phase"] == "running").await;
    for (number, phone) in (1..).zip(&phones) {
        phone.push("tap", json!({ "heat": 1, "n": number }));
    }
    let mut lanes = BTreeMap::new();
    let all: BTreeMap<u64, u64> = (1..=120).map(|number| (number, number)).collect();
    while lanes != all {
        let tick = event(&console, "tick", |_| true).await;
        let told: Vec<(u64, u64)> = serde_json::from_value(tick["lanes"].clone()).expect("lanes");
        assert!(told.len() <= 50, "{tick}");
        lanes.extend(told);
        assert_eq!(tick["field"], 120);
        let counts: Vec<u64> = serde_json::from_value(tick["pack"]["counts"].clone()).expect("counts");
        assert_eq!((counts.len(), counts.iter().sum::<u64>()), (48, 120));
        if tick["total"] == 120 * 121 / 2 {
            assert_eq!((&tick["pack"]["to"], counts[0], counts[47]), (&json!(120), 2, 3));
        }
    }
    phones[0].push("tap", json!({ "heat": 1, "n": 500 }));
    let tick = event(&console, "tick", |_| true).await;
    assert_eq!((&tick["total"], &tick["lanes"]), (&json!(120 * 121 / 2 + 499), &json!([[1, 500]])));
}

#[tokio::test]
async fn a_screen_hears_who_a_leader_is_before_it_hears_of_the_lane() {
    let house = house();
    let phones = stadium(&house, 60).await;
    let console = house.console().await;
    start(&console, json!({ "mode": "timed", "seconds": 60 })).await;
    event(&phones[59], "phase", |change| change["phase"] == "running").await;
    for taps in 1..=2 {
        phones[41].push("tap", json!({ "heat": 1, "n": taps }));
        // Whoever came before knew it: this one does not.
        let late = house.console().await;
        phones[41].push("tap", json!({ "heat": 1, "n": taps * 10 }));
        let leader = event(&late, "racer_changed", |racer| racer["lane"] == 42).await;
        assert_eq!((&leader["name"], &leader["in_heat"]), (&json!("Guest 42"), &json!(true)));
        event(&late, "tick", |tick| tick["lanes"] == json!([[42, taps * 10]])).await;
    }
}

#[tokio::test]
async fn the_screens_of_a_crowd_are_told_how_many_there_are_until_it_is_none_any_more() {
    let house = house();
    let console = house.console().await;
    let mut phones = stadium(&house, 3).await;
    obeys(&console, "bots", json!({ "count": 60 })).await;
    event(&console, "crowd", |crowd| crowd == &json!({ "count": 63, "connected": 63 })).await;
    phones.remove(0).leave().await;
    event(&console, "crowd", |crowd| crowd == &json!({ "count": 62, "connected": 62 })).await;
    obeys(&console, "bots", json!({ "count": 0 })).await;
    event(&console, "crowd", |crowd| crowd["count"] == 2).await;
}
