//! What AWS answers about one sound service, whoever plays it.

use serde_json::{Value, json};

/// The image that runs.
pub(crate) const IMAGE: &str = "vkuldeep1/myapp:3f1c9e7";

/// A definition of a service with one container.
pub(crate) fn definition(arn: &str, image: &str) -> Value {
    json!({
        "taskDefinitionArn": arn,
        "registeredBy": "arn:aws:iam::1:user/bob",
        "family": "shop",
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn:aws:iam::1:role/execution",
        // Of what the tool does not look at.
        "ephemeralStorage": { "sizeInGiB": 30 },
        "containerDefinitions": [{
            "name": "app",
            "image": image,
            "restartPolicy": { "enabled": false },
            "portMappings": [{ "containerPort": 8000 }],
            "healthCheck": { "command": ["CMD", "/bin-fargate", "healthcheck"] },
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": { "awslogs-group": "/ecs/shop", "awslogs-stream-prefix": "app" },
            },
        }],
    })
}

/// The group that its log goes to.
pub(crate) fn log_groups() -> Value {
    json!({ "logGroups": [{ "logGroupName": "/ecs/shop" }] })
}

/// What the service is attached to.
pub(crate) fn attached() -> Value {
    json!([{ "targetGroupArn": "arn:tg/shop/1", "containerName": "app", "containerPort": 8000 }])
}

/// Where its tasks are.
pub(crate) fn network() -> Value {
    json!({ "awsvpcConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-task"] } })
}

/// The answer of a query API about the balancer, its target groups and the security groups. Everything else is
/// answered with nothing.
pub(crate) fn query(operation: &str) -> String {
    match operation {
        "DescribeTargetGroups" => target_group("/health"),
        "DescribeTargetHealth" => target_health(&[("10.0.0.17", "healthy", None)]),
        "DescribeLoadBalancers" => "<R><LoadBalancers><member><LoadBalancerArn>arn:lb</LoadBalancerArn>\
            <LoadBalancerName>shop</LoadBalancerName><Type>application</Type><Scheme>internet-facing</Scheme><State>\
            <Code>active</Code></State><AvailabilityZones><member/><member/></AvailabilityZones><SecurityGroups>\
            <member>sg-lb</member></SecurityGroups></member></LoadBalancers></R>"
            .into(),
        "DescribeListeners" => listener(&["arn:tg/shop/1"]),
        "DescribeSecurityGroups" => security_groups("arn:none"),
        "GetCallerIdentity" => "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>\
            arn:aws:iam::123456789012:user/ann</Arn><UserId>AIDA</UserId><Account>123456789012</Account>\
            </GetCallerIdentityResult></GetCallerIdentityResponse>"
            .into(),
        "DescribeSubnets" => "<R><subnetSet><item><availableIpAddressCount>250</availableIpAddressCount></item>\
            </subnetSet></R>"
            .into(),
        _ => "<R/>".into(),
    }
}

/// A target group whose health check asks this path.
pub(crate) fn target_group(path: &str) -> String {
    format!(
        "<R><TargetGroups><member><TargetType>ip</TargetType><HealthCheckPath>{path}</HealthCheckPath>\
         <LoadBalancerArns><member>arn:lb</member></LoadBalancerArns></member></TargetGroups></R>"
    )
}

/// Targets by address, state and reason.
pub(crate) fn target_health(targets: &[(&str, &str, Option<&str>)]) -> String {
    let targets = targets.iter().map(|(id, state, reason)| {
        let reason = reason.map_or(String::new(), |reason| format!("<Reason>{reason}</Reason>"));
        format!(
            "<member><Target><Id>{id}</Id><Port>8000</Port></Target><TargetHealth><State>{state}</State>{reason}\
             </TargetHealth></member>"
        )
    });
    let targets: String = targets.collect();
    format!("<R><TargetHealthDescriptions>{targets}</TargetHealthDescriptions></R>")
}

/// A listener that forwards to these target groups.
pub(crate) fn listener(groups: &[&str]) -> String {
    let actions = groups.iter().map(|arn| {
        format!("<member><Type>forward</Type><TargetGroupArn>{arn}</TargetGroupArn></member>")
    });
    let actions: String = actions.collect();
    format!(
        "<R><Listeners><member><ListenerArn>arn:l</ListenerArn><Port>80</Port><DefaultActions>{actions}\
         </DefaultActions></member></Listeners></R>"
    )
}

/// The two groups of the chain; `open_to` is a network that the tasks are open to beside the balancer.
pub(crate) fn security_groups(open_to: &str) -> String {
    let all = "<ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item>\
        </ipRanges></item></ipPermissionsEgress>";
    let ranges = match open_to.contains('/') {
        true => format!("<ipRanges><item><cidrIp>{open_to}</cidrIp></item></ipRanges>"),
        false => String::new(),
    };
    format!(
        "<R><securityGroupInfo><item><groupId>sg-task</groupId><groupName>task</groupName><ipPermissions><item>\
         <ipProtocol>tcp</ipProtocol><fromPort>8000</fromPort><toPort>8000</toPort><groups><item><groupId>sg-lb\
         </groupId></item></groups>{ranges}</item></ipPermissions>{all}</item><item><groupId>sg-lb</groupId>\
         <groupName>lb</groupName><ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>80</fromPort><toPort>80\
         </toPort><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></ipPermissions>{all}</item>\
         </securityGroupInfo></R>"
    )
}
