//! The queries for CloudWatch Logs Insights in `docs/observe.md`: known commands, and fields that real lines have.

use crate::support::{COMPLETE, Server, command};
use rustix::process::Signal;
use std::collections::BTreeSet;
use std::io::{Read, Write};

const PAGE: &str = include_str!("../../../docs/observe.md");

/// AWS, CloudWatch Logs user guide, "Supported commands".
const COMMANDS: [&str; 8] = [
    "display", "dedup", "fields", "filter", "limit", "parse", "sort", "stats",
];
const KEYWORDS: [&str; 9] = ["and", "as", "asc", "by", "desc", "in", "like", "not", "or"];
/// Those that CloudWatch itself gives to each line.
const OF_CLOUDWATCH: [&str; 3] = ["@timestamp", "@message", "@logStream"];

/// The fields of the lines of a server that was asked once.
fn fields() -> BTreeSet<String> {
    let mut command = command(COMPLETE);
    command.env("DUALRUN_ADDR", "127.0.0.1:0");
    let mut server = Server::spawn(command);
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nuser-agent: curl\r\nconnection: close\r\n\r\n";
    let mut stream = server.connect();
    stream.write_all(request).expect("an open connection");
    stream
        .read_to_string(&mut String::new())
        .expect("an answer");
    server.signal(Signal::INT);
    let mut fields = BTreeSet::new();
    while let Some(line) = server.try_next_line() {
        fields.extend(line.as_object().expect("an object").keys().cloned());
    }
    fields
}

/// The words of a query's stage outside of its strings, with whether each is called as a function.
fn words(stage: &str) -> Vec<(&str, bool)> {
    let outside = stage.split('"').step_by(2);
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_@.".contains(c);
    let mut words = Vec::new();
    for mut text in outside {
        while let Some(start) = text.find(is_part) {
            let word = &text[start..];
            let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
            words.push((&word[..end], word[end..].starts_with('(')));
            text = &word[end..];
        }
    }
    words
}

#[test]
fn each_query_has_known_commands_and_fields_that_lines_have() {
    let queries = PAGE.split("```logs-insights\n").skip(1);
    let queries: Vec<&str> = queries
        .filter_map(|text| text.split("```").next())
        .collect();
    assert!(queries.len() >= 5);
    let fields = fields();
    for query in queries {
        assert_eq!(query.matches('"').count() % 2, 0, "{query}");
        assert_eq!(
            query.matches('(').count(),
            query.matches(')').count(),
            "{query}"
        );
        let mut names: BTreeSet<&str> = OF_CLOUDWATCH.into();
        for stage in query.split('|') {
            let words = words(stage);
            let ((first, _), rest) = words.split_first().expect("a command");
            assert!(COMMANDS.contains(first), "{first}: {query}");
            let mut before = "";
            for (word, is_function) in rest {
                let is_known = *is_function
                    || KEYWORDS.contains(word)
                    || before == "as"
                    || names.contains(word)
                    || fields.contains(*word)
                    || word.starts_with(|c: char| c.is_ascii_digit());
                assert!(is_known, "{word}: {query}");
                if before == "as" {
                    names.insert(word);
                }
                before = word;
            }
        }
    }
}
