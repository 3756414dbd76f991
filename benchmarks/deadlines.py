"""How fast all deadlines of 200,000 open cases are worked out, against bare date arithmetic; what a replay costs.

Run: python -m benchmarks.deadlines [CASES]. Variants take turns in three rounds, the best of each counts.
"""

import gc
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.rules.book import load
from bot.rules.deadlines import dues
from bot.rules.facts import CaseFacts, Vetting
from bot.rules.replay import Rules, replay
from bot.rules.workdays import WorkCalendar, add_months

TODAY = date(2026, 11, 20)
ROUNDS = 3
SHARES = {
    "source": 30,
    "assign_helper": 15,
    "awareness_class": 10,
    "procedure_approved": 4,
    "application": 4,
    "cv": 4,
    "vetting": 6,
    "opinions": 3,
    "recommendation": 3,
    "branch_vote": 3,
    "committee_vote": 3,
    "decision": 2,
    "ceremony": 1,
    "probation": 10,
    "recognition_dossier": 1,
    "recognition_vote": 1,
}
# What has been recorded by the time a case stands at a step, with how many days before the step's own day it was.
PAST = [
    ("source", "source_listed", 900),
    ("assign_helper", "helper_assigned", 700),
    ("awareness_class", "certificate_issued", 400),
    ("procedure_approved", "procedure_approved", 200),
    ("procedure_approved", "dossier_opened", 195),
    ("application", "application_written", 180),
    ("cv", "history_declared", 150),
    ("vetting", "vetting_started", 120),
    ("opinions", "opinions_collected", 90),
    ("recommendation", "recommended", 60),
    ("branch_vote", "branch_resolution", 40),
    ("committee_vote", "committee_resolution", 30),
    ("decision", "admission_decided", 20),
    ("ceremony", "ceremony", 10),
    ("probation", "probation_helper_assigned", 5),
    ("recognition_dossier", "self_review", 3),
    ("recognition_vote", "recognition_resolution", 1),
]


def cases(count: int, seed: int = 7) -> Iterator[CaseFacts]:
    """So many invented open cases, spread over the steps as a ward's are; about two deadlines each."""
    draw = random.Random(seed)
    steps, weights, order = list(SHARES), list(SHARES.values()), [step for step, _, _ in PAST]
    for number, step in enumerate(draw.choices(steps, weights, k=count)):
        on = TODAY - timedelta(days=draw.randrange(700))
        reached = len(order) - order[::-1].index(step)
        last = PAST[reached - 1][2]
        dates = {event: on - timedelta(days=days - last) for _, event, days in PAST[:reached]}
        dates["last_contact"] = TODAY - timedelta(days=draw.randrange(60))
        asked = (Vetting("1", on, on), Vetting("2", on, on, abroad=True)) if step == "vetting" else ()
        yield CaseFacts(f"QC-{number:06}", step, on, dates, date(1995, 1, 1), "university", vettings=asked)


def bare(work: Sequence[tuple[str, int, date]], calendar: WorkCalendar) -> int:
    """The hand-written loop: kind, length and start are known; only the date is worked out, by the same table."""
    found = []
    days, upto, first = calendar._days, calendar._upto, calendar._start
    for unit, amount, start in work:
        if unit == "working_days":
            found.append(days[upto[start.toordinal() - first] + amount - 1])
        elif unit == "months":
            found.append(add_months(start, amount))
        else:
            found.append(start + timedelta(days=amount))
    return len(found)


def stepping(work: Sequence[tuple[str, int, date]], calendar: WorkCalendar) -> int:
    """The loop that most people would write: one day after the other, holidays in a set."""
    found, off, day_length = [], set(calendar._names), timedelta(days=1)
    for unit, amount, start in work:
        if unit == "working_days":
            left, day = amount, start
            while left:
                day += day_length
                left -= day.weekday() < 5 and day not in off
            found.append(day)
        elif unit == "months":
            found.append(add_months(start, amount))
        else:
            found.append(start + timedelta(days=amount))
    return len(found)


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(variants: dict[str, Callable[[], object]]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(ROUNDS):
        for name, work in variants.items():
            taken[name].append(seconds(work))
    return {name: min(times) for name, times in taken.items()}


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


CHANGED = """
deadlines:
  admission_decision:
    versions:
      - from: 2025-07-01
        start: branch_resolution
        amount: 40
        unit: working_days
        document: qd_294_2025
        mark: memory
"""


def replay_figures(count: int) -> None:
    """A shortened deadline laid over the rulebook; cases are streamed, so memory must not grow with their number."""
    with TemporaryDirectory() as folder:
        changes = Path(folder) / "changes.yaml"
        changes.write_text(CHANGED, encoding="utf-8")
        old, new = (Rules(book, WorkCalendar(book.entries.holidays)) for book in (load(), load(changes)))
    for size in (count // 10, count):
        start = time.perf_counter()
        moved = sum(1 for _ in replay(cases(size), old, new, TODAY))
        taken = time.perf_counter() - start
        speed = f"{taken:.1f} s, {size / taken:,.0f} cases/s"
        print(f"replay of {size:,} cases: {speed}, {moved:,} dates moved, peak {megabytes():.0f} MB")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    replay_figures(count)
    book = load()
    calendar = WorkCalendar(book.entries.holidays)
    every = list(cases(count))
    found = [due for facts in every for due in dues(facts, book, calendar)]
    work = [(due.clock.unit, due.clock.amount, due.start_on) for due in found]
    times = best(
        {
            "dues": lambda: sum(len(dues(facts, book, calendar)) for facts in every),
            "table": lambda: bare(work, calendar),
            "stepping": lambda: stepping(work, calendar),
        }
    )
    taken = times["dues"]
    print(f"{count:,} open cases, {len(work):,} deadlines")
    print(f"dues():     {taken:.2f} s, {count / taken:,.0f} cases/s, {len(work) / taken:,.0f} deadlines/s")
    print(f"table loop: {times['table']:.2f} s, dues() takes {taken / times['table']:.2f} times as long")
    print(f"day by day: {times['stepping']:.2f} s, dues() takes {taken / times['stepping']:.2f} times as long")


if __name__ == "__main__":
    main()
