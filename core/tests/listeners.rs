//! Listeners other than TCP: a Unix socket, and one of the program's own, with TLS.

mod support;

#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../examples/tls.rs"]
mod tls;

use dualrun::Options;
use dualrun::server::{Drained, Stop, serve};
use std::sync::Arc;
use support::app;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

#[tokio::test]
async fn a_unix_socket_is_served_drained_and_half_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(serve(listener, app(), Options::default(), async {
        stopped.await.unwrap()
    }));

    let mut client = UnixStream::connect(&path).await.unwrap();
    client.write_all(GET).await.unwrap();
    client.shutdown().await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("shop running in test\n"), "{answer}");

    let mut idle = UnixStream::connect(&path).await.unwrap();
    idle.write_all(GET).await.unwrap();
    idle.readable().await.unwrap();
    stop.send(Stop::Drain).unwrap();
    let mut answer = String::new();
    idle.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("shop running in test\n"), "{answer}");
    assert_eq!(served.await.unwrap(), Drained::default());
}

#[tokio::test]
async fn tls_is_a_handshake_that_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    let config = tls::Config {
        certificate: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&config.certificate, certified.cert.pem()).unwrap();
    std::fs::write(&config.key, certified.signing_key.serialize_pem()).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = tcp.local_addr().unwrap();
    let acceptor = config.acceptor().unwrap();
    let listener = tls::TlsListener { tcp, acceptor };
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(serve(listener, tls::router(), Options::default(), async {
        stopped.await.unwrap()
    }));

    // It never says a word.
    let _silent = TcpStream::connect(addr).await.unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certified.cert.der().clone()).unwrap();
    let client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(client));
    let tcp = TcpStream::connect(addr).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = connector.connect(name, tcp).await.unwrap();
    client.write_all(GET).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"over TLS\n") {
        answer.push(client.read_u8().await.unwrap());
    }
    stop.send(Stop::Drain).unwrap();
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"");
    assert_eq!(served.await.unwrap(), Drained::default());
}
