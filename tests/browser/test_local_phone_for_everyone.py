"""The local phone for those who see badly or not at all: names, contrast, sizes, narrow screens."""

from typing import TYPE_CHECKING, Literal

import pytest

pytest.importorskip("playwright.async_api", reason="playwright is not installed")

from bot.chat import Button, File, Message
from tests.browser.phone_page import PhonePage
from tests.fakes.phone import AN, HAI, Echo

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PHONE: "ViewportSize" = {"width": 360, "height": 740}
DESKTOP: "ViewportSize" = {"width": 1280, "height": 800}
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
MOTIONS: tuple[tuple[Literal["no-preference", "reduce"], bool], ...] = (("no-preference", False), ("reduce", True))

# Every visible text with the colours behind and in it; a colour that is not opaque is an error of its own.
CONTRASTS = """() => {
  const channels = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
      if (colour[3] !== 0) throw new Error(`half transparent: ${e.className}`);
    }
    return [255, 255, 255];
  };
  const rows = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const text = own || e.placeholder;
    if (!text || !e.checkVisibility() || e.closest(".sr, .sprite, .skip, noscript")) continue;
    const [a, b] = [light(channels(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    rows.push({ what: `${e.id || e.className || e.localName}: ${e.textContent.slice(0, 20)}`,
      ratio: (a + 0.05) / (b + 0.05), size: parseFloat(getComputedStyle(e).fontSize) });
  }
  return rows;
}"""

# What stands out to the right of the window; a line that ends in an ellipsis is cut off inside it.
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.checkVisibility() && !e.closest(".sr, .who p") && e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => e.outerHTML.slice(0, 200))"""

# What a finger has to hit, with its size; a command in the middle of a sentence is as high as its line.
TARGETS = """() => [...document.querySelectorAll("button, a, input, textarea")]
  .filter((e) => e.checkVisibility() && !e.closest(".sr, .skip") && !e.matches(".command, .picture, .sr"))
  .map((e) => [e.id || e.className, Math.round(e.getBoundingClientRect().width),
    Math.round(e.getBoundingClientRect().height)])"""

NAMELESS = """() => [...document.querySelectorAll("button, a, input, textarea, [role=log], [role=menu]")]
  .filter((e) => !(e.getAttribute("aria-label") || e.labels?.[0]?.textContent.trim() || e.textContent.trim()
    || e.querySelector("img[alt]:not([alt=''])")))
  .map((e) => e.outerHTML)"""


async def say_everything(phone: PhonePage, echo: Echo) -> None:
    """A conversation with one of each thing that a bubble can hold."""
    rows = (
        (Button("Gặp", "a"), Button("Gọi điện", "b"), Button("Sinh hoạt chung", "c")),
        (Button("Số", "", "contact"), Button("Mở", "https://example.org", "link")),
    )
    card = "<b>N.N. Lan</b> · QC-0001\nGõ /huy để bỏ, " + "một-từ-rất-dài-không-có-chỗ-ngắt" * 8
    await phone.type("chào")
    await echo.phone.send(HAI.address, Message(card, rows))
    await echo.phone.send(HAI.address, Message("Báo cáo", file=File("b" * 90 + ".docx", b"x", "application/msword")))
    await echo.phone.send(AN.address, Message("cho người khác"))
    await echo.phone.menu(HAI.address, [("nguon", "Quần chúng của tôi"), ("tiepxuc", "Ghi một lần tiếp xúc")])
    await phone.attach("voice")
    await phone.press("Gặp")
    await phone.page.wait_for_selector("#commands:visible")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_every_text_stands_out_and_is_large_enough(phone: PhonePage, echo: Echo, size: "ViewportSize") -> None:
    await phone.page.set_viewport_size(size)
    await say_everything(phone, echo)
    for scheme in COLOURS:
        await phone.page.emulate_media(color_scheme=scheme)
        rows = await phone.page.evaluate(CONTRASTS)
        for opener in ("#attach", "#commands"):
            await phone.page.locator(opener).click()
            rows += await phone.page.evaluate(CONTRASTS)
            await phone.page.keyboard.press("Escape")
        if size is PHONE:
            await phone.page.locator("#switch").click()
            rows += await phone.page.evaluate(CONTRASTS)
            await phone.page.keyboard.press("Escape")
        assert len(rows) > 40
        assert [row for row in rows if row["ratio"] < 4.5] == [], scheme
        assert [row for row in rows if row["size"] < 16] == []


async def test_every_control_has_a_name_and_the_conversation_is_a_live_log(phone: PhonePage, echo: Echo) -> None:
    await say_everything(phone, echo)
    assert await phone.page.evaluate(NAMELESS) == []
    log = phone.page.get_by_role("log", name="Cuộc trò chuyện với chibot")
    assert await log.get_attribute("aria-live") == "polite"
    assert (await log.locator(".mine").first.text_content() or "").startswith("Tôi: chào")
    assert (await log.locator(".bot").first.text_content() or "").startswith("chibot: Nghe: chào")
    for name in ("Gửi", "Gửi kèm", "Các lệnh", "+1 tuần", "Người lạ mới"):
        assert await phone.page.get_by_role("button", name=name, exact=True).count() == 1, name
    assert await phone.page.get_by_role("textbox", name="Tin nhắn").count() == 1
    assert await phone.page.get_by_role("button", name="Nguyễn Văn An").get_by_role("img").count() == 1


async def test_nothing_is_wider_than_the_screen(phone: PhonePage, echo: Echo) -> None:
    await say_everything(phone, echo)
    for width in (320, 360, 412, 768, 960, 1280):
        await phone.page.set_viewport_size({"width": width, "height": 740})
        for part in ("document.documentElement", "document.getElementById('log')"):
            assert await phone.page.evaluate(f"{part}.scrollWidth <= {part}.clientWidth"), (part, width)
        assert await phone.page.evaluate(TOO_WIDE) == [], width


async def test_a_finger_can_hit_every_button(phone: PhonePage, echo: Echo) -> None:
    await phone.page.set_viewport_size(PHONE)
    await say_everything(phone, echo)
    await phone.page.locator("#clock-toggle").click()
    targets = await phone.page.evaluate(TARGETS)
    await phone.page.locator("#switch").click()
    targets += await phone.page.evaluate(TARGETS)
    assert len(targets) > 15
    assert [target for target in targets if target[1] < 44 or target[2] < 44] == []


async def test_nothing_moves_for_whoever_asked_for_stillness(phone: PhonePage, echo: Echo) -> None:
    await phone.type("chào")
    echo.held.clear()
    await phone.button("Lưu").click()
    await phone.page.wait_for_selector('.choice[aria-busy="true"]')
    for motion, still in MOTIONS:
        await phone.page.emulate_media(reduced_motion=motion)
        assert (await phone.page.evaluate("document.getAnimations().length") == 0) is still
    echo.held.set()
    await phone.expect_last("/save")
