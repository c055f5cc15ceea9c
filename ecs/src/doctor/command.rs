//! What a health check's command asks, as far as its text tells.

/// Port and path in a command such as `curl -f http://localhost:80/`, and what comes after them.
fn after_host(command: &str) -> Option<&str> {
    let hosts = ["localhost", "127.0.0.1", "[::1]"];
    let mut all = hosts.iter().flat_map(|host| {
        let found = command.match_indices(host);
        found.map(|(at, host)| &command[at + host.len()..])
    });
    all.find(|rest| rest.starts_with([':', '/']))
}

/// The port that the command asks of this host.
pub(super) fn asked_port(command: &str) -> Option<u16> {
    let rest = after_host(command)?.strip_prefix(':')?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// The path. None of what the shell puts together.
pub(super) fn asked_path(command: &str) -> Option<&str> {
    let end = |c: char| c.is_whitespace() || "'\"|;&<>()`".contains(c);
    let rest = after_host(command)?.split(end).next()?;
    let path = &rest[rest.find('/')?..];
    (!rest.contains('$')).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_and_path_of_a_health_check_are_found_in_its_command() {
        let cases = [
            (
                "CMD-SHELL curl -f http://localhost:80/ || exit 1",
                Some(80),
                Some("/"),
            ),
            (
                "CMD wget -q 127.0.0.1:8000/health",
                Some(8000),
                Some("/health"),
            ),
            (
                "CMD-SHELL curl -f 'http://[::1]:8000/a/b?c'",
                Some(8000),
                Some("/a/b?c"),
            ),
            (
                "CMD-SHELL curl -f http://localhost/|| exit 1",
                None,
                Some("/"),
            ),
            (
                "CMD-SHELL curl -f http://localhost:8000$DUALRUN_HEALTH_PATH",
                Some(8000),
                None,
            ),
            (
                "CMD-SHELL curl -f http://localhost:${PORT:-80}/health",
                None,
                None,
            ),
            ("CMD-SHELL nc -z localhost 8000 && ls /", None, None),
            (
                "CMD curl -H Host:localhost http://127.0.0.1:80/a",
                Some(80),
                Some("/a"),
            ),
            ("CMD /bin-fargate healthcheck", None, None),
        ];
        for (command, port, path) in cases {
            assert_eq!(
                (asked_port(command), asked_path(command)),
                (port, path),
                "{command}"
            );
        }
    }
}
