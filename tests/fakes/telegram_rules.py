"""What Telegram itself refuses: lengths, tags, buttons. Limits as the Bot API documentation gives them."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

TEXT_LIMIT, CAPTION_LIMIT, DATA_LIMIT, BUTTONS_LIMIT = 4096, 1024, 64, 100
_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class ApiError(Exception):
    """What the Bot API answers instead of a result."""

    def __init__(self, code: int, description: str, **parameters: float) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.open = "", list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad("can't parse entities: Unmatched end tag at byte offset 0")

    def handle_data(self, data: str) -> None:
        self.text += data


def visible(text: str, parse_mode: str | None) -> str:
    """The text as people see it; refuses tags that are unknown or left open."""
    if parse_mode != "HTML":
        return text.strip()
    parser = _Visible()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag {parser.open[-1]}")
    return parser.text.strip()


def check_text(params: Mapping[str, Any]) -> str:
    text = visible(params["text"], params.get("parse_mode"))
    if not text:
        raise bad("message text is empty")
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return text


def check_caption(params: Mapping[str, Any]) -> str:
    caption = visible(params.get("caption", ""), params.get("parse_mode"))
    if len(caption) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return caption


def check_keyboard(markup: Mapping[str, Any] | None) -> None:
    buttons = [button for row in (markup or {}).get("inline_keyboard", []) for button in row]
    if len(buttons) > BUTTONS_LIMIT:
        raise bad("reply markup is too long")
    for button in buttons:
        if not button["text"].strip():
            raise bad("inline keyboard button text must be non-empty")
        if not 1 <= len(button.get("callback_data", "-").encode()) <= DATA_LIMIT:
            raise bad("BUTTON_DATA_INVALID")
        if "callback_data" not in button and "url" not in button:
            raise bad("text buttons are unallowed in the inline keyboard")


def check_commands(commands: list[Mapping[str, str]]) -> None:
    for command in commands:
        if not _COMMAND.fullmatch(command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
