"""The lead's desk on PostgreSQL: the same figures, and summaries that hold with many writers at once."""

import asyncio

import pytest
from sqlalchemy import Connection, select

from bot.rules.positions import Seats
from storage import candidates, contacts, positions, tallying, units
from storage.tables import tallies
from tests.dialogues.test_desk import (  # noqa: F401  (they run here on this file's office)
    test_a_branch_gives_members_their_part_and_the_office_the_unions,
    test_an_admission_stays_with_the_branch_that_admitted,
    test_branches_are_ranked_fairly_and_the_weak_are_named,
    test_every_number_leads_to_its_list_and_every_unit_up_and_down,
    test_leaving_the_party_is_counted_and_taken_back,
    test_targets_follow_the_year_the_branches_and_three_per_cent,
    test_the_composition_gives_numbers_and_per_cent_of_a_named_whole,
    test_the_figures_move_with_every_contact,
    test_what_is_overdue_stands_oldest_first_with_who_should_act,
)
from tests.dialogues.test_positions import (  # noqa: F401  (they too)
    test_a_merged_branch_takes_its_numbers_along,
    test_a_place_without_members_is_noted_solved_and_opened_again,
    test_a_secretary_enters_numbers_by_taps_and_may_take_them_back,
    test_candidates_who_hold_a_position_stand_behind_their_number,
    test_sums_say_of_whom_they_are_and_who_has_said_nothing,
    test_the_office_marks_branches_and_looks_at_each_sort,
)
from tests.office import Office
from tests.storage.cluster import throwaway, usual_office

pytestmark = pytest.mark.postgresql


cluster = pytest.fixture(scope="module")(throwaway)
office = pytest.fixture(usual_office)


async def test_two_who_write_the_same_position_at_once_are_both_counted_right(office: Office) -> None:
    def say(connection: Connection, number: int) -> None:
        unit = units.by_id(connection, office.unit[("B1", "B2")[number % 2]].id)
        positions.say(connection, office.now, None, unit, {"hamlet_head": Seats(number, number, number // 2)})

    await asyncio.gather(*(office.do(lambda c, n=n: say(c, n)) for n in range(1, 17)))
    assert await office.do(lambda c: list(tallying.check(c))) == []


async def test_summaries_hold_while_many_write_at_once_and_are_made_again(office: Office) -> None:
    def log(connection: Connection, number: int) -> None:
        case = candidates.by_number(connection, number % 4 + 1)
        values = {"how": "met", "on": office.now.date()}
        contacts.log(connection, office.now, office.person["Lê Thị Hai"], case, f"k{number}", values)

    await asyncio.gather(*(office.do(lambda c, n=n: log(c, n)) for n in range(24)))
    await office.do(lambda c: units.merge(c, office.now, None, office.unit["B2"], office.unit["B1"], office.now.date()))
    assert await office.do(lambda c: list(tallying.check(c))) == []
    kept = await office.do(lambda c: sorted(map(tuple, c.execute(select(tallies)))))
    await office.do(tallying.rebuild)
    assert await office.do(lambda c: sorted(map(tuple, c.execute(select(tallies))))) == kept
