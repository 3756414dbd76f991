"""`chibot due`, one line in and one line out."""

import json
from datetime import date

import pytest

from bot.rules.lines import Unanswerable, answer_line, due_result, read_day, rule_list
from tests.rules.builders import BOOK, CALENDAR, TODAY


def test_the_answer_has_all_that_the_contract_promises() -> None:
    found = answer_line({"id": 7, "rule": "admission_decision", "from": "2026-03-02"}, BOOK, CALENDAR)
    assert found["id"] == 7
    assert (found["rule"], found["from"], found["due_on"]) == ("admission_decision", "2026-03-02", "2026-05-07")
    assert found["document"] == {"number": "294-QĐ/TW", "date": "2025-05-26", "article": "4.3.1"}
    assert found["counted"] == 45
    assert found["skipped"] == ["2026-04-27", "2026-04-30", "2026-05-01"]
    assert found["provisional"] is False
    assert json.loads(json.dumps(found)) == found


def test_without_a_calendar_the_books_own_days_off_are_taken() -> None:
    line = {"rule": "admission_decision", "from": "2026-03-02"}
    assert answer_line(line, BOOK) == answer_line(line, BOOK, CALENDAR)


def test_what_the_unit_has_set_is_used_where_the_rule_lets_it() -> None:
    line = {"rule": "contact_gap", "from": "01/11/2026"}
    assert answer_line(line, BOOK, CALENDAR)["due_on"] == "2026-12-01"
    assert answer_line(line, BOOK, CALENDAR, {"contact_every_days": 14})["due_on"] == "2026-11-15"
    assert answer_line(line, BOOK, CALENDAR)["document"] is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"rule": "nothing", "from": "2026-03-02"}, "không có hạn nào tên là nothing"),
        ({"rule": "transfer_decision", "from": "2020-03-02"}, "chưa có quy định"),
        ({"rule": "vetting_reply", "from": "2026-02-30"}, "ngày không đọc được"),
        ({"rule": "vetting_reply", "from": "hôm qua"}, "ngày không đọc được"),
        ({"rule": "vetting_reply"}, "mỗi dòng cần có"),
        ({"from": "2026-03-02", "rule": 3}, "mỗi dòng cần có"),
        ({"rule": "vetting_reply", "from": "2098-12-30"}, "chỉ tính được"),
        ({"rule": "probation_end", "from": "9999-12-30"}, "chỉ tính được"),
        ({"rule": "contact_gap", "from": "9999-12-30"}, "chỉ tính được"),
    ],
)
def test_a_line_that_cannot_be_answered_says_why(line: dict[str, object], said: str) -> None:
    found = answer_line(line, BOOK, CALENDAR)
    assert said in found["error"]
    assert "due_on" not in found


def test_days_are_read_as_people_write_them() -> None:
    assert (
        read_day(" 2026-3-2 ", BOOK) == read_day("02/03/2026", BOOK) == read_day("2-3-2026", BOOK) == date(2026, 3, 2)
    )


def test_a_wrong_name_is_refused_outright_for_a_single_question() -> None:
    with pytest.raises(Unanswerable):
        due_result("nothing", TODAY, BOOK, CALENDAR)


def test_the_list_names_every_rule_with_its_source() -> None:
    found = {one["rule"]: one for one in rule_list(BOOK, TODAY)}
    assert set(found) == set(BOOK.rules)
    assert found["ceremony"]["document"]["number"] == "208-QĐ/TW"
    assert found["ceremony"]["confidence"] == "quiz_many"
    assert found["contact_gap"]["document"] is None
    early = {one["rule"]: one for one in rule_list(BOOK, date(2015, 1, 1))}
    assert early["transfer_decision"]["document"] is None


def test_an_explanation_is_one_that_an_official_can_follow() -> None:
    said = answer_line({"rule": "vetting_reply", "from": "2026-10-02"}, BOOK, CALENDAR)["why"]
    assert said == (
        "Nơi được hỏi nhận công văn thẩm tra ngày 02/10/2026. Cấp ủy nơi được hỏi có 30 ngày làm việc, đếm từ hôm sau, "
        "không tính thứ Bảy, Chủ nhật: hết ngày 13/11/2026. Nguồn: HD 06-HD/TW ngày 09/6/2025, mục 3.4.d. "
        "Theo bản 2025; bản đang áp dụng chưa đối chiếu được nguyên văn. "
        "Áp dụng khi gửi công văn; đếm từ khi nơi được hỏi nhận được."
    )


@pytest.mark.parametrize(
    ("rule", "start", "part"),
    [
        ("vetting_reply", "2028-01-14", "Tạm tính: lịch nghỉ năm 2028 chưa công bố chính thức."),
        ("admission_decision", "2025-04-01", "; 26/04 đi làm bù nên vẫn tính"),
        ("dossier", "2028-02-29", "hết ngày 28/02/2029 (tháng đó không có ngày 29 nên lấy ngày cuối tháng)"),
        ("readmission", "2024-02-29", "đủ vào ngày 28/02/2027"),
        ("probation_end", "2026-02-03", "đủ vào ngày 03/02/2027. Nguồn: Điều lệ Đảng (2011), Điều 5."),
        (
            "contact_gap",
            "2026-11-01",
            "Tính 30 ngày, đếm từ hôm sau: hết ngày 01/12/2026. Nguồn: mức do đơn vị tự đặt.",
        ),
        ("too_fast", "2026-11-01", "đủ vào ngày 30/04/2027"),
        ("away_return", "2026-12-20", "Ngày dự kiến về: ngày 20/12/2026."),
        (
            "awareness_certificate",
            "2026-06-30",
            "mục 5.4.b. HD 01-HD/TW ngày 19/5/2026 cũng vậy, theo nhiều bộ câu hỏi",
        ),
        ("ceremony", "2026-11-02", "Nguồn: QĐ 208-QĐ/TW ngày 26/7/2026. Theo nhiều bộ câu hỏi"),
    ],
)
def test_every_kind_of_period_explains_itself(rule: str, start: str, part: str) -> None:
    assert part in answer_line({"rule": rule, "from": start}, BOOK, CALENDAR)["why"]
