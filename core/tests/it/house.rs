//! The rules of the house that a test can hold: what is written twice is compared, and what must not be
//! there is looked for.

use crate::support::repository::{read, root, sources};
use dualrun::Options;
use dualrun::metrics::{Kind, METRICS};
use dualrun::options::{DEFAULT_HEALTH_PATH, DEFAULT_PORT, VARIABLES};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What follows `prefix` on the first line that has it.
fn after<'a>(text: &'a str, prefix: &str) -> &'a str {
    let rest = text.lines().find_map(|line| line.strip_prefix(prefix));
    rest.unwrap_or_else(|| panic!("no line begins with {prefix:?}"))
}

#[test]
fn the_page_of_options_has_each_with_its_default_and_meaning() {
    let rows = VARIABLES
        .iter()
        .map(|row| format!("| `{}` | `{}` | {} |\n", row.name, row.default, row.meaning));
    let table: String = rows.collect();
    assert!(
        read("docs/options.md").contains(&table),
        "the table of docs/options.md should be:\n{table}"
    );
}

#[test]
fn the_defaults_are_the_ones_that_the_rest_relies_on() {
    let options = Options::default();
    assert_eq!(options.addr.port(), DEFAULT_PORT);
    assert!(options.addr.ip().is_unspecified());
    assert!(
        options.idle_timeout.as_secs() > 60,
        "above the ALB's idle timeout"
    );
    assert!(
        (options.lame_duck + options.drain_timeout).as_secs() < 30,
        "below ECS's stop timeout"
    );
    assert!(
        options.request_timeout < options.drain_timeout,
        "a drain cuts nothing that is in time"
    );
}

#[test]
fn the_dockerfile_has_the_same_port_and_toolchain() {
    let dockerfile = read("Dockerfile");
    assert_eq!(after(&dockerfile, "EXPOSE "), DEFAULT_PORT.to_string());
    let toolchain = read("rust-toolchain.toml");
    let version = after(&toolchain, "channel = ").trim_matches('"');
    assert_eq!(
        after(&dockerfile, "ARG RUST_IMAGE="),
        format!("rust:{version}-slim-bookworm")
    );
}

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(lines <= 150, "{lines} lines; what explains goes into docs/");
}

#[test]
fn every_page_is_in_the_book() {
    let summary = read("docs/SUMMARY.md");
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") && name != "SUMMARY.md" {
            assert!(summary.contains(&format!("({name})")), "{name}");
        }
    }
}

/// The block of code in this language that comes first in a page.
fn first_block<'a>(page: &'a str, language: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn both_readmes_begin_a_service_alike() {
    let (repository, package) = (read("README.md"), read("core/README.md"));
    for language in ["toml", "rust,no_run"] {
        assert_eq!(
            first_block(&repository, language),
            first_block(&package, language)
        );
    }
}

#[test]
fn the_readme_has_the_same_port_and_health_path() {
    let readme = read("README.md");
    for text in [
        format!("-p {DEFAULT_PORT}:{DEFAULT_PORT}"),
        format!("localhost:{DEFAULT_PORT}{DEFAULT_HEALTH_PATH}"),
    ] {
        assert!(readme.contains(&text), "{text}");
    }
}

#[test]
fn the_guide_says_how_to_depend_on_the_library_that_this_is() {
    let (guide, workspace) = (read("docs/library.md"), read("Cargo.toml"));
    let version = dualrun::VERSION.rsplit_once('.').expect("a version").0;
    let repository = after(&workspace, "repository = ");
    let dependency = format!("\ndualrun = \"{version}\"\n");
    assert!(read("README.md").contains(&dependency), "{dependency}");
    for text in [
        dependency,
        format!("\n# dualrun = {{ git = {repository} }}\n"),
        format!(
            "Rust {}.",
            after(&workspace, "rust-version = ").trim_matches('"')
        ),
    ] {
        assert!(guide.contains(&text), "{text}");
    }
}

#[test]
fn a_plain_cargo_run_starts_the_server_and_both_binaries_can_be_named() {
    let workspace = read("Cargo.toml");
    assert_eq!(
        after(&workspace, "default-members = "),
        r#"["core", "bin-fargate", "bin-lambda"]"#
    );
    // With two of these, or none, cargo asks which binary to run.
    assert_eq!(
        after(&read("bin-fargate/Cargo.toml"), "default-run = "),
        r#""bin-fargate""#
    );
    assert!(!read("bin-lambda/Cargo.toml").contains("default-run"));
}

#[test]
fn development_defaults_are_cargos_and_complete() {
    let config = read(".cargo/config.toml");
    for name in ["APP_NAME", "ENVIRONMENT", "SECRET_KEY"] {
        after(&config, &format!("{name} = "));
    }
}

#[test]
fn no_module_of_the_library_knows_the_example_service() {
    let library = root().join("core/src");
    let mut files = Vec::new();
    sources(&library, &mut files);
    for file in files {
        let is_its_own = file.starts_with(library.join("app"));
        let is_test = file.components().any(|part| part.as_os_str() == "tests");
        if !is_its_own && !is_test {
            let text = fs::read_to_string(&file).unwrap();
            assert!(!text.contains("crate::app"), "{}", file.display());
        }
    }
}

/// The packages and their features that a binary is linked from.
fn linked(package: &str) -> String {
    let arguments = [
        "tree",
        "--edges",
        "normal,features",
        "--prefix",
        "none",
        "--offline",
        "--package",
        package,
    ];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(
        tree.contains("tokio "),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    tree
}

#[track_caller]
fn check_not_linked(package: &str, banned: &[&str]) {
    for line in linked(package).lines() {
        assert!(
            !banned.iter().any(|banned| line.starts_with(banned)),
            "{package} links {line}"
        );
    }
}

#[test]
fn each_binary_links_its_own_runtime_only_and_no_framework() {
    check_not_linked(
        "bin-fargate",
        &["axum", "aws", "lambda_", "dualrun feature \"lambda\""],
    );
    check_not_linked(
        "bin-lambda",
        &["axum", "aws", "rlimit", "h2 ", "dualrun feature \"server\""],
    );
}

/// The files that git knows, links aside, which are files elsewhere. `None` where the sources came without it.
fn committed() -> Option<Vec<PathBuf>> {
    if !root().join(".git").exists() {
        return None;
    }
    let mut git = Command::new("git");
    let output = git.args(["ls-files", "-z"]).current_dir(root()).output();
    let output = output.expect("git is installed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let names = String::from_utf8(output.stdout).unwrap();
    let paths = names.split_terminator('\0').map(|name| root().join(name));
    Some(
        paths
            .filter(|path| path.is_file() && !path.is_symlink())
            .collect(),
    )
}

#[test]
fn every_file_in_the_repository_is_text() {
    let Some(files) = committed() else { return };
    assert!(files.len() > 100, "{files:?}");
    for file in files {
        let content = fs::read(&file).unwrap();
        // Drawings are SVG, which is text. What tools make of sources, such as Python's bytecode, belongs to .gitignore.
        let is_text = !content.contains(&0) && std::str::from_utf8(&content).is_ok();
        assert!(is_text, "{} is binary", file.display());
    }
}

#[test]
fn every_source_file_says_what_it_is_and_is_short() {
    let mut files = Vec::new();
    sources(&root(), &mut files);
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not say what it is",
            file.display()
        );
        assert!(text.lines().count() <= 400, "{} is long", file.display());
    }
}

#[test]
fn the_page_of_metrics_has_each_with_its_labels_and_meaning() {
    let rows = METRICS.iter().map(|row| {
        let kind = match row.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            _ => "histogram",
        };
        let unit = match row.unit.as_str() {
            "count" => "",
            unit => &format!(", {unit}"),
        };
        let labels = row.labels.iter().map(|label| format!("`{label}`"));
        let labels = labels.collect::<Vec<_>>().join(", ");
        format!(
            "| `{}` | {kind}{unit} | {labels} | {} |\n",
            row.name, row.meaning
        )
    });
    let table: String = rows.collect();
    assert!(
        read("docs/telemetry.md").contains(&table),
        "the table of docs/telemetry.md should be:\n{table}"
    );
}
