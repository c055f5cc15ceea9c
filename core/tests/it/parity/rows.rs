//! The table of requests. To add one is to add a row.

use super::events::EventKind::{self, AlbMulti, AlbSingle, FunctionUrl, Http, HttpStage, Rest};
use super::logged::{AMAZON, TRACEPARENT};

/// A request, and the status of its answer; whatever else is in the answer is compared.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// As the client sends it.
    pub(crate) path: &'static str,
    pub(crate) query: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static [u8],
    pub(crate) status: u16,
    /// Kinds of event that cannot carry this request or its answer, and why.
    pub(crate) lost: &'static [(EventKind, &'static str)],
}

pub(crate) const GET: Row = Row {
    name: "",
    method: "GET",
    path: "/",
    query: "",
    headers: &[],
    body: b"",
    status: 200,
    lost: &[],
};

pub(crate) const MISSION: &[Row] = &[
    Row {
        name: "home",
        ..GET
    },
    Row {
        name: "health",
        path: "/health",
        ..GET
    },
    Row {
        name: "health with a query",
        path: "/health",
        query: "a=b",
        ..GET
    },
    Row {
        name: "head",
        method: "HEAD",
        ..GET
    },
    Row {
        name: "head of health",
        method: "HEAD",
        path: "/health",
        ..GET
    },
    Row {
        name: "not found",
        path: "/nope",
        status: 404,
        ..GET
    },
    Row {
        name: "a slash too many",
        path: "/health/",
        status: 404,
        ..GET
    },
    Row {
        name: "two slashes",
        path: "//",
        status: 404,
        ..GET
    },
    Row {
        name: "dot segments",
        path: "/../health",
        status: 404,
        ..GET
    },
    Row {
        name: "encoded characters",
        path: "/h%65alth",
        status: 404,
        ..GET
    },
    Row {
        name: "not allowed",
        method: "POST",
        status: 405,
        ..GET
    },
    Row {
        name: "an unknown method",
        method: "BREW",
        path: "/health",
        status: 405,
        ..GET
    },
    Row {
        name: "head not found",
        method: "HEAD",
        path: "/nope",
        status: 404,
        ..GET
    },
    Row {
        name: "a base path",
        path: "/base/health",
        ..GET
    },
    Row {
        name: "a base path alone",
        path: "/base",
        ..GET
    },
    Row {
        name: "a base path within a segment",
        path: "/based/health",
        status: 404,
        ..GET
    },
    Row {
        name: "a base path twice",
        path: "/base/base/health",
        status: 404,
        ..GET
    },
    Row {
        name: "a body too large",
        method: "POST",
        body: &[b'x'; 1001],
        status: 413,
        ..GET
    },
    Row {
        name: "a binary body too large",
        method: "POST",
        body: &[0xff; 1001],
        status: 413,
        ..GET
    },
];

const ECHO: Row = Row {
    path: "/echo",
    ..GET
};

pub(crate) const ROUTER: &[Row] = &[
    Row {
        name: "plain",
        ..ECHO
    },
    Row {
        name: "encoded path",
        path: "/echo/a%20b/%C3%A9",
        ..ECHO
    },
    Row {
        name: "dots in the path",
        path: "/echo/a/../b/./c",
        ..ECHO
    },
    Row {
        name: "slashes in the path",
        path: "/echo//a//",
        ..ECHO
    },
    Row {
        name: "colons and at signs",
        path: "/echo/a:b@c;d,e",
        ..ECHO
    },
    Row {
        name: "query",
        query: "a=1&b=2",
        ..ECHO
    },
    Row {
        name: "query in an order of its own",
        query: "z=1&a=2&m=3",
        ..ECHO
    },
    Row {
        name: "repeated parameters",
        query: "a=1&a=2&b=3&a=4",
        lost: &[
            (Rest, "parameters of one name come together"),
            (AlbMulti, "parameters of one name come together"),
            (AlbSingle, "the last of each name comes alone"),
        ],
        ..ECHO
    },
    Row {
        name: "repeated parameters side by side",
        query: "a=1&a=2&b=3",
        lost: &[(AlbSingle, "the last of each name comes alone")],
        ..ECHO
    },
    Row {
        name: "encoded query",
        query: "a=b%20c&d=%C3%A9%26%3D%2B",
        ..ECHO
    },
    Row {
        name: "query without a value",
        query: "a&b=1",
        lost: &[
            (Rest, "a missing value comes as an empty one"),
            (AlbMulti, "a missing value comes as an empty one"),
            (AlbSingle, "a missing value comes as an empty one"),
        ],
        ..ECHO
    },
    Row {
        name: "query with a needless encoding",
        query: "a=%41",
        lost: &[(Rest, "parameters come decoded")],
        ..ECHO
    },
    Row {
        name: "a header",
        headers: &[("x-one", "1"), ("accept", "*/*")],
        ..ECHO
    },
    Row {
        name: "repeated headers",
        headers: &[("x-many", "1"), ("x-many", "2")],
        lost: &[
            (Http, "values come joined by a comma"),
            (HttpStage, "values come joined by a comma"),
            (FunctionUrl, "values come joined by a comma"),
            (AlbSingle, "the last value comes alone"),
        ],
        ..ECHO
    },
    Row {
        name: "cookies",
        headers: &[("cookie", "a=1; b=2")],
        ..ECHO
    },
    Row {
        name: "cookies set",
        path: "/set-cookies",
        lost: &[(
            AlbSingle,
            "one value for each header, and cookies cannot be joined",
        )],
        ..GET
    },
    Row {
        name: "repeated headers of the answer",
        path: "/repeat",
        ..GET
    },
    Row {
        name: "text",
        method: "POST",
        body: b"hello",
        headers: &[("content-type", "text/plain")],
        ..ECHO
    },
    Row {
        name: "text in UTF-8",
        method: "POST",
        body: "h\u{e9}llo".as_bytes(),
        ..ECHO
    },
    Row {
        name: "binary",
        method: "POST",
        body: b"\x00\xff\xfe",
        ..ECHO
    },
    Row {
        name: "binary with a type",
        method: "POST",
        body: b"\x89PNG\r\n",
        headers: &[("content-type", "image/png")],
        ..ECHO
    },
    Row {
        name: "an empty body",
        method: "POST",
        ..ECHO
    },
    Row {
        name: "binary answer",
        path: "/binary",
        ..GET
    },
    Row {
        name: "binary answer with a type",
        path: "/image",
        ..GET
    },
    Row {
        name: "empty answer",
        path: "/empty",
        status: 204,
        ..GET
    },
    Row {
        name: "a body with no content",
        path: "/no-content",
        status: 204,
        ..GET
    },
    Row {
        name: "a body with not modified",
        path: "/not-modified",
        status: 304,
        ..GET
    },
    Row {
        name: "head of a body",
        method: "HEAD",
        path: "/image",
        ..GET
    },
    Row {
        name: "a redirect",
        path: "/redirect",
        status: 307,
        ..GET
    },
    Row {
        name: "a panic",
        path: "/panic",
        status: 500,
        ..GET
    },
    Row {
        name: "an error of a body",
        method: "POST",
        path: "/json",
        body: b"no json",
        status: 415,
        ..GET
    },
    Row {
        name: "not found",
        path: "/nope",
        status: 404,
        ..GET
    },
    Row {
        name: "not allowed",
        method: "DELETE",
        path: "/image",
        status: 405,
        ..GET
    },
    Row {
        name: "request id",
        path: "/id",
        headers: &[("x-request-id", "abc-1")],
        ..GET
    },
    Row {
        name: "a trace of the w3c",
        path: "/trace",
        headers: &[("traceparent", TRACEPARENT), ("x-amzn-trace-id", AMAZON)],
        ..GET
    },
    Row {
        name: "extensions",
        path: "/context",
        ..GET
    },
    Row {
        name: "client address",
        path: "/client",
        ..GET
    },
];

pub(crate) const FAILING: &[Row] = &[
    Row {
        name: "an error",
        status: 500,
        ..GET
    },
    Row {
        name: "an error of a head",
        method: "HEAD",
        status: 500,
        ..GET
    },
    Row {
        name: "an error with a body that nobody has read",
        method: "POST",
        body: b"hello",
        status: 500,
        ..GET
    },
];
