//! Releases, by the scripts that make and install them: what is packed is what is installed, and nothing else is.

use ecs::new::answers::{Answers, Image, Lambda, License};
use ecs::new::library::Library;
use ecs::new::project::files;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const PROGRAM: &str = "#!/bin/sh\necho cargo-ecs 0.1.0\n";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn told(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    texts.concat()
}

fn write_program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A release in a folder, programs that stand in for others, and where the tool is installed.
struct World(TempDir);

impl World {
    /// With a release for 64-bit Linux.
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        world.stand_in("uname", "[ \"$1\" = -s ] && echo Linux || echo x86_64");
        world.pack(PROGRAM);
        world.sum();
        world
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn stand_in(&self, name: &str, script: &str) {
        let path = self.at("programs").join(name);
        write_program(&path, &format!("#!/bin/sh\n{script}\n"));
    }

    fn pack(&self, program: &str) {
        write_program(&self.at("built"), program);
        let archive = repository().join(".github/release/archive");
        let mut command = Command::new(archive);
        command.arg(self.at("built"));
        command.args(["x86_64-unknown-linux-musl"]);
        let output = command.arg(self.at("v0.1.0")).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
    }

    fn sum(&self) {
        let sum = "sha256sum cargo-ecs-*.tar.gz > SHA256SUMS";
        let mut command = Command::new("sh");
        command.args(["-c", sum]).current_dir(self.at("v0.1.0"));
        assert!(command.status().unwrap().success());
    }

    #[allow(clippy::disallowed_methods, reason = "the tests' own, to find curl")]
    fn install(&self, variables: &[(&str, &str)]) -> Output {
        let path = std::env::var("PATH").unwrap();
        let programs = self.at("programs");
        let mut command = Command::new(repository().join(".github/actions/cargo-ecs/install"));
        command
            .env_clear()
            .env("PATH", format!("{}:{path}", programs.display()))
            .env("VERSION", "0.1.0")
            .env("FOLDER", self.at("bin"))
            .env("RELEASES", format!("file://{}", self.0.path().display()))
            .env("DOWNLOADS", self.at("kept"))
            .envs(variables.iter().copied());
        command.output().unwrap()
    }

    #[track_caller]
    fn installs(&self, variables: &[(&str, &str)]) -> String {
        let output = self.install(variables);
        assert!(output.status.success(), "{}", told(&output));
        let installed = Command::new(self.at("bin/cargo-ecs")).output().unwrap();
        assert_eq!(told(&installed), "cargo-ecs 0.1.0\n");
        told(&output)
    }

    #[track_caller]
    fn refuses(&self, variables: &[(&str, &str)], why: &str) {
        let output = self.install(variables);
        let told = told(&output);
        assert!(!output.status.success() && told.contains(why), "{told}");
        assert!(!self.at("bin/cargo-ecs").exists(), "{told}");
    }
}

#[test]
fn what_was_packed_is_installed() {
    World::new().installs(&[]);
    World::new().installs(&[("VERSION", "v0.1.0")]);
}

#[test]
fn an_archive_that_is_not_the_releases_is_not_installed() {
    let world = World::new();
    world.pack("#!/bin/sh\necho somebody else\n");
    world.refuses(&[], "does not have the checksum that the release names");
}

#[test]
fn an_archive_that_was_kept_is_taken_if_it_is_the_releases() {
    let world = World::new();
    world.installs(&[]);
    let archive = world.at("v0.1.0/cargo-ecs-x86_64-unknown-linux-musl.tar.gz");
    let kept = world.at("kept/cargo-ecs-x86_64-unknown-linux-musl.tar.gz");
    fs::remove_file(&archive).unwrap();
    world.installs(&[]);
    fs::rename(&kept, &archive).unwrap();
    fs::write(&kept, "something else").unwrap();
    world.installs(&[]);
}

#[test]
fn a_release_or_a_platform_that_is_not_there_is_named() {
    let world = World::new();
    world.refuses(&[("VERSION", "0.9.0")], "cannot download file://");
    world.refuses(&[("VERSION", "latest/../x")], "invalid version");
    world.stand_in("uname", "[ \"$1\" = -s ] && echo Linux || echo aarch64");
    world.refuses(
        &[],
        "release v0.1.0 has no cargo-ecs-aarch64-unknown-linux-musl.tar.gz",
    );
    world.stand_in("uname", "[ \"$1\" = -s ] && echo Linux || echo riscv64");
    world.refuses(
        &[],
        "for Linux riscv64: cargo install --locked cargo-ecs@0.1.0 builds it",
    );
}

#[test]
fn the_attestation_has_to_be_of_the_tag_and_the_workflow_that_releases() {
    let world = World::new();
    world.stand_in("gh", "[ \"$3\" = --help ] && echo --source-ref && exit; echo \"$@\" > \"$(dirname \"$0\")/asked\"; echo no such attestation; exit $REFUSED");
    let said = world.installs(&[("REFUSED", "0")]);
    assert!(said.contains("the attestation was not verified"), "{said}");
    let said = world.installs(&[("REFUSED", "0"), ("GH_TOKEN", "token")]);
    assert!(!said.contains("attestation"), "{said}");
    let asked = fs::read_to_string(world.at("programs/asked")).unwrap();
    assert_eq!(
        asked,
        "attestation verify cargo-ecs-x86_64-unknown-linux-musl.tar.gz --repo dualrun/dualrun \
         --source-ref refs/tags/v0.1.0 --signer-workflow dualrun/dualrun/.github/workflows/release.yml\n"
    );
    fs::remove_file(world.at("bin/cargo-ecs")).unwrap();
    let refused = [("REFUSED", "1"), ("GH_TOKEN", "token")];
    world.refuses(&refused, "has no valid attestation: no such attestation");
}

/// The scripts beside another changelog.
fn released(changelog: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let scripts = folder.path().join(".github/release");
    for name in ["check", "notes"] {
        let script = repository().join(".github/release").join(name);
        write_program(&scripts.join(name), &fs::read_to_string(script).unwrap());
    }
    fs::write(folder.path().join("CHANGELOG.md"), changelog).unwrap();
    let manifest = "[workspace.package]\nversion = \"0.2.0\"\n\n[workspace.dependencies]\n";
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    let mut command = Command::new(scripts.join(arguments[0]));
    command.args(&arguments[1..]).output().unwrap()
}

const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n- later\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- this\n\n\
                         ## [0.1.0] - 2026-11-01\n\n- before\n\n[Unreleased]: https://example.org\n";

#[test]
fn the_text_of_a_release_is_its_section_of_the_changelog() {
    let notes = released(CHANGELOG, &["notes", "0.2.0"]);
    assert_eq!(told(&notes), "### Added\n\n- this\n");
    let last = released(CHANGELOG, &["notes", "0.1.0"]);
    assert_eq!(told(&last), "- before\n");
}

#[test]
fn a_tag_is_released_only_if_it_is_the_version_and_the_changelog_tells_of_it() {
    let check = released(CHANGELOG, &["check", "v0.2.0"]);
    assert!(check.status.success() && told(&check) == "0.2.0\n");
    let undated = CHANGELOG.replace(" - 2026-12-01", "");
    let empty = CHANGELOG.replace("### Added\n\n- this\n", "");
    for (changelog, tag, why) in [
        (CHANGELOG, "v0.1.0", "the tag v0.1.0 is not v0.2.0"),
        (&undated, "v0.2.0", "no section '## [0.2.0] - YYYY-MM-DD'"),
        (&empty, "v0.2.0", "says nothing of 0.2.0"),
    ] {
        let check = released(changelog, &["check", tag]);
        let told = told(&check);
        assert!(!check.status.success() && told.contains(why), "{told}");
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the tests' own, to find bash")]
fn packages_are_published_in_order_and_each_once() {
    let world = World::new();
    let log = "echo \"$@\" >> \"$(dirname \"$0\")/asked\"";
    world.stand_in(
        "cargo",
        &format!("{log}\n[ \"$1\" = publish ] || [ \"${{5%@*}}\" = dualrun ]"),
    );
    let path = format!(
        "{}:{}",
        world.at("programs").display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = Command::new(repository().join(".github/release/publish"));
    let output = command.env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        fs::read_to_string(world.at("programs/asked")).unwrap(),
        format!(
            "info --quiet --registry crates-io dualrun@{version}\n\
             info --quiet --registry crates-io cargo-ecs@{version}\n\
             publish --locked --package cargo-ecs\n"
        )
    );
}

#[test]
fn cargo_binstall_looks_for_the_archive_that_is_packed() {
    let manifest: toml::Table = toml::from_str(include_str!("../../Cargo.toml")).unwrap();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let filled = |field: &str| {
        let mut text = binstall[field].as_str().unwrap().to_owned();
        for (name, value) in [
            ("repo", env!("CARGO_PKG_REPOSITORY")),
            ("version", "0.1.0"),
            ("name", env!("CARGO_PKG_NAME")),
            ("target", "x86_64-unknown-linux-musl"),
            ("bin", "cargo-ecs"),
            ("binary-ext", ""),
        ] {
            text = text.replace(&format!("{{ {name} }}"), value);
        }
        text
    };
    let world = World::new();
    let url = filled("pkg-url");
    let file = url
        .strip_prefix("https://github.com/dualrun/dualrun/releases/download/")
        .unwrap();
    let mut tar = Command::new("tar");
    let listed = tar.arg("-tzf").arg(world.at(file)).output().unwrap();
    let program = filled("bin-dir");
    let listed = told(&listed);
    assert!(listed.lines().any(|line| line == program), "{listed}");
}

#[test]
fn workflows_of_others_fetch_the_tool_of_a_release_and_build_that_of_a_commit() {
    let name: ecs::new::name::Name = "shop".parse().unwrap();
    let action = |library: Library| {
        let answers = Answers {
            image: Image::new(&name, None, None).unwrap(),
            name: name.clone(),
            lambda: Lambda::With,
            has_database: false,
            port: "8000".parse().unwrap(),
            license: License::None,
            library,
        };
        let files = files(&answers).unwrap();
        let file = files
            .iter()
            .find(|file| file.path == ".github/actions/tool/action.yml");
        file.unwrap().text.clone()
    };
    let released = action(Library::Version("0.1.0".into()));
    let fetch = "  steps:\n    - uses: dualrun/dualrun/.github/actions/cargo-ecs@v0.1.0\n      with:\n        folder: target/tool/bin\n";
    assert!(released.ends_with(fetch), "{released}");
    let (url, rev) = (
        "https://git.example/dualrun".to_owned(),
        Some("8c45d3b".to_owned()),
    );
    for library in [Library::Git { url, rev }, Library::Version("0.1".into())] {
        let built = action(library);
        assert!(
            built.contains("cargo install --locked --root target/tool"),
            "{built}"
        );
        assert!(!built.contains("dualrun/dualrun/.github"), "{built}");
    }
}
