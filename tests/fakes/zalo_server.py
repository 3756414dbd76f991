"""Zalo's Bot Platform on loopback, as its papers describe it: strict about every call, an update is given only once."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self

import aiohttp
from aiohttp import web

TOKEN = "1459232241454765289:fake-token-of-nobody"
ACCOUNT = "bot.VDKyGxQvc"
_SECRET_HEADER = "X-Bot-Api-Secret-Token"
# What each method takes: name -> (type, least and most characters).
_METHODS: dict[str, dict[str, tuple[int, int]]] = {
    "getMe": {},
    "getUpdates": {"timeout": (1, 3)},
    "setWebhook": {"url": (1, 500), "secret_token": (8, 256)},
    "deleteWebhook": {},
    "getWebhookInfo": {},
    "sendMessage": {"chat_id": (1, 100), "text": (1, 2000)},
    "sendPhoto": {"chat_id": (1, 100), "photo": (1, 1000), "caption": (1, 2000)},
    "sendChatAction": {"chat_id": (1, 100), "action": (1, 20)},
}
_OPTIONAL = ("timeout", "caption")


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong once: a refusal, a page that is no JSON, a connection broken before or after the effect."""

    code: int | None = None
    says: str = ""
    page: tuple[int, str] | None = None
    drop: Literal["before", "after"] | None = None


class ZaloServer:
    """`async with ZaloServer() as zalo:` serves it at `zalo.url`.

    `calls` has every call with what it brought, `problems` what was wrong with one, `said` the words sent to each chat;
    `blocked` chats refuse messages. `shown` is what was found at the addresses of pictures.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.token, self.port = token, 0
        self.waiting: deque[dict[str, Any]] = deque()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.problems: list[str] = []
        self.said: dict[str, list[str]] = {}
        self.shown: list[tuple[int, bytes]] = []
        self.blocked: set[str] = set()
        self.webhook: dict[str, str] = {}
        self._faults: dict[str, deque[Fault]] = {}
        self._happened = asyncio.Event()
        self._numbers = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def write(self, chat: str, text: str | None, at: int, number: str | None = None, **more: Any) -> dict[str, Any]:
        """Somebody writes: the event waits for a poll. `at` in milliseconds; the same number is the same message."""
        self._numbers += 1
        message = {
            "from": {"id": chat, "display_name": "Ted", "is_bot": False},
            "chat": {"id": chat, "chat_type": "PRIVATE"},
            "message_id": number or f"in-{self._numbers}",
            "date": at,
            **({"text": text} if text is not None else {}),
            **more,
        }
        event = {"event_name": "message.text.received", "message": message}
        self.waiting.append(event)
        self._happened.set()
        return event

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of this method go wrong, one fault each."""
        self._faults.setdefault(method, deque()).extend(faults)

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [values for name, values in self.calls if name == method]

    async def until(self, true: Callable[[], bool], seconds: float = 5.0) -> None:
        """Waits for something that calls bring about."""
        async with asyncio.timeout(seconds):
            while not true():
                self._happened.clear()
                await self._happened.wait()

    async def post(self, event: Any, secret: str | None = None) -> int:
        """Posts to the webhook that is set; the status that comes back."""
        headers = {_SECRET_HEADER: self.webhook["secret_token"] if secret is None else secret}
        body = event if isinstance(event, bytes) else json.dumps({"ok": True, "result": event}).encode()
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.webhook["url"], data=body, headers=headers) as response,
        ):
            return response.status

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        first, _, method = request.path.strip("/").partition("/")
        if first != f"bot{self.token}":
            return _refused(401, "Unauthorized", 401)
        values = json.loads(await request.read() or b"{}")
        self.calls.append((method, values))
        self._happened.set()
        fault = faults.popleft() if (faults := self._faults.get(method)) else Fault()
        if fault.page is not None:
            return web.Response(status=fault.page[0], text=fault.page[1], content_type="text/html")
        response = _refused(fault.code, fault.says) if fault.code is not None else web.Response()
        if fault.code is None and fault.drop != "before":
            response = await self._carried_out(method, values)
        if fault.drop is not None and request.transport is not None:
            request.transport.abort()
        return response

    async def _carried_out(self, method: str, values: dict[str, Any]) -> web.Response:
        if wrong := _wrong(method, values):
            self.problems.append(wrong)
            return _refused(400, wrong)
        if values.get("chat_id") in self.blocked:
            return _refused(403, "Forbidden: the user has blocked this bot")
        result = await self._result(method, values)
        self._happened.set()
        return result if isinstance(result, web.Response) else web.json_response({"ok": True, "result": result})

    async def _result(self, method: str, values: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return {"id": "1459232241454765289", "account_name": ACCOUNT, "account_type": "BASIC"}
            case "getUpdates":
                return await self._next()
            case "setWebhook" | "deleteWebhook":
                self.webhook = values
                return {"url": values.get("url", ""), "updated_at": 1749538250568}
            case "getWebhookInfo":
                return {"url": self.webhook.get("url", ""), "updated_at": 1749633372026}
            case "sendPhoto":
                await self._look(values["photo"])
        self.said.setdefault(values["chat_id"], []).append(values.get("text") or values.get("caption") or "")
        self._numbers += 1
        return {"message_id": f"out-{self._numbers}", "date": 1749632637199}

    async def _next(self) -> Any:
        """One update, gone from here as soon as it is given; 408 after a while (a short one: tests do not wait)."""
        try:
            await self.until(lambda: bool(self.waiting), 0.05)
        except TimeoutError:
            return _refused(408, "Request timeout")
        return self.waiting.popleft()

    async def _look(self, url: str) -> None:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            self.shown.append((response.status, await response.read()))


def _wrong(method: str, values: dict[str, Any]) -> str:
    takes = _METHODS.get(method)
    if takes is None:
        return f"{method}: no such method"
    missing = [name for name in takes if name not in values and name not in _OPTIONAL]
    strange = [name for name in values if name not in takes]
    bad = [
        name
        for name, (least, most) in takes.items()
        if name in values and not (isinstance(values[name], str) and least <= len(values[name]) <= most)
    ]
    found = [
        *(f"no {name}" for name in missing),
        *(f"takes no {name}" for name in strange),
        *(f"{n} is wrong" for n in bad),
    ]
    return f"{method}: {', '.join(found)}" if found else ""


def _refused(code: int, says: str, status: int = 200) -> web.Response:
    """A refusal comes with status 200, as the platform's own do."""
    return web.json_response({"ok": False, "error_code": code, "description": says}, status=status)
