//! The buckets of every histogram: 23 in each power of ten, from a millionth to a million millions.
//!
//! Their bounds are the same decimal numbers in each power, so that those which Prometheus is shown are among them.
//! The middle of a bucket is at most 6.25 % away from all that is in it.

/// Upper bounds of the buckets in one power of ten, the lowest being its beginning, in hundredths.
const STEPS: [u32; 23] = [
    100, 110, 120, 135, 150, 165, 180, 200, 225, 250, 275, 300, 330, 360, 400, 450, 500, 550, 600,
    675, 750, 825, 900,
];
/// The least bound is the tenth of a tenth, so often.
const LEAST: usize = 6;
/// So many powers of ten have buckets.
const POWERS: usize = 18;
const BOUND_COUNT: usize = POWERS * STEPS.len() + 1;

/// One more than there are bounds: the first has all up to the least one, the last all beyond the greatest.
pub(super) const COUNT: usize = BOUND_COUNT + 1;

static BOUNDS: [f64; BOUND_COUNT] = bounds();

const TENS: [f64; 13] = [
    1.0, 10.0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
];

/// `hundredths` of the power of ten, where the first is that of [`LEAST`]. Both operands are exact, so this is the very
/// number that one would write.
const fn scaled(hundredths: u32, power: usize) -> f64 {
    if power >= LEAST + 2 {
        hundredths as f64 * TENS[power - LEAST - 2]
    } else {
        hundredths as f64 / TENS[LEAST + 2 - power]
    }
}

const fn bounds() -> [f64; BOUND_COUNT] {
    let mut bounds = [0.0; BOUND_COUNT];
    let mut index = 0;
    while index < BOUND_COUNT {
        bounds[index] = scaled(STEPS[index % STEPS.len()], index / STEPS.len());
        index += 1;
    }
    bounds
}

/// The bucket that has `value`: above the bound before it, up to and with its own.
#[inline]
pub(super) fn index_of(value: f64) -> usize {
    BOUNDS.partition_point(|bound| *bound < value)
}

/// What stands for the values of a bucket: its middle. Zero for those up to the least bound, the greatest bound for those
/// beyond it.
pub(super) fn value_of(index: usize) -> f64 {
    if index == 0 {
        return 0.0;
    }
    if index >= BOUND_COUNT {
        return BOUNDS[BOUND_COUNT - 1];
    }
    let (power, step) = ((index - 1) / STEPS.len(), (index - 1) % STEPS.len());
    let end = STEPS.get(step + 1).copied().unwrap_or(STEPS[0] * 10);
    scaled(STEPS[step] + end, power) / 2.0
}

/// How many buckets have nothing above `bound`.
pub(super) fn count_up_to(bound: f64) -> usize {
    BOUNDS.partition_point(|other| *other <= bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bounds_are_the_numbers_that_one_would_write() {
        for bound in [1e-6, 0.0025, 0.075, 0.1, 1.0, 7.5, 10.0, 250.0, 1e9, 1e12] {
            assert!(BOUNDS.contains(&bound), "{bound}");
        }
        assert!(BOUNDS.is_sorted_by(|a, b| a < b));
        assert_eq!(value_of(index_of(1.05)), 1.05);
        assert_eq!(value_of(index_of(0.00105)), 0.00105);
    }

    #[test]
    fn what_is_beyond_the_bounds_has_a_bucket_too() {
        for small in [0.0, -1.0, f64::NEG_INFINITY, 1e-7] {
            assert_eq!(value_of(index_of(small)), 0.0, "{small}");
        }
        for large in [1e13, f64::INFINITY] {
            assert_eq!(index_of(large), COUNT - 1);
            assert_eq!(value_of(COUNT - 1), 1e12);
        }
    }

    proptest! {
        #[test]
        fn a_value_and_what_stands_for_it_differ_by_a_sixteenth_at_most(value in 1.000_001e-6..1e12) {
            let error = (value_of(index_of(value)) - value).abs() / value;
            prop_assert!(error <= 0.0625 + 1e-12, "{value}: {error}");
        }

        #[test]
        fn a_value_is_below_the_bounds_that_it_is_below(value in 1e-7..1e12, step in 0..BOUND_COUNT) {
            let bound = BOUNDS[step];
            prop_assert_eq!(index_of(value) < count_up_to(bound), value <= bound);
        }
    }
}
