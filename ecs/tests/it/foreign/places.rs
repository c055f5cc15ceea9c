//! Where the tasks of a file run, as far as it says, and secrets that are elsewhere.

use super::templates::{SHOP, UNKNOWN, changed};
use super::{assert_says, examined, folder, text};
use ecs::doctor::{CheckId, Report, Status};
use ecs::files::Wanted;

const TASKS: CheckId = CheckId::Tasks;
const ROLE: &str = "arn:aws:iam::111122223333:role/execution";

fn secret(name: &str, place: &str) -> String {
    format!("{{ Name: {name}, ValueFrom: 'arn:aws:secretsmanager:{place}:secret:{name}' }}")
}

/// The shop with these secrets, this role, and its log in this region.
fn shop((secrets, role, log): (&[String], &str, &str), wanted: Wanted<'_>) -> Report {
    let environment = "          Environment: [{ Name: QUEUE, Value: !GetAtt Queue.QueueName }]";
    let fields = format!(
        "          Secrets: [{}]
          LogConfiguration:
            LogDriver: awslogs
            Options: {{ awslogs-group: /shop, awslogs-region: {log}, awslogs-stream-prefix: web }}",
        secrets.join(", ")
    );
    let template = changed(&[
        (environment, &fields),
        ("!ImportValue execution-role", role),
    ]);
    let folder = folder(&[("shop.yaml", &template)]);
    examined(&folder.path().join("shop.yaml"), wanted).unwrap()
}

fn told(secrets: &[String], role: &str, log: &str) -> Report {
    shop((secrets, role, log), Wanted::default())
}

#[test]
fn a_template_tells_its_place_by_its_log_and_its_role() {
    let here = [secret("KEY", "us-east-1:111122223333")];
    let sound = told(&here, ROLE, "us-east-1");
    assert_eq!(sound.check(TASKS).status, Status::Pass, "{}", text(&sound));
    for (place, said) in [
        (
            "eu-west-1:111122223333",
            "the value of KEY is of eu-west-1, and the tasks are in us-east-1",
        ),
        (
            "us-east-1:999999999999",
            "the value of KEY is of the account 999999999999, and the tasks are of 111122223333",
        ),
    ] {
        let report = told(&[secret("KEY", place)], ROLE, "us-east-1");
        assert_says(&report, (TASKS, Status::Warn), said);
    }
    // Of the stack's own region and account, whichever those are.
    let own = [secret("KEY", "${AWS::Region}:${AWS::AccountId}").replace("'arn", "!Sub 'arn")];
    let report = told(&own, "!ImportValue execution-role", "!Ref 'AWS::Region'");
    assert_eq!(
        report.check(TASKS).status,
        Status::Pass,
        "{}",
        text(&report)
    );
}

#[test]
fn where_it_does_not_tell_the_secrets_are_compared_with_each_other() {
    let one = [secret("KEY", "us-east-1:111122223333")];
    let log = "!Ref 'AWS::Region'";
    let report = told(&one, ROLE, log);
    let said = "the value of KEY is of us-east-1; whether the tasks are there is unknown";
    assert_says(&report, (TASKS, UNKNOWN), said);
    let report = told(&one, "!ImportValue execution-role", "us-east-1");
    let said =
        "the value of KEY is of the account 111122223333; whether the tasks are there is unknown";
    assert_says(&report, (TASKS, UNKNOWN), said);
    let two = [one[0].clone(), secret("TOKEN", "eu-west-1:111122223333")];
    let said = "the value of TOKEN is of eu-west-1, the value of KEY is of us-east-1: at least one is not where the tasks are";
    assert_says(&told(&two, ROLE, log), (TASKS, Status::Warn), said);
}

#[test]
fn what_is_asked_for_counts_before_the_file_and_what_is_usual_after_it() {
    let secrets = [secret("KEY", "us-east-1:111122223333")];
    let status = |log: &str, region, usual_region| {
        let wanted = Wanted {
            region,
            usual_region,
            ..Wanted::default()
        };
        let report = shop((&secrets, ROLE, log), wanted);
        report.check(TASKS).status
    };
    let (here, there) = (Some("us-east-1"), Some("eu-west-1"));
    let open = "!Ref 'AWS::Region'";
    assert_eq!(status(open, None, here), Status::Pass);
    assert_eq!(status(open, None, there), Status::Warn);
    assert_eq!(status(open, here, there), Status::Pass);
    assert_eq!(status("us-east-1", None, there), Status::Pass);
    assert_ne!(status("us-east-1", there, None), Status::Pass);
}

#[test]
fn a_template_without_secrets_needs_no_place() {
    let folder = folder(&[("shop.yaml", SHOP)]);
    let report = examined(&folder.path().join("shop.yaml"), Wanted::default()).unwrap();
    assert_eq!(
        report.check(TASKS).status,
        Status::Pass,
        "{}",
        text(&report)
    );
}
