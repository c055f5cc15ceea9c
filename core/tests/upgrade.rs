//! Connections that speak something else after a request, as WebSockets do: over HTTP/1.1 and over HTTP/2.

mod support;

use dualrun::context::Lifecycle;
use dualrun::server::{Drained, Server, Stop};
use dualrun::service::HttpService;
use dualrun::{Body, BoxError, Options};
use http::header::{CONNECTION, UPGRADE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http2;
use hyper::ext::Protocol;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use support::memory::{Network, network};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tower::service_fn;

const ASK: &[u8] = b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

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

struct Running {
    network: Network,
    stop: oneshot::Sender<Stop>,
    served: JoinHandle<Drained>,
    ended: Arc<Semaphore>,
}

impl Running {
    fn start(options: Options, pays_attention: bool) -> Self {
        let (network, listener) = network();
        let (stop, stopped) = oneshot::channel();
        let ended = Arc::new(Semaphore::new(0));
        let server = Server::new(service(pays_attention, &ended), options);
        let served = tokio::spawn(server.serve(listener, async { stopped.await.unwrap() }));
        Self {
            network,
            stop,
            served,
            ended,
        }
    }

    async fn upgraded(&self) -> DuplexStream {
        let mut client = self.network.connect(4096);
        client.write_all(ASK).await.unwrap();
        let head = head(&mut client).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains("connection: upgrade\r\n"), "{head}");
        client
    }

    async fn http2(&self) -> http2::SendRequest<Empty<Bytes>> {
        let io = TokioIo::new(self.network.connect(4096));
        let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        // The server's settings say that it can be asked for this, and have to be there.
        sleep(Duration::from_millis(1)).await;
        sender
    }

    async fn stopped(self, stop: Stop) -> Drained {
        self.stop.send(stop).unwrap();
        self.served.await.unwrap()
    }
}

async fn head(client: &mut DuplexStream) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        text.push(char::from(client.read_u8().await.expect("a head")));
    }
    text
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
    let running = Running::start(Options::default(), false);
    let mut client = running.upgraded().await;
    for _ in 0..3 {
        sleep(Duration::from_secs(600)).await;
        check_echo(&mut client).await;
    }
    drop(client);
    running.ended.acquire().await.unwrap().forget();
    assert_eq!(running.stopped(Stop::Drain).await, Drained::default());
}

#[tokio::test(start_paused = true)]
async fn what_comes_right_behind_the_request_belongs_to_the_new_protocol() {
    let running = Running::start(Options::default(), false);
    let mut client = running.network.connect(4096);
    client.write_all(&[ASK, b"hi"].concat()).await.unwrap();
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
    let running = Running::start(options, false);
    let _upgraded = running.upgraded().await;
    let mut plain = running.network.connect(4096);
    plain.write_all(GET).await.unwrap();
    assert!(head(&mut plain).await.starts_with("HTTP/1.1 200 "));
    plain.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    // Neither the upgraded one nor the one in use makes room.
    let mut third = running.network.connect(4096);
    third.write_all(GET).await.unwrap();
    let waited = timeout(Duration::from_millis(900), third.read_u8()).await;
    assert!(waited.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_pays_attention_ends_when_the_drain_begins() {
    let running = Running::start(Options::default(), true);
    let mut client = running.upgraded().await;
    let start = Instant::now();
    let drained = tokio::spawn(running.stopped(Stop::LameDuck));
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.unwrap();
    assert_eq!((rest.as_str(), start.elapsed().as_secs()), ("bye", 3));
    drop(client);
    assert_eq!(drained.await.unwrap(), Drained::default());
}

#[tokio::test(start_paused = true)]
async fn one_that_does_not_is_cut_and_counted_as_a_connection() {
    let running = Running::start(Options::default(), false);
    let mut client = running.upgraded().await;
    let ended = Arc::clone(&running.ended);
    let drained = running.stopped(Stop::Drain).await;
    assert_eq!((drained.connections_cut, drained.requests_cut), (1, 0));
    // The service notices, too.
    ended.acquire().await.unwrap().forget();
    let mut rest = Vec::new();
    let _ = client.read_to_end(&mut rest).await;
    assert_eq!(rest, b"");
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_still_upgrades() {
    let running = Running::start(Options::default(), true);
    running.stop.send(Stop::LameDuck).unwrap();
    tokio::task::yield_now().await;
    let mut client = running.network.connect(4096);
    client.write_all(ASK).await.unwrap();
    let head = head(&mut client).await;
    assert!(head.contains("connection: upgrade\r\n"), "{head}");
    check_echo(&mut client).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_declines_answers_and_the_connection_goes_on() {
    let running = Running::start(Options::default(), true);
    let mut client = running.network.connect(4096);
    for target in ["/", "/else"] {
        let ask = String::from_utf8(ASK.to_vec())
            .unwrap()
            .replace("/echo", target);
        client.write_all(ask.as_bytes()).await.unwrap();
        assert!(head(&mut client).await.starts_with("HTTP/1.1 200 "));
        let mut body = [0; 5];
        client.read_exact(&mut body).await.unwrap();
        assert_eq!(&body, b"plain");
    }
    client.write_all(GET).await.unwrap();
    assert!(head(&mut client).await.starts_with("HTTP/1.1 200 "));
    running.stopped(Stop::Drain).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_one_was_declined_is_kept_as_long_as_any() {
    let running = Running::start(Options::default(), true);
    let mut client = running.network.connect(4096);
    let ask = String::from_utf8(ASK.to_vec())
        .unwrap()
        .replace("/echo", "/");
    client.write_all(ask.as_bytes()).await.unwrap();
    let start = Instant::now();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("plain"), "{answer}");
    assert_eq!(start.elapsed().as_secs(), 75);
}

#[tokio::test(start_paused = true)]
async fn while_stopping_a_service_that_declines_is_heard_too() {
    let running = Running::start(Options::default(), true);
    running.stop.send(Stop::LameDuck).unwrap();
    tokio::task::yield_now().await;
    let mut client = running.network.connect(4096);
    let ask = String::from_utf8(ASK.to_vec())
        .unwrap()
        .replace("/echo", "/");
    client.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.contains("connection: close\r\n") && answer.ends_with("plain"),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn over_http2_it_is_an_extended_connect() {
    let running = Running::start(Options::default(), true);
    let mut sender = running.http2().await;
    let response = sender.send_request(connect()).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut io = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    check_echo(&mut io).await;
    // Longer than idle connections live, but not so long that the client would have to answer a ping.
    sleep(Duration::from_secs(80)).await;
    check_echo(&mut io).await;
    let drained = tokio::spawn(running.stopped(Stop::Drain));
    let mut rest = String::new();
    io.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "bye");
    drop((io, sender));
    assert_eq!(drained.await.unwrap(), Drained::default());
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
