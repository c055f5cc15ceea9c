//! Figures of several rounds: the median, and how far they lie apart.

use serde::{Deserialize, Serialize};

/// One quantity over several rounds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Figure {
    /// The middle of all rounds.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Figure {
    /// Of the rounds' values.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = if values.len().is_multiple_of(2) {
            f64::midpoint(values[middle - 1], values[middle])
        } else {
            values[middle]
        };
        Self {
            median,
            min: values[0],
            max: values[values.len() - 1],
        }
    }

    /// The ratios of values that were measured side by side, round by round.
    pub fn ratio(values: &[f64], reference: &[f64]) -> Self {
        let pairs = values.iter().zip(reference);
        Self::of(pairs.map(|(value, reference)| value / reference).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two() {
        assert_eq!(
            Figure::of(vec![3.0, 1.0, 2.0]),
            Figure {
                median: 2.0,
                min: 1.0,
                max: 3.0
            }
        );
        assert_eq!(Figure::of(vec![1.0, 2.0]).median, 1.5);
        assert_eq!(Figure::ratio(&[2.0, 9.0], &[1.0, 3.0]).median, 2.5);
    }
}
