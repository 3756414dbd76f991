"""A unit's report on one screen: figures, parts still to be written, who has not handed in; and the way on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat import Choice, Reply
from bot.reports.paper import Paper, parts_of
from bot.reports.wording import number, period_name, words
from bot.rules.periods import Period, PeriodKind, containing
from handlers.commands import Context, command
from handlers.pages import Page, read_page
from handlers.papers import paper_of
from handlers.report_units import Asked, asked_for, due_on, late_below, may_write, pressed, takes_in
from storage import people, reports
from storage.reports import Report
from storage.units import COMMITTEES

# The figures on the screen; the paper has more.
TOLD = ("admitted", "admitted_in_year", "new_sources", "contacts", "sources", "overdue", "silent")
NAMES_SHOWN = 4
A_PAGE = 8
KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "half", "year")


@command("baocao")
def report(context: Context, words: str) -> Reply:
    """The report of a unit on a period ("quy 4 TDP1", "2026-11 u12"); without words one's own, on this month."""
    asked = asked_for(context, words, "/baocao")
    return asked if isinstance(asked, Reply) else show(context, asked)


@dataclass(frozen=True, slots=True)
class Standing:
    """A report as a screen says it: its newest version, and what may be done with it by whoever looks."""

    report: Report | None
    writes: bool
    takes_in: bool

    @property
    def state(self) -> str:
        """draft, handed_in or returned; nothing written is a draft as well."""
        return self.report.state if self.report else "draft"

    @property
    def reads(self) -> bool:
        """Whether the words are this person's to read: a draft is for those who write it, and who wait for it."""
        return self.writes or self.takes_in or self.state == "handed_in"

    @property
    def back(self) -> bool:
        """Whether this person may send it back."""
        return self.takes_in and self.state == "handed_in"


def standing_of(context: Context, asked: Asked) -> Standing:
    """Where the report stands."""
    newest = reports.latest(context.connection, asked.unit.id, asked.period.code)
    return Standing(newest, may_write(context, asked.unit), takes_in(context, asked.unit))


def show(context: Context, asked: Asked, done: str = "", above: str | None = None) -> Reply:
    """The one screen; `done` says first what has just happened: handed_in (to `above`), again, correcting, numbered."""
    paper = paper_of(context.connection, asked.unit, asked.period, context.today, whole=False)
    stands = standing_of(context, asked)
    values = {
        "unit": asked.unit.name,
        "period": period_name(asked.period),
        "lines": _lines(paper),
        "parts": _parts(paper, asked.period),
        "stands": _stands(context, asked, stands),
        "late": _late(context, asked),
        "done": done,
        "above": above,
    }
    return Reply("reports.one", values, _buttons(context, asked, stands, paper), edit=True)


def _lines(paper: Paper) -> list[dict[str, Any]]:
    known = words()["measures"]
    told = [measure for slug in TOLD if (measure := paper.measure(slug))]
    return [
        {"name": known[m.slug]["name"], "now": number(m.now), "before": _shown(m.before), "target": _shown(m.target)}
        for m in told
        if m.now or m.before or m.target or m.slug in ("admitted", "new_sources")
    ]


def _shown(count: int | None) -> str | None:
    return None if count is None else number(count)


def _parts(paper: Paper, period: Period) -> list[dict[str, Any]]:
    said = {part.slug for part in paper.parts if part.text}
    return [{"name": words()["parts"][slug], "written": slug in said} for slug in parts_of(period.kind)]


def _stands(context: Context, asked: Asked, stands: Standing) -> dict[str, Any]:
    """How the report stands, in values for the sentence."""
    newest = stands.report
    at = newest.handed_in_at if newest else None
    who = people.by_id(context.connection, newest.handed_in_by) if newest and newest.handed_in_by else None
    due = due_on(context, asked.unit, asked.period)
    return {
        "state": stands.state,
        "version": newest.version if newest else 1,
        "on": at.astimezone(context.now.tzinfo).date() if at else None,
        "by": who.name if who else None,
        "why": newest.returned_why if newest else None,
        "number": newest.number if newest else None,
        "due": due,
        "days": (due - context.today).days,
    }


def _late(context: Context, asked: Asked) -> dict[str, Any] | None:
    """Who below has not handed in; None where nobody is below."""
    if asked.unit.kind not in COMMITTEES:
        return None
    everybody = reports.owing(context.connection, asked.unit)
    late = late_below(context, asked)
    return {"all": len(everybody), "done": len(everybody) - len(late), "names": [u.name for u in late[:NAMES_SHOWN]]}


def _buttons(context: Context, asked: Asked, stands: Standing, paper: Paper) -> list[list[Choice]]:
    below = [Choice("late_reports", f"/chuanop {asked.ref}")] if asked.unit.kind in COMMITTEES else []
    return [
        *_working(asked, stands, paper),
        files(asked),
        [*below, Choice("commitments", f"/camket {asked.period.year} u{asked.unit.id}")],
        _periods(context, asked),
    ]


def _working(asked: Asked, stands: Standing, paper: Paper) -> list[list[Choice]]:
    """What is to be done with the report next."""
    rows: list[list[Choice]] = []
    if stands.writes and stands.state != "handed_in":
        missing = [part for part in paper.parts if not part.text]
        first = [to_part(asked, part.slug) for part in missing[:1]]
        rows += [[*first, Choice("report_parts", f"/phanbaocao {asked.ref}")]]
        rows += [[Choice("hand_in", f"/nopbaocao {asked.ref}"), Choice("report_number", f"/sobaocao {asked.ref}")]]
    elif stands.writes:
        rows += [
            [Choice("correct_report", f"/suabaocao {asked.ref}"), Choice("report_number", f"/sobaocao {asked.ref}")]
        ]
    if stands.state == "handed_in" or not stands.writes:
        back = [Choice("send_back", f"/trabaocao {asked.ref}")] if stands.back else []
        rows += [[Choice("report_parts", f"/phanbaocao {asked.ref}"), *back]] if stands.reads else []
    return rows


def to_part(asked: Asked, slug: str) -> Choice:
    """The button to a part."""
    return Choice("write_part", f"/phanbaocao {asked.ref} {slug}", {"name": words()["parts"][slug]})


def files(asked: Asked) -> list[Choice]:
    """The paper in its three forms."""
    return [Choice(f"as_{ending}", f"/tepbaocao {asked.ref} {ending}") for ending in ("docx", "xlsx", "png")]


def _periods(context: Context, asked: Asked) -> list[Choice]:
    """The period before, and the other kinds that hold this one's last day, or today."""
    day = min(asked.period.last, context.today)
    others = [containing(kind, day) for kind in KINDS if kind != asked.period.kind]
    before = asked.period.previous
    shown = [Choice("report_before", f"/baocao {before.code} u{asked.unit.id}", {"name": period_name(before)})]
    return shown + [
        Choice(
            "other_period", f"/baocao {period.code} u{asked.unit.id}", {"name": words()["period_words"][period.kind]}
        )
        for period in others
    ]


def to_report(asked: Asked) -> list[Choice]:
    """The way back to the screen."""
    return [Choice("to_report", f"/baocao {asked.ref}")]


@command("chuanop")
def late(context: Context, words: str) -> Reply:
    """The units below a committee and how their reports stand, those that are missing first; a page at a time."""
    if not words or words.startswith("+"):
        asked = asked_for(context, words, "/chuanop")
        if isinstance(asked, Reply):
            return asked
        turned = 0
    else:
        asked = pressed(context, words)
        turned, _ = read_page(asked.rest)
    everybody = reports.states(context.connection, asked.unit, asked.period.code)
    ordered = sorted(everybody.items(), key=lambda pair: pair[1][1] == "handed_in")
    page = Page.of(ordered, turned, A_PAGE)
    rows = [[_row(asked, number, *stands)] for number, stands in page.items]
    turn = page.turn(lambda to: f"/chuanop {asked.ref} +{to}")
    values = {
        "unit": asked.unit.name,
        "period": period_name(asked.period),
        "all": len(everybody),
        "done": sum(state == "handed_in" for _, state in everybody.values()),
        "due": due_on(context, asked.unit, asked.period),
    }
    return Reply("reports.late", values, [*rows, turn, to_report(asked)], edit=True)


def _row(asked: Asked, unit: int, name: str, state: str | None) -> Choice:
    return Choice("report_of", f"/baocao {asked.period.code} u{unit}", {"name": name, "state": state or "none"})


def names(of: Sequence[str]) -> str:
    """Parts by what they are called, in one line."""
    return " \u00b7 ".join(words()["parts"][slug] for slug in of)
