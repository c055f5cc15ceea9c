//! What was made, what was kept, and what comes next.

use super::Plan;
use crate::init::check::Secret;
use crate::init::{
    Answers, CI, Report, ReportedFile, Repository, Running, Step, registry_of, resource_of,
};
use crate::new::registry::Registry;
use crate::new::write::Fate;
use std::borrow::Cow;
use std::path::Path;

/// What the files are of.
pub(super) enum About {
    /// A repository with a Dockerfile.
    Answers(Box<Answers>),
    /// A service that runs.
    Service {
        name: String,
        cluster: String,
        running: Running,
    },
}

/// The commit, as a shell puts it in.
const COMMIT: &str = "$(git rev-parse HEAD)";

/// What is said at the end.
pub(super) fn told(plan: &Plan, fates: Vec<(String, Fate)>, is_dry_run: bool) -> Report {
    let notes = match &plan.about {
        About::Answers(answers) => notes(answers),
        About::Service { running, .. } => vec![format!(
            "the container {} has the image {}: deploy puts the commit there",
            running.container, running.image
        )],
    };
    let next = match &plan.about {
        _ if is_dry_run => Vec::new(),
        About::Answers(answers) => of_answers(plan, answers, &fates),
        About::Service { name, cluster, .. } => of_service(name, cluster),
    };
    let files = fates.into_iter();
    let root = &plan.repository.root;
    Report {
        root: root.display().to_string(),
        is_dry_run,
        files: files
            .map(|(path, fate)| ReportedFile { path, fate })
            .collect(),
        notes,
        next,
    }
}

fn step(what: &str, command: impl Into<String>) -> Step {
    Step {
        what: what.to_owned(),
        command: command.into(),
    }
}

fn of_answers(plan: &Plan, answers: &Answers, fates: &[(String, Fate)]) -> Vec<Step> {
    let Answers { name, image, .. } = answers;
    let repository = &plan.repository;
    let mut steps = Vec::new();
    if plan.folder != Path::new("") {
        let root = quoted(&repository.root.to_string_lossy());
        let what = "go to the root, where these commands belong";
        steps.push(step(what, format!("cd {root}")));
    }
    steps.push(step("check what was made", "cargo ecs doctor --offline"));
    if !repository.has_git {
        steps.push(step("have commits that name images", "git init"));
    }
    steps.extend(commit(repository, fates));
    steps.extend(login(answers));
    steps.push(step(
        "build the image and push it",
        format!(
            "docker buildx build --platform linux/{} --tag \"{image}:{COMMIT}\" --push {}",
            answers.platform(),
            answers.build.arguments()
        ),
    ));
    steps.push(step(
        "make the stack, which costs from now on (cargo ecs cost)",
        format!("cargo ecs up --image \"{image}:{COMMIT}\""),
    ));
    steps.extend(
        answers
            .secrets
            .iter()
            .filter_map(|secret| put(name, secret)),
    );
    steps.push(step(
        "deploy a later commit",
        format!("cargo ecs deploy \"{COMMIT}\""),
    ));
    if let (Some(github), true) = (&answers.github, answers.has_workflows) {
        steps.push(step("let the workflows deploy", role(answers, github)));
    }
    steps
}

fn of_service(service: &str, cluster: &str) -> Vec<Step> {
    let place = if service == cluster {
        format!("--service {service}")
    } else {
        format!("--service {service} --cluster {cluster}")
    };
    let deploy = format!("cargo ecs deploy \"{COMMIT}\" --definition ecs/task-definition.json");
    vec![
        step("check the service", format!("cargo ecs doctor {place}")),
        step("see that the file says what runs", "cargo ecs diff"),
        step("deploy a commit with what the file says", deploy),
    ]
}

/// What has to be known besides.
fn notes(answers: &Answers) -> Vec<String> {
    let mut notes = Vec::new();
    let registry = registry_of(&answers.image);
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
    let Some(registry) = registry else {
        notes.push(
            "no workflows were made: they can push images to Docker Hub, ECR and ghcr.io"
                .to_owned(),
        );
        return notes;
    };
    if answers.has_image_workflow {
        notes.push(format!("{CI} makes the images, so no image.yml was made"));
    }
    let own = match registry {
        Registry::Dockerhub => {
            ", DOCKERHUB_USERNAME and the secret DOCKERHUB_TOKEN of the repository"
        }
        Registry::Ecr => {
            ", AWS_PUSH_ROLE_ARN and AWS_REGION of the repository; outputs of the role's stack have the ARNs"
        }
        Registry::Ghcr => "",
    };
    notes.push(format!(
        "the workflows need the variables AWS_ROLE_ARN and AWS_REGION of the environment production{own}"
    ));
    notes
}

/// How the files are committed, if they are not, and none of anybody else's.
fn commit(repository: &Repository, fates: &[(String, Fate)]) -> Option<Step> {
    let own = fates.iter().filter(|(_, fate)| *fate != Fate::Kept);
    let own: Vec<&str> = own.map(|(path, _)| path.as_str()).collect();
    let is_needed = !own.is_empty() && repository.has_uncommitted(own.iter().copied());
    let files = own.join(" ");
    let command = format!("git add {files} && git commit --message \"Deploy with cargo ecs\"");
    is_needed.then(|| step("commit it", command))
}

/// How docker gets to a registry of ECR, whose passwords last for half a day.
fn login(answers: &Answers) -> Option<Step> {
    let arn = answers.ecr_arn()?;
    let region = arn.split(':').nth(3)?;
    let (host, _) = answers.image.split_once('/')?;
    let command = format!(
        "aws ecr get-login-password --region {region} | docker login --username AWS --password-stdin {host}"
    );
    Some(step("log in to ECR, for 12 hours", command))
}

/// How the role of the workflows is made.
fn role(answers: &Answers, github: &str) -> String {
    let name = &answers.name;
    let push = answers.ecr_arn().map(|arn| {
        let branch = match answers.branch.as_str() {
            // The template's default.
            "main" => String::new(),
            branch => format!(" Branch={branch}"),
        };
        format!(" EcrRepositoryArn={arn} AllowPush=true{branch}")
    });
    format!(
        "aws cloudformation deploy --template-file ecs/github-oidc.yaml --stack-name {name}-github \
         --parameter-overrides Repository={github} Service={name}{} --capabilities CAPABILITY_NAMED_IAM",
        push.unwrap_or_default()
    )
}

/// How a secret that the stack makes gets its value, which is typed and so in no history.
fn put(stack: &str, secret: &Secret) -> Option<Step> {
    let resource = secret.arn.is_none().then(|| resource_of(&secret.name))?;
    let command = format!(
        "aws secretsmanager put-secret-value --secret-id \"$(aws cloudformation describe-stack-resource --stack-name {stack} \
         --logical-resource-id {resource} --query StackResourceDetail.PhysicalResourceId --output text)\" --secret-string \
         \"$(read -rsp '{}: ' value && printf %s \"$value\")\"",
        secret.name
    );
    Some(step(
        "set a secret's value (in bash), for cargo ecs deploy --refresh; it is a random one",
        command,
    ))
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| String::new(), Cow::into_owned)
}
