//! How connections end when the server does.

use super::*;

/// A service that waits to be released, and says when it was entered.
fn held() -> (impl HttpService, Arc<Notify>, Arc<Notify>) {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, go) = (Arc::clone(&entered), Arc::clone(&release));
    let service = service_fn(move |_: Request<Body>| {
        let (inside, go) = (Arc::clone(&inside), Arc::clone(&go));
        async move {
            inside.notify_one();
            go.notified().await;
            Ok::<_, Infallible>(Response::new(Body::from("shop running in test\n")))
        }
    });
    (service, entered, release)
}

#[tokio::test(start_paused = true)]
async fn a_drain_closes_what_is_idle_and_finishes_what_is_not() {
    let mut idle = Client::connect();
    idle.send(GET).await;
    idle.response().await;
    idle.shared.begin_drain();
    assert_eq!(ends_after(idle).await, 0.0);

    let (service, entered, release) = held();
    let mut busy = Client::connect_to(service, 4096);
    busy.send(GET).await;
    entered.notified().await;
    busy.shared.begin_drain();
    advance(Duration::from_secs(15)).await;
    assert!(!busy.served.is_finished());
    release.notify_one();
    let response = busy.response().await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.contains("connection: close\r\n"), "{response}");
    assert_eq!(ends_after(busy).await, 15.0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_closes_a_connection_that_never_said_anything() {
    let client = Client::connect();
    sleep(Duration::from_secs(5)).await;
    client.shared.begin_drain();
    assert_eq!(ends_after(client).await, 5.0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_a_second_for_the_first_request_of_a_new_connection() {
    let silent = Client::connect();
    silent.shared.begin_drain();
    assert_eq!(ends_after(silent).await, 1.0);

    let mut client = Client::connect();
    client.shared.begin_drain();
    sleep(Duration::from_millis(500)).await;
    client.send(GET).await;
    let response = client.response().await;
    assert!(response.contains("connection: close\r\n"), "{response}");
    assert_eq!(ends_after(client).await, 0.5);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_a_head_that_is_on_its_way() {
    for before in [&b""[..], GET] {
        let mut client = Client::connect();
        client.send(before).await;
        if !before.is_empty() {
            client.response().await;
        }
        client.send(&GET[..10]).await;
        sleep(Duration::from_secs(1)).await;
        client.shared.begin_drain();
        sleep(Duration::from_secs(1)).await;
        client.send(&GET[10..]).await;
        let response = client.response().await;
        assert!(response.contains("connection: close\r\n"), "{response}");
        assert_eq!(ends_after(client).await, 2.0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_tells_http2_to_go_away() {
    let mut client = Client::connect();
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    tokio::task::yield_now().await;
    client.shared.begin_drain();
    let (frames, elapsed) = client.rest().await;
    assert!(
        frame_types(&frames).contains(&7),
        "GOAWAY among {:?}",
        frame_types(&frames)
    );
    assert!(elapsed.as_secs() <= 2, "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_answers_and_asks_to_come_back_elsewhere() {
    let mut client = Client::connect();
    client.shared.begin_lame_duck();
    client.send(GET).await;
    let response = client.response().await;
    assert!(response.contains("connection: close\r\n"), "{response}");
    assert_eq!(ends_after(client).await, 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_request_with_chunks_ends_its_connection() {
    let mut client = Client::connect();
    let smuggled = b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    client.send(smuggled).await;
    client
        .send(b"GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n")
        .await;
    let response = client.response().await;
    assert!(response.contains("connection: close\r\n"), "{response}");
    let (rest, _) = client.rest().await;
    assert_eq!(rest, b"", "nothing after the first response");
}
