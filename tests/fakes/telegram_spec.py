"""Holds requests and answers against the part of the published Telegram Bot API that chibot uses."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("telegram_spec.json")
_LIST = "Array of "


class Spec:
    """`telegram_spec.json`: "Integer|String!" is one of two and required; a type it does not list may be anything."""

    def __init__(self) -> None:
        data = json.loads(_FILE.read_text(encoding="utf-8"))
        self.methods: dict[str, Any] = data["methods"]
        self.types: dict[str, Any] = data["types"]

    def request(self, method: str, params: Mapping[str, Any]) -> list[str]:
        """What is wrong with a request; values are JSON, or JSON in a string as a form carries them."""
        if method not in self.methods:
            return [f"unknown method {method}"]
        return self._object(self.values(method, params), self.methods[method]["fields"], method)

    def values(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters with JSON taken out of strings, as a form carries what is neither text nor a file."""
        fields = self.methods.get(method, {}).get("fields", {})
        return {name: _unpacked(value, fields.get(name, "")) for name, value in params.items()}

    def response(self, method: str, result: object) -> list[str]:
        """What is wrong with the result that a server gives."""
        return self._value(result, self.methods[method]["returns"], f"{method} ->")

    def update(self, update: Mapping[str, Any]) -> list[str]:
        """What is wrong with an Update."""
        return self._value(update, "Update", "Update")

    def _object(self, value: Mapping[str, Any], fields: Mapping[str, str], path: str) -> list[str]:
        missing = [n for n, kind in fields.items() if kind.endswith("!") and n not in value]
        problems = [f"{path}.{name}: required and missing" for name in missing]
        for name, item in value.items():
            if name in fields:
                problems += self._value(item, fields[name].rstrip("!"), f"{path}.{name}")
            else:
                problems.append(f"{path}.{name}: unknown")
        return problems

    def _value(self, value: object, kinds: str, path: str) -> list[str]:
        if kinds.startswith(_LIST):
            return self._list(value, kinds.removeprefix(_LIST), path)
        found = [self._one(value, kind, path) for kind in kinds.split("|")]
        return min(found, key=len)

    def _list(self, value: object, kind: str, path: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{path}: not an array"]
        return [problem for i, item in enumerate(value) for problem in self._value(item, kind, f"{path}[{i}]")]

    def _one(self, value: object, kind: str, path: str) -> list[str]:
        if kind in _PRIMITIVE:
            return [] if _PRIMITIVE[kind](value) else [f"{path}: not {kind}"]
        spec = self.types.get(kind)
        if spec is None:
            return []
        if "one_of" in spec:
            return self._value(value, "|".join(spec["one_of"]), path)
        if not isinstance(value, Mapping):
            return [f"{path}: not an object {kind}"]
        return self._object(value, spec["fields"], path)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_PRIMITIVE: dict[str, Callable[[object], bool]] = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": _number,
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
}


def _unpacked(value: object, kinds: str) -> object:
    """A form carries everything as text: what cannot be a String is JSON."""
    if not isinstance(value, str) or "String" in kinds.rstrip("!").split("|") or "InputFile" in kinds:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
