//! In the place of the metrics in a build without them: takes what is to be recorded, and costs nothing.

use super::kinds::{Ended, Outcome, Probe, Protocol};
use crate::Options;
use crate::config::Variables;
use crate::log::WorkerGuard;
use http::{Method, StatusCode};
use std::sync::Arc;
use std::time::SystemTime;

#[derive(Clone)]
pub(crate) struct Meter;

impl Meter {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn none() -> Self {
        Self
    }

    pub(crate) fn begin(&self, _: &Method, _: Option<Probe>) -> Measured {
        let outcome = Outcome::Answered;
        Measured { outcome }
    }

    pub(crate) fn refused(&self, _: StatusCode) {}

    pub(crate) fn connection(&self, _: Protocol) -> OpenConnection {
        OpenConnection
    }

    pub(crate) fn received(&self) -> Received {
        Received
    }
}

pub(crate) struct Measured {
    pub(crate) outcome: Outcome,
}

impl Measured {
    pub(crate) fn is_wanted(&self) -> bool {
        false
    }

    pub(crate) fn on_body(&self, _: u64) {}

    pub(crate) fn end(&self, _: &Ended) {}
}

pub(crate) struct OpenConnection;

pub(crate) struct Received;

impl Received {
    pub(crate) fn on_read(&self, _: u64) {}
}

pub(crate) fn ready(_: bool) {}

pub(crate) fn log_lines_dropped(_: u64) {}

pub(crate) fn cold_start(_: &Variables) {}

/// There is none.
pub(crate) enum Exporter {}

impl Exporter {
    pub(crate) fn start(_: &Options, _: &Variables, _: Option<&WorkerGuard>) -> Option<Arc<Self>> {
        None
    }

    pub(crate) fn flush(&self) {
        match *self {}
    }
}

pub(crate) struct Invocation;

impl Invocation {
    pub(crate) fn new(_: SystemTime, _: Option<Arc<Exporter>>) -> Self {
        Self
    }

    pub(crate) fn end(self) {}
}
