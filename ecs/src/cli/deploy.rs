//! `cargo ecs deploy` and `cargo ecs rollback`.

use super::error::{CliError, failed};
use super::github::GitHub;
use super::progress::Lines;
use super::service::{RegistryArgs, ServiceArgs, access};
use super::{interrupt, outcome};
use crate::deploy::{Begun, Order, Outcome, Target, Wanted, deploy, roll_back};
use clap::Args;
use std::process::ExitCode;
use std::time::Duration;

/// Deploy a commit or an image, and wait for the truth
#[derive(Args, Debug)]
#[command(after_help = DEPLOY_HELP)]
pub(super) struct Deploy {
    /// A commit, which is the tag of the image that the service has, or a whole image
    #[arg(value_name = "SHA|IMAGE")]
    wanted: String,

    #[command(flatten)]
    common: Common,
}

/// Go back to the last deployment that was good, and wait for the truth
#[derive(Args, Debug)]
#[command(after_help = ROLLBACK_HELP)]
pub(super) struct Rollback {
    /// A revision (12, or shop:12) or a commit to go back to
    #[arg(long, value_name = "REVISION|SHA")]
    to: Option<String>,

    #[command(flatten)]
    common: Common,
}

#[derive(Args, Debug)]
struct Common {
    #[command(flatten)]
    service: ServiceArgs,

    #[command(flatten)]
    registry: RegistryArgs,

    /// Deploy also where the desired count is 0
    #[arg(long)]
    allow_parked: bool,

    /// How many seconds to wait for the end; ECS goes on after that
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    timeout: u64,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Print the outcome as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    github: GitHub,
}

const DEPLOY_HELP: &str = "\
Refuses before anything is touched if the image or the way to the service is not sound. Registers one revision that
differs in the image, updates the service once, never touches the desired count, and follows the deployment to its
end.

Exit codes: 0 deployed, 1 an error, 10 rolled back, 11 the rollback failed, 12 failed without rollback, 13 stopped by
hand, 14 superseded, 15 timed out, 16 not allowed, 17 parked, 18 refused by the preflight.

Examples:
  cargo ecs deploy 3f1c9e7 --service shop
  cargo ecs deploy me/shop:3f1c9e7 --service shop --cluster main --timeout 600
  cargo ecs deploy 3f1c9e7 --service shop --dry-run";

const ROLLBACK_HELP: &str = "\
The image of the revision has to exist still. Exit codes as of deploy.

Examples:
  cargo ecs rollback --service shop
  cargo ecs rollback --service shop --to 12
  cargo ecs rollback --service shop --to 3f1c9e7";

impl Deploy {
    pub(super) async fn run(self) -> ExitCode {
        let wanted = match Wanted::parse(&self.wanted) {
            Ok(wanted) => wanted,
            Err(error) => {
                anstream::eprintln!("the image {:?} {error}", self.wanted);
                return ExitCode::from(2);
            }
        };
        self.common
            .carry_out(&self.common.order(wanted), None)
            .await
    }
}

impl Rollback {
    pub(super) async fn run(self) -> ExitCode {
        let is_revision =
            |to: &String| to.contains(':') || to.len() < 7 && to.parse::<u32>().is_ok();
        match self.to {
            // A commit is gone back to by deploying it: its revision may not be there any more.
            Some(commit) if !is_revision(&commit) => {
                let order = self.common.order(Wanted::Commit(commit));
                self.common.carry_out(&order, None).await
            }
            to => {
                let target = to.map_or(Target::LastGood, Target::Revision);
                let order = self.common.order(Wanted::Commit(String::new()));
                self.common.carry_out(&order, Some(target)).await
            }
        }
    }
}

impl Common {
    fn order(&self, wanted: Wanted) -> Order {
        let commit = match &wanted {
            Wanted::Commit(commit) => Some(commit.clone()),
            Wanted::Image(image) => image.tag.clone(),
        };
        let tags = [
            ("dualrun:commit", commit),
            ("dualrun:run", self.github.run()),
        ];
        let tags = tags
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Order {
            service: self.service.service.clone(),
            cluster: self.service.cluster().to_owned(),
            wanted,
            tags: tags.collect(),
            dry_run: self.dry_run,
            allow_parked: self.allow_parked,
            timeout: Duration::from_secs(self.timeout),
            begun: Begun::default(),
        }
    }

    async fn carry_out(&self, order: &Order, target: Option<Target>) -> ExitCode {
        match self.outcome(order, target).await {
            Ok(None) => ExitCode::from(interrupt::CODE),
            Ok(Some(outcome)) => {
                outcome::print(&outcome, self.json);
                self.github.report(&outcome);
                ExitCode::from(outcome.verdict.code())
            }
            Err(error) => failed(&error),
        }
    }

    async fn outcome(
        &self,
        order: &Order,
        target: Option<Target>,
    ) -> Result<Option<Outcome>, CliError> {
        let (aws, client) = access().await?;
        let registry = self.registry.registry(client);
        let mut progress = Lines::new();
        let work = async {
            match &target {
                None => deploy(&aws, &registry, order, &mut progress).await,
                Some(target) => roll_back(&aws, &registry, order, target, &mut progress).await,
            }
        };
        Ok(interrupt::unless_interrupted(&aws, order, work).await)
    }
}
