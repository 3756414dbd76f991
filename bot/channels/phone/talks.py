"""What the local phone remembers, in memory only: conversations, unread counts, menus, and the pages that watch."""

import asyncio
import itertools
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.chat import Button, File

KEPT = 500
"""Bubbles that a conversation keeps; the oldest go first."""

BEHIND = 1000
"""Events that a page may fall behind before its stream is closed; it then reconnects and starts from a snapshot."""

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Media types shown in the page; everything else, SVG with its scripts among it, is only downloaded."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on the screen.

    `at` is office time. `text` is plain where the person wrote it (`mine`), escaped HTML with <b> and <i> where the bot
    did. `attachment` is the kind of thing that the person sent and `note` its name or number; the thing is not kept.
    `pressed` is what the button pressed last sends. `nonce` is the page's own mark of what it posted.
    """

    id: str
    at: datetime
    mine: bool = False
    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    file: File | None = None
    attachment: str | None = None
    note: str = ""
    nonce: str = ""
    pressed: str | None = None

    def shown(self) -> dict[str, Any]:
        """What the page is told about it; a file's content is fetched apart."""
        return {
            "id": self.id,
            "at": self.at.isoformat(timespec="seconds"),
            "mine": self.mine,
            "text": self.text,
            "buttons": [[{"label": b.label, "send": b.send, "kind": b.kind} for b in row] for row in self.buttons],
            "file": _file_shown(self.file),
            "attachment": self.attachment,
            "note": self.note,
            "nonce": self.nonce,
            "pressed": self.pressed,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event: its name, and data that JSON can carry."""

    name: str
    data: Any


@dataclass(slots=True, eq=False)
class Watcher:
    """An open page that shows one person's conversation; `gone` says whether its connection has been lost."""

    address: str
    gone: Callable[[], bool]
    events: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(BEHIND))


class Talks:
    """All conversations of this run. Ids increase; their prefix keeps another run's ids from being taken for them."""

    def __init__(self) -> None:
        self.run = secrets.token_hex(3)
        self.unread: Counter[str] = Counter()
        self._numbers = itertools.count(1)
        self._talks: defaultdict[str, dict[str, Bubble]] = defaultdict(dict)
        self._menus: dict[str, list[tuple[str, str]]] = {}
        self._watchers: set[Watcher] = set()

    def next_id(self) -> str:
        """An id for a message or an update, never given twice."""
        return f"{self.run}-{next(self._numbers)}"

    def find(self, address: str, bubble_id: str | None) -> Bubble | None:
        """That bubble of that person's conversation; None where it is another's, another run's or long gone."""
        return self._talks[address].get(bubble_id or "") if address in self._talks else None

    def put(self, address: str, bubble: Bubble) -> None:
        """Adds the bubble at the end, or replaces the one with its id in place, and tells the pages."""
        talk = self._talks[address]
        new = bubble.id not in talk
        talk[bubble.id] = bubble
        if len(talk) > KEPT:
            del talk[next(iter(talk))]
        self._tell(Event("bubble", bubble.shown()), address)
        if new and not bubble.mine and not self._watched(address):
            self.unread[address] += 1
            self._tell(Event("unread", {"address": address, "count": self.unread[address]}))

    def mark_pressed(self, address: str, bubble: Bubble, send: str) -> None:
        """Remembers which of the bubble's buttons was pressed last."""
        self._talks[address][bubble.id] = replace(bubble, pressed=send)
        self._tell(Event("pressed", {"id": bubble.id, "send": send}), address)

    def set_menu(self, address: str, commands: Sequence[tuple[str, str]]) -> None:
        """Replaces the command menu of one person's chat."""
        self._menus[address] = list(commands)
        self._tell(Event("menu", self._menus[address]), address)

    def tell_time(self, now: datetime) -> None:
        """Tells every page the office time."""
        self._tell(Event("clock", now.isoformat(timespec="seconds")))

    def snapshot(self, address: str, now: datetime) -> Event:
        """Everything that a page needs to start with, or to start again."""
        return Event(
            "snapshot",
            {
                "bubbles": [bubble.shown() for bubble in self._talks.get(address, {}).values()],
                "unread": dict(self.unread),
                "menu": self._menus.get(address, []),
                "now": now.isoformat(timespec="seconds"),
            },
        )

    @contextmanager
    def watch(self, address: str, gone: Callable[[], bool]) -> Iterator[Watcher]:
        """A page looks at this conversation for as long as the block lasts; what was unread is read."""
        watcher = Watcher(address, gone)
        self._watchers.add(watcher)
        if self.unread.pop(address, 0):
            self._tell(Event("unread", {"address": address, "count": 0}))
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def close(self) -> None:
        """Ends every page's stream."""
        for watcher in list(self._watchers):
            self._end(watcher)

    def _watched(self, address: str) -> bool:
        return any(w.address == address and not w.gone() for w in self._watchers)

    def _tell(self, event: Event, address: str | None = None) -> None:
        for watcher in [w for w in self._watchers if address in (None, w.address)]:
            try:
                watcher.events.put_nowait(event)
            except asyncio.QueueFull:
                self._end(watcher)

    def _end(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)
        while watcher.events.full():
            watcher.events.get_nowait()
        watcher.events.put_nowait(None)


def _file_shown(file: File | None) -> dict[str, Any] | None:
    if file is None:
        return None
    return {"name": file.name, "size": len(file.content), "picture": file.media_type in PICTURES}
