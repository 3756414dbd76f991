"""What lies within the subject, and what is refused before anything is looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.knowledge.lexicon import Spelled, spelled
from bot.knowledge.reading import read_data


class Spared(BaseModel):
    """Questions that a guard lets pass: with every concept of `all` and at least one of `any`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: frozenset[str]
    any: frozenset[str]


class Guard(BaseModel):
    """A kind of refusal for questions with every concept of `all` and none of `none`, but for those `spared`.

    `named`: only those that name a person. `words`: only those of at most so many words. `yields`: not those that are
    most surely ours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    all: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    named: bool = False
    words: int = 10_000
    spared: Spared | None = None
    yields: bool = False

    def stops(self, concepts: frozenset[str], words: int, named: bool, clear: bool) -> bool:
        """Whether a question with these concepts is refused; `clear`: it is most surely ours."""
        if words > self.words or (self.named and not named) or (self.yields and clear):
            return False
        if self.spared and self.spared.all <= concepts and self.spared.any & concepts:
            return False
        return self.all <= concepts and not self.none & concepts


class Sure(BaseModel):
    """How sure an answer must be; the words are explained in scope.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float
    lead: float
    stranger: float
    strangers: int

    def met(self, share: float, lead: float, strangers: int) -> bool:
        """Whether a question with so many unknown words is surely enough about the answer found."""
        return share >= self.share and lead >= self.lead + self.stranger * strangers and strangers <= self.strangers


class Likely(BaseModel):
    """How likely a question must be ours to be answered, to be met with choices, and to pass guards that yield."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer: float
    offer: float
    clear: float


Anchor = Literal["strong", "mixed", "weak", "weak_mixed", "faint", "none", "foreign"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Concepts by whose they are.

    Only this subject speaks of the strong ones, and of the shaky ones where no other subject is named; others share the
    weak ones, and more so the faint ones, and own the foreign ones, of which those `aside` are often a side story.
    """

    strong: frozenset[str]
    shaky: frozenset[str]
    weak: frozenset[str]
    faint: frozenset[str]
    foreign: frozenset[str]
    aside: frozenset[str]
    everyday: frozenset[str]
    generic: frozenset[str]
    sure: Mapping[str, Sure]
    likely: Likely
    guards: tuple[Guard, ...]
    phrases: Mapping[str, tuple[Spelled, ...]]

    @property
    def guarding(self) -> frozenset[str]:
        """The concepts of this file that only guards look at."""
        asked = frozenset[str]().union(*(guard.all | guard.none for guard in self.guards))
        return asked & self.phrases.keys() - self.foreign - self.strong - self.shaky - self.weak - self.faint

    def guard(self, concepts: frozenset[str], words: int, named: bool, likely: float | None = None) -> str | None:
        """The kind of refusal that the first fitting guard asks for; `likely` is the sieve's, where it was asked."""
        clear = likely is not None and likely >= self.likely.clear
        return next((guard.kind for guard in self.guards if guard.stops(concepts, words, named, clear)), None)

    def anchor(self, concepts: frozenset[str]) -> "Anchor":
        """How firmly a question stands within the subject."""
        foreign = bool(concepts & self.foreign)
        if concepts & self.strong or (concepts & self.shaky and not foreign):
            return "mixed" if foreign else "strong"
        if concepts & self.weak:
            return "weak_mixed" if concepts & (self.foreign - self.aside) else "weak"
        if concepts & self.faint and not foreign:
            return "faint"
        return "foreign" if foreign else "none"


@cache
def load_scope() -> Scope:
    """The scope that stands next to this file."""
    data = read_data("scope.yaml")
    return Scope(
        strong=frozenset(data["anchors"]["strong"]),
        shaky=frozenset(data["anchors"]["shaky"]),
        weak=frozenset(data["anchors"]["weak"]),
        faint=frozenset(data["anchors"]["faint"]),
        foreign=frozenset(data["foreign"]),
        aside=frozenset(data["aside"]),
        everyday=frozenset(data["everyday"]),
        generic=frozenset(data["generic"]),
        sure={anchor: Sure.model_validate(bar) for anchor, bar in data["sure"].items()},
        likely=Likely.model_validate(data["likely"]),
        guards=tuple(Guard.model_validate(guard) for guard in data["guards"]),
        phrases={name: tuple(spelled(str(phrase)) for phrase in phrases) for name, phrases in data["concepts"].items()},
    )
