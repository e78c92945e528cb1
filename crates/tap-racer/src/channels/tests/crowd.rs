//! Rooms of many: what is told is bounded, and nobody is forgotten.

use std::{collections::BTreeMap, time::Duration};

use ::channels::test::TestChannel;
use serde_json::{Value, json};
use tokio::time::Instant;

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

const FLAGS: [&str; 4] = ["--max-racers", "2000", "--joins-per-second", "0"];

fn house() -> House {
    House::with(&FLAGS)
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
    let tick = event(&console, "tick", |tick| tick["lanes"][0] == json!([1, 500])).await;
    assert_eq!(tick["total"], 120 * 121 / 2 + 499);
    // A screen that lags may have missed that: it is told again, with the other leaders.
    let leaders: Vec<_> =
        std::iter::once([1, 500]).chain((102..=120).rev().map(|lane| [lane, lane])).collect();
    event(&console, "tick", |tick| tick["lanes"] == json!(leaders)).await;
}

#[tokio::test]
async fn a_leader_who_goes_is_said_to_have_gone_however_much_there_is_to_tell() {
    let house = house();
    let mut phones = stadium(&house, 260).await;
    let console = house.console().await;
    start(&console, json!({ "mode": "timed", "seconds": 60 })).await;
    event(&phones[0], "phase", |change| change["phase"] == "running").await;
    phones[0].push("tap", json!({ "heat": 1, "n": 5 }));
    let leader = event(&console, "racer_changed", |racer| racer["lane"] == 1).await;
    // More than can be told at once.
    phones.truncate(1);
    phones.remove(0).leave().await;
    event(&console, "racer_left", |left| left["id"] == leader["id"]).await;
}

#[tokio::test]
async fn of_everybody_in_a_crowd_it_is_told_whose_taps_are_refused() {
    let house = house();
    let phones = stadium(&house, 120).await;
    let console = house.console().await;
    obeys(&console, "start", json!({ "rules": { "mode": "timed", "seconds": 60, "countdown": 0 } })).await;
    event(&phones[119], "phase", |change| change["phase"] == "running").await;
    let mut refused: BTreeMap<u64, usize> = BTreeMap::new();
    let cheat = |phone: &TestChannel, taps: usize| drop(phone.push("tap", json!({ "heat": 1, "n": taps })));
    phones.iter().for_each(|phone| cheat(phone, 1_000));
    while refused.len() < phones.len() {
        let flag = event(&console, "flag", |_| true).await;
        let racer = flag["id"].as_u64().expect("an id");
        *refused.entry(racer).or_default() += 1;
        // Ids are given in the order of the joins. Who was caught goes on.
        cheat(&phones[racer as usize - 1], 1_000 * (1 + refused[&racer]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rematch_waits_until_everybody_knows_how_the_heat_before_came_out() {
    let house = house();
    let phones = stadium(&house, STADIUM).await;
    let console = house.console().await;
    start(&console, json!({ "mode": "sprint", "taps": 3 })).await;
    phones[0].push("tap", json!({ "heat": 1, "n": 3 }));
    event(&console, "results", |results| results["final"] == true).await;
    obeys(&console, "rematch", json!({})).await;
    for phone in &phones {
        event(phone, "you", |you| you["heat"] == 1 && you["final"] == true).await;
    }
}

#[tokio::test(start_paused = true)]
async fn no_phone_of_a_stadium_hears_an_outcome_that_is_not_written() {
    let house = House::with_a_stuck_disk(&FLAGS);
    let phones = stadium(&house, STADIUM).await;
    let console = house.console().await;
    start(&console, json!({ "mode": "sprint", "taps": 3 })).await;
    // The disk is waited for in vain.
    event(&phones[0], "phase", |change| change["phase"] == "running").await;
    phones[0].push("tap", json!({ "heat": 1, "n": 3 }));
    event(&console, "results", |results| results["final"] == false).await;
    // The last phones are still to hear of that.
    obeys(&console, "cancel", json!({})).await;
    let screen = async {
        event(&console, "results", |results| results["final"] == true).await;
        Instant::now()
    };
    let last_phone = async {
        event(&phones[STADIUM - 1], "you", |you| you["final"] == true).await;
        Instant::now()
    };
    let (screen, last_phone) = tokio::join!(screen, last_phone);
    assert!(screen <= last_phone, "{:?} too early", screen - last_phone);
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
        event(&late, "tick", |tick| tick["lanes"][0] == json!([42, taps * 10])).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_screen_that_joins_a_crowd_in_which_nobody_moves_hears_at_once_where_it_is() {
    let house = house();
    let _phones = stadium(&house, 60).await;
    let console = house.console().await;
    start(&console, json!({ "mode": "timed", "seconds": 60 })).await;
    // The next one for everybody is due in a second.
    event(&console, "tick", |_| true).await;
    let joined_at = Instant::now();
    let late = house.console().await;
    assert_eq!(event(&late, "tick", |_| true).await["field"], 60);
    assert!(joined_at.elapsed() <= Duration::from_millis(100), "{:?}", joined_at.elapsed());
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
