//! What an HTTP/2 client can do to a connection beside asking and reading.

use super::*;
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio_stream::StreamExt;

const WINDOW_UPDATE: u8 = 8;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;

/// SETTINGS that allow so many bytes for each stream (RFC 9113, section 6.5.2).
fn settings(window: u32) -> Vec<u8> {
    [
        &[0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4][..],
        &window.to_be_bytes(),
    ]
    .concat()
}

/// `GET /` on a stream, of fields that HPACK's static table has.
fn get(stream: u8) -> Vec<u8> {
    let fields = [0x82, 0x86, 0x84, 0x41, 1, b'a'];
    [&[0, 0, 6, 1, 5, 0, 0, 0, stream][..], &fields].concat()
}

fn window_update(stream: u32, increment: u32) -> Vec<u8> {
    let head = [0, 0, 4, WINDOW_UPDATE, 0];
    [&head[..], &stream.to_be_bytes(), &increment.to_be_bytes()].concat()
}

/// A service whose every answer has so many bytes, in pieces of 1,000 if it streams.
fn big(size: usize, is_streamed: bool) -> impl HttpService {
    service_fn(move |_: Request<Body>| async move {
        let body = if is_streamed {
            let pieces = vec![vec![b'x'; 1000]; size / 1000];
            let pieces = tokio_stream::iter(pieces);
            let frames = pieces.map(|piece| Ok::<_, Infallible>(Frame::data(piece.into())));
            Body::new(StreamBody::new(frames))
        } else {
            Body::from(vec![b'x'; size])
        };
        Ok::<_, Infallible>(Response::new(body))
    })
}

async fn asked(service: impl HttpService, window: u32) -> Client {
    let mut client = Client::connect_to(service, 1 << 20);
    client.send(PREFACE).await;
    client.send(&settings(window)).await;
    client.send(&get(1)).await;
    client
}

/// Reads frames until one of these types comes; when that was, in seconds.
async fn comes_at(client: &mut Client, types: &[u8]) -> u64 {
    loop {
        let mut head = [0; 9];
        if client.io.read_exact(&mut head).await.is_err() {
            return if types.is_empty() {
                client.start.elapsed().as_secs()
            } else {
                u64::MAX
            };
        }
        let [a, b, c, kind, ..] = head;
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        client.io.read_exact(&mut vec![0; length]).await.unwrap();
        if types.contains(&kind) {
            return client.start.elapsed().as_secs();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_client_takes_nothing_is_reset_after_20_seconds() {
    for (size, is_streamed) in [(100, false), (1 << 20, false), (1 << 20, true)] {
        let mut client = asked(big(size, is_streamed), 0).await;
        assert_eq!(comes_at(&mut client, &[RST_STREAM]).await, 20, "{size}");
        client.send(&get(3)).await;
        client.send(&window_update(3, 1 << 21)).await;
        assert_eq!(
            comes_at(&mut client, &[0]).await,
            20,
            "the connection goes on"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_a_little_and_then_nothing_is_too() {
    for is_streamed in [false, true] {
        let mut client = asked(big(1 << 20, is_streamed), 20_000).await;
        let reset = comes_at(&mut client, &[RST_STREAM]).await;
        assert!((20..=25).contains(&reset), "{reset}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_small_answer_that_is_stuck_ends_its_connection() {
    let mut client = asked(big(10_000, false), 100).await;
    assert_eq!(comes_at(&mut client, &[]).await, 20);
}

#[tokio::test(start_paused = true)]
async fn who_takes_a_little_now_and_then_is_not_reset() {
    for is_streamed in [false, true] {
        let mut client = asked(big(20_000, is_streamed), 5000).await;
        let mut received = 0;
        while received < 20_000 {
            let mut head = [0; 9];
            client.io.read_exact(&mut head).await.unwrap();
            let [a, b, c, kind, ..] = head;
            let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
            client.io.read_exact(&mut vec![0; length]).await.unwrap();
            assert_ne!(kind, RST_STREAM, "after {received}");
            if kind == 0 {
                received += length;
                if received % 5000 == 0 {
                    // Four times, so that it ends before the server's first ping.
                    sleep(Duration::from_secs(15)).await;
                    client.send(&window_update(1, 5000)).await;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_in_flight_until_its_last_byte_is_sent() {
    let mut client = asked(big(50_000, false), 1000).await;
    assert_eq!(comes_at(&mut client, &[0]).await, 0);
    client.shared.begin_cut();
    client.served.abort();
    let _ = (&mut client.served).await;
    assert_eq!(client.shared.requests_cut(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_frames_that_ask_for_nothing_ends_the_connection() {
    let unknown = [&[0, 0, 8, 0xfa, 0, 0, 0, 0, 0][..], &[0; 8]].concat();
    let priority = [&[0, 0, 5, 2, 0, 0, 0, 0, 9][..], &[0, 0, 0, 0, 1]].concat();
    for frame in [window_update(0, 1), unknown, priority] {
        let mut client = Client::connect_to(big(1, false), 1 << 20);
        client.send(PREFACE).await;
        client.send(SETTINGS).await;
        // What cannot be sent any more was not needed.
        for _ in 0..20 {
            let _ = client.io.write_all(&frame.repeat(1000)).await;
        }
        assert_eq!(comes_at(&mut client, &[]).await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn who_asks_in_between_may_send_as_many() {
    let mut client = Client::connect_to(big(1, false), 1 << 20);
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    for stream in 0..20 {
        client.send(&window_update(0, 1).repeat(1000)).await;
        client.send(&get(2 * stream + 1)).await;
        comes_at(&mut client, &[0]).await;
    }
    assert!(!client.served.is_finished());
}

#[tokio::test(start_paused = true)]
async fn one_that_had_many_streams_is_closed_when_it_is_idle_for_10_seconds() {
    let mut client = Client::connect_to(big(1, false), 1 << 20);
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    let many: Vec<u8> = (0..40).flat_map(|stream| get(2 * stream + 1)).collect();
    client.send(&many).await;
    assert_eq!(comes_at(&mut client, &[GOAWAY]).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_away_without_its_answer_leaves_nothing_behind() {
    const HEADERS: u8 = 1;
    for is_streamed in [false, true] {
        let mut client = asked(big(1000, is_streamed), 0).await;
        comes_at(&mut client, &[HEADERS]).await;
        // Time passes only when nobody has anything left to do: hyper has handed the answer over, and h2 has no window for it.
        sleep(Duration::from_secs(1)).await;
        let Client {
            io, shared, served, ..
        } = client;
        drop(io);
        served.await.unwrap();
        sleep(Duration::from_secs(1)).await;
        assert_eq!(Arc::strong_count(&shared), 1, "{is_streamed}");
    }
}
