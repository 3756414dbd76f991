"""Who may talk to the local phone: its own page in a browser on this machine, and nobody else's."""

import hmac
import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
FILE_POLICY = "sandbox; default-src 'none'"
"""For what the bot hands over: even an HTML or SVG file opened by hand runs nothing under the phone's address."""

HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
OPEN_PATHS = ("/", "/phone/{name}")
"""Paths that need no token: the page that carries it, and that page's own style, script and icon."""


def is_loopback(host: str) -> bool:
    """Whether this name or number can only mean the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def guard(token: str) -> Middleware:
    """Refuses what did not come from the phone's own page.

    The Host header gives away a foreign name that was pointed at 127.0.0.1; the Origin header gives away another site's
    page; the token gives away everything that has not read the page.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _own_host(request):
            raise web.HTTPForbidden(text="This address is only for a browser on this machine.")
        if _is_open(request):
            return await handler(request)
        if not _own_origin(request):
            raise web.HTTPForbidden(text="This address is only for the phone's own page.")
        if not _has_token(request, token):
            raise web.HTTPForbidden(text="The page is out of date: load it again.")
        return await handler(request)

    return guarded


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal on every response, refusals included; a handler's own header stays."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _own_host(request: web.Request) -> bool:
    try:
        return is_loopback(urlsplit(f"//{request.host}").hostname or "")
    except ValueError:
        return False


def _own_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    return origin == f"http://{request.host}" or (origin is None and request.method in ("GET", "HEAD"))


def _is_open(request: web.Request) -> bool:
    resource = request.match_info.route.resource
    return request.method in ("GET", "HEAD") and resource is not None and resource.canonical in OPEN_PATHS


def _has_token(request: web.Request, token: str) -> bool:
    # An event stream and a picture cannot carry a header of ours, so their address carries the token.
    given = request.headers.get("X-Phone-Token") or request.query.get("token", "")
    return hmac.compare_digest(given.encode(), token.encode())
