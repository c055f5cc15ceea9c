//! The page's commands, in order, in one shell.

use crate::{alone, containers, folder, in_the_page};
use e2e::image::repository;
use std::fs;

/// A block of the page.
#[derive(Debug)]
enum Block {
    /// Commands.
    Shell(String),
    /// What they print, in this order, roughly: parts of lines.
    Console(Vec<String>),
}

/// Stands before a block that is for readers only.
const NOT_RUN: &str = "<!-- not run";

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    // Texts and blocks take turns.
    let parts: Vec<&str> = page.split("```").collect();
    for pair in parts.chunks_exact(2) {
        let [before, block] = pair else { continue };
        let is_not_run = before
            .rsplit("\n\n")
            .next()
            .is_some_and(|it| it.starts_with(NOT_RUN));
        let (kind, text) = block.split_once('\n').expect("a block has lines");
        match kind {
            "sh" if !is_not_run => blocks.push(Block::Shell(text.to_owned())),
            "console" => blocks.push(Block::Console(text.lines().map(str::to_owned).collect())),
            _ => {}
        }
    }
    blocks
}

#[test]
fn its_commands_do_what_it_says() {
    let _alone = alone();
    let page = fs::read_to_string(repository().join("docs/try-it.md")).expect("the page");
    let blocks = blocks(&page);
    let mut script = String::from("set -eu\nexec 2>&1\n");
    for (number, block) in blocks.iter().enumerate() {
        if let Block::Shell(commands) = block {
            script += &format!("echo '@@ {number}'\n{commands}");
        }
    }
    // Whatever has failed, the emulator does not stay.
    script.insert_str(0, "trap 'cargo ecs try stop 2> /dev/null' EXIT\n");
    let folder = folder();
    let output = in_the_page("bash", &folder).args(["-c", &script]).output();
    let output = output.expect("bash is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");

    let mut printed = "";
    let mut count = 0;
    for (number, block) in blocks.iter().enumerate() {
        match block {
            Block::Shell(_) => {
                let mark = format!("@@ {number}\n");
                let (_, after) = said.split_once(&mark).expect("it was run");
                printed = after.split("\n@@ ").next().unwrap_or_default();
            }
            Block::Console(lines) => {
                let mut rest = printed.lines();
                for line in lines {
                    let is_there = rest.any(|it| it.contains(line.trim()));
                    assert!(
                        is_there,
                        "{line:?} is not, or not in its place, in\n{printed}"
                    );
                    count += 1;
                }
            }
        }
    }
    assert!(count > 20, "{blocks:#?}");
    assert_eq!(containers(), "");
}
