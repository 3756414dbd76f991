"""Reading the history in the chat: in words, within one's committee, and looking is written down as well."""

import ast
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import Connection

from bot.chat import Message
from bot.rules import book as rulebook
from bot.rules.access import Role
from bot.rules.changes import ChangeKind
from bot.rules.grouping import grouping
from bot.rules.positions import catalogue
from handlers.log_lines import changes
from handlers.templates import load, templates
from storage import candidates, history, membership, roles, units
from storage.difficulties import LEVELS
from storage.logbook import Line, Names
from storage.outbox import Kind as OutboxKind
from storage.oversight import About, Kind
from storage.surveys import RIPENESS
from tests.office import Office

ROOT = Path(__file__).parent.parent.parent
# Functions that write a line and get its action as words.
WRITERS = {"record", "Line", "_note", "keep", "_change", "_tell", "change", "settle"}


LIKE_AN_ACTION = re.compile(r'"([a-z_]+\.[a-z_]+)"')
# Names that look like actions and are none.
NO_ACTIONS = frozenset({"export.yaml"})


def said(message: Message | None) -> str:
    assert message is not None
    return message.text


def speaking() -> Iterator[str]:
    """The text of every file that says anything like an action and may write a line."""
    for room in ("storage", "handlers", "bot"):
        for file in (ROOT / room).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            if LIKE_AN_ACTION.search(text) and any(f"{name}(" in text for name in WRITERS):
                yield text


def actions() -> set[str]:
    """Every action that any room writes, as far as its words stand in the code."""
    found: set[str] = set()
    for text in speaking():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            found |= {word for word in words if name in WRITERS and word.count(".") == 1 and " " not in word}
    return found


def chosen(topics: set[str]) -> set[str]:
    """Actions that stand in the code by themselves, as one of two that are chosen from."""
    found = {word for text in speaking() for word in LIKE_AN_ACTION.findall(text)}
    sentences = templates().sentences
    return {word for word in found if word.partition(".")[0] in topics and word not in sentences} - NO_ACTIONS


def test_every_action_has_its_sentence_and_its_kind() -> None:
    words = load("history_words")
    written = actions() | {f"case.{kind}" for kind in get_args(ChangeKind)}
    written |= {f"oversight.{kind}" for kind in get_args(Kind)}
    written |= chosen({action.partition(".")[0] for action in words["actions"]})
    assert len(written) > 50
    assert not sorted(written - set(words["actions"]) - set(templates().sentences))
    begins = tuple(begin for kind in words["kinds"].values() for begin in kind["begins"])
    assert not [action for action in words["actions"] if not action.startswith((*begins, "sample."))]


BOOK = rulebook.load()
ENTRIES = BOOK.entries
# By the action and the field: every slug that can stand there.
SLUGS: dict[tuple[str, str], Iterable[str]] = {
    ("case.record", "step"): ENTRIES.steps,
    ("case.leave", "reason"): [*ENTRIES.exits, *ENTRIES.discipline],
    ("case.amend", "reason"): ENTRIES.discipline,
    ("case.away", "reason"): ENTRIES.absences,
    ("case.send_back", "reason"): ENTRIES.back_reasons,
    ("case.transfer", "reason"): ENTRIES.transfers,
    ("admission.return", "reason"): ENTRIES.back_reasons,
    ("admission.undo", "reason"): [*ENTRIES.exits, *ENTRIES.discipline, *ENTRIES.absences],
    ("admission.pend", "kind"): get_args(ChangeKind),
    ("candidate.add", "state"): ("proposed", "open", "returned", "closed"),
    ("candidate.change", "education"): ENTRIES.education_levels,
    ("candidate.add", "introduced_by"): load("words")["introducers"],
    ("contact.log", "how"): load("words")["how"],
    ("contact.log", "reason"): load("words")["reasons"],
    ("survey.find", "ripeness"): RIPENESS,
    ("role.give", "role"): get_args(Role),
    ("person.join", "channel"): ("telegram", "web"),
    ("unit.exits", "kind"): ENTRIES.discipline,
    ("unit.change", "area"): grouping().areas,
    ("unit.add", "kind"): units.KINDS,
    ("branch.mark", "mark"): catalogue().marks,
    ("branch.charge", "charge"): load("meetings")["charges"],
    ("place.note", "sort"): catalogue().places,
    ("member.state", "kind"): membership.KINDS,
    ("meeting.plan", "kind"): ("regular", "thematic"),
    ("meeting.cancel", "state"): ("planned", "held", "cancelled"),
    ("class.add", "kind"): ("awareness_class", "new_member_class"),
    ("class.change", "state"): ("open", "cancelled"),
    ("class.result", "result"): load("meetings")["results"],
    ("oversight.reminder", "about"): get_args(About),
    ("help.give", "kind"): load("helping")["kinds"],
    ("difficulty.raise", "kind"): load("exchange_words")["difficulties"],
    ("difficulty.hand_up", "level"): LEVELS,
    ("difficulty.close", "state"): load("exchange_words")["states"],
    ("question.link", "state"): ("open", "linked", "answered", "dismissed"),
    ("delivery.resend", "kind"): get_args(OutboxKind),
    ("history.look", "kind"): load("history_words")["kinds"],
}


@pytest.mark.parametrize(("action", "name"), SLUGS)
def test_every_slug_that_can_stand_in_a_line_is_told_in_words(action: str, name: str) -> None:
    topic = action.partition(".")[0]
    subject = "difficulty:1" if topic == "difficulty" else "unit:1"
    names = Names({}, {}, {})
    for slug in SLUGS[action, name]:
        line = Line(1, datetime.now(UTC), None, action, subject, None, {}, {name: slug})
        [told] = changes(line, names, BOOK, full=True)
        assert slug not in told.split(), told


def test_what_a_committee_sets_is_told_by_its_name() -> None:
    for name in ENTRIES.local:
        line = Line(1, datetime.now(UTC), None, "unit.set", "unit:1", None, {name: 1}, {name: 2})
        assert changes(line, Names({}, {}, {}), BOOK, full=True) == [f"{ENTRIES.local[name].name} 1 → 2"]


async def test_the_office_reads_a_case_in_words(office: Office) -> None:
    boss = office.phone("Trần Văn Phòng")
    await office.phone("Lê Thị Hai").says("/tiepxuc lan gọi điện")
    found = said(await boss.says("/nhatky QC-0001"))
    assert "Nhật ký <b>QC-0001 Nguyễn Ngọc Lan</b>" in found
    assert "<b>Máy của văn phòng</b> đưa vào danh sách" in found
    assert "<b>Trần Văn Phòng</b> giao người giúp: người Lê Thị Hai" in found
    assert "bước Đưa vào danh sách nguồn" in found


async def test_inspection_reads_everything_it_may_see_with_initials(office: Office) -> None:
    def rename(connection: Connection) -> None:
        case = candidates.by_code(connection, "QC-0001")
        assert case is not None
        candidates.change(connection, office.now, None, case, "candidate.change", {"name": "Nguyễn Thị Ngọc Lan"})

    await office.do(rename)
    found = said(await office.phone("Đỗ Văn Kiểm").says("/nhật ký qc1"))
    assert "QC-0001 N.T.N. Lan" in found
    assert "tên N.N. Lan → N.T.N. Lan" in found and "Ngọc Lan" not in found


async def test_a_person_a_unit_a_day_and_a_kind_can_be_looked_at_alone(office: Office) -> None:
    boss = office.phone("Trần Văn Phòng")
    branch = office.unit["B1"]
    await office.do(lambda c: units.change(c, office.now, office.person["Trần Văn Phòng"], branch, {"meeting_day": 5}))
    await office.invite("Lê Thị Hai")
    assert "Nhật ký <b>Lê Thị Hai</b>" in said(await boss.says("/nhatky le thi hai"))
    assert "tạo mã mời" in boss.last.text
    unit = said(await boss.says("/nhatky B1"))
    assert "<b>Trần Văn Phòng</b> sửa đơn vị – Chi bộ Tổ dân phố 1: ngày sinh hoạt 5" in unit
    await boss.presses("Theo việc")
    only = said(await boss.presses("Đơn vị, chỉ tiêu"))
    assert "sửa đơn vị" in only and "đưa vào danh sách" not in only
    await boss.presses("Theo ngày")
    assert "ngày 19/11/2026" in said(await boss.presses("thứ Năm"))
    assert "Không có dòng nào" in boss.last.text
    assert "ngày 20/11/2026" in said(await boss.says("/nhatky hôm nay"))
    assert "ngày 18/11/2026" in said(await boss.says("/nhatky 18/11"))


async def test_long_histories_turn_their_pages(office: Office) -> None:
    boss = office.phone("Trần Văn Phòng")
    first = await boss.says("/nhatky")
    second = await boss.presses("Cũ hơn")
    assert "(trang 2)" in said(second) and second is not None and second.edit == "1"
    assert said(first).splitlines()[1:4] != said(second).splitlines()[1:4]
    back = await boss.presses("‹ Mới hơn")
    assert "trang" not in said(back)
    assert all(len(b.send.encode()) <= 64 for row in boss.last.buttons for b in row)


async def test_looking_is_itself_written_down_and_can_be_looked_at(office: Office) -> None:
    await office.phone("Đỗ Văn Kiểm").says("/nhatky QC-0001")
    case = await office.do(lambda c: history.of(c, "candidate:1"))
    assert (case[-1].action, case[-1].who) == ("history.look", "Đỗ Văn Kiểm")
    await office.phone("Lê Thị Bí").says("/xuat lay")
    boss = office.phone("Trần Văn Phòng")
    assert "xem nhật ký" not in said(await boss.says("/nhatky"))
    await boss.presses("Theo việc")
    looks = said(await boss.presses("Xem nhật ký"))
    assert "<b>Đỗ Văn Kiểm</b> xem nhật ký – QC-0001" in looks
    assert "<b>Lê Thị Bí</b> lấy danh sách ra tệp" in looks


@pytest.mark.parametrize("name", ["Lê Thị Bí", "Ngô Văn Phó", "Lê Thị Hai", "Phan Văn Địa Bàn", "Lý Thị Tổ Chức"])
async def test_nobody_else_reads_the_history(office: Office, name: str) -> None:
    for words in ("/nhatky", "/nhatky QC-0001", "/nhatky p1", "/nhatky u2 d2026-11-20"):
        assert "không thuộc vai" in said(await office.phone(name).says(words))
    assert "mã mời" in said(await office.phone("khách").says("/nhatky"))


async def test_another_committee_s_things_are_as_if_they_were_not_there(office: Office) -> None:
    await office.has_unit("X", "Phường Bên Cạnh", "committee")
    await office.has_unit("X1", "Chi bộ Chợ", parent="X")
    await office.has_person("Vũ Thị Khác", "office", "X")
    await office.has_person("Tô Văn Xa", "member", "X1")
    other = office.phone("Vũ Thị Khác")
    assert "Không có hồ sơ" in said(await other.says("/nhatky QC-0001"))
    assert "Không có hồ sơ" in said(await other.says("/nhatky c1"))
    assert "Không có người này" in said(await other.says(f"/nhatky p{office.person['Lê Thị Hai']}"))
    assert "Không có đơn vị" in said(await other.says(f"/nhatky u{office.unit['B1'].id}"))
    for words in ("/nhatky le thi hai", "/nhatky to dan pho 1", "/nhatky 😀", "/nhatky d2026-99-99"):
        assert "Không có người, hồ sơ hay đơn vị" in said(await other.says(words))
    newest = said(await other.says("/nhatky"))
    assert "Lê Thị" not in newest and "QC-" not in newest and "thêm đơn vị" in newest


async def test_what_is_private_is_said_to_be_there_and_no_more(office: Office) -> None:
    await office.phone("Lê Thị Hai").says("/tiepxuc lan gọi điện")
    await office.phone("Lê Thị Hai").presses("Lưu")
    await office.phone("Lê Thị Hai").presses("Thêm ghi chú")
    await office.phone("Lê Thị Hai").says("gia đình có việc riêng")
    before = {"phone": "0911222333"}
    after = {"phone": "0911222444", "groups": ["religious"], "born_on": "1999-01-02"}
    line = (office.now, None, "candidate.change", "candidate:1", office.unit["B1"].id, before, after)
    await office.do(lambda c: history.record(c, *line))
    for name in ("Trần Văn Phòng", "Đỗ Văn Kiểm"):
        found = said(await office.phone(name).says("/nhatky QC-0001"))
        assert "việc riêng" not in found and "0911" not in found and "religious" not in found and "1999" not in found
        assert "điện thoại …333 → …444" in found and "(có, không hiện)" in found


async def test_who_has_no_unit_any_more_can_still_be_looked_up(office: Office) -> None:
    person = office.person["Bùi Văn Ba"]
    await office.do(lambda c: roles.leave(c, office.now, None, person, office.now.date()))
    found = said(await office.phone("Trần Văn Phòng").says(f"/nhatky p{person}"))
    assert "ghi rời tổ chức" in found
