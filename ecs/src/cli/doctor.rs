//! `cargo ecs doctor`.

use super::chosen::{Subject, chosen};
use super::defaults::Defaults;
use super::error::{CliError, failed};
use super::parameters::Parameters;
use super::service::{RegistryArgs, access};
use super::service_id::ServiceId;
use super::upwards::{DEFINITION, TEMPLATE, found, looked_in};
use super::{commit, paste, say, terminal};
use crate::aws::Cloud;
use crate::chain::chain;
use crate::doctor::{Report, examine, is_on_dualrun, look_up_images};
use crate::facts::Facts;
use crate::files::{self, Wanted};
use crate::image::Reference;
use crate::live;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Nothing could be checked.
const NOT_CHECKED: u8 = 2;

/// Check, in the order in which things break: image exists, image name, container port, service attached to the
/// load balancer, security groups chained
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Doctor {
    /// A template, a task definition, a plan of Terraform, or a folder with them, of any project [default: --template and --definition]
    #[arg(conflicts_with_all = ["service", "template", "definition"])]
    path: Option<PathBuf>,

    /// Check a plan of Terraform, as terraform show -json prints it; - is the standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "service", "template", "definition", "parameters"])]
    plan: Option<PathBuf>,

    /// Check this service in AWS instead of the files: its name, or its ARN, which names the cluster and the region too
    #[arg(long, value_name = "NAME", value_parser = ServiceId::parser())]
    service: Option<ServiceId>,

    /// The service's cluster [default: the service's name]
    #[arg(long, value_name = "NAME", requires = "service")]
    cluster: Option<String>,

    /// The repository that the image should be in [default: the one in the task definition's file]
    #[arg(long, value_name = "REPOSITORY")]
    image: Option<String>,

    /// The commit that should run [default: of files, the one that is checked out]
    #[arg(long)]
    sha: Option<String>,

    /// Ask no registry
    #[arg(long)]
    offline: bool,

    /// The CloudFormation template
    #[arg(long, value_name = "FILE", default_value = TEMPLATE)]
    template: PathBuf,

    /// A parameter of the template, instead of what [parameters] in ecs/ecs.toml says of it
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = super::parameter)]
    parameters: Vec<(String, String)>,

    /// The service or task definition to check, by its name in the template or its address in the plan, where that has several
    #[arg(long, value_name = "NAME", conflicts_with = "service")]
    resource: Option<String>,

    /// The task definition for those who deploy without the stack
    #[arg(long, value_name = "FILE", default_value = DEFINITION)]
    definition: PathBuf,

    #[command(flatten)]
    registry: RegistryArgs,

    /// Print JSON; ecs/doctor.schema.json describes it
    #[arg(long)]
    json: bool,

    /// Print the way from the clients to the image as a Mermaid flowchart, with what has failed marked
    #[arg(long, conflicts_with = "json")]
    picture: bool,
}

const AFTER_HELP: &str = "\
Exit codes: 0 nothing has failed (warnings may be there), 1 a check has failed, 2 nothing could be checked.

Examples:
  cargo ecs doctor                                    the files, for the commit that is checked out
  cargo ecs doctor --offline                          the same, without asking a registry
  cargo ecs doctor cdk.out --resource Api             the service Api of somebody's template
  terraform show -json shop.tfplan | cargo ecs doctor --plan -
                                                      what a plan of Terraform would make
  cargo ecs doctor --service shop                     the service shop in the cluster shop
  cargo ecs doctor --service api --cluster main --image me/api --json
  cargo ecs doctor --service shop --picture           the way to the service, for a page that draws Mermaid";

impl Doctor {
    pub(super) fn subject(&self) -> Subject {
        match &self.service {
            Some(service) => Subject::Service {
                cluster: service.cluster(self.cluster.as_deref()).to_owned(),
                service: service.name.clone(),
                region: service.region.clone(),
            },
            None => Subject::Other,
        }
    }

    pub(super) async fn run(self, defaults: &Defaults) -> ExitCode {
        match self.report(defaults).await {
            Ok(mut report) => {
                paste::complete_report(&mut report);
                self.print(&report);
                if report.ok {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::FAILURE
                }
            }
            Err(error) => {
                failed(&error, self.json);
                ExitCode::from(NOT_CHECKED)
            }
        }
    }

    fn print(&self, report: &Report) {
        if self.json {
            say::json(report);
        } else if self.picture {
            say::out(&report.picture);
        } else {
            say::out_styled(report, terminal::OWN);
        }
    }

    async fn report(&self, defaults: &Defaults) -> Result<Report, CliError> {
        let client = crate::http::client(chosen().limit)?;
        let registry = self.registry.registry(client);
        let (mut all, subject) = match &self.service {
            Some(service) => {
                let cluster = service.cluster(self.cluster.as_deref());
                let name = &service.name;
                let (aws, _) = access().await?;
                let facts = self.live(&aws, cluster, name).await?;
                let subject = format!("service {name} in cluster {cluster}, {}", aws.region());
                (vec![facts], subject)
            }
            None => self.files(defaults).await?,
        };
        for facts in &mut all {
            look_up_images(facts, Some(&registry).filter(|_| !self.offline)).await;
        }
        Ok(examine(&all, &subject))
    }

    async fn live(
        &self,
        aws: &impl Cloud,
        cluster: &str,
        service: &str,
    ) -> Result<Facts, CliError> {
        let mut facts = live::facts_of(aws, cluster, service).await?;
        facts.expected_repository = self.image.clone().or_else(|| self.repository_of(&facts));
        facts.expected_tag.clone_from(&self.sha);
        Ok(facts)
    }

    /// Of the file, if that is about the same family.
    fn repository_of(&self, facts: &Facts) -> Option<String> {
        let definition = found(&self.definition, DEFINITION);
        let (definition, _) = files::definition_file(&definition).ok()?;
        let definition = definition.read().ok()?;
        let of_file = Facts {
            definition,
            ..Facts::default()
        };
        let is_same = of_file.definition.family == facts.definition.family;
        let image = &of_file.main_container().filter(|_| is_same)?.image;
        Some(image.parse::<Reference>().ok()?.name())
    }

    /// What is in files, and their names.
    async fn files(&self, defaults: &Defaults) -> Result<(Vec<Facts>, String), CliError> {
        let template = found(&self.template, TEMPLATE);
        let definition = found(&self.definition, DEFINITION);
        let has_none = [(&template, TEMPLATE), (&definition, DEFINITION)]
            .iter()
            .all(|(file, default)| file.as_path() == Path::new(default) && !file.exists());
        if self.path.is_none() && self.plan.is_none() && has_none {
            return Err(CliError::NoFile {
                file: format!("{TEMPLATE} and no {DEFINITION}"),
                place: looked_in(),
            });
        }
        let (files, sha) = match (&self.path, &self.plan) {
            // Other people's commits are not the one that is checked out here.
            (Some(path), _) => (files::find(path)?, self.sha.clone()),
            (None, Some(plan)) => (files::find_plan(plan)?, self.sha.clone()),
            (None, None) => (
                files::find_both(&template, &definition, &[TEMPLATE, DEFINITION])?,
                self.sha.clone().or_else(commit::checked_out),
            ),
        };
        let mut places = Vec::new();
        let parameters = match &files.template {
            Some((file, template)) => {
                let given = Parameters::new(&self.parameters, defaults, file);
                places = given.places(defaults);
                given.checked(template)?
            }
            None => self.parameters.clone(),
        };
        let chosen = chosen();
        let usual_region = chosen.whereabouts.usual_region().await;
        let wanted = Wanted {
            region: chosen.asked_region.as_deref(),
            usual_region: usual_region.as_deref(),
            parameters: &parameters,
            places: &places,
            resource: self.resource.as_deref(),
            repository: self.image.as_deref(),
            tag: sha.as_deref(),
        };
        for error in &files.skipped {
            say::err(format_args!("not checked: {}", chain(error)));
        }
        let mut all = files::facts(&files, wanted)?;
        let template = files.template.as_ref().map(|(file, _)| file);
        let definition = files.definition.as_ref().map(|(file, _)| file);
        let is_own = self.path.is_none() && template.is_some() && definition.is_some();
        for facts in &mut all {
            // What `init` has written for another server knows nothing of this one's defaults.
            facts.is_of_files = is_own && is_on_dualrun(facts);
        }
        let plan = files.plan.as_ref().map(|(file, _)| file);
        let names = template.into_iter().chain(definition).chain(plan);
        let names = names.map(|file| match file.to_str() {
            Some("-") => "the plan on standard input".to_owned(),
            _ => file.display().to_string(),
        });
        let names: Vec<String> = names.collect();
        Ok((all, names.join(" and ")))
    }
}
