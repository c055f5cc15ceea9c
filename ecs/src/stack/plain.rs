//! Values without quotes that YAML 1.1 reads otherwise than YAML 1.2. CloudFormation reads the first, and this tool the second.

use serde_yaml_ng::Value;

/// What YAML 1.1 takes for true or false, and YAML 1.2 for a text.
const WORDS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];

/// The first value or key of a text that the two read differently, with its line.
pub(super) fn ambiguous(text: &str) -> Option<(String, usize)> {
    let mut found = None;
    each(text, |plain, line| {
        if found.is_none() && is_ambiguous(plain) {
            found = Some((plain.to_owned(), line));
        }
    });
    found
}

fn is_ambiguous(plain: &str) -> bool {
    if WORDS.contains(&plain.to_ascii_lowercase().as_str()) {
        return true;
    }
    if !plain.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return false;
    }
    match serde_yaml_ng::from_str(plain) {
        // One that is written again as it is.
        Ok(Value::Number(number)) => {
            let written = serde_json::to_string(&number).unwrap_or_default();
            written != plain
        }
        Ok(Value::String(_)) => is_old_number(plain),
        _ => false,
    }
}

/// With underscores, a zero before it (octal), or in parts of sixty.
fn is_old_number(plain: &str) -> bool {
    let digits = plain.trim_start_matches(['+', '-']).replace('_', "");
    let is_number =
        |part: &str| part.starts_with(|c: char| c.is_ascii_digit()) && part.parse::<f64>().is_ok();
    let based = ["0x", "0b"]
        .iter()
        .find_map(|base| digits.strip_prefix(base));
    let is_based = based.is_some_and(|rest| rest.bytes().all(|it| it.is_ascii_hexdigit()));
    is_based || digits.parse::<f64>().is_ok() || digits.split(':').all(is_number)
}

/// Tells each key and value without quotes, with its line.
fn each(text: &str, mut tell: impl FnMut(&str, usize)) {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        reader.read(line, |plain| tell(plain, index + 1));
    }
}

/// What a line can be in the middle of.
#[derive(Default)]
struct Reader {
    /// Braces and brackets that are open.
    depth: usize,
    /// The quote that ends a text.
    quote: Option<char>,
    /// The column of what a block of text belongs to: the block is indented further.
    block: Option<usize>,
}

impl Reader {
    fn read(&mut self, line: &str, mut tell: impl FnMut(&str)) {
        let indent = line.len() - line.trim_start().len();
        if let Some(parent) = self.block {
            if indent > parent || line.trim().is_empty() {
                return;
            }
            self.block = None;
        }
        let (mut rest, mut column) = (line, indent);
        while !rest.is_empty() {
            if let Some(quote) = self.quote {
                let Some(behind) = behind_quote(rest, quote) else {
                    return;
                };
                (rest, self.quote) = (behind, None);
                continue;
            }
            rest = rest.trim_start();
            let at = line.len() - rest.len();
            let mut letters = rest.chars();
            let (Some(first), next) = (letters.next(), letters.next()) else {
                return;
            };
            let is_flow = self.depth > 0;
            let is_mark = next.is_none_or(char::is_whitespace);
            let length = match first {
                '#' => return,
                '|' | '>' if !is_flow => {
                    self.block = Some(column);
                    return;
                }
                '"' | '\'' => {
                    self.quote = Some(first);
                    1
                }
                '[' | '{' => {
                    self.depth += 1;
                    1
                }
                ']' | '}' => {
                    self.depth = self.depth.saturating_sub(1);
                    1
                }
                ',' | ':' if is_flow => 1,
                '-' if is_mark => {
                    column = at;
                    1
                }
                ':' | '?' if is_mark => 1,
                '!' | '&' | '*' => word(rest, is_flow),
                _ => {
                    let length = plain(rest, is_flow);
                    tell(rest[..length].trim_end());
                    if rest[length..].starts_with(':') {
                        column = at;
                    }
                    length
                }
            };
            rest = &rest[length..];
        }
    }
}

/// What is behind the quote that ends a text; none if it goes on in the next line.
fn behind_quote(text: &str, quote: char) -> Option<&str> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && quote == '"' {
            letters.next();
        } else if letter == quote {
            return Some(&text[at + 1..]);
        }
    }
    None
}

/// The length of a tag, an anchor or an alias.
fn word(text: &str, is_flow: bool) -> usize {
    let ends = |c: char| c.is_whitespace() || (is_flow && ",[]{}".contains(c));
    text.find(ends).unwrap_or(text.len())
}

/// The length of a key or a value.
fn plain(text: &str, is_flow: bool) -> usize {
    let mut before = 'x';
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let is_bracket = |c: char| is_flow && ",[]{}".contains(c);
        let is_end = match letter {
            ':' => next.is_none_or(|next| next.is_whitespace() || is_bracket(next)),
            '#' => before.is_whitespace(),
            letter => is_bracket(letter),
        };
        // What begins with such a mark is none.
        if is_end && at > 0 {
            return at;
        }
        before = letter;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        each(text, |plain, _| all.push(plain.to_owned()));
        all
    }

    #[test]
    fn what_the_two_versions_read_differently_is_found_with_its_line() {
        for plain in [
            "yes", "No", "ON", "off", "y", "0644", "1_000", "12:30:45", "12e4567", ".inf", "1e3",
            "0x_1F", "1.10", "0o17", "-0777",
        ] {
            for text in [
                format!("A: 1\nB: {plain}\n"),
                format!("A: 1\nB: [x, {plain}]\n"),
                format!("A: 1\nB: {{x: {plain}, y1: 2}} # why\n"),
                format!("A: 1\n{plain}: 1\n"),
                format!("A:\n- !Sub {plain}\n"),
            ] {
                assert_eq!(ambiguous(&text), Some((plain.to_owned(), 2)), "{text}");
            }
        }
    }

    #[test]
    fn what_both_read_alike_is_not() {
        for plain in [
            "true",
            "false",
            "1",
            "0",
            "-5",
            "0.5",
            "2010-09-09",
            "10.0.0.0/16",
            "10.0.0.1",
            "111122223333",
            "AWS::Region",
            "yesterday",
            "no-reply",
            "8080-8090",
            "arn:aws:a",
            "~",
            "\"yes\"",
            "'0644'",
            "\"a\\\"b, yes\"",
            "'it''s, no'",
        ] {
            let text = format!("A: {plain}\nB: [{plain}, {{ C: {plain} }}]\n");
            assert_eq!(ambiguous(&text), None, "{plain}");
        }
    }

    #[test]
    fn comments_and_texts_of_several_lines_are_not_values() {
        let text = "\
# yes
A: >- # a block
  yes

  no
B:
  - C: |
      on
    D: x # off
  - |
   0644
E: \"first
  yes
  last\"
F: 'first

  no'
G: {a: 'b', c: \"d\"}
H: [1, # on
  x y]
";
        assert_eq!(ambiguous(text), None);
        assert_eq!(
            all(text),
            [
                "A", "B", "C", "D", "x", "E", "F", "G", "a", "c", "H", "1", "x y"
            ]
        );
    }
}
