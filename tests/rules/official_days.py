"""Days off as they were announced, written down by hand: what the rulebook's calendar is checked against.

Only Mondays to Fridays that were off, and weekend days that were worked instead. Nothing here comes from the program
or its library. 2018-2024: yearly announcements of the Ministry of Labour; 2025: 6150/TB-BLĐTBXH; 2026: 9859/VPCP-KGVX,
12729/VPCP-KGVX and 28/2026/QH16; 2027: 10065/VPCP-KGVX with the Labour Code; 2028 and 2029: not announced yet, by the
Labour Code and the habit of earlier years.
"""

from datetime import date, timedelta

OFF_TEXT = {
    2018: "1/1 14/2 15/2 16/2 19/2 20/2 25/4 30/4 1/5 3/9 31/12",
    2019: "1/1 4/2 5/2 6/2 7/2 8/2 15/4 29/4 30/4 1/5 2/9",
    2020: "1/1 23/1 24/1 27/1 28/1 29/1 2/4 30/4 1/5 2/9",
    2021: "1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9",
    2022: "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9",
    2023: "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9",
    2024: "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9",
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
    2028: "3/1 24/1 25/1 26/1 27/1 28/1 4/4 1/5 2/5 1/9 4/9 24/11",
    2029: "1/1 12/2 13/2 14/2 15/2 16/2 23/4 30/4 1/5 3/9 4/9 26/11",
}
WORKED_TEXT = {2019: "5/1 4/5", 2024: "4/5", 2025: "26/4", 2026: "10/1 22/8"}


def _days(text: dict[int, str]) -> frozenset[date]:
    found = ((year, one.split("/")) for year, days in text.items() for one in days.split())
    return frozenset(date(year, int(month), int(day)) for year, (day, month) in found)


OFF = _days(OFF_TEXT)
WORKED = _days(WORKED_TEXT)


def is_worked(day: date) -> bool:
    """Whether offices were open, by the announcements alone."""
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def nth_working_day(start: date, amount: int) -> date:
    """Count on fingers: one day after the other, from the day after the start."""
    day = start
    while amount:
        day += timedelta(days=1)
        amount -= is_worked(day)
    return day


def same_day_months_later(start: date, months: int) -> date:
    """Turn the leaves of the calendar month by month, then take the day or the last one there is."""
    first = start.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(start.day, last.day))
