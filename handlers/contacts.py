"""The contact log by taps: who, how, saved; and what may be added to an entry afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.attention import attention
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.names import search_names
from handlers.commands import Context, command, form
from handlers.sentences import sentence
from handlers.templates import given
from handlers.ways import HOWS, REASONS, SHOWN, after, anybody, how_of, mine, nobody, reason_of, saved
from storage import candidates, contacts
from storage.candidates import Case

TAP_LIVES = timedelta(hours=24)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@command("tiepxuc")
def log(context: Context, words: str) -> Reply:
    """Three taps, a code and a way in one line, a name, or a whole sentence."""
    if not context.me.may("log_contact"):
        raise Refusal("access.not_your_role")
    if not words:
        return _ask_who(context)
    pointed = _pointed(context, words)
    if pointed is None:
        return _by_name_or_sentence(context, words)
    case, rest = pointed
    tap = Tap.read(rest)
    how, reason = how_of(tap.words)
    if how is None:
        said = sentence(context, f"{tap.words} {case.name}") if tap.words else None
        return said or _ask_how(context, case)
    if how == "not_reached" and reason is None:
        return _ask_why(context, case, tap.token or Tap.new(context)[1:])
    return _save_tap(context, case, tap, {"how": how, "reason": reason, "on": context.today})


def _save_tap(context: Context, case: Case, tap: "Tap", values: Mapping[str, Any]) -> Reply:
    key = tap.key(context)
    done = contacts.by_key(context.connection, key) if tap.token else None
    if done is not None and done.state != "undone":
        return Reply("contacts.saved_before", {"case": case, "contact": done}, after(done.id))
    if done is not None or (tap.token and tap.age(context) > TAP_LIVES):
        return _ask_how(context, case, "contacts.old_menu")
    contact = contacts.log(context.connection, context.now, context.me.id, case, key, values)
    if context.open_form("how") or context.open_form("who"):
        context.close_form()
    return replace(saved(case, contact, values), edit=bool(tap.token))


@dataclass(frozen=True, slots=True)
class Tap:
    """The words after a case code, and the token of the menu on which a button was pressed.

    The token is the moment of the menu: a button pressed twice writes one entry, and an old menu is known as old.
    """

    words: str
    token: str

    @classmethod
    def read(cls, text: str) -> "Tap":
        """Splits "met ~k3f9" into its words and its token."""
        words, _, token = text.partition("~")
        return cls(words.strip(), token.strip())

    @staticmethod
    def new(context: Context) -> str:
        """A token for a menu shown now."""
        return "~" + _base36(int(context.now.timestamp() * 1000))

    def age(self, context: Context) -> timedelta:
        """How long ago the menu was shown."""
        try:
            return timedelta(milliseconds=context.now.timestamp() * 1000 - int(self.token, 36))
        except (ValueError, OverflowError):
            return timedelta.max

    def key(self, context: Context) -> str:
        """Under which the entry is written once."""
        if self.token:
            return f"tap:{context.me.id}:{self.token}"
        return f"said:{context.incoming.address.channel}:{context.incoming.id}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _pointed(context: Context, words: str) -> tuple[Case, str] | None:
    """The case whose code the words begin with, and the rest; None when they begin with no code."""
    first, _, rest = words.partition(" ")
    if not any(c.isdigit() for c in first) and fold(first) != "qc":
        return None
    if fold(first) == "qc":
        number, _, rest = rest.strip().partition(" ")
        first = f"qc{number}"
    if not first[-1].isdigit() or "/" in first:
        return None
    case = candidates.case_for(context.connection, context.me, first, "log_contact")
    if case.state != "open":
        raise Refusal("candidates.not_open", code=case.code, state=case.state)
    return case, rest.strip()


def _ask_who(context: Context) -> Reply:
    listed = mine(context)
    if not listed:
        return nobody(context)
    context.begin_form("who")
    rows = [[_candidate(context, case)] for case in listed[:SHOWN]]
    if len(listed) > SHOWN:
        rows.append([Choice("someone_else", "/nguon")])
    return Reply("contacts.who", {"more": len(listed) > SHOWN}, rows)


def _candidate(context: Context, case: Case) -> Choice:
    values = {"given": given(case.name), "name": case.name, "last": case.last_contact_on, "urgent": False}
    values["urgent"] = attention(case.last_contact_on, case.next_on, case.listed_on, context.today).urgent
    return Choice("candidate", f"/tiepxuc {case.ref}", values)


@form("who")
def who_typed(context: Context, text: str) -> Reply:
    """A name, or a whole sentence, while the question "with whom?" is open."""
    return _by_name_or_sentence(context, text)


def _by_name_or_sentence(context: Context, words: str) -> Reply:
    listed = mine(context)
    names = search_names(words, [case.name for case in listed])
    found = [case for name in dict.fromkeys(names) for case in listed if case.name == name]
    if len(found) == 1:
        return _ask_how(context, found[0])
    if found:
        rows = [[Choice("person", f"/tiepxuc {c.ref}", {"name": c.name, "year": c.birth_year})] for c in found[:SHOWN]]
        return Reply("contacts.which", {"words": clean(words)[:40], "count": len(found)}, rows)
    return sentence(context, words) or Reply("contacts.unknown_name", {"words": clean(words)[:40]}, anybody(context))


def _ask_how(context: Context, case: Case, template: str = "contacts.how") -> Reply:
    context.begin_form("how", code=case.ref)
    token = Tap.new(context)
    choices = [Choice(f"how_{how}", f"/tiepxuc {case.ref} {how} {token}") for how in HOWS]
    rows = [choices[0:2], choices[2:4], choices[4:6], choices[6:7]]
    return Reply(template, {"case": case}, rows, edit=True)


@form("how")
def how_typed(context: Context, text: str) -> Reply:
    """A way of contact that is typed rather than pressed, why nobody was reached, or a whole sentence."""
    data = context.form.data if context.form else {}
    reason = reason_of(text) if data.get("why") else None
    said = f"not_reached:{reason} ~{data['why']}" if reason else text
    return log(context, f"{data.get('code', '')} {said}")


def _ask_why(context: Context, case: Case, token: str) -> Reply:
    context.begin_form("how", code=case.ref, why=token)
    send = f"/tiepxuc {case.ref} not_reached"
    choices = [Choice("why", f"{send}:{reason} ~{token}", {"reason": reason}) for reason in REASONS]
    return Reply("contacts.why", {"case": case}, [choices[0:2], choices[2:4], choices[4:6]], edit=True)
