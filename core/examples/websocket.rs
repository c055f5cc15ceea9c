//! A WebSocket that says goodbye before the task ends: `/ws` sends every message back.
//!
//! ```text
//! cargo run -p dualrun --example websocket
//! python3 -m websockets ws://localhost:8000/ws   # elsewhere, after `pip install websockets`; then Ctrl-C the first
//! ```

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Extension, Router};
use dualrun::BoxError;
use dualrun::context::Lifecycle;
use std::process::ExitCode;

/// The largest message. axum would take 64 MiB.
const MESSAGE: usize = 1 << 20;
/// What each socket keeps to read into. axum would take 128 KiB, which is much for sockets that are mostly idle.
const BUFFER: usize = 8 << 10;

async fn upgrade(
    request: WebSocketUpgrade,
    Extension(lifecycle): Extension<Lifecycle>,
) -> Response {
    request
        .max_message_size(MESSAGE)
        .read_buffer_size(BUFFER)
        .on_upgrade(|socket| echo(socket, lifecycle))
}

/// Serves one socket until its client leaves or the drain begins.
async fn echo(mut socket: WebSocket, lifecycle: Lifecycle) {
    loop {
        let received = tokio::select! {
            received = socket.recv() => received,
            () = lifecycle.drain_begins() => break,
        };
        let sent = match received {
            Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                socket.send(message).await
            }
            // Pings are answered already, and so is a close.
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => return,
        };
        if sent.is_err() {
            return;
        }
    }
    let goodbye = CloseFrame {
        code: close_code::AWAY,
        reason: "the server is stopping".into(),
    };
    // A client that is gone already needs no goodbye.
    let _ = socket.send(Message::Close(Some(goodbye))).await;
    // The socket is closed properly once the client has answered. One that never does is cut when the drain ends.
    while let Some(Ok(_)) = socket.recv().await {}
}

async fn build(_: ()) -> Result<Router, BoxError> {
    Ok(Router::new()
        .route("/health", get(|| async { "ok" }))
        // A GET over HTTP/1.1, a CONNECT over HTTP/2.
        .route("/ws", any(upgrade)))
}

fn main() -> ExitCode {
    dualrun::server::run(build)
}
