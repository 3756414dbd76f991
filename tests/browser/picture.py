"""Plays a short talk on a running demo and takes a picture: python -m tests.browser.picture OUT.png URL."""

import argparse
import asyncio
from pathlib import Path

from tests.browser.phone_page import PhonePage, open_chromium

SCRIPT = (
    "/nguon",
    "hôm qua gặp chị Lan ở nhà văn hóa, chị đã viết đơn, hẹn thứ 5 tuần sau",
)
SETTLING = 400
"""Milliseconds for the last bubble to come to rest."""


async def take(url: str, out: Path, size: tuple[int, int], dark: bool, who: str | None, script: list[str]) -> None:
    width, height = size
    look = {"viewport": {"width": width, "height": height}, "color_scheme": "dark" if dark else "light"}
    async with open_chromium() as browser, PhonePage.at(browser, url, device_scale_factor=2, **look) as phone:
        if who:
            await phone.as_persona(who)
        for line in script:
            await (phone.press(line[1:-1]) if line.startswith("[") and line.endswith("]") else phone.type(line))
        await phone.page.wait_for_timeout(SETTLING)
        await phone.page.screenshot(path=out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.png")
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--as", dest="who", metavar="NAME", help="whom to play; else the first of the list")
    parser.add_argument("--dark", action="store_true", help="the dark colours")
    parser.add_argument("--size", default="1280x800", metavar="WIDTHxHEIGHT")
    parser.add_argument("script", nargs="*", default=SCRIPT, help="what to type; [Label] presses a button")
    given = parser.parse_intermixed_args()
    width, _, height = given.size.partition("x")
    asyncio.run(take(given.url, given.out, (int(width), int(height)), given.dark, given.who, list(given.script)))


if __name__ == "__main__":
    main()
