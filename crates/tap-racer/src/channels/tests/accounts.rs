//! Connections of accounts.

use sqlx::query;

use super::*;
use crate::{accounts::Credentials, db::test::on_each_database};

async fn connect(house: &House, token: &str) -> TestClient {
    let socket = super::super::socket(house.app.clone());
    TestClient::connect(&house.endpoint, socket, &[("token", token)]).await.expect("let in")
}

/// A token of a session that has just begun.
async fn enter(house: &House, name: &str) -> String {
    let typed =
        Credentials { name: name.to_owned(), password: "correct horse".to_owned(), ..Credentials::default() };
    let entered = house.app.accounts.sign_up(typed, [127, 0, 0, 1].into()).await.expect("an account");
    house.app.accounts.token(&entered.session)
}

on_each_database!(connections_of_a_session_that_has_ended_elsewhere_are_closed(db) {
    let house = House::on(db.clone());
    let (ada, bo) = (enter(&house, "Ada").await, enter(&house, "Bo").await);
    let (first, second, stays) =
        (connect(&house, &ada).await, connect(&house, &ada).await, connect(&house, &bo).await);
    let (still, _) = stays.subscribe_and_join("score:practice", json!({})).await.expect("joined");
    house.app.accounts.hang_up_on_the_ended().await.expect("looked after");
    let (page, _) = first.subscribe_and_join("score:practice", json!({})).await.expect("nobody was sent away");
    page.push("new_score", json!({ "score": 5 })).assert_reply(Status::Ok).await;
    let end = "DELETE FROM sessions WHERE account = (SELECT id FROM accounts WHERE name = 'Ada')";
    query(end).execute(db.pool().expect("open")).await.expect("ended");
    house.app.accounts.hang_up_on_the_ended().await.expect("looked after");
    first.assert_closed().await;
    second.assert_closed().await;
    still.push("new_score", json!({ "score": 6 })).assert_reply(Status::Ok).await;
});
