"""The same office on PostgreSQL: the same talks, the same tables, and a history that holds with many writers."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.util import await_only

from bot.chat import Address, Message, Refusal
from storage import classes, copies, history, meetings, outbox, people, sending, sight, units
from storage.database import Database, connect
from storage.migrations import head, upgrade
from storage.outbox import New
from storage.tables import contacts as contact_table
from storage.tables import meetings as meeting_table
from storage.tables import outbox as outbox_table
from storage.tables import people as people_table
from storage.tables import units as unit_table
from tests.dialogues.test_announcements import (  # noqa: F401
    test_a_correction_edits_what_was_sent_and_must_be_read_anew,
    test_those_who_have_not_read_are_told_once_more_and_only_once,
    test_who_has_read_is_counted_and_who_has_not_is_named,
)
from tests.dialogues.test_attendance import (  # noqa: F401
    secretary,
    test_absent_two_meetings_running_is_seen_before_the_third,
    test_minutes_conclusions_and_a_correction_that_keeps_the_old,
    test_who_is_exempt_or_elsewhere_is_out_of_the_count_unless_present,
)
from tests.dialogues.test_candidates import (  # noqa: F401  (they run here on this file's office)
    test_a_likely_duplicate_is_shown_first,
    test_a_nomination_is_approved_and_its_nominator_helps,
    test_handing_over_gives_the_card_and_ends_the_old_access,
    test_the_supervisor_sees_initials_in_the_area_only,
)
from tests.dialogues.test_classes import (  # noqa: F401
    ready,
    test_only_those_whose_next_step_it_is_are_offered_and_helpers_are_told_once,
)
from tests.dialogues.test_contacts import (  # noqa: F401
    test_a_button_pressed_twice_logs_once,
    test_three_taps_log_a_contact,
)
from tests.dialogues.test_deliveries import (  # noqa: F401
    test_what_failed_is_named_with_its_reason_and_sent_again,
    test_what_is_held_is_told_with_its_end,
    test_who_cannot_be_reached_is_named_with_what_to_do,
)
from tests.dialogues.test_difficulties import (  # noqa: F401
    test_it_is_handed_up_level_by_level_and_stays_in_sight_below,
    test_what_waits_is_told_with_its_days_and_counted_by_kind,
)
from tests.dialogues.test_helping import (  # noqa: F401
    test_an_inspection_is_planned_told_before_its_day_and_concluded,
    test_the_list_of_those_who_need_help_tells_when_each_was_helped_last,
    test_who_needs_help_and_has_none_is_named_to_whoever_is_in_charge_until_it_is_given,
)
from tests.dialogues.test_leading import (  # noqa: F401
    test_above_the_committees_there_are_numbers_only,
    test_those_who_help_nobody_stand_first_and_the_others_with_what_they_do,
)
from tests.dialogues.test_logbook import (  # noqa: F401
    test_another_committee_s_things_are_as_if_they_were_not_there,
    test_looking_is_itself_written_down_and_can_be_looked_at,
)
from tests.dialogues.test_meetings import (  # noqa: F401
    planned,
    test_a_meeting_is_called_off_and_held_after_all,
    test_reports_come_in_one_tap_or_one_line_and_the_secretary_reads_them,
)
from tests.dialogues.test_new_members import (  # noqa: F401
    test_an_overdue_remark_is_told_to_the_secretary_then_above_until_it_is_noted,
    test_new_members_stand_with_their_stage_and_the_longest_without_a_remark_first,
    test_the_supervisor_reads_initials_and_the_province_a_number,
)
from tests.dialogues.test_positions import (  # noqa: F401
    test_a_merged_branch_takes_its_marks_along,
    test_the_yearly_paper_groups_by_the_marks_of_branches,
)
from tests.dialogues.test_questions import (  # noqa: F401
    test_a_disliked_answer_goes_before_the_office_once,
    test_a_guest_asks_twenty_questions_a_minute_and_then_pauses,
    test_a_question_linked_to_a_topic_is_answered_by_it_until_that_is_taken_back,
    test_an_answer_of_the_office_works_at_once_everywhere_and_tells_who_waits,
    test_what_is_kept_names_nobody,
)
from tests.dialogues.test_reminders import (  # noqa: F401
    test_a_case_handed_over_between_the_round_and_the_sending_is_told_to_the_new_helper,
    test_a_date_that_moved_is_told_once_to_those_who_knew_the_old_one,
    test_an_overdue_vetting_goes_up_and_each_level_is_told_who_was_told_before,
    test_done_takes_to_what_records_it_and_the_list_that_was_sent_is_struck_through,
    test_help_goes_up_a_level_at_once_with_who_asks,
    test_the_branch_meeting_is_prepared_reported_for_and_announced,
)
from tests.dialogues.test_reminders_of_committees import (  # noqa: F401
    test_a_committee_is_reminded_of_what_it_is_to_put_right_itself,
    test_the_office_hears_once_a_quarter_how_many_branches_have_no_target,
)
from tests.dialogues.test_reports import (  # noqa: F401
    test_a_commitment_is_kept_for_the_year_and_compared,
    test_a_report_sent_back_is_corrected_and_no_version_is_lost,
    test_the_files_of_a_ward_come_with_their_names,
)
from tests.dialogues.test_surveys import (  # noqa: F401
    test_a_finding_of_the_quarter_takes_the_place_of_an_earlier_one,
    test_the_next_quarter_stands_beside_the_last,
    test_those_above_see_counts_and_who_has_not_done_it_and_no_names,
)
from tests.dialogues.test_surveys_told import (  # noqa: F401
    test_the_papers_tell_how_many_branches_surveyed_what_beside_the_last_quarter,
)
from tests.dialogues.test_taking_in import (  # noqa: F401
    test_the_office_looks_at_what_would_change_and_has_it_written,
)
from tests.dialogues.test_terms import (  # noqa: F401
    test_what_stands_is_kept_or_changed_one_by_one_and_the_history_has_both,
)
from tests.dialogues.test_zalo import (  # noqa: F401
    test_a_member_logs_a_contact_in_three_numbers,
    test_a_message_that_did_not_arrive_leaves_the_choices_before_it,
    test_a_number_sent_while_another_message_was_coming_is_asked_about,
    zalo,
)
from tests.office import TODAY, Office
from tests.storage.cluster import Cluster, throwaway, usual_office
from tests.storage.test_migrations import differences
from tests.storage.test_units_in_order import (  # noqa: F401
    test_a_renamed_branch_stands_where_its_new_name_belongs,
    test_every_unit_of_an_office_has_its_place,
    test_lists_of_branches_go_by_their_numbers,
)

pytestmark = pytest.mark.postgresql


cluster = pytest.fixture(scope="module")(throwaway)
office = pytest.fixture(usual_office)


async def test_somebody_joins_logs_a_contact_and_takes_it_back(office: Office) -> None:
    await office.has_person("Vũ Thị Năm", "member", "B1", joined=False)
    code = await office.invite("Vũ Thị Năm")
    phone = office.phone("a new phone")
    wrong = await phone.says("/start AAAA-2222")
    assert wrong is not None
    assert "Năm" not in wrong.text
    joined = await phone.says(f"/start {code}")
    assert joined is not None
    assert "Vũ Thị Năm" in joined.text
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Hoàn tác")
    assert await office.do(lambda c: c.execute(select(contact_table.c.state)).scalar()) == "undone"
    assert await office.do(history.broken) is None


async def test_the_migrations_make_the_tables_that_the_code_speaks_of(office: Office) -> None:
    assert await office.do(differences) == []
    examined = await office.do(copies.look_through)
    assert (examined.problems, examined.revision) == ((), head())


async def test_a_subtree_is_found_whatever_the_order_of_the_language(office: Office) -> None:
    for number in range(12):
        await office.has_unit(f"N{number}", f"Chi bộ số {number}", parent="W")
    await office.has_unit("X", "Đảng ủy khác", "committee")

    def below(connection: Connection) -> list[str]:
        path = office.unit["W"].path
        return list(connection.execute(select(unit_table.c.code).where(sight.within(path))).scalars())

    assert set(await office.do(below)) == set(office.unit) - {"X"}


async def test_the_history_holds_when_twenty_write_at_once(office: Office, cluster: Cluster) -> None:
    lines = (await office.do(history.chain)).lines

    async def writes(who: int) -> None:
        for number in range(5):
            await office.do(
                lambda c, what=f"unit:{who}-{number}": history.record(c, office.now, None, "unit.rename", what)
            )

    await asyncio.gather(*(writes(who) for who in range(20)))
    chain = await office.do(history.chain)
    assert (chain.lines, chain.broken) == (lines + 100, None)


async def test_twenty_who_nominate_at_once_get_twenty_codes(office: Office) -> None:
    codes = await asyncio.gather(*(office.has_candidate(f"Nguyễn Văn {chr(65 + n)}n", "B1") for n in range(20)))
    assert len(set(codes)) == 20
    assert await office.do(history.broken) is None


async def test_two_who_lock_in_the_opposite_order_both_get_through(office: Office) -> None:
    both, runs = asyncio.Barrier(2), [0, 0]

    def leaves(connection: Connection, person: int) -> None:
        changed = update(people_table).where(people_table.c.id == person).values(left_on=TODAY.date())
        connection.execute(changed)

    def in_order(first: int, second: int, who: int) -> Callable[[Connection], str]:
        def work(connection: Connection) -> str:
            runs[who] += 1
            leaves(connection, first)
            if runs[who] == 1:
                await_only(both.wait())
            leaves(connection, second)
            return "done"

        return work

    done = await asyncio.gather(office.do(in_order(1, 2, 0)), office.do(in_order(2, 1, 1)))
    assert set(done) == {"done"}
    # One of them at least ran again; on a busy machine the two may meet once more.
    assert sum(runs) >= 3


async def test_a_class_with_one_place_left_takes_one_of_five_who_come_at_once(office: Office) -> None:
    for number in range(5):
        await office.has_candidate(f"Nguyễn Văn {chr(65 + number)}n", "B1")
    values = {"kind": "awareness_class", "starts_on": TODAY.date(), "ends_on": TODAY.date(), "places": 1}
    number = await office.do(lambda c: classes.add(c, office.now, None, office.unit["W"].id, values))
    boss = await office.do(lambda c: people.by_id(c, office.person["Lê Thị Bí"]))
    both = asyncio.Barrier(5)

    def enrols(candidate: int) -> Callable[[Connection], bool]:
        def work(connection: Connection) -> bool:
            one = classes.class_for(connection, boss, number)
            await_only(both.wait())
            return classes.enrol(connection, office.now, boss.id, one, candidate, office.unit["B1"].id)

        return work

    done = await asyncio.gather(*(office.do(enrols(one)) for one in range(1, 6)), return_exceptions=True)
    assert [one for one in done if one is True] == [True]
    assert sum(isinstance(one, Refusal) for one in done) == 4
    assert await office.do(lambda c: len(classes.enrolled(c, [number]))) == 1


async def test_two_leaders_who_touch_an_untouched_month_at_once_make_one_meeting(office: Office) -> None:
    both, branch = asyncio.Barrier(2), office.unit["B1"].id

    def plans(place: str) -> Callable[[Connection], int | None]:
        def work(connection: Connection) -> int | None:
            plan = meetings.plan_of(connection, branch, TODAY.date())
            assert plan
            if plan.id is None:
                await_only(both.wait())
            return meetings.change(connection, office.now, None, plan, "meeting.change", place=place).id

        return work

    done = await asyncio.gather(office.do(plans("A")), office.do(plans("B")), return_exceptions=True)
    assert len([one for one in done if isinstance(one, int)]) >= 1
    assert all(isinstance(one, int | Refusal) for one in done)
    assert await office.do(lambda c: c.execute(select(func.count()).select_from(meeting_table)).scalar()) == 1


async def test_what_raises_is_raised_and_nothing_of_it_is_kept(office: Office) -> None:
    def work(connection: Connection) -> None:
        people.add(connection, "Phạm Thị Sáu")
        people.add(connection, "Phạm Thị Bảy", "0900000001")

    with pytest.raises(IntegrityError):
        await office.do(work)
    count = select(func.count()).where(people_table.c.name == "Phạm Thị Sáu")
    assert await office.do(lambda c: c.execute(count).scalar()) == 0


async def test_who_only_reads_changes_nothing(office: Office) -> None:
    with pytest.raises(DBAPIError):
        await office.database.read(lambda c: c.execute(insert(people_table).values(name="x", folded="x")))


async def test_two_processes_never_take_the_same_message(office: Office, cluster: Cluster) -> None:
    for number in range(20):
        key = f"a:{number}"
        await office.do(lambda c, key=key: outbox.add(c, key, Address("test", "x"), Message("chào"), TODAY))

    def take(connection: Connection) -> list[int]:
        owed = sending.due_answers(connection, "test", TODAY + timedelta(hours=1), 5, TODAY + timedelta(hours=2))
        connection.execute(text("SELECT pg_sleep(0.05)"))
        return [one.id for one in owed]

    taken = await asyncio.gather(*(office.do(take) for _ in range(4)))
    assert sorted(len(some) for some in taken) == [5, 5, 5, 5]
    assert len({row for some in taken for row in some}) == 20


async def test_two_processes_send_every_notice_once(office: Office, cluster: Cluster) -> None:
    def owes(connection: Connection) -> int:
        rows = []
        for who, person in office.person.items():
            new = [(f"{who}:{n}", Message(str(n))) for n in range(3)]
            rows += [New(key, Address("test", who), message, TODAY, "notice", person) for key, message in new]
        return outbox.add_many(connection, rows[:10]) + outbox.add_many(connection, rows)

    count = await office.do(owes)
    hands = [office.delivering({"test": office.channel}) for _ in range(3)]
    for _ in range(3):
        await asyncio.gather(*(each.round() for each in hands))
        await asyncio.gather(*(each.drain(10) for each in hands))
        office.passes(seconds=3)
    assert count == 3 * len(office.person)
    assert sorted(m.text for who in office.person for m in office.phone(who).messages) == sorted("012" * (count // 3))
    states = await office.do(lambda c: c.execute(select(outbox_table.c.state).distinct()).scalars().all())
    assert states == ["sent"]


async def test_two_processes_that_start_at_once_make_the_tables_once(cluster: Cluster) -> None:
    url = cluster.new_database()
    databases: list[Database] = [await connect(url) for _ in range(3)]
    try:
        await asyncio.gather(*(database.write(upgrade) for database in databases))
        assert (await databases[0].read(copies.look_through)).problems == ()
        assert await databases[0].read(units.open_units) == []
    finally:
        for database in databases:
            await database.close()


async def test_a_long_reading_sees_what_is_committed_changes_nothing_and_holds_nobody_up(office: Office) -> None:
    for words in ("/kehoach", "/coccau nguồn", "/noicangiup"):
        said = await office.phone("Trần Văn Phòng").says(words)
        assert said and "Có lỗi" not in said.text
    gate, there = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def reads(connection: Connection) -> int:
        loop.call_soon_threadsafe(there.set)
        gate.wait()
        return len(connection.execute(select(unit_table.c.id)).all())

    reading = asyncio.create_task(office.database.read_long(reads))
    await there.wait()
    said = await office.phone("Lê Thị Bí").says("/nguon")
    gate.set()
    assert said and await reading == 3
    with pytest.raises(DBAPIError):
        await office.database.read_long(lambda c: c.execute(unit_table.update().values(name="X")))
