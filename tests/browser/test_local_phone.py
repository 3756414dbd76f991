"""The local phone in a real browser: what a person sees, does with a keyboard, and can read."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.async_api", reason="playwright is not installed")

from bot.chat import Button, File, Message
from tests.browser.phone_page import PhonePage
from tests.fakes.phone import AN, HAI, KIEM, TAM, Echo, Ward, serving

if TYPE_CHECKING:
    from playwright.async_api import Browser

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001"
    "ff56c72f0d0000000049454e44ae426082"
)


async def test_a_person_types_and_is_answered_under_buttons(phone: PhonePage, echo: Echo) -> None:
    await phone.type("hôm qua gặp chị Lan")
    assert await phone.bubbles() == ["hôm qua gặp chị Lan", "Nghe: hôm qua gặp chị Lan"]
    assert await phone.labels() == ["Lưu", "Bỏ"]
    assert echo.heard[0].text == "hôm qua gặp chị Lan"


async def test_a_pressed_button_waits_for_its_answer_and_keeps_the_focus(phone: PhonePage, echo: Echo) -> None:
    await phone.type("ghi")
    echo.held.clear()
    await phone.button("Lưu").focus()
    await phone.page.keyboard.press("Enter")
    await phone.page.wait_for_selector('.choice[aria-busy="true"][aria-disabled="true"]')
    await phone.page.keyboard.press("Enter")
    echo.held.set()
    await phone.expect_last("/save")
    assert [heard.text for heard in echo.heard] == ["ghi", "/save"]
    assert await phone.page.evaluate("document.activeElement.textContent") == "Lưu"
    assert await phone.button("Lưu").get_attribute("aria-busy") != "true"


async def test_the_person_is_switched_in_one_click_and_each_keeps_the_own_conversation(
    phone: PhonePage, echo: Echo
) -> None:
    await phone.type("tôi là Hai")
    await phone.page.locator("#text").fill("viết dở")
    await phone.as_persona(AN.name)
    assert (await phone.who(), await phone.bubbles()) == (AN.name, [])
    assert await phone.page.locator("#text").input_value() == ""
    await phone.type("tôi là An")
    assert [heard.address.id for heard in echo.heard] == [HAI.address, AN.address]
    await phone.as_persona(HAI.name)
    assert await phone.bubbles() == ["tôi là Hai", "Nghe: tôi là Hai"]
    assert await phone.page.locator("#text").input_value() == "viết dở"


async def test_the_conversation_and_the_person_are_there_after_a_reload(phone: PhonePage) -> None:
    await phone.as_persona(TAM.name)
    await phone.type("còn nhớ tôi?")
    await phone.page.reload()
    await phone.ready()
    assert (await phone.who(), await phone.bubbles()) == (TAM.name, ["còn nhớ tôi?", "Nghe: còn nhớ tôi?"])


async def test_a_message_for_somebody_else_shows_on_the_badge_until_it_is_read(phone: PhonePage, echo: Echo) -> None:
    await echo.phone.send(KIEM.address, Message("Có kiến nghị mới"))
    await phone.page.wait_for_selector("#unread-all:visible")
    assert [await phone.unread(p.name) for p in (KIEM, AN)] == [1, 0]
    await phone.page.locator("#unread-only").click()
    assert await phone.page.locator("#list .person .name").all_inner_texts() == [KIEM.name]
    await phone.as_persona(KIEM.name)
    await phone.page.wait_for_selector("#unread-all", state="hidden")
    assert await phone.last_bubble() == "Có kiến nghị mới"


async def test_the_office_clock_is_moved_on_and_messages_show_office_time(phone: PhonePage, ward: Ward) -> None:
    assert await phone.office_time() == "09:05, Thứ Sáu 20/11/2026"
    await phone.advance("month")
    await phone.advance("hour")
    assert await phone.office_time() == "10:05, Chủ nhật 20/12/2026"
    await phone.type("mấy giờ")
    assert await phone.page.locator("#log time").first.inner_text() == "10:05"
    assert await phone.page.locator("#log .day").all_inner_texts() == ["Chủ nhật 20/12/2026"]


async def test_text_from_the_bot_is_never_taken_for_markup(phone: PhonePage, echo: Echo) -> None:
    nasty = "<b>đậm</b> <i>nghiêng</i> <img src=x onerror=alert(1)> <b onclick=x>a</b> "
    nasty += "&lt;script&gt; &amp;lt; &#39;&#x27; &"
    await echo.phone.send(HAI.address, Message(nasty))
    shown = "đậm nghiêng <img src=x onerror=alert(1)> <b onclick=x>a <script> &lt; '' &"
    await phone.expect_last("đậm")
    assert await phone.last_bubble() == shown
    tags = "[...document.querySelectorAll('#log .bot .text *')].map(e => `${e.localName}:${e.attributes.length}`)"
    assert await phone.page.evaluate(tags) == ["b:0", "i:0"]
    await phone.type("<b>tôi</b> & <i>bạn</i>")
    assert (await phone.bubbles())[-2:] == ["<b>tôi</b> & <i>bạn</i>", "Nghe: <b>tôi</b> & <i>bạn</i>"]


async def test_a_command_in_a_text_can_be_pressed_and_a_date_cannot(phone: PhonePage, echo: Echo) -> None:
    await echo.phone.send(HAI.address, Message("Gõ <b>/nguon</b> trước 20/11, và/hoặc (/huy) nhé"))
    await phone.expect_last("/nguon")
    assert await phone.page.locator("#log .command").all_inner_texts() == ["/nguon", "/huy"]
    await phone.page.locator("#log .command").first.click()
    await phone.expect_last("Nghe: /nguon")


async def test_a_picture_is_seen_and_a_file_can_be_downloaded(phone: PhonePage, echo: Echo) -> None:
    await echo.phone.send(HAI.address, Message("Biểu đồ", file=File("kết nạp.png", PIXEL, "image/png")))
    await echo.phone.send(
        HAI.address, Message("Báo cáo", file=File("báo cáo.docx", b"docx" * 600, "application/msword"))
    )
    image = phone.page.locator("#log .picture img")
    await image.wait_for()
    await phone.page.wait_for_function("() => document.querySelector('#log .picture img').naturalWidth === 1")
    assert "kết nạp.png" in (await image.get_attribute("alt") or "")
    async with phone.page.expect_download() as download:
        await phone.page.locator("#log a.file").click()
    assert (await download.value).suggested_filename == "báo cáo.docx"
    assert (await (await download.value).path()).read_bytes() == b"docx" * 600


async def test_everything_in_the_attach_menu_arrives_as_its_kind(phone: PhonePage, echo: Echo, tmp_path: Path) -> None:
    (tmp_path / "ảnh.png").write_bytes(PIXEL)
    (tmp_path / "danh sách.xlsx").write_bytes(b"PK rows")
    (tmp_path / "lý lịch.docx").write_bytes(b"secret")
    await phone.attach("photo", tmp_path / "ảnh.png")
    await phone.attach("file", tmp_path / "danh sách.xlsx")
    await phone.attach("file", tmp_path / "lý lịch.docx")
    for kind in ("voice", "sticker", "foreign_contact"):
        await phone.attach(kind)
    await phone.share_number()
    kinds = [heard.attachment for heard in echo.heard]
    assert kinds == ["photo", "file", "file", "voice", "sticker", "foreign_contact", None]
    assert [heard.document and heard.document.name for heard in echo.heard[:3]] == [None, "danh sách.xlsx", None]
    assert echo.heard[-1].phone == HAI.phone
    assert await phone.page.locator("#log .mine").last.inner_text() != ""


async def test_contact_and_link_buttons_share_the_number_and_open_a_tab(phone: PhonePage, echo: Echo) -> None:
    rows = ((Button("Gửi số", "", "contact"), Button("Mở", f"{echo.phone.url}/phone/icon.svg", "link")),)
    await echo.phone.send(HAI.address, Message("Số của đồng chí?", rows))
    assert await phone.button("Mở").get_attribute("rel") == "noopener noreferrer"
    assert await phone.button("Mở").get_attribute("target") == "_blank"
    await phone.press("Gửi số")
    assert echo.heard[-1].phone == HAI.phone


async def test_a_new_stranger_starts_with_an_empty_chat(phone: PhonePage, echo: Echo) -> None:
    first = await phone.as_stranger()
    second = await phone.as_stranger()
    assert first != second
    await phone.page.locator("#begin").click()
    await phone.expect_last("Nghe: /start")
    assert echo.heard[-1].address.id == second
    assert not await phone.page.locator("#empty").is_visible()


async def test_the_phone_is_worked_by_keyboard_alone(phone: PhonePage, echo: Echo) -> None:
    keys = phone.page.keyboard
    await phone.page.locator("#text").focus()
    await keys.type("dòng một")
    await keys.press("Shift+Enter")
    await keys.type("dòng hai")
    await keys.press("Enter")
    await phone.expect_last("dòng hai")
    assert echo.heard[-1].text == "dòng một\ndòng hai"
    await phone.page.locator("#search").focus()
    await keys.type("vo minh")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    assert await phone.who() == TAM.name
    await phone.page.locator("#attach").focus()
    await keys.press("Enter")
    await keys.press("ArrowDown")
    assert await phone.page.evaluate("document.activeElement.dataset.attach") == "file"
    await keys.press("Escape")
    assert await phone.page.evaluate("document.activeElement.id") == "attach"
    assert not await phone.page.locator("#attach-menu").is_visible()


async def test_the_arrows_walk_the_list_of_people(phone: PhonePage) -> None:
    await phone.page.locator('.person[aria-current="true"]').focus()
    for key in ("ArrowDown", "End", "ArrowUp", "Home", "ArrowDown"):
        await phone.page.keyboard.press(key)
    assert await phone.page.evaluate("document.activeElement.querySelector('.name').textContent") == AN.name
    assert await phone.page.locator('.person[tabindex="0"]').count() == 1


async def test_tab_reaches_every_part_and_the_focus_can_be_seen(phone: PhonePage) -> None:
    await phone.type("xin chào")
    await phone.page.locator("body").evaluate("body => (document.activeElement.blur(), body.focus())")
    reached = []
    for _ in range(30):
        await phone.page.keyboard.press("Tab")
        name, outline = await phone.page.evaluate(
            """(e => [e.id || e.dataset.step || e.className || e.localName, getComputedStyle(e).outlineStyle])
               (document.activeElement)"""
        )
        if name not in ("text", "body"):  # the field around the text shows its focus; the body is the way round
            assert outline != "none", name
        reached.append(name)
    wanted = {"hour", "month", "search", "unread-only", "stranger", "person", "log", "choice", "attach", "text", "send"}
    assert wanted <= set(reached), wanted - set(reached)


async def test_a_text_of_five_thousand_characters_wraps_and_may_be_sent(phone: PhonePage, echo: Echo) -> None:
    await phone.type("dài" * 1667)
    assert len(echo.heard[-1].text) == 5001
    assert await phone.page.evaluate("(log => log.scrollWidth <= log.clientWidth)(document.getElementById('log'))")


async def test_what_could_not_be_sent_stays_and_can_be_sent_again(phone: PhonePage, echo: Echo) -> None:
    await phone.page.route("**/say", lambda route: route.abort())
    await phone.page.locator("#text").fill("đừng mất nhé")
    await phone.page.locator("#text").press("Enter")
    again = phone.page.locator("#log .again")
    await again.wait_for()
    assert echo.heard == []
    await phone.page.unroute("**/say")
    await again.click()
    await phone.expect_last("Nghe: đừng mất nhé")
    assert await phone.bubbles() == ["đừng mất nhé", "Nghe: đừng mất nhé"]
    assert await phone.page.locator("#log .fate").count() == 0
    phone.problems.clear()  # the browser itself notes the broken request


async def test_whoever_reads_further_up_is_not_pushed_away_by_what_comes(phone: PhonePage, echo: Echo) -> None:
    for number in range(12):
        await echo.phone.send(HAI.address, Message(f"tin {number}\n" + "dòng\n" * 6))
    await phone.expect_last("tin 11")
    place = "document.getElementById('log').scrollTop"
    await phone.page.locator("#log").hover()
    await phone.page.mouse.wheel(0, -900)
    await phone.page.wait_for_function(f"() => {place} < document.getElementById('log').scrollHeight - 1200")
    before = await phone.page.evaluate(place)
    await echo.phone.send(HAI.address, Message("tin mới"))
    await phone.page.wait_for_selector("#down:visible")
    assert await phone.page.locator("#down").inner_text() == "1 tin mới"
    assert await phone.page.evaluate(place) == before
    await phone.page.locator("#down").click()
    assert not await phone.page.locator("#down").is_visible()
    assert await phone.page.evaluate("(e => e.scrollHeight - e.scrollTop - e.clientHeight < 2)(document.all.log)")


async def test_the_page_says_that_the_program_is_gone_and_comes_back_with_it(browser: "Browser", ward: Ward) -> None:
    first = Echo(ward.phone())
    async with AsyncExitStack() as stack:
        async with serving(first):
            phone = await stack.enter_async_context(PhonePage.at(browser, first.phone.url))
            await phone.as_persona(AN.name)
        await phone.page.wait_for_selector("#banner:visible")
        second = Echo(ward.phone(first.phone.port))
        async with serving(second):
            await second.phone.send(AN.address, Message("đã trở lại"))
            await phone.expect_last("đã trở lại")
            assert await phone.who() == AN.name
            assert not await phone.page.locator("#banner").is_visible()


async def test_on_a_phone_the_list_is_a_sheet_that_escape_closes(browser: "Browser", echo: Echo) -> None:
    async with PhonePage.at(browser, echo.phone.url, viewport={"width": 360, "height": 740}) as phone:
        assert not await phone.page.locator("#list").is_visible()
        await phone.page.locator("#switch").click()
        assert await phone.page.locator("#list").is_visible()
        await phone.page.keyboard.press("Escape")
        assert not await phone.page.locator("#list").is_visible()
        assert await phone.page.evaluate("document.activeElement.id") == "switch"
        await phone.as_persona(AN.name)
        await phone.advance("day")
        assert (await phone.who(), await phone.office_time()) == (AN.name, "09:05, Thứ Bảy 21/11/2026")
        assert phone.problems == []
