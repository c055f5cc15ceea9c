//! A flowchart as Mermaid's text, in which no label can be anything but a label.

use super::drawing::Drawing;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a part of the drawing is, from good to bad.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Mark {
    #[default]
    Ok,
    Warned,
    Unknown,
    Failed,
}

const ALL: [Mark; 4] = [Mark::Ok, Mark::Warned, Mark::Unknown, Mark::Failed];

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warned => "warned",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }

    /// Dark on light, so that it can be read on pages of either colour.
    fn style(self) -> &'static str {
        match self {
            Self::Ok => "fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
            Self::Warned => "fill:#fff8c5,stroke:#9a6700,color:#1f2328",
            Self::Unknown => "fill:#eaeef2,stroke:#6e7781,color:#1f2328,stroke-dasharray:5 5",
            Self::Failed => "fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:4px",
        }
    }

    fn link(self) -> Option<&'static str> {
        match self {
            Self::Ok => None,
            Self::Warned => Some("stroke:#9a6700,stroke-width:3px"),
            Self::Unknown => Some("stroke:#6e7781,stroke-dasharray:5 5"),
            Self::Failed => Some("stroke:#cf222e,stroke-width:4px"),
        }
    }
}

/// A line between two nodes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line {
    /// Requests go there.
    Solid,
    /// They do not.
    Dotted,
}

/// A flowchart from left to right.
#[derive(Debug, Default)]
pub(super) struct Flowchart {
    nodes: String,
    links: String,
    /// The links that are not as they should be, by their numbers.
    styles: String,
    count: usize,
    classes: BTreeMap<Mark, Vec<String>>,
    drawing: Drawing,
}

impl Flowchart {
    /// A node. The id is a word of our own, the label is anybody's.
    pub(super) fn node(&mut self, id: &str, mark: Mark, lines: &[String]) {
        let _ = writeln!(self.nodes, "  {id}[\"{}\"]", label(lines));
        self.classes.entry(mark).or_default().push(id.to_owned());
        self.drawing.node(id, mark, lines);
    }

    /// Who sends requests.
    pub(super) fn people(&mut self, id: &str, text: &str) {
        let _ = writeln!(self.nodes, "  {id}([\"{}\"])", escaped(text));
        self.drawing.people(id, text);
    }

    pub(super) fn link(&mut self, ends: (&str, &str), line: Line, mark: Mark, lines: &[String]) {
        let arrow = match line {
            Line::Solid => "-->",
            Line::Dotted => "-.->",
        };
        let (from, to) = ends;
        let _ = writeln!(self.links, "  {from} {arrow}|\"{}\"| {to}", label(lines));
        if let Some(style) = mark.link() {
            let _ = writeln!(self.styles, "  linkStyle {} {style}", self.count);
        }
        self.count += 1;
        self.drawing.link(to, mark, lines);
    }

    /// The same for a terminal.
    pub(super) fn drawing(&self) -> String {
        self.drawing.to_string()
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!("flowchart LR\n{}{}", self.nodes, self.links);
        for mark in ALL {
            if let Some(ids) = self.classes.get(&mark) {
                let class = mark.class();
                let _ = writeln!(text, "  classDef {class} {}", mark.style());
                let _ = writeln!(text, "  class {} {class}", ids.join(","));
            }
        }
        text + &self.styles
    }
}

fn label(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    lines.join("<br/>")
}

/// Text for a label in quotes. What is not a letter, a digit or one of a few signs becomes Mermaid's `#code;`, which also
/// keeps quotes, HTML, Markdown and the end of a code block out. A line break is a space.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | '-' | '.' | ',' | '/' => escaped.push(c),
            c if c.is_ascii_alphanumeric() => escaped.push(c),
            c if c.is_control() || c.is_whitespace() => escaped.push(' '),
            c => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_a_label_whatever_is_in_it() {
        let cases = [
            ("me/shop:3f1c9e7", "me/shop#58;3f1c9e7"),
            (
                "a\"]\nend\nclick b \"x\"",
                "a#34;#93; end click b #34;x#34;",
            ),
            ("```", "#96;#96;#96;"),
            ("<b>&#35;", "#60;b#62;#38;#35;35#59;"),
            ("%%{init}%%", "#37;#37;#123;init#125;#37;#37;"),
            ("über\u{2028}_x_", "#252;ber #95;x#95;"),
        ];
        for (text, label) in cases {
            assert_eq!(escaped(text), label);
        }
    }

    #[test]
    fn a_link_that_is_not_as_it_should_be_is_styled_by_its_number() {
        let mut chart = Flowchart::default();
        chart.link(("a", "b"), Line::Solid, Mark::Ok, &["1".into()]);
        chart.link(("b", "c"), Line::Dotted, Mark::Failed, &["2".into()]);
        let text = chart.text();
        assert!(
            text.ends_with("  linkStyle 1 stroke:#cf222e,stroke-width:4px\n"),
            "{text}"
        );
        assert!(text.contains("  b -.->|\"2\"| c\n"), "{text}");
    }
}
