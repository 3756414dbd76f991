"""Whom the local phone refuses: other machines, other sites, other names, and scripts that are not its own."""

import re
from pathlib import Path

import pytest

from bot.channels import web
from bot.channels.web import LocalPhone
from tests.fakes.phone import HAI, Echo, Page, Ward

ASSETS = Path(web.__file__).parent / "phone"


async def test_a_name_of_somebody_else_for_this_machine_is_refused(page: Page) -> None:
    for path in ("/", "/phone/page.js", "/people"):
        for host in ("evil.example", "127.0.0.1.evil.example:8080", "[", ""):
            headers = {"Host": host, "X-Phone-Token": page.token}
            assert (await page.client.get(path, headers=headers)).status in (400, 403), (path, host)
    for host in ("localhost:8080", "127.0.0.1", "[::1]:8080"):
        assert (await page.client.get("/people", headers={"Host": host, "X-Phone-Token": page.token})).status == 200


async def test_another_sites_page_can_post_nothing(page: Page, echo: Echo) -> None:
    body = {"persona": HAI.address, "nonce": "foreign-1", "text": "/huy"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Phone-Token": "guessed"},
        {"X-Phone-Token": ""},
    ):
        assert (await page.post("/say", body, **headers)).status == 403, headers
    nameless = await page.client.post("/say", json=body, headers={"X-Phone-Token": page.token})
    form = await page.post("/say", body, **{"Content-Type": "text/plain"})
    assert (nameless.status, form.status) == (403, 415)
    assert echo.heard == []


@pytest.mark.parametrize("path", ["/people", "/events", "/file"])
async def test_nothing_is_told_without_the_pages_token(page: Page, path: str) -> None:
    assert (await page.client.get(path, params={"persona": HAI.address})).status == 403


async def test_every_answer_forbids_scripts_frames_and_sniffing(page: Page) -> None:
    for path in ("/", "/phone/page.js", "/people", "/nowhere"):
        headers = (await page.client.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await page.client.get("/phone/api.py")).status == 404
    assert (await page.client.get("/phone/..%2Fweb.py")).status == 404


async def test_the_page_names_no_address_outside_and_holds_no_script_or_style_of_its_own(page: Page) -> None:
    markup = await page.load()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", markup)
    for path in [p for p in ASSETS.iterdir() if p.suffix in {".html", ".css", ".js", ".svg"}]:
        outside = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"')]*", path.read_text(encoding="utf-8"))
        assert [a for a in outside if not a.startswith("http://www.w3.org/")] == [], path.name
        assert "innerHTML" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])  # noqa: S104
def test_the_phone_is_served_on_this_machine_only(ward: Ward, host: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        LocalPhone(port=0, host=host, now=ward.now, advance=ward.advance, personas=ward.personas)
