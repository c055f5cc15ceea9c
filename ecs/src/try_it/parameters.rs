//! What of a stack's parameters has a meaning in the emulator: what the container is, and not what is in an account.

/// Parameters of a stack that are for the emulator, and the names of those that are not.
#[derive(Debug, Default, PartialEq)]
pub struct Kept {
    /// With their values.
    pub parameters: Vec<(String, String)>,
    /// By name.
    pub left_out: Vec<String>,
}

/// How names begin of what the emulator does not know: other people's networks and balancers, domains, shifted traffic, alarms.
const BEGINNINGS: [&str; 14] = [
    "Alarm",
    "Balancer",
    "BakeMinutes",
    "Collector",
    "Dashboard",
    "Database",
    "DomainName",
    "ErrorAlarm",
    "HostHeader",
    "LatencyAlarm",
    "PathPattern",
    "Rule",
    "Shift",
    "Strategy",
];
const ENDS: [&str; 6] = ["Arn", "Arns", "Id", "Ids", "UnhealthyAlarm", "RestartAlarm"];
/// Those that the walk says itself.
const OF_WALK: [&str; 3] = ["Architecture", "Image", "Parked"];

/// Keeps what has a meaning there.
pub fn kept(all: &[(String, String)]) -> Kept {
    let mut kept = Kept::default();
    for (name, value) in all {
        let is_of_account = BEGINNINGS.iter().any(|it| name.starts_with(it))
            || ENDS.iter().any(|it| name.ends_with(it))
            || name == "AssignPublicIp";
        if is_of_account {
            kept.left_out.push(name.clone());
        } else if !OF_WALK.contains(&name.as_str()) {
            kept.parameters.push((name.clone(), value.clone()));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_an_account_is_left_out() {
        let given = [
            "Port",
            "Greeting",
            "VpcId",
            "SubnetIds",
            "SecretKeyArn",
            "Strategy",
            "Image",
        ];
        let given = given.map(|name| (name.to_owned(), "x".to_owned()));
        let kept = kept(&given);
        let names: Vec<&str> = kept
            .parameters
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["Port", "Greeting"]);
        assert_eq!(
            kept.left_out,
            ["VpcId", "SubnetIds", "SecretKeyArn", "Strategy"]
        );
    }
}
