//! What the command lines of an image tell: the port that it listens on, the path that its health check asks.

use super::dockerfile::Stage;

/// Options that a port, or an address with one, follows.
const OPTIONS: [&str; 7] = [
    "--addr", "--bind", "--http", "--listen", "--port", "-b", "-p",
];

/// The port that the program is told to listen on.
pub(super) fn port(stage: &Stage) -> Option<u16> {
    let words = words(stage);
    let mut before = "";
    for word in &words {
        let (option, value) = word.split_once('=').unwrap_or((before, word));
        let of_address = || {
            let (host, port) = value.rsplit_once(':')?;
            let is_all = [
                "",
                "*",
                "+",
                "0.0.0.0",
                "[::]",
                "http://+",
                "http://*",
                "http://0.0.0.0",
            ];
            is_all.contains(&host).then_some(port)
        };
        let is_option = OPTIONS.contains(&option);
        let number = of_address().or_else(|| is_option.then_some(value));
        let port = number
            .and_then(|it| it.parse().ok())
            .filter(|port| *port != 0);
        if port.is_some() {
            return port;
        }
        before = word;
    }
    None
}

/// The address of this machine that the program is told to listen on, where nobody else can reach it.
pub(super) fn loopback(stage: &Stage) -> Option<String> {
    let words = words(stage);
    let mut words = words.into_iter();
    words.find(|word| {
        let value = word.rsplit('=').next().unwrap_or(word);
        let host = value.split(':').next().unwrap_or(value);
        host == "127.0.0.1" || host == "localhost"
    })
}

/// The URL of this machine that the health check asks: its port, if it names one, and its path.
pub(super) fn health_url(stage: &Stage) -> Option<(Option<u16>, String)> {
    let command = stage.health_check.as_ref()?.command.join(" ");
    let (_, rest) = command.split_once("http://")?;
    let end = rest.find(|c: char| c.is_whitespace() || "\"'`;|)&,".contains(c));
    let url = &rest[..end.unwrap_or(rest.len())];
    let (place, path) = match url.find('/') {
        Some(at) => url.split_at(at),
        None => (url, "/"),
    };
    let (host, port) = place.rsplit_once(':').unwrap_or((place, "80"));
    let is_own = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"].contains(&host);
    let path = path.split('?').next().unwrap_or(path);
    is_own.then(|| (port.parse().ok(), path.to_owned()))
}

/// Without quotes, which a shell takes off.
fn words(stage: &Stage) -> Vec<String> {
    let all = stage
        .program
        .entrypoint
        .iter()
        .chain(&stage.program.command);
    let words = all.flat_map(|it| it.split_whitespace());
    words.map(|word| word.replace(['"', '\''], "")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::dockerfile::Dockerfile;
    use super::*;

    fn stage(line: &str) -> Stage {
        let file = Dockerfile::parse(&format!("FROM a\n{line}")).unwrap();
        file.stage(None).unwrap().clone()
    }

    #[test]
    fn a_port_is_found_in_how_servers_are_started() {
        for (line, expected) in [
            ("CMD gunicorn -b 0.0.0.0:5000 app:app", Some(5000)),
            (
                "CMD [\"gunicorn\", \"--bind=:8080\", \"app:app\"]",
                Some(8080),
            ),
            (
                "ENTRYPOINT [\"uvicorn\", \"app:app\"]\nCMD [\"--port\", \"80\"]",
                Some(80),
            ),
            ("CMD flask run --host=0.0.0.0 --port=\"5001\"", Some(5001)),
            ("CMD rails server -p 3000", Some(3000)),
            (
                "CMD [\"dotnet\", \"x.dll\", \"--urls\", \"http://+:8081\"]",
                Some(8081),
            ),
            ("CMD redis-cli -h cache:6379", None),
            ("CMD npm start", None),
            ("CMD gunicorn -b 0.0.0.0:$PORT", None),
        ] {
            assert_eq!(port(&stage(line)), expected, "{line}");
        }
    }

    #[test]
    fn an_address_that_only_the_container_reaches_is_noticed() {
        for (line, expected) in [
            ("CMD flask run --host=127.0.0.1", Some("--host=127.0.0.1")),
            (
                "CMD [\"gunicorn\", \"-b\", \"localhost:80\"]",
                Some("localhost:80"),
            ),
            ("CMD gunicorn -b 0.0.0.0:80", None),
        ] {
            assert_eq!(loopback(&stage(line)).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn a_health_check_tells_path_and_port() {
        for (check, expected) in [
            (
                "curl -f http://localhost:5000/healthz || exit 1",
                Some((Some(5000), "/healthz")),
            ),
            (
                "wget -q 'http://127.0.0.1/up?full=1'",
                Some((Some(80), "/up")),
            ),
            ("curl http://localhost:$PORT/x;", Some((None, "/x"))),
            ("curl http://localhost:81", Some((Some(81), "/"))),
            ("curl http://elsewhere.example/x", None),
            ("/app healthcheck", None),
        ] {
            let found = health_url(&stage(&format!("HEALTHCHECK CMD {check}")));
            let expected = expected.map(|(port, path)| (port, path.to_owned()));
            assert_eq!(found, expected, "{check}");
        }
    }
}
