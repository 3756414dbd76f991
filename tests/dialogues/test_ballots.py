"""Votes over the chat: figures in one line or one by one, refused with the arithmetic, short results told upward."""

import pytest

from handlers import voting
from tests.dialogues.journeys import CLERK, CODE, LINE, SECRETARY, at, records, step_of, text, to_vote
from tests.office import Office, Phone

WHOLE = {"members": 14, "present": 12, "issued": 12, "returned": 12, "valid": 12, "in_favour": 11}


@pytest.mark.parametrize(
    "typed",
    [
        LINE,
        "14 chinh thuc 12 co mat phat 12 thu 12 hop le 12 tan thanh 11",
        "14 12 12 12 12 11",
        "chính thức 14; dự họp 12; phát ra 12; thu về 12; hợp lệ 12; đồng ý 11",
        "tán thành 11, hợp lệ 12, thu về 12, phát ra 12, có mặt 12, tổng số 14",
    ],
)
def test_the_figures_are_read_however_they_are_typed(typed: str) -> None:
    assert voting.read(typed, {}) == WHOLE


def test_those_who_count_only_if_present_and_those_against_are_told_apart() -> None:
    said = voting.read("14 chính thức, 2 sinh hoạt tạm thời, 1 tạm thời có mặt, 3 không tán thành, 9 tán thành", {})
    assert said == {"members": 14, "away": 2, "away_present": 1, "against": 3, "in_favour": 9}


async def at_the_count(office: Office, number: str = "12-NQ/CB") -> Phone:
    await to_vote(office)
    secretary = office.phone(SECRETARY)
    await asks_for_the_count(secretary, "branch_vote", number)
    return secretary


async def asks_for_the_count(secretary: Phone, step: str, number: str) -> None:
    await secretary.says(f"/buoc {CODE} {step} ngay")
    await secretary.presses("Hôm nay")
    await secretary.says(number)


async def test_figures_one_after_the_other(office: Office) -> None:
    secretary = await at_the_count(office)
    said = text(await secretary.says("14"))
    assert "Còn thiếu: số người có mặt" in said
    await secretary.says("12")
    fresh = office.restarted().phone(SECRETARY)
    await fresh.says("phát 12, thu 12")
    said = text(await fresh.says("12 11"))
    assert "11/14 tán thành, cần 10: đủ" in said


@pytest.mark.parametrize(
    ("line", "arithmetic"),
    [
        ("14 12 12 13 12 11", "phát ra 12, thu về 13: chưa khớp"),
        ("14 12 12 12 12 13", "hợp lệ 12, tán thành 13: chưa khớp"),
        ("14 15 12 12 12 11", "có mặt 15 người được biểu quyết, mẫu số chỉ có 14"),
    ],
)
async def test_what_does_not_add_up_is_refused_with_the_arithmetic(office: Office, line: str, arithmetic: str) -> None:
    secretary = await at_the_count(office)
    said = text(await secretary.says(line))
    assert "Chưa ghi được" in said
    assert arithmetic in said.lower()
    assert not any(button.label == "Lưu" for row in secretary.last.buttons for button in row)
    await secretary.presses("Sửa")
    await secretary.presses("Kết quả biểu quyết")
    said = text(await secretary.says(LINE))
    assert "đủ" in said
    await secretary.presses("Lưu")
    assert await step_of(office) == "branch_vote"


async def test_a_vote_without_its_figures_is_not_recorded(office: Office) -> None:
    secretary = await at_the_count(office)
    assert "không bỏ qua được" in text(await secretary.says("bỏ qua"))
    assert "chưa đọc được các số" in text(await secretary.says("đủ cả"))
    assert await step_of(office) == "recommendation"


async def test_a_result_short_of_two_thirds_is_recorded_and_reported_upward(office: Office) -> None:
    secretary, clerk = await at_the_count(office), office.phone(CLERK)
    said = text(await secretary.says("14 12 12 12 12 9"))
    assert "9/14 tán thành, cần 10: chưa đủ" in said
    said = text(await secretary.presses("Lưu"))
    assert "Đã ghi kết quả biểu quyết" in said
    assert "Hồ sơ chưa chuyển bước" in said
    assert await step_of(office) == "recommendation"
    assert "9/14 tán thành" in clerk.last.text
    assert "Nguyễn" not in clerk.last.text
    office.passes(days=20)
    assert "11/14" in await records(secretary, "branch_vote", "=Hôm nay", "15-NQ/CB", LINE)


async def test_the_third_failed_recognition_goes_up(office: Office) -> None:
    secretary, clerk = office.phone(SECRETARY), office.phone(CLERK)
    await to_vote(office)
    await records(secretary, "branch_vote", "=Hôm nay", "12-NQ/CB", LINE)
    await records(clerk, "committee_vote", "=Hôm nay", "7-NQ/ĐU", "15 14 14 14 14 12")
    await records(clerk, "decision", "=Hôm nay", "99-QĐ/ĐU", "=Hôm nay", "-")
    await records(secretary, "ceremony", "=Hôm nay")
    held = office.now
    await records(secretary, "probation", "=Hôm nay", "-")
    at(office, f"{held:%d/%m}/{held.year + 1}")
    await records(secretary, "new_member_class", "=Hôm nay", "-")
    await records(secretary, "recognition_dossier", "=Hôm nay", "-")
    short = "14 12 12 12 12 8"
    for _ in range(2):
        said = await records(secretary, "recognition_vote", "=Hôm nay", "20-NQ/CB", short)
        assert "báo cấp ủy cấp trên" not in said
        office.passes(days=5)
    said = await records(secretary, "recognition_vote", "=Hôm nay", "22-NQ/CB", short)
    assert "3 lần biểu quyết không đủ tỉ lệ" in said
    assert "3 lần biểu quyết" in clerk.last.text
