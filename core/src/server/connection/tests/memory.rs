//! What the memory for requests is worth when clients want more than there is.

use super::*;
use http_body_util::BodyExt;

const KB: usize = 1024;

/// A connection to a server with so much memory for requests, which reads bodies whole.
fn connect(memory: &Arc<Shared>, stack: &Stack<impl HttpService>) -> Client {
    let (io, server) = duplex(1 << 20);
    let served = tokio::spawn(connection::serve(
        ready(Ok(server)),
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        stack.clone(),
        Arc::clone(memory),
    ));
    Client {
        io,
        shared: Arc::clone(memory),
        served,
        start: Instant::now(),
    }
}

fn server(memory: usize) -> (Arc<Shared>, Stack<impl HttpService>) {
    let options = Options::default().with_buffer_limit(Some(memory as u64));
    let shared = Shared::new(&options, Lifecycle::new());
    let service = service_fn(|request: Request<Body>| async {
        let body = request.into_body().collect().await?.to_bytes();
        if body.is_empty() {
            sleep(Duration::from_millis(1)).await;
        } else {
            sleep(Duration::from_secs(6)).await;
        }
        Ok::<_, crate::BoxError>(Response::new(Body::from(body.len().to_string())))
    });
    let stack = Stack::new(service, &options).with_budget(shared.budget.clone());
    (shared, stack)
}

async fn status(client: &mut Client) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n") {
        text.push(char::from(client.io.read_u8().await.expect("an answer")));
    }
    text[9..12].to_owned()
}

fn post(length: usize) -> Vec<u8> {
    let head = format!("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n");
    [head.into_bytes(), vec![b'x'; length]].concat()
}

#[tokio::test(start_paused = true)]
async fn a_head_that_finds_no_room_is_a_503_and_ordinary_requests_go_on() {
    let (shared, stack) = server(1024 * KB);
    let large = [
        &b"GET / HTTP/1.1\r\nhost: a\r\nx: "[..],
        &vec![b'x'; 40 * KB],
    ]
    .concat();
    let mut slow: Vec<Client> = Vec::new();
    for _ in 0..20 {
        let mut client = connect(&shared, &stack);
        client.send(&large).await;
        slow.push(client);
    }
    let mut ordinary = connect(&shared, &stack);
    ordinary.send(GET).await;
    assert_eq!(status(&mut ordinary).await, "200");
    let mut refused = 0;
    for mut client in slow {
        let mut text = Vec::new();
        let read = client.io.read_to_end(&mut text);
        if tokio::time::timeout(Duration::from_millis(1), read)
            .await
            .is_ok()
        {
            let text = String::from_utf8(text).unwrap();
            assert!(text.starts_with("HTTP/1.1 503 "), "{text:?}");
            assert!(text.contains("\"request_id\""), "{text:?}");
            refused += 1;
        }
    }
    assert_eq!(
        refused,
        20 - 16,
        "16 fit in with 64 KiB beyond what is free"
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_waits_for_its_turn() {
    let (shared, stack) = server(1024 * KB);
    let mut clients: Vec<Client> = (0..12).map(|_| connect(&shared, &stack)).collect();
    for client in &mut clients {
        client.send(&post(200 * KB)).await;
    }
    // Each counts for an eighth at most, so eight at a time are with the service for 6 seconds.
    let mut ends = Vec::new();
    for client in &mut clients {
        assert_eq!(status(client).await, "200");
        ends.push(client.start.elapsed().as_secs());
    }
    assert_eq!(ends, [6, 6, 6, 6, 6, 6, 6, 6, 12, 12, 12, 12]);
}

#[tokio::test(start_paused = true)]
async fn one_whose_turn_does_not_come_in_time_is_a_503() {
    let (shared, stack) = server(1024 * KB);
    let all: Vec<_> = (0..8).map(|_| shared.budget.try_reserve(1 << 20)).collect();
    let mut client = connect(&shared, &stack);
    client.send(&post(200 * KB)).await;
    assert_eq!(status(&mut client).await, "503");
    assert_eq!(client.start.elapsed().as_secs(), 20);
    drop(all);
}

#[tokio::test(start_paused = true)]
async fn one_whose_turn_comes_with_the_deadline_is_a_503_too() {
    let (shared, stack) = server(1024 * KB);
    let mut clients: Vec<Client> = (0..40).map(|_| connect(&shared, &stack)).collect();
    for client in &mut clients {
        client.send(&post(200 * KB)).await;
    }
    let mut statuses = Vec::new();
    for client in &mut clients {
        statuses.push(status(client).await);
    }
    // Three times eight are answered in 18 seconds. The next eight are with the service when their time is over, and make
    // room for the last in that moment.
    let count = |status: &str| statuses.iter().filter(|it| *it == status).count();
    assert_eq!((count("200"), count("504"), count("503")), (24, 8, 8));
}

#[tokio::test(start_paused = true)]
async fn a_body_of_unknown_length_waits_in_the_middle() {
    let (shared, stack) = server(64 * KB);
    let chunked = |size: usize| {
        let head = b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let chunk = [format!("{size:x}\r\n").into_bytes(), vec![b'x'; size]].concat();
        [head, chunk, b"\r\n0\r\n\r\n".to_vec()].concat()
    };
    let mut clients: Vec<Client> = (0..10).map(|_| connect(&shared, &stack)).collect();
    for client in &mut clients {
        client.send(&chunked(30 * KB)).await;
    }
    let mut ends = Vec::new();
    for client in &mut clients {
        assert_eq!(status(client).await, "200");
        ends.push(client.start.elapsed().as_secs());
    }
    ends.sort_unstable();
    assert_eq!(ends, [6, 6, 6, 6, 6, 6, 6, 6, 12, 12]);
}

#[tokio::test(start_paused = true)]
async fn an_http2_connection_that_finds_no_room_is_told_to_go_away() {
    let (shared, stack) = server(200 * KB);
    let connections: Vec<Client> = {
        let mut connections = Vec::new();
        for _ in 0..9 {
            let mut client = connect(&shared, &stack);
            client.send(PREFACE).await;
            client.send(SETTINGS).await;
            tokio::task::yield_now().await;
            connections.push(client);
        }
        connections
    };
    let mut refused = connections.into_iter().last().unwrap();
    let mut frames = Vec::new();
    refused.io.read_to_end(&mut frames).await.unwrap();
    assert_eq!(frame_types(&frames), [4, 7], "SETTINGS and GOAWAY");
    assert_eq!(refused.start.elapsed().as_secs(), 0);
}

#[tokio::test(start_paused = true)]
async fn over_http2_a_body_that_finds_no_room_is_a_503_at_once() {
    let (shared, stack) = server(1024 * KB);
    let all: Vec<_> = (0..8).map(|_| shared.budget.try_reserve(1 << 20)).collect();
    let mut client = connect(&shared, &stack);
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    // POST / with a content-length of 200000: HPACK's static table has all but the values of the last two.
    let fields = [
        &[0x83, 0x86, 0x84, 0x41, 1, b'a', 0x5c, 6][..],
        &b"200000"[..],
    ]
    .concat();
    let head = [0, 0, fields.len() as u8, 1, 4, 0, 0, 0, 1];
    client.send(&[&head[..], &fields].concat()).await;
    let mut seen = Vec::new();
    while !seen.windows(8).any(|window| window == b"too many") {
        seen.push(client.io.read_u8().await.expect("an answer"));
    }
    assert_eq!(client.start.elapsed().as_secs(), 0);
    drop(all);
}

#[tokio::test(start_paused = true)]
async fn an_idle_http2_connection_makes_room_for_a_new_one() {
    let (shared, stack) = server(200 * KB);
    let mut idle = Vec::new();
    for _ in 0..8 {
        let mut client = connect(&shared, &stack);
        client.send(PREFACE).await;
        client.send(SETTINGS).await;
        idle.push(client);
    }
    sleep(Duration::from_secs(3)).await;
    let mut client = connect(&shared, &stack);
    client.send(PREFACE).await;
    client.send(SETTINGS).await;
    let get = [0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, b'a'];
    client.send(&get).await;
    let mut seen = Vec::new();
    while !frame_types(&seen).contains(&0) {
        seen.push(client.io.read_u8().await.expect("an answer"));
    }
    assert!(client.start.elapsed() < Duration::from_secs(1));
    let (frames, _) = idle.swap_remove(0).rest().await;
    assert!(frame_types(&frames).contains(&7), "the first has to go");
}
