//! Answers in a form in which those of a socket and those of Lambda can be compared.

use super::events::{CLIENT, base64};
use super::rows::Row;
use crate::support::http1::exchange;
use crate::support::server::Server;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Several values of one name are joined, but for cookies, which are in their order.
    headers: BTreeMap<String, Vec<String>>,
    body: Vec<u8>,
}

impl Answer {
    fn new(
        status: u16,
        headers: impl IntoIterator<Item = (String, String)>,
        body: Vec<u8>,
    ) -> Self {
        // What belongs to the connection, and what is made anew each time.
        const OF_TRANSPORT: [&str; 4] =
            ["connection", "content-length", "date", "transfer-encoding"];
        let mut collected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            if !OF_TRANSPORT.contains(&name.as_str()) {
                collected.entry(name).or_default().push(value);
            }
        }
        for (name, values) in &mut collected {
            if name != "set-cookie" {
                *values = vec![values.join(", ")];
            }
        }
        let mut answer = Self {
            status,
            headers: collected,
            body,
        };
        answer.forget_new_ids();
        answer
    }

    /// An id that was made for this request stands for any other.
    fn forget_new_ids(&mut self) {
        let Some(id) = self
            .headers
            .get_mut("x-request-id")
            .and_then(|ids| ids.first_mut())
        else {
            panic!("no request id in {self:?}");
        };
        if id != "abc-1" {
            let body = String::from_utf8_lossy(&self.body).replace(id.as_str(), "(new)");
            if body.contains("(new)") {
                self.body = body.into_bytes();
            }
            *id = "(new)".into();
        }
    }
}

/// What the real server answers, with a load balancer's headers on the request.
pub(crate) async fn over_a_socket(server: &Server, row: &Row) -> Answer {
    let target = if row.query.is_empty() {
        row.path.to_owned()
    } else {
        format!("{}?{}", row.path, row.query)
    };
    let mut request = format!("{} {target} HTTP/1.1\r\nhost: shop.example\r\n", row.method);
    request += &format!("connection: close\r\nx-forwarded-for: {CLIENT}\r\n");
    for (name, value) in row.headers {
        request += &format!("{name}: {value}\r\n");
    }
    if !row.body.is_empty() {
        request += &format!("content-length: {}\r\n", row.body.len());
    }
    request += "\r\n";
    let request = [request.as_bytes(), row.body].concat();
    parse(&exchange(server.connect().await, &request).await)
}

fn parse(answer: &[u8]) -> Answer {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Answer::new(
        status.expect("a status"),
        headers,
        answer[end + 4..].to_vec(),
    )
}

/// What a gateway would make of the function's answer.
pub(crate) fn of_lambda(answer: &Value) -> Answer {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let mut headers = Vec::new();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        headers.push((name.clone(), text(value)));
    }
    for (name, values) in answer["multiValueHeaders"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let values = values.as_array().expect("a list");
        headers.extend(values.iter().map(|value| (name.clone(), text(value))));
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        headers.push(("set-cookie".into(), text(cookie)));
    }
    let body = text(&answer["body"]);
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => base64::decode(&body),
        _ => body.into_bytes(),
    };
    let status = answer["statusCode"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    Answer::new(status.expect("a status"), headers, body)
}
