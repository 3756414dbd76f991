"""The lead's desk on PostgreSQL: the same figures, and summaries that hold with many writers at once."""

import asyncio

import pytest
from sqlalchemy import Connection, select

from storage import candidates, contacts, tallying, units
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
from tests.office import Office
from tests.storage.cluster import throwaway, usual_office

pytestmark = pytest.mark.postgresql


cluster = pytest.fixture(scope="module")(throwaway)
office = pytest.fixture(usual_office)


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
