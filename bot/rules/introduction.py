"""Who introduces the applicant: two full members, or a union's committee and one; twelve months together."""

from collections.abc import Callable
from datetime import date

from bot.rules.book import Rulebook
from bot.rules.facts import CaseFacts, Recommender
from bot.rules.findings import Asked, Check, Verdict
from bot.rules.workdays import add_months


def recommenders(of_youth_age: Callable[[CaseFacts, date, Rulebook], bool]) -> Check:
    """The check, given how the age of the Youth Union is judged."""

    def check(asked: Asked) -> Verdict:
        introducing = asked.facts.recommenders
        if not introducing:
            return Verdict("unknown")
        unions = {str(one.kind) for one in introducing if one.kind != "member"}
        if _youth_union_must(asked, of_youth_age) and "youth_union" not in unions:
            return Verdict("unmet_youth")
        members = [one for one in introducing if one.kind == "member"]
        return _counted(asked, members, unions)

    return check


def _youth_union_must(asked: Asked, of_youth_age: Callable[[CaseFacts, date, Rulebook], bool]) -> bool:
    answers = asked.facts.answers
    in_union = bool(answers.get("youth_member")) and bool(answers.get("youth_union_here", True))
    return in_union and of_youth_age(asked.facts, asked.on, asked.book)


def _counted(asked: Asked, members: list[Recommender], unions: set[str]) -> Verdict:
    ready = [one for one in members if _long_enough(one, asked)]
    if len(ready) >= (1 if unions else 2):
        return Verdict("met_youth" if "youth_union" in unions else "met_trade" if unions else "met")
    if any(_long_enough(one, asked) is None for one in members):
        return Verdict("unknown_time")
    waiting = [one.together_since for one in members if not _long_enough(one, asked) and one.together_since]
    if waiting and len(members) >= (1 if unions else 2):
        return Verdict("unmet_time", {"when": max(add_months(since, asked.number("months")) for since in waiting)})
    return Verdict("unmet", {"members": len(ready), "unions": len(unions)})


def _long_enough(one: Recommender, asked: Asked) -> bool | None:
    """None: not noted since when they have been together."""
    if one.replaces:
        return True
    return None if one.together_since is None else add_months(one.together_since, asked.number("months")) <= asked.on
