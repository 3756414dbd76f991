"""What the page of the local phone asks for, route by route."""

import asyncio
import calendar
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from aiohttp import web

from bot.channels.phone.guard import FILE_POLICY
from bot.channels.phone.posts import Attached, Persona, Post, Pressed, Said, Step, checked, payload
from bot.channels.phone.talks import PICTURES, Bubble, Event, Talks, Watcher
from bot.chat import Address, Document, Incoming, Receive

HEARTBEAT = 15.0
"""Seconds of silence after which a stream tells the time, which also finds out that its page has left."""

RETRY = 1000
"""Milliseconds after which a page asks again for a stream that broke."""

REMEMBERED = 1000
"""Posts whose update is remembered, so that the same post sent again is the same update."""

DOCUMENTS = 20
"""Workbooks kept for `fetch`; the oldest go first."""

LARGEST = 20 * 1024 * 1024
"""Bytes of a workbook: as much as Telegram lets a bot download."""


@dataclass(eq=False)
class PhoneApi:
    """The routes of the page. `now` and `advance` are the office clock's; `receive` takes in what the persona does."""

    talks: Talks
    personas: Callable[[], Awaitable[Sequence[Persona]]]
    now: Callable[[], datetime]
    advance: Callable[[timedelta], Awaitable[datetime]]
    receive: Receive
    documents: OrderedDict[str, bytes]
    strangers: dict[str, int] = field(default_factory=dict)
    _arrived: OrderedDict[str, Incoming] = field(default_factory=OrderedDict)
    _clock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> list[web.RouteDef]:
        """Every address the page uses, except its own files."""
        return [
            web.get("/people", self.people),
            web.get("/events", self.events),
            web.get("/file", self.file),
            web.post("/stranger", self.stranger),
            web.post("/say", self.say),
            web.post("/press", self.press),
            web.post("/contact", self.contact),
            web.post("/attach", self.attach),
            web.post("/document", self.document),
            web.post("/clock", self.clock),
        ]

    async def people(self, request: web.Request) -> web.Response:
        """Everybody whom the phone can be. A stranger who has joined meanwhile stands there under the real name."""
        personas = await self.personas()
        known = {persona.address for persona in personas}
        strangers = [{"address": a, "number": n} for a, n in self.strangers.items() if a not in known]
        people = [
            {"address": p.address, "name": p.name, "role": p.role, "unit": p.unit, "group": p.group} for p in personas
        ]
        return web.json_response({"people": people, "strangers": strangers})

    async def stranger(self, request: web.Request) -> web.Response:
        """Somebody nobody has heard of: an address that was never given before."""
        address, number = f"guest-{self.talks.next_id()}", len(self.strangers) + 1
        self.strangers[address] = number
        return web.json_response({"address": address, "number": number})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The stream of one page: a snapshot of one person's conversation first, then what happens."""
        persona = await self._persona(request.query.get("persona", ""))
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await stream.prepare(request)
        await stream.write(f"retry: {RETRY}\n\n".encode())
        with self.talks.watch(persona.address, lambda: _is_gone(request)) as watcher:
            event: Event | None = self.talks.snapshot(persona.address, self.now())
            while event is not None and not _is_gone(request):
                await stream.write(_as_stream(event))
                event = await self._next(watcher)
        return stream

    async def file(self, request: web.Request) -> web.Response:
        """A file of one bubble: shown where it is a picture, else downloaded."""
        bubble = self.talks.find(request.query.get("persona", ""), request.query.get("bubble"))
        if bubble is None or bubble.file is None:
            raise web.HTTPNotFound
        shown = bubble.file.media_type in PICTURES
        response = web.Response(body=bubble.file.content, headers={"Content-Security-Policy": FILE_POLICY})
        response.content_type = bubble.file.media_type if shown else "application/octet-stream"
        response.headers["Content-Disposition"] = "inline" if shown else "attachment"
        return response

    async def say(self, request: web.Request) -> web.Response:
        """Something typed."""
        said = await payload(request, Said)
        persona = await self._persona(said.persona)
        return await self._take_in(
            said.nonce, self._bubble(said, text=said.text), self._update(persona, text=said.text)
        )

    async def press(self, request: web.Request) -> web.Response:
        """A button under an earlier message; the message remembers which, for whoever reads back."""
        pressed = await payload(request, Pressed)
        persona = await self._persona(pressed.persona)
        bubble = self.talks.find(persona.address, pressed.message)
        if bubble is None or bubble.mine:
            raise web.HTTPNotFound
        self.talks.mark_pressed(persona.address, bubble, pressed.send)
        return await self._take_in(pressed.nonce, None, self._update(persona, text=pressed.send, pressed=bubble.id))

    async def contact(self, request: web.Request) -> web.Response:
        """The persona's own number: the page cannot name another."""
        post = await payload(request, Post)
        persona = await self._persona(post.persona)
        if persona.phone is None:
            raise web.HTTPConflict(text="This person has no number.")
        bubble = self._bubble(post, attachment="contact", note=persona.phone)
        return await self._take_in(post.nonce, bubble, self._update(persona, phone=persona.phone))

    async def attach(self, request: web.Request) -> web.Response:
        """A photo, a voice note and the like; of its content nothing arrives."""
        attached = await payload(request, Attached)
        persona = await self._persona(attached.persona)
        bubble = self._bubble(attached, attachment=attached.kind, note=attached.name)
        return await self._take_in(attached.nonce, bubble, self._update(persona, attachment=attached.kind))

    async def document(self, request: web.Request) -> web.Response:
        """A workbook, the one kind of file whose content is kept until it is fetched; the body is the file."""
        query = {name: value for name, value in request.query.items() if name != "token"}
        attached = checked(Attached, json.dumps(query | {"kind": "file"}))
        persona = await self._persona(attached.persona)
        if not attached.name.lower().endswith(".xlsx"):
            raise web.HTTPUnsupportedMediaType
        content = await request.read()
        document = Document(attached.name, len(content), handle=self.talks.next_id())
        _remember(self.documents, document.handle, content, DOCUMENTS)
        bubble = self._bubble(attached, attachment="file", note=attached.name)
        return await self._take_in(attached.nonce, bubble, self._update(persona, attachment="file", document=document))

    async def clock(self, request: web.Request) -> web.Response:
        """Moves the office clock; two who press at once move it twice."""
        step = (await payload(request, Step)).step
        async with self._clock:
            now = self.now()
            moved = await self.advance(later(now, step) - now)
        self.talks.tell_time(moved)
        return web.json_response({"now": moved.isoformat(timespec="seconds")})

    async def _persona(self, address: str) -> Persona:
        for persona in await self.personas():
            if persona.address == address:
                return persona
        if address in self.strangers:
            return Persona(address, name="", role="", unit="", group="")
        raise web.HTTPNotFound

    def _bubble(self, post: Post, **what: Any) -> Bubble:
        return Bubble(self.talks.next_id(), self.now(), mine=True, nonce=post.nonce, **what)

    def _update(self, persona: Persona, **what: Any) -> Incoming:
        return Incoming(Address("phone", persona.address), self.talks.next_id(), self.now().astimezone(UTC), **what)

    async def _take_in(self, nonce: str, bubble: Bubble | None, update: Incoming) -> web.Response:
        """Answers the page only once the update is dealt with; a repeated post is the first one's update again."""
        if nonce not in self._arrived:
            _remember(self._arrived, nonce, update, REMEMBERED)
            if bubble is not None:
                self.talks.put(update.address.id, bubble)
        await self.receive(self._arrived[nonce])
        return web.json_response({"id": self._arrived[nonce].id})

    async def _next(self, watcher: Watcher) -> Event | None:
        try:
            return await asyncio.wait_for(watcher.events.get(), HEARTBEAT)
        except TimeoutError:
            return Event("clock", self.now().isoformat(timespec="seconds"))


def later(now: datetime, step: str) -> datetime:
    """The same time of day one step on; a month ends on the same day, or on the last of a shorter month."""
    if step != "month":
        return now + {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[step]
    year, month = now.year + now.month // 12, now.month % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1]))


Kept = TypeVar("Kept")


def _remember(shelf: OrderedDict[str, Kept], key: str, thing: Kept, most: int) -> None:
    shelf[key] = thing
    while len(shelf) > most:
        shelf.popitem(last=False)


def _as_stream(event: Event) -> bytes:
    return f"event: {event.name}\ndata: {json.dumps(event.data, ensure_ascii=False)}\n\n".encode()


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
