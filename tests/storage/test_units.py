"""Whatever is done to the tree, every path, every committee and the history stay right."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.chat import Refusal
from storage import candidates, history, people, units
from storage.tables import candidates as candidate_rows
from storage.tables import roles as role_rows
from storage.tables import units as unit_rows
from storage.units import COMMITTEES, KINDS, Unit
from tests.storage.memory import empty_database, undone

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


def add(connection: Connection, code: str, parent: Unit | None, kind: str = "branch") -> Unit:
    return units.add(connection, NOW, None, parent, {"code": code, "name": f"Unit {code}", "kind": kind})


def has_case(connection: Connection, unit: Unit, state: str = "open") -> str:
    dates = {"step_on": TODAY, "listed_on": TODAY}
    values = {"name": "Nguyễn Văn An", "unit_id": unit.id, "state": state, "step": "source", **dates}
    return candidates.add(connection, NOW, None, values, [])


def everything(connection: Connection) -> dict[int, Unit]:
    ids = connection.execute(select(unit_rows.c.id)).scalars()
    return {unit: units.by_id(connection, unit) for unit in ids}


def assert_whole(connection: Connection) -> None:
    """Paths and committees are what the parents say; nothing open hangs below or in something closed."""
    known = everything(connection)
    for unit in known.values():
        above = known[unit.parent_id] if unit.parent_id else None
        assert unit.path == f"{above.path if above else ''}{unit.id}/"
        nearest = unit.id if unit.kind in COMMITTEES else (above.committee_id if above else None)
        assert unit.committee_id == nearest
        assert unit.closed_on or above is None or above.closed_on is None
    closed = [unit.id for unit in known.values() if unit.closed_on]
    open_roles = select(role_rows.c.unit_id).where(role_rows.c.until.is_(None))
    assert not set(connection.execute(open_roles).scalars()) & set(closed)
    waiting = select(candidate_rows.c.unit_id).where(candidate_rows.c.state.in_(["proposed", "open"]))
    assert not set(connection.execute(waiting).scalars()) & set(closed)
    assert history.chain(connection).broken is None


number = st.integers(0, 7)
kind = st.sampled_from(KINDS)
change = st.one_of(
    st.tuples(st.just("add"), number, kind),
    st.tuples(st.just("move"), number, number),
    st.tuples(st.just("merge"), number, number),
    st.tuples(st.just("close"), number),
    st.tuples(st.just("turn"), number, kind),
    st.tuples(st.just("role"), number, st.sampled_from(["member", "secretary"])),
    st.tuples(st.just("case"), number, st.sampled_from(["open", "proposed", "closed"])),
)


def apply(connection: Connection, step: tuple[object, ...]) -> None:
    known = list(everything(connection).values())
    what, first, *rest = step
    unit = known[int(str(first)) % len(known)]
    other = known[int(str(rest[0])) % len(known)] if what in ("move", "merge") else unit
    if what == "add":
        add(connection, f"U{len(known)}", unit, str(rest[0]))
    elif what == "move":
        units.move(connection, NOW, None, unit, other)
    elif what == "merge":
        units.merge(connection, NOW, None, unit, other, TODAY)
    elif what == "close":
        units.close(connection, NOW, None, unit, TODAY)
    elif what == "turn":
        units.change(connection, NOW, None, unit, {"kind": str(rest[0])})
    elif unit.closed_on is None and what == "role":
        person = people.add(connection, "Lê Văn Vai")
        people.give_role(connection, person, unit.id, rest[0], TODAY)  # type: ignore[arg-type]
    elif unit.closed_on is None:
        has_case(connection, unit, str(rest[0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(change, min_size=6, max_size=30))
def test_any_series_of_changes_keeps_paths_committees_and_the_history(
    tables: Connection, steps: list[tuple[object, ...]]
) -> None:
    with undone(tables) as connection:
        add(connection, "TOP", None, "province")
        for step in steps:
            try:
                with connection.begin_nested():
                    apply(connection, step)
            except Refusal:
                pass
        assert_whole(connection)


def refused(work: object, *arguments: object) -> str:
    with pytest.raises(Refusal) as refusal:
        work(*arguments)  # type: ignore[operator]
    return refusal.value.reply.template


def test_a_unit_goes_neither_below_itself_nor_into_what_is_below_it(tables: Connection) -> None:
    with undone(tables) as connection:
        ward = add(connection, "W", None, "committee")
        branch = add(connection, "B", ward)
        group = add(connection, "G", branch, "group")
        for below in (branch, group):
            assert refused(units.move, connection, NOW, None, branch, below) == "units.below_itself"
            assert refused(units.merge, connection, NOW, None, branch, below, TODAY) == "units.below_itself"


def test_a_closed_unit_takes_nothing_in_and_is_not_closed_again(tables: Connection) -> None:
    with undone(tables) as connection:
        ward = add(connection, "W", None, "committee")
        branch, old = add(connection, "B", ward), add(connection, "O", ward)
        units.close(connection, NOW, None, old, TODAY)
        old = units.by_id(connection, old.id)
        assert refused(units.move, connection, NOW, None, branch, old) == "units.closed"
        assert refused(units.merge, connection, NOW, None, branch, old, TODAY) == "units.closed"
        assert refused(units.merge, connection, NOW, None, old, branch, TODAY) == "units.closed"
        assert refused(units.close, connection, NOW, None, old, TODAY) == "units.closed"
        assert refused(add, connection, "N", old) == "units.closed"


@pytest.mark.parametrize(
    ("state", "closes"), [("open", False), ("proposed", False), ("returned", True), ("closed", True)]
)
def test_only_cases_under_way_keep_a_unit_open(tables: Connection, state: str, closes: bool) -> None:
    with undone(tables) as connection:
        branch = add(connection, "B", add(connection, "W", None, "committee"))
        has_case(connection, branch, state)
        if closes:
            units.close(connection, NOW, None, branch, TODAY)
            assert units.by_id(connection, branch.id).closed_on == TODAY
        else:
            assert refused(units.close, connection, NOW, None, branch, TODAY) == "units.has_cases"


def test_a_closed_unit_goes_along_when_the_unit_above_it_moves(tables: Connection) -> None:
    with undone(tables) as connection:
        ward, other = add(connection, "W", None, "committee"), add(connection, "V", None, "committee")
        section = add(connection, "S", ward, "section")
        units.close(connection, NOW, None, add(connection, "O", section), TODAY)
        units.move(connection, NOW, None, section, other)
        assert_whole(connection)
        old = units.by_code(connection, "O")
        assert old is not None
        assert (old.path.split("/")[0], old.committee_id) == (str(other.id), other.id)


def test_a_merge_raises_the_version_of_every_case_and_writes_a_line_for_each(tables: Connection) -> None:
    with undone(tables) as connection:
        ward = add(connection, "W", None, "committee")
        branch, into = add(connection, "B", ward), add(connection, "I", ward)
        code = has_case(connection, branch)
        units.merge(connection, NOW, None, branch, into, TODAY)
        row = connection.execute(select(candidate_rows).where(candidate_rows.c.code == code)).one()
        assert (row.unit_id, row.version) == (into.id, 2)
        line = history.of(connection, f"candidate:{row.id}")[-1]
        assert (line.action, line.before, line.after) == (
            "candidate.move",
            {"unit_id": branch.id},
            {"unit_id": into.id},
        )


def test_nobody_holds_a_role_twice_after_a_merge(tables: Connection) -> None:
    with undone(tables) as connection:
        ward = add(connection, "W", None, "committee")
        branch, into = add(connection, "B", ward), add(connection, "I", ward)
        person = people.add(connection, "Lê Văn Vai")
        for unit in (branch, into):
            people.give_role(connection, person, unit.id, "member", TODAY)
        people.give_role(connection, person, branch.id, "secretary", TODAY)
        units.merge(connection, NOW, None, branch, into, TODAY)
        held = people.by_id(connection, person)
        assert held is not None
        assert sorted((grant.role, grant.unit_id) for grant in held.grants) == [
            ("member", into.id),
            ("secretary", into.id),
        ]
        line = history.of(connection, f"unit:{branch.id}")[-1]
        assert line.before == {"roles": [[person, "member"], [person, "secretary"]]}


def test_a_new_unit_gets_a_code_that_nobody_has(tables: Connection) -> None:
    with undone(tables) as connection:
        ward = add(connection, "W", None, "committee")
        add(connection, "W-1", ward)
        add(connection, "W-3", ward)
        assert units.free_code(connection, ward) == "W-2"


@pytest.mark.parametrize(
    ("below", "above", "fits"),
    [
        ("committee", "province", True),
        ("committee", "committee", True),
        ("branch", "committee", True),
        ("branch", "section", True),
        ("group", "branch", True),
        ("branch", "branch", False),
        ("committee", "branch", False),
        ("province", "province", False),
        ("section", "section", False),
    ],
)
def test_a_unit_hangs_only_below_a_higher_kind(below: str, above: str, fits: bool) -> None:
    assert units.fits(below, above) is fits
