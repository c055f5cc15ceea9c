//! What the stack's two roles may do: nothing but what the parameters name.

use super::*;

/// The statements of the execution role, by their actions.
fn allowed(parameters: &Parameters<'_>) -> Vec<(Value, Value)> {
    let role = properties("ExecutionRole", parameters);
    let statements = role["Policies"][0]["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap();
    let of_secrets = statements.iter().filter(|it| it["Resource"] != "LogGroup");
    of_secrets
        .map(|it| (it["Action"].clone(), it["Resource"].clone()))
        .collect()
}

#[test]
fn ecs_reads_the_secret_that_is_made_or_the_one_that_is_named() {
    let read = |secret: &str| (json!("secretsmanager:GetSecretValue"), json!([secret]));
    assert_eq!(allowed(&[]), [read("SecretKey")]);
    assert!(resources(&[]).contains_key("SecretKey"));
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop/key-AbCdEf";
    let own = [("SecretKeyArn", secret)];
    assert_eq!(allowed(&own), [read(secret)]);
    assert!(!resources(&own).contains_key("SecretKey"));
    assert_eq!(container(&own)["Secrets"][0]["ValueFrom"], secret);
}

#[test]
fn ecs_reads_further_secrets_and_pulls_from_the_repository_that_is_named() {
    let arns = [
        "arn:aws:secretsmanager:us-east-1:1:secret:a-1",
        "arn:aws:ssm:us-east-1:1:parameter/b",
    ];
    let list = arns.join(", ");
    let repository = "arn:aws:ecr:us-east-1:111122223333:repository/shop";
    let allowed = allowed(&[("SecretArns", &list), ("EcrRepositoryArn", repository)]);
    let expected = [
        (
            json!(["secretsmanager:GetSecretValue", "ssm:GetParameters"]),
            json!(arns),
        ),
        (
            json!([
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer"
            ]),
            json!(repository),
        ),
        (json!("ecr:GetAuthorizationToken"), json!("*")),
    ];
    assert_eq!(allowed[1..], expected);
}

#[test]
fn the_service_may_do_what_its_policies_say_and_nothing_by_default() {
    let role = properties("TaskRole", &[]);
    assert_eq!(
        (&role["ManagedPolicyArns"], &role["Policies"]),
        (&Value::Null, &Value::Null)
    );
    let arns = [
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws:iam::1:policy/shop",
    ];
    let list = arns.join(",");
    let role = properties("TaskRole", &[("TaskPolicyArns", &list)]);
    assert_eq!(role["ManagedPolicyArns"], json!(arns));
}
