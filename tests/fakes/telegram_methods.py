"""The methods of the Bot API as the fake Telegram carries them out."""

import itertools
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_queue import UpdateQueue
from tests.fakes.telegram_rules import ApiError, bad

ME = {
    "id": 4242,
    "is_bot": True,
    "first_name": "Chi bộ số",
    "username": "chibot_thu_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
_WEBHOOK_ON = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
Params = Mapping[str, Any]
Files = Mapping[str, tuple[str, bytes]]


class Methods:
    """Everything that a bot changes at Telegram: messages, its webhook, its menus."""

    def __init__(self) -> None:
        self.queue = UpdateQueue()
        self.webhook: dict[str, Any] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.menus: dict[int, list[dict[str, str]]] = {}
        self.documents: dict[str, bytes] = {}
        self.blocked: set[int] = set()
        self.unknown: set[int] = set()
        self._numbers = itertools.count(1)

    async def call(self, method: str, params: Params, files: Files) -> object:
        return await self._METHODS[method](self, params, files)

    async def _get_me(self, params: Params, files: Files) -> object:
        return ME

    async def _get_updates(self, params: Params, files: Files) -> object:
        if self.webhook:
            raise ApiError(409, _WEBHOOK_ON)
        return await self.queue.get(params.get("offset"), params.get("limit", 100), params.get("timeout", 0))

    async def _set_webhook(self, params: Params, files: Files) -> object:
        self.webhook = dict(params) if params["url"] else {}
        self.queue.news.set()
        return True

    async def _delete_webhook(self, params: Params, files: Files) -> object:
        self.webhook = {}
        return True

    async def _webhook_info(self, params: Params, files: Files) -> object:
        waiting = len(self.queue.waiting)
        return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": waiting}

    async def _send_message(self, params: Params, files: Files) -> object:
        text = rules.check_text(params)
        return self._message(params, text=text)

    async def _send_photo(self, params: Params, files: Files) -> object:
        name, content = files["photo"]
        if not content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF")):
            raise bad("IMAGE_PROCESS_FAILED")
        size = {"file_id": f"photo-{name}", "file_unique_id": "u", "width": 90, "height": 90, "file_size": len(content)}
        return self._message(params, caption=rules.check_caption(params), photo=[size])

    async def _send_document(self, params: Params, files: Files) -> object:
        name, content = files["document"]
        document = {"file_id": f"doc-{name}", "file_unique_id": "u", "file_name": name, "file_size": len(content)}
        return self._message(params, caption=rules.check_caption(params), document=document)

    async def _edit_text(self, params: Params, files: Files) -> object:
        text = rules.check_text(params)
        rules.check_keyboard(params.get("reply_markup"))
        key = (self._chat(params), params["message_id"])
        old = self.messages.get(key)
        if old is None:
            raise bad("message to edit not found")
        if "text" not in old:
            raise bad("there is no text in the message to edit")
        new = {**old, "text": text, "edit_date": int(time.time())}
        new.pop("reply_markup", None)
        new |= _markup(params)
        if new["text"] == old["text"] and new.get("reply_markup") == old.get("reply_markup"):
            raise bad("message is not modified: specified new message content and reply markup are exactly the same")
        self.messages[key] = new
        return new

    async def _answer_press(self, params: Params, files: Files) -> object:
        return True

    async def _set_commands(self, params: Params, files: Files) -> object:
        rules.check_commands(params["commands"])
        self.menus[int(params.get("scope", {}).get("chat_id", 0))] = params["commands"]
        return True

    async def _get_file(self, params: Params, files: Files) -> object:
        content = self.documents.get(params["file_id"])
        if content is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        path = f"documents/{params['file_id']}"
        return {"file_id": params["file_id"], "file_unique_id": "u", "file_size": len(content), "file_path": path}

    def _chat(self, params: Params) -> int:
        chat = int(params["chat_id"])
        if chat in self.unknown:
            raise bad("chat not found")
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    def _message(self, params: Params, **content: object) -> dict[str, Any]:
        chat, number = self._chat(params), next(self._numbers)
        rules.check_keyboard(params.get("reply_markup"))
        private = {"id": chat, "type": "private", "first_name": "Lan"}
        message = {"message_id": number, "from": _SENDER, "chat": private, "date": int(time.time()), **content}
        self.messages[chat, number] = {**message, **_markup(params)}
        return self.messages[chat, number]

    _METHODS: dict[str, Callable[["Methods", Params, Files], Awaitable[object]]] = {
        "getMe": _get_me,
        "getUpdates": _get_updates,
        "setWebhook": _set_webhook,
        "deleteWebhook": _delete_webhook,
        "getWebhookInfo": _webhook_info,
        "sendMessage": _send_message,
        "sendPhoto": _send_photo,
        "sendDocument": _send_document,
        "editMessageText": _edit_text,
        "answerCallbackQuery": _answer_press,
        "setMyCommands": _set_commands,
        "getFile": _get_file,
    }


_SENDER = {name: ME[name] for name in ("id", "is_bot", "first_name", "username")}


def _markup(params: Params) -> dict[str, Any]:
    """Only an inline keyboard is part of the message that comes back."""
    markup = params.get("reply_markup") or {}
    return {"reply_markup": markup} if markup.get("inline_keyboard") else {}
