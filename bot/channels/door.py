"""The one HTTP server that messengers call, behind whatever does HTTPS: each messenger has paths of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

LARGEST = 1024 * 1024
"""Bytes of one post; more is answered 413. What messengers post stays far below."""
_STOPPING = 3.0
"""Seconds that posts in hand are given to finish."""

Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Door:
    """Listens on `port` of all addresses while at least one messenger is behind it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._handles: dict[str, tuple[str, Handle]] = {}
        self._runner: web.ServerRunner | None = None

    @asynccontextmanager
    async def opened(self, path: str, handle: Handle, method: str = "POST") -> AsyncIterator[None]:
        """Hands what comes to `path` to `handle` while the context lasts; what ends in / takes all below."""
        self._handles[path] = (method, handle)
        if self._runner is None:
            await self._listen()
        try:
            yield
        finally:
            del self._handles[path]
            if not self._handles and self._runner is not None:
                runner, self._runner = self._runner, None
                await runner.cleanup()

    async def _listen(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=_STOPPING)
        await self._runner.setup()
        await web.TCPSite(self._runner, port=self.port).start()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        found = self._handles.get(path) or self._handles.get(path[: path.rfind("/") + 1])
        if found is None:
            return web.Response(status=404)
        method, handle = found
        asked = "GET" if request.method == "HEAD" else request.method
        return await handle(request) if asked == method else web.Response(status=405)
