"""`chibot due`, `chibot why`, `chibot rules`: what an operator and a program are told of dates."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.law import stale_lines
from bot.rules.book import load
from bot.rules.lines import stale_text
from tests.terminal import Terminal

CONTRACT = {
    "vetting_reply", "vetting_reply_abroad", "admission_decision", "admission_decision_extended", "ceremony",
    "personal_history_form", "probation_end", "recognition_review", "recognition_decision",
    "recognition_decision_extended", "awareness_certificate", "dossier", "transfer_handover", "transfer_decision",
    "readmission",
}  # fmt: skip
SHAPE = {"rule", "from", "due_on", "document", "counted", "skipped", "provisional"}
FASTER = """
deadlines:
  admission_decision:
    versions:
      - {from: 2026-01-01, start: branch_resolution, amount: 40, unit: working_days, document: qd_294_2025,
         article: "4.3.1", mark: full_text}
requirements:
  age:
    versions:
      - {from: 2026-09-01, set: {least_months: 9999, most_months: 9999}, document: qd_294_2025, mark: full_text}
"""


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(tmp_path, monkeypatch)


@pytest.fixture
def ward(terminal: Terminal) -> Terminal:
    """A database with the sample ward, as on its first day."""
    from datetime import datetime

    from bot.app import with_database
    from bot.sample import OPENS_ON, fill
    from bot.settings import Settings

    settings = Settings()
    opens = datetime.combine(OPENS_ON, datetime.min.time(), settings.zone)
    with_database(settings, lambda database: database.write(lambda connection: fill(connection, opens)))
    return terminal


def test_the_example_of_the_issue_is_worked_out_and_explained(terminal: Terminal) -> None:
    for typed in ("2026-03-02", "02/03/2026"):
        found = terminal.run("due", "admission_decision", "--from", typed, "--json").json
        assert found.keys() >= SHAPE
        assert (found["rule"], found["from"], found["due_on"]) == ("admission_decision", "2026-03-02", "2026-05-07")
        assert found["document"] == {"number": "294-QĐ/TW", "date": "2025-05-26", "article": "4.3.1"}
        assert (found["counted"], found["provisional"]) == (45, False)
        assert found["skipped"] == ["2026-04-27", "2026-04-30", "2026-05-01"]
    said = terminal.run("due", "admission_decision", "--from", "02/03/2026")
    assert said.out.startswith("2026-05-07\n")
    assert "45 ngày làm việc" in said.out
    assert not terminal.database.exists()


def test_every_rule_of_the_contract_is_listed(terminal: Terminal) -> None:
    listed = terminal.run("due", "--list", "--json").json
    assert {rule["rule"] for rule in listed} >= CONTRACT
    lines = terminal.run("due", "--list").out.splitlines()
    assert [line.split()[0] for line in lines] == [rule["rule"] for rule in listed]
    assert not terminal.database.exists()


def test_lines_are_answered_one_by_one_and_a_bad_one_spoils_no_other(terminal: Terminal) -> None:
    typed = [
        '{"rule": "ceremony", "from": "2026-08-03", "id": 7}', "nonsense", "[1]", "", "1", "null", '{"rule": 3}',
        '{"rule": "no_such", "from": "2026-01-01"}', '{"rule": "ceremony", "from": "31/02/2026", "error": 1}',
        '{"rule": "ceremony", "from": "9999-12-31"}', '{"rule": "probation_end", "from": "29/02/2024"}',
    ]  # fmt: skip
    ran = terminal.run("due", "--json", "-", typed="\n".join(typed))
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert (ran.code, ran.err, len(answers)) == (0, "", len(typed) - 1)
    assert (answers[0]["id"], answers[0]["due_on"]) == (7, "2026-09-16")
    assert all(answer["error"] for answer in answers[1:-1])
    assert (answers[-1]["due_on"], answers[-1]["counted"]) == ("2025-02-28", 12)


@pytest.mark.parametrize(
    "words",
    [
        ("due", "no_such_rule", "--from", "2026-01-01"),
        ("due", "ceremony", "--from", "31/31/2026"),
        ("due", "ceremony", "--from", "1066-10-14"),
        ("due", "ceremony", "--from", "9999-12-31"),
        ("due", "ceremony"),
        ("due",),
        ("due", "-"),
        ("due", "contact_gap", "--from", "2026-01-01", "--unit", "NOWHERE"),
        ("why", "QC-9999"),
        ("rules",),
        ("rules", "replay", "--at", "soon"),
        ("rules", "replay", "--changes", "no-such-file.yaml"),
        ("rules", "day-off", "--name", "x"),
        ("rules", "day-off", "--name", "x", "--rest", "yesterday"),
        ("rules", "set", "contact_every_days", "3", "--unit", "GOC"),
        ("rules", "set", "contact_every_days", "often", "--unit", "GOC"),
        ("rules", "set", "no_such_setting", "3", "--unit", "GOC"),
        ("rules", "set", "contact_every_days", "10", "--unit", "NOWHERE"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(terminal: Terminal, words: tuple[str, ...]) -> None:
    ran = terminal.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentence


@pytest.mark.parametrize("text", ["[1]", "deadlines: {ceremony: {amount: x}}", ": : :", "\x00", "wrong: {a: 1}"])
def test_a_changed_file_that_is_not_sound_is_refused(terminal: Terminal, text: str) -> None:
    (terminal.folder / "law.yaml").write_text(text, encoding="utf-8")
    ran = terminal.run("rules", "replay", "--changes", "law.yaml", "--apply")
    assert (ran.code, ran.out) == (2, "")
    assert "law.yaml" in ran.sentence


def test_a_unit_s_own_setting_and_a_decreed_day_off_are_counted_for_it(terminal: Terminal) -> None:
    terminal.set_up()
    due = ("due", "contact_gap", "--from", "2026-11-02", "--unit", "GOC", "--json")
    assert terminal.run(*due).json["due_on"] == "2026-12-02"
    assert terminal.run("rules", "set", "contact_every_days", "10", "--unit", "GOC", "--json").json == {
        "changed": True, "moved": 0,
    }  # fmt: skip
    assert terminal.run(*due).json["due_on"] == "2026-11-12"
    assert terminal.run("rules", "set", "contact_every_days", "default", "--unit", "GOC").code == 0
    assert terminal.run(*due).json["due_on"] == "2026-12-02"
    decision = ("due", "ceremony", "--from", "2026-11-02", "--json")
    plain = terminal.run(*decision).json
    assert terminal.run("rules", "day-off", "--rest", "2026-11-10", "--name", "bão").out.startswith("added")
    assert terminal.run("rules", "day-off", "--rest", "2026-11-10", "--name", "bão").out.startswith("it is there")
    there = terminal.run(*decision, "--unit", "GOC").json
    assert terminal.run(*decision).json == plain
    assert (there["holidays"]["2026-11-10"], there["due_on"] > plain["due_on"]) == ("bão", True)


def test_why_tells_how_each_date_of_a_case_came_about(ward: Terminal) -> None:
    case = next(found for number in range(1, 60) if (found := ward.run("why", f"qc{number}", "--json").json)["dues"])
    assert case.keys() == {"case", "step", "step_name", "step_on", "dues"}
    assert all(due.keys() >= SHAPE | {"name", "subject", "start", "why"} for due in case["dues"])
    said = ward.run("why", case["case"]).out
    assert all(due["why"] in said for due in case["dues"])
    assert ward.run("why", case["case"], "0", "--json").json == ward.run("why", case["case"], "source", "--json").json
    assert [due["rule"] for due in ward.run("why", case["case"], "contact_gap", "--json").json["dues"]] == [
        "contact_gap"
    ]
    wrong = ward.run("why", case["case"], "no-such-step")
    assert (wrong.code, "no-such-step" in wrong.sentence) == (2, True)


def test_a_changed_law_shows_what_it_would_move_and_moves_it_once(ward: Terminal) -> None:
    assert ward.run("rules", "replay", "--json").json["moved"] == []
    (ward.folder / "law.yaml").write_text(FASTER, encoding="utf-8")
    replay = ("rules", "replay", "--changes", "law.yaml", "--at", "2026-11-20", "--json")
    told = ward.run(*replay).json
    assert (told["at"], told["applied"]) == ("2026-11-20", None)
    dates = [moved for moved in told["moved"] if "rule" in moved]
    asked = [moved for moved in told["moved"] if "requirement" in moved]
    assert dates
    assert {moved["rule"] for moved in dates} == {"admission_decision"}
    assert all(moved["new"] < moved["old"] and moved["new_version"].endswith("@2026-01-01") for moved in dates)
    assert {moved["requirement"] for moved in asked} == {"age"}
    assert ward.run(*replay).json == told
    lines = ward.run(*replay[:-1]).out.splitlines()
    assert len(lines) == len(told["moved"]) + 1
    code = dates[0]["case"]
    assert f"{code}  admission_decision: {dates[0]['old']} -> {dates[0]['new']}" in lines

    applied = ward.run(*replay, "--apply").json
    assert (applied["moved"], applied["applied"]) == (told["moved"], len(dates))
    found = {due["rule"]: due["due_on"] for due in ward.run("why", code, "--json").json["dues"]}
    assert found["admission_decision"] == dates[0]["new"]
    again = ward.run(*replay, "--apply").json
    assert (again["moved"], again["applied"]) == ([], 0)


def test_the_move_stands_in_the_history_of_each_case(ward: Terminal) -> None:
    from bot.app import with_database
    from bot.settings import Settings
    from storage import candidates, history

    (ward.folder / "law.yaml").write_text(FASTER, encoding="utf-8")
    moved = ward.run("rules", "replay", "--changes", "law.yaml", "--apply", "--json").json["moved"]
    shift = next(one for one in moved if one.get("rule") == "admission_decision")

    def look(connection: Connection) -> tuple[int | None, history.Entry]:
        case = candidates.by_code(connection, shift["case"])
        assert case
        return history.broken(connection), history.of(connection, case.subject)[-1]

    broken, line = with_database(Settings(), lambda database: database.read(look))
    assert broken is None
    assert line.before
    assert line.after
    assert (line.action, line.before["admission_decision"], line.after["admission_decision"]) == (
        "due.move", shift["old"], shift["new"],
    )  # fmt: skip


def test_documents_that_were_replaced_are_named_with_number_and_date() -> None:
    lines = stale_text(load(), date(2026, 11, 20))
    assert any("294-QĐ/TW (26/05/2025)" in line and "208-QĐ/TW (26/07/2026)" in line for line in lines)
    assert stale_text(load(), date(2025, 10, 1)) == []
    assert isinstance(stale_lines(), list)
    assert stale_lines(date(2026, 11, 20)) == lines


def test_a_deadline_is_worked_out_without_loading_what_chats_need() -> None:
    tell = "print([name for name in ('sqlalchemy', 'alembic', 'telegram', 'storage') if name in sys.modules])"
    script = f"import sys; from bot.cli import main; main(['due', '--list']); {tell}"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
