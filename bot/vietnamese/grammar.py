"""The grammar of typed dates: the rules of dates.yaml compiled to a tree, and the phrases found in a sentence by it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.vietnamese.spelling import plain
from bot.vietnamese.tokens import Token, Word, tokens_of

_DATA = Path(__file__).with_name("dates.yaml")
_ITEM = re.compile(r"\[[^\]]*\]|\S+")
_PIECE = re.compile(r"<\w+>|\{\w+\}|[^<{]+")


@dataclass(slots=True)
class Node:
    """A place in the tree of phrases: what may follow, and which rules end here."""

    words: dict[str, list[tuple["Edge", "Node"]]] = field(default_factory=dict)
    slots: dict[tuple[str, bool], "Node"] = field(default_factory=dict)
    rules: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Edge:
    """A written word of a phrase; `glued` when no blank may stand before it."""

    word: Word
    glued: bool
    needs_marks: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a figure or a week day in a phrase."""

    name: str
    glued: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase at tokens [first, last): its rule, what its slots hold, and how many words were read as another word."""

    first: int
    last: int
    rule: int
    values: dict[str, int]
    guessed: int


Part = Edge | Slot
Context = dict[str, list[tuple[Edge, ...]]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled file: phrases, spelled numbers, week days, contexts by their last (or first) word.

    `first_words` are all that a phrase can begin with, unmarked; most words of a sentence are none.
    """

    phrases: Node
    numbers: Node
    weekdays: Node
    rules: list[dict[str, Any]]
    before: dict[str, Context]
    after: dict[str, Context]
    street_dates: frozenset[tuple[int, int]]
    first_words: frozenset[str]


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    """The grammar, read once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(_DATA.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (a safe loader)
    needs = frozenset(data["needs_marks"])
    groups = {name: said for name, said in data["groups"].items() if name != "weekday"}
    phrases = Node()
    for number, rule in enumerate(data["rules"]):
        for phrase in rule["say"].split(","):
            for parts in _expand(phrase.strip(), groups, needs):
                _grow(phrases, parts, number)
    contexts = {name: [tuple(_words(p, needs)) for p in said.split(",")] for name, said in data["contexts"].items()}
    streets = frozenset((int(d), int(m)) for d, m in (text.split("/") for text in data["street_dates"]))
    numbers, weekdays = _valued(data["numbers"], needs), _valued(data["groups"]["weekday"], needs)
    return Grammar(
        phrases,
        numbers,
        weekdays,
        data["rules"],
        {name: _keyed(said, -1) for name, said in contexts.items()},
        {name: _keyed(said, 0) for name, said in contexts.items()},
        streets,
        frozenset((*phrases.words, *numbers.words, *weekdays.words)),
    )


def _words(text: str, needs: frozenset[str]) -> list[Edge]:
    return [
        Edge(t.word, i > 0 and t.gap == "", text[t.start : t.end] in needs)
        for i, t in enumerate(tokens_of(text.strip()))
    ]


def _keyed(phrases: list[tuple[Edge, ...]], end: int) -> Context:
    keyed: Context = {}
    for phrase in phrases:
        keyed.setdefault(phrase[end].word.plain, []).append(phrase)
    return keyed


def _valued(said: dict[int, list[str]], needs: frozenset[str]) -> Node:
    """A tree of spelled values: the rules that end in it are the values themselves."""
    tree = Node()
    for value, phrases in said.items():
        for phrase in phrases:
            _grow(tree, list(_words(phrase, needs)), value)
    return tree


def _expand(phrase: str, groups: dict[str, list[str]], needs: frozenset[str]) -> Iterator[list[Part]]:
    """All ways to say a phrase; an [item] may be left out, one|other are alternatives."""
    ways: list[list[Part]] = [[]]
    for item in _ITEM.findall(phrase):
        optional = item.startswith("[")
        choices = [""] if optional else []
        choices += item.strip("[]").split("|")
        ways = [way + parts for way in ways for choice in choices for parts in _choice(choice, groups, needs)]
    return (way for way in ways if way)


def _choice(choice: str, groups: dict[str, list[str]], needs: frozenset[str]) -> list[list[Part]]:
    """The ways to say one alternative: words, groups and slots; a slot right after a letter is glued to it."""
    ways: list[list[Part]] = [[]]
    for piece in _PIECE.findall(choice):
        said: list[list[Part]]
        if piece.startswith("<"):
            said = [list(_words(text, needs)) for text in groups[piece[1:-1]]]
        elif piece.startswith("{"):
            glued = choice[: choice.index(piece)][-1:].isalpha()
            said = [[Slot(piece[1:-1], glued)]]
        else:
            said = [list(_words(piece, needs))]
        ways = [way + parts for way in ways for parts in said]
    return ways


def _grow(node: Node, parts: list[Part], rule: int) -> None:
    for part in parts:
        node = _next_node(node, part)
    if rule not in node.rules:
        node.rules.append(rule)


def _next_node(node: Node, part: Part) -> Node:
    if isinstance(part, Slot):
        return node.slots.setdefault((part.name, part.glued), Node())
    edges = node.words.setdefault(part.word.plain, [])
    for edge, child in edges:
        if edge == part:
            return child
    edges.append((part, Node()))
    return edges[-1][1]


def guesses(word: Word, edge: Edge, marked_text: bool) -> int | None:
    """What reading a typed word as a written one supposes: 0 nothing, 1 marks left out, None it is another."""
    if word.spelling == edge.word.spelling or (word.telex and word.telex == edge.word.spelling):
        return 0
    if word.marked or word.plain != edge.word.plain or (marked_text and edge.needs_marks):
        return None
    return 1


def walk(
    tokens: list[Token], at: int, tree: Node, marked: bool, *, glued: bool | None = None
) -> Iterator[tuple[int, int, int]]:
    """Where the plain words of a tree end: (token after, rule, words guessed); `glued` asks it of the first word."""
    stack = [(at, tree, 0)]
    while stack:
        i, node, guessed = stack.pop()
        for rule in node.rules:
            yield i, rule, guessed
        if i < len(tokens) and (i == at or tokens[i].joined):
            stack += ((i + 1, child, guessed + more) for child, more in _word_steps(tokens[i], node, marked, i == at))


def _word_steps(token: Token, node: Node, marked: bool, first: bool) -> Iterator[tuple[Node, int]]:
    word = token.word
    keys = (word.plain, plain(word.telex)) if word.telex else (word.plain,)
    for key in keys:
        for edge, child in node.words.get(key, ()):
            if edge.glued and token.gap not in ("", ".") and not first:
                continue
            more = guesses(word, edge, marked)
            if more is not None:
                yield child, more


def matches(tokens: list[Token], at: int, rules: Grammar, marked: bool) -> Iterator[Match]:
    """Every phrase that begins at a token, in no order."""
    stack: list[tuple[int, Node, dict[str, int], int]] = [(at, rules.phrases, {}, 0)]
    while stack:
        i, node, values, guessed = stack.pop()
        for rule in node.rules:
            yield Match(at, i, rule, values, guessed)
        if i >= len(tokens) or not (i == at or tokens[i].joined):
            continue
        for child, more in _word_steps(tokens[i], node, marked, i == at):
            stack.append((i + 1, child, values, guessed + more))
        for (slot, glued), child in node.slots.items():
            if glued and tokens[i].gap:
                continue
            for after, found, more in _fill(tokens, i, slot, rules, marked):
                stack.append((after, child, {**values, **found}, guessed + more))


def _fill(
    tokens: list[Token], at: int, slot: str, rules: Grammar, marked: bool
) -> Iterator[tuple[int, dict[str, int], int]]:
    """The readings of a slot: (token after, values, words guessed)."""
    word = tokens[at].word
    if slot == "wd":
        yield from ((end, {"weekday": day}, more) for end, day, more in walk(tokens, at, rules.weekdays, marked))
    elif word.figures:
        values = _figures(slot, word)
        if values is not None:
            yield at + 1, values, 0
    elif slot in ("n", "d", "m"):
        name, most = {"n": ("n", 31), "d": ("day", 31), "m": ("month", 12)}[slot]
        for end, number, more in walk(tokens, at, rules.numbers, marked):
            if number <= most:
                yield end, {name: number, "spelled": 1}, more * 2


def _figures(slot: str, word: Word) -> dict[str, int] | None:
    """What a number typed in figures means in a slot, or None where it does not fit."""
    if slot in ("dm", "my", "dmy", "range"):
        return _chain(slot, word)
    if len(word.figures) != 1:
        return None
    digits, value = len(word.figures[0]), int(word.figures[0])
    if slot == "y":
        return {"year": value} if digits == 4 and 1900 <= value <= 2999 else None
    if slot == "n":
        return {"n": value} if digits <= 3 else None
    if digits > 2 or (slot == "big" and not 13 <= value <= 31):
        return None
    return {"month" if slot == "m" else "day": value}


def _chain(slot: str, word: Word) -> dict[str, int] | None:
    """Day, month and year of figures such as 20/11, 20-11-2026, 2026-11-20, 20-21/11 (the first of the two days)."""
    figures, signs = word.figures, word.separators
    if any(len(f) > 4 for f in figures):
        return None
    numbers, sizes = [int(f) for f in figures], [len(f) for f in figures]
    if slot == "my":
        return {"month": numbers[0], "year": numbers[1]} if sizes[1:] == [4] and sizes[0] <= 2 else None
    if slot == "range":
        return {"n": numbers[0]} if signs == "-" and max(sizes) <= 2 else None
    if slot == "dm":
        if signs in ("-/", "-.") and max(sizes) <= 2:
            return {"day": numbers[0], "month": numbers[2]}
        return {"day": numbers[0], "month": numbers[1]} if sizes in ([1, 1], [1, 2], [2, 1], [2, 2]) else None
    if len(set(signs)) != 1 or len(numbers) != 3:
        return None
    if sizes[0] == 4 and max(sizes[1:]) <= 2:
        return {"year": numbers[0], "month": numbers[1], "day": numbers[2]}
    if max(sizes[:2]) <= 2 and sizes[2] in (2, 4):
        return {"day": numbers[0], "month": numbers[1], "year": numbers[2]}
    return None
