//! Connections that speak something else after a request, as WebSockets do: over HTTP/1.1 and over HTTP/2.

use crate::support::http1::{GET, head, read_until, rest, send};
use crate::support::http2::handshake;
use crate::support::memory::Network;
use crate::support::server::Server;
use dualrun::context::Lifecycle;
use dualrun::server::{Drained, Stop};
use dualrun::service::HttpService;
use dualrun::{Body, BoxError, Options};
use http::header::{CONNECTION, UPGRADE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::ext::Protocol;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tower::service_fn;

const ASK: &[u8] = b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";

/// Sends back what comes, until the client closes, or, if it pays attention, until the drain begins.
async fn echo(upgrade: OnUpgrade, lifecycle: Option<Lifecycle>, ended: Arc<Semaphore>) {
    let io = TokioIo::new(upgrade.await.expect("a connection"));
    let (mut read, mut write) = tokio::io::split(io);
    let drain = async {
        match lifecycle {
            Some(lifecycle) => lifecycle.drain_begins().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::io::copy(&mut read, &mut write) => {}
        () = drain => write.write_all(b"bye").await.unwrap(),
    }
    let _ = write.shutdown().await;
    ended.add_permits(1);
}

/// A service with an echo behind `/echo`, and with plain answers elsewhere.
fn service(pays_attention: bool, ended: &Arc<Semaphore>) -> impl HttpService {
    let ended = Arc::clone(ended);
    service_fn(move |mut request: Request<Body>| {
        let ended = Arc::clone(&ended);
        async move {
            let lifecycle = request.extensions().get::<Lifecycle>().cloned();
            let upgrade = request.extensions_mut().remove::<OnUpgrade>();
            match upgrade.filter(|_| request.uri().path() == "/echo") {
                Some(upgrade) => {
                    let lifecycle = lifecycle.filter(|_| pays_attention);
                    tokio::spawn(echo(upgrade, lifecycle, ended));
                    let response = Response::builder();
                    let response = if request.method() == Method::CONNECT {
                        response
                    } else {
                        response
                            .status(StatusCode::SWITCHING_PROTOCOLS)
                            .header(CONNECTION, "upgrade")
                            .header(UPGRADE, "echo")
                    };
                    Ok::<_, BoxError>(response.body(Body::empty())?)
                }
                None => Ok(Response::new(Body::from("plain"))),
            }
        }
    })
}

/// A server in memory with that service.
fn server(options: Options, pays_attention: bool) -> Server<Network> {
    let ended = Arc::new(Semaphore::new(0));
    Server::in_memory(service(pays_attention, &ended), options)
}

async fn upgraded(server: &Server<Network>) -> DuplexStream {
    let mut client = server.sent(ASK).await;
    let head = head(&mut client).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("connection: upgrade\r\n"), "{head}");
    client
}

/// A request for an upgrade at another target.
fn ask(target: &str) -> String {
    String::from_utf8_lossy(ASK).replace("/echo", target)
}

async fn check_echo(io: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    io.write_all(b"hello").await.unwrap();
    let mut back = [0; 5];
    io.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"hello");
}

fn connect() -> Request<Empty<Bytes>> {
    let mut request = Request::connect("http://a/echo")
        .body(Empty::new())
        .unwrap();
    let protocol = Protocol::from_static("websocket");
    request.extensions_mut().insert(protocol);
    request
}

#[tokio::test(start_paused = true)]
async fn an_upgraded_connection_has_no_deadline() {
    let ended = Arc::new(Semaphore::new(0));
    let server = Server::in_memory(service(false, &ended), Options::default());
    let mut client = upgraded(&server).await;
    for _ in 0..3 {
        sleep(Duration::from_secs(600)).await;
        check_echo(&mut client).await;
    }
    drop(client);
    ended.acquire().await.unwrap().forget();
    server.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_right_behind_the_request_belongs_to_the_new_protocol() {
    let running = server(Options::default(), false);
    let mut client = running.sent(&[ASK, b"hi"].concat()).await;
    assert!(head(&mut client).await.starts_with("HTTP/1.1 101 "));
    let mut back = [0; 2];
    client.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"hi");
}

#[tokio::test(start_paused = true)]
async fn it_is_a_connection_and_not_a_request_in_flight() {
    let one = NonZeroUsize::MIN;
    let options = Options::default()
        .with_max_in_flight(one)
        .with_max_connections(NonZeroUsize::new(2).unwrap());
    let running = server(options, false);
    let _upgraded = upgraded(&running).await;
    let mut plain = running.sent(GET).await;
    assert!(head(&mut plain).await.starts_with("HTTP/1.1 200 "));
    send(&mut plain, b"GET / HTTP/1.1\r\n").await;
    // Neither the upgraded one nor the one in use makes room.
    let mut third = running.sent(GET).await;
    let waited = timeout(Duration::from_millis(900), third.read_u8()).await;
    assert!(waited.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_pays_attention_ends_when_the_drain_begins() {
    let mut running = server(Options::default(), true);
    let client = upgraded(&running).await;
    let start = Instant::now();
    running.stop(Stop::LameDuck);
    assert_eq!(rest(client).await, "bye");
    assert_eq!(start.elapsed().as_secs(), 3);
    assert_eq!(running.stopped().await, Drained::default());
}

#[tokio::test(start_paused = true)]
async fn one_that_does_not_is_cut_and_counted_as_a_connection() {
    let ended = Arc::new(Semaphore::new(0));
    let mut server = Server::in_memory(service(false, &ended), Options::default());
    let mut client = upgraded(&server).await;
    server.stop(Stop::Drain);
    let drained = server.stopped().await;
    assert_eq!((drained.connections_cut, drained.requests_cut), (1, 0));
    // The service notices, too.
    ended.acquire().await.unwrap().forget();
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest).await;
    assert_eq!(rest, b"");
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_still_upgrades() {
    let mut running = server(Options::default(), true);
    running.becomes_lame_duck().await;
    let mut client = upgraded(&running).await;
    check_echo(&mut client).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_declines_answers_and_the_connection_goes_on() {
    let running = server(Options::default(), true);
    let mut client = running.connect();
    for target in ["/", "/else"] {
        send(&mut client, ask(target).as_bytes()).await;
        assert!(head(&mut client).await.starts_with("HTTP/1.1 200 "));
        assert_eq!(read_until(&mut client, "plain").await, "plain");
    }
    send(&mut client, GET).await;
    assert!(head(&mut client).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(read_until(&mut client, "plain").await, "plain");
    running.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_one_was_declined_is_kept_as_long_as_any() {
    let running = server(Options::default(), true);
    let client = running.sent(ask("/").as_bytes()).await;
    let start = Instant::now();
    let answer = rest(client).await;
    assert!(answer.ends_with("plain"), "{answer}");
    assert_eq!(start.elapsed().as_secs(), 75);
}

#[tokio::test(start_paused = true)]
async fn while_stopping_a_service_that_declines_is_heard_too() {
    let mut running = server(Options::default(), true);
    running.becomes_lame_duck().await;
    let answer = rest(running.sent(ask("/").as_bytes()).await).await;
    assert!(
        answer.contains("connection: close\r\n") && answer.ends_with("plain"),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn over_http2_it_is_an_extended_connect() {
    let mut running = server(Options::default(), true);
    let mut sender = handshake(running.connect()).await;
    // The server's settings say that it can be asked for this, and have to be there.
    sleep(Duration::from_millis(1)).await;
    let response = sender.send_request(connect()).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut io = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    check_echo(&mut io).await;
    // Longer than idle connections live, but not so long that the client would have to answer a ping.
    sleep(Duration::from_secs(80)).await;
    check_echo(&mut io).await;
    running.stop(Stop::Drain);
    assert_eq!(rest(io).await, "bye");
    drop(sender);
    assert_eq!(running.stopped().await, Drained::default());
}

#[tokio::test]
async fn on_lambda_the_service_gets_the_request_and_declines() {
    let event = serde_json::json!({
        "httpMethod": "GET",
        "path": "/echo",
        "headers": { "connection": "upgrade", "upgrade": "websocket" },
    });
    let service = service(true, &Arc::new(Semaphore::new(0)));
    let answer = dualrun::testing::call_lambda(service, &event)
        .await
        .unwrap();
    assert_eq!(
        (&answer["statusCode"], &answer["body"]),
        (&200.into(), &"plain".into())
    );
}
