//! A collector that keeps what it is sent as bytes. `e2e/otlp` has one that understands them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

pub(crate) struct Collector {
    addr: SocketAddr,
    bodies: Receiver<Vec<u8>>,
}

impl Collector {
    pub(crate) fn start() -> Self {
        Self::with(|stream, send| serve(stream, send, true))
    }

    /// One that takes what it gets, and does not answer.
    pub(crate) fn silent() -> Self {
        Self::with(|stream, send| serve(stream, send, false))
    }

    /// One that speaks TLS.
    pub(crate) fn with_tls(config: ServerConfig) -> Self {
        let config = Arc::new(config);
        Self::with(move |stream, send| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            serve(StreamOwned::new(connection, stream), send, true);
        })
    }

    fn with(serve: impl Fn(TcpStream, &Sender<Vec<u8>>) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (send, bodies) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, send, serve) = (stream.unwrap(), send.clone(), serve.clone());
                thread::spawn(move || serve(stream, &send));
            }
        });
        Self { addr, bodies }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it has been sent until now, and has not been asked for.
    pub(crate) fn taken(&self) -> Vec<u8> {
        self.bodies.try_iter().flatten().collect()
    }
}

fn serve(stream: impl Read + Write, send: &Sender<Vec<u8>>, answers: bool) {
    let mut stream = BufReader::new(stream);
    while let Some(body) = request(&mut stream) {
        // The test may be over.
        let _ = send.send(body);
        if answers {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
        }
    }
}

/// The body of a request, if one comes.
fn request(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().ok();
        }
        if line == "\r\n" {
            let mut body = vec![0; length?];
            stream.read_exact(&mut body).ok()?;
            return Some(body);
        }
    }
}

/// Whether the bytes have this text, or this id.
pub(crate) fn has(bytes: &[u8], part: impl AsRef<[u8]>) -> bool {
    let part = part.as_ref();
    bytes.windows(part.len()).any(|window| window == part)
}
