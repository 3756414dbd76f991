"""The rulebook as data: sound, with sources, and changed by one entry."""

import time
from datetime import date
from pathlib import Path

import pytest

from bot.rules.book import BookError, load
from bot.rules.entries import Cited
from tests.rules.builders import BOOK, TODAY, changed_book

CONTRACT_RULES = {
    "vetting_reply": (30, "working_days", "06-HD/TW", "3.4.d"),
    "vetting_reply_abroad": (90, "working_days", "06-HD/TW", "3.4.d"),
    "admission_decision": (45, "working_days", "294-QĐ/TW", "4.3.1"),
    "admission_decision_extended": (60, "working_days", "294-QĐ/TW", "4.3.1"),
    "ceremony": (30, "working_days", "208-QĐ/TW", None),
    "personal_history_form": (30, "working_days", "38-HD/BTCTW", "I.2.2"),
    "probation_end": (12, "months", "Điều lệ Đảng (2011)", "Điều 5"),
    "recognition_review": (30, "working_days", "294-QĐ/TW", "4.2.1"),
    "recognition_decision": (30, "working_days", "294-QĐ/TW", "4.3.1"),
    "recognition_decision_extended": (45, "working_days", "294-QĐ/TW", "4.3.1"),
    "awareness_certificate": (60, "months", "06-HD/TW", "5.4.b"),
    "dossier": (12, "months", "06-HD/TW", "5.4.a"),
    "transfer_handover": (15, "working_days", "06-HD/TW", "3.9.b"),
    "transfer_decision": (30, "working_days", "06-HD/TW", "3.9.b"),
    "readmission": (36, "months", "294-QĐ/TW", "3.5.1"),
}


@pytest.mark.parametrize("rule", CONTRACT_RULES)
def test_the_rules_that_people_build_on_are_there_today(rule: str) -> None:
    clock = BOOK.clock(rule, TODAY)
    assert clock is not None
    document = BOOK.document(clock.source.document or "")
    assert (clock.amount, clock.unit, document.number, clock.source.article) == CONTRACT_RULES[rule]


def test_a_rule_that_is_not_there_or_not_yet_in_force_gives_nothing() -> None:
    assert BOOK.clock("no_such_rule", TODAY) is None
    assert BOOK.clock("transfer_handover", date(2025, 6, 8)) is None


def test_the_rulebook_is_read_quickly_and_kept() -> None:
    load()
    start = time.perf_counter()
    assert load() is BOOK
    assert time.perf_counter() - start < 0.05


def test_three_guidances_share_a_number_and_only_the_date_tells_them_apart() -> None:
    same = [found for found in BOOK.entries.documents.values() if found.number == "01-HD/TW"]
    assert len(same) == 3
    found = BOOK.find_document("01-HD/TW", date(2026, 5, 19))
    assert found is not None
    assert found.in_force(TODAY)
    assert BOOK.find_document("01-HD/TW", date(2020, 1, 1)) is None


def test_only_one_decision_on_the_statutes_is_in_force_on_any_day() -> None:
    on_statutes = [one for one in BOOK.entries.documents.values() if one.title.startswith("Thi hành Điều lệ")]
    for day in (date(2016, 7, 25), date(2021, 7, 30), date(2025, 6, 30), date(2025, 7, 1), date(2026, 7, 26), TODAY):
        assert len([one for one in on_statutes if one.in_force(day)]) == 1


def test_a_replaced_document_leads_to_the_one_in_force_on_the_day() -> None:
    assert BOOK.successor("qd_294_2025", date(2026, 5, 1)) == "qd_20_2026"
    assert BOOK.successor("qd_294_2025", TODAY) == "qd_208_2026"
    assert BOOK.successor("qd_208_2026", TODAY) is None


def test_a_full_text_that_was_replaced_is_only_the_earlier_word() -> None:
    clock = BOOK.clock("admission_decision", TODAY)
    assert clock is not None
    assert BOOK.standing(clock.source, date(2026, 1, 5)).mark == "full_text"
    found = BOOK.standing(clock.source, TODAY)
    assert (found.mark, found.replaced) == ("superseded", True)
    assert "2025" in found.label


def test_what_a_later_document_confirms_carries_that_documents_mark() -> None:
    clock = BOOK.clock("awareness_certificate", TODAY)
    assert clock is not None
    found = BOOK.standing(clock.source, TODAY)
    assert (found.mark, found.confirmed_by) == ("quiz_many", "hd_01_2026")


def test_what_the_unit_sets_stands_on_no_document() -> None:
    assert BOOK.standing(Cited(mark="unit"), TODAY).mark == "unit"


def test_every_citation_of_a_replaced_document_is_reported() -> None:
    found = {one.where: one for one in BOOK.stale(TODAY)}
    assert found["deadlines.admission_decision"].replaced_by == "qd_208_2026"
    assert found["deadlines.admission_decision"].confirmed_by is None
    assert found["deadlines.awareness_certificate"].confirmed_by == "hd_01_2026"
    assert "deadlines.ceremony" not in found
    assert "deadlines.contact_gap" not in found
    assert "ballots.failed_recognitions" in found
    assert "deadlines.transfer_handover" not in {one.where for one in BOOK.stale(date(2025, 6, 8))}


def test_a_changed_law_is_one_entry(tmp_path: Path) -> None:
    book = changed_book(
        tmp_path,
        """
documents:
  hd_09_2027:
    {short: HD, number: 09-HD/TW, date: 2027-01-05, issuer: Ban Bí thư, title: Thử, from: 2027-01-05, mark: full_text}
deadlines:
  admission_decision:
    versions:
      - from: 2027-01-05
        start: branch_resolution
        amount: 35
        unit: working_days
        document: hd_09_2027
        article: "2.1"
        mark: full_text
""",
    )
    before, after = (
        book.clock("admission_decision", date(2027, 1, 4)),
        book.clock("admission_decision", date(2027, 1, 5)),
    )
    assert before is not None
    assert after is not None
    assert (before.amount, after.amount) == (45, 35)
    assert len(book.rules["admission_decision"].clocks) == len(BOOK.rules["admission_decision"].clocks) + 1
    assert book.digest != BOOK.digest
    assert book.entries.wording == BOOK.entries.wording


def test_a_version_from_the_same_day_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    text = "deadlines: {contact_gap: {versions: [{start: last_contact, amount: 21, unit: days, mark: unit}]}}"
    clocks = changed_book(tmp_path, text).rules["contact_gap"].clocks
    assert [clock.amount for clock in clocks] == [21]


def test_the_office_can_lay_a_file_of_days_off_over_the_book(tmp_path: Path) -> None:
    text = "holidays: {decreed: {2028: {mark: unit}}, swaps: [{rest: 2028-01-31, name: thử}]}"
    table = changed_book(tmp_path, text).entries.holidays
    assert 2028 in table.decreed
    assert 2027 in table.decreed
    assert len(table.swaps) == len(BOOK.entries.holidays.swaps) + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deadlines: {ceremony: {binds: nobody}}", "no role called nobody"),
        ("deadlines: {ceremony: {during: [nowhere]}}", "no step called nowhere"),
        ("deadlines: {ceremony: {governed_by: nothing}}", "no event called nothing"),
        ("deadlines: {ceremony: {extended_by: nothing, profile: x}}", "no deadline called nothing"),
        ("steps: {cv: {ballot: branch, forms: [x], needs: [y]}}", "no requirement called y"),
        ("requirements: {age: {deadline: x, setting: y}}", "no local setting called y"),
        ("transfers: {helped: {rules: [x]}}", "no deadline called x"),
        ("documents: {qd_208_2026: {replaces: [qd_21_2026]}}", "21-QĐ/TW is still in force"),
        ("documents: {qd_208_2026: {replaces: [x], mark: y}}", "no mark called y"),
        ("exits: {moved: {name: x}}", None),
        ("exits: {gone: {name: x, because: y}}", "comes_back"),
        ("exits: [", "flow"),
        ("just a text", "named sections"),
        (
            "deadlines: {ceremony: {versions: [{from: 2020-01-01, start: ceremony, amount: 1, unit: days,"
            " document: qd_208_2026, mark: page}]}}",
            "before 208-QĐ/TW was issued",
        ),
        (
            "deadlines: {contact_gap: {versions: [{from: 2020-01-01, start: last_contact, amount: 1, unit: days,"
            " mark: wrong, also: [{document: x, mark: page}]}]}}",
            "no mark called wrong",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(tmp_path: Path, text: str, said: str | None) -> None:
    if said is None:
        assert changed_book(tmp_path, text)
        return
    with pytest.raises(BookError, match=said):
        changed_book(tmp_path, text)


def test_a_rulebook_whose_versions_stand_twice_is_refused(tmp_path: Path) -> None:
    for file in (Path(__file__).parents[2] / "bot" / "rules" / "data").glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    file = tmp_path / "deadlines.yaml"
    line = "      - {from: 2025-07-01, start: branch_resolution, amount: 45"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(line, line.replace("2025-07-01", "2025-01-20"), 1), encoding="utf-8")
    with pytest.raises(BookError, match="one a day"):
        load(folder=tmp_path)


def test_every_requirement_has_its_words_and_every_entry_its_source() -> None:
    for requirement in BOOK.entries.requirements.values():
        assert requirement.words("met") or requirement.words("unmet")
    for step in BOOK.entries.steps.values():
        assert step.document
        assert step.mark in BOOK.entries.marks
