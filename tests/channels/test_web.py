"""The local phone at its border: what its page may ask for, what it hands in, what it shows, and whom it refuses."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.phone.api import DOCUMENTS, later
from bot.channels.phone.talks import BEHIND, KEPT, Bubble, Talks
from bot.channels.web import LocalPhone, Persona
from bot.chat import Button, File, Message, Unsendable
from tests.fakes.phone import AN, HAI, HANOI, TAM, Echo, Page, Ward


async def test_what_a_person_types_is_received_in_utc_and_answered_on_the_screen(page: Page, echo: Echo) -> None:
    async with page.watching(HAI) as stream:
        await stream.next("snapshot")
        assert (await page.act("/say", HAI, text="chào")).status == 200
        mine, answer = await stream.next("bubble"), await stream.next("bubble")
    [heard] = echo.heard
    assert (heard.address.channel, heard.address.id, heard.text) == ("phone", HAI.address, "chào")
    assert heard.at == datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
    assert heard.at.tzinfo is UTC
    assert (mine["mine"], mine["text"], mine["at"]) == (True, "chào", "2026-11-20T01:30:00+07:00")
    assert (answer["mine"], answer["text"]) == (False, "<b>Nghe:</b> chào")
    assert [b["label"] for b in answer["buttons"][0]] == ["Lưu", "Bỏ"]


async def test_every_update_has_its_own_id_and_another_run_gives_others(page: Page, echo: Echo, ward: Ward) -> None:
    await page.act("/say", HAI, text="một")
    await page.act("/say", AN, text="hai")
    await page.act("/attach", AN, kind="voice")
    ids = [heard.id for heard in echo.heard]
    other = await ward.phone().send(HAI.address, Message("lần chạy khác"))
    assert len(set(ids)) == 3
    assert other.split("-")[0] not in {i.split("-")[0] for i in ids}


async def test_a_post_that_is_sent_again_is_the_same_update_and_one_bubble(page: Page, echo: Echo) -> None:
    for _ in range(2):
        await page.post("/say", {"persona": HAI.address, "nonce": "the-same-mark", "text": "ghi một lần"})
    first, second = echo.heard
    assert first == second
    assert [b["text"] for b in (await page.snapshot(HAI))["bubbles"] if b["mine"]] == ["ghi một lần"]


async def test_a_pressed_button_sends_its_text_and_the_answer_takes_the_messages_place(page: Page, echo: Echo) -> None:
    await page.act("/say", HAI, text="gặp chị Lan")
    message = (await page.snapshot(HAI))["bubbles"][-1]
    assert (await page.act("/press", HAI, message=message["id"], send="/save")).status == 200
    assert (echo.heard[-1].text, echo.heard[-1].pressed) == ("/save", message["id"])
    bubbles = (await page.snapshot(HAI))["bubbles"]
    assert [b["text"] for b in bubbles] == ["gặp chị Lan", "<b>Nghe:</b> /save"]
    assert bubbles[-1]["id"] == message["id"]


async def test_the_message_remembers_which_of_its_buttons_was_pressed(page: Page, phone: LocalPhone) -> None:
    sent = await phone.send(HAI.address, Message("Lưu không?", ((Button("Lưu", "/save"),),)))
    async with page.watching(HAI) as stream:
        await page.act("/press", HAI, message=sent, send="/save")
        assert await stream.next("pressed") == {"id": sent, "send": "/save"}


async def test_a_button_of_another_persons_message_is_refused(page: Page, phone: LocalPhone, echo: Echo) -> None:
    sent = await phone.send(AN.address, Message("Duyệt?", ((Button("Duyệt", "/approve"),),)))
    assert (await page.act("/press", HAI, message=sent, send="/approve")).status == 404
    assert echo.heard == []
    await page.act("/say", HAI, text="của tôi")
    own = (await page.snapshot(HAI))["bubbles"][0]["id"]
    assert (await page.act("/press", HAI, message=own, send="/approve")).status == 404
    assert len(echo.heard) == 1


async def test_an_edit_of_an_unknown_or_foreign_message_comes_anew(page: Page, phone: LocalPhone) -> None:
    theirs = await phone.send(AN.address, Message("của An"))
    await page.act("/say", HAI, text="lời của tôi")
    own = (await page.snapshot(HAI))["bubbles"][0]["id"]
    for old in (theirs, "0a0a0a-1", own):
        assert await phone.send(HAI.address, Message("mới", edit=old)) != old
    assert [b["text"] for b in (await page.snapshot(AN))["bubbles"]] == ["của An"]
    assert [b["text"] for b in (await page.snapshot(HAI))["bubbles"]][-3:] == ["mới"] * 3


async def test_what_is_only_an_edit_changes_its_message_or_nothing(page: Page, phone: LocalPhone) -> None:
    old = await phone.send(HAI.address, Message("Nhắc: đến hạn"))
    assert await phone.send(HAI.address, Message("✓ Xong", edit=old, only_edit=True)) == old
    assert await phone.send(HAI.address, Message("✓ Xong", edit="0a0a0a-1", only_edit=True)) == "0a0a0a-1"
    assert [b["text"] for b in (await page.snapshot(HAI))["bubbles"]] == ["✓ Xong"]


async def test_the_number_shared_is_the_personas_own_whatever_the_page_says(page: Page, echo: Echo) -> None:
    assert (await page.act("/contact", HAI)).status == 200
    assert (await page.act("/contact", HAI, phone="0911222333")).status == 400
    assert (await page.act("/contact", TAM)).status == 409
    assert [heard.phone for heard in echo.heard] == [HAI.phone]


@pytest.mark.parametrize("kind", ["photo", "file", "voice", "video", "sticker", "place", "foreign_contact", "other"])
async def test_a_thing_attached_arrives_as_its_kind_and_nothing_more(page: Page, echo: Echo, kind: str) -> None:
    assert (await page.act("/attach", HAI, kind=kind, name="lý lịch.jpg")).status == 200
    [heard] = echo.heard
    assert (heard.attachment, heard.document, heard.text) == (kind, None, "")
    assert (await page.act("/attach", HAI, kind="wishes")).status == 400


async def test_a_workbook_is_handed_over_and_fetched(page: Page, phone: LocalPhone, echo: Echo) -> None:
    assert (await page.send_workbook(HAI, "danh sách.xlsx", b"PK\x03\x04 rows")).status == 200
    assert (await page.send_workbook(HAI, "lý lịch.docx", b"x")).status == 415
    document = echo.heard[0].document
    assert document is not None
    assert (document.name, document.size) == ("danh sách.xlsx", 9)
    assert await phone.fetch(document) == b"PK\x03\x04 rows"


async def test_a_workbook_that_is_not_kept_any_more_is_missing(page: Page, phone: LocalPhone, echo: Echo) -> None:
    for number in range(DOCUMENTS + 1):
        await page.send_workbook(HAI, f"{number}.xlsx", b"x")
    first, last = echo.heard[0].document, echo.heard[-1].document
    assert first
    assert last
    assert await phone.fetch(last) == b"x"
    with pytest.raises(FileNotFoundError):
        await phone.fetch(first)


async def test_what_was_said_is_there_after_the_page_is_loaded_again(page: Page) -> None:
    await page.act("/say", HAI, text="nhớ nhé")
    await page.load()
    snapshot = await page.snapshot(HAI)
    assert [b["text"] for b in snapshot["bubbles"]] == ["nhớ nhé", "<b>Nghe:</b> nhớ nhé"]
    assert snapshot["now"] == "2026-11-20T01:30:00+07:00"
    assert (await page.snapshot(AN))["bubbles"] == []


async def test_a_message_for_somebody_who_is_not_watched_counts_as_unread(page: Page, phone: LocalPhone) -> None:
    async with page.watching(HAI) as stream:
        assert (await stream.next("snapshot"))["unread"] == {}
        first = await phone.send(AN.address, Message("một"))
        await phone.send(AN.address, Message("hai"))
        await phone.send(AN.address, Message("một, sửa lại", edit=first))
        await phone.send(HAI.address, Message("đang xem"))
        assert await stream.next("unread") == {"address": AN.address, "count": 1}
        assert await stream.next("unread") == {"address": AN.address, "count": 2}
        async with page.watching(AN) as other:
            assert (await other.next("snapshot"))["unread"] == {}
            assert await stream.next("unread") == {"address": AN.address, "count": 0}


async def test_a_page_that_was_closed_reads_nothing(page: Page, phone: LocalPhone) -> None:
    async with page.watching(AN) as stream:
        await stream.next("snapshot")
        stream.response.close()
    async with page.watching(HAI) as stream:
        await stream.next("snapshot")
        await phone.send(AN.address, Message("ai đọc?"))
        assert await stream.next("unread") == {"address": AN.address, "count": 1}


async def test_the_command_menu_of_a_person_is_shown_to_that_person(page: Page, phone: LocalPhone) -> None:
    async with page.watching(HAI) as stream:
        await stream.next("snapshot")
        await phone.menu(AN.address, [("moi", "Mời")])
        await phone.menu(HAI.address, [("nguon", "Quần chúng của tôi")])
        assert await stream.next("menu") == [["nguon", "Quần chúng của tôi"]]
    assert (await page.snapshot(AN))["menu"] == [["moi", "Mời"]]


async def test_the_office_clock_moves_by_a_calendar_month(page: Page, ward: Ward) -> None:
    ward.time = datetime(2027, 1, 31, 18, 0, tzinfo=HANOI)
    async with page.watching(HAI) as stream:
        await stream.next("snapshot")
        moved = await (await page.post("/clock", {"step": "month"})).json()
        assert await stream.next("clock") == moved["now"] == "2027-02-28T18:00:00+07:00"
    assert ward.moves == [timedelta(days=28)]
    assert (await page.post("/clock", {"step": "century"})).status == 400


async def test_two_who_move_the_clock_at_once_move_it_twice(page: Page, ward: Ward) -> None:
    ward.time = datetime(2027, 1, 15, 8, 0, tzinfo=HANOI)
    ward.ready.clear()
    moving = [asyncio.create_task(page.post("/clock", {"step": "month"})) for _ in range(2)]
    for _ in range(3):  # by then both have arrived
        await page.get("/people")
    ward.ready.set()
    assert [(await move).status for move in moving] == [200, 200]
    assert ward.time == datetime(2027, 3, 15, 8, 0, tzinfo=HANOI)


@given(st.datetimes(timezones=st.just(HANOI)).filter(lambda d: d.year < 9999))
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(now: datetime) -> None:
    then = later(now, "month")
    assert (then.year * 12 + then.month) - (now.year * 12 + now.month) == 1
    assert then.timetz() == now.timetz()
    assert then.day == now.day or (then.day < now.day and (then + timedelta(days=1)).day == 1)


async def test_a_new_stranger_is_nobody_known_and_may_speak(page: Page, echo: Echo, ward: Ward) -> None:
    first = await (await page.post("/stranger", {})).json()
    second = await (await page.post("/stranger", {})).json()
    assert first["address"] != second["address"]
    assert (await page.act("/say", first["address"], text="/start")).status == 200
    assert (await page.act("/contact", first["address"])).status == 409
    ward.people.append(Persona(first["address"], "Trần Thị Mới", "Đảng viên", "Chi bộ 2", "Chi bộ 2"))
    people = await (await page.get("/people")).json()
    assert [s["address"] for s in people["strangers"]] == [second["address"]]
    assert people["people"][-1]["name"] == "Trần Thị Mới"


async def test_nobody_speaks_for_a_person_who_does_not_exist(page: Page, echo: Echo) -> None:
    assert (await page.act("/say", "p-ghost", text="hu")).status == 404
    assert (await page.get("/events", persona="p-ghost")).status == 404
    assert echo.heard == []


async def test_the_list_of_people_tells_no_phone_number(page: Page) -> None:
    answer = await page.get("/people")
    assert HAI.name in [person["name"] for person in (await answer.json())["people"]]
    assert str(HAI.phone) not in await answer.text()


@pytest.mark.parametrize(("media_type", "shown"), [("image/png", True), ("image/svg+xml", False), ("text/html", False)])
async def test_a_picture_is_shown_and_every_other_file_only_downloaded(
    page: Page, phone: LocalPhone, media_type: str, shown: bool
) -> None:
    content = b"<svg onload='alert(1)'/>"
    sent = await phone.send(HAI.address, Message("Biểu đồ", file=File("biểu đồ.bin", content, media_type)))
    [bubble] = (await page.snapshot(HAI))["bubbles"]
    assert bubble["file"] == {"name": "biểu đồ.bin", "size": len(content), "picture": shown}
    response = await page.get("/file", persona=HAI.address, bubble=sent)
    assert await response.read() == content
    assert response.content_type == (media_type if shown else "application/octet-stream")
    assert response.headers["Content-Disposition"] == ("inline" if shown else "attachment")
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert (await page.get("/file", persona=AN.address, bubble=sent)).status == 404


async def test_the_phone_refuses_what_a_messenger_refuses(phone: LocalPhone) -> None:
    await phone.send(HAI.address, Message("<b>" + "&lt;" * 4096 + "</b>"))
    with pytest.raises(Unsendable):
        await phone.send(HAI.address, Message("a" * 4097))
    with pytest.raises(Unsendable):
        await phone.send(HAI.address, Message("a", ((Button("Chọn", "đ" * 33),),)))


async def test_a_text_of_five_thousand_characters_is_taken_in_whole(page: Page, echo: Echo) -> None:
    assert (await page.act("/say", HAI, text="đ" * 5000)).status == 200
    assert len(echo.heard[-1].text) == 5000


async def test_switching_off_lets_a_post_in_hand_finish_and_ends_the_streams(phone: LocalPhone) -> None:
    echo = Echo(phone)
    running = asyncio.create_task(phone.run(echo.receive))
    await asyncio.wait_for(phone.up.wait(), 5)
    async with Page.at(phone.url) as page, page.watching(HAI) as stream:
        await stream.next("snapshot")
        echo.held.clear()
        saying = asyncio.create_task(page.act("/say", HAI, text="đang gửi"))
        await stream.next("bubble")
        running.cancel()
        echo.held.set()
        assert (await saying).status == 200
        with pytest.raises(AssertionError, match="ended"):
            await stream.next("nothing")
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 5)


async def test_a_page_that_fell_far_behind_is_sent_away_to_start_again() -> None:
    talks, now = Talks(), datetime(2026, 11, 20, 9, 0, tzinfo=HANOI)
    with talks.watch("a", lambda: False) as watcher:
        for _ in range(BEHIND + 1):
            talks.tell_time(now)
        events = [watcher.events.get_nowait() for _ in range(watcher.events.qsize())]
    assert events[-1] is None
    assert len(events) == BEHIND


def test_a_long_conversation_forgets_its_oldest_messages() -> None:
    talks, now = Talks(), datetime(2026, 11, 20, 9, 0, tzinfo=HANOI)
    for number in range(KEPT + 2):
        talks.put("a", Bubble(str(number), now))
    kept = [bubble["id"] for bubble in talks.snapshot("a", now).data["bubbles"]]
    assert (kept[0], kept[-1], len(kept)) == ("2", str(KEPT + 1), KEPT)
