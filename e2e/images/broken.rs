//! A service with a fault, which the variable FAULT names: `memory` takes more than a task has, `health` serves and
//! fails the container's health check, `answer` refuses the load balancer's. ECS calls it with `healthcheck`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::exit;

const PIECE: usize = 16 << 20;

fn main() {
    let fault = std::env::var("FAULT").expect("the image sets it");
    let is_check = std::env::args().nth(1).is_some();
    match fault.as_str() {
        "health" if is_check => exit(1),
        _ if is_check => exit(0),
        "memory" => take_memory(),
        "answer" => serve("503 Service Unavailable"),
        _ => serve("200 OK"),
    }
}

fn take_memory() {
    let mut taken = Vec::new();
    loop {
        // Written to: only then it counts.
        taken.push(vec![1u8; PIECE]);
    }
}

fn serve(status: &str) {
    let listener = TcpListener::bind("0.0.0.0:8000").expect("a free port");
    for client in listener.incoming() {
        let mut client = client.expect("a client");
        // Whatever it asks, and even if it is gone.
        let _ = client.read(&mut [0; 1024]);
        let _ = write!(
            client,
            "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
    }
}
