"""Calls Zalo's Bot Platform: one method, one answer. No error raised here holds the token.

Facts about the platform, from its papers of 2026: POST https://…/bot<token>/<method> with a JSON object;
{"ok": true, "result": …} or {"ok": false, "error_code", "description"}, a refusal also with HTTP status 200; a poll in
which nothing came ends with error_code 408.
"""

import json
from typing import Any, Final

import aiohttp

from bot.chat import NotSent, Unclear

_CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 20.0
_KEEP_SECONDS: Final = 15.0
_BAD_GATEWAY, _GATEWAY_TIMEOUT = 502, 504
_BEFORE_SENDING: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    ValueError,  # of an address that is none
)


class Refused(Exception):  # noqa: N818  (an answer)
    """The platform answered that it has not done it. `code` is its error_code, or else the HTTP status."""

    def __init__(self, code: int, says: str) -> None:
        super().__init__(f"refused with {code}")
        self.code, self.says = code, says


class ZaloApi:
    """One session with kept connections. `base` is an address without the token; `proxy` is an http:// one or None."""

    def __init__(self, token: str, base: str, proxy: str | None = None) -> None:
        self._token, self._base, self._proxy = token, base.rstrip("/"), proxy
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes the connections; the next call would open new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, method: str, values: dict[str, Any] | None = None, seconds: float = READ_SECONDS) -> Any:
        """The result, given up after `seconds` of silence; Refused, NotSent where no byte went out, else Unclear."""
        try:
            status, body = await self._exchange(method, values or {}, seconds)
        except _BEFORE_SENDING as error:
            raise NotSent(type(error).__name__) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unclear(type(error).__name__) from None
        answer = _parsed(body)
        if answer is None:
            raise _no_answer(status)
        if answer.get("ok") is True:
            return answer.get("result")
        raise Refused(_code(answer, status), str(answer.get("description") or "").replace(self._token, "***"))

    async def _exchange(self, method: str, values: dict[str, Any], seconds: float) -> tuple[int, bytes]:
        session = self._session or self._open()
        limit = aiohttp.ClientTimeout(total=None, connect=_CONNECT_SECONDS, sock_read=seconds)
        url = f"{self._base}/bot{self._token}/{method}"
        request = session.post(url, json=values, timeout=limit, proxy=self._proxy, allow_redirects=False)
        async with request as response:
            return response.status, await response.read()

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(keepalive_timeout=_KEEP_SECONDS, ttl_dns_cache=300)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and "ok" in answer else None


def _code(answer: dict[str, Any], status: int) -> int:
    said = str(answer.get("error_code", ""))
    return int(said) if said.lstrip("-").isdecimal() else status


def _no_answer(status: int) -> Exception:
    """What a page that is no answer of the platform means: from something in between."""
    if status < 300 or status in (_BAD_GATEWAY, _GATEWAY_TIMEOUT):
        return Unclear(f"no answer of the platform, {status}")
    return Refused(status, "")
