"""The embedded metric format as a JSON schema, by AWS's "Specification: Embedded metric format", which has one too."""

PER_SECOND = [f"{unit}/Second" for unit in ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")]
PER_SECOND += [f"{unit}/Second" for unit in ("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Count")]
UNITS = ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "None"]
UNITS += ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"]
UNITS += ["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", *PER_SECOND]

NAME = {"type": "string", "minLength": 1, "maxLength": 255}

METRIC = {
    "type": "object",
    "required": ["Name"],
    "properties": {"Name": NAME, "Unit": {"enum": UNITS}, "StorageResolution": {"enum": [1, 60]}},
    "additionalProperties": False,
}

DIRECTIVE = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "properties": {
        "Namespace": NAME,
        "Dimensions": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "array", "maxItems": 30, "uniqueItems": True, "items": NAME},
        },
        "Metrics": {"type": "array", "minItems": 1, "maxItems": 100, "items": METRIC},
    },
    "additionalProperties": False,
}

EMBEDDED_METRIC = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer", "minimum": 0},
                "CloudWatchMetrics": {"type": "array", "minItems": 1, "items": DIRECTIVE},
            },
            "additionalProperties": False,
        }
    },
}
