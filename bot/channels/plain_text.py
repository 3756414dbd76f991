"""Turns a message's HTML into plain text, and a text that is too long into parts at sensible places."""

import html
import re

_TAG = re.compile(r"</?[bi]>")
_ENDS = ("\n\n", "\n", ". ", " ")


def plain(text: str) -> str:
    """The text as it is read, without marks."""
    return html.unescape(_TAG.sub("", text)).strip()


def parts(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` characters, cut after a paragraph, a line, a sentence or a word."""
    found = []
    while len(text) > limit:
        at = _cut(text, limit)
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*found, text] if text else found


def _cut(text: str, limit: int) -> int:
    """Where to cut: the last end of its kind, unless that would leave a part less than half full."""
    for end in _ENDS:
        at = text.rfind(end, 0, limit)
        if at > limit // 2:
            return at + len(end)
    return limit
