"""The wire to the Bot API: aiohttp under python-telegram-bot; its errors tell whether a request can have arrived."""

import json
from typing import Any, Final

import aiohttp
from telegram.error import BadRequest, NetworkError
from telegram.request import BaseRequest, RequestData
from yarl import URL

STAND_IN: Final = "token"
"""What python-telegram-bot is given for a token, so that the real one is in no log, no repr and no error of its own."""

_CONNECTIONS: Final = 256
_CONNECT_SECONDS: Final = 10.0
_READ_SECONDS: Final = 20.0
# Shorter than the servers' own, so that a message seldom meets a connection that is being closed.
_KEEP_SECONDS: Final = 15.0
_JSON: Final = {"Content-Type": "application/json"}
_TOO_LARGE, _BAD_GATEWAY, _GATEWAY_TIMEOUT = 413, 502, 504


class NotConnectedError(NetworkError):
    """No byte of the request went out."""


class LostAnswerError(NetworkError):
    """The request went out and no answer of the Bot API came back: it may have been carried out."""


class TelegramRequest(BaseRequest):
    """One session with many kept connections. `proxy` is an http:// address; None goes straight.

    `largest` is the size in bytes of a download beyond which it is given up.
    """

    __slots__ = ("_largest", "_limits", "_proxy", "_session", "_token", "_urls")

    def __init__(self, token: str, proxy: str | None, largest: int) -> None:
        self._token, self._proxy, self._largest = token, proxy, largest
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}
        self._limits: dict[float, aiohttp.ClientTimeout] = {}

    @property
    def read_timeout(self) -> float:
        """Seconds of silence after which an answer is given up."""
        return _READ_SECONDS

    async def initialize(self) -> None:
        """Nothing: the session opens with the first request, in the loop that makes it."""

    async def shutdown(self) -> None:
        """Closes all connections; the next request would open new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """The same as the library's, which would write a body that is no JSON into the log."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise LostAnswerError("the answer is not JSON") from None
        if not isinstance(answer, dict) or (answer.get("ok") and "result" not in answer):
            raise LostAnswerError("the answer is not the Bot API's")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. No error it raises holds the address, which holds the token."""
        read = _READ_SECONDS if read_timeout is BaseRequest.DEFAULT_NONE else float(read_timeout)
        try:
            status, body = await self._exchange(url, method, request_data, self._limit(read))
        except _BEFORE_SENDING as error:
            raise NotConnectedError(type(error).__name__) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise LostAnswerError(type(error).__name__) from None
        return status, body if status < 300 else self._refused(status, body)

    async def _exchange(
        self, url: str, method: str, data: RequestData | None, limit: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        body = _body(data)
        headers = _JSON if isinstance(body, bytes) else None
        session = self._session or self._open()
        request = session.request(
            method, self._url(url), data=body, headers=headers, timeout=limit, proxy=self._proxy, allow_redirects=False
        )
        async with request as response:
            if method == "GET":
                return response.status, await self._download(response)
            return response.status, await response.read()

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_SECONDS, ttl_dns_cache=300)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def _download(self, response: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        async for piece in response.content.iter_chunked(65536):
            content += piece
            if len(content) > self._largest:
                raise BadRequest("file is too big")
        return bytes(content)

    def _refused(self, status: int, body: bytes) -> bytes:
        """The body of a refusal of the Bot API itself, without the token, should it be repeated there."""
        if status in (_BAD_GATEWAY, _GATEWAY_TIMEOUT):
            # A gateway says so, which cannot know how far the Bot API behind it got.
            raise LostAnswerError(f"gateway error {status}")
        if status == _TOO_LARGE:
            raise BadRequest("request is too large")
        try:
            self.parse_json_payload(body)
        except LostAnswerError:
            # From something in between, a proxy for example: the Bot API itself always answers in JSON.
            raise NetworkError(f"refused with {status}") from None
        return body.replace(self._token.encode(), STAND_IN.encode())

    def _url(self, url: str) -> URL:
        """The address with the real token; those of methods are kept, those of files are used once."""
        known = self._urls.get(url)
        if known is None:
            known = URL(url.replace(f"/bot{STAND_IN}/", f"/bot{self._token}/", 1), encoded=True)
            if "/file/" not in url:
                self._urls[url] = known
        return known

    def _limit(self, read: float) -> aiohttp.ClientTimeout:
        known = self._limits.get(read)
        if known is None:
            known = aiohttp.ClientTimeout(total=None, connect=_CONNECT_SECONDS, sock_read=read)
            self._limits[read] = known
        return known


_BEFORE_SENDING: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    ValueError,  # of an address that is none
)


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return json.dumps(data.parameters, ensure_ascii=False, separators=(",", ":")).encode()
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
