"""The only way into words: every sentence has a name, a text in Vietnamese and a sample, kept beside this file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from bot.chat import Button, Choice, Message, Reply
from bot.vietnamese.fold import initials

_FOLDER = Path(__file__).parent / "templates"
NOTE_SHOWN = 160
LINE_SHOWN = 90


class _Safe(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which only true and false are truth values: "on" is a day here, and "no" is a word."""


_BOOLEAN = "tag:yaml.org,2002:bool"
_Safe.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for letter, resolvers in _Safe.yaml_implicit_resolvers.items()
}
_Safe.add_implicit_resolver(_BOOLEAN, re.compile("^(?:true|false)$"), list("tf"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """One named sentence with sample values that must render it within every channel's limit."""

    name: str
    text: str
    sample: Mapping[str, Any]


def load(name: str) -> dict[str, Any]:
    """One of the YAML files of this room, by its name without ending."""
    content = yaml.load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=_Safe)  # noqa: S506
    return dict(content or {})


class Templates:
    """Renders replies. A sentence is compiled when it is first said: all of them would take a second of every start."""

    def __init__(self) -> None:
        self.words = load("words")
        self._ready: dict[str, Template] = {}
        self._environment = _environment(self.words)
        self.sentences = {
            sentence.name: sentence for file in sorted(_FOLDER.glob("say_*.yaml")) for sentence in self._read(file)
        }
        self.labels = {
            name: str(text) for file in _FOLDER.glob("labels*.yaml") for name, text in load(file.stem).items()
        }

    def _read(self, file: Path) -> list[Sentence]:
        entries = load(file.stem)
        return [Sentence(name, entry["text"].rstrip(), entry.get("sample") or {}) for name, entry in entries.items()]

    def _compiled(self, text: str) -> Template:
        found = self._ready.get(text)
        if found is None:
            found = self._ready[text] = self._environment.from_string(text)
        return found

    def say(self, name: str, values: Mapping[str, Any], today: date, to: str = "member", *, typed: bool = False) -> str:
        """The sentence in words, to a "member" or a "guest": HTML with values escaped.

        `typed`: there are no buttons where it is read, so nobody is told to press one.
        """
        text = self.sentences[name].text
        template = self._compiled(self._without_buttons(text) if typed else text)
        return template.render(values, today=today, you=self.words["you"][to], typed=typed).strip()

    def _without_buttons(self, text: str) -> str:
        """Our own words, not those of values: pressing becomes choosing."""
        for pressed, chosen in self.words["typed"]:
            text = text.replace(pressed, chosen)
        return text

    def message(
        self, reply: Reply, today: date, pressed: str | None = None, to: str = "member", *, typed: bool = False
    ) -> Message:
        """The finished message; `pressed` is the message that the answer may take the place of."""
        rows = tuple(tuple(self._button(choice, today) for choice in row) for row in reply.buttons if row)
        text = self.say(reply.template, reply.values, today, to, typed=typed)
        return Message(text, rows, pressed if reply.edit else None, reply.file)

    def _button(self, choice: Choice, today: date) -> Button:
        label = self.labels[choice.label]
        # A label without values is its own text: most are, and a message has up to a dozen.
        if "{" in label:
            # A label is plain text on every messenger: what autoescape made of it is taken back.
            said = self._compiled(label).render(choice.values, today=today).strip()
            label = Markup(said).unescape()  # noqa: S704  (unescaping, not trusting)
        return Button(label, choice.send, choice.kind)


def _environment(words: Mapping[str, Any]) -> Environment:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
    )
    weekdays = words["weekdays"]
    environment.filters |= {
        "day": lambda on: f"{weekdays[on.weekday()]} {on:%d/%m/%Y}",
        "weekday": lambda on: weekdays[on.weekday()],
        "date": lambda on: f"{on:%d/%m/%Y}",
        "short": lambda on: f"{on:%d/%m}",
        # With the year where it is another one.
        "near": lambda on, today: f"{on:%d/%m}" if on.year == today.year else f"{on:%d/%m/%Y}",
        "clock": lambda at: f"{at:%H:%M}",
        "how": lambda how: words["how"][how],
        "reason": lambda reason: words["reasons"][reason],
        "role": lambda role: words["roles"][role],
        "told_as": lambda role: words["told_as"][role],
        "kind": lambda kind: words["kinds"][kind],
        "channel": lambda channel: words["channels"].get(channel, channel),
        "step": lambda step: words["steps"][step],
        "short_step": lambda step: words["short_steps"].get(step, words["steps"][step]),
        "label": lambda label: words["groups"].get(label, label),
        # In a list that says of everybody which branch it is, the word for a branch need not stand in every line.
        "place": lambda unit: unit.removeprefix(words["kinds"]["branch"].capitalize()).strip(),
        "initials": initials,
        "given": given,
        # Unlike capitalize, it leaves names inside as they are.
        "opening": lambda text: text[:1].upper() + text[1:],
        "brief": lambda text: text if len(text) <= NOTE_SHOWN else text[: NOTE_SHOWN - 1].rstrip() + "\u2026",
        "short_text": lambda text: text if len(text) <= LINE_SHOWN else text[: LINE_SHOWN - 1].rstrip() + "\u2026",
        "ago": lambda on, today: _ago(on, today, words),
        "left": lambda due: _left(due, words["left"]),
        "since": lambda on, today: _ago(on, today, words, "since"),
    }
    environment.filters |= _figure_filters(environment, load("figures"))
    return environment


def _figure_filters(environment: Environment, words: Mapping[str, Any]) -> dict[str, Any]:
    """Periods, lines of figures and the headings of their lists."""
    pieces = {name: environment.from_string(text) for name, text in words["pieces"].items()}
    found: dict[str, Any] = {
        name: lambda value, piece=piece: Markup(piece.render(value=value))  # noqa: S704  (escaped by the piece)
        for name, piece in pieces.items()
    }
    said = found["period"]

    def list_title(kind: str, period: Any, stage: str = "") -> str:
        year = period["year"] if isinstance(period, Mapping) else period.last.year
        return str(words["lists"][kind]).format(period=said(period), year=year, stage=stage)

    return found | {"list_title": list_title}


def given(name: str) -> str:
    """The given name: the last word."""
    return (name.split() or [""])[-1]


def _ago(on: date | datetime | None, today: date, words: Mapping[str, Any], form: str = "days") -> str:
    said: Mapping[str, str] = words["ago"]
    if on is None:
        return said["never"]
    days = (today - (on.date() if isinstance(on, datetime) else on)).days
    if days in (0, 1):
        return said[("today", "yesterday")[days]]
    return (said[form] if days > 0 else said["in_days"]).format(days=abs(days))


def _left(due: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """How far a date is off: in working days where it was counted in these, a long validity in months."""
    kind = "milestone" if due["kind"] in ("milestone", "earliest") else "due"
    if due["left"] == 0:
        return words["today" if kind == "due" else "reached_today"]
    unit = words[due["unit"]]
    passed = words["late" if kind == "due" else "reached"]
    return (words["coming"] if due["left"] > 0 else passed).format(count=abs(due["left"]), unit=unit)


@cache
def templates() -> Templates:
    """All sentences, read once."""
    return Templates()
