//! Metrics of the process, by one variable: lines for CloudWatch, or a page for Prometheus.

use crate::support::{COMPLETE, Server, command, output};
use rustix::process::Signal;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

const REQUESTS: &str = "http_server_requests_total";

fn page(addr: SocketAddr) -> String {
    let mut stream = TcpStream::connect(addr).expect("somebody listens");
    let request = b"GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n";
    stream.write_all(request).expect("an open connection");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("an answer");
    page
}

#[test]
fn prometheus_finds_its_page_on_a_port_of_its_own() {
    let mut server = command(COMPLETE);
    server
        .env("DUALRUN_ADDR", "127.0.0.1:0")
        .env("DUALRUN_METRICS", "prometheus")
        .env("DUALRUN_METRICS_ADDR", "127.0.0.1:0");
    let (server, first) = Server::spawn_with_first_line(server);
    assert_eq!(first["message"], "listening for metrics");
    let addr = first["addr"].as_str().unwrap().parse().unwrap();
    server.get("/");
    server.get("/nope");
    let page = page(addr);
    for class in ["2xx", "4xx"] {
        let series = format!(
            "{REQUESTS}{{http_request_method=\"GET\",http_response_status_class=\"{class}\",outcome=\"answered\"}} 1\n"
        );
        assert!(page.contains(&series), "{series} in {page}");
    }
    assert!(page.contains("\ndualrun_ready 1\n"), "{page}");
    // The service does not know the page.
    assert!(server.get("/metrics").starts_with("HTTP/1.1 404 "));
}

/// All that is logged until the end.
fn rest(server: &mut Server) -> Vec<Value> {
    server.signal(Signal::INT);
    let mut lines = Vec::new();
    while let Some(line) = server.try_next_line() {
        lines.push(line);
    }
    lines
}

#[test]
fn what_is_left_at_the_end_goes_out_as_embedded_metrics_whatever_is_logged() {
    let mut command = command(COMPLETE);
    command
        .env("DUALRUN_ADDR", "127.0.0.1:0")
        .env("DUALRUN_METRICS", "emf")
        .env("DUALRUN_METRICS_NAMESPACE", "shops")
        .env("OTEL_SERVICE_NAME", "shop")
        .env("DUALRUN_LOG", "off,dualrun::server::run=info");
    let mut server = Server::spawn(command);
    server.get("/");
    server.get("/nope");
    let lines = rest(&mut server);
    let count = |class: &str| {
        let of_class = lines
            .iter()
            .filter(|line| line["http_response_status_class"] == class);
        of_class
            .filter_map(|line| line[REQUESTS].as_u64())
            .sum::<u64>()
    };
    assert_eq!((count("2xx"), count("4xx")), (1, 1), "{lines:?}");
    for line in lines.iter().filter(|line| line.get("_aws").is_some()) {
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "shops");
        assert_eq!(line["service"], "shop");
    }
    let is_there = |name: &str| lines.iter().any(|line| line.get(name).is_some());
    assert!(
        is_there("http_server_request_duration_seconds"),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line["message"] == "request"));
}

#[test]
fn the_page_is_never_on_the_port_of_the_service() {
    let mut command = command(COMPLETE);
    command
        .env("DUALRUN_METRICS", "prometheus")
        .env("DUALRUN_METRICS_ADDR", "127.0.0.1:8000")
        .env("DUALRUN_READY_PATH", "/health");
    let (code, report) = output(&mut command);
    assert_eq!(code, Some(1));
    assert_eq!(
        report,
        "DUALRUN_READY_PATH is not valid: expected another path than DUALRUN_HEALTH_PATH has\n\
         DUALRUN_METRICS_ADDR is not valid: expected another port than DUALRUN_ADDR has\n"
    );
}

#[test]
fn values_that_are_not_valid_are_in_the_report() {
    let mut command = command(COMPLETE);
    command
        .env("DUALRUN_METRICS", "statsd")
        .env("DUALRUN_METRICS_ADDR", "9090")
        .env("DUALRUN_METRICS_NAMESPACE", "AWS/ECS");
    let (code, report) = output(&mut command);
    assert_eq!(code, Some(1));
    assert_eq!(
        report,
        "DUALRUN_METRICS is not valid: expected one of off, emf, prometheus\n\
         DUALRUN_METRICS_ADDR is not valid: expected an IP address with a port, such as 0.0.0.0:8000 or [::]:8000\n\
         DUALRUN_METRICS_NAMESPACE is not valid: expected 1 to 255 letters, digits and .-_/#, not beginning with AWS/\n"
    );
}

#[test]
fn a_port_for_the_page_that_is_taken_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let mut command = command(COMPLETE);
    command
        .env("DUALRUN_ADDR", "127.0.0.1:0")
        .env("DUALRUN_METRICS", "prometheus")
        .env("DUALRUN_METRICS_ADDR", &addr);
    let (code, report) = output(&mut command);
    assert_eq!(code, Some(1));
    assert_eq!(
        report,
        format!(
            "cannot listen on {addr}: another process is using it; stop that, or set DUALRUN_METRICS_ADDR to another port\n"
        )
    );
}
