//! What each type of field takes, and what its problem says.

use super::report;
use dualrun::config::{ByteSize, Duration, Secret, load_from};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::num::{NonZeroI8, NonZeroUsize};

#[derive(Deserialize, Debug)]
struct One<T> {
    value: T,
}

#[track_caller]
fn good<T: DeserializeOwned + Debug + PartialEq>(text: &str, value: &T) {
    let one: One<T> = load_from([("VALUE", text)]).unwrap();
    assert_eq!(one.value, *value, "{text}");
    let one: One<Option<T>> = load_from([("VALUE", text)]).unwrap();
    assert_eq!(one.value.as_ref(), Some(value), "{text}");
}

#[track_caller]
fn bad<T: DeserializeOwned>(text: &str, said: &str) {
    let said = format!("VALUE is not valid: {said}");
    assert_eq!(report::<One<T>>(&[("VALUE", text)]), said);
    assert_eq!(report::<One<Option<T>>>(&[("VALUE", text)]), said);
    assert_eq!(report::<One<Secret<T>>>(&[("VALUE", text)]), said);
}

#[test]
fn durations_and_sizes_are_written_as_the_options_are() {
    let seconds = |seconds| Duration::new(std::time::Duration::from_secs(seconds));
    good("10s", &seconds(10));
    good("1m 30s", &seconds(90));
    good("30d", &seconds(30 * 24 * 60 * 60));
    good("0s", &seconds(0));
    for text in ["10", "s", "-1s", "1,5s", "99999d", "10 parsecs"] {
        bad::<Duration>(
            text,
            "expected a duration with its unit, from 0s to 3650d, such as 500ms or 30s",
        );
    }
    good("64MiB", &ByteSize::new(64 << 20));
    good("1MB", &ByteSize::new(1_000_000));
    for text in ["10", "MiB", "-1KiB", "1 stone"] {
        bad::<ByteSize>(
            text,
            "expected a size with its unit, such as 512KiB or 1MiB",
        );
    }
}

#[test]
fn whole_numbers_tell_their_range() {
    good("1", &1_usize);
    good("-9223372036854775808", &i64::MIN);
    let from_0 = "expected a whole number from 0 to 18446744073709551615";
    bad::<usize>("-1", from_0);
    bad::<u64>("18446744073709551616", from_0);
    bad::<isize>(
        "x",
        "expected a whole number from -9223372036854775808 to 9223372036854775807",
    );
    bad::<NonZeroUsize>(
        "0",
        "expected a whole number from 1 to 18446744073709551615",
    );
    bad::<NonZeroI8>("0", "expected a whole number from -128 to 127, but not 0");
    bad::<u16>(" 1", "expected a whole number from 0 to 65535");
}

#[test]
fn other_values_tell_what_they_are() {
    good("true", &true);
    good("x", &'x');
    good("-0.5", &-0.5_f32);
    bad::<bool>("TRUE", "expected true or false");
    bad::<char>("ab", "expected a character");
    bad::<f32>("1,5", "expected a number");
}

#[test]
fn choices_are_listed_as_they_are_written() {
    #[derive(Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Stage {
        Local,
        PreProduction,
        #[serde(rename = "live")]
        Production,
    }
    good("pre-production", &Stage::PreProduction);
    good("live", &Stage::Production);
    good("local", &Stage::Local);
    bad::<Stage>("Local", "expected one of local, pre-production, live");
    bad::<Stage>("production", "expected one of local, pre-production, live");
}

#[test]
fn lists_are_separated_by_commas_and_trimmed() {
    good("a, b", &vec!["a".to_owned(), "b".to_owned()]);
    good("  a b ,c\t", &vec!["a b".to_owned(), "c".to_owned()]);
    good("80 , 443", &vec![80_u16, 443]);
    let seconds = |seconds| Duration::new(std::time::Duration::from_secs(seconds));
    good("1s, 2m", &vec![seconds(1), seconds(120)]);
    bad::<Vec<String>>("a,,b", "item 2 of the list is empty");
    bad::<Vec<String>>("a, b, ", "item 3 of the list is empty");
    bad::<Vec<String>>(",", "item 1 of the list is empty");
    bad::<Vec<u16>>(
        "80,http",
        "expected a comma-separated list, each item a whole number from 0 to 65535",
    );
    assert_eq!(
        report::<One<Vec<String>>>(&[("VALUE", " ")]),
        "VALUE is blank: give it a value, or unset it"
    );
    let none: [(&str, &str); 0] = [];
    let one: One<Option<Vec<u16>>> = load_from(none).unwrap();
    assert_eq!(one.value, None);
}
