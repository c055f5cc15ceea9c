//! Each deadline of a connection, to the millisecond.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_cut_at_the_head_deadline() {
    assert_eq!(ends_after(Client::connect()).await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn half_a_preface_is_cut_at_the_head_deadline() {
    let mut client = Client::connect();
    sleep(Duration::from_secs(4)).await;
    client.send(&PREFACE[..12]).await;
    assert_eq!(ends_after(client).await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn a_trickled_head_is_cut_at_the_head_deadline() {
    let mut client = Client::connect();
    for byte in &b"GET / HTTP/1.1\r\n"[..9] {
        client.send(&[*byte]).await;
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(ends_after(client).await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn a_trickled_second_head_is_cut_ten_seconds_after_its_first_byte() {
    let mut client = Client::connect();
    client.send(GET).await;
    client.response().await;
    sleep(Duration::from_secs(30)).await;
    client.send(b"GET / H").await;
    sleep(Duration::from_secs(9)).await;
    client.send(b"T").await;
    assert_eq!(ends_after(client).await, 40.0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_kept_for_75_seconds_after_its_last_response() {
    let mut client = Client::connect();
    for _ in 0..3 {
        sleep(Duration::from_secs(9)).await;
        client.send(GET).await;
        client.response().await;
    }
    assert_eq!(ends_after(client).await, 27.0 + 75.0);
}

#[tokio::test(start_paused = true)]
async fn an_idle_http2_connection_is_told_to_go_away() {
    let mut client = Client::connect();
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    let (frames, elapsed) = client.rest().await;
    assert!((75..78).contains(&elapsed.as_secs()), "{elapsed:?}");
    assert!(
        frame_types(&frames).contains(&7),
        "GOAWAY among {:?}",
        frame_types(&frames)
    );
}

#[tokio::test(start_paused = true)]
async fn a_trickled_http2_head_is_cut_ten_seconds_after_its_first_byte() {
    let mut client = Client::connect();
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    sleep(Duration::from_secs(20)).await;
    // A HEADERS frame of 100 bytes on stream 1, of which five come.
    client.send(&[0, 0, 100, 1, 4, 0, 0, 0, 1]).await;
    for _ in 0..5 {
        sleep(Duration::from_secs(1)).await;
        client.send(&[0x82]).await;
    }
    assert_eq!(ends_after(client).await, 30.0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_cut() {
    let big = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(Body::from(vec![b'x'; 1 << 20])))
    });
    let mut client = Client::connect_to(big, 1024);
    client.send(GET).await;
    (&mut client.served).await.unwrap();
    client.check_ended_after(75);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_a_little_now_and_then_is_not_cut() {
    let size = 4096;
    let service = service_fn(move |_: Request<Body>| async move {
        Ok::<_, Infallible>(Response::new(Body::from(vec![b'x'; size])))
    });
    let mut client = Client::connect_to(service, 256);
    client
        .send(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    let mut received = Vec::new();
    let mut part = [0; 256];
    loop {
        let read = client.io.read(&mut part).await.unwrap();
        if read == 0 {
            break;
        }
        received.extend_from_slice(&part[..read]);
        sleep(Duration::from_secs(60)).await;
    }
    assert!(received.ends_with(&vec![b'x'; size]));
}
