"""A Telegram on loopback: the Bot API's own rules, faults on request, a record of every call."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import aiohttp
from aiohttp import web

from tests.fakes.telegram_methods import Files, Methods, Params
from tests.fakes.telegram_people import People
from tests.fakes.telegram_rules import ApiError
from tests.fakes.telegram_spec import Spec
from tests.fakes.telegram_tally import Tally

TOKEN = "4242:AAF-fake-token-of-nobody-0123456789"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_SENDING = {"sendMessage", "sendPhoto", "sendDocument", "editMessageText"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came in, with what was uploaded."""

    method: str
    params: Params
    files: Files = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong once: an error, a page that is no JSON, a connection that breaks before or after the effect.

    `hold` keeps it back until set.
    """

    error: ApiError | None = None
    page: tuple[int, str] | None = None
    drop: Literal["before", "after"] | None = None
    hold: asyncio.Event | None = None


class TelegramServer:
    """`async with TelegramServer() as telegram:` serves it at `telegram.url`.

    `rate` is how many messages a second are let through; `latency` (seconds) is what every send takes longer; `strict`
    holds every request and answer against the published API and keeps what is wrong in `problems`.
    """

    def __init__(self, port: int = 0, token: str = TOKEN, rate: int | None = None, strict: bool = True) -> None:
        self.token, self.port, self.rate, self.latency = token, port, rate, 0.0
        self.methods = Methods()
        self.queue = self.methods.queue
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self.people: People | None = None
        self.spec = Spec()
        self._strict = strict
        self._faults: dict[str, deque[Fault]] = {}
        self._sends: deque[float] = deque()
        self.tally = Tally()
        self._happened = asyncio.Event()
        self.extra_paths: dict[str, Callable[[web.BaseRequest], Any]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self._pushing = asyncio.create_task(self._push())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pushing.cancel()
        await asyncio.gather(self._pushing, return_exceptions=True)
        await self._runner.cleanup()

    def put(self, update_id: int | None = None, **fields: object) -> int:
        """An update for the bot, for example `put(message=...)`; checked, unless it brings its own wrong shape."""
        return self.queue.put(fields, update_id)

    def write(self, person: int, text: str) -> int:
        """A person writes to the bot in private."""
        name = {"id": person, "first_name": "Lan"}
        chat, sender = {**name, "type": "private"}, {**name, "is_bot": False}
        return self.put(message={"message_id": 1, "date": 1_793_000_000, "chat": chat, "from": sender, "text": text})

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of this method go wrong, one fault each."""
        self._faults.setdefault(method, deque()).extend(faults)

    def sent(self, method: str) -> list[Params]:
        return [call.params for call in self.calls if call.method == method]

    async def until(self, true: Callable[[], bool], seconds: float = 5.0) -> None:
        """Waits for something that calls bring about."""
        async with asyncio.timeout(seconds):
            while not true():
                self._happened.clear()
                await self._happened.wait()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        _, first, *rest = request.path.split("/", 3)
        if first == f"bot{self.token}":
            return await self._api(request, rest[0])
        if first == "file" and rest[0] == f"bot{self.token}":
            content = self.methods.documents.get(rest[1].removeprefix("documents/"))
            return web.Response(body=content) if content is not None else web.Response(status=404)
        if extra := self.extra_paths.get(request.path):
            return web.json_response(await extra(request))
        return _error(ApiError(401, "Unauthorized"))

    async def _api(self, request: web.BaseRequest, method: str) -> web.StreamResponse:
        if self.people is not None and method in ("getUpdates", "sendMessage"):
            answer = self.people.updates if method == "getUpdates" else self.people.sent
            return web.Response(body=await answer(await request.read()), content_type="application/json")
        params, files = await self._read(request, method)
        fault = faults.popleft() if (faults := self._faults.get(method)) else self._by_chance(method)
        if fault.hold is not None:
            await fault.hold.wait()
        if fault.drop != "before":
            response = await self._carry_out(method, params, files, fault)
        if fault.drop is not None and request.transport is not None:
            request.transport.abort()
            return web.Response()
        return response

    def _by_chance(self, method: str) -> Fault:
        error = self.tally.by_chance() if method in _SENDING else None
        if error is not None:
            self.tally.saw(time.monotonic())
            self.tally.sent_away(time.monotonic(), error)
        return Fault(error=error)

    async def _read(self, request: web.BaseRequest, method: str) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
        if request.content_type == "application/json":
            return self.spec.values(method, json.loads(await request.read())), {}
        params: dict[str, object] = {}
        files: dict[str, tuple[str, bytes]] = {}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = (value.filename, value.file.read())
            else:
                params[name] = value
        return self.spec.values(method, params), files

    async def _carry_out(self, method: str, params: Params, files: Files, fault: Fault) -> web.Response:
        self._record(Call(method, params, files))
        if fault.page is not None:
            return web.Response(status=fault.page[0], text=fault.page[1], content_type="text/html")
        try:
            if fault.error is not None:
                raise fault.error
            return web.json_response({"ok": True, "result": await self._result(method, params, files)})
        except ApiError as error:
            return _error(error)
        finally:
            self._happened.set()

    def _record(self, call: Call) -> None:
        self.calls.append(call)
        if self._strict:
            self.problems += self.spec.request(call.method, {**call.params, **dict.fromkeys(call.files, "")})
        self._happened.set()

    async def _result(self, method: str, params: Params, files: Files) -> object:
        if method not in self.spec.methods:
            raise ApiError(404, "Not Found")
        if method in _SENDING:
            await asyncio.sleep(self.latency)
            self._count()
        result = await self.methods.call(method, params, files)
        if method in _SENDING:
            self.tally.took(params)
        if self._strict:
            self.problems += self.spec.response(method, result)
        return result

    def _count(self) -> None:
        """The limit on messages a second over everybody, where one is set."""
        now = time.monotonic()
        self.tally.saw(now)
        while self._sends and self._sends[0] <= now - 1:
            self._sends.popleft()
        if self.rate is not None and len(self._sends) >= self.rate:
            error = ApiError(429, "Too Many Requests: retry after 1", retry_after=1)
            self.tally.sent_away(now, error)
            raise error
        self._sends.append(now)

    async def _push(self) -> None:
        """Posts what is waiting to the webhook, if one is set, until each update is taken with a 2xx."""
        async with aiohttp.ClientSession() as session:
            while True:
                await self.queue.news.wait()
                self.queue.news.clear()
                while self.methods.webhook and self.queue.waiting:
                    await self._post(session, self.methods.webhook, self.queue.waiting[min(self.queue.waiting)])

    async def _post(self, session: aiohttp.ClientSession, webhook: Mapping[str, Any], update: dict[str, Any]) -> None:
        headers = {_SECRET_HEADER: webhook.get("secret_token", "")}
        try:
            async with session.post(webhook["url"], json=update, headers=headers) as response:
                answer = await response.read()
        except aiohttp.ClientError:
            await asyncio.sleep(0.01)
            return
        self._happened.set()
        if not response.ok:
            await asyncio.sleep(0.01)
            return
        self.queue.waiting.pop(update["update_id"], None)
        if answer:
            params = json.loads(answer)
            await self._carry_out(params.pop("method"), params, {}, Fault())


def _error(error: ApiError) -> web.Response:
    return web.json_response(error.body(), status=error.code)


if __name__ == "__main__":
    from tests.fakes.telegram_process import main

    main()
