//! Follows an HTTP/2 client's frames just far enough to know when it is in the middle of a head.
//!
//! hyper puts no deadline on the arrival of a frame, and idle connections carry pings and settings, so the
//! mere arrival of bytes tells nothing.

/// RFC 9113, section 4.1.
const HEADER_LENGTH: usize = 9;
const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const CONTINUATION: u8 = 0x9;
const END_HEADERS: u8 = 0x4;

/// So many frames that ask for nothing may come while nothing is asked and nothing is sent. A client that takes a large
/// response sends a few of them for each write of ours.
const FLOOD: u32 = 10_000;

/// Where in the stream of frames the client is, after the preface.
#[derive(Default)]
pub(super) struct Frames {
    header: [u8; HEADER_LENGTH],
    header_filled: usize,
    payload_left: usize,
    /// A header block has begun, and the frame that ends it has not.
    is_block_open: bool,
    /// The current frame is part of a header block.
    is_in_block: bool,
    /// Frames that ask for nothing, since one came that does or something was sent.
    idle_frames: u32,
}

impl Frames {
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.payload_left > 0 {
                let count = bytes.len().min(self.payload_left);
                self.payload_left -= count;
                bytes = &bytes[count..];
                continue;
            }
            let count = bytes.len().min(HEADER_LENGTH - self.header_filled);
            self.header[self.header_filled..][..count].copy_from_slice(&bytes[..count]);
            self.header_filled += count;
            bytes = &bytes[count..];
            if self.header_filled == HEADER_LENGTH {
                self.begin_frame();
            }
        }
    }

    fn begin_frame(&mut self) {
        let [a, b, c, kind, flags, ..] = self.header;
        self.header_filled = 0;
        self.payload_left = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        self.is_in_block = matches!(kind, HEADERS | CONTINUATION);
        if kind == HEADERS || (kind == DATA && self.payload_left > 0) {
            self.idle_frames = 0;
        } else {
            self.idle_frames = self.idle_frames.saturating_add(1);
        }
        if self.is_in_block {
            self.is_block_open = flags & END_HEADERS == 0;
        }
    }

    /// Something was sent.
    pub(super) fn on_write(&mut self) {
        self.idle_frames = 0;
    }

    /// Whether so many frames ask for nothing that the client means no good.
    pub(super) fn is_flood(&self) -> bool {
        self.idle_frames > FLOOD
    }

    /// Whether more has to come before the client's request, or any frame at all, can be understood.
    pub(super) fn is_mid_head(&self) -> bool {
        self.header_filled > 0 || self.is_block_open || (self.is_in_block && self.payload_left > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, 1], payload].concat()
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: bool) {
        let (mut at_once, mut in_steps) = (Frames::default(), Frames::default());
        at_once.read(bytes);
        bytes.iter().for_each(|byte| in_steps.read(&[*byte]));
        assert_eq!(
            (at_once.is_mid_head(), in_steps.is_mid_head()),
            (expected, expected)
        );
    }

    #[test]
    fn whole_frames_are_no_head_in_progress() {
        check(&[], false);
        check(
            &[
                frame(4, 0, &[]),
                frame(6, 0, &[0; 8]),
                frame(HEADERS, END_HEADERS, &[1, 2]),
            ]
            .concat(),
            false,
        );
        check(
            &[
                frame(HEADERS, 0, &[1]),
                frame(CONTINUATION, END_HEADERS, &[2]),
            ]
            .concat(),
            false,
        );
    }

    #[test]
    fn a_part_of_a_head_is() {
        check(&frame(HEADERS, END_HEADERS, &[1, 2])[..4], true);
        check(&frame(HEADERS, END_HEADERS, &[1, 2])[..10], true);
        check(&frame(HEADERS, 0, &[1, 2]), true);
        check(
            &[frame(HEADERS, 0, &[1]), frame(CONTINUATION, 0, &[2])].concat(),
            true,
        );
    }

    #[test]
    fn a_part_of_a_body_is_not() {
        check(&frame(0, 0, &[1, 2, 3])[..10], false);
    }
}
