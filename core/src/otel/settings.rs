//! What OpenTelemetry's variables say: whether spans are exported, where to, and how.

use super::pairs;
use super::reader::Reader;
use super::resource;
use crate::config::{ConfigError, Variables};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Uri, uri};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SpanLimits};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::ffi::OsString;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];
const BATCH: &str = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";

/// Longer than this is a typo: an hour.
const MILLISECONDS: RangeInclusive<u64> = 1..=60 * 60 * 1000;
/// A span has some 2 KB. More than this is more memory than a task has.
const QUEUE: RangeInclusive<u64> = 1..=1_000_000;

/// Of attributes, events or links of a span.
const COUNT: RangeInclusive<u64> = 1..=10_000;

/// How spans are exported, as [OpenTelemetry's variables](https://opentelemetry.io/docs/specs/otel/protocol/exporter/) say.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `OTEL_EXPORTER_OTLP_ENDPOINT` | none | base URL of a collector, such as `http://localhost:4318`; `/v1/traces` is added |
/// | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | none | the whole URL |
/// | `OTEL_SDK_DISABLED` | `false` | `true` exports nothing |
/// | `OTEL_TRACES_EXPORTER` | `otlp` | `none` exports nothing |
/// | `OTEL_EXPORTER_OTLP_PROTOCOL` | `http/protobuf` | the only one there is |
/// | `OTEL_EXPORTER_OTLP_HEADERS` | none | headers of each request, such as `api-key=...` |
/// | `OTEL_EXPORTER_OTLP_TIMEOUT` | `10000` | milliseconds for a request to the collector |
/// | `OTEL_EXPORTER_OTLP_COMPRESSION` | `none` | the only one there is |
/// | `OTEL_EXPORTER_OTLP_CERTIFICATE` | Mozilla's | file with the certificates of those who may sign for the collector |
/// | `OTEL_SERVICE_NAME` | function or binary | what the service is called |
/// | `OTEL_RESOURCE_ATTRIBUTES` | none | more about it, such as `deployment.environment.name=test` |
/// | `OTEL_TRACES_SAMPLER` | `parentbased_always_on` | or `always_on`, `always_off`, `traceidratio`, `parentbased_always_off`, `parentbased_traceidratio` |
/// | `OTEL_TRACES_SAMPLER_ARG` | `1` | share of the traces, from 0 to 1, for a `ratio` |
/// | `OTEL_BSP_SCHEDULE_DELAY` | `5000` | milliseconds that a span waits at most |
/// | `OTEL_BSP_EXPORT_TIMEOUT` | `30000` | as `OTEL_EXPORTER_OTLP_TIMEOUT`; the shorter counts |
/// | `OTEL_BSP_MAX_QUEUE_SIZE` | `2048` | spans that wait, those on their way included |
/// | `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | `512` | spans in a request |
/// | `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT` | `128` | attributes of a span |
/// | `OTEL_SPAN_EVENT_COUNT_LIMIT` | `128` | events of a span |
/// | `OTEL_SPAN_LINK_COUNT_LIMIT` | `128` | links of a span |
///
/// Those of the exporter exist with `TRACES_` as well, which counts before the general one, as in
/// `OTEL_EXPORTER_OTLP_TRACES_HEADERS`. They are only looked at where an endpoint is set, so a process without traces may have any.
#[derive(Clone)]
pub struct Settings {
    pub(super) endpoint: Uri,
    pub(super) headers: HeaderMap,
    pub(super) timeout: Duration,
    /// None for those that everybody trusts.
    pub(super) certificates: Option<Vec<CertificateDer<'static>>>,
    pub(super) sampling: Sampling,
    pub(super) delay: Duration,
    pub(super) queue: usize,
    pub(super) batch: usize,
    pub(super) limits: SpanLimits,
    pub(super) resource: Resource,
}

impl fmt::Debug for Settings {
    /// Without the headers, which are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").finish_non_exhaustive()
    }
}

/// Which traces are recorded.
#[derive(Clone, Debug)]
pub(super) struct Sampling {
    pub(super) all: Sampler,
    /// For a request whose caller has not decided.
    pub(super) undecided: Sampler,
}

impl Settings {
    /// What the environment of this process says. None if nothing is to be exported.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with all variables that are not valid, and no value.
    pub fn from_env() -> Result<Option<Self>, ConfigError> {
        Self::load(&Variables::of_process())
    }

    /// The same for the given variables: the seam for tests, which must not touch the process's own.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    ///
    /// ```
    /// use dualrun::otel::Settings;
    ///
    /// let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
    /// assert!(Settings::load_from([endpoint])?.is_some());
    /// # Ok::<(), dualrun::config::ConfigError>(())
    /// ```
    pub fn load_from<K, V>(
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Option<Self>, ConfigError>
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        Self::load(&variables.into_iter().collect())
    }

    pub(crate) fn load(variables: &Variables) -> Result<Option<Self>, ConfigError> {
        let mut reader = Reader::of(variables);
        let Some((name, endpoint)) = reader.named(&ENDPOINTS) else {
            return reader.finish().map(|()| None);
        };
        if !is_wanted(&mut reader) {
            return reader.finish().map(|()| None);
        }
        let is_whole = name == ENDPOINTS[0];
        let endpoint = parse_endpoint(endpoint, is_whole);
        if endpoint.is_none() {
            reader.reject(
                name,
                "the URL of a collector without user and password, such as http://localhost:4318",
            );
        }
        check_the_only_ones(&mut reader);
        let headers = of_exporter(
            &mut reader,
            "HEADERS",
            "headers such as api-key=secret,team=shop, with % before the codes of other characters",
            headers,
        );
        let timeout = of_exporter(
            &mut reader,
            "TIMEOUT",
            &milliseconds_expected(),
            milliseconds,
        );
        let most = reader.parsed(
            &["OTEL_BSP_EXPORT_TIMEOUT"],
            &milliseconds_expected(),
            milliseconds,
        );
        let certificates = of_exporter(
            &mut reader,
            "CERTIFICATE",
            "a file with certificates in PEM",
            certificates,
        );
        let sampling = sampling(&mut reader);
        let delay = reader.parsed(
            &["OTEL_BSP_SCHEDULE_DELAY"],
            &milliseconds_expected(),
            milliseconds,
        );
        let (queue, batch) = sizes(&mut reader);
        let limits = limits(&mut reader);
        let service = reader.text(&["OTEL_SERVICE_NAME"]);
        let attributes = reader.parsed(
            &["OTEL_RESOURCE_ATTRIBUTES"],
            "attributes such as team=shop,tier=1, with % before the codes of other characters",
            pairs::parse,
        );
        reader.finish()?;
        let seconds = |seconds| Duration::from_secs(seconds);
        Ok(endpoint.map(|endpoint| Self {
            endpoint,
            headers: headers.unwrap_or_default(),
            timeout: timeout
                .unwrap_or(seconds(10))
                .min(most.unwrap_or(seconds(30))),
            certificates,
            sampling,
            delay: delay.unwrap_or(seconds(5)),
            queue,
            batch,
            limits,
            resource: resource::of(variables, service, attributes.unwrap_or_default()),
        }))
    }
}

/// A variable of the exporter's: that of traces alone, or else the general one.
fn of_exporter<'a, T>(
    reader: &mut Reader<'a>,
    name: &str,
    expected: &str,
    parse: impl FnOnce(&'a str) -> Option<T>,
) -> Option<T> {
    let names = ["TRACES_", ""].map(|signal| format!("OTEL_EXPORTER_OTLP_{signal}{name}"));
    reader.parsed(&[&names[0], &names[1]], expected, parse)
}

fn is_wanted(reader: &mut Reader<'_>) -> bool {
    let is_disabled = reader.parsed(&["OTEL_SDK_DISABLED"], "true or false", |text| {
        let is = |word| text.eq_ignore_ascii_case(word);
        (is("true") || is("false")).then(|| is("true"))
    });
    let is_exported = reader.parsed(&["OTEL_TRACES_EXPORTER"], "otlp or none", |text| {
        matches!(text, "otlp" | "none").then_some(text == "otlp")
    });
    !is_disabled.unwrap_or(false) && is_exported.unwrap_or(true)
}

/// Variables that choose between what is there and what is not.
fn check_the_only_ones(reader: &mut Reader<'_>) {
    for (name, only) in [("PROTOCOL", "http/protobuf"), ("COMPRESSION", "none")] {
        let expected = format!("{only}, the only one that is supported");
        of_exporter(reader, name, &expected, |text| (text == only).then_some(()));
    }
    for name in ["CLIENT_CERTIFICATE", "CLIENT_KEY"] {
        let expected = "nothing: client certificates are not supported";
        of_exporter(reader, name, expected, |_| None::<()>);
    }
}

fn parse_endpoint(text: &str, is_whole: bool) -> Option<Uri> {
    let mut parts = text.parse::<Uri>().ok()?.into_parts();
    let is_http = |scheme: &uri::Scheme| [uri::Scheme::HTTP, uri::Scheme::HTTPS].contains(scheme);
    parts.scheme.as_ref().filter(|scheme| is_http(scheme))?;
    let authority = parts.authority.as_ref()?;
    // hyper would leave them out.
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return None;
    }
    if !is_whole {
        let path = parts.path_and_query.as_ref()?.path().trim_end_matches('/');
        parts.path_and_query = Some(format!("{path}/v1/traces").parse().ok()?);
    }
    Uri::from_parts(parts).ok()
}

fn headers(text: &str) -> Option<HeaderMap> {
    let pairs = pairs::parse(text)?.into_iter();
    pairs
        .map(|(name, value)| {
            let mut value = HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::try_from(name).ok()?, value))
        })
        .collect()
}

fn certificates(file: &str) -> Option<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_file_iter(file).ok()?;
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().ok()?;
    (!certificates.is_empty()).then_some(certificates)
}

fn milliseconds(text: &str) -> Option<Duration> {
    number(text, MILLISECONDS).map(Duration::from_millis)
}

fn milliseconds_expected() -> String {
    let (least, most) = MILLISECONDS.into_inner();
    format!("milliseconds, a whole number from {least} to {most}")
}

fn number(text: &str, range: RangeInclusive<u64>) -> Option<u64> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// How many spans may wait, and how many go together.
fn sizes(reader: &mut Reader<'_>) -> (usize, usize) {
    let (least, most) = QUEUE.into_inner();
    let expected = format!("a whole number from {least} to {most}");
    let size = |text: &str| usize::try_from(number(text, QUEUE)?).ok();
    let queue = reader.parsed(&["OTEL_BSP_MAX_QUEUE_SIZE"], &expected, size);
    let batch = reader.parsed(&[BATCH], &expected, size);
    let queue = queue.unwrap_or(2048);
    if batch.is_some_and(|batch| batch > queue) {
        reader.reject(BATCH, "no more than OTEL_BSP_MAX_QUEUE_SIZE");
    }
    (queue, batch.unwrap_or(512).min(queue))
}

fn limits(reader: &mut Reader<'_>) -> SpanLimits {
    let mut limits = SpanLimits::default();
    for (name, limit) in [
        ("ATTRIBUTE", &mut limits.max_attributes_per_span),
        ("EVENT", &mut limits.max_events_per_span),
        ("LINK", &mut limits.max_links_per_span),
    ] {
        let name = format!("OTEL_SPAN_{name}_COUNT_LIMIT");
        let (least, most) = COUNT.into_inner();
        let expected = format!("a whole number from {least} to {most}");
        let said = reader.parsed(&[&name], &expected, |text| {
            u32::try_from(number(text, COUNT)?).ok()
        });
        *limit = said.unwrap_or(*limit);
    }
    limits
}

fn sampling(reader: &mut Reader<'_>) -> Sampling {
    let name = reader.text(&["OTEL_TRACES_SAMPLER"]);
    let name = name.unwrap_or("parentbased_always_on");
    let (of_parent, rest) = match name.strip_prefix("parentbased_") {
        Some(rest) => (true, rest),
        None => (false, name),
    };
    let undecided = match rest {
        "always_on" => Sampler::AlwaysOn,
        "always_off" => Sampler::AlwaysOff,
        "traceidratio" => {
            let share = reader.parsed(
                &["OTEL_TRACES_SAMPLER_ARG"],
                "a share of the traces from 0 to 1, such as 0.1",
                |text| {
                    text.parse()
                        .ok()
                        .filter(|share| (0.0..=1.0).contains(share))
                },
            );
            Sampler::TraceIdRatioBased(share.unwrap_or(1.0))
        }
        _ => {
            reader.reject(
                "OTEL_TRACES_SAMPLER",
                "one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio",
            );
            Sampler::AlwaysOff
        }
    };
    let all = if of_parent {
        Sampler::ParentBased(Box::new(undecided.clone()))
    } else {
        undecided.clone()
    };
    Sampling { all, undecided }
}
