use super::*;
use crate::{message::RefText, serializer::Serializer};

/// A socket that serves `chat:*`, and whose channels are named by the order of their joins.
struct Client {
    router: Router<&'static str>,
    joins: u64,
}

const NAMES: [&str; 4] = ["first", "second", "third", "fourth"];

impl Client {
    fn new() -> Self {
        Self { router: Router::new(3), joins: 0 }
    }

    /// What becomes of a message; a join that is granted is noted as started.
    fn send(&mut self, text: &str) -> Route<&'static str> {
        let message = Serializer::V2.decode_text(text).expect("a message");
        let route = self.router.route(&message, |topic| topic.starts_with("chat:").then_some(7));
        if let Route::Join { topic, .. } | Route::Rejoin { topic, .. } = &route {
            let join_ref = message.join_ref.map(Ref::from);
            self.router.started(topic.clone(), JoinId(self.joins), join_ref, NAMES[self.joins as usize]);
            self.joins += 1;
        }
        route
    }

    fn joined(join: &str) -> Self {
        let mut client = Self::new();
        assert_eq!(client.send(join), Route::Join { topic: "chat:a".into(), route: 7 });
        client
    }
}

fn refuse(join_ref: Option<&str>, reason: &'static str) -> Route<&'static str> {
    Route::Refuse { join_ref: reference(join_ref), reason }
}

fn ok(join_ref: Option<&str>) -> Route<&'static str> {
    Route::Ok { join_ref: reference(join_ref) }
}

fn reference(json: Option<&str>) -> Option<Ref> {
    json.map(|json| Ref::from(RefText::Json(json)))
}

#[test]
fn an_event_goes_to_the_channel_that_was_joined() {
    let mut client = Client::joined(r#"["1","1","chat:a","phx_join",{}]"#);
    assert_eq!(client.send(r#"["1","2","chat:a","new_msg",{}]"#), Route::Deliver("first"));
}

#[test]
fn a_topic_that_is_not_joined_or_not_served_is_unmatched_whatever_join_ref_it_has() {
    let mut client = Client::new();
    assert_eq!(client.send(r#"["3","5","chat:a","new_msg",{}]"#), refuse(None, "unmatched topic"));
    assert_eq!(client.send(r#"["3","5","nowhere","phx_join",{}]"#), refuse(None, "unmatched topic"));
    assert_eq!(client.send(r#"["3","5","","phx_join",{}]"#), refuse(None, "unmatched topic"));
    assert_eq!(client.send(r#"["3","5",{"a":1},"phx_join",{}]"#), refuse(None, "unmatched topic"));
}

#[test]
fn a_heartbeat_is_answered_without_a_join_ref() {
    let mut client = Client::new();
    assert_eq!(client.send(r#"["9","17","phoenix","heartbeat",null]"#), ok(None));
    assert_eq!(client.send(r#"["9","17","phoenix","phx_join",{}]"#), refuse(None, "unmatched topic"));
}

#[test]
fn a_leave_of_a_topic_that_is_not_joined_is_granted() {
    let mut client = Client::new();
    assert_eq!(client.send(r#"["3","5","nowhere","phx_leave",{}]"#), ok(Some(r#""3""#)));
}

#[test]
fn the_second_of_two_leaves_and_a_push_behind_them_are_swallowed() {
    let mut client = Client::joined(r#"["1","1","chat:a","phx_join",{}]"#);
    assert_eq!(client.send(r#"["1","2","chat:a","phx_leave",{}]"#), Route::Leave("first"));
    assert_eq!(client.send(r#"["1","3","chat:a","phx_leave",{}]"#), Route::Ignore);
    assert_eq!(client.send(r#"["1","4","chat:a","new_msg",{}]"#), Route::Ignore);
}

#[test]
fn a_stale_join_ref_is_ignored() {
    let mut client = Client::joined(r#"["1","1","chat:a","phx_join",{}]"#);
    assert_eq!(client.send(r#"["0","2","chat:a","new_msg",{}]"#), Route::Ignore);
    assert_eq!(client.send(r#"["0","3","chat:a","phx_leave",{}]"#), Route::Ignore);
    assert_eq!(
        client.send(r#"[1,"4","chat:a","new_msg",{}]"#),
        Route::Ignore,
        "5 and \"5\" are two references"
    );
}

#[test]
fn a_message_without_a_join_ref_is_for_the_current_join() {
    let mut client = Client::joined(r#"["1","1","chat:a","phx_join",{}]"#);
    assert_eq!(client.send(r#"[null,"2","chat:a","new_msg",{}]"#), Route::Deliver("first"));
    assert_eq!(client.send(r#"[null,"3","chat:a","phx_leave",{}]"#), Route::Leave("first"));
}

#[test]
fn a_channel_that_was_joined_without_a_join_ref_takes_any() {
    let mut client = Client::joined(r#"[null,"77","chat:a","phx_join",{}]"#);
    assert_eq!(client.send(r#"[null,"78","chat:a","new_msg",{}]"#), Route::Deliver("first"));
    assert_eq!(client.send(r#"["77","79","chat:a","new_msg",{}]"#), Route::Deliver("first"));
}

#[test]
fn a_second_join_of_a_topic_replaces_the_first() {
    let mut client = Client::joined(r#"["1","1","chat:a","phx_join",{}]"#);
    let rejoin = Route::Rejoin { topic: "chat:a".into(), route: 7, previous: "first" };
    assert_eq!(client.send(r#"["2","2","chat:a","phx_join",{}]"#), rejoin);
    assert!(!client.router.ended(JoinId(0)), "nobody is told of the end of a join that was replaced");
    assert_eq!(client.send(r#"["2","3","chat:a","new_msg",{}]"#), Route::Deliver("second"));
    assert_eq!(client.send(r#"["1","4","chat:a","new_msg",{}]"#), Route::Ignore);
}

#[test]
fn a_join_behind_a_leave_starts_anew() {
    let mut client = Client::joined(r#"["1","1","chat:a","phx_join",{}]"#);
    assert_eq!(client.send(r#"["1","2","chat:a","phx_leave",{}]"#), Route::Leave("first"));
    let rejoin = Route::Rejoin { topic: "chat:a".into(), route: 7, previous: "first" };
    assert_eq!(client.send(r#"["3","3","chat:a","phx_join",{}]"#), rejoin);
    assert_eq!(client.send(r#"["3","4","chat:a","new_msg",{}]"#), Route::Deliver("second"));
}

#[test]
fn a_topic_whose_channel_has_ended_is_unmatched() {
    let mut client = Client::joined(r#"["1","1","chat:a","phx_join",{}]"#);
    assert!(client.router.ended(JoinId(0)));
    assert!(!client.router.ended(JoinId(0)));
    // What arrived with the message that ended it was for the channel, and is lost.
    client.router.arrival();
    assert_eq!(client.send(r#"["1","2","chat:a","new_msg",{}]"#), refuse(None, "unmatched topic"));
}

#[test]
fn one_topic_too_many_is_refused_and_a_rejoin_is_not() {
    let mut client = Client::new();
    for topic in ["chat:a", "chat:b", "chat:c"] {
        assert_eq!(
            client.send(&format!(r#"["1","1","{topic}","phx_join",{{}}]"#)),
            Route::Join { topic: topic.into(), route: 7 }
        );
    }
    let refused = refuse(Some(r#""j""#), "too many channels joined");
    assert_eq!(client.send(r#"["j","r","chat:d","phx_join",{}]"#), refused);
    let rejoin = Route::Rejoin { topic: "chat:b".into(), route: 7, previous: "second" };
    assert_eq!(client.send(r#"["j","r","chat:b","phx_join",{}]"#), rejoin);
}

#[test]
fn when_the_connection_is_gone_every_channel_is_told() {
    let mut client = Client::new();
    client.send(r#"["1","1","chat:a","phx_join",{}]"#);
    client.send(r#"["2","2","chat:b","phx_join",{}]"#);
    assert_eq!(client.router.clear(), ["first", "second"]);
    assert_eq!(client.router.clear(), Vec::<&str>::new());
}
