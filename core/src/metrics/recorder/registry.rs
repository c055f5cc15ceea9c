//! All series of a recorder, up to a limit.

use super::prometheus::{label_name, metric_name};
use super::value::{Counter, Gauge, Histogram};
use crate::metrics::table::METRICS;
use metrics::{Key, KeyName, SharedString, Unit};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

/// So many series a program has at most. Those of the server itself are some dozens; a histogram takes 3.4 KB.
pub(crate) const SERIES_LIMIT: usize = 1000;
/// So many more there are for the server's own, whatever the program has taken.
const OWN: usize = 1000;
/// CloudWatch takes 30 dimensions, one of which is the service (AWS, "Specification: Embedded metric format").
const LABELS: usize = 29;
/// The length in bytes that CloudWatch takes of a dimension's name (AWS, API reference, "Dimension").
const NAME: usize = 250;
/// The length in bytes of all names and values of a series.
const TEXT: usize = 1024;

/// Counts what was refused. In the place of a label that says what: whoever chose the labels sees that in the log.
pub(super) const REFUSED: &str = "dualrun_metrics_refused_total";

pub(super) struct Registry {
    state: RwLock<State>,
    refused: Arc<Counter>,
    is_warned: AtomicBool,
}

/// Both in the order of the names: a sorted list is a tenth of a tree's code, and a metric is added seldom.
#[derive(Default)]
struct State {
    series: Vec<(Key, Series)>,
    about: Vec<(KeyName, About)>,
}

#[derive(Clone)]
pub(super) enum Series {
    Counter(Arc<Counter>),
    Gauge(Arc<Gauge>),
    Histogram(Arc<Histogram>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Series {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Self::Counter(Arc::default()),
            Kind::Gauge => Self::Gauge(Arc::new(Gauge::new())),
            Kind::Histogram => Self::Histogram(Arc::new(Histogram::new())),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Counter(_) => Kind::Counter,
            Self::Gauge(_) => Kind::Gauge,
            Self::Histogram(_) => Kind::Histogram,
        }
    }
}

/// What was said of a metric.
#[derive(Clone)]
pub(super) struct About {
    pub(super) unit: Option<Unit>,
    pub(super) description: SharedString,
}

/// What there is at a moment, in the order of the names.
pub(super) struct Snapshot {
    pub(super) series: Vec<(Key, Series)>,
    about: Vec<(KeyName, About)>,
}

impl Snapshot {
    /// What was said of the metric with this name.
    pub(super) fn about(&self, name: &str) -> Option<&About> {
        let index = place(&self.about, name).ok()?;
        Some(&self.about[index].1)
    }
}

impl Registry {
    pub(super) fn new() -> Self {
        let refused = Arc::<Counter>::default();
        let series = Series::Counter(Arc::clone(&refused));
        let state = State {
            series: vec![(Key::from_static_name(REFUSED), series)],
            about: Vec::new(),
        };
        Self {
            state: RwLock::new(state),
            refused,
            is_warned: AtomicBool::new(false),
        }
    }

    /// The series with this key, made if there is none yet. None if it cannot be kept.
    pub(super) fn series(&self, key: &Key, kind: Kind) -> Option<Series> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let found = state.find(key, kind);
        drop(state);
        let series = match found {
            Found::Series(series) => Some(series),
            // Once it is full, nobody waits to write.
            Found::Place(_) if is_own(key) || fits(key) => self.add(key, kind),
            Found::Place(_) | Found::NoPlace => None,
        };
        if series.is_none() {
            self.refuse(key);
        }
        series
    }

    fn add(&self, key: &Key, kind: Kind) -> Option<Series> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match state.find(key, kind) {
            // Another thread was faster.
            Found::Series(series) => Some(series),
            Found::NoPlace => None,
            // To Prometheus it would be the same name.
            Found::Place(_) if state.has_alias(key.name()) => None,
            Found::Place(index) => {
                let series = Series::new(kind);
                state.series.insert(index, (key.clone(), series.clone()));
                Some(series)
            }
        }
    }

    fn refuse(&self, key: &Key) {
        metrics::CounterFn::increment(&*self.refused, 1);
        if !self.is_warned.swap(true, Relaxed) {
            tracing::warn!(
                metric = key.name(),
                limit = SERIES_LIMIT,
                "metric not recorded: too many series, names or labels that Prometheus or CloudWatch do not take, or a name that is \
                 in use for another metric; \
                 from now on such metrics are only counted, in dualrun_metrics_refused_total"
            );
        }
    }

    pub(super) fn describe(&self, name: KeyName, about: About) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let is_short = name.as_str().len() + about.description.len() <= TEXT;
        match place(&state.about, name.as_str()) {
            Ok(index) => state.about[index].1 = about,
            Err(index) if state.about.len() < SERIES_LIMIT && is_short => {
                state.about.insert(index, (name, about));
            }
            Err(_) => {}
        }
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Snapshot {
            series: state.series.clone(),
            about: state.about.clone(),
        }
    }
}

/// Where something was said of the metric with this name, or where that belongs.
fn place(about: &[(KeyName, About)], name: &str) -> Result<usize, usize> {
    about.binary_search_by(|(other, _)| other.as_str().cmp(name))
}

/// What there is for a key.
enum Found {
    Series(Series),
    /// Where one could be added.
    Place(usize),
    /// There are too many, or its name is another kind's.
    NoPlace,
}

impl State {
    fn find(&self, key: &Key, kind: Kind) -> Found {
        let start = self
            .series
            .partition_point(|(other, _)| other.name() < key.name());
        let mut index = start;
        while let Some((other, series)) = self.series.get(index) {
            if other.name() != key.name() {
                break;
            }
            if series.kind() != kind {
                return Found::NoPlace;
            }
            if are_equal(other, key) {
                return Found::Series(series.clone());
            }
            index += 1;
        }
        let limit = if is_own(key) {
            SERIES_LIMIT + OWN
        } else {
            SERIES_LIMIT
        };
        if self.series.len() < limit {
            Found::Place(index)
        } else {
            Found::NoPlace
        }
    }
}

impl State {
    /// If another name is told to Prometheus as this one.
    fn has_alias(&self, name: &str) -> bool {
        let told = metric_name(name);
        let mut names = self.series.iter().map(|(key, _)| key.name());
        names.any(|other| other != name && metric_name(other) == told)
    }
}

/// Whether it is one of the server's own metrics.
fn is_own(key: &Key) -> bool {
    METRICS.iter().any(|metric| metric.name == key.name())
}

/// Whether two keys of one name have the same labels, whatever their order.
fn are_equal(a: &Key, b: &Key) -> bool {
    a.get_hash() == b.get_hash()
        && a.labels().len() == b.labels().len()
        && a.labels()
            .all(|label| b.labels().any(|other| other == label))
}

/// Whether a key can be told to everybody.
fn fits(key: &Key) -> bool {
    let is_name = |name: &str| (1..=NAME).contains(&name.len());
    let labels = || key.labels();
    let text = labels().map(|label| label.key().len() + label.value().len());
    is_name(key.name())
        && labels().len() <= LABELS
        && text.sum::<usize>() <= TEXT
        // The members of an embedded metric are beside each other.
        && labels().all(|label| is_name(label.key()) && label.key() != "_aws" && label.key() != key.name())
        && !["_aws", "service"].contains(&key.name())
        && labels().all(|label| is_label(label.key()) && is_value(label.value()))
        && are_distinct(key)
}

/// Names with two underscores are Prometheus's own, and those that begin with a colon CloudWatch's.
fn is_label(name: &str) -> bool {
    !name.starts_with(':') && !name.starts_with("__")
}

/// What CloudWatch takes as a dimension's value (the same).
fn is_value(value: &str) -> bool {
    !value.trim().is_empty()
}

/// If no two labels are told to Prometheus by one name.
fn are_distinct(key: &Key) -> bool {
    let names: Vec<_> = key.labels().map(|label| label_name(label.key())).collect();
    names
        .iter()
        .enumerate()
        .all(|(index, name)| !names[..index].contains(name))
}
