"""What the checker says about a file of requests as a whole."""

import contextlib
import io
import json
import os
import tempfile
import unittest

from check_requests import main

VALID = {"api": "ecs", "operation": "ListServices", "json": {"cluster": "main"}}
WRONG = {"api": "ecs", "operation": "ListServices", "json": {"Cluster": "main"}}


def check(requests, fewest=1):
    """The exit code, and what is printed, without the file's name."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "requests")
        if requests is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(request)}\n" for request in requests)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            code = main(path, fewest)
    return code, printed.getvalue().replace(path, "FILE").splitlines()


class Files(unittest.TestCase):
    def test_valid_requests_are_counted(self):
        self.assertEqual(check([VALID, VALID]), (0, ["2 requests of 1 operations are valid"]))

    def test_a_wrong_request_fails_and_is_told_once_with_its_first_line(self):
        problem = "ecs:ListServices: Cluster: does not exist; did you mean cluster? (FILE, line 2)"
        self.assertEqual(check([VALID, WRONG, WRONG]), (1, [problem]))

    def test_a_recorder_that_records_nothing_or_too_little_fails(self):
        self.assertEqual(check(None), (1, ["no test has written to FILE; is every fake recorded?"]))
        too_few = "FILE has only {} operations, and should have {}; is every fake recorded?"
        self.assertEqual(check([]), (1, [too_few.format(0, 1)]))
        self.assertEqual(check([VALID], fewest=2), (1, [too_few.format(1, 2)]))


if __name__ == "__main__":
    unittest.main()
