use channels::Payload;
use serde_json::json;

use super::*;

fn parse(event: &str, params: Value) -> Result<Order, String> {
    let params = Params::of(&Payload::json(&params).expect("a payload"));
    Order::parse(event, &params).map_err(|bad| bad.to_string())
}

#[test]
fn orders_are_read_and_bad_ones_answered() {
    assert_eq!(parse("start", json!({})), Ok(Order::Start { rules: None }));
    assert_eq!(parse("start", json!({ "rules": null })), Ok(Order::Start { rules: None }));
    assert_eq!(parse("kick", json!({ "id": 7 })), Ok(Order::Kick { racer: RacerId(7) }));
    assert_eq!(parse("cap", json!({ "racers": -1 })), Ok(Order::Cap { racers: u32::MAX }));
    assert_eq!(parse("lanes", json!({ "lanes": 2 })), Ok(Order::Lanes { lanes: 2 }));
    assert_eq!(
        parse("bots", json!({ "count": 3, "level": "hard" })),
        Ok(Order::Bots { count: 3, level: Some(Level::Hard) })
    );
    for (event, params, reason) in [
        ("start", json!({ "rules": 7 }), "bad rules: they must be an object"),
        ("rules", json!({}), "bad rules: they must be an object"),
        ("kick", json!({}), "no such racer"),
        ("ban", json!({ "id": -1 }), "no such racer"),
        ("ban", json!({ "id": 1u64 << 40 }), "no such racer"),
        ("lock", json!({ "locked": 1 }), "locked must be true or false"),
        ("bots", json!({ "count": 101 }), "bad rules: count must be between 0 and 100"),
        ("bots", json!({ "count": 1, "level": "mad" }), "bad rules: level must be easy, medium or hard"),
        ("door", json!({ "door": "ajar" }), "door must be open, approve or locked"),
        ("door", json!([]), "door must be open, approve or locked"),
        ("lanes", json!({ "lanes": 1 }), "lanes must be 0 or between 2 and 100"),
        ("lanes", json!({ "lanes": 101 }), "lanes must be 0 or between 2 and 100"),
        ("lanes", json!({}), "lanes must be 0 or between 2 and 100"),
        ("admit", json!({ "id": "1" }), "no such knock"),
        ("deny", json!({ "id": 1u64 << 33 }), "no such knock"),
        ("rename", json!({ "name": "Ada" }), "no such racer"),
        ("rename", json!({ "id": 1 }), "name is missing"),
        ("rename", json!({ "id": 1, "name": "x".repeat(25) }), "name is too long"),
        ("cohost", json!({ "id": 1, "cohost": "yes" }), "cohost must be true or false"),
        ("dance", json!({}), "unknown event"),
    ] {
        assert_eq!(parse(event, params), Err(reason.to_owned()), "{event}");
    }
}
