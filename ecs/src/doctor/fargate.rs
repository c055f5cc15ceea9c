//! The sizes of tasks that Fargate has.

use std::ops::RangeInclusive;

/// MiB of memory in a GB, as ECS counts.
const GB: u32 = 1024;

/// CPU units with the memory in GB that there is for them, from, to, and in steps of (AWS, ECS developer guide, "Task CPU
/// and memory"). 256 units have half a GB besides.
const SIZES: &[(u32, RangeInclusive<u32>, usize)] = &[
    (256, 1..=2, 1),
    (512, 1..=4, 1),
    (1024, 2..=8, 1),
    (2048, 4..=16, 1),
    (4096, 8..=30, 1),
    (8192, 16..=60, 4),
    (16384, 32..=120, 8),
];

/// What is wrong with a size.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Wrong {
    /// A text that says no size.
    NoSize(String),
    /// The nearest that there is, in CPU units and MiB.
    Nearest(u32, u32),
    /// More than is known here. Fargate may have grown.
    Larger,
}

/// If Fargate has tasks of this size, which is written as ECS takes it: `256` and `512`, or `.25 vCPU` and `0.5 GB`.
pub(crate) fn size(cpu: &str, memory: &str) -> Result<(), Wrong> {
    let units = parsed(cpu, "vcpu").ok_or_else(|| Wrong::NoSize(cpu.to_owned()))?;
    let mib = parsed(memory, "gb").ok_or_else(|| Wrong::NoSize(memory.to_owned()))?;
    let all = || SIZES.iter().flat_map(of_cpu);
    if all().any(|size| size == (units, mib)) {
        return Ok(());
    }
    let (most_units, most_mib) = all().next_back().unwrap_or_default();
    if units > most_units || mib > most_mib {
        return Err(Wrong::Larger);
    }
    // With the CPU that is asked for, if there is such, and otherwise the next.
    let units = SIZES.iter().map(|(own, ..)| *own).find(|own| *own >= units);
    let with_it = all().filter(|(own, _)| Some(*own) == units);
    let nearest = with_it.min_by_key(|(_, own)| own.abs_diff(mib));
    Err(nearest.map_or(Wrong::Larger, |(units, mib)| Wrong::Nearest(units, mib)))
}

fn of_cpu(
    row: &'static (u32, RangeInclusive<u32>, usize),
) -> impl DoubleEndedIterator<Item = (u32, u32)> {
    let (units, memory, step) = row;
    let half = (*units == 256).then_some((256, GB / 2));
    let first = *memory.start();
    let count = (memory.end() - first) as usize / step;
    let rest = (0..=count).map(move |number| (*units, (first + (number * step) as u32) * GB));
    half.into_iter().chain(rest)
}

/// A number of the smallest units, or of 1,024 of them with this name behind it.
pub(crate) fn parsed(text: &str, unit: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let Some(number) = text.strip_suffix(unit) else {
        return text.parse().ok();
    };
    let number: f64 = number.trim().parse().ok()?;
    let units = number * f64::from(GB);
    (units.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&units)).then_some(units as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_in_units_or_by_name() {
        for (cpu, memory) in [
            ("256", "512"),
            (".25 vCPU", "0.5 GB"),
            ("0.25vcpu", "2gb"),
            ("1 vCPU", "2 GB"),
            ("1024", "8192"),
            ("4096", "30720"),
            ("8 vCPU", "20 GB"),
            ("16384", "122880"),
        ] {
            assert_eq!(size(cpu, memory), Ok(()), "{cpu} {memory}");
        }
    }

    #[test]
    fn the_nearest_that_there_is_is_named() {
        for (cpu, memory, nearest) in [
            ("256", "256", (256, 512)),
            ("256", "4096", (256, 2048)),
            ("300", "1024", (512, 1024)),
            ("1024", "512", (1024, 2048)),
            ("1 vCPU", "2.5 GB", (1024, 2048)),
            ("8192", "18432", (8192, 16384)),
            ("2", "4", (256, 512)),
        ] {
            let (units, mib) = nearest;
            assert_eq!(
                size(cpu, memory),
                Err(Wrong::Nearest(units, mib)),
                "{cpu} {memory}"
            );
        }
    }

    #[test]
    fn what_may_be_new_is_not_called_wrong() {
        assert_eq!(size("32768", "131072"), Err(Wrong::Larger));
        assert_eq!(size("16384", "250000"), Err(Wrong::Larger));
    }

    #[test]
    fn what_is_no_size_is_named() {
        assert_eq!(size("one", "512"), Err(Wrong::NoSize("one".into())));
        assert_eq!(size("256", "1 MB"), Err(Wrong::NoSize("1 MB".into())));
        assert_eq!(size("-1", "512"), Err(Wrong::NoSize("-1".into())));
    }
}
