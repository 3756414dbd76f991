"""What the house says, as the requests that Telegram gets."""

from collections.abc import AsyncIterator

import pytest

from bot.chat import Button, Document, File, Message, Unsendable, Wait
from tests.fakes.telegram_line import HOA, LAN, Line, line
from tests.fakes.telegram_rules import ApiError, bad
from tests.fakes.telegram_server import Fault

CARD = (
    (Button("Đã gặp", "/tiepxuc QC-0001 met"), Button("Sau", "/huy")),
    (Button("Quy định", "https://example.org", "link"),),
)
PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
async def at() -> AsyncIterator[Line]:
    async with line() as connected:
        yield connected


async def test_a_text_goes_out_as_html_with_its_buttons(at: Line) -> None:
    number = await at.channel.send(str(LAN), Message("<b>QC-0001</b> đã ghi &amp; lưu", CARD))
    rows = [
        [{"text": "Đã gặp", "callback_data": "/tiepxuc QC-0001 met"}, {"text": "Sau", "callback_data": "/huy"}],
        [{"text": "Quy định", "url": "https://example.org"}],
    ]
    assert at.telegram.sent("sendMessage") == [
        {
            "chat_id": str(LAN),
            "text": "<b>QC-0001</b> đã ghi &amp; lưu",
            "parse_mode": "HTML",
            "reply_markup": {"inline_keyboard": rows},
        }
    ]
    assert at.telegram.methods.messages[LAN, int(number)]["text"] == "QC-0001 đã ghi & lưu"


async def test_a_phone_number_is_asked_for_with_a_keyboard_that_a_later_text_takes_away(at: Line) -> None:
    asked = Message("Số điện thoại?", ((Button("Gửi số của tôi", "", "contact"),), (Button("Thôi", "/huy"),)))
    await at.channel.send(str(LAN), asked)
    await at.channel.send(str(LAN), Message("Chọn:", CARD))
    await at.channel.send(str(HOA), Message("Chào"))
    for _ in range(2):
        await at.channel.send(str(LAN), Message("Cảm ơn"))
    markups = [params.get("reply_markup") for params in at.telegram.sent("sendMessage")]
    rows = [[{"text": "Gửi số của tôi", "request_contact": True}], [{"text": "/huy"}]]
    assert markups[0] == {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    assert "inline_keyboard" in (markups[1] or {})
    assert markups[2:] == [None, {"remove_keyboard": True}, None]


async def test_a_keyboard_from_before_a_restart_goes_away_after_the_number_came(at: Line) -> None:
    person = {"id": LAN, "first_name": "Lan"}
    contact = {"phone_number": "84900000001", "first_name": "Lan", "user_id": LAN}
    chat, sender = {**person, "type": "private"}, {**person, "is_bot": False}
    async with at.open():
        at.telegram.put(message={"message_id": 1, "date": 1, "chat": chat, "from": sender, "contact": contact})
        await at.until_done(1)
    await at.channel.send(str(LAN), Message("Chào chị Lan"))
    assert at.telegram.sent("sendMessage")[0]["reply_markup"] == {"remove_keyboard": True}


async def test_an_edit_takes_the_place_of_the_message(at: Line) -> None:
    first = await at.channel.send(str(LAN), Message("Chọn:", CARD))
    assert await at.channel.send(str(LAN), Message("Đã ghi", edit=first)) == first
    params = {"chat_id": str(LAN), "message_id": int(first), "text": "Đã ghi", "parse_mode": "HTML"}
    assert at.telegram.sent("editMessageText") == [params]
    assert at.telegram.methods.messages[LAN, int(first)].get("reply_markup") is None


async def test_an_edit_that_changes_nothing_is_done(at: Line) -> None:
    first = await at.channel.send(str(LAN), Message("Đã ghi"))
    assert await at.channel.send(str(LAN), Message("Đã ghi", edit=first)) == first
    assert len(at.telegram.sent("sendMessage")) == 1


@pytest.mark.parametrize("why", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"])
async def test_what_cannot_be_edited_is_said_anew(at: Line, why: str) -> None:
    first = await at.channel.send(str(LAN), Message("Chọn:", CARD))
    at.telegram.fail("editMessageText", Fault(bad(why)))
    again = await at.channel.send(str(LAN), Message("Đã ghi", edit=first))
    assert again != first
    assert at.telegram.methods.messages[LAN, int(again)]["text"] == "Đã ghi"


@pytest.mark.parametrize("why", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"])
async def test_what_is_only_an_edit_is_never_said_anew(at: Line, why: str) -> None:
    first = await at.channel.send(str(LAN), Message("Nhắc: đến hạn"))
    at.telegram.fail("editMessageText", Fault(bad(why)))
    assert await at.channel.send(str(LAN), Message("✓ Xong", edit=first, only_edit=True)) == first
    assert await at.channel.send(str(LAN), Message("✓ Xong", edit=first, only_edit=True)) == first
    assert await at.channel.send(str(LAN), Message("✓ Xong", edit=first, only_edit=True)) == first
    assert [call.method for call in at.telegram.calls] == ["sendMessage", *["editMessageText"] * 3]


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_an_edit_waits_as_everything_else_when_told_to(at: Line) -> None:
    first = await at.channel.send(str(LAN), Message("Nhắc: đến hạn"))
    at.telegram.fail("editMessageText", Fault(ApiError(429, "Too Many Requests: retry after 7", retry_after=7)))
    with pytest.raises(Wait) as told:
        await at.channel.send(str(LAN), Message("✓ Xong", edit=first, only_edit=True))
    assert told.value.seconds == 7


async def test_a_picture_with_a_caption_is_not_edited_into_a_text_but_followed_by_one(at: Line) -> None:
    chart = File("bieu-do.png", PNG, "image/png")
    first = await at.channel.send(str(LAN), Message("Biểu đồ", file=chart))
    assert await at.channel.send(str(LAN), Message("Đã ghi", edit=first)) != first


async def test_a_question_for_the_number_is_never_an_edit(at: Line) -> None:
    first = await at.channel.send(str(LAN), Message("Chọn:"))
    contact = ((Button("Gửi số của tôi", "", "contact"),),)
    assert await at.channel.send(str(LAN), Message("Số?", contact, edit=first)) != first


async def test_a_picture_is_shown_and_a_paper_handed_over(at: Line) -> None:
    paper = File("Báo cáo tháng 11.docx", b"PK and so on", "application/vnd.openxmlformats")
    await at.channel.send(str(LAN), Message("Biểu đồ <b>quý 4</b>", CARD, file=File("bieu-do.png", PNG, "image/png")))
    await at.channel.send(str(LAN), Message("", file=paper))
    picture, document = (call for call in at.telegram.calls)
    assert (picture.method, picture.files["photo"]) == ("sendPhoto", ("bieu-do.png", PNG))
    assert picture.params["caption"] == "Biểu đồ <b>quý 4</b>"
    assert "inline_keyboard" in picture.params["reply_markup"]
    assert (document.method, document.files["document"]) == ("sendDocument", ("Báo cáo tháng 11.docx", b"PK and so on"))


async def test_a_picture_that_telegram_cannot_show_is_handed_over_as_a_file(at: Line) -> None:
    await at.channel.send(str(LAN), Message("Sơ đồ", file=File("so-do.svg", b"<svg/>", "image/svg+xml")))
    assert [call.method for call in at.telegram.calls] == ["sendPhoto", "sendDocument"]


async def test_a_text_may_be_4096_long_without_its_tags(at: Line) -> None:
    await at.channel.send(str(LAN), Message("<b>&lt;</b>" + "ệ" * 4095))
    with pytest.raises(Unsendable):
        await at.channel.send(str(LAN), Message("ệ" * 4097))
    assert len(at.telegram.calls) == 1


async def test_a_caption_may_be_1024_long(at: Line) -> None:
    with pytest.raises(Unsendable):
        await at.channel.send(str(LAN), Message("x" * 1025, file=File("a.txt", b"x", "text/plain")))
    assert at.telegram.calls == []


async def test_a_button_carries_64_bytes_and_not_64_letters(at: Line) -> None:
    await at.channel.send(str(LAN), Message("Chọn:", ((Button("Một", "x" * 64),),)))
    with pytest.raises(Unsendable):
        await at.channel.send(str(LAN), Message("Chọn:", ((Button("Hai", "ệ" * 22),),)))
    assert len(at.telegram.calls) == 1


async def test_a_menu_is_shown_to_one_chat(at: Line) -> None:
    await at.channel.menu(str(LAN), [("nguon", "Quần chúng của tôi"), ("hoi", "Hỏi")])
    shown = [
        {"command": "nguon", "description": "Quần chúng của tôi"},
        {"command": "hoi", "description": "Hỏi"},
    ]
    assert at.telegram.methods.menus == {LAN: shown}


async def test_a_workbook_is_fetched(at: Line) -> None:
    at.telegram.methods.documents["BQACw1"] = b"PK a workbook"
    assert await at.channel.fetch(Document("a.xlsx", 13, "BQACw1")) == b"PK a workbook"


async def test_a_workbook_that_says_it_is_too_large_is_not_even_asked_for(at: Line) -> None:
    with pytest.raises(Unsendable):
        await at.channel.fetch(Document("a.xlsx", 10 * 1024 * 1024 + 1, "BQACw1"))
    assert at.telegram.calls == []


async def test_a_workbook_larger_than_it_said_is_given_up(at: Line) -> None:
    at.telegram.methods.documents["BQACw1"] = b"x" * (10 * 1024 * 1024 + 1)
    with pytest.raises(Unsendable):
        await at.channel.fetch(Document("a.xlsx", 13, "BQACw1"))


async def test_a_file_that_is_gone_is_unsendable(at: Line) -> None:
    with pytest.raises(Unsendable):
        await at.channel.fetch(Document("a.xlsx", 13, "nothing"))


async def test_the_bot_knows_its_own_name(at: Line) -> None:
    assert await at.channel.username() == "chibot_thu_bot"
    assert await at.channel.link() == "https://t.me/chibot_thu_bot?start="
