//! The way from the clients to the image for a terminal: a line for each part and for what leads to it, from top to bottom.

use super::Status;
use super::mermaid::Mark;
use std::fmt;

/// The drawing in the making.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    nodes: Vec<(String, Row)>,
    links: Vec<(String, Row)>,
}

#[derive(Debug)]
struct Row {
    mark: Mark,
    text: String,
}

impl Row {
    fn of(mark: Mark, lines: &[String]) -> Self {
        let text = lines.join(", ");
        Self { mark, text }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, sign: char) -> fmt::Result {
        let (sign, status) = match self.mark {
            Mark::Ok => return writeln!(f, "{sign} {}", self.text),
            Mark::Warned => ('!', Status::Warn),
            Mark::Unknown => ('?', Status::Unknown),
            Mark::Failed => ('✗', Status::Fail),
        };
        let style = status.style();
        writeln!(f, "{style}{sign} {}{style:#}", self.text)
    }
}

impl Drawing {
    pub(super) fn node(&mut self, id: &str, mark: Mark, lines: &[String]) {
        self.nodes.push((id.to_owned(), Row::of(mark, lines)));
    }

    /// The clients, from whom it begins. Others have no place on the way: what leads past it says so itself.
    pub(super) fn people(&mut self, id: &str, text: &str) {
        if self.nodes.is_empty() {
            self.node(id, Mark::Ok, &[text.to_owned()]);
        }
    }

    pub(super) fn link(&mut self, to: &str, mark: Mark, lines: &[String]) {
        self.links.push((to.to_owned(), Row::of(mark, lines)));
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, node) in &self.nodes {
            for (_, link) in self.links.iter().filter(|(to, _)| to == id) {
                link.write(f, '│')?;
            }
            node.write(f, '●')?;
        }
        Ok(())
    }
}
