"""How people are made up, by name and number: the one account that /coccau and the papers both tell."""

from bot.rules import composition
from bot.rules.composition import Part
from bot.rules.grouping import grouping
from bot.vietnamese.fold import fold
from handlers.templates import templates
from storage.composing import Counted

KINDS = ("groups", "education", "ages", "sexes", "areas", "introduced")
# Stages before the admission: who is there is a source, not a member yet.
_COMING = ("source", "class", "dossier", "deciding")


def coming() -> list[str]:
    """The steps at which somebody is a source."""
    return [step for stage in _COMING for step in grouping().stages[stage][1]]


def tables(counted: Counted) -> dict[str, list[Part]]:
    """Every kind in its order, with names."""
    names, whole = grouping(), counted.total
    return {
        "groups": composition.by_name(templates().words["groups"], counted.groups, whole),
        "education": composition.by_schooling(counted.education, whole),
        "ages": composition.by_age(counted.ages, whole),
        "sexes": composition.by_name(names.sexes, counted.sexes, whole),
        "areas": composition.by_name(names.areas, counted.areas, whole),
        "introduced": introduced(counted.introduced_by, whole),
    }


def introduced(by: dict[str | None, int], whole: int) -> list[Part]:
    """Who introduced them, from what was noted, by organisation."""
    return composition.by_organisation([(fold(words or ""), count) for words, count in by.items()], whole)


def order_of(kind: str) -> list[str]:
    """The names of a kind in the order in which a paper has them; what is not noted comes last."""
    names = grouping()
    ordered = {
        "groups": templates().words["groups"].values(),
        "education": [name for name, _ in names.schooling.values()],
        "ages": [name for _, name in names.ages],
        "sexes": names.sexes.values(),
        "areas": names.areas.values(),
        "introduced": [one.name for one in names.organisations],
    }
    return [*ordered[kind], names.unknown]
