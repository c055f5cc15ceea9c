"""Checks the requests that tests have recorded, one on each line of a file: `check_requests.py FILE OPERATIONS`.

Fails if one is wrong, and if there are requests of fewer operations than that.
"""

import json
import os
import sys

import request


def main(path, fewest):
    if not os.path.exists(path):
        print(f"no test has written to {path}; is every fake recorded?")
        return 1
    with open(path, encoding="utf-8") as file:
        requests = [json.loads(line) for line in file]
    # Tests make the same request many times, and the first is enough.
    first = {}
    for number, recorded in enumerate(requests, 1):
        for problem in request.problems(recorded):
            first.setdefault(f"{recorded['api']}:{recorded['operation']}: {problem}", number)
    operations = {(recorded["api"], recorded["operation"]) for recorded in requests}
    for problem, number in first.items():
        print(f"{problem} ({path}, line {number})")
    if first:
        return 1
    if len(operations) < int(fewest):
        print(f"{path} has only {len(operations)} operations, and should have {fewest}; is every fake recorded?")
        return 1
    print(f"{len(requests)} requests of {len(operations)} operations are valid")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
