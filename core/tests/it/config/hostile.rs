//! Many variables, and any bytes in them: no panic, and no value in a report.

use dualrun::config::{ByteSize, Duration, Secret, load_from};
use proptest::prelude::*;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStringExt;
use std::sync::LazyLock;

const WIDTH: usize = 1000;

static FIELDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let names = (0..WIDTH).map(|number| format!("field_{number}"));
    names.map(|name| &*name.leak()).collect()
});

/// A struct with a thousand whole numbers, which a derive would take long for.
#[derive(Debug)]
struct Wide(Vec<u32>);

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WideVisitor;

        impl<'de> Visitor<'de> for WideVisitor {
            type Value = Wide;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a wide struct")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Wide, M::Error> {
                let mut found = vec![None; WIDTH];
                while let Some(key) = map.next_key::<String>()? {
                    let number: usize = key["field_".len()..].parse().unwrap();
                    found[number] = Some(map.next_value()?);
                }
                let found = found.into_iter().zip(FIELDS.iter());
                let all = found.map(|(it, name)| it.ok_or_else(|| M::Error::missing_field(name)));
                all.collect::<Result<_, _>>().map(Wide)
            }
        }

        deserializer.deserialize_struct("Wide", &FIELDS, WideVisitor)
    }
}

#[test]
fn a_thousand_variables_are_loaded_and_a_thousand_are_missed() {
    let name = |number| format!("FIELD_{number}");
    let all = (0..WIDTH).map(|number| (name(number), number.to_string()));
    let Wide(numbers) = load_from(all).unwrap();
    assert_eq!(numbers.len(), WIDTH);

    let error = load_from::<Wide, &str, &str>([]).unwrap_err();
    assert_eq!(error.problems().len(), WIDTH);

    let halves = (0..WIDTH / 2).map(|number| (name(number), "half"));
    let error = load_from::<Wide, _, _>(halves).unwrap_err();
    assert_eq!(error.problems().len(), WIDTH);
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "it is only loaded")]
struct Everything {
    text: String,
    number: u16,
    flag: Option<bool>,
    letter: char,
    ratio: f32,
    color: Color,
    list: Vec<u8>,
    names: Option<Vec<String>>,
    secret: Secret<u64>,
    wait: Duration,
    size: Option<ByteSize>,
    #[serde(alias = "label")]
    title: String,
    group: Option<Group>,
}

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "it is only loaded")]
struct Group {
    key: Secret<String>,
    number: i64,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
}

const NAMES: [&str; 18] = [
    "TEXT",
    "NUMBER",
    "FLAG",
    "LETTER",
    "RATIO",
    "COLOR",
    "LIST",
    "NAMES",
    "SECRET",
    "SECRET_FILE",
    "WAIT",
    "SIZE",
    "TITLE",
    "LABEL",
    "GROUP",
    "GROUP_KEY",
    "GROUP_KEY_FILE",
    "GROUP_NUMBER",
];

/// What no report has of its own.
const MARK: &str = "hunter2";

fn value() -> impl Strategy<Value = Option<OsString>> {
    let marked = |text: String| OsString::from(text);
    prop_oneof![
        Just(None),
        Just(Some("1".into())),
        Just(Some(MARK.into())),
        Just(Some("/hunter2/no-such-file".into())),
        "[ ,]{0,3}".prop_map(move |text| Some(marked(text))),
        "\\PC{0,8}".prop_map(move |text| Some(marked(format!("{MARK}{text}")))),
        "\\PC{0,8}".prop_map(move |text| Some(marked(format!("{text},{MARK}")))),
        prop::collection::vec(1_u8.., 0..8).prop_map(|mut bytes| {
            bytes.extend(MARK.as_bytes());
            Some(OsString::from_vec(bytes))
        }),
    ]
}

proptest! {
    #[test]
    fn no_value_is_in_a_report(values in prop::collection::vec(value(), NAMES.len())) {
        let set = NAMES.into_iter().zip(values);
        let set = set.filter_map(|(name, value)| Some((name, value?)));
        if let Err(error) = load_from::<Everything, _, _>(set) {
            let report = format!("{error} {error:?}");
            prop_assert!(!report.contains(MARK), "{}", report);
            prop_assert!(!error.problems().is_empty());
        }
    }
}
