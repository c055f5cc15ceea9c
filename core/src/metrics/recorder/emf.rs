//! Lines for CloudWatch (AWS, "Specification: Embedded metric format").
//!
//! Series with the same labels share lines. Labels are dimensions, each set of which is a metric that CloudWatch bills: those of
//! the server's own metrics are only in the sets that [`METRICS`](super::super::METRICS) has for them, and what is equal then
//! is added up here.

use super::Sender;
use super::buckets;
use super::registry::{Series, Snapshot};
use crate::log::JsonString;
use crate::metrics::table;
use metrics::{Key, Unit};
use std::fmt;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the format allows of metrics in a line, and of values in a metric.
const METRICS: usize = 100;
const VALUES: usize = 100;
/// Above this length a line gets no more metrics. Log drivers and routers of containers cut lines of more than 16 KiB.
const LINE: usize = 12 * 1024;

/// Which gauges are told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gauges {
    All,
    /// Those that have changed since they were told.
    Changed,
}

/// The dimensions of a line: their values, and the sets of them that are metrics.
#[derive(PartialEq, Eq)]
struct Dimensions<'a> {
    values: Vec<(&'a str, &'a str)>,
    sets: Vec<Vec<&'a str>>,
}

/// What shares lines.
struct Group<'a> {
    dimensions: Dimensions<'a>,
    values: Vec<(&'a str, Value)>,
}

enum Value {
    Count(u64),
    Level(f64),
    /// How many values are in each bucket.
    Distribution(Vec<u64>),
}

/// A metric that is ready for a line.
struct Metric<'a> {
    name: &'a str,
    unit: Option<&'static str>,
    value: Vec<u8>,
}

/// What a snapshot has to tell, dated to `at`. Each line is handed over with its line break.
pub(super) fn tell(
    snapshot: &Snapshot,
    gauges: Gauges,
    (sender, at): (&Sender, SystemTime),
    tell: &mut dyn FnMut(&[u8]),
) {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (key, series) in &snapshot.series {
        if let Some(value) = take(series, gauges) {
            add(&mut groups, key.name(), value, dimensions(key, sender));
        }
    }
    let at = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    for group in &groups {
        let mut rest: Vec<Metric<'_>> = Vec::new();
        for (name, value) in &group.values {
            let unit = snapshot.about(name).and_then(|about| about.unit);
            let unit = unit.and_then(unit_name);
            value.json(&mut |value| rest.push(Metric { name, unit, value }));
        }
        while !rest.is_empty() {
            let metrics = fill(&mut rest);
            tell(&line(sender, &group.dimensions, &metrics, at.as_millis()));
        }
    }
}

fn add<'a>(groups: &mut Vec<Group<'a>>, name: &'a str, value: Value, dimensions: Dimensions<'a>) {
    let group = groups
        .iter_mut()
        .find(|group| group.dimensions == dimensions);
    let Some(group) = group else {
        let values = vec![(name, value)];
        groups.push(Group { dimensions, values });
        return;
    };
    // Series of one name come one after another.
    match group.values.last_mut() {
        Some((last, other)) if *last == name => other.add(&value),
        _ => group.values.push((name, value)),
    }
}

/// What a series has to tell, if it is anything.
fn take(series: &Series, gauges: Gauges) -> Option<Value> {
    match series {
        Series::Counter(counter) => Some(counter.take()).filter(|n| *n > 0).map(Value::Count),
        Series::Gauge(gauge) => {
            let changed = gauge.take_changed();
            let value = changed.or_else(|| (gauges == Gauges::All).then(|| gauge.get()));
            value.filter(|value| value.is_finite()).map(Value::Level)
        }
        Series::Histogram(histogram) => {
            let counts = histogram.take();
            let is_empty = counts.iter().all(|count| *count == 0);
            (!is_empty).then_some(Value::Distribution(counts))
        }
    }
}

impl Value {
    fn add(&mut self, more: &Self) {
        match (self, more) {
            (Self::Count(count), Self::Count(more)) => *count += more,
            (Self::Level(level), Self::Level(more)) => *level += more,
            (Self::Distribution(counts), Self::Distribution(more)) => {
                for (count, more) in counts.iter_mut().zip(more) {
                    *count += more;
                }
            }
            // A name is of one kind.
            _ => {}
        }
    }

    /// As JSON; in pieces, if it has more values than a line may.
    fn json(&self, piece: &mut dyn FnMut(Vec<u8>)) {
        let counts = match self {
            Self::Count(count) => return piece(count.to_string().into()),
            Self::Level(level) => return piece(level.to_string().into()),
            Self::Distribution(counts) => counts,
        };
        let mut next = 0;
        while next < counts.len() {
            // CloudWatch takes values with how often each was there, as in its `PutMetricData`.
            let (mut text, mut ends, mut count) = (Vec::new(), Vec::new(), 0);
            text.extend_from_slice(b"{\"Values\":[");
            while next < counts.len() && count < VALUES {
                if counts[next] > 0 {
                    let comma = if count == 0 { "" } else { "," };
                    put(
                        &mut text,
                        format_args!("{comma}{}", buckets::value_of(next)),
                    );
                    put(&mut ends, format_args!("{comma}{}", counts[next]));
                    count += 1;
                }
                next += 1;
            }
            text.extend_from_slice(b"],\"Counts\":[");
            text.append(&mut ends);
            text.extend_from_slice(b"]}");
            if count > 0 {
                piece(text);
            }
        }
    }
}

fn put(text: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    // To write into memory does not fail.
    let _ = text.write_fmt(what);
}

/// A text as JSON.
fn quote(text: &mut Vec<u8>, what: &str) {
    text.push(b'"');
    // As above.
    let _ = fmt::Write::write_str(&mut JsonString(text), what);
    text.push(b'"');
}

fn dimensions<'a>(key: &'a Key, sender: &'a Sender) -> Dimensions<'a> {
    // CloudWatch takes no empty values.
    let labels = key.labels().filter(|label| !label.value().is_empty());
    let mut values: Vec<_> = labels.map(|label| (label.key(), label.value())).collect();
    let mut sets: Vec<Vec<&str>> = match table::dimensions(key.name()) {
        Some(sets) => {
            values.retain(|(name, _)| sets.iter().any(|set| set.contains(name)));
            let is_there = |name: &&str| values.iter().any(|(other, _)| other == name);
            let sets = sets.iter().map(|set| set.iter().copied());
            sets.map(|set| set.filter(is_there).collect()).collect()
        }
        None => vec![values.iter().map(|(name, _)| *name).collect()],
    };
    // A label with this name is the program's own word.
    let is_named = values.iter().any(|(name, _)| *name == "service");
    if let Some(service) = sender.service.as_deref().filter(|_| !is_named) {
        values.insert(0, ("service", service));
        sets.iter_mut().for_each(|set| set.insert(0, "service"));
    }
    Dimensions { values, sets }
}

/// As many metrics as a line may have, no name twice. The rest stays.
fn fill<'a>(rest: &mut Vec<Metric<'a>>) -> Vec<Metric<'a>> {
    let mut metrics: Vec<Metric<'a>> = Vec::new();
    let (mut length, mut index) = (0, 0);
    while metrics.len() < METRICS {
        let Some(metric) = rest.get(index) else { break };
        // Its name is there twice.
        let takes = 2 * metric.name.len() + metric.value.len() + 64;
        let fits = metrics.is_empty() || length + takes <= LINE;
        if fits && metrics.iter().all(|other| other.name != metric.name) {
            length += takes;
            metrics.push(rest.remove(index));
        } else {
            index += 1;
        }
    }
    metrics
}

fn line(sender: &Sender, dimensions: &Dimensions<'_>, metrics: &[Metric<'_>], at: u128) -> Vec<u8> {
    let mut text = Vec::new();
    put(
        &mut text,
        format_args!("{{\"_aws\":{{\"Timestamp\":{at},\"CloudWatchMetrics\":[{{\"Namespace\":"),
    );
    quote(&mut text, &sender.namespace);
    text.extend_from_slice(b",\"Dimensions\":[");
    for (index, set) in dimensions.sets.iter().enumerate() {
        text.extend_from_slice(if index == 0 { b"[" } else { b",[" });
        for (index, name) in set.iter().enumerate() {
            text.extend_from_slice(if index == 0 { b"" } else { b"," });
            quote(&mut text, name);
        }
        text.push(b']');
    }
    text.extend_from_slice(b"],\"Metrics\":[");
    for (index, metric) in metrics.iter().enumerate() {
        text.extend_from_slice(if index == 0 { b"" } else { b"," });
        text.extend_from_slice(b"{\"Name\":");
        quote(&mut text, metric.name);
        if let Some(unit) = metric.unit {
            put(&mut text, format_args!(",\"Unit\":\"{unit}\""));
        }
        text.push(b'}');
    }
    text.extend_from_slice(b"]}]}");
    let mut member = |name: &str, value: &dyn Fn(&mut Vec<u8>)| {
        text.push(b',');
        quote(&mut text, name);
        text.push(b':');
        value(&mut text);
    };
    for (name, value) in &dimensions.values {
        member(name, &|text| quote(text, value));
    }
    for metric in metrics {
        member(metric.name, &|text| text.extend_from_slice(&metric.value));
    }
    text.extend_from_slice(b"}\n");
    text
}

/// The unit as CloudWatch calls it (AWS, "MetricDatum"), if it has it: its kilobytes may be either.
fn unit_name(unit: Unit) -> Option<&'static str> {
    Some(match unit {
        Unit::Count => "Count",
        Unit::Percent => "Percent",
        Unit::Seconds => "Seconds",
        Unit::Milliseconds => "Milliseconds",
        Unit::Microseconds => "Microseconds",
        Unit::Bytes => "Bytes",
        Unit::Kibibytes => "Kilobytes",
        Unit::Mebibytes => "Megabytes",
        Unit::Gibibytes => "Gigabytes",
        Unit::Tebibytes => "Terabytes",
        Unit::BitsPerSecond => "Bits/Second",
        Unit::KilobitsPerSecond => "Kilobits/Second",
        Unit::MegabitsPerSecond => "Megabits/Second",
        Unit::GigabitsPerSecond => "Gigabits/Second",
        Unit::TerabitsPerSecond => "Terabits/Second",
        Unit::CountPerSecond => "Count/Second",
        Unit::Nanoseconds => return None,
    })
}
