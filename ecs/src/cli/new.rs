//! `cargo ecs new`.

use super::error::{CliError, failed};
use super::say;
use crate::new::answers::{Answers, Image, Lambda, License, Port};
use crate::new::library::{BadLibrary, Library, plain, requirement};
use crate::new::make::{Extent, Made, make};
use crate::new::name::Name;
use crate::new::registry::Registry;
use crate::new::write::Fate;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a service of your own, with all that it needs to run on ECS, in a new folder
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(super) struct New {
    /// What the service, its folder, its stack and its image are called, or . for the folder that you are in
    #[arg(value_name = "NAME", value_parser = place)]
    place: Place,

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

    #[arg(long, help = format!("The port that it listens on [default: {}]", Port::DEFAULT))]
    port: Option<Port>,

    /// What others may do with the code
    #[arg(long, value_enum, default_value_t = License::None)]
    license: License,

    /// Take dualrun from this release [default: from where this tool has it]
    #[arg(long, value_name = "VERSION", value_parser = requirement, conflicts_with_all = ["library_git", "library_path"])]
    library_version: Option<String>,

    /// Take dualrun from a git repository
    #[arg(long, value_name = "URL", value_parser = plain, conflicts_with = "library_path")]
    library_git: Option<String>,

    /// The commit in that repository
    #[arg(long, value_name = "REV", value_parser = plain, requires = "library_git")]
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

/// Where the service is to be.
#[derive(Clone, Debug)]
struct Place {
    name: Name,
    folder: PathBuf,
    /// If one is in that folder.
    is_here: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Vcs {
    Git,
    None,
}

const AFTER_HELP: &str = "\
Nothing is overwritten. The folder is new, or has nothing but a git repository in it. In one that has the service already, only
files are made that are not there.

Exit codes: 0 made, 1 nothing was made, 2 wrong arguments.

Examples:
  cargo ecs new shop --image me/shop
  cargo ecs new shop --image ghcr.io/me/shop --database --port 8080
  git clone https://github.com/me/shop && cd shop && cargo ecs new .
  cargo ecs new mailer --lambda only --license both";

impl New {
    pub(super) fn run(self) -> ExitCode {
        match self.made() {
            Ok((answers, made)) => {
                say::out(if self.dry_run {
                    self.place.listed(&made)
                } else {
                    self.place.told(&answers, &made)
                });
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error, false),
        }
    }

    fn made(&self) -> Result<(Answers, Made), CliError> {
        if let Some(option) = self.of_container().filter(|_| self.lambda == Lambda::Only) {
            return Err(CliError::NoContainer(option));
        }
        let name = &self.place.name;
        let answers = Answers {
            image: Image::new(name, self.image.as_deref(), self.registry)?,
            name: name.clone(),
            lambda: self.lambda,
            has_database: self.database,
            port: self.port.unwrap_or(Port::DEFAULT),
            license: self.license,
            library: self.library()?,
        };
        let extent = Extent {
            is_dry: self.dry_run,
            wants_repository: self.vcs == Vcs::Git,
        };
        let made = make(&self.place.folder, &answers, extent)?;
        Ok((answers, made))
    }

    /// An option that a function has no use for.
    fn of_container(&self) -> Option<&'static str> {
        let given = [
            ("--image", self.image.is_some()),
            ("--registry", self.registry.is_some()),
            ("--port", self.port.is_some()),
        ];
        given
            .iter()
            .find(|(_, is_given)| *is_given)
            .map(|(option, _)| *option)
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

/// The folder of a name, or for `.` the one that one is in, with its own.
fn place(text: &str) -> Result<Place, String> {
    if text != "." {
        let name: Name = text.parse().map_err(|error| format!("{error}"))?;
        return Ok(Place {
            folder: Path::new(".").join(name.as_str()),
            name,
            is_here: false,
        });
    }
    let folder = Path::new(".").canonicalize();
    let folder = folder.map_err(|error| format!("cannot tell where this folder is: {error}"))?;
    let own = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = own.parse::<Name>().map_err(|error| {
        format!("this folder is called {own:?}, which cannot be the service's name: {error}")
    })?;
    Ok(Place {
        name,
        folder,
        is_here: true,
    })
}

impl Place {
    /// A file of the service, from where one is.
    fn path(&self, file: &str) -> String {
        if self.is_here {
            file.to_owned()
        } else {
            format!("{}/{file}", self.name)
        }
    }

    /// What a dry run says.
    fn listed(&self, made: &Made) -> String {
        let lines = made.files.iter().map(|(path, fate)| {
            let what = match fate {
                Fate::Made => "would make",
                Fate::Unchanged => "unchanged ",
                Fate::Kept => "would keep",
            };
            format!("{what}  {}\n", self.path(path))
        });
        let mut text: String = lines.collect();
        if made.has_new_repository {
            text += &format!("would make  {}\n", self.path(".git"));
        }
        text
    }

    /// What was made, and what comes next.
    fn told(&self, answers: &Answers, made: &Made) -> String {
        let name = &self.name;
        let count = |wanted: Fate| {
            let fates = made.files.iter().map(|(_, fate)| *fate);
            fates.filter(|fate| *fate == wanted).count()
        };
        let mut text = format!("{name}: {} made", files(count(Fate::Made)));
        if count(Fate::Unchanged) > 0 {
            text += &format!(", {} unchanged", files(count(Fate::Unchanged)));
        }
        text += if made.has_new_repository {
            ", with a git repository\n"
        } else {
            "\n"
        };
        for (path, _) in made.files.iter().filter(|(_, fate)| *fate == Fate::Kept) {
            let path = self.path(path);
            text += &format!("{path}: kept, and differs from what would be made\n");
        }
        if let Some(root) = &made.within {
            text += &format!(
                "{name} is inside of the repository {}: GitHub runs workflows of its root only, so move {} there\n",
                root.display(),
                self.path(".github")
            );
        }
        text += "\nnext:\n";
        if !self.is_here {
            text += &format!("  cd {name}\n");
        }
        for (command, why) in next(answers) {
            text += &if why.is_empty() {
                format!("  {command}\n")
            } else {
                format!("  {command:<42} # {why}\n")
            };
        }
        text + &format!(
            "{} has them all, with those for GitHub.\n",
            self.path("README.md")
        )
    }
}

fn next(answers: &Answers) -> Vec<(String, &'static str)> {
    let name = &answers.name;
    let mut next = vec![
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
    let mut up = format!("cargo ecs up --image {image}");
    if answers.has_database {
        let secret = format!(
            "read -rs -p 'URL of the database: ' url; arn=$(aws secretsmanager create-secret --name {name}-database-url \
             --secret-string \"$url\" --query ARN --output text)"
        );
        next.push((secret, ""));
        up += " --parameter DatabaseUrlArn=\"$arn\"";
    }
    next.push((up, "the service on AWS"));
    next
}

fn files(count: usize) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{count} files"),
    }
}
