//! Heartbeats, pushes, broadcasts, order and shape.

use serde_json::json;

use crate::support::{peer::Wire, server::TestServer};

on_every_wire!(
    a_heartbeat_is_answered_without_join_ref_whatever_its_payload,
    any_other_event_of_the_heartbeats_topic_is_unmatched,
    a_push_to_a_topic_that_is_not_joined_is_unmatched,
    a_broadcast_has_no_references_and_reaches_everybody_on_the_topic_and_nobody_else,
    a_push_of_the_channel_has_its_join_ref_and_no_ref,
    a_reply_has_the_response_as_it_was_given,
    a_topic_that_is_no_string_is_echoed,
    a_join_and_a_push_may_come_in_one_segment,
    a_push_behind_a_refused_join_is_unmatched,
    messages_of_one_socket_are_handled_in_order,
    broadcasts_of_several_topics_arrive_in_the_order_in_which_they_were_made,
    what_came_before_a_broken_message_is_still_handled,
    what_comes_behind_a_broken_message_is_not_handled,
    what_is_no_message_ends_the_connection,
    a_long_message_goes_both_ways,
    of_a_key_that_comes_twice_in_a_payload_the_first_value_counts,
    what_is_answered_after_a_broadcast_arrives_after_it,
    nesting_that_a_channel_does_not_look_at_is_no_matter,
);
on_v2!(what_follows_the_fifth_element_is_ignored, an_array_of_less_than_five_ends_the_connection);

async fn a_heartbeat_is_answered_without_join_ref_whatever_its_payload(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for payload in ["{}", "null", "[]", r#"{"a":{"b":[1]}}"#, "5"] {
        peer.send(&format!(r#"["9","17","phoenix","heartbeat",{payload}]"#)).await;
        peer.expect_ok("null", r#""17""#, "phoenix").await;
    }
}

async fn any_other_event_of_the_heartbeats_topic_is_unmatched(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for event in ["phx_join", "ping", "", "Heartbeat"] {
        peer.send(&format!(r#"["9","17","phoenix","{event}",{{}}]"#)).await;
        peer.expect_error("null", r#""17""#, "phoenix", "unmatched topic").await;
    }
    peer.send(r#"["9","17","chat:a","heartbeat",{}]"#).await;
    peer.expect_error("null", r#""17""#, "chat:a", "unmatched topic").await;
}

async fn a_push_to_a_topic_that_is_not_joined_is_unmatched(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for topic in ["chat:x", "nowhere", ""] {
        peer.send(&format!(r#"["3","5","{topic}","new_msg",{{}}]"#)).await;
        peer.expect_error("null", r#""5""#, topic, "unmatched topic").await;
    }
}

async fn a_broadcast_has_no_references_and_reaches_everybody_on_the_topic_and_nobody_else(wire: Wire) {
    let server = TestServer::start();
    let (mut ada, mut bo, mut cy) =
        (server.peer(wire).await, server.peer(wire).await, server.peer(wire).await);
    ada.join("chat:a", r#"{"name":"Ada"}"#).await;
    bo.join("chat:a", r#"{"name":"Bo"}"#).await;
    cy.join("chat:b", r#"{"name":"Cy"}"#).await;
    ada.send(r#"["1","2","chat:a","new_msg",{"text":"hi"}]"#).await;
    for peer in [&mut ada, &mut bo] {
        peer.expect(r#"[null,null,"chat:a","new_msg",{"name":"Ada","text":"hi"}]"#).await;
        peer.expect_nothing().await;
    }
    cy.expect_nothing().await;
}

async fn a_push_of_the_channel_has_its_join_ref_and_no_ref(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("probe:a", r#"{"name":"Ada"}"#).await;
    peer.send(r#"["1","2","probe:a","push",{"n":1}]"#).await;
    peer.expect(r#"["1",null,"probe:a","pushed",{"n":1}]"#).await;
    peer.expect_nothing().await;
}

async fn a_reply_has_the_response_as_it_was_given(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    for payload in [r#"{"deep":[1,{"a":null}],"ä":"\u0000\ud83d\ude00 ☃"}"#, "null", "5", r#""text""#, "[]"]
    {
        peer.send(&format!(r#"["1","2","chat:a","ping",{payload}]"#)).await;
        peer.expect(&format!(r#"["1","2","chat:a","phx_reply",{{"status":"ok","response":{payload}}}]"#))
            .await;
    }
}

async fn a_topic_that_is_no_string_is_echoed(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for topic in [r#"{"a":1}"#, "null", "5", r#"["chat:a"]"#, "true"] {
        for event in ["x", "phx_join", "heartbeat"] {
            peer.send(&format!(r#"["1","2",{topic},"{event}",{{}}]"#)).await;
            peer.expect(&format!(
                r#"[null,"2",{topic},"phx_reply",{{"status":"error","response":{{"reason":"unmatched topic"}}}}]"#
            ))
            .await;
        }
    }
}

async fn a_join_and_a_push_may_come_in_one_segment(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    for topic in ["chat:a", "probe:slow"] {
        let join = format!(r#"["1","1","{topic}","phx_join",{{"name":"Ada"}}]"#);
        let ping = format!(r#"["1","2","{topic}","ping",{{"n":1}}]"#);
        peer.send_together(&[&join, &ping]).await;
        peer.expect_ok(r#""1""#, r#""1""#, topic).await;
        peer.expect(&format!(r#"["1","2","{topic}","phx_reply",{{"status":"ok","response":{{"n":1}}}}]"#))
            .await;
    }
}

async fn a_push_behind_a_refused_join_is_unmatched(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    let join = r#"["1","1","chat:secret","phx_join",{}]"#;
    peer.send_together(&[join, r#"["1","2","chat:secret","ping",{}]"#]).await;
    peer.expect_error(r#""1""#, r#""1""#, "chat:secret", "You don't have permission!").await;
    peer.expect_error("null", r#""2""#, "chat:secret", "unmatched topic").await;
}

async fn messages_of_one_socket_are_handled_in_order(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    let pings: Vec<_> =
        (0..60).map(|number| format!(r#"["1",{number},"chat:a","ping",{{"n":{number}}}]"#)).collect();
    peer.send_together(&pings.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for number in 0..60 {
        peer.expect(&format!(
            r#"["1",{number},"chat:a","phx_reply",{{"status":"ok","response":{{"n":{number}}}}}]"#
        ))
        .await;
    }
}

async fn what_came_before_a_broken_message_is_still_handled(wire: Wire) {
    let server = TestServer::start();
    let (mut ada, mut bo) = (server.peer(wire).await, server.peer(wire).await);
    bo.join("chat:a", r#"{"name":"Bo"}"#).await;
    let good =
        [r#"["1","1","chat:a","phx_join",{"name":"Ada"}]"#, r#"["1","2","chat:a","new_msg",{"text":"hi"}]"#];
    ada.send_around_broken(&good, "garbage", &[]).await;
    bo.expect(r#"[null,null,"chat:a","new_msg",{"name":"Ada","text":"hi"}]"#).await;
    bo.expect_nothing().await;
}

async fn what_comes_behind_a_broken_message_is_not_handled(wire: Wire) {
    let server = TestServer::start();
    let (mut ada, mut bo) = (server.peer(wire).await, server.peer(wire).await);
    ada.join("chat:a", r#"{"name":"Ada"}"#).await;
    bo.join("chat:a", r#"{"name":"Bo"}"#).await;
    ada.send_around_broken(&[], "garbage", &[r#"["1","2","chat:a","new_msg",{"text":"hi"}]"#]).await;
    ada.expect_end(1011).await;
    bo.expect_nothing().await;
}

async fn what_is_no_message_ends_the_connection(wire: Wire) {
    let server = TestServer::start();
    let mut other = server.peer(wire).await;
    let depth = 100_000;
    for broken in [
        "",
        " ",
        "{",
        "{}",
        "[]",
        "null",
        "5",
        r#""text""#,
        "NaN",
        "\u{feff}",
        r#"{"topic":"a"}"#,
        r#"["1","2","phoenix","heartbeat",{}"#,
        r#"["1","2","phoenix","heartbeat",{}]x"#,
        r#"["1","2","phoenix","heartbeat",{}][]"#,
        r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"} x"#,
        r#"{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1",}"#,
        &"[".repeat(depth),
        &r#"{"a":"#.repeat(depth),
    ] {
        let mut peer = server.peer(wire).await;
        peer.send_broken(broken).await;
        peer.expect_end(1011).await;
    }
    // What is wrong inside of a message that is one otherwise.
    for broken in [
        r#""\ud83d""#,
        r#""\udc00 ""#,
        "1e999999",
        "NaN",
        "Infinity",
        "01",
        "+1",
        r#""\x""#,
        "\"\t\"",
        "'a'",
        "{a:1}",
    ] {
        let mut peer = server.peer(wire).await;
        let message = peer.encode_raw(broken);
        peer.send_broken(&message).await;
        peer.expect_end(1011).await;
    }
    let mut peer = server.peer(wire).await;
    let message = format!("\u{feff}{}", peer.encode_raw("{}"));
    peer.send_broken(&message).await;
    peer.expect_end(1011).await;
    other.expect_nothing().await;
}

async fn a_long_message_goes_both_ways(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    let filler = "x".repeat(9 << 20);
    peer.send(&format!(r#"["1","2","chat:a","ping","{filler}"]"#)).await;
    assert_eq!(peer.next().await.payload["response"], *filler);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    peer.send(&format!(r#"["1","2","chat:a","ping",{nested}]"#)).await;
    let crate::support::peer::Came::Text(text) = peer.came().await else { panic!("no text") };
    assert!(text.contains(&nested));
}

async fn of_a_key_that_comes_twice_in_a_payload_the_first_value_counts(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada","name":5}"#).await;
    peer.send(r#"["1","2","chat:a","new_msg",{"text":"one","text":"two"}]"#).await;
    peer.expect(r#"[null,null,"chat:a","new_msg",{"name":"Ada","text":"one"}]"#).await;
}

async fn nesting_that_a_channel_does_not_look_at_is_no_matter(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    let nested = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    peer.join("chat:a", &format!(r#"{{"more":{nested},"name":"Ada"}}"#)).await;
}

async fn what_follows_the_fifth_element_is_ignored(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.send(r#"["9","17","phoenix","heartbeat",{},6,[7],{"a":null}]"#).await;
    peer.expect_ok("null", r#""17""#, "phoenix").await;
}

async fn an_array_of_less_than_five_ends_the_connection(wire: Wire) {
    let server = TestServer::start();
    for broken in
        [r#"["9"]"#, r#"["9","17"]"#, r#"["9","17","phoenix"]"#, r#"["9","17","phoenix","heartbeat"]"#]
    {
        let mut peer = server.peer(wire).await;
        peer.send_broken(broken).await;
        peer.expect_end(1011).await;
    }
}

async fn broadcasts_of_several_topics_arrive_in_the_order_in_which_they_were_made(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    let topics = ["chat:a", "chat:b", "chat:c"];
    for topic in topics {
        peer.join(topic, r#"{"name":"Ada"}"#).await;
    }
    for number in 0..300 {
        server.endpoint.broadcast(topics[number % 3], "number", json!({ "number": number })).expect("json");
        if number % 7 == 0 {
            tokio::task::yield_now().await;
        }
    }
    for number in 0..300 {
        let next = peer.next().await;
        assert_eq!((&next.topic, next.payload), (&json!(topics[number % 3]), json!({ "number": number })));
    }
}

async fn what_is_answered_after_a_broadcast_arrives_after_it(wire: Wire) {
    let server = TestServer::start();
    let mut peer = server.peer(wire).await;
    peer.join("chat:a", r#"{"name":"Ada"}"#).await;
    for number in 0..50 {
        peer.send(&format!(r#"["1","2","chat:a","new_msg",{{"text":"{number}"}}]"#)).await;
        peer.send(&format!(r#"["1","{number}","chat:a","ping",{{}}]"#)).await;
    }
    for number in 0..50 {
        peer.expect(&format!(r#"[null,null,"chat:a","new_msg",{{"name":"Ada","text":"{number}"}}]"#)).await;
        peer.expect_ok(r#""1""#, &format!(r#""{number}""#), "chat:a").await;
    }
}
