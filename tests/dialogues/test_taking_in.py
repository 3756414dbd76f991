"""Importing in the chat: looked at first, all or nothing, every mistake named, the file kept nowhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.chat import Message
from bot.reports.workbook import read_workbook
from handlers.workbooks import words_of_workbook
from storage import candidates, history, people
from storage.tables import forms, invitations, outbox
from storage.tables import people as people_rows
from tests.office import Office, Phone
from tests.papers import paper

NEW: dict[str, list[dict[str, Any]]] = {
    "Tổ chức": [{"Mã": "B3", "Tên": "Chi bộ Trạm Y tế", "Loại": "chi bộ", "Thuộc": "W"}],
    "Con người": [{"Mã": "YT1", "Họ và tên": "Cao Thị Y", "Vai": "bí thư", "Đơn vị": "B3"}],
    "Quần chúng": [
        {"Mã": "QC-0001", "Họ và tên": "Nguyễn Ngọc Lan", "Chi bộ": "B1", "Trình độ": "đại học"},
        {"Mã": "", "Họ và tên": "Vũ Minh Mới", "Chi bộ": "B3", "Ngày sinh": "03/02/1999"},
    ],
}


def written(folder: Path, sheets: Mapping[str, Any], name: str = "danh sách.xlsx") -> Path:
    path = folder / name
    path.write_bytes(paper(sheets))
    return path


def said(phone: Phone) -> str:
    return phone.last.text


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


async def names(office: Office) -> set[str]:
    return set(await office.do(lambda c: c.execute(select(people_rows.c.name)).scalars().all()))


async def test_the_office_looks_at_what_would_change_and_has_it_written(office: Office, tmp_path: Path) -> None:
    boss = office.phone("Trần Văn Phòng")
    first = await boss.sends_file(written(tmp_path, NEW))
    assert first is not None and "Đang đọc tệp" in first.text
    assert "• Tổ chức: <b>1 mới</b>, <b>0 đổi</b>" in said(boss)
    assert "• Quần chúng: <b>1 mới</b>, <b>1 đổi</b>" in said(boss)
    assert "Cao Thị Y" not in await names(office)
    await boss.presses("Ghi")
    assert "Đã ghi <b>3 mới</b>, <b>1 đổi</b>" in said(boss)
    assert "1 người mới" in said(boss) and "Mời người vào" in labels(boss.last)
    assert "Cao Thị Y" in await names(office)
    case = await office.do(lambda c: candidates.by_code(c, "QC-0001"))
    assert case.education == "university"
    lines = await office.do(lambda c: history.of(c, "candidate:1"))
    assert (lines[-1].action, lines[-1].who) == ("candidate.change", "Trần Văn Phòng")
    assert not await office.do(lambda c: c.execute(select(invitations.c.id)).all())


async def test_the_same_file_again_has_nothing_to_write(office: Office, tmp_path: Path) -> None:
    boss, path = office.phone("Trần Văn Phòng"), written(tmp_path, NEW)
    await boss.sends_file(path)
    await boss.presses("Ghi")
    await boss.sends_file(path)
    assert "không có gì khác" in said(boss)


async def test_what_was_taken_out_can_be_mended_and_taken_in_again(office: Office, tmp_path: Path) -> None:
    boss = office.phone("Trần Văn Phòng")
    await boss.says("/xuat lay")
    file = boss.last.file
    assert file is not None
    path = tmp_path / file.name
    path.write_bytes(file.content)
    await boss.sends_file(path)
    assert "không có gì khác" in said(boss)


async def test_every_mistake_is_named_and_nothing_is_written(office: Office, tmp_path: Path) -> None:
    boss = office.phone("Trần Văn Phòng")
    bad = NEW | {"Chỉ tiêu": [{"Đơn vị": "XX", "Năm": 2026}, *({"Đơn vị": "B1", "Năm": 1900 + n} for n in range(6))]}
    await boss.sends_file(written(tmp_path, bad))
    assert "<b>" in said(boss) and "chỗ sai" in said(boss) and "chỗ nữa" in said(boss)
    assert "Chỉ tiêu, dòng 2, cột Đơn vị: Không có đơn vị mã “XX”" in said(boss)
    assert "Ghi" not in labels(boss.last) and len(said(boss)) <= 900
    assert "Cao Thị Y" not in await names(office)


async def test_what_is_no_workbook_is_said(office: Office, tmp_path: Path) -> None:
    boss = office.phone("Trần Văn Phòng")
    path = tmp_path / "anh.xlsx"
    path.write_bytes(b"\x89PNG")
    await boss.sends_file(path)
    assert "không phải tệp Excel" in said(boss)
    gone = written(tmp_path, NEW)
    await boss.sends_file(gone)
    gone.unlink()
    await boss.presses("Ghi")
    assert "chưa tải được tệp" in said(boss)
    assert "Cao Thị Y" not in await names(office)


async def test_another_file_in_its_place_is_not_taken_in(office: Office, tmp_path: Path) -> None:
    boss, path = office.phone("Trần Văn Phòng"), written(tmp_path, NEW)
    await boss.sends_file(path)
    written(tmp_path, NEW | {"Tổ chức": [{"Mã": "B9", "Tên": "Khác", "Loại": "chi bộ", "Thuộc": "W"}]})
    await boss.presses("Ghi")
    assert "khác với tệp đã xem" in said(boss)


async def test_dropped_and_pressed_twice(office: Office, tmp_path: Path) -> None:
    boss = office.phone("Trần Văn Phòng")
    await boss.sends_file(written(tmp_path, NEW))
    check = boss.last
    await boss.presses("Bỏ")
    await boss.presses("Ghi", check)
    assert "đã cũ" in said(boss)
    await boss.sends_file(written(tmp_path, NEW))
    check = boss.last
    await boss.presses("Ghi", check)
    await boss.presses("Ghi", check)
    assert "đã cũ" in said(boss)
    found = await office.do(lambda c: people.people.select().where(people_rows.c.name == "Cao Thị Y"))
    assert len(await office.do(lambda c: c.execute(found).all())) == 1


async def test_only_the_office_sends_workbooks(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path, NEW)
    for name in ("Lê Thị Bí", "Lê Thị Hai", "Đỗ Văn Kiểm", "Lý Thị Tổ Chức", "Phan Văn Địa Bàn", "khách"):
        phone = office.phone(name)
        await phone.sends_file(path)
        assert "không nhận ảnh, tệp" in said(phone), name
        await phone.says("/nhap")
        assert ("mã mời" if name == "khách" else "không thuộc vai") in said(phone)
    assert "Cao Thị Y" not in await names(office)


async def test_another_committee_s_lines_are_refused(office: Office, tmp_path: Path) -> None:
    await office.has_unit("X", "Phường Bên Cạnh", "committee")
    await office.has_person("Vũ Thị Khác", "office", "X")
    other = office.phone("Vũ Thị Khác")
    await other.sends_file(written(tmp_path, NEW))
    assert "không thuộc phạm vi" in said(other)


async def test_the_empty_workbook_is_handed_over(office: Office) -> None:
    boss = office.phone("Trần Văn Phòng")
    await boss.says("/nhập danh sách")
    assert "gửi tệp .xlsx" in said(boss)
    await boss.presses("Lấy tệp mẫu")
    assert boss.last.file is not None
    assert read_workbook(boss.last.file.content, words_of_workbook()).empty


async def test_nothing_of_the_file_is_kept(office: Office, tmp_path: Path) -> None:
    boss = office.phone("Trần Văn Phòng")
    await boss.sends_file(written(tmp_path, NEW))
    kept = await office.do(
        lambda c: [*c.execute(select(forms.c.data)).scalars(), *c.execute(select(outbox.c.body)).scalars()]
    )
    assert "Cao Thị Y" not in str(kept) and "Vũ Minh Mới" not in str(kept)
