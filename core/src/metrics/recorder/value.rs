//! What a series holds: atomics of a fixed size, so that recording takes no memory and nobody waits.

use super::buckets;
use metrics::{CounterFn, GaugeFn, HistogramFn};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A count, and how much of it has been told.
#[derive(Debug, Default)]
pub(super) struct Counter {
    value: AtomicU64,
    told: AtomicU64,
}

/// A value that goes up and down, and what was told of it last.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    bits: AtomicU64,
    /// The bits of a value, or [`NOTHING`].
    told: AtomicU64,
}

/// How many values were in each bucket, and their sum.
#[derive(Debug)]
pub(super) struct Histogram {
    buckets: [AtomicU64; buckets::COUNT],
    sum: AtomicU64,
}

/// The bits of a number that is none.
const NOTHING: u64 = u64::MAX;

impl Counter {
    pub(super) fn get(&self) -> u64 {
        self.value.load(Relaxed)
    }

    /// What has come since the last call.
    pub(super) fn take(&self) -> u64 {
        let value = self.get();
        value.saturating_sub(self.told.swap(value, Relaxed))
    }
}

impl CounterFn for Counter {
    fn increment(&self, value: u64) {
        self.value.fetch_add(value, Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.value.fetch_max(value, Relaxed);
    }
}

impl Gauge {
    pub(super) fn new() -> Self {
        Self {
            bits: AtomicU64::new(0),
            told: AtomicU64::new(NOTHING),
        }
    }

    pub(super) fn get(&self) -> f64 {
        f64::from_bits(self.bits.load(Relaxed))
    }

    /// The value, if it is another than at the last call.
    pub(super) fn take_changed(&self) -> Option<f64> {
        let bits = self.bits.load(Relaxed);
        (self.told.swap(bits, Relaxed) != bits).then(|| f64::from_bits(bits))
    }
}

/// Adds to the number that these are the bits of.
fn add(bits: &AtomicU64, value: f64) {
    let sum = |bits| Some((f64::from_bits(bits) + value).to_bits());
    // It always has a next value.
    let _ = bits.fetch_update(Relaxed, Relaxed, sum);
}

impl GaugeFn for Gauge {
    fn increment(&self, value: f64) {
        add(&self.bits, value);
    }

    fn decrement(&self, value: f64) {
        add(&self.bits, -value);
    }

    fn set(&self, value: f64) {
        self.bits.store(value.to_bits(), Relaxed);
    }
}

impl Histogram {
    pub(super) fn new() -> Self {
        Self {
            buckets: [const { AtomicU64::new(0) }; buckets::COUNT],
            sum: AtomicU64::new(0),
        }
    }

    pub(super) fn sum(&self) -> f64 {
        f64::from_bits(self.sum.load(Relaxed))
    }

    /// How many values are in each bucket.
    pub(super) fn counts(&self) -> impl Iterator<Item = u64> {
        self.buckets.iter().map(|bucket| bucket.load(Relaxed))
    }

    /// How many values are in each bucket, which is empty afterwards.
    pub(super) fn take(&self) -> Vec<u64> {
        let buckets = self.buckets.iter();
        let take = |bucket: &AtomicU64| match bucket.load(Relaxed) {
            0 => 0,
            _ => bucket.swap(0, Relaxed),
        };
        buckets.map(take).collect()
    }
}

impl HistogramFn for Histogram {
    fn record(&self, value: f64) {
        self.record_many(value, 1);
    }

    fn record_many(&self, value: f64, count: usize) {
        // It is in no bucket, and no sum survives it.
        if value.is_nan() {
            return;
        }
        self.buckets[buckets::index_of(value)].fetch_add(count as u64, Relaxed);
        add(&self.sum, value * count as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The value that so many hundredths of all do not exceed.
    fn percentile(histogram: &Histogram, percent: usize) -> f64 {
        let total: u64 = histogram.counts().sum();
        let rank = (total as usize * percent).div_ceil(100);
        let mut seen = 0;
        let index = histogram.counts().position(|count| {
            seen += count as usize;
            seen >= rank
        });
        buckets::value_of(index.unwrap())
    }

    proptest! {
        #[test]
        fn percentiles_are_right_to_a_sixteenth(mut values in prop::collection::vec(2e-6..1e4, 1..500)) {
            let histogram = Histogram::new();
            values.iter().for_each(|value| histogram.record(*value));
            values.sort_by(f64::total_cmp);
            for percent in [50, 90, 99, 100] {
                let exact = values[(values.len() * percent).div_ceil(100) - 1];
                let error = (percentile(&histogram, percent) - exact).abs() / exact;
                prop_assert!(error <= 0.0625 + 1e-12, "p{percent}: {error}");
            }
        }
    }

    #[test]
    fn what_is_taken_is_what_came_since_and_is_taken_once() {
        let counter = Counter::default();
        counter.increment(3);
        assert_eq!((counter.take(), counter.take()), (3, 0));
        counter.absolute(10);
        counter.absolute(5);
        assert_eq!((counter.take(), counter.get()), (7, 10));

        let gauge = Gauge::new();
        assert_eq!(gauge.take_changed(), Some(0.0));
        gauge.increment(2.0);
        gauge.decrement(0.5);
        assert_eq!(
            (gauge.take_changed(), gauge.take_changed()),
            (Some(1.5), None)
        );

        let histogram = Histogram::new();
        histogram.record_many(1.0, 2);
        histogram.record(f64::NAN);
        assert_eq!(histogram.take().iter().sum::<u64>(), 2);
        assert_eq!(histogram.take().iter().sum::<u64>(), 0);
        assert_eq!(histogram.sum(), 2.0);
    }
}
