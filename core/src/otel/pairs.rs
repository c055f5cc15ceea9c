//! Lists of keys and values, as OpenTelemetry's variables have them: `team=shop,tier=1%2C2`.

use percent_encoding::percent_decode_str;

/// The pairs, with the values decoded. None if one of them is not valid.
pub(super) fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split(',').map(str::trim);
    // Lists may end with a comma.
    pairs.filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn pair(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let value = percent_decode_str(value).decode_utf8().ok()?;
    (!key.is_empty()).then(|| (key.to_owned(), value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs.map(|&(k, v)| (k.to_owned(), v.to_owned())).collect()
    }

    #[test]
    fn values_are_decoded_and_spaces_around_do_not_count() {
        let parsed = parse(" team = shop , tier=1%2C2%20, empty=,equal=a=b,").unwrap();
        let expected = [
            ("team", "shop"),
            ("tier", "1,2 "),
            ("empty", ""),
            ("equal", "a=b"),
        ];
        assert_eq!(parsed, owned(&expected));
    }

    #[test]
    fn what_is_no_pair_makes_the_whole_list_invalid() {
        for text in ["team", "team=shop,tier", "=shop", "team=%ff"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
