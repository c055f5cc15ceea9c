//! Who the client is: the entry in `X-Forwarded-For` that the trusted proxies vouch for.

use http::{HeaderMap, HeaderName};
use std::net::{IpAddr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address, `hops` entries from the right of `X-Forwarded-For`.
///
/// Each proxy appends the address that it saw, so only the rightmost `hops` entries are written by
/// proxies that we trust; whatever stands left of them the client may have made up. With fewer entries
/// than that, all are by trusted proxies and the leftmost is the client. Without a usable entry it is `peer`.
pub(super) fn of(headers: &HeaderMap, hops: u8, peer: IpAddr) -> IpAddr {
    if hops == 0 {
        return peer;
    }
    let lines = headers.get_all(&X_FORWARDED_FOR).iter().rev();
    let entries = lines.flat_map(|line| line.as_bytes().rsplit(|&byte| byte == b','));
    entries
        .take(usize::from(hops))
        .last()
        .and_then(address)
        .unwrap_or(peer)
}

/// An address, also with a port and in brackets, as an ALB writes it that preserves the client's port.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let entry = std::str::from_utf8(entry).ok()?.trim();
    let bare = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    entry
        .parse()
        .ok()
        .or_else(|| entry.parse().ok().map(|socket: SocketAddr| socket.ip()))
        .or_else(bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const PEER: &str = "10.0.0.9";

    #[track_caller]
    fn check(lines: &[&'static str], hops: u8, expected: &str) {
        let headers = lines
            .iter()
            .map(|line| (X_FORWARDED_FOR, HeaderValue::from_static(line)));
        let address = of(&headers.collect(), hops, PEER.parse().unwrap());
        assert_eq!(
            address,
            expected.parse::<IpAddr>().unwrap(),
            "{lines:?} with {hops}"
        );
    }

    #[test]
    fn counts_from_the_right() {
        check(&["6.6.6.6, 203.0.113.7"], 1, "203.0.113.7");
        check(&["6.6.6.6, 203.0.113.7, 198.51.100.2"], 2, "203.0.113.7");
        check(&["6.6.6.6", "203.0.113.7"], 1, "203.0.113.7");
        check(&["6.6.6.6", "203.0.113.7,198.51.100.2"], 2, "203.0.113.7");
    }

    #[test]
    fn fewer_entries_than_hops_are_all_trusted() {
        check(&["203.0.113.7"], 3, "203.0.113.7");
    }

    #[test]
    fn ports_and_brackets_are_understood() {
        check(&["203.0.113.7:4711"], 1, "203.0.113.7");
        check(&["[2001:db8::1]:4711"], 1, "2001:db8::1");
        check(&["[2001:db8::1]"], 1, "2001:db8::1");
        check(&["2001:db8::1"], 1, "2001:db8::1");
    }

    #[test]
    fn the_peer_stands_in() {
        check(&[], 1, PEER);
        check(&["203.0.113.7"], 0, PEER);
        check(&["unknown"], 1, PEER);
        check(&["203.0.113.7, "], 1, PEER);
    }
}
