//! Commands in texts of this tool, such that pasted they act on the same account, region and service.
//!
//! Whoever words a fix knows what to do, and not what was given on the command line. So what was given is put into the
//! commands where they are printed.

use super::chosen::{Chosen, Subject, chosen};
use crate::aws::ecs::ServiceName;
use crate::aws::{Profile, Whereabouts};
use crate::deploy::Outcome;
use crate::doctor::Report;
use std::borrow::Cow;

/// What stands before a command, if not the beginning of a line. Anywhere else its name is prose.
const BEFORE: [char; 6] = [':', '`', '(', '&', ';', '|'];

/// What the `aws` command calls the APIs that fixes name. A word behind `aws` that is none of them is prose.
const APIS: [&str; 9] = [
    "cloudformation",
    "cloudwatch",
    "deploy",
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "logs",
    "secretsmanager",
];
/// Ways to log in, which know profiles and no regions.
const LOGINS: [&str; 2] = ["login", "sso"];

/// Commands of this tool on a service.
const OF_SERVICE: [&str; 13] = [
    "continue",
    "cost",
    "deploy",
    "diff",
    "doctor",
    "exec",
    "logs",
    "revisions",
    "rollback",
    "run",
    "scale",
    "status",
    "wait",
];
/// And on a stack.
const OF_STACK: [&str; 5] = ["down", "drill", "park", "unpark", "up"];

/// The text with what was given in each of its commands.
pub(super) fn completed(text: &str) -> String {
    complete(text, chosen())
}

/// The same of all fixes of an outcome.
pub(super) fn complete_outcome(outcome: &mut Outcome) {
    let cause = outcome.cause.iter_mut().map(|cause| &mut cause.fix);
    let refusals = outcome.refusals.iter_mut().map(|it| &mut it.fix);
    for text in cause.chain(refusals).chain(outcome.error.as_mut()) {
        *text = completed(text);
    }
    if let Some(report) = &mut outcome.preflight {
        complete_report(report);
    }
}

/// The same of all fixes of a report.
pub(super) fn complete_report(report: &mut Report) {
    let findings = report.checks.iter_mut().flat_map(|it| &mut it.findings);
    for fix in findings.filter_map(|it| it.fix.as_mut()) {
        *fix = completed(fix);
    }
}

fn complete(text: &str, chosen: &Chosen) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, program, after)) = next_command(rest) {
        whole += before;
        whole += program.name();
        // As far as the next one, a command's own options count.
        let own = next_command(after).map_or(after, |(own, _, _)| own);
        let own = own.lines().next().unwrap_or_default();
        rest = match program {
            Program::Aws => {
                whole += &of_aws(own, &chosen.whereabouts);
                after
            }
            Program::Ecs => {
                let end = after.find(|c: char| !c.is_ascii_lowercase());
                let (command, behind) = after.split_at(end.unwrap_or(after.len()));
                whole += &of_ecs((command, own), chosen);
                behind
            }
        };
    }
    whole + rest
}

#[derive(Clone, Copy)]
enum Program {
    Aws,
    Ecs,
}

impl Program {
    /// With the space behind it.
    fn name(self) -> &'static str {
        match self {
            Self::Aws => "aws ",
            Self::Ecs => "cargo ecs ",
        }
    }

    fn knows(self, command: &str) -> bool {
        match self {
            Self::Aws => APIS.contains(&command) || LOGINS.contains(&command),
            Self::Ecs => OF_SERVICE.contains(&command) || OF_STACK.contains(&command),
        }
    }
}

/// What stands before the first command, its program, and what stands behind that.
fn next_command(text: &str) -> Option<(&str, Program, &str)> {
    let all = [Program::Aws, Program::Ecs]
        .into_iter()
        .flat_map(|program| {
            let found = text.match_indices(program.name());
            found.map(move |(at, name)| (at, program, &text[at + name.len()..]))
        });
    let commands = all.filter(|(at, program, after)| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        let is_begun = match line.trim_end() {
            "" => true,
            before => before.ends_with(BEFORE) && !line.ends_with(':'),
        };
        let word = after.split(|c: char| !c.is_ascii_alphanumeric()).next();
        is_begun && program.knows(word.unwrap_or_default())
    });
    let (at, program, after) = commands.min_by_key(|(at, ..)| *at)?;
    Some((&text[..at], program, after))
}

/// The options before the name of an API.
fn of_aws(own: &str, whereabouts: &Whereabouts) -> String {
    let is_login = LOGINS.iter().any(|login| own.starts_with(login));
    let options = options(own, (whereabouts, "--endpoint-url"));
    let options = options.filter(|(option, _)| !is_login || *option == "--profile");
    options.map(|it| in_words(&it) + " ").collect()
}

/// The command with options behind its name.
fn of_ecs((command, own): (&str, &str), chosen: &Chosen) -> String {
    let subject = match &chosen.subject {
        Subject::Service {
            cluster, service, ..
        } if OF_SERVICE.contains(&command) => {
            let name = ServiceName { cluster, service };
            (!has(own, "--service")).then(|| name.arguments())
        }
        Subject::Stack(stack) if OF_SERVICE.contains(&command) => {
            let name = ServiceName {
                cluster: stack,
                service: stack,
            };
            (!has(own, "--service")).then(|| name.arguments())
        }
        Subject::Stack(stack) if !has(own, "--stack") => Some(format!("--stack {}", quoted(stack))),
        _ => None,
    };
    let options = options(own, (&chosen.whereabouts, "--endpoint"));
    let options = subject.into_iter().chain(options.map(|it| in_words(&it)));
    let options: String = options.map(|it| format!(" {it}")).collect();
    format!("{command}{options}")
}

/// What was given and is not there already.
fn options<'a>(
    own: &'a str,
    (whereabouts, endpoint): (&'a Whereabouts, &'static str),
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let given = [
        ("--profile", whereabouts.profile.as_ref().map(Profile::name)),
        ("--region", whereabouts.region.as_deref()),
        (endpoint, whereabouts.endpoint.as_deref()),
    ];
    let given = given
        .into_iter()
        .filter_map(|(option, value)| Some((option, value?)));
    given.filter(move |(option, _)| !has(own, option))
}

fn has(command: &str, option: &str) -> bool {
    command.split_whitespace().any(|word| word == option)
}

fn in_words((option, value): &(&str, &str)) -> String {
    format!("{option} {}", quoted(value))
}

/// As a shell takes it for one word.
fn quoted(text: &str) -> Cow<'_, str> {
    shlex::try_quote(text).unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory;

    fn chosen(subject: Subject) -> Chosen {
        Chosen {
            whereabouts: Whereabouts {
                profile: Some(Profile::Asked("two words".into())),
                region: Some("eu-west-1".into()),
                endpoint: Some("http://127.0.0.1:9".into()),
            },
            subject,
            ..Chosen::default()
        }
    }

    fn service() -> Subject {
        Subject::Service {
            cluster: "main".into(),
            service: "shop".into(),
            region: None,
        }
    }

    #[test]
    fn what_was_given_is_in_every_command() {
        let given = "--profile 'two words' --region eu-west-1";
        let cases = [
            (
                "look at the log: cargo ecs logs",
                format!("look at the log: cargo ecs logs --service shop --cluster main {given} --endpoint http://127.0.0.1:9"),
            ),
            (
                "cargo ecs scale 1 --service shop --cluster main; cargo ecs doctor.",
                format!(
                    "cargo ecs scale {given} --endpoint http://127.0.0.1:9 1 --service shop --cluster main; cargo \
                     ecs doctor --service shop --cluster main {given} --endpoint http://127.0.0.1:9."
                ),
            ),
            (
                "run: aws ecs update-service --service shop",
                format!("run: aws {given} --endpoint-url http://127.0.0.1:9 ecs update-service --service shop"),
            ),
            (
                "aws logs tail g --region us-east-1",
                "aws --profile 'two words' --endpoint-url http://127.0.0.1:9 logs tail g --region us-east-1".into(),
            ),
            (
                "run `aws sso login` or `aws login`",
                "run `aws --profile 'two words' sso login` or `aws --profile 'two words' login`".into(),
            ),
        ];
        for (text, whole) in cases {
            assert_eq!(complete(text, &chosen(service())), whole);
        }
    }

    #[test]
    fn a_stack_is_named_to_its_commands_and_its_service_to_the_others() {
        let chosen = Chosen {
            subject: Subject::Stack("shop".into()),
            ..Chosen::default()
        };
        for (text, whole) in [
            ("cargo ecs down", "cargo ecs down --stack shop"),
            ("cargo ecs status", "cargo ecs status --service shop"),
            ("cargo ecs down --stack a", "cargo ecs down --stack a"),
        ] {
            assert_eq!(complete(text, &chosen), whole);
        }
    }

    #[test]
    fn what_is_no_command_stays_as_it_is() {
        for text in [
            "the aws command takes them",
            "laws ecs have",
            "cargo ecs knows it",
            "and cargo ecs down waits again",
            "use aws ecs create-service, or cargo ecs deploy",
            "arn:aws:ecs:us-east-1:1:task/a",
            "",
        ] {
            assert_eq!(complete(text, &chosen(service())), text);
        }
    }

    #[test]
    fn every_command_is_known_as_one_of_a_service_or_of_a_stack() {
        for command in Cli::command().get_subcommands() {
            let has = |option: &str| command.get_arguments().any(|it| it.get_id() == option);
            let name = command.get_name();
            assert_eq!(has("service"), OF_SERVICE.contains(&name), "{name}");
            assert_eq!(has("stack"), OF_STACK.contains(&name), "{name}");
        }
    }

    #[test]
    fn every_api_that_a_text_names_is_known() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for line in text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"))
                {
                    for after in line.split("aws ").skip(1) {
                        let mut words =
                            after.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                        let (api, operation) =
                            (words.next().unwrap(), words.next().unwrap_or_default());
                        // An operation is several words in one.
                        if operation.contains('-') && !operation.starts_with('-') {
                            assert!(APIS.contains(&api), "{api}: {}", path.display());
                        }
                    }
                }
            }
        }
    }
}
