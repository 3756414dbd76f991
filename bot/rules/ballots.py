"""Ballots: who is counted, whether the numbers add up, how many votes are needed, and what a result means."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bot.rules.book import Rulebook
from bot.rules.entries import BodyName, Cited
from bot.rules.lists import BodyVersion

_COUNTS = ("members", "away", "away_present", "exempt", "exempt_present", "suspended", "prosecuted")
_VOTES = ("present", "issued", "returned", "valid", "in_favour", "against")


@dataclass(frozen=True, slots=True)
class Ballot:
    """The figures of one vote on one person.

    `members`: full members (or serving committee members) on the list. `away`: of these, gone to another branch for a
    time; `exempt`: excused from activities; both count only as far as they came (`…_present`). `suspended` and
    `prosecuted` never count. `present`: those who came and may vote. `against` None: not counted apart; what is
    neither is blank.
    """

    members: int
    present: int
    issued: int
    returned: int
    valid: int
    in_favour: int
    against: int | None = None
    away: int = 0
    away_present: int = 0
    exempt: int = 0
    exempt_present: int = 0
    suspended: int = 0
    prosecuted: int = 0


@dataclass(frozen=True, slots=True)
class Misfit:
    """Two numbers that do not fit: the name of the sum, and the sentence with the arithmetic."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A vote that adds up: how many are counted, how many in favour it needs, whether it has them.

    Short of it, the result is recorded all the same and reported upward. `warning`: the branch has fewer than three
    full members.
    """

    body: BodyName
    counted: int
    need: int
    in_favour: int
    source: BodyVersion
    warning: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the body has proposed or decided."""
        return self.in_favour >= self.need

    def text(self, book: Rulebook) -> str:
        """The result in words."""
        template = book.entries.wording.results["passed" if self.passed else "short"]
        name = book.entries.ballots.bodies[self.body].name
        return template.format(body=name, favour=self.in_favour, counted=self.counted, need=self.need)


def counted(ballot: Ballot, body: BodyName, book: Rulebook) -> int:
    """Who stands under the fraction. The merely absent are counted; only at a congress are those excused left out."""
    entry = book.entries.ballots.bodies[body]
    outside = sum(getattr(ballot, name) for name in entry.outside)
    only_present = sum(getattr(ballot, name) - getattr(ballot, f"{name}_present") for name in entry.only_present)
    return ballot.members - int(outside) - int(only_present)


def needed(of: int, body: BodyName, on: date, book: Rulebook) -> int:
    """How many votes in favour are needed of so many counted."""
    return _need(of, version_at(body, on, book))


def version_at(body: BodyName, on: date, book: Rulebook) -> BodyVersion:
    """The share in force on the day of the vote; before the first version, the first."""
    versions = book.entries.ballots.bodies[body].versions
    return next((version for version in reversed(versions) if version.since <= on), versions[0])


def _need(of: int, version: BodyVersion) -> int:
    share = version.part * Fraction(of)
    return int(share) + 1 if version.more_than else -int(-share // 1)


def misfits(ballot: Ballot, body: BodyName, book: Rulebook) -> list[Misfit]:
    """Everything in the figures that does not add up; empty when they do."""
    entries = book.entries.ballots
    found = []
    for name in (*_COUNTS, *_VOTES):
        value = getattr(ballot, name)
        if value is not None and value < 0:
            found.append(Misfit("negative", entries.sums["negative"].format(name=entries.names[name], left=value)))
    if found:
        return found
    for name in ("away", "exempt"):
        came, listed = getattr(ballot, f"{name}_present"), getattr(ballot, name)
        if came > listed:
            found.append(Misfit("came", entries.sums["came"].format(name=entries.names[name], left=came, right=listed)))
    return found or _of_counted(ballot, body, book)


def _of_counted(ballot: Ballot, body: BodyName, book: Rulebook) -> list[Misfit]:
    entries = book.entries.ballots
    of = counted(ballot, body, book)
    if of <= 0:
        voters = entries.bodies[body].voters
        text = entries.sums["outside"].format(members=ballot.members, voters=voters, left=ballot.members - of)
        return [Misfit("outside", text)]
    # Each link of the chain may lose ballots but never gain any.
    links = [
        ("present", ballot.present, of),
        ("issued", ballot.issued, ballot.present),
        ("returned", ballot.returned, ballot.issued),
        ("valid", ballot.valid, ballot.returned),
        ("in_favour", ballot.in_favour, ballot.valid),
    ]
    found = [
        Misfit(key, entries.sums[key].format(left=left, right=right)) for key, left, right in links if left > right
    ]
    if ballot.against is not None and ballot.in_favour + ballot.against > ballot.valid:
        both = {
            "favour": ballot.in_favour,
            "against": ballot.against,
            "left": ballot.in_favour + ballot.against,
            "right": ballot.valid,
        }
        found.append(Misfit("split", entries.sums["split"].format(**both)))
    return found


def outcome(ballot: Ballot, body: BodyName, on: date, book: Rulebook) -> Outcome:
    """The result of a vote whose figures add up (ask `misfits` first)."""
    version = version_at(body, on, book)
    of = counted(ballot, body, book)
    least = book.entries.ballots.least_members
    too_few = body == "branch" and ballot.members < least
    warning = book.entries.ballots.too_few.format(least=least, members=ballot.members) if too_few else None
    return Outcome(body, of, _need(of, version), ballot.in_favour, version, warning)


def goes_up(failed_votes: int, book: Rulebook) -> tuple[str, Cited] | None:
    """After the third vote short of recognition (or of striking off): what to do, and where that is written."""
    rule = book.entries.ballots.failed_recognitions
    return (rule.text.format(times=failed_votes), rule) if failed_votes >= rule.times else None
