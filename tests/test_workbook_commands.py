"""`chibot template` and `chibot import` as an operator types them."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.papers import paper, titles, ward


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHIBOT_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'office.db'}")
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = main(arguments)
    return code, json.loads(capsys.readouterr().out)


def test_the_template_is_written_twice_in_a_row_but_never_over_a_filled_workbook(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "mau.xlsx"]) == 0
    assert main(["template", "mau.xlsx"]) == 0
    (folder / "that.xlsx").write_bytes(paper(ward()))
    before = (folder / "that.xlsx").read_bytes()
    capsys.readouterr()
    assert main(["template", "that.xlsx"]) == 2
    assert main(["template", "mau.xls"]) == 2
    assert main(["template", "no/such/folder.xlsx"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 3
    assert (folder / "that.xlsx").read_bytes() == before


def test_an_unchanged_template_creates_nothing_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    main(["template", "mau.xlsx"])
    capsys.readouterr()
    assert main(["import", "mau.xlsx"]) == 0
    assert "no lines of its own" in capsys.readouterr().out


def test_a_workbook_is_checked_then_taken_in_then_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "phuong.xlsx").write_bytes(paper(ward()))
    none = dict.fromkeys(titles(), 0)
    all_new = dict(zip(titles(), (3, 4, 3, 2), strict=True))
    for _ in range(2):
        code, told = answer(capsys, "import", "phuong.xlsx", "--check", "--json")
        assert (code, told["ok"], told["created"], told["invitations"]) == (0, True, all_new, [])
    code, told = answer(capsys, "import", "phuong.xlsx", "--json")
    assert code == 0
    assert list(told) == ["ok", "created", "updated", "unchanged", "problems", "invitations"]
    assert (told["created"], told["updated"], told["unchanged"], told["problems"]) == (all_new, none, none, [])
    assert [set(invitation) for invitation in told["invitations"]] == [{"person", "name", "code", "link"}] * 4
    assert told["invitations"][0]["link"] is None
    code, told = answer(capsys, "import", "phuong.xlsx", "--json")
    assert (told["created"], told["updated"], told["unchanged"]) == (none, none, all_new)
    assert told["invitations"] == []


def test_problems_are_told_one_a_line_with_code_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheets = ward()
    sheets["Tổ chức"][0]["Loại"] = "câu lạc bộ"
    sheets["Quần chúng"][1]["Chi bộ"] = "CB7"
    (folder / "sai.xlsx").write_bytes(paper(sheets))
    assert main(["import", "sai.xlsx"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Tổ chức, dòng 2, cột Loại: “câu lạc bộ” không có trong danh sách")
    assert lines[1].startswith("Quần chúng, dòng 3, cột Chi bộ: Không có đơn vị mã “CB7”")
    assert len(lines) == 3
    code, told = answer(capsys, "import", "sai.xlsx", "--json")
    assert (code, told["ok"], sum(told["created"].values())) == (2, False, 0)
    assert [set(problem) for problem in told["problems"]] == [{"sheet", "row", "column", "problem"}] * 2
    assert told["problems"][1]["row"] == 3


def test_a_file_that_is_none_or_no_workbook_gets_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "khong-co.xlsx"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "khong-co.xlsx" in said.err
    (folder / "thu.xlsx").write_bytes(b"Ma;Ten")
    code, told = answer(capsys, "import", "thu.xlsx", "--json")
    assert (code, told["ok"]) == (2, False)
    assert told["problems"][0]["sheet"] is None
    assert ".xlsx" in told["problems"][0]["problem"]


def test_what_init_made_is_updated_by_the_workbook_that_names_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--unit", "Phường", "--code", "DU", "--admin", "Trần Văn Phòng"]) == 0
    capsys.readouterr()
    (folder / "phuong.xlsx").write_bytes(paper(ward()))
    _, told = answer(capsys, "import", "phuong.xlsx", "--json")
    assert (told["created"]["Tổ chức"], told["updated"]["Tổ chức"]) == (2, 1)
    assert (told["created"]["Con người"], told["updated"]["Con người"]) == (3, 1)
    assert "VP" not in [invitation["person"] for invitation in told["invitations"]]
