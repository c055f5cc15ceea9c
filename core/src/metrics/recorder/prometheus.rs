//! The text that Prometheus reads (Prometheus, "Exposition formats", version 0.0.4).

use super::buckets;
use super::registry::{About, Kind, Series, Snapshot};
use super::value::Histogram;
use metrics::{Key, Label, Unit};
use std::borrow::Cow;
use std::fmt::{Display, Write};

/// The bounds of durations in seconds, as OpenTelemetry has them for HTTP requests ("Semantic conventions for HTTP
/// metrics").
const SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
/// The bounds of all else.
const OTHER: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1e3,
    2.5e3, 5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 2.5e6, 5e6, 1e7, 2.5e7, 5e7, 1e8,
];

pub(super) fn text(snapshot: &Snapshot) -> String {
    let mut text = String::new();
    let mut previous = None;
    for (key, series) in &snapshot.series {
        let name = metric_name(key.name());
        let about = snapshot.about(key.name());
        if previous != Some(key.name()) {
            begin(&mut text, &name, about, series.kind());
            previous = Some(key.name());
        }
        match series {
            Series::Counter(counter) => sample(&mut text, &name, key, counter.get()),
            Series::Gauge(gauge) => sample(&mut text, &name, key, number(gauge.get())),
            Series::Histogram(histogram) => {
                let is_seconds = about.and_then(|about| about.unit) == Some(Unit::Seconds)
                    || name.ends_with("_seconds");
                let bounds = if is_seconds { SECONDS } else { OTHER };
                distribution(&mut text, &name, key, (histogram, bounds));
            }
        }
    }
    text
}

fn begin(text: &mut String, name: &str, about: Option<&About>, kind: Kind) {
    if let Some(about) = about {
        let help = about.description.replace('\\', r"\\").replace('\n', r"\n");
        put(text, format_args!("# HELP {name} {help}\n"));
    }
    let kind = match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    put(text, format_args!("# TYPE {name} {kind}\n"));
}

fn sample(text: &mut String, name: &str, key: &Key, value: impl Display) {
    text.push_str(name);
    labels(text, key.labels(), None);
    put(text, format_args!(" {value}\n"));
}

/// The series of a histogram: what is up to each bound, the sum, and the count.
fn distribution(text: &mut String, name: &str, key: &Key, of: (&Histogram, &[f64])) {
    let (histogram, bounds) = of;
    let mut counts = histogram.counts();
    let (mut below, mut index) = (0, 0);
    let bucket = |text: &mut String, bound: &dyn Display, below: u64| {
        text.push_str(name);
        text.push_str("_bucket");
        labels(text, key.labels(), Some(bound));
        put(text, format_args!(" {below}\n"));
    };
    for bound in bounds {
        let end = buckets::count_up_to(*bound);
        below += counts.by_ref().take(end - index).sum::<u64>();
        index = end;
        bucket(text, bound, below);
    }
    let count = below + counts.sum::<u64>();
    bucket(text, &"+Inf", count);
    sample(text, &format!("{name}_sum"), key, number(histogram.sum()));
    sample(text, &format!("{name}_count"), key, count);
}

fn labels<'a>(
    text: &mut String,
    labels: impl Iterator<Item = &'a Label>,
    bound: Option<&dyn Display>,
) {
    let mut before = '{';
    for label in labels {
        let (name, value) = (label_name(label.key()), escaped(label.value()));
        put(text, format_args!("{before}{name}=\"{value}\""));
        before = ',';
    }
    if let Some(bound) = bound {
        put(text, format_args!("{before}le=\"{bound}\""));
        before = ',';
    }
    if before == ',' {
        text.push('}');
    }
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    // To write into memory does not fail.
    let _ = text.write_fmt(what);
}

/// A number as Prometheus writes it.
fn number(value: f64) -> Cow<'static, str> {
    if value == f64::INFINITY {
        "+Inf".into()
    } else if value == f64::NEG_INFINITY {
        "-Inf".into()
    } else {
        value.to_string().into()
    }
}

fn escaped(value: &str) -> Cow<'_, str> {
    if !value.contains(['\\', '"', '\n']) {
        return value.into();
    }
    let value = value.replace('\\', r"\\").replace('"', r#"\""#);
    value.replace('\n', r"\n").into()
}

/// Letters, digits, underscores and colons, no digit first.
pub(super) fn metric_name(name: &str) -> Cow<'_, str> {
    valid(name, |c| c == ':')
}

/// The same without colons. `le` is the histogram's own.
pub(super) fn label_name(name: &str) -> Cow<'_, str> {
    match name {
        "le" => "_le".into(),
        _ => valid(name, |_| false),
    }
}

fn valid(name: &str, also: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '_' || also(c);
    let is_first_valid = !name.starts_with(|c: char| c.is_ascii_digit());
    if is_first_valid && name.chars().all(is_valid) {
        return name.into();
    }
    let valid = name.chars().map(|c| if is_valid(c) { c } else { '_' });
    let prefix = if is_first_valid { "" } else { "_" };
    prefix.chars().chain(valid).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_is_one_of_the_buckets_so_that_no_count_is_a_guess() {
        for bound in SECONDS.iter().chain(OTHER) {
            let last = buckets::count_up_to(*bound) - 1;
            assert_eq!(buckets::index_of(*bound), last, "{bound}");
        }
    }

    #[test]
    fn names_and_values_are_what_a_parser_takes() {
        assert_eq!(metric_name("orders.created:5m"), "orders_created:5m");
        assert_eq!(metric_name("5xx"), "_5xx");
        assert_eq!(label_name("a:b-ü"), "a_b__");
        assert_eq!(label_name("le"), "_le");
        assert_eq!(escaped("a\"b\\c\nd"), r#"a\"b\\c\nd"#);
        assert_eq!(number(f64::INFINITY), "+Inf");
        assert_eq!(number(f64::NAN), "NaN");
        assert_eq!(number(0.5), "0.5");
    }
}
