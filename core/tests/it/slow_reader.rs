//! A client that reads slowly, but all the time, is not taken for one that is stuck.

use crate::support::server::Server;
use dualrun::{Body, Options};
use http::{Request, Response};
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tower::service_fn;

#[tokio::test]
async fn it_gets_all_of_a_large_answer() {
    const SIZE: usize = 6 << 20;
    /// Below what a client takes here for a third of the kernel's own buffer, above what it takes for a step of ours.
    const IDLE: Duration = Duration::from_millis(600);
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::new(Body::from(vec![b'x'; SIZE])))
    });
    let options = Options::default().with_idle_timeout(IDLE);
    let server = Server::start(service, options).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 << 10).unwrap();
    let mut client = socket.connect(server.addr).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    client.write_all(request).await.unwrap();
    let start = Instant::now();
    let (mut received, mut buffer) = (0, vec![0; 64 << 10]);
    loop {
        let read = client.read(&mut buffer).await.unwrap();
        if read == 0 {
            break;
        }
        received += read;
        // 2 MB a second, whatever the machine.
        let due = Duration::from_secs_f64(received as f64 / 2e6);
        tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
    }
    assert!(received > SIZE, "{received} of {SIZE}");
    server.end().await;
}
