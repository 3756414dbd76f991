"""What Telegram sends, recorded one file each under payloads/telegram, and what the house makes of it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram_updates import read
from bot.chat import Address, Document, Incoming
from tests.fakes.telegram_line import NOW
from tests.fakes.telegram_spec import Spec

RECORDED = sorted((Path(__file__).parent / "payloads" / "telegram").glob("*.json"))


def _incoming(number: int, fields: dict[str, Any]) -> Incoming:
    address, at, document = fields.pop("address"), fields.pop("at"), fields.pop("document", None)
    return Incoming(
        Address("telegram", address),
        str(number),
        datetime.fromisoformat(at),
        document=Document(**document) if document else None,
        **fields,
    )


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_update_is_read(path: Path) -> None:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    update, expected = recorded["update"], recorded["incoming"]
    assert Spec().update(update) == []
    arrival = read(update, lambda: NOW)
    assert arrival.incoming == (None if expected is None else _incoming(update["update_id"], expected))
    assert arrival.press == recorded.get("press")


def test_an_update_given_again_has_the_same_id() -> None:
    update = json.loads(RECORDED[0].read_text(encoding="utf-8"))["update"]
    assert read(update, lambda: NOW) == read(json.loads(json.dumps(update)), lambda: NOW)


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": "x"},
        {"update_id": 5, "message": "a text"},
        {"update_id": 5, "message": {"message_id": 1, "date": 1_793_000_000, "text": "no chat"}},
        {
            "update_id": 5,
            "message": {"message_id": 1, "date": 10**17, "chat": {"id": 1, "type": "private"}, "text": "x"},
        },
        {"update_id": 5, "callback_query": {"id": "1"}},
    ],
)
def test_what_is_no_update_is_a_value_error(update: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        read(update, lambda: NOW)
