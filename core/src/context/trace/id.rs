//! The ids of traces and spans, in the form of the W3C.

use crate::hex::DIGITS;
use std::fmt;

macro_rules! id {
    ($(#[$attribute:meta])* $name:ident, $bytes:literal, $words:literal) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// None of all zeros, which the W3C has made invalid.
            pub(super) fn new(bytes: [u8; $bytes]) -> Option<Self> {
                (bytes != [0; $bytes]).then_some(Self(bytes))
            }

            /// A new one, of random bits.
            pub(super) fn of_random(words: [u64; $words]) -> Self {
                let words = words.map(u64::to_be_bytes);
                let mut bytes = [0; $bytes];
                bytes.copy_from_slice(words.as_flattened());
                // All zeros come once in longer than anybody waits, and must not come at all.
                bytes[$bytes - 1] |= u8::from(bytes == [0; $bytes]);
                Self(bytes)
            }

            /// The id as bytes.
            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let digits = self.0.map(|byte| DIGITS[usize::from(byte)]);
                f.write_str(std::str::from_utf8(digits.as_flattened()).unwrap_or_default())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

id! {
    /// The id of a trace: all that one request sets off, in however many services. It is shown as 32 hexadecimal digits.
    TraceId, 16, 2
}

id! {
    /// The id of a span: the part of a trace that is one request in one service. It is shown as 16 hexadecimal digits.
    SpanId, 8, 1
}
