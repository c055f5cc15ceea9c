"""Reads form parameters, such as `Filter.1.Value.1=a`, into the value that they stand for.

A number or a boolean that does not parse is left as a text: by its shape, that is then found to be wrong.
"""

import re
from datetime import datetime

from names import unknown


class Form:
    """The names of an API's parameters. EC2 spells them in its own way."""

    def __init__(self, model):
        self.is_ec2 = model.protocol == "ec2"
        self.problems = []

    def read(self, pairs, shape):
        """The value; none if there are problems."""
        root = self.tree(pairs)
        value = None if self.problems else self.value(root, shape, "")
        return None if self.problems else value

    def tree(self, pairs):
        """The parameters by the parts of their names."""
        root = {}
        for name, text in pairs:
            *parents, last = name.split(".")
            node = root
            for part in parents:
                node = node.setdefault(part, {})
                if isinstance(node, str):
                    break
            if isinstance(node, str) or last in node:
                self.problems.append(f"{name}: collides with another parameter")
            else:
                node[last] = text
        return root

    def value(self, node, shape, path):
        kind = shape.type_name
        # This is how a list without items is sent.
        if kind == "list" and node == "" and not self.is_ec2:
            return []
        has_parts = kind in ("structure", "list", "map")
        if has_parts != isinstance(node, dict):
            self.problems.append(f"{path}: is a {kind}, and {'needs' if has_parts else 'has no'} parts")
            return None
        match kind:
            case "structure":
                return self.structure(node, shape, path)
            case "list":
                return self.list(node, shape, path)
            case "map":
                return self.map(node, shape, path)
            case "timestamp":
                return self.time(node, path)
            case _:
                return scalar(node, kind)

    def structure(self, node, shape, path):
        members = {self.spelling(member, key): (key, member) for key, member in shape.members.items()}
        value = {}
        for name, child in node.items():
            inside = f"{path}.{name}" if path else name
            if name in members:
                key, member = members[name]
                value[key] = self.value(child, member, inside)
            else:
                self.problems.append(f"{inside}: {unknown(name, members)}")
        return value

    def spelling(self, member, key):
        """A member's name on the wire."""
        name = member.serialization.get("name", key)
        if self.is_ec2:
            name = member.serialization.get("queryName", name[0].upper() + name[1:])
        return name

    def list(self, node, shape, path):
        if not self.is_ec2:
            node, path = self.only(node, shape.member.serialization.get("name", "member"), path)
        items = self.numbered(node, path)
        return [self.value(item, shape.member, f"{path}.{number}") for number, item in enumerate(items, 1)]

    def map(self, node, shape, path):
        node, path = self.only(node, "entry", path)
        entries = {}
        for number, entry in enumerate(self.numbered(node, path), 1):
            inside = f"{path}.{number}"
            if not isinstance(entry, dict) or entry.keys() != {"key", "value"}:
                self.problems.append(f"{inside}: needs the parts key and value")
                continue
            key = self.value(entry["key"], shape.key, f"{inside}.key")
            entries[key] = self.value(entry["value"], shape.value, f"{inside}.value")
        return entries

    def time(self, text, path):
        try:
            return datetime.fromisoformat(text).timestamp()
        except ValueError:
            self.problems.append(f'{path}: "{text}" is not a time in ISO 8601')
            return None

    def only(self, node, name, path):
        """The part with this name, beside which there is none."""
        if node.keys() != {name} or not isinstance(node[name], dict):
            self.problems.append(f"{path}: its items are {path}.{name}.1 and so on")
            return {}, path
        return node[name], f"{path}.{name}"

    def numbered(self, node, path):
        """The parts, which are numbered from 1 on."""
        numbers = [str(number) for number in range(1, len(node) + 1)]
        if node.keys() != set(numbers):
            self.problems.append(f"{path}: the numbers are {', '.join(node)}, and should be {', '.join(numbers)}")
            return []
        return [node[number] for number in numbers]


def scalar(text, kind):
    if kind in ("integer", "long") and re.fullmatch("-?[0-9]+", text):
        return int(text)
    if kind in ("float", "double") and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
