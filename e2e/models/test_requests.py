"""What the checker says about requests, valid and not, over each of the three protocols."""

import unittest

import apis
import request
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator


def json_problems(operation, parameters, api="ecs"):
    return request.problems({"api": api, "operation": operation, "json": parameters})


def form_problems(api, operation, **parameters):
    """`a__b` in the place of `a.b`."""
    pairs = [[name.replace("__", "."), text] for name, text in parameters.items()]
    return request.problems({"api": api, "operation": operation, "query": pairs})


class AnyProtocol(unittest.TestCase):
    def test_an_unknown_operation_is_named(self):
        problem = "the operation does not exist; did you mean UpdateService?"
        self.assertEqual(json_problems("UpdateServices", {}), [problem])

    def test_an_unknown_api_is_named(self):
        self.assertEqual(json_problems("ListJobs", {}, "batch"), ["the API does not exist"])

    def test_the_wrong_form_is_named(self):
        self.assertEqual(form_problems("ecs", "ListClusters"), ["the API takes JSON"])
        self.assertEqual(json_problems("DescribeStacks", {}, "cloudformation"), ["the API takes form parameters"])


class Json(unittest.TestCase):
    def test_what_ecs_takes_is_valid(self):
        definition = {
            "family": "shop",
            "cpu": "256",
            "containerDefinitions": [{
                "name": "app",
                "portMappings": [{"containerPort": 8000, "protocol": "tcp"}],
                "essential": True,
                "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/shop"}},
            }],
            "tags": [{"key": "größe", "value": "9b0"}],
        }
        self.assertEqual(json_problems("RegisterTaskDefinition", definition), [])
        self.assertEqual(json_problems("ListServiceDeployments", {"service": "shop", "createdAt": {"after": 1.5}}), [])

    def test_the_other_apis_are_known(self):
        self.assertEqual(json_problems("FilterLogEvents", {"logGroupName": "/ecs/shop", "limit": 9}, "logs"), [])
        parameters = {"SecretId": "shop", "ForceDeleteWithoutRecovery": True}
        self.assertEqual(json_problems("DeleteSecret", parameters, "secretsmanager"), [])
        parameters = {"TagFilters": [{"Key": "dualrun:stack", "Values": ["shop"]}]}
        self.assertEqual(json_problems("GetResources", parameters, "tagging"), [])

    def test_an_unknown_member_is_named_however_deep_it_is(self):
        problem = "serviceNames: does not exist; did you mean serviceName?"
        self.assertEqual(json_problems("ListTasks", {"serviceNames": "shop"}), [problem])
        parameters = {"family": "a", "containerDefinitions": [{"portMappings": [{"containerport": 80}]}]}
        path = "containerDefinitions[0].portMappings[0].containerport"
        problem = f"{path}: does not exist; did you mean containerPort?"
        self.assertEqual(json_problems("RegisterTaskDefinition", parameters), [problem])

    def test_a_missing_member_is_named(self):
        self.assertEqual(json_problems("DescribeTasks", {"cluster": "a"}), ["tasks: is required, and missing"])
        parameters = {"service": "shop", "deploymentConfiguration": {"alarms": {"alarmNames": [], "rollback": True}}}
        path = "deploymentConfiguration.alarms.enable"
        self.assertEqual(json_problems("UpdateService", parameters), [f"{path}: is required, and missing"])

    def test_a_value_of_another_type_is_named(self):
        def problem(**parameters):
            return json_problems("UpdateService", {"service": "shop"} | parameters)

        self.assertEqual(problem(desiredCount="2"), ['desiredCount: "2" is not a whole number'])
        self.assertEqual(problem(desiredCount=True), ["desiredCount: true is not a whole number"])
        self.assertEqual(problem(desiredCount=2.5), ["desiredCount: 2.5 is not a whole number"])
        self.assertEqual(problem(forceNewDeployment="true"), ['forceNewDeployment: "true" is not true or false'])
        self.assertEqual(problem(taskDefinition=None), ["taskDefinition: null is not a string"])
        self.assertEqual(problem(loadBalancers={}), ["loadBalancers: {} is not a list"])
        self.assertEqual(problem(loadBalancers=["a"]), ['loadBalancers[0]: "a" is not an object'])
        problems = json_problems("ListServiceDeployments", {"service": "shop", "createdAt": {"after": "2026"}})
        self.assertEqual(problems, ['createdAt.after: "2026" is not a time in seconds'])
        self.assertEqual(json_problems("ListTasks", []), ["the request: [] is not an object"])

    def test_the_types_of_a_map_are_those_of_its_values(self):
        parameters = {"family": "a", "containerDefinitions": [{"dockerLabels": {"a": 1}}]}
        problem = "containerDefinitions[0].dockerLabels.a: 1 is not a string"
        self.assertEqual(json_problems("RegisterTaskDefinition", parameters), [problem])

    def test_a_value_that_an_enumeration_does_not_have_is_named(self):
        problem = 'desiredStatus: "ACTIVE" is not a value of DesiredStatus: RUNNING, PENDING, STOPPED'
        self.assertEqual(json_problems("ListTasks", {"desiredStatus": "ACTIVE"}), [problem])
        [problem] = json_problems("DescribeTaskDefinition", {"taskDefinition": "a", "include": ["TAGS", "Tags"]})
        self.assertTrue(problem.startswith('include[1]: "Tags" is not a value of TaskDefinitionField'), problem)

    def test_lengths_and_ranges_are_those_of_the_model(self):
        def problem(**parameters):
            return json_problems("FilterLogEvents", {"logGroupName": "a"} | parameters, "logs")

        self.assertEqual(problem(limit=0), ["limit: its value 0 is below 1"])
        self.assertEqual(problem(limit=10_001), ["limit: its value 10001 is above 10000"])
        self.assertEqual(problem(startTime=-1), ["startTime: its value -1 is below 0"])
        self.assertEqual(problem(logStreamNames=[]), ["logStreamNames: its length 0 is below 1"])
        self.assertEqual(problem(logStreamNames=["a"] * 101), ["logStreamNames: its length 101 is above 100"])
        self.assertEqual(problem(filterPattern="a" * 1025), ["filterPattern: its length 1025 is above 1024"])
        problems = json_problems("UpdateService", {"service": "shop", "desiredCount": 2**31})
        self.assertEqual(problems, ["desiredCount: its value 2147483648 is above 2147483647"])

    def test_a_text_has_to_match_its_pattern_as_a_whole(self):
        [problem] = json_problems("FilterLogEvents", {"logGroupName": "/ecs/my shop"}, "logs")
        self.assertTrue(problem.startswith('logGroupName: "/ecs/my shop" does not match '), problem)

    def test_all_problems_are_named(self):
        self.assertEqual(len(json_problems("UpdateService", {"desiredCount": "2", "services": "shop"})), 3)

    def test_a_union_has_one_of_its_members(self):
        resource = {"type": "GPU", "value": "1", "sharingStrategy": {}}
        parameters = {"family": "a", "containerDefinitions": [{"resourceRequirements": [resource]}]}
        path = "containerDefinitions[0].resourceRequirements[0].sharingStrategy"
        problem = f"{path}: needs exactly one of nvidiaMps"
        self.assertEqual(json_problems("RegisterTaskDefinition", parameters), [problem])

    def test_what_botocore_refuses_is_refused(self):
        for operation, parameters in [
            ("UpdateService", {}),
            ("UpdateService", {"service": 1}),
            ("UpdateService", {"service": "shop", "desired": 1}),
            ("RegisterTaskDefinition", {"family": "a", "containerDefinitions": [{"environment": [["a", "b"]]}]}),
        ]:
            shape = apis.model_of("ecs").operation_model(operation).input_shape
            self.assertTrue(ParamValidator().validate(parameters, shape).has_errors())
            self.assertNotEqual(json_problems(operation, parameters), [])


class Query(unittest.TestCase):
    def test_what_botocore_sends_is_valid(self):
        for api, operation, parameters in [
            ("elasticloadbalancing", "DescribeTargetGroups", {"TargetGroupArns": ["arn:a", "arn:b"]}),
            ("elasticloadbalancing", "DescribeTargetGroups", {"TargetGroupArns": []}),
            ("elasticloadbalancing", "DescribeLoadBalancers", {}),
            ("elasticloadbalancing", "DescribeTargetHealth", {
                "TargetGroupArn": "arn:a", "Targets": [{"Id": "i", "Port": 80}, {"Id": "j"}],
            }),
            ("cloudformation", "CreateChangeSet", {
                "StackName": "shop",
                "ChangeSetName": "one",
                "UsePreviousTemplate": True,
                "Capabilities": ["CAPABILITY_NAMED_IAM"],
                "Parameters": [{"ParameterKey": f"P{number}", "ParameterValue": "."} for number in range(12)],
            }),
            ("elasticloadbalancing", "CreateRule", {
                "ListenerArn": "arn:a",
                "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a", "/b"]}}],
                "Priority": 1,
                "Actions": [{"Type": "authenticate-cognito", "AuthenticateCognitoConfig": {
                    "UserPoolArn": "arn:p",
                    "UserPoolClientId": "c",
                    "UserPoolDomain": "d",
                    "AuthenticationRequestExtraParams": {"display": "page", "prompt": "login"},
                }}],
            }),
            ("ec2", "DescribeSecurityGroups", {
                "Filters": [{"Name": "group-id", "Values": ["sg-1", "sg-2"]}, {"Name": "vpc-id", "Values": ["vpc-1"]}],
                "GroupIds": ["sg-1"],
                "MaxResults": 5,
                "DryRun": False,
            }),
        ]:
            with self.subTest(operation):
                model = apis.model_of(api)
                serializer = create_serializer(model.protocol)
                sent = serializer.serialize_to_request(parameters, model.operation_model(operation))["body"]
                pairs = [[name, str(text)] for name, text in sent.items()]
                recorded = {"api": api, "operation": operation, "query": pairs}
                self.assertEqual(request.problems(recorded), [])
                reader = request.Form(model)
                shape = model.operation_model(operation).input_shape
                self.assertEqual(reader.read(pairs[2:], shape), parameters)

    def test_an_unknown_parameter_is_named_however_deep_it_is(self):
        problems = form_problems("cloudformation", "DescribeStacks", Stack="shop")
        self.assertEqual(problems, ["Stack: does not exist; did you mean StackName?"])
        problems = form_problems(
            "elasticloadbalancing", "DescribeTargetHealth", TargetGroupArn="a", Targets__member__1__IP="10.0.0.1"
        )
        self.assertEqual(problems, ["Targets.member.1.IP: does not exist"])

    def test_lists_are_numbered_members(self):
        def problem(**parameters):
            return form_problems("elasticloadbalancing", "DescribeTargetGroups", **parameters)

        numbered = "TargetGroupArns: its items are TargetGroupArns.member.1 and so on"
        self.assertEqual(problem(TargetGroupArns__1="a"), [numbered])
        self.assertEqual(problem(TargetGroupArns__member="a"), [numbered])
        self.assertEqual(problem(TargetGroupArns="a"), ["TargetGroupArns: is a list, and needs parts"])
        zero = "TargetGroupArns.member: the numbers are 0, and should be 1"
        self.assertEqual(problem(TargetGroupArns__member__0="a"), [zero])
        gap = "TargetGroupArns.member: the numbers are 1, 3, and should be 1, 2"
        self.assertEqual(problem(TargetGroupArns__member__1="a", TargetGroupArns__member__3="b"), [gap])

    def test_a_structure_has_parts_and_a_text_has_none(self):
        problems = form_problems("elasticloadbalancing", "DescribeTargetHealth", TargetGroupArn__member__1="a")
        self.assertEqual(problems, ["TargetGroupArn: is a string, and has no parts"])
        problems = form_problems(
            "elasticloadbalancing", "DescribeTargetHealth", TargetGroupArn="a", Targets__member__1="b"
        )
        self.assertEqual(problems, ["Targets.member.1: is a structure, and needs parts"])

    def test_a_parameter_is_given_once(self):
        def problems(*names):
            pairs = [[name, "a"] for name in names]
            return request.problems({"api": "cloudformation", "operation": "DescribeStacks", "query": pairs})

        self.assertEqual(problems("StackName", "StackName"), ["StackName: collides with another parameter"])
        self.assertEqual(problems("StackName", "StackName.a"), ["StackName.a: collides with another parameter"])
        self.assertEqual(problems("StackName.a", "StackName"), ["StackName: collides with another parameter"])

    def test_values_are_held_to_the_model(self):
        def problems(**parameters):
            return form_problems("cloudformation", "CreateChangeSet", **parameters)

        named = {"StackName": "shop", "ChangeSetName": "one"}
        self.assertEqual(problems(StackName="shop"), ["ChangeSetName: is required, and missing"])
        [problem] = problems(**named, ChangeSetType="CHANGE")
        self.assertTrue(problem.startswith('ChangeSetType: "CHANGE" is not a value of ChangeSetType'), problem)
        problem = 'UsePreviousTemplate: "yes" is not true or false'
        self.assertEqual(problems(**named, UsePreviousTemplate="yes"), [problem])
        [problem] = problems(StackName="shop", ChangeSetName="1st")
        self.assertTrue(problem.startswith('ChangeSetName: "1st" does not match '), problem)
        problems = form_problems("elasticloadbalancing", "DescribeRules", PageSize="many")
        self.assertEqual(problems, ['PageSize: "many" is not a whole number'])
        problems = form_problems("elasticloadbalancing", "DescribeRules", PageSize="1_0")
        self.assertEqual(problems, ['PageSize: "1_0" is not a whole number'])
        problems = form_problems("elasticloadbalancing", "DescribeRules", PageSize="401")
        self.assertEqual(problems, ["PageSize: its value 401 is above 400"])

    def test_a_time_is_in_iso_8601(self):
        def problems(start):
            return form_problems("ec2", "DescribeSpotPriceHistory", StartTime=start)

        self.assertEqual(problems("2026-11-01T10:00:00Z"), [])
        self.assertEqual(problems("yesterday"), ['StartTime: "yesterday" is not a time in ISO 8601'])

    def test_a_map_has_numbered_entries_of_key_and_value(self):
        def problems(*names):
            path = "AddResources.member.1"
            pairs = [["GeneratedTemplateName", "a"], [f"{path}.ResourceType", "b"]]
            pairs += [[f"{path}.ResourceIdentifier.{name}", "c"] for name in names]
            return request.problems({"api": "cloudformation", "operation": "UpdateGeneratedTemplate", "query": pairs})

        path = "AddResources.member.1.ResourceIdentifier"
        self.assertEqual(problems("entry.1.key", "entry.1.value"), [])
        self.assertEqual(problems("entry.1.key"), [f"{path}.entry.1: needs the parts key and value"])
        self.assertEqual(problems("1.key", "1.value"), [f"{path}: its items are {path}.entry.1 and so on"])

    def test_action_and_version_are_compared_where_they_were_recorded(self):
        def problems(**parameters):
            return form_problems("cloudformation", "DescribeStacks", **parameters)

        self.assertEqual(problems(Action="DescribeStacks", Version="2010-05-15"), [])
        self.assertEqual(problems(Version="2010-05-16"), ["Version: is 2010-05-16, and should be 2010-05-15"])


class Ec2(unittest.TestCase):
    def test_lists_are_numbered_without_a_name_and_in_the_singular(self):
        def problems(**parameters):
            return form_problems("ec2", "DescribeSecurityGroups", **parameters)

        self.assertEqual(problems(Filter__1__Name="group-id", Filter__1__Value__1="sg-1"), [])
        self.assertEqual(problems(Filters__1__Name="group-id"), ["Filters: does not exist; did you mean Filter?"])
        problem = "Filter.1.Values: does not exist; did you mean Value?"
        self.assertEqual(problems(Filter__1__Values__1="sg-1"), [problem])
        problem = "GroupId: the numbers are member, and should be 1"
        self.assertEqual(problems(GroupId__member__1="sg-1"), [problem])
        self.assertEqual(problems(MaxResults="4"), ["MaxResults: its value 4 is below 5"])


class Models(unittest.TestCase):
    def test_all_patterns_can_be_read(self):
        for api in apis.NAMES:
            model = apis.model_of(api)
            for name in model.shape_names:
                if pattern := model.shape_for(name).metadata.get("pattern"):
                    with self.subTest(f"{api}: {name}"):
                        request.values.regex.compile(pattern)


if __name__ == "__main__":
    unittest.main()
