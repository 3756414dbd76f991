"""Working days: the calendar against the announced days off, and the sums on it."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.lists import HolidayTable, Swap, YearlyDay
from bot.rules.workdays import OutOfRange, WorkCalendar, add_months, full_months
from tests.rules.builders import BOOK, CALENDAR
from tests.rules.official_days import OFF, WORKED, is_worked, nth_working_day, same_day_months_later

TABLE = BOOK.entries.holidays
DAYS = st.dates(date(2018, 1, 1), date(2028, 6, 30))


@pytest.mark.parametrize("year", range(2018, 2030))
def test_every_day_of_a_year_is_worked_or_off_as_announced(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if CALENDAR.works(day) != is_worked(day)] == []


def test_the_holidays_are_those_that_the_library_gives_for_vietnam() -> None:
    known = WorkCalendar(HolidayTable(swaps=(), decreed={}, yearly=()))
    theirs = holidays.country_holidays("VN", years=range(2009, 2041), language="vi")
    days = [date(2010, 1, 1) + timedelta(days=n) for n in range(365 * 30)]
    assert [day for day in days if known.holiday(day) != theirs.get(day)] == []


def test_tet_is_off_for_the_announced_days() -> None:
    for first, last in [("2025-01-25", "2025-02-02"), ("2026-02-14", "2026-02-22"), ("2027-02-04", "2027-02-10")]:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            assert not CALENDAR.works(day)
            day += timedelta(days=1)
        assert CALENDAR.works(day)


@given(DAYS, st.integers(1, 130))
def test_counting_by_table_is_counting_on_fingers(start: date, amount: int) -> None:
    end = CALENDAR.after(start, amount)
    assert end == nth_working_day(start, amount)
    assert CALENDAR.works(end)
    assert CALENDAR.between(start, end) == amount
    assert CALENDAR.between(end, start) == -amount


@given(DAYS, st.integers(0, 400))
def test_what_was_skipped_and_made_up_accounts_for_every_day(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    weekdays = sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, length + 1))
    skipped, made_up = CALENDAR.skipped(start, end), CALENDAR.made_up(start, end)
    assert CALENDAR.between(start, end) == weekdays - len(skipped) + len(made_up)
    assert {day for day, _ in skipped} <= OFF
    assert set(made_up) <= WORKED
    assert all(name for _, name in skipped)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 120))
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(start: date, months: int) -> None:
    end = add_months(start, months)
    assert end == same_day_months_later(start, months)
    assert full_months(start, end) == months
    assert full_months(start, end - timedelta(days=1)) < months


def test_the_end_of_time_is_refused_and_not_a_fault() -> None:
    with pytest.raises(OutOfRange):
        add_months(date(9999, 5, 31), 600)
    with pytest.raises(OutOfRange):
        CALENDAR.after(date(1989, 12, 29), 1)
    with pytest.raises(OutOfRange):
        CALENDAR.after(date(2099, 1, 5), 1)
    with pytest.raises(OutOfRange):
        CALENDAR.after(date(2098, 12, 20), 45)


def test_the_calendar_grows_backwards_and_forwards_without_changing_its_mind() -> None:
    calendar = WorkCalendar(TABLE)
    later = calendar.after(date(2026, 3, 2), 45)
    assert calendar.after(date(2019, 3, 1), 60) == date(2019, 5, 29)
    assert calendar.after(date(2035, 3, 1), 600) > date(2037, 1, 1)
    assert calendar.after(date(2026, 3, 2), 45) == later == date(2026, 5, 7)


def test_the_office_can_add_a_swap_that_stands_above_the_book() -> None:
    swap = Swap(rest=date(2026, 11, 23), work=date(2026, 11, 28), name="nghỉ hoán đổi")
    calendar = WorkCalendar(TABLE, [swap])
    assert not calendar.works(date(2026, 11, 23))
    assert calendar.works(date(2026, 11, 28))
    assert calendar.holiday(date(2026, 11, 23)) == "nghỉ hoán đổi"
    assert calendar.after(date(2026, 11, 20), 4) == date(2026, 11, 28)


def test_the_office_can_switch_a_holiday_off() -> None:
    assert CALENDAR.holiday(date(2026, 11, 24)) == "Ngày Văn hóa Việt Nam"
    calendar = WorkCalendar(TABLE, [Swap(work=date(2026, 11, 24))])
    assert calendar.works(date(2026, 11, 24))
    assert calendar.holiday(date(2026, 11, 24)) is None


def test_the_office_can_declare_a_day_off_alone() -> None:
    calendar = WorkCalendar(TABLE, [Swap(rest=date(2026, 12, 11), name="quốc tang")])
    assert not calendar.works(date(2026, 12, 11))
    assert not calendar.same_days(CALENDAR)
    assert WorkCalendar(TABLE).same_days(CALENDAR)


def test_a_yearly_holiday_that_the_library_does_not_know_is_added_and_made_up_after_a_weekend() -> None:
    day = YearlyDay.model_validate(
        {"day": "10/10", "from": 2027, "name": "Ngày thử", "made_up": "Ngày thử (nghỉ bù)", "mark": "unit"}
    )
    table = HolidayTable(decreed=TABLE.decreed, swaps=TABLE.swaps, yearly=(*TABLE.yearly, day))
    calendar = WorkCalendar(table)
    assert calendar.works(date(2025, 10, 10))
    assert calendar.holiday(date(2027, 10, 10)) == "Ngày thử"
    assert calendar.holiday(date(2027, 10, 11)) == "Ngày thử (nghỉ bù)"
    assert calendar.works(date(2027, 10, 12))
    assert not calendar.works(date(2028, 10, 10))


def test_a_count_that_enters_a_year_not_announced_yet_is_provisional() -> None:
    assert CALENDAR.undecreed(date(2027, 12, 1), date(2027, 12, 31)) == ()
    assert CALENDAR.undecreed(date(2027, 12, 1), date(2028, 1, 4)) == (2028,)
    assert CALENDAR.undecreed(date(2027, 12, 31), date(2028, 1, 4)) == (2028,)
    assert CALENDAR.undecreed(date(2028, 12, 30), date(2029, 1, 4)) == (2028, 2029)


def test_a_swap_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a swap needs a day"):
        Swap(name="x")
