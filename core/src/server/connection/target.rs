//! Whom and what a request is for: `Host`, the method, and codings that nobody here speaks.

use crate::stack::Failure;
use http::header::{HOST, HeaderValue, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, Version};
use http_body::Body;

/// Refuses what RFC 9112 and RFC 9113 say must be refused, and leaves the authority in `Host`, where services look for it,
/// whatever way it came.
pub(super) fn check<B: Body>(request: &mut Request<B>) -> Result<(), Failure> {
    if request.method() == Method::CONNECT && !is_extended(request) {
        // A proxy's business.
        return Err(Failure::NotImplemented);
    }
    let is_http1 = request.version() <= Version::HTTP_11;
    if is_http1 {
        // Most requests have a known length, and so no coding.
        let has_coding = request.body().size_hint().exact().is_none();
        if has_coding && !has_known_coding(request.headers()) {
            return Err(Failure::NotImplemented);
        }
    } else if request.uri().path_and_query().is_none() {
        return Err(Failure::Malformed);
    }
    let host = host(request.headers())?;
    if host.is_none() && request.version() == Version::HTTP_11 {
        return Err(Failure::Malformed);
    }
    let authority = request.uri().authority().map(Authority::as_str);
    if authority.is_some_and(|authority| !is_host(authority.as_bytes())) {
        // With a user, for example (RFC 9110, section 4.2.4).
        return Err(Failure::Malformed);
    }
    match (authority, host) {
        (None, _) => Ok(()),
        // Which of the two a service looks at must not make a difference (RFC 9113, section 8.3.1).
        (Some(authority), Some(host)) if !is_http1 => {
            if host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()) {
                Ok(())
            } else {
                Err(Failure::Malformed)
            }
        }
        // The authority counts, and what stands in `Host` does not (RFC 9112, section 3.2.2).
        (Some(authority), _) => {
            let host = HeaderValue::from_str(authority).map_err(|_| Failure::Malformed)?;
            request.headers_mut().insert(HOST, host);
            Ok(())
        }
    }
}

/// The one `Host`, if there is one. All fields are looked at, which costs less than to look for two of them.
fn host(headers: &HeaderMap) -> Result<Option<&HeaderValue>, Failure> {
    let mut host = None;
    for (name, value) in headers {
        if *name == HOST {
            if host.is_some() || !is_host(value.as_bytes()) {
                return Err(Failure::Malformed);
            }
            host = Some(value);
        }
    }
    Ok(host)
}

/// Whether it is a `CONNECT` that says what it is for, such as a WebSocket (RFC 8441).
fn is_extended<B>(request: &Request<B>) -> bool {
    request.extensions().get::<hyper::ext::Protocol>().is_some()
}

/// Whether its transfer coding, if there is one, is chunked and nothing else (RFC 9112, section 6.1).
fn has_known_coding(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    codings.all(|coding| {
        let coding = coding.as_bytes().trim_ascii();
        coding.eq_ignore_ascii_case(b"chunked")
    })
}

/// `uri-host [ ":" port ]` of RFC 9110, section 7.2. An empty one is valid: it is for URIs without an authority.
fn is_host(host: &[u8]) -> bool {
    let rest = match host {
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|byte| *byte == b']') else {
                return false;
            };
            if !is_ip_literal(&rest[..end]) {
                return false;
            }
            &rest[end + 1..]
        }
        _ => {
            let is_plain = |byte: &u8| PLAIN[usize::from(*byte)];
            let plain = host.iter().take_while(|byte| is_plain(byte)).count();
            match host[plain..].first() {
                None => return true,
                Some(b':') => &host[plain..],
                Some(_) => match host.iter().position(|byte| *byte == b':') {
                    Some(colon) if is_name(&host[..colon]) => &host[colon..],
                    None if is_name(host) => return true,
                    _ => return false,
                },
            }
        }
    };
    match rest {
        [] => true,
        [b':', digits @ ..] => is_port(digits),
        _ => false,
    }
}

/// What most names consist of.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        byte += 1;
    }
    plain
};

fn is_port(digits: &[u8]) -> bool {
    let number = digits.iter().try_fold(0_u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        (number <= u32::from(u16::MAX)).then_some(number * 10 + digit)
    });
    number.is_some_and(|number| number <= u32::from(u16::MAX))
}

fn is_ip_literal(literal: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(literal) else {
        return false;
    };
    // A zone follows a `%25` (RFC 6874); later versions of IP begin with a `v`.
    let address = text.split_once("%25").map_or(text, |(address, _)| address);
    address.parse::<std::net::Ipv6Addr>().is_ok()
        || text.starts_with(['v', 'V']) && is_name(literal) && text.contains('.')
}

/// `reg-name` of RFC 3986, section 3.2.2, without the comma: with one it is rather two that somebody has joined.
fn is_name(name: &[u8]) -> bool {
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        let is_valid = match byte {
            b'%' => {
                let mut is_digit = || bytes.next().is_some_and(u8::is_ascii_hexdigit);
                is_digit() && is_digit()
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=".contains(byte),
        };
        if !is_valid {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Frame;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    #[test]
    fn hosts_are_names_or_addresses_with_or_without_a_port() {
        for host in [
            "a",
            "a.example:8000",
            "10.0.0.1",
            "[::1]",
            "[::1]:80",
            "a:",
            "",
            "%41b",
            "[v1.x]",
        ] {
            assert!(is_host(host.as_bytes()), "{host:?}");
        }
        for host in [
            "a b", "a/b", "a@b", "user@a", "[::1", "::1", "a:b", "a:1:2", "a:99999", "a,b", "a?b",
            "a#b", "%4", "[a]", "[::1]x", "a\\b", "<a>", "a\"", "\u{7f}", "é",
        ] {
            assert!(!is_host(host.as_bytes()), "{host:?}");
        }
    }

    /// A body of unknown length.
    #[derive(Debug)]
    struct Unsized;

    impl Body for Unsized {
        type Data = &'static [u8];
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
            Poll::Ready(None)
        }
    }

    #[track_caller]
    fn check_of(request: http::request::Builder, expected: Option<&str>) {
        let mut request = request.body(Unsized).unwrap();
        let host = check(&mut request).ok().map(|()| {
            let host = request.headers().get(HOST);
            host.map_or("", |host| host.to_str().unwrap())
        });
        assert_eq!(host, expected, "{request:?}");
    }

    #[test]
    fn http_1_1_has_one_host() {
        check_of(Request::get("/").header(HOST, "a"), Some("a"));
        check_of(Request::get("/"), None);
        check_of(Request::get("/").header(HOST, "a").header(HOST, "a"), None);
        check_of(Request::get("/").header(HOST, "a b"), None);
        check_of(Request::get("/").version(Version::HTTP_10), Some(""));
    }

    #[test]
    fn an_authority_in_the_target_is_the_host() {
        check_of(Request::get("http://b:81/").header(HOST, "a"), Some("b:81"));
        check_of(
            Request::get("http://user:password@b/").header(HOST, "a"),
            None,
        );
        check_of(Request::get("http://b/"), None);
        check_of(
            Request::get("http://b/").version(Version::HTTP_2),
            Some("b"),
        );
    }

    #[test]
    fn http_2_must_not_say_two_things() {
        let both = |host| {
            Request::get("http://b/")
                .version(Version::HTTP_2)
                .header(HOST, host)
        };
        check_of(both("b"), Some("b"));
        check_of(both("B"), Some("B"));
        check_of(both("a"), None);
    }

    #[test]
    fn what_nobody_here_speaks_is_refused() {
        let with = |coding| {
            Request::post("/")
                .header(HOST, "a")
                .header(TRANSFER_ENCODING, coding)
        };
        check_of(with("chunked"), Some("a"));
        check_of(with("Chunked"), Some("a"));
        check_of(with("gzip, chunked"), None);
        check_of(with("chunked, chunked"), None);
        check_of(Request::connect("a:1").header(HOST, "a:1"), None);
    }
}
