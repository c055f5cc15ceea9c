//! `cargo ecs down`.

use super::caller::{Access, ByCaller, access_to_change};
use super::confirm::confirm;
use super::error::{CliError, failed};
use super::interrupt::unless_ended;
use super::paste::completed;
use super::progress::Lines;
use super::say;
use super::signals::Signals;
use crate::aws::{Caller, Cloud};
use crate::chain::chain;
use crate::stack::{Left, Resource, Stopped, Teardown, down, teardown, verified};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::json;
use std::process::ExitCode;
use std::time::Duration;

/// Take the stack down: everything in it, the secret and the log for good
#[derive(Args, Debug)]
#[command(after_help = "\
Shows what goes and what the template has CloudFormation keep, and asks. Refuses before any task is stopped if the stack has
termination protection, or if nothing in it has the tag of this tool.

Exit codes: 0 it is gone, 1 it is not, or --verify has found something that costs, 130 interrupted.

Examples:
  cargo ecs down --stack shop --verify
  cargo ecs down --stack shop --dry-run     what would go, and what would stay")]
pub(super) struct Down {
    /// The stack
    #[arg(long, value_name = "NAME", env = "ECS_SERVICE", value_parser = NonEmptyStringValueParser::new())]
    pub(super) stack: String,

    /// Look for what is left afterwards
    #[arg(long)]
    verify: bool,

    /// Say what would go, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Delete a stack that is not known as this tool's, too
    #[arg(long)]
    foreign: bool,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    /// Print as JSON what is left, or what would go
    #[arg(long)]
    json: bool,

    /// How many seconds to wait for the end
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, value_parser = super::seconds())]
    timeout: u64,
}

/// What has become of it.
enum End {
    /// Nobody wanted it.
    Declined,
    /// It was only to be looked at.
    Looked(Box<Teardown>),
    /// It is gone; what is left, if that was asked for.
    Gone(Vec<Left>),
}

impl Down {
    pub(super) async fn run(self) -> ExitCode {
        match self.taken_down().await {
            Ok(ByCaller { result, caller }) => self.print(&result, caller),
            Err(error) => failed(&error, self.json),
        }
    }

    async fn taken_down(&self) -> Result<ByCaller<End>, CliError> {
        let looked = async {
            let Access { aws, caller, .. } = access_to_change().await?;
            let end = self.looked(&aws).await?;
            Ok((aws, caller, end))
        };
        let (aws, caller, looked) = unless_ended(looked).await?;
        let result = match looked {
            Ok(teardown) => End::Gone(self.delete(&aws, &teardown).await?),
            Err(end) => end,
        };
        Ok(ByCaller { result, caller })
    }

    /// What is to go; the end, if that is nothing.
    async fn looked(&self, aws: &impl Cloud) -> Result<Result<Teardown, End>, CliError> {
        let teardown = teardown(aws, &self.stack).await?;
        if self.dry_run {
            return Ok(Err(End::Looked(Box::new(teardown))));
        }
        if let Err(refused) = teardown.check(self.foreign) {
            say::err(in_words(&teardown));
            return Err(refused.into());
        }
        if !self.yes && !confirm(&in_words(&teardown)).await {
            return Ok(Err(End::Declined));
        }
        Ok(Ok(teardown))
    }

    /// Takes it down. What is left, if that was asked for.
    async fn delete(&self, aws: &impl Cloud, teardown: &Teardown) -> Result<Vec<Left>, CliError> {
        let timeout = Duration::from_secs(self.timeout);
        let mut signals = Signals::listen();
        let mut lines = Lines::new();
        let watched = lines.watched();
        tokio::select! {
            gone = down(aws, teardown, timeout, &mut lines) => gone?,
            _ = signals.next() => return Err(CliError::Interrupted(self.left_alone(&watched.stopped()))),
        }
        if !self.verify {
            return Ok(Vec::new());
        }
        tokio::select! {
            left = verified(aws, &teardown.tag) => Ok(left?),
            _ = signals.next() => Err(CliError::Interrupted(format!(
                "interrupted; {} is gone; look again for what is left: {}",
                self.stack,
                self.again()
            ))),
        }
    }

    /// What goes on without anybody waiting, and the ways on and back.
    fn left_alone(&self, stopped: &[Stopped]) -> String {
        let (stack, again) = (&self.stack, self.again());
        let back = match stopped {
            [] => String::new(),
            stopped => {
                let ways: Vec<String> = stopped.iter().map(Stopped::way_back).collect();
                format!(
                    "; if not, its services may have no tasks: {}",
                    ways.join(" && ")
                )
            }
        };
        format!(
            "interrupted; if CloudFormation has begun to delete {stack}, it goes on; wait for it again: {again}{back}"
        )
    }

    /// The command as it was given, as far as it matters for a second time.
    fn again(&self) -> String {
        let mut again = format!("cargo ecs down --stack {}", self.stack);
        for (is_given, option) in [(self.foreign, " --foreign"), (self.verify, " --verify")] {
            if is_given {
                again += option;
            }
        }
        again
    }

    fn print(&self, end: &End, caller: Caller) -> ExitCode {
        let left = match end {
            // What is left is not known, so this is no result.
            End::Declined => {
                say::err("nothing was changed");
                return ExitCode::FAILURE;
            }
            End::Looked(teardown) => {
                self.print_looked(teardown, caller);
                return ExitCode::SUCCESS;
            }
            End::Gone(left) => left,
        };
        if self.json {
            let result = json!({ "left": left });
            say::json(&ByCaller { result, caller });
        } else {
            for it in left {
                let costs = if it.costs { ", which costs" } else { "" };
                say::out(format_args!("left: {}{costs}", it.arn));
            }
            let verified = if self.verify && left.is_empty() {
                ", and nothing has its tag"
            } else {
                ""
            };
            say::out(format_args!("{} is gone{verified}", self.stack));
        }
        if left.iter().any(|it| it.costs) {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }

    /// What would go, and why it would be refused.
    fn print_looked(&self, teardown: &Teardown, caller: Caller) {
        if self.json {
            let result = teardown;
            say::json(&ByCaller { result, caller });
        } else {
            say::out(in_words(teardown));
        }
        if let Err(refused) = teardown.check(self.foreign) {
            let why = completed(&chain(&refused));
            say::err(format_args!("would be refused: {why}"));
        }
    }
}

/// Where, what goes and what stays; a line for each.
fn in_words(teardown: &Teardown) -> String {
    let Teardown { stack, region, .. } = teardown;
    let mut text = match (&teardown.status, &teardown.account) {
        (None, _) => format!("there is no stack {stack} in {region}\n"),
        (Some(status), None) => format!("stack {stack} ({status}) in {region}\n"),
        (Some(status), Some(account)) => {
            format!("stack {stack} ({status}) in {region}, account {account}\n")
        }
    };
    let mut lines = |what: &str, resources: &[Resource]| {
        for resource in resources {
            text += &format!("{what:<5}  {resource}\n");
        }
    };
    lines("goes", &teardown.goes);
    lines("stays", &teardown.stays);
    for arn in &teardown.beside {
        text += &format!("goes   {arn} (by its tag)\n");
    }
    for name in &teardown.planned {
        text += &format!("goes   the change set {name}, which was not carried out\n");
    }
    for unknown in &teardown.unknown {
        text += &format!("not known: {unknown}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::Tag;

    fn resource(name: &str, kind: &str, id: &str) -> Resource {
        Resource {
            name: name.into(),
            kind: kind.into(),
            id: Some(id.into()),
            status: "CREATE_COMPLETE".into(),
            why: None,
        }
    }

    #[test]
    fn what_goes_and_what_stays_has_a_line_each_below_account_and_region() {
        let teardown = Teardown {
            stack: "shop".into(),
            account: Some("111122223333".into()),
            region: "us-east-1".into(),
            status: Some("UPDATE_COMPLETE".into()),
            tag: Tag::of_name("shop"),
            is_protected: false,
            is_ours: true,
            goes: vec![resource("Vpc", "AWS::EC2::VPC", "vpc-1")],
            stays: vec![resource("Files", "AWS::S3::Bucket", "files")],
            beside: vec!["arn:aws:ecs:us-east-1:1:task-definition/shop:2".into()],
            planned: vec!["colleague-1".into()],
            unknown: Vec::new(),
        };
        assert_eq!(
            in_words(&teardown),
            "stack shop (UPDATE_COMPLETE) in us-east-1, account 111122223333\n\
             goes   AWS::EC2::VPC vpc-1 (Vpc)\n\
             stays  AWS::S3::Bucket files (Files)\n\
             goes   arn:aws:ecs:us-east-1:1:task-definition/shop:2 (by its tag)\n\
             goes   the change set colleague-1, which was not carried out\n"
        );
    }
}
