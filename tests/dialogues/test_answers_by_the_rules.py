"""Answers quote the rulebook in use: what the office has switched on is told at once, by every process."""

from bot.chat import Message
from storage import rulebook
from tests.office import TODAY, Office

CEREMONY = "có quyết định rồi bao lâu phải làm lễ kết nạp"
CHANGED = """
documents:
  qd_400_2026: {short: "QĐ 400", number: 400-QĐ/TW, date: 2026-10-20, issuer: party, title: "Quy định mới",
    from: 2026-11-01, mark: quiz_many}
deadlines:
  ceremony:
    versions:
      - {from: 2026-11-01, start: admission_decided, amount: 33, unit: working_days, document: qd_400_2026,
         mark: quiz_many}
"""


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


async def switch_on(office: Office, changes: str) -> None:
    await office.do(lambda c: rulebook.switch_on(c, TODAY, None, changes.encode()))


async def test_a_number_that_was_switched_on_is_told_at_once_by_every_process(office: Office) -> None:
    other = office.restarted()
    for process in (office, other):
        assert "30 ngày làm việc" in text(await process.phone("khách").says(CEREMONY))
    await switch_on(office, CHANGED)
    for process in (office, other):
        said = text(await process.phone("khách").says(CEREMONY))
        assert "33 ngày làm việc" in said
        assert "30 ngày làm việc" not in said
        assert "400-QĐ/TW" in said


async def test_a_number_is_told_from_the_day_on_which_it_comes_into_force(office: Office) -> None:
    await switch_on(office, CHANGED.replace("2026-11-01", "2026-12-01"))
    guest = office.phone("khách")
    assert "30 ngày làm việc" in text(await guest.says(CEREMONY))
    office.now = office.now.replace(month=12, day=1)
    assert "33 ngày làm việc" in text(await guest.says(CEREMONY))


async def test_a_unit_that_was_switched_on_is_told_too(office: Office) -> None:
    await switch_on(office, CHANGED.replace("amount: 33, unit: working_days", "amount: 2, unit: months"))
    said = text(await office.phone("khách").says(CEREMONY))
    assert "trong 2 tháng" in said
    assert "ngày làm việc" not in said


async def test_the_way_is_walked_by_the_rulebook_in_use(office: Office) -> None:
    guest = office.phone("khách")
    await switch_on(office, CHANGED)
    pages = [text(await guest.says(f"/cacbuoc {number}")) for number in range(1, 25)]
    assert any("33 ngày làm việc" in page for page in pages)
