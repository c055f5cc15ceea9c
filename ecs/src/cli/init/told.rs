//! What was made, what was kept, and what comes next.

use crate::init::check::Secret;
use crate::init::{Answers, Registry, Repository, Running, resource_of};
use crate::new::write::{Fate, NewFile};
use std::collections::BTreeSet;

/// What is said at the end.
pub(super) struct Told {
    /// What holds for the files, in sentences.
    notes: Vec<String>,
    /// What to do, each with its command.
    steps: Vec<(&'static str, String)>,
}

/// The commit, as a shell puts it in.
const COMMIT: &str = "$(git rev-parse HEAD)";

impl Told {
    pub(super) fn of_answers(
        repository: &Repository,
        answers: &Answers,
        files: &[NewFile],
    ) -> Self {
        let Answers { name, image, .. } = answers;
        let mut steps = vec![(
            "check what was made",
            "cargo ecs doctor --offline".to_owned(),
        )];
        if !repository.has_git {
            steps.push(("have commits that name images", "git init".into()));
        }
        let folders = folders(files);
        steps.push((
            "commit it",
            format!("git add {folders} && git commit --message \"Deploy with cargo ecs\""),
        ));
        let platform = if answers.architecture == "ARM64" {
            "arm64"
        } else {
            "amd64"
        };
        steps.push((
            "build the image and push it",
            format!(
                "docker buildx build --platform linux/{platform} --tag \"{image}:{COMMIT}\" --push {}",
                answers.build.arguments()
            ),
        ));
        steps.push((
            "make the stack, which costs from now on (cargo ecs cost)",
            format!("cargo ecs up --image \"{image}:{COMMIT}\""),
        ));
        for secret in &answers.secrets {
            steps.extend(put(name, secret));
        }
        steps.push((
            "deploy a later commit",
            format!("cargo ecs deploy \"{COMMIT}\""),
        ));
        let notes = notes(answers);
        if let (Some(github), true) = (&answers.github, answers.has_workflows) {
            steps.push((
                "let the workflows deploy",
                format!(
                    "aws cloudformation deploy --template-file ecs/github-oidc.yaml --stack-name {name}-github \
                     --parameter-overrides Repository={github} Service={name} --capabilities CAPABILITY_NAMED_IAM"
                ),
            ));
        }
        Self { notes, steps }
    }

    pub(super) fn of_service((service, cluster): (&str, &str), running: &Running) -> Self {
        let place = if service == cluster {
            format!("--service {service}")
        } else {
            format!("--service {service} --cluster {cluster}")
        };
        let notes = vec![format!(
            "the container {} has the image {}: deploy puts the commit there",
            running.container, running.image
        )];
        let steps = vec![
            ("check the service", format!("cargo ecs doctor {place}")),
            ("see that the file says what runs", "cargo ecs diff".into()),
            (
                "deploy a commit with what the file says",
                format!("cargo ecs deploy \"{COMMIT}\" --definition ecs/task-definition.json"),
            ),
        ];
        Self { notes, steps }
    }

    pub(super) fn text(&self, fates: &[(String, Fate)], is_dry: bool) -> String {
        let mut text = String::new();
        for (file, fate) in fates {
            let what = match (fate, is_dry) {
                (Fate::Made, false) => "made      ",
                (Fate::Made, true) => "would make",
                (Fate::Unchanged, _) => "unchanged ",
                (Fate::Kept, _) => "kept      ",
            };
            text += &format!("{what}  {file}");
            if *fate == Fate::Kept {
                text += ", which differs from what would be written; move it away to have it made";
            }
            text.push('\n');
        }
        for note in &self.notes {
            text += &format!("\n{note}\n");
        }
        if is_dry {
            return text;
        }
        text += "\nnext:\n";
        for ((what, command), number) in self.steps.iter().zip(1..) {
            text += &format!("  {number}. {what}\n     {command}\n");
        }
        text
    }
}

/// What else has to be known.
fn notes(answers: &Answers) -> Vec<String> {
    let mut notes = Vec::new();
    let registry = Registry::of(&answers.image);
    if registry == Some(Registry::Ghcr) {
        notes.push(
            "ECS pulls from ghcr.io as anyone does: make the package public, or give the stack RegistrySecretArn".to_owned(),
        );
    }
    if !answers.has_workflows {
        notes.push(
            "the repository is not on GitHub, so no workflows were made; --github OWNER/NAME makes them".to_owned(),
        );
        return notes;
    }
    if answers.github.is_none() {
        notes.push(
            "the repository's name on GitHub is unknown: --github OWNER/NAME tells it, for the role of the workflows"
                .to_owned(),
        );
    }
    notes.push(match registry {
        None => "no workflows were made: they can push images to Docker Hub, ECR and ghcr.io".to_owned(),
        Some(registry) => {
            let own = match registry {
                Registry::Dockerhub => ", DOCKERHUB_USERNAME and the secret DOCKERHUB_TOKEN of the repository",
                Registry::Ecr => ", AWS_PUSH_ROLE_ARN and AWS_REGION of the repository (EcrRepositoryArn and AllowPush=true of ecs/github-oidc.yaml)",
                Registry::Ghcr => "",
            };
            format!("the workflows need the variables AWS_ROLE_ARN and AWS_REGION of the environment production{own}")
        }
    });
    notes
}

/// The folders in the root that the files are in.
fn folders(files: &[NewFile]) -> String {
    let folders = files.iter().filter_map(|file| file.path.split('/').next());
    let folders: BTreeSet<&str> = folders.collect();
    folders.into_iter().collect::<Vec<_>>().join(" ")
}

/// How a secret that the stack makes gets its value, which is typed and so in no history.
fn put(stack: &str, secret: &Secret) -> Option<(&'static str, String)> {
    let resource = secret.arn.is_none().then(|| resource_of(&secret.name))?;
    let command = format!(
        "aws secretsmanager put-secret-value --secret-id \"$(aws cloudformation describe-stack-resource --stack-name {stack} \
         --logical-resource-id {resource} --query StackResourceDetail.PhysicalResourceId --output text)\" --secret-string \
         \"$(read -rsp '{}: ' value && printf %s \"$value\")\"",
        secret.name
    );
    Some((
        "set a secret's value (in bash), for cargo ecs deploy --refresh; it is a random one",
        command,
    ))
}
