"""A small ward around the local phone: a clock that moves only when told, five people, and a bot that echoes."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout

from bot.channels.web import LocalPhone, Persona
from bot.chat import Button, Incoming, Message

HANOI = timezone(timedelta(hours=7))
HAI = Persona("p-hai", "Lê Thị Hai", "Đảng viên", "Chi bộ Tổ dân phố 1", "Chi bộ TDP 1", "0900000001")
AN = Persona("p-an", "Nguyễn Văn An", "Bí thư chi bộ", "Chi bộ Tổ dân phố 1", "Chi bộ TDP 1", "0900000002")
TAM = Persona("p-tam", "Võ Minh Tâm", "Phụ trách địa bàn", "Phường Thử Nghiệm", "2 chi bộ")
PHONG = Persona("p-phong", "Mai Thị Phong", "Văn phòng", "Phường Thử Nghiệm", "Đảng ủy")
KIEM = Persona("p-kiem", "Dương Văn Kiểm", "Kiểm tra", "Phường Thử Nghiệm", "Đảng ủy")
PEOPLE = (HAI, AN, TAM, PHONG, KIEM)


class Ward:
    """The clock and the people; `moves` are the steps that the clock was asked to make, `ready` lets it make them."""

    def __init__(self, start: datetime, people: Sequence[Persona] = PEOPLE) -> None:
        self.time, self.people, self.moves = start, list(people), list[timedelta]()
        self.ready = asyncio.Event()
        self.ready.set()

    def now(self) -> datetime:
        return self.time

    async def advance(self, step: timedelta) -> datetime:
        self.moves.append(step)
        await self.ready.wait()
        self.time += step
        return self.time

    async def personas(self) -> Sequence[Persona]:
        return tuple(self.people)

    def phone(self, port: int = 0) -> LocalPhone:
        return LocalPhone(port=port, now=self.now, advance=self.advance, personas=self.personas)


class Echo:
    """Answers what it hears under two buttons; a pressed button changes the message it belongs to.

    `held` keeps answers back until it is set, for a test that looks at the waiting.
    """

    def __init__(self, phone: LocalPhone) -> None:
        self.phone, self.heard, self.held = phone, list[Incoming](), asyncio.Event()
        self.held.set()

    async def receive(self, incoming: Incoming) -> None:
        self.heard.append(incoming)
        await self.held.wait()
        said = (incoming.phone or incoming.attachment or incoming.text)[:1000]
        escaped = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        buttons = ((Button("Lưu", "/save"), Button("Bỏ", "/drop")),)
        text = f"<b>Nghe:</b> {escaped}"
        await self.phone.send(incoming.address.id, Message(text, buttons, edit=incoming.pressed))


@asynccontextmanager
async def serving(echo: Echo) -> AsyncIterator[Echo]:
    """The echoing bot's phone is switched on for as long as the block lasts."""
    running = asyncio.create_task(echo.phone.run(echo.receive))
    await asyncio.wait_for(echo.phone.up.wait(), 10)
    try:
        yield echo
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


class Page:
    """What the page's scripts do, without a browser: the token, posts as a browser makes them, and the stream."""

    def __init__(self, client: ClientSession, origin: str) -> None:
        self.client, self.origin, self.token = client, origin, ""
        self._nonces = count(1)

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str) -> AsyncIterator["Page"]:
        """The page at this address, loaded."""
        async with ClientSession(url) as client:
            page = cls(client, url)
            await page.load()
            yield page

    async def load(self) -> str:
        text = await (await self.client.get("/")).text()
        found = re.search(r'name="token" content="([^"{}]{20,})"', text)
        assert found, "the page carries no token"
        self.token = found[1]
        return text

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> ClientResponse:
        return await self.client.post(path, json=body, headers=self._own() | headers)

    async def get(self, path: str, **query: str) -> ClientResponse:
        return await self.client.get(path, params=query, headers=self._own())

    async def act(self, path: str, persona: Persona | str, **what: Any) -> ClientResponse:
        address = persona if isinstance(persona, str) else persona.address
        return await self.post(path, {"persona": address, "nonce": f"test-nonce-{next(self._nonces)}"} | what)

    async def send_workbook(self, persona: Persona, name: str, content: bytes) -> ClientResponse:
        query = {"persona": persona.address, "nonce": f"test-nonce-{next(self._nonces)}", "kind": "file", "name": name}
        return await self.client.post("/document", params=query, data=content, headers=self._own())

    @asynccontextmanager
    async def watching(self, persona: Persona | str) -> AsyncIterator["Stream"]:
        address = persona if isinstance(persona, str) else persona.address
        query = {"persona": address, "token": self.token}
        async with self.client.get("/events", params=query, timeout=ClientTimeout(total=5)) as response:
            assert response.status == 200
            yield Stream(response)

    async def snapshot(self, persona: Persona | str) -> dict[str, Any]:
        async with self.watching(persona) as stream:
            snapshot: dict[str, Any] = await stream.next("snapshot")
            return snapshot

    def _own(self) -> dict[str, str]:
        return {"Origin": self.origin, "X-Phone-Token": self.token}


class Stream:
    """The events of one stream, in their order."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def next(self, name: str) -> Any:
        """The data of the next event of this name; those before it are passed over."""
        heard = ""
        async for line in self.response.content:
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                heard = text.removeprefix("event: ")
            elif text.startswith("data: ") and heard == name:
                return json.loads(text.removeprefix("data: "))
        raise AssertionError(f"the stream ended before {name!r}")
