"""How the conversation holds: commands however typed, forms, odd messages, order, faults."""

import asyncio

import pytest

from handlers.commands import ROUTES, Route, menu
from storage import people
from tests.office import Office


@pytest.mark.parametrize(
    "typed", ["/nguon", "/Nguồn", "/nguồn", "/ nguon", "nguồn", "quan chung cua toi", "/NGUON", "danh sách nguồn"]
)
async def test_a_command_is_known_however_it_is_typed(office: Office, typed: str) -> None:
    said = await office.phone("Lê Thị Hai").says(typed)
    assert said and "Đồng chí đang giúp" in said.text


async def test_an_unknown_command_says_where_help_is(office: Office) -> None:
    said = await office.phone("Lê Thị Hai").says("/khongco")
    assert said and "/trogiup" in said.text


@pytest.mark.parametrize(
    ("name", "has", "has_not"),
    [("Lê Thị Hai", "/tiepxuc", "/moi"), ("Lê Thị Bí", "/phancong", "/donvi"), ("Đỗ Văn Kiểm", "/hoso", "/tiepxuc")],
)
async def test_help_and_the_menu_follow_the_role(office: Office, name: str, has: str, has_not: str) -> None:
    phone = office.phone(name)
    said = await phone.says("/trogiup")
    pages = [said.text if said else ""]
    while any(button.label.startswith("Sau") for row in phone.last.buttons for button in row):
        await phone.presses("Sau")
        pages.append(phone.last.text)
    assert has in " ".join(pages)
    assert has_not not in " ".join(pages)
    shown = [f"/{command}" for command, _ in office.channel.menus[name]]
    assert has in shown
    assert has_not not in shown


async def test_the_menu_is_sent_once(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/start")
    office.channel.menus.clear()
    await hai.says("/start")
    assert not office.channel.menus


@pytest.mark.parametrize("kind", ["photo", "file", "video"])
async def test_papers_are_refused_with_the_reason(office: Office, kind: str) -> None:
    said = await office.phone("Lê Thị Hai").sends(kind)
    assert said and "giữ bí mật" in said.text
    assert "không được lưu" in said.text


@pytest.mark.parametrize("kind", ["voice", "sticker", "place", "foreign_contact", "other"])
async def test_everything_odd_gets_a_sentence(office: Office, kind: str) -> None:
    said = await office.phone("Lê Thị Hai").sends(kind)
    assert said and len(said.text) > 20


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂", "\u200b", "<b>x", "{{ 7*7 }}", "%s %d", "\x00", "' OR 1=1 --", "/", "//", "/ "]
)
async def test_nonsense_gets_a_sentence(office: Office, text: str) -> None:
    for name in ("Lê Thị Hai", "người lạ"):
        said = await office.phone(name).says(text)
        assert said and "Có lỗi" not in said.text


async def test_a_text_of_5000_characters_is_answered(office: Office) -> None:
    said = await office.phone("Lê Thị Hai").says("gặp chị Lan " * 420)
    assert said and "dài" in said.text


async def test_markup_in_a_name_is_only_text(office: Office) -> None:
    code = await office.has_candidate("<b>Đậm</b> & Co", "B1", "Lê Thị Hai")
    said = await office.phone("Lê Thị Hai").says(f"/hoso {code}")
    assert said and "&lt;b&gt;Đậm&lt;/b&gt; &amp; Co" in said.text


async def test_a_group_chat_gets_no_private_answer(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    said = await hai.says("/nguon", group=True)
    assert said and "tin nhắn riêng" in said.text
    assert await hai.says("chào cả nhà", group=True) is None


async def test_an_edited_message_is_not_taken_as_a_new_one(office: Office) -> None:
    said = await office.phone("Lê Thị Hai").says("hôm qua gặp chị Lan", edited=True)
    assert said and "tin mới" in said.text


async def test_an_old_button_of_a_form_is_known_as_old(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("hôm qua gặp anh Hòa ở nhà")
    old = hai.last
    await hai.presses("Bỏ")
    await hai.says("hôm nay gặp chị Lan ở nhà")
    said = await hai.presses("Lưu", old)
    assert said and "đã cũ" in said.text


async def test_a_form_can_be_left(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/them")
    said = await hai.says("/huy")
    assert said and "Đã bỏ" in said.text
    said = await hai.says("huỷ")
    assert said and "Không có việc gì" in said.text


async def test_a_question_of_one_line_is_forgotten_by_the_next_day(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    await hai.says("/tiepxuc QC-0002 gặp")
    await hai.presses("Thêm ghi chú")
    office.passes(days=1)
    said = await hai.says("hôm qua gọi cho chị Ngọc Lan")
    assert said and "Tôi hiểu thế này" in said.text


async def test_the_same_update_twice_is_answered_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    hai = office.phone("Lê Thị Hai")
    first = await hai.says("/tiepxuc QC-0002 gặp", id="77")
    again = await hai.says("/tiepxuc QC-0002 gặp", id="77")
    assert first is not None
    assert again is None
    assert not caplog.records
    card = await hai.says("/hoso QC-0002")
    assert card and "(1 lần)" in card.text


async def test_messages_of_one_person_are_handled_in_order(office: Office) -> None:
    hai = office.phone("Lê Thị Hai")
    lines = ["/them", "nguyễn văn an", "1999", "/huy", "/tiepxuc", "hòa", "gọi điện"]
    await asyncio.gather(*(office.receive(hai.address, text=line) for line in lines))
    assert "Đã ghi: gọi điện" in hai.last.text
    assert len(hai.messages) == len(lines)


async def test_a_fault_in_one_message_stops_nothing_and_keeps_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(context: object, words: str) -> None:
        raise RuntimeError(f"secret {words}")

    ROUTES["hong"] = Route("hong", broken)  # type: ignore[arg-type]
    try:
        said = await office.phone("Lê Thị Hai").says("/hong Nguyễn Ngọc Lan")
    finally:
        del ROUTES["hong"]
    assert said and "Có lỗi ở phía tôi (số " in said.text
    number = said.text.split("(số ")[1].split(")")[0]
    assert number in caplog.text
    assert "Lan" not in caplog.text
    assert "secret" not in caplog.text
    said = await office.phone("Lê Thị Hai").says("/nguon")
    assert said and "Đồng chí đang giúp" in said.text


async def test_an_answer_that_was_not_sent_is_sent_after_the_restart(office: Office) -> None:
    office.channel.refusing = True
    await office.phone("Lê Thị Hai").says("/nguon")
    assert not office.phone("Lê Thị Hai").messages
    office.channel.refusing = False
    restarted = office.restarted()
    office.passes(minutes=5)
    restarted.now = office.now
    await restarted.delivery.round()
    await restarted.delivery.drain(5)
    assert "Đồng chí đang giúp" in office.phone("Lê Thị Hai").last.text


@pytest.mark.parametrize("name", ["Trần Văn Phòng", "Lê Thị Bí", "Lê Thị Hai", "Đỗ Văn Kiểm", "Phan Văn Địa Bàn"])
async def test_help_fits_one_screen_a_page_and_every_command_is_on_one(office: Office, name: str) -> None:
    phone = office.phone(name)
    help_ = await phone.says("/trogiup")
    told = ""
    while help_ is not None:
        assert len(help_.text) <= 900
        told += help_.text
        more = [b for row in help_.buttons for b in row if b.label.startswith("Sau")]
        help_ = await phone.presses("Sau") if more else None
    roles = [grant.role for grant in (await office.do(lambda c: people.by_id(c, office.person[name]))).grants]
    assert not [command for command, _ in menu(roles) if f"/{command} " not in told]
