"""The road from source to recognition, walked by tapping: each step with its duty, its papers and its deadlines."""

from dataclasses import dataclass
from datetime import date

from bot.knowledge.reading import read_data
from bot.rules.book import Rulebook
from bot.rules.clocks import Rule
from bot.rules.entries import Step


@dataclass(frozen=True, slots=True)
class Limit:
    """A deadline of a step in the rulebook's words: its name, how long, and the word for the unit."""

    rule: str
    name: str
    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step. `label` is its number on paper; `duty` who acts; `papers` are (number, name); `article` tells more."""

    slug: str
    label: str
    name: str
    duty: str
    side: bool
    papers: tuple[tuple[str, str], ...]
    limits: tuple[Limit, ...]
    article: str


def walk(book: Rulebook, on: date) -> tuple[PathStep, ...]:
    """All steps in order, with the deadlines in force on that day."""
    articles: dict[str, str] = read_data("path.yaml")["articles"]
    return tuple(_step(step, articles[step.slug], book, on) for step in book.entries.steps.values())


def _step(step: Step, article: str, book: Rulebook, on: date) -> PathStep:
    forms = [book.entries.forms[slug] for slug in step.forms]
    return PathStep(
        slug=step.slug,
        label=step.label,
        name=step.name,
        duty=book.entries.roles[step.by],
        side=step.track == "side",
        papers=tuple((form.number or "", form.name) for form in forms),
        limits=tuple(_limits(step, book, on)),
        article=article,
    )


def _limits(step: Step, book: Rulebook, on: date) -> list[Limit]:
    units = book.entries.wording.units
    found = []
    for rule in book.rules.values():
        clock = rule.at(on)
        if clock is not None and _bounds(rule, step, book):
            found.append(Limit(rule.slug, rule.name, clock.amount, units[clock.unit]))
    return found


def _bounds(rule: Rule, step: Step, book: Rulebook) -> bool:
    """Whether the rule says how long this step may take, or how long its papers last."""
    stand_in = any(other.longer is rule for other in book.rules.values())
    if rule.kind in ("local", "earliest") or rule.profile or stand_in or not rule.during:
        return False
    per = book.entries.deadlines[rule.slug].per
    if per == "vetting":
        return rule.during[0] == step.slug
    if rule.kind == "milestone":
        return rule.during[-1] == step.slug
    return per == "case" and step.event in rule.ends
