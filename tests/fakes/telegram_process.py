"""The fake Telegram as a process of its own, steered over HTTP: `python -m tests.fakes.telegram_server --port 8081`.

POST /control/start {"people", "messages_each", "texts", "latency"} lets simulated people talk; GET /control/result
waits until they are done. POST /control/put takes an update, /control/fault {"method", "drop" or "error"},
/control/block {"chat"}; GET /control/calls gives every call so far. POST /control/chance {"errors": [{"likelihood",
"error"}]} lets messages fail by chance; GET /control/figures says how fast they came and which came twice.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes.telegram_people import People, Plan
from tests.fakes.telegram_rules import ApiError
from tests.fakes.telegram_server import TOKEN, Fault, TelegramServer

Answer = Callable[[web.BaseRequest], Awaitable[Any]]


def controls(server: TelegramServer) -> dict[str, Answer]:
    """What can be asked of the running fake, by path."""

    async def start(request: web.BaseRequest) -> object:
        server.people = server.people or People()
        server.queue.hurry()
        server.people.begin(Plan(**await request.json()))
        return {}

    async def result(request: web.BaseRequest) -> object:
        if server.people is None:
            return None
        await server.people.finished.wait()
        return server.people.result()

    async def put(request: web.BaseRequest) -> object:
        return {"update_id": server.queue.put(await request.json())}

    async def fault(request: web.BaseRequest) -> object:
        asked = await request.json()
        error = ApiError(**asked["error"]) if "error" in asked else None
        server.fail(asked["method"], Fault(error=error, drop=asked.get("drop")))
        return {}

    async def block(request: web.BaseRequest) -> object:
        server.methods.blocked.add((await request.json())["chat"])
        return {}

    async def calls(request: web.BaseRequest) -> object:
        return [{"method": call.method, "params": call.params, "files": sorted(call.files)} for call in server.calls]

    async def chance(request: web.BaseRequest) -> object:
        asked = await request.json()
        server.tally.chances = [
            (one["likelihood"], lambda error=one["error"]: ApiError(**error)) for one in asked["errors"]
        ]
        return {}

    async def figures(request: web.BaseRequest) -> object:
        return server.tally.figures()

    steering = {"chance": chance, "figures": figures}
    found = {**steering, "start": start, "result": result, "put": put, "fault": fault, "block": block, "calls": calls}
    return {f"/control/{name}": answer for name, answer in found.items()}


async def serve(port: int, token: str, latency: float, rate: int | None) -> None:
    """Until the process ends."""
    async with TelegramServer(port, token, rate, strict=False) as server:
        server.latency = latency
        server.extra_paths = controls(server)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser("telegram_server", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every send takes longer")
    parser.add_argument("--rate", type=int, help="messages a second that are let through")
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.token, given.latency, given.rate))
