//! Connections that have nothing to do are taken down to their sockets, and nobody notices.

use super::*;
use crate::server::shared::AWAKE;

const POST: &[u8] = b"POST /items HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nab";

/// A connection that has answered a request and rests.
async fn resting() -> Client {
    let mut client = Client::connect();
    client.send(GET).await;
    client.response().await;
    sleep(Duration::from_millis(900)).await;
    assert_eq!(client.shared.awake(), 1, "too early");
    sleep(Duration::from_millis(200)).await;
    assert_eq!(client.shared.awake(), 0);
    client
}

#[tokio::test(start_paused = true)]
async fn the_next_request_is_answered_and_the_75_seconds_begin_anew() {
    let mut client = resting().await;
    sleep(Duration::from_secs(60)).await;
    client.send(GET).await;
    client.response().await;
    let answered = client.start.elapsed();
    let (_, ended) = client.rest().await;
    assert_eq!((ended - answered).as_millis() / 10, 7500);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_begins_is_due_in_10_seconds() {
    let mut client = resting().await;
    let begun = client.start.elapsed();
    for byte in &GET[..9] {
        client.send(&[*byte]).await;
        sleep(Duration::from_secs(1)).await;
    }
    let (_, ended) = client.rest().await;
    assert_eq!((ended - begun).as_millis() / 10, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_drain_closes_it() {
    let client = resting().await;
    client.shared.begin_drain();
    assert_eq!(ends_after(client).await, 1.1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_has_arrived_when_the_drain_begins_is_answered() {
    let mut client = resting().await;
    client.send(GET).await;
    client.shared.begin_drain();
    let response = client.response().await;
    assert!(response.contains("connection: close\r\n"), "{response}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_came_with_the_last_one_in_part_is_kept() {
    let mut client = Client::connect();
    client.send(&[GET, &GET[..10]].concat()).await;
    client.response().await;
    sleep(Duration::from_secs(2)).await;
    client.send(&GET[10..]).await;
    client.response().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_body_it_stays_awake_since_some_of_that_may_be_unread() {
    let mut client = Client::connect();
    client.send(POST).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!(client.shared.awake(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_has_chosen_http1_for_good() {
    let mut client = resting().await;
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    let (answer, _) = client.rest().await;
    assert_eq!(answer, b"", "closed upon");
}

#[tokio::test(start_paused = true)]
async fn where_many_are_awake_it_rests_at_once() {
    let mut client = Client::connect();
    for _ in 0..AWAKE {
        client.shared.on_connection_begin();
    }
    client.send(GET).await;
    client.response().await;
    assert_eq!(client.shared.awake(), AWAKE);
    client.send(GET).await;
    client.response().await;
}
