//! A Dockerfile's instructions, each with its words: directives, comments, continued lines and here-documents are gone.

/// An instruction, such as `EXPOSE 8000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    /// The number of its first line, from 1.
    pub(super) line: usize,
    /// In upper case.
    pub(super) keyword: String,
    /// What follows, in one line.
    pub(super) rest: String,
}

/// A here-document without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unended {
    /// Where it begins.
    pub(super) line: usize,
    /// What would end it.
    pub(super) end: String,
}

/// How a Dockerfile is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escape(pub(super) char);

/// A document within an instruction (`<<EOF`).
struct HereDocument {
    end: String,
    /// `<<-`: tabs before its end do not count.
    is_indented: bool,
}

impl Escape {
    /// As the directive at the top of the file says, or a backslash.
    fn of(text: &str) -> Self {
        let directives = text.lines().map_while(|line| {
            let (key, value) = line.trim().strip_prefix('#')?.split_once('=')?;
            let key = key.trim();
            let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric());
            is_key.then(|| (key.to_ascii_lowercase(), value.trim()))
        });
        let mut escapes = directives.filter(|(key, _)| key == "escape");
        let escape = escapes.next().and_then(|(_, value)| value.chars().next());
        Self(escape.unwrap_or('\\'))
    }

    /// The line without the sign at its end that continues it, if it has one. Twice, it is a character.
    fn continued(self, line: &str) -> Option<&str> {
        let before = line.trim_end_matches([' ', '\t']).strip_suffix(self.0)?;
        (!before.ends_with(self.0)).then_some(before)
    }

    /// The words of a text, with their quotes and escapes.
    pub(super) fn words(self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut word = String::new();
        let mut quote = None;
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            if quote.is_none() && c.is_whitespace() {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            word.push(c);
            if c == self.0 && quote != Some('\'') {
                word.extend(characters.next());
            } else if quote == Some(c) {
                quote = None;
            } else if quote.is_none() && (c == '"' || c == '\'') {
                quote = Some(c);
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
        words
    }
}

/// The instructions of a file, and its escape character.
pub(super) fn instructions(text: &str) -> Result<(Vec<Instruction>, Escape), Unended> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let escape = Escape::of(text);
    let mut instructions = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((first, number)) = lines.next() {
        if is_comment(first) || first.trim().is_empty() {
            continue;
        }
        let mut whole = String::new();
        let mut next = Some(first);
        while let Some(line) = next {
            // Within a continued instruction, comments and empty lines are passed over.
            let is_passed_over = !whole.is_empty() && (is_comment(line) || line.trim().is_empty());
            if !is_passed_over {
                let Some(before) = escape.continued(line) else {
                    whole.push_str(line);
                    break;
                };
                whole.push_str(before);
            }
            next = lines.next().map(|(line, _)| line);
        }
        let whole = whole.trim();
        let (keyword, rest) = whole.split_once(char::is_whitespace).unwrap_or((whole, ""));
        let instruction = Instruction {
            line: number,
            keyword: keyword.to_ascii_uppercase(),
            rest: rest.trim().to_owned(),
        };
        for document in here_documents(&instruction, escape) {
            let ends = |line: &str| {
                let line = if document.is_indented {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                line == document.end
            };
            if !lines.any(|(line, _)| ends(line)) {
                return Err(Unended {
                    line: number,
                    end: document.end,
                });
            }
        }
        instructions.push(instruction);
    }
    Ok((instructions, escape))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// Those that follow the instruction, in their order: `RUN`, `COPY` and `ADD` have them.
fn here_documents(instruction: &Instruction, escape: Escape) -> Vec<HereDocument> {
    if !["RUN", "COPY", "ADD"].contains(&instruction.keyword.as_str()) {
        return Vec::new();
    }
    let words = escape.words(&instruction.rest);
    let documents = words.iter().filter_map(|word| {
        let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let name = word.strip_prefix("<<")?;
        let (name, is_indented) = name
            .strip_prefix('-')
            .map_or((name, false), |it| (it, true));
        let end: String = name.chars().filter(|c| !"\"'".contains(*c)).collect();
        (!end.is_empty() && !end.contains('<')).then_some(HereDocument { end, is_indented })
    });
    documents.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each instruction as a line.
    fn read(text: &str) -> Vec<String> {
        let (instructions, _) = instructions(text).unwrap();
        let lines = instructions.into_iter();
        lines
            .map(|it| format!("{}: {} {}", it.line, it.keyword, it.rest))
            .collect()
    }

    #[test]
    fn instructions_are_in_any_case_with_any_line_ends() {
        assert_eq!(
            read("\u{feff}# a comment\r\n\r\nfrom a AS b\r\n\tExpose\t80 81/udp\r\n"),
            ["3: FROM a AS b", "4: EXPOSE 80 81/udp"]
        );
    }

    #[test]
    fn lines_go_on_past_comments_and_empty_lines() {
        assert_eq!(
            read("RUN a \\\n# EXPOSE 1\n  && b \\  \n\n  && c\nEXPOSE 2 \\\n  3"),
            ["1: RUN a   && b   && c", "6: EXPOSE 2   3"]
        );
        assert_eq!(read("EXPOSE 80 \\"), ["1: EXPOSE 80"]);
        assert_eq!(read("RUN a\\\\\nEXPOSE 1"), ["1: RUN a\\\\", "2: EXPOSE 1"]);
    }

    #[test]
    fn a_directive_at_the_top_changes_the_escape() {
        let windows = "# syntax=docker/dockerfile:1\n#Escape = `\r\nRUN dir c:\\\r\nRUN x `\r\n  y";
        assert_eq!(read(windows), ["3: RUN dir c:\\", "4: RUN x   y"]);
        // Below anything else it is a comment.
        let late = "FROM a\n# escape=`\nRUN x \\\n y";
        assert_eq!(read(late), ["1: FROM a", "3: RUN x  y"]);
        assert_eq!(
            read("# about it\n# escape=`\nRUN x \\\n y"),
            ["3: RUN x  y"]
        );
    }

    #[test]
    fn what_here_documents_have_in_them_is_no_instruction() {
        let text = "RUN cat <<EOF > /x && echo \"<<NO\"\nEXPOSE 1\nEOF\nCOPY <<-\"X\" <<Y /a/\n\tEXPOSE 2\n\tX\nX\nY\n\
                    RUN echo $((1<<2)) a<<b\nEXPOSE 3";
        assert_eq!(
            read(text),
            [
                "1: RUN cat <<EOF > /x && echo \"<<NO\"",
                "4: COPY <<-\"X\" <<Y /a/",
                "9: RUN echo $((1<<2)) a<<b",
                "10: EXPOSE 3"
            ]
        );
        let unended = instructions("FROM a\nRUN <<END\nEXPOSE 1\n").unwrap_err();
        assert_eq!((unended.line, unended.end.as_str()), (2, "END"));
    }

    #[test]
    fn words_keep_what_is_in_quotes_together() {
        assert_eq!(
            Escape('\\').words(r#" A="b c" D=e\ f  G='h\' "#),
            [r#"A="b c""#, r"D=e\ f", r"G='h\'"]
        );
    }
}
