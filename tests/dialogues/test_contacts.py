"""Logging contacts by taps and by sentence, as members do it."""

from datetime import date

from sqlalchemy import Connection, select

from storage import history
from storage.tables import candidates, contacts, outbox
from tests.office import Office

SENTENCE = "hôm qua gặp chị Ngọc Lan ở nhà văn hóa, chị đã viết đơn, hẹn thứ 5 tuần sau"


async def kept(office: Office) -> list[tuple[str, str, date, str | None, date | None]]:
    def read(connection: Connection) -> list[tuple[str, str, date, str | None, date | None]]:
        rows = connection.execute(
            select(candidates.c.name, contacts.c.how, contacts.c.on, contacts.c.note, contacts.c.next_on)
            .join_from(contacts, candidates, candidates.c.id == contacts.c.candidate_id)
            .where(contacts.c.state == "kept")
            .order_by(contacts.c.id)
        )
        return [tuple(row) for row in rows]

    return list(await office.do(read))


async def test_three_taps_log_a_contact(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc")
    await hai.presses("Trương Đình Hòa")
    said = await hai.presses("Gọi điện")
    assert said and "Đã ghi: gọi điện" in said.text
    assert await kept(office) == [("Trương Đình Hòa", "phoned", date(2026, 11, 20), None, None)]


async def test_a_button_pressed_twice_logs_once(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002")
    menu = hai.last
    await hai.presses("Gặp", menu)
    again = await hai.presses("Gặp", menu)
    assert again and "đã ghi rồi" in again.text
    assert len(await kept(office)) == 1


async def test_another_button_of_a_used_menu_logs_nothing_more(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002")
    menu = hai.last
    await hai.presses("Gặp", menu)
    await hai.presses("Nhắn tin", menu)
    assert [how for _, how, *_ in await kept(office)] == ["met"]


async def test_a_menu_of_last_month_logs_nothing(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002")
    menu = hai.last
    office.passes(days=30)
    said = await hai.presses("Gặp", menu)
    assert said and "đã cũ" in said.text
    assert not await kept(office)
    await hai.presses("Gặp")
    assert [on for _, _, on, *_ in await kept(office)] == [date(2026, 12, 20)]


async def test_not_reached_asks_why_and_does_not_count_as_a_meeting(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002")
    await hai.presses("Chưa gặp được")
    said = await hai.presses("không nghe máy")
    assert said and "không nghe máy" in said.text
    card = await hai.says("/hoso QC-0002")
    assert card and "Chưa gặp lần nào" in card.text


async def test_one_typed_line_logs_at_once(office: Office) -> None:
    said = await office.phone("Lê Thị Hai").says("/tiepxuc qc2 gọi điện")
    assert said and "Đã ghi: gọi điện" in said.text


async def test_the_way_may_be_typed_where_buttons_are_shown(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiep xuc Hòa")
    said = await hai.says("goi dien")
    assert said and "Đã ghi: gọi điện" in said.text


async def test_a_note_a_date_and_a_call_for_help_are_added_afterwards(office: Office) -> None:
    hai, secretary = office.phone("Lê Thị Hai"), office.phone("Lê Thị Bí")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Thêm ghi chú")
    await hai.says("anh muốn dự lớp tháng 12")
    await hai.presses("Hẹn lần sau")
    await hai.says("2 tuần nữa")
    await hai.presses("Cần cấp trên giúp")
    assert await kept(office) == [
        ("Trương Đình Hòa", "met", date(2026, 11, 20), "anh muốn dự lớp tháng 12", date(2026, 12, 4))
    ]
    await office.reminds()
    assert "Cần giúp</b>: đ/c L.T. Hai nhờ – <b>QC-0002</b> (T.Đ. Hòa)" in secretary.last.text
    assert "Trương" not in secretary.last.text
    assert "lớp" not in secretary.last.text


async def test_a_sentence_is_said_back_before_it_is_saved(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    said = await hai.says(SENTENCE)
    assert said is not None
    for part in ("Nguyễn Ngọc Lan", "thứ Năm 19/11/2026", "ở nhà văn hóa, chị đã viết đơn", "thứ Năm 26/11/2026"):
        assert part in said.text
    assert not await kept(office)
    await hai.presses("Lưu")
    [(name, how, on, note, next_on)] = await kept(office)
    assert (name, how, on, next_on) == ("Nguyễn Ngọc Lan", "met", date(2026, 11, 19), date(2026, 11, 26))
    assert note == "ở nhà văn hóa, chị đã viết đơn"


async def test_a_sentence_without_diacritics_reads_the_same(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("hom qua goi cho anh Hoa, hen thu 5 tuan sau")
    await hai.says("ok")
    assert [(n, h, on, nx) for n, h, on, _, nx in await kept(office)] == [
        ("Trương Đình Hòa", "phoned", date(2026, 11, 19), date(2026, 11, 26))
    ]


async def test_save_pressed_twice_saves_once(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says(SENTENCE)
    draft = hai.last
    await hai.presses("Lưu", draft)
    again = await hai.presses("Lưu", draft)
    assert again and "đã ghi rồi" in again.text
    assert len(await kept(office)) == 1


async def test_two_people_of_one_name_are_asked_about(office: Office) -> None:
    secretary = office.phone("Lê Thị Bí")
    said = await secretary.says("sáng nay gặp Lan ở chợ")
    assert said and "2 người tên Lan" in said.text
    await secretary.presses("Trần Thị Lan – 1996")
    await secretary.presses("Lưu")
    assert [name for name, *_ in await kept(office)] == ["Trần Thị Lan"]


async def test_a_date_to_come_is_asked_about(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    said = await hai.says("ngày 25/11/2026 đã gặp anh Hòa ở nhà")
    assert said and "chưa tới" in said.text
    await hai.presses("Hẹn 25/11")
    await hai.presses("Lưu")
    assert [(on, nx) for _, _, on, _, nx in await kept(office)] == [(date(2026, 11, 20), date(2026, 11, 25))]


async def test_a_date_before_the_candidate_was_listed_is_refused_and_nothing_is_lost(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    said = await hai.says("ngày 5/1/2026 gặp anh Hòa ở cơ quan")
    assert said and "trước ngày" in said.text
    await hai.says("hôm kia")
    await hai.presses("Lưu")
    assert [on for _, _, on, *_ in await kept(office)] == [date(2026, 11, 18)]


async def test_every_field_of_a_draft_can_be_mended(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says(SENTENCE)
    for field, value in (("Hình thức", "gọi điện"), ("Ngày", "hôm nay"), ("Ghi chú", "hỏi thăm"), ("Lần hẹn", "mai")):
        await hai.presses("Sửa")
        await hai.presses(field)
        await hai.says(value)
    await hai.presses("Sửa")
    await hai.presses("Người")
    await hai.says("Hòa")
    await hai.presses("Lưu")
    assert await kept(office) == [("Trương Đình Hòa", "phoned", date(2026, 11, 20), "hỏi thăm", date(2026, 11, 21))]


async def test_bad_input_while_mending_is_named_and_loses_nothing(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says(SENTENCE)
    await hai.presses("Sửa")
    await hai.presses("Ngày")
    said = await hai.says("bữa nào đó")
    assert said and "chưa đọc được ngày" in said.text
    said = await hai.says("hôm nay")
    assert said and "Nguyễn Ngọc Lan" in said.text


async def test_a_second_sentence_waits_for_the_first(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says(SENTENCE)
    said = await hai.says("sáng nay gọi cho anh Hòa")
    assert said and "chưa lưu" in said.text
    said = await hai.presses("Lưu phiếu này")
    assert said and "Trương Đình Hòa" in said.text
    await hai.presses("Lưu")
    assert [name for name, *_ in await kept(office)] == ["Nguyễn Ngọc Lan", "Trương Đình Hòa"]


async def test_a_draft_survives_a_restart(office: Office) -> None:
    await office.phone("Lê Thị Hai").says(SENTENCE)
    restarted = office.restarted()
    await restarted.phone("Lê Thị Hai").says("lưu")
    assert len(await kept(office)) == 1


async def test_undo_works_for_fifteen_minutes_and_only_for_the_writer(office: Office) -> None:
    hai, ba = office.phone("Lê Thị Hai"), office.phone("Bùi Văn Ba")
    await hai.says("/tiepxuc QC-0002 gặp")
    undo = hai.button("Hoàn tác").send
    refused = await ba.says(undo)
    assert refused and "không thấy bản ghi" in refused.text
    office.passes(minutes=16)
    late = await hai.says(undo)
    assert late and "quá 15 phút" in late.text
    assert len(await kept(office)) == 1
    await hai.says("/tiepxuc QC-0002 gọi")
    office.passes(minutes=14)
    await hai.presses("Hoàn tác")
    assert [how for _, how, *_ in await kept(office)] == ["met"]


async def test_undoing_restores_what_the_card_says(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Hoàn tác")
    card = await hai.says("/hoso QC-0002")
    assert card and "Chưa gặp lần nào" in card.text


async def test_a_correction_keeps_the_old_entry_in_the_history(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    office.passes(hours=3)
    await hai.presses("Sửa")
    await hai.presses("Sửa")
    await hai.presses("Ngày")
    await hai.says("hôm qua")
    said = await hai.presses("Lưu")
    assert said and "Bản ghi trước vẫn còn trong lịch sử" in said.text
    assert [on for _, _, on, *_ in await kept(office)] == [date(2026, 11, 19)]
    entries = await office.do(lambda c: history.of(c, "candidate:2"))
    assert [entry.action for entry in entries][-2:] == ["contact.log", "contact.correct"]
    assert entries[-1].before["on"] == "2026-11-20"


async def test_a_correction_may_name_another_candidate(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Sửa")
    await hai.presses("Sửa")
    await hai.presses("Người")
    await hai.says("lan")
    await hai.presses("Lưu")
    assert [name for name, *_ in await kept(office)] == ["Nguyễn Ngọc Lan"]


async def test_one_cannot_log_for_another_branchs_candidate(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    other = await hai.says("/tiepxuc QC-0004 gặp")
    missing = await hai.says("/tiepxuc QC-0999 gặp")
    assert other and missing
    assert other.text.replace("QC-0004", "X") == missing.text.replace("QC-0999", "X")
    assert not await kept(office)


async def test_inspection_reads_and_writes_nothing(office: Office) -> None:
    inspector = office.phone("Đỗ Văn Kiểm")
    card = await inspector.says("/hoso QC-0002")
    assert card and "T.Đ. Hòa" in card.text
    assert "Trương" not in card.text
    refused = await inspector.says("/tiepxuc QC-0002 gặp")
    assert refused and "không thuộc vai" in refused.text
    assert not await kept(office)


async def test_a_long_note_is_refused_with_its_length(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Thêm ghi chú")
    said = await hai.says("a" * 600)
    assert said and "600" in said.text
    said = await hai.says("ngắn thôi")
    assert said and "Đã thêm ghi chú" in said.text


async def test_what_is_sent_is_not_kept(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says(SENTENCE)
    bodies = await office.do(lambda c: c.execute(select(outbox.c.state, outbox.c.body)).all())
    assert {tuple(row) for row in bodies} == {("sent", None)}
