"""How the sample ward looks after its own: help given to weak branches, leaders who help, remarks, the term's plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.rules.workdays import add_months
from bot.sample.cases import Sample
from bot.sample.content import content
from bot.sample.people import Settled
from storage import candidates, helping, new_members, oversight, terms

# Which of the new members were remarked upon so many months after their admission.
_EVERY, _AFTER = 3, 4


def write(
    connection: Connection,
    now: datetime,
    unit: Mapping[str, int],
    settled: Sequence[Settled],
    samples: Sequence[Sample],
) -> None:
    """As if those in charge of the areas, the secretaries and the office had written it in the chat."""
    told = content("helping")
    by_name = {person.name: person.number for person in settled}
    for one in told["visits"]:
        on = now.date() - timedelta(days=one["days"])
        next_on = now.date() + timedelta(days=one["next"]) if "next" in one else None
        who, words = by_name[one["who"]], one.get("words")
        helping.note(connection, now, who, unit[one["unit"]], who, one["kind"], on, words, next_on)
    for one in told["oversight"]:
        days = [now.date() - timedelta(days=one["days"]), now.date() + timedelta(days=one.get("due", 0))]
        due_on = days[1] if "due" in one else None
        what = (one["kind"], one["about"], days[0], one["words"], one["number"], due_on)
        oversight.note(connection, now, by_name[told["office"]], unit[one["unit"]], *what)
    _assign(connection, now, told["helps"], by_name, samples)
    _remark(connection, now, unit, settled)
    for code, plan in told["terms"].items():
        values = {name: value for name, value in plan.items() if name not in ("signed", "first_year")}
        values["on"] = plan["signed"]
        terms.set_plan(connection, now, by_name[told["office"]], unit[code], plan["first_year"], values)


def _assign(
    connection: Connection,
    now: datetime,
    helps: Mapping[str, str],
    by_name: Mapping[str, int],
    samples: Sequence[Sample],
) -> None:
    """Somebody in charge of an area helps one of its sources beside whoever helps already."""
    taken: set[str] = set()
    for name, unit in helps.items():
        free = (s for s in samples if s.unit == unit and s.state == "open" and s.step == "source")
        one = next((sample for sample in free if sample.code not in taken), None)
        case = candidates.by_code(connection, one.code) if one else None
        if case is not None:
            taken.add(case.code)
            candidates.assign(connection, now, None, case, by_name[name], case.listed_on)


def _remark(connection: Connection, now: datetime, unit: Mapping[str, int], settled: Sequence[Settled]) -> None:
    """Every third of the new members who have been ones for long enough was remarked upon by the secretary."""
    leads = {unit[one.unit]: one.number for one in settled if one.role == "secretary" and one.unit}
    there = new_members.of_units(connection, list(leads), now.date())
    for number, (place, _, _, one) in enumerate(there):
        on = add_months(one.admitted_on, _AFTER)
        if number % _EVERY == 0 and on <= now.date():
            case = candidates.by_number(connection, one.candidate)
            new_members.note(connection, now, leads[place], case, leads[place], on)
