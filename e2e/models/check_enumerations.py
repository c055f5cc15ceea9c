"""Compares the enumerations that the tool knows with botocore's: `check_enumerations.py FILE`.

The file has an object with the values of each by the model's name for it. Fails if the model has a value more. The
tool may know more: the model does not list all that AWS's texts name.
"""

import json
import sys

import apis


def missing(name, known):
    """The values that are not known; none if no API has such an enumeration."""
    shapes = [apis.model_of(api).shape_for(name) for api in apis.NAMES if name in apis.model_of(api).shape_names]
    # The name can mean something else in another API.
    lists = [[value for value in shape.enum if value not in known] for shape in shapes if getattr(shape, "enum", None)]
    return min(lists, key=len, default=None)


def problems(enumerations):
    for name, known in enumerations.items():
        values = missing(name, known)
        if values is None:
            yield f"{name}: no API has an enumeration with this name"
        for value in values or []:
            yield f"{name}: {value} is missing"


def main(path):
    with open(path, encoding="utf-8") as file:
        enumerations = json.load(file)
    if not enumerations:
        print(f"{path} is empty")
        return 1
    found = list(problems(enumerations))
    for problem in found:
        print(f"{problem} ({path})")
    if not found:
        print(f"{len(enumerations)} enumerations are complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
