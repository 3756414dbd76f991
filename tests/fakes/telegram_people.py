"""Simulated people for benchmarks: each sends the next message when the answer to the one before has come."""

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FIRST_PERSON = 1001
_CHAT, _OFFSET = re.compile(rb'chat_id"?\D{0,9}(\d+)'), re.compile(rb'offset"?\D{0,9}(\d+)')
_TIMEOUT = re.compile(rb'timeout"?\D{0,9}(\d+)')
_SENT = (
    b'{"ok":true,"result":{"message_id":%d,"from":{"id":4242,"is_bot":true,"first_name":"bot","username":"chibot_thu_bot"},'
    b'"chat":{"id":%d,"first_name":"Lan","type":"private"},"date":1793000000,"text":"Xong."}}'
)
TRUE = b'{"ok":true,"result":true}'


@dataclass(frozen=True, slots=True)
class Plan:
    """How much the people have to say; `latency` in seconds is what every send takes longer.

    `{n}` in a text becomes the person's own number from 0001 on.
    """

    people: int
    messages_each: int
    texts: Sequence[str]
    latency: float = 0.0


class People:
    """The whole crowd behind precomputed JSON, so that it costs next to nothing beside the bot it measures."""

    def __init__(self) -> None:
        self.finished = asyncio.Event()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._news = asyncio.Event()
        self._number = 900_000_000

    def begin(self, plan: Plan) -> None:
        """Everybody says the first thing; numbers go on from the plan before."""
        self.finished.clear()
        self._plan, self._latencies, self._extra = plan, list[float](), 0
        self._left = dict.fromkeys(range(FIRST_PERSON, FIRST_PERSON + plan.people), plan.messages_each)
        self._forms = {person: [_form(person, text) for text in plan.texts] for person in self._left}
        self._asked: dict[int, float] = {}
        self._began = self._ended = time.perf_counter()
        for person in self._left:
            self._ask(person)

    def _ask(self, person: int) -> None:
        left = self._left[person]
        if left == 0:
            return
        self._left[person] = left - 1
        self._number += 1
        forms = self._forms[person]
        self._asked[person] = time.perf_counter()
        self._waiting.append((self._number, forms[left % len(forms)] % (self._number, self._number)))
        self._news.set()

    async def updates(self, body: bytes) -> bytes:
        """The answer to getUpdates with this body."""
        offset = int(found[1]) if (found := _OFFSET.search(body)) else 0
        waiting = self._waiting
        while waiting and waiting[0][0] < offset:
            waiting.popleft()
        if not waiting:
            await self._wait(float(found[1]) if (found := _TIMEOUT.search(body)) else 0.0)
        some = [form for _, form in list(waiting)[:100]]
        return b'{"ok":true,"result":[' + b",".join(some) + b"]}"

    async def _wait(self, seconds: float) -> None:
        self._news.clear()
        handle = asyncio.get_running_loop().call_later(seconds, self._news.set)
        await self._news.wait()
        handle.cancel()

    async def sent(self, body: bytes) -> bytes:
        """The answer to sendMessage with this body; whom it reaches has something to say again."""
        if self._plan.latency:
            await asyncio.sleep(self._plan.latency)
        found = _CHAT.search(body)
        person = int(found[1]) if found else 0
        asked = self._asked.pop(person, None)
        self._number += 1
        if asked is None:
            self._extra += 1
        else:
            self._answered(person, asked)
        return _SENT % (self._number, person)

    def _answered(self, person: int, asked: float) -> None:
        self._ended = time.perf_counter()
        self._latencies.append(self._ended - asked)
        self._ask(person)
        if len(self._latencies) == self._plan.people * self._plan.messages_each:
            self.finished.set()

    def result(self) -> dict[str, Any]:
        """Messages answered for each second, and how long people waited, in milliseconds."""
        ordered, seconds = sorted(self._latencies), self._ended - self._began
        return {
            "finished": self.finished.is_set(),
            "messages": len(ordered),
            "extra": self._extra,
            "seconds": round(seconds, 3),
            "per_second": round(len(ordered) / seconds, 1) if seconds else 0.0,
            "median_ms": round(ordered[len(ordered) // 2] * 1000, 2) if ordered else None,
            "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 2) if ordered else None,
        }


def _form(person: int, text: str) -> bytes:
    """An Update with two places left for its number and its message's number."""
    text = text.replace("{n}", f"{person - FIRST_PERSON + 1:04}")
    name = {"id": person, "first_name": "Lan", "last_name": f"Nguyễn {person}"}
    message: dict[str, Any] = {"from": {**name, "is_bot": False, "language_code": "vi"}}
    message |= {"chat": {**name, "type": "private"}, "date": 1_793_000_000, "text": text}
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(" ")[0])}]
    rest = json.dumps(message, ensure_ascii=False).encode().replace(b"%", b"%%")[1:]
    return b'{"update_id":%d,"message":{"message_id":%d,' + rest + b"}"
