//! Joins, leaves and rejoins.

use crate::client::TestServer;

#[tokio::test]
async fn a_join_is_answered_with_its_references() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.send(r#"[7,{"b":[2]},"chat:a","phx_join",{"name":"Ada"}]"#).await;
    client.expect(r#"[7,{"b":[2]},"chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
}

#[tokio::test]
async fn a_refused_join_tells_why() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.send(r#"["3","4","chat:secret","phx_join",{}]"#).await;
    client
        .expect(r#"["3","4","chat:secret","phx_reply",{"status":"error","response":{"reason":"You don't have permission!"}}]"#)
        .await;
    client.send(r#"["3","5","chat:secret","ping",{}]"#).await;
    client
        .expect(r#"[null,"5","chat:secret","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]"#)
        .await;
}

#[tokio::test]
async fn a_join_that_crashes_or_panics_is_an_ordinary_error() {
    let server = TestServer::start();
    let mut client = server.client().await;
    for topic in ["chat:panic", "chat:a"] {
        client.send(&format!(r#"["5","5","{topic}","phx_join",{{}}]"#)).await;
        client
            .expect(&format!(r#"["5","5","{topic}","phx_reply",{{"status":"error","response":{{"reason":"join crashed"}}}}]"#))
            .await;
    }
}

#[tokio::test]
async fn a_leave_is_answered_and_then_closed() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.send(r#"["10","10","chat:a","phx_join",{"name":"Ada"}]"#).await;
    client.expect(r#"["10","10","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.send(r#"["10","12","chat:a","phx_leave",{}]"#).await;
    client.expect(r#"["10","12","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["10","10","chat:a","phx_close",{}]"#).await;
    client.send(r#"["10","13","chat:a","phx_leave",{}]"#).await;
    client.expect(r#"["10","13","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect_nothing().await;
}

#[tokio::test]
async fn a_join_and_a_push_may_come_together() {
    let server = TestServer::start();
    let mut client = server.client().await;
    for topic in ["chat:a", "chat:slow"] {
        let join = format!(r#"["1","1","{topic}","phx_join",{{"name":"Ada"}}]"#);
        let ping = format!(r#"["1","2","{topic}","ping",{{"n":1}}]"#);
        client.send_together(&[&join, &ping]).await;
        client.expect(&format!(r#"["1","1","{topic}","phx_reply",{{"status":"ok","response":{{}}}}]"#)).await;
        client
            .expect(&format!(r#"["1","2","{topic}","phx_reply",{{"status":"ok","response":{{"n":1}}}}]"#))
            .await;
    }
}

#[tokio::test]
async fn a_second_join_is_answered_before_the_first_one_is_closed() {
    let server = TestServer::start();
    let mut console = server.client().await;
    console.join("console", "{}").await;
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["2","2","chat:a","phx_join",{"name":"Bo"}]"#).await;
    client.expect(r#"["2","2","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    console.expect(r#"[null,null,"console","ended",{"name":"Ada","reason":"Rejoined"}]"#).await;
    client.send(r#"["2","3","chat:a","new_msg",{"text":"hi"}]"#).await;
    client.expect(r#"[null,null,"chat:a","new_msg",{"name":"Bo","text":"hi"}]"#).await;
    client.expect_nothing().await;
}

#[tokio::test]
async fn a_second_join_that_fails_still_closes_the_first() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    client.send(r#"["2","2","chat:a","phx_join",{}]"#).await;
    client
        .expect(r#"["2","2","chat:a","phx_reply",{"status":"error","response":{"reason":"join crashed"}}]"#)
        .await;
    client.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    client.send(r#"["1","3","chat:a","ping",{}]"#).await;
    client
        .expect(
            r#"[null,"3","chat:a","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]"#,
        )
        .await;
}

#[tokio::test]
async fn a_leave_and_a_join_in_one_segment_end_in_the_new_join() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.join("chat:a", r#"{"name":"Ada"}"#).await;
    let messages =
        [r#"["1","2","chat:a","phx_leave",{}]"#, r#"["3","3","chat:a","phx_join",{"name":"Ada"}]"#];
    client.send_together(&messages).await;
    client.expect(r#"["1","2","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"["1","1","chat:a","phx_close",{}]"#).await;
    client.expect(r#"["3","3","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect_nothing().await;
}

#[tokio::test]
async fn a_join_without_a_join_ref_lends_its_own_ref_to_what_follows() {
    let server = TestServer::start();
    let mut client = server.client().await;
    client.send(r#"[null,"77","chat:a","phx_join",{"name":"Ada"}]"#).await;
    client.expect(r#"[null,"77","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.send(r#"[null,"78","chat:a","ping",{}]"#).await;
    client.expect(r#"["77","78","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.send(r#"[null,"79","chat:a","phx_leave",{}]"#).await;
    client.expect(r#"["77","79","chat:a","phx_reply",{"status":"ok","response":{}}]"#).await;
    client.expect(r#"[null,null,"chat:a","phx_close",{}]"#).await;
}

#[tokio::test]
async fn the_same_topic_on_another_socket_is_no_second_join() {
    let server = TestServer::start();
    let (mut one, mut two) = (server.client().await, server.client().await);
    one.join("chat:a", r#"{"name":"Ada"}"#).await;
    two.join("chat:a", r#"{"name":"Bo"}"#).await;
    one.expect_nothing().await;
}

#[tokio::test]
async fn the_hundred_and_first_topic_is_refused() {
    let server = TestServer::start();
    let mut client = server.client().await;
    for number in 0..100 {
        client.join(&format!("chat:{number}"), r#"{"name":"Ada"}"#).await;
    }
    client.send(r#"["j","r","chat:100","phx_join",{"name":"Ada"}]"#).await;
    client
        .expect(r#"["j","r","chat:100","phx_reply",{"status":"error","response":{"reason":"too many channels joined"}}]"#)
        .await;
    client.send(r#"["j","r","chat:7","phx_join",{"name":"Ada"}]"#).await;
    client.expect(r#"["j","r","chat:7","phx_reply",{"status":"ok","response":{}}]"#).await;
}
