//! `cargo ecs new`.

use super::error::{CliError, failed};
use super::say;
use crate::new::answers::{Answers, Image, Lambda, License, Port, Registry};
use crate::new::library::{BadLibrary, Library};
use crate::new::make::{Extent, Made, make};
use crate::new::name::Name;
use crate::new::write::Fate;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a service of your own, with all that it needs to run on ECS, in a new folder
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(super) struct New {
    /// What the service, its folder, its stack and its image are called
    name: Name,

    /// If it runs on AWS Lambda, beside ECS or alone
    #[arg(long, value_name = "HOW", value_enum, default_value_t = Lambda::With)]
    lambda: Lambda,

    /// The image's name without a tag, such as me/shop [default: an example to be replaced]
    #[arg(long, value_name = "REPOSITORY")]
    image: Option<String>,

    /// Where CI pushes images [default: where --image is, or dockerhub]
    #[arg(long, value_enum)]
    registry: Option<Registry>,

    /// Have a database: the secret variable DATABASE_URL
    #[arg(long)]
    database: bool,

    /// The port that it listens on
    #[arg(long, default_value_t = Port::DEFAULT)]
    port: Port,

    /// What others may do with the code
    #[arg(long, value_enum, default_value_t = License::None)]
    license: License,

    /// Take dualrun from this release [default: from where this tool has it]
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["library_git", "library_path"])]
    library_version: Option<String>,

    /// Take dualrun from a git repository
    #[arg(long, value_name = "URL", conflicts_with = "library_path")]
    library_git: Option<String>,

    /// The commit in that repository
    #[arg(long, value_name = "REV", requires = "library_git")]
    library_rev: Option<String>,

    /// Take dualrun from a folder
    #[arg(long, value_name = "FOLDER")]
    library_path: Option<PathBuf>,

    /// If it gets a repository; inside of one it gets none
    #[arg(long, value_enum, default_value_t = Vcs::Git)]
    vcs: Vcs,

    /// Say what would be made, and make nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Vcs {
    Git,
    None,
}

const AFTER_HELP: &str = "\
Nothing is overwritten. In a folder that has the service already, only files are made that are not there.

Exit codes: 0 made, 1 nothing was made, 2 wrong arguments.

Examples:
  cargo ecs new shop --image me/shop
  cargo ecs new shop --image ghcr.io/me/shop --database --port 8080
  cargo ecs new mailer --lambda only --license both";

impl New {
    pub(super) fn run(self) -> ExitCode {
        match self.made() {
            Ok((answers, made)) => {
                say::out(if self.dry_run {
                    listed(&answers, &made)
                } else {
                    told(&answers, &made)
                });
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error, false),
        }
    }

    fn made(&self) -> Result<(Answers, Made), CliError> {
        let answers = Answers {
            image: Image::new(&self.name, self.image.as_deref(), self.registry)?,
            name: self.name.clone(),
            lambda: self.lambda,
            has_database: self.database,
            port: self.port,
            license: self.license,
            library: self.library()?,
        };
        let extent = Extent {
            is_dry: self.dry_run,
            wants_repository: self.vcs == Vcs::Git,
        };
        let made = make(Path::new("."), &answers, extent)?;
        Ok((answers, made))
    }

    fn library(&self) -> Result<Library, BadLibrary> {
        if let Some(version) = &self.library_version {
            return Ok(Library::Version(version.clone()));
        }
        if let Some(url) = &self.library_git {
            return Ok(Library::Git {
                url: url.clone(),
                rev: self.library_rev.clone(),
            });
        }
        match &self.library_path {
            Some(folder) => Library::of_folder(folder),
            None => Library::of_tool(),
        }
    }
}

/// What a dry run says.
fn listed(answers: &Answers, made: &Made) -> String {
    let lines = made.files.iter().map(|(path, fate)| {
        let what = match fate {
            Fate::Made => "would make",
            Fate::Unchanged => "unchanged ",
            Fate::Kept => "would keep",
        };
        format!("{what}  {}/{path}\n", answers.name)
    });
    let mut text: String = lines.collect();
    if made.has_new_repository {
        text += &format!("would make  {}/.git\n", answers.name);
    }
    text
}

/// What was made, and what comes next.
fn told(answers: &Answers, made: &Made) -> String {
    let name = &answers.name;
    let count = |wanted: Fate| {
        made.files
            .iter()
            .filter(|(_, fate)| *fate == wanted)
            .count()
    };
    let mut text = format!("{name}/: {} made", files(count(Fate::Made)));
    if count(Fate::Unchanged) > 0 {
        text += &format!(", {} unchanged", files(count(Fate::Unchanged)));
    }
    text += if made.has_new_repository {
        ", with a git repository\n"
    } else {
        "\n"
    };
    for (path, _) in made.files.iter().filter(|(_, fate)| *fate == Fate::Kept) {
        text += &format!("{name}/{path}: kept, and differs from what would be made\n");
    }
    if let Some(root) = &made.within {
        text += &format!(
            "{name} is inside of the repository {}: GitHub runs workflows of its root only, so move {name}/.github there\n",
            root.display()
        );
    }
    text += "\nnext:\n";
    for (command, why) in next(answers) {
        text += &if why.is_empty() {
            format!("  {command}\n")
        } else {
            format!("  {command:<42} # {why}\n")
        };
    }
    text + &format!("{name}/README.md has them all, with those for GitHub.\n")
}

fn next(answers: &Answers) -> Vec<(String, &'static str)> {
    let name = &answers.name;
    let mut next = vec![
        (format!("cd {name}"), ""),
        ("cargo test --workspace".to_owned(), "also makes Cargo.lock"),
        (
            "git add --all && git commit -m Begin".to_owned(),
            "images have the commit as their tag",
        ),
    ];
    if answers.lambda == Lambda::Only {
        next.push(("cargo lambda watch".to_owned(), "the function on port 9000"));
        next.push((
            format!("cargo lambda build --release --bin {name} --output-format zip"),
            "",
        ));
        return next;
    }
    let image = &answers.image.name;
    if answers.image.is_example {
        let command =
            format!("sed -i 's|{image}|OWNER/{name}|' README.md ecs/task-definition.json");
        next.push((command, "with your name for the image"));
    }
    next.push(("cargo run".to_owned(), "the service on this machine"));
    next.extend(
        answers
            .library_image_command()
            .map(|it| (it, "without BuildKit only")),
    );
    next.push((answers.build_command(), ""));
    let image = format!("\"{image}:$(git rev-parse HEAD)\"");
    next.push((
        format!("docker tag {name} {image} && docker push {image}"),
        "",
    ));
    next.push((
        format!("cargo ecs up --image {image}"),
        "the service on AWS",
    ));
    next
}

fn files(count: usize) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{count} files"),
    }
}
