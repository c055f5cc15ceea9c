"""What is wrong with a value, by the shape that the model gives it.

botocore's own validator lets pass what AWS would refuse: values that an enumeration does not have, texts that are too
long or do not fit a pattern, and `true` in the place of a number. So the whole shape is read here.
"""

import json

# AWS writes patterns with Unicode's categories, which Python's `re` does not know.
import regex
from names import unknown

TYPES = {
    "structure": (dict, "an object"),
    "map": (dict, "an object"),
    "list": (list, "a list"),
    "string": (str, "a string"),
    "blob": (str, "a string in Base64"),
    "boolean": (bool, "true or false"),
    "integer": (int, "a whole number"),
    "long": (int, "a whole number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "timestamp": ((int, float), "a time in seconds"),
}
BITS = {"integer": 32, "long": 64}


def problems(value, shape, path=""):
    """Yields a line for each problem: where it is, and what it is."""
    classes, name = TYPES[shape.type_name]
    # In Python, `True` is a number.
    if not isinstance(value, classes) or (isinstance(value, bool) and classes is not bool):
        yield f"{path or 'the request'}: {shown(value)} is not {name}"
        return
    for problem in limits(value, shape):
        yield f"{path}: {problem}"
    match shape.type_name:
        # A document holds any JSON.
        case "structure" if not shape.is_document_type:
            yield from structure(value, shape, path)
        case "list":
            for index, item in enumerate(value):
                yield from problems(item, shape.member, f"{path}[{index}]")
        case "map":
            for key, item in value.items():
                yield from problems(key, shape.key, f"{path} (the key {shown(key)})")
                yield from problems(item, shape.value, f"{path}.{key}")


def structure(value, shape, path):
    def inside(member):
        return f"{path}.{member}" if path else member

    for member in shape.required_members:
        if member not in value:
            yield f"{inside(member)}: is required, and missing"
    if shape.is_tagged_union and len(value) != 1:
        yield f"{path}: needs exactly one of {', '.join(shape.members)}"
    for member, item in value.items():
        if member in shape.members:
            yield from problems(item, shape.members[member], inside(member))
        else:
            yield f"{inside(member)}: {unknown(member, shape.members)}"


def limits(value, shape):
    """Yields what is wrong with the value itself, whatever is inside."""
    limit = shape.metadata
    if "enum" in limit and value not in limit["enum"]:
        yield f"{shown(value)} is not a value of {shape.name}: {', '.join(limit['enum'])}"
    if "pattern" in limit and not regex.fullmatch(limit["pattern"], value):
        yield f"{shown(value)} does not match {limit['pattern']}"
    is_number = isinstance(value, (int, float))
    size, name = (value, "value") if is_number else (len(value), "length")
    if shape.type_name in BITS:
        most = 2 ** (BITS[shape.type_name] - 1) - 1
        limit = {"min": -most - 1, "max": most} | limit
    if "min" in limit and size < limit["min"]:
        yield f"its {name} {size} is below {limit['min']}"
    if "max" in limit and size > limit["max"]:
        yield f"its {name} {size} is above {limit['max']}"


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}…"
