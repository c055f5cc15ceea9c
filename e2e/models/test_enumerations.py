"""When the tool's enumerations count as complete."""

import unittest

import apis
from check_enumerations import problems

STATUSES = apis.model_of("ecs").shape_for("ServiceDeploymentStatus").enum


class Enumerations(unittest.TestCase):
    def test_all_values_of_the_model_are_complete_in_any_order(self):
        self.assertEqual(list(problems({"ServiceDeploymentStatus": STATUSES[::-1]})), [])

    def test_a_missing_value_is_named(self):
        known = [status for status in STATUSES if status != "STOP_REQUESTED"]
        problem = "ServiceDeploymentStatus: STOP_REQUESTED is missing"
        self.assertEqual(list(problems({"ServiceDeploymentStatus": known})), [problem])

    def test_the_tool_may_know_more(self):
        self.assertEqual(list(problems({"ServiceDeploymentStatus": [*STATUSES, "TOMORROW"]})), [])

    def test_a_name_that_is_no_enumeration_is_named(self):
        for name in ("ServiceDeploymentState", "ServiceDeployment"):
            problem = f"{name}: no API has an enumeration with this name"
            self.assertEqual(list(problems({name: STATUSES})), [problem])

    def test_a_name_in_two_apis_is_complete_by_one_of_them(self):
        for api in ("logs", "cloudformation"):
            known = apis.model_of(api).shape_for("ExecutionStatus").enum
            self.assertEqual(list(problems({"ExecutionStatus": known})), [])


if __name__ == "__main__":
    unittest.main()
