//! A buffer between those who log and a writer that may be slow.
//!
//! A thread of its own writes all lines that have come together since its last write, so that under load
//! many lines cost one system call. The buffer is bounded: when whoever reads the log stands still, lines
//! are dropped and counted, and requests go on.

use crate::metrics;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Lines wait in up to this many bytes.
const CAPACITY: usize = 1 << 20;
/// Metrics find room where lines of the log do not: they say how many of those are missing, and a minute's counts are in
/// them alone.
#[cfg(feature = "metrics")]
const FOR_METRICS: usize = 1 << 16;
/// The buffer shrinks to this when a burst is over.
const RETAINED: usize = 1 << 16;
/// After a write the thread rests for this long, and takes what has come by then in one write. To be woken for
/// each line would cost more than the line.
const REST: Duration = Duration::from_millis(5);
/// How long the end of the program waits for the last lines to be taken.
const LAST_WRITE: Duration = Duration::from_secs(1);

/// Where lines go.
#[derive(Debug)]
pub(super) enum Sink {
    /// To the thread.
    Batched(Arc<Shared>),
    /// To stdout, by whoever logs.
    Immediate,
}

/// Writes the lines that are still buffered when dropped, so keep it until the program ends.
///
/// Dropping it waits until they are written, for one second at most. Lines that are logged after that are lost.
#[derive(Debug)]
#[must_use = "dropping it ends the log"]
pub struct WorkerGuard(Option<Arc<Shared>>);

/// Where lines go that are no events, in between those that are.
#[cfg(feature = "metrics")]
pub(crate) struct Lines(Option<Arc<Shared>>);

#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// Something to write while the thread waits for it, or the end.
    work: Condvar,
    /// The thread has ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    lines: Vec<u8>,
    dropped: u64,
    /// The thread waits to be told of a line; otherwise it comes by itself.
    is_waiting: bool,
    is_closed: bool,
    has_ended: bool,
}

impl Sink {
    /// Starts the thread. `notice` makes the line that tells how many lines were dropped.
    pub(super) fn start(
        output: impl Write + Send + 'static,
        notice: impl Fn(u64) -> String + Send + 'static,
    ) -> (Self, WorkerGuard) {
        let shared = Arc::new(Shared::default());
        let writer = Arc::clone(&shared);
        let thread = thread::Builder::new().name("log".into());
        if thread
            .spawn(move || writer.write_to(output, notice))
            .is_err()
        {
            // Without the thread nobody takes lines; they are counted as dropped and nobody waits for them.
            let mut state = shared.lock();
            (state.is_closed, state.has_ended) = (true, true);
        }
        (
            Self::Batched(Arc::clone(&shared)),
            WorkerGuard(Some(shared)),
        )
    }

    /// Takes a line, with its line break.
    pub(super) fn push(&self, line: &[u8]) {
        match self {
            Self::Batched(shared) => shared.push(line, CAPACITY),
            Self::Immediate => write_now(line),
        }
    }
}

#[cfg(feature = "metrics")]
impl Lines {
    /// Takes a line, with its line break.
    pub(crate) fn push(&self, line: &[u8]) {
        match &self.0 {
            Some(shared) => shared.push(line, CAPACITY + FOR_METRICS),
            None => write_now(line),
        }
    }
}

fn write_now(line: &[u8]) {
    if std::io::stdout().write_all(line).is_err() {
        metrics::log_lines_dropped(1);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a line where that leaves the buffer within this many bytes.
    fn push(&self, line: &[u8], capacity: usize) {
        let mut state = self.lock();
        if state.is_closed || state.lines.len() + line.len() > capacity {
            state.dropped += 1;
            drop(state);
            metrics::log_lines_dropped(1);
            return;
        }
        state.lines.extend_from_slice(line);
        let must_wake = std::mem::take(&mut state.is_waiting);
        drop(state);
        if must_wake {
            self.work.notify_one();
        }
    }

    fn write_to(&self, mut output: impl Write, notice: impl Fn(u64) -> String) {
        let mut batch = Vec::new();
        // What could not be written is told with the next lines, and not by itself: that could not be written either.
        let (mut lost, mut is_torn) = (0, false);
        loop {
            let mut state = self.lock();
            while state.lines.is_empty() && state.dropped == 0 && !state.is_closed {
                state.is_waiting = true;
                state = self
                    .work
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if state.lines.is_empty() && state.dropped == 0 {
                state.has_ended = true;
                self.ended.notify_all();
                return;
            }
            batch.clear();
            batch.shrink_to(RETAINED);
            std::mem::swap(&mut batch, &mut state.lines);
            let dropped = std::mem::take(&mut state.dropped) + std::mem::take(&mut lost);
            drop(state);

            let notice = match dropped {
                0 => String::new(),
                dropped => notice(dropped),
            };
            if std::mem::take(&mut is_torn) {
                batch.insert(0, b'\n');
            }
            let of_lines = batch.len();
            batch.extend_from_slice(notice.as_bytes());
            let rest = write_all(&mut output, &batch);
            if !rest.is_empty() {
                let written = batch.len() - rest.len();
                is_torn = batch[..written].last().is_some_and(|last| *last != b'\n');
                let missing = count(batch.get(written..of_lines).unwrap_or_default());
                metrics::log_lines_dropped(missing);
                lost = missing + dropped;
            }
            let rest = |state: &mut State| !state.is_closed;
            drop(self.work.wait_timeout_while(self.lock(), REST, rest));
        }
    }
}

fn count(lines: &[u8]) -> u64 {
    lines.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Writes all that can be written, and returns the rest. Where stdout is another program's too, it may be one that does
/// not block: then it is asked again.
fn write_all<'a>(output: &mut impl Write, mut rest: &'a [u8]) -> &'a [u8] {
    while !rest.is_empty() {
        match output.write(rest) {
            Ok(0) => return rest,
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(REST),
            Err(_) => return rest,
        }
    }
    // What a writer buffers itself, it tells nobody about.
    let _ = output.flush();
    rest
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the lines.
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl WorkerGuard {
    /// Of a sink that buffers nothing.
    pub(super) fn idle() -> Self {
        Self(None)
    }

    /// What writes beside the events.
    #[cfg(feature = "metrics")]
    pub(crate) fn lines(&self) -> Lines {
        Lines(self.0.clone())
    }
}

impl Drop for WorkerGuard {
    fn drop(&mut self) {
        let Some(shared) = &self.0 else { return };
        let mut state = shared.lock();
        state.is_closed = true;
        shared.work.notify_one();
        let running = |state: &mut State| !state.has_ended;
        drop(shared.ended.wait_timeout_while(state, LAST_WRITE, running));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// A writer that hands each write over and so stands still until the test takes it.
    struct Pipe(SyncSender<Vec<u8>>);

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let sent = self.0.send(bytes.to_vec());
            sent.map(|()| bytes.len()).map_err(io::Error::other)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn pipe() -> (Pipe, Receiver<Vec<u8>>) {
        let (sender, receiver) = sync_channel(0);
        (Pipe(sender), receiver)
    }

    fn notice(dropped: u64) -> String {
        format!("{dropped} dropped\n")
    }

    #[test]
    fn lines_that_wait_are_written_together_and_none_is_lost_at_the_end() {
        let (pipe, written) = pipe();
        let (sink, guard) = Sink::start(pipe, notice);
        sink.push(b"first\n");
        let reader = thread::spawn(move || written.iter().collect::<Vec<_>>().concat());
        for _ in 0..100 {
            sink.push(b"more\n");
        }
        drop(guard);
        let text = String::from_utf8(reader.join().unwrap()).unwrap();
        assert_eq!(text, format!("first\n{}", "more\n".repeat(100)));
    }

    #[test]
    fn a_reader_that_stands_still_costs_lines_that_are_counted_but_stops_nobody() {
        const PUSHED: u64 = 20;
        let (pipe, written) = pipe();
        let (sink, _guard) = Sink::start(pipe, notice);
        let line = "x".repeat(CAPACITY / 4 - 1) + "\n";
        for _ in 0..PUSHED {
            sink.push(line.as_bytes());
        }
        let (mut kept, mut dropped) = (0, 0);
        while kept + dropped < PUSHED {
            let batch = written.recv_timeout(Duration::from_secs(10)).unwrap();
            for line in str::from_utf8(&batch).unwrap().lines() {
                match line.strip_suffix(" dropped") {
                    Some(count) => dropped += count.parse::<u64>().unwrap(),
                    None => kept += 1,
                }
            }
        }
        assert_eq!(kept + dropped, PUSHED);
        assert!(
            kept <= 8,
            "one buffer that waits and one that is being written"
        );
    }

    /// A writer that takes a few bytes, then fails, and takes everything from then on.
    struct FailsOnce {
        left: usize,
        error: io::ErrorKind,
        to: SyncSender<Vec<u8>>,
    }

    impl Write for FailsOnce {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.left);
            if taken == 0 {
                self.left = usize::MAX;
                return Err(self.error.into());
            }
            if self.left != usize::MAX {
                self.left -= taken;
            }
            let _ = self.to.send(bytes[..taken].to_vec());
            Ok(taken)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of three lines, of which the first is on its way when the writer fails after so many bytes.
    fn written_by(error: io::ErrorKind) -> String {
        let (to, written) = sync_channel(100);
        let output = FailsOnce { left: 4, error, to };
        let (sink, guard) = Sink::start(output, notice);
        sink.push(b"first\n");
        let mut text = written.recv_timeout(Duration::from_secs(10)).unwrap();
        sink.push(b"second\n");
        drop(guard);
        drop(sink);
        text.extend(written.iter().flatten());
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn what_cannot_be_written_is_counted_and_tears_no_other_line() {
        let text = written_by(io::ErrorKind::StorageFull);
        assert_eq!(text, "firs\nsecond\n1 dropped\n");
    }

    #[test]
    fn a_stdout_that_does_not_block_is_written_to_again() {
        assert_eq!(written_by(io::ErrorKind::WouldBlock), "first\nsecond\n");
    }

    #[cfg(feature = "metrics")]
    #[test]
    fn metrics_find_room_where_the_log_does_not() {
        let shared = Arc::new(Shared::default());
        let lines = Lines(Some(Arc::clone(&shared)));
        let sink = Sink::Batched(Arc::clone(&shared));
        sink.push(&vec![b'x'; CAPACITY]);
        sink.push(b"lost\n");
        lines.push(b"metrics\n");
        let state = shared.lock();
        assert_eq!(state.dropped, 1);
        assert!(state.lines.ends_with(b"metrics\n"));
    }
}
