//! What is compared, and how each is started.

use super::ADDR;
use crate::process::{Program, repository};
use std::fs;

/// A server that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// `bin-fargate` with its whole stack; for uploads a user's service on `dualrun`.
    Ours,
    /// hyper with nothing around it.
    BareHyper,
    /// axum.
    Axum,
    /// actix-web.
    Actix,
    /// ntex.
    Ntex,
    /// Go's net/http.
    Go,
    /// Flask with the server that it brings, as a first deployment mostly has it.
    Flask,
    /// Flask under gunicorn.
    Gunicorn,
}

/// What a server is started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The two routes, no line for a request.
    Quiet,
    /// The two routes, with the access log that is usual with it.
    Logged,
    /// A service that takes bodies.
    Uploads,
    /// HTTP/2 with prior knowledge.
    Http2,
}

impl Server {
    /// In the order of the tables; ours first, since the ratios are against it.
    pub const ALL: [Self; 8] = [
        Self::Ours,
        Self::BareHyper,
        Self::Axum,
        Self::Actix,
        Self::Ntex,
        Self::Go,
        Self::Flask,
        Self::Gunicorn,
    ];

    /// Its name in tables and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "bin-fargate",
            Self::BareHyper => "bare hyper",
            Self::Axum => "axum",
            Self::Actix => "actix-web",
            Self::Ntex => "ntex",
            Self::Go => "Go net/http",
            Self::Flask => "Flask",
            Self::Gunicorn => "Flask, gunicorn",
        }
    }

    /// If it is an interpreter's.
    pub fn is_python(self) -> bool {
        matches!(self, Self::Flask | Self::Gunicorn)
    }

    /// If it can do that without more than its own packages.
    pub fn does(self, kind: Kind) -> bool {
        match kind {
            Kind::Quiet | Kind::Uploads => true,
            Kind::Logged => self != Self::BareHyper,
            Kind::Http2 => matches!(
                self,
                Self::Ours | Self::BareHyper | Self::Axum | Self::Actix
            ),
        }
    }

    /// How to start it.
    pub fn program(self, kind: Kind) -> Program {
        let is_logged = kind == Kind::Logged;
        let path = match self {
            Self::Ours if kind == Kind::Uploads => "bench/target/release/uploads",
            Self::Ours => "target/release/bin-fargate",
            Self::BareHyper => "bench/target/release/bare-hyper",
            Self::Axum => "bench/target/release/peer-axum",
            Self::Actix => "bench/target/release/peer-actix",
            Self::Ntex => "bench/target/release/peer-ntex",
            Self::Go => "bench/target/peer-go",
            Self::Flask => "bench/target/venv/bin/flask",
            Self::Gunicorn => "bench/target/venv/bin/gunicorn",
        };
        let arguments: &[&str] = match self {
            Self::BareHyper if kind == Kind::Http2 => &["h2c"],
            Self::Flask => &["--app", "bench/peers/flask/app", "run", "--port", "8080"],
            // What gunicorn's documentation advises for one CPU: two workers for each and one more, threads for
            // connections that stay open.
            Self::Gunicorn => &[
                "--chdir=bench/peers/flask",
                "--bind=127.0.0.1:8080",
                "--worker-class=gthread",
                "--workers=3",
                "--threads=4",
                "--worker-connections=20000",
                "--no-control-socket",
                if is_logged {
                    "--access-logfile=-"
                } else {
                    "--log-level=warning"
                },
                "app:app",
            ],
            _ => &[],
        };
        let access_log = if is_logged { "requests" } else { "off" };
        let variables = [
            ("APP_NAME", "shop"),
            ("ENVIRONMENT", "bench"),
            ("SECRET_KEY", "dummy"),
            ("DUALRUN_ADDR", ADDR),
            ("DUALRUN_ACCESS_LOG", access_log),
            ("DUALRUN_BODY_LIMIT", "2MiB"),
            ("DUALRUN_LAME_DUCK", "0s"),
            ("ACCESS_LOG", if is_logged { "on" } else { "off" }),
        ];
        Program {
            path,
            arguments: arguments.iter().map(|&it| it.to_owned()).collect(),
            variables: variables
                .map(|(name, value)| (name, value.to_owned()))
                .to_vec(),
        }
    }

    /// The size of what is started, in bytes; none for an interpreter, which is a folder of files.
    pub fn size(self) -> Option<u64> {
        let path = repository().join(self.program(Kind::Quiet).path);
        let metadata = fs::metadata(path).ok()?;
        (!self.is_python()).then_some(metadata.len())
    }
}
