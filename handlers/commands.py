"""What can be asked for: each command's name, the handler that answers it, and the ways people type it."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection

from bot.chat import Address, Incoming, Refusal, Reply
from bot.knowledge.taught import Known
from bot.rules.access import Role
from bot.vietnamese.fold import fold
from handlers.knowing import Knowing
from handlers.templates import load
from storage import forms
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Notice:
    """Something another person must be told, or a guest at an address; `key` makes it one of its kind.

    "urgent" ones go out on a Sunday as well; in quiet hours neither kind does.
    """

    to: int | Address
    key: str
    reply: Reply
    kind: Literal["notice", "urgent"] = "notice"


@dataclass(slots=True)
class Context:
    """All that a handler works with: the open transaction, the time, who it is and what arrived."""

    connection: Connection
    incoming: Incoming
    # On the office clock.
    now: datetime
    person: Person | None
    form: forms.Form | None
    # "https://t.me/name?start=" of the messenger that knows deep links; None without one.
    link: str | None = None
    # The bot's address on each messenger that is served, as `Channel.link` gives it.
    links: Mapping[str, str | None] = field(default_factory=dict)
    # Messengers without buttons.
    plain: Collection[str] = ()
    notices: list[Notice] = field(default_factory=list)
    knowing: Knowing = field(default_factory=Knowing)
    # In a long reading nothing can be written; what is to be kept beside the answer is collected here.
    reading: bool = False
    to_write: list[Callable[[Connection], None]] = field(default_factory=list)

    @property
    def typed(self) -> bool:
        """Whether choices are typed here, as numbers: this messenger has no buttons."""
        return self.incoming.address.channel in self.plain

    @property
    def today(self) -> date:
        """The office's date."""
        return self.now.date()

    @property
    def known(self) -> Known:
        """The index of answers as of this transaction."""
        return self.knowing.of(self.connection, self.today)

    @property
    def me(self) -> Person:
        """The person, where only those who have joined may go on."""
        if self.person is None:
            raise Refusal("start.members_only")
        return self.person

    @property
    def owner(self) -> str:
        """Whose forms these are."""
        return forms_owner(self.person, self.incoming)

    def open_form(self, kind: str) -> forms.Form | None:
        """The form in the filling, if it is of this kind."""
        return self.form if self.form is not None and self.form.kind == kind else None

    def the_form(self, kind: str, number: int | str | None = None) -> forms.Form:
        """The same, where nothing goes on without it: a button of another form, or another `number`, is an old one."""
        found = self.open_form(kind)
        if found is None or (number is not None and str(found.number) != str(number)):
            raise Refusal("conversation.old_button")
        return found

    def saved_before(self, number: int | str) -> bool:
        """Whether the form of this number is done with, and none has been begun since."""
        return self.form is not None and not self.form.kind and str(self.form.number) == str(number)

    def begin_form(self, kind: str, **data: Any) -> forms.Form:
        """Opens a form in the place of any other."""
        self.form = forms.begin(self.connection, self.owner, self.form, kind, self.now, data)
        return self.form

    def keep_form(self, **data: Any) -> forms.Form:
        """Adds to the open form."""
        if self.form is None:
            raise Refusal("conversation.old_button")
        self.form = forms.Form(self.owner, self.form.number, self.form.kind, self.now, self.form.data | data)
        forms.keep(self.connection, self.form)
        return self.form

    def close_form(self) -> None:
        """Empties the open form."""
        if self.form is not None and self.form.kind:
            forms.close(self.connection, self.form)
            self.form = forms.Form(self.owner, self.form.number, "", self.now)

    def write(self, work: Callable[[Connection], None]) -> None:
        """Writes now; from a long reading along with its answer. What does not succeed there costs no answer."""
        if self.reading:
            self.to_write.append(work)
        else:
            work(self.connection)

    def tell(self, person: int, key: str, reply: Reply, kind: Literal["notice", "urgent"] = "notice") -> None:
        """Puts a notice to another person into this transaction; nobody is told of what they did themselves."""
        if self.person is None or person != self.person.id:
            self.notices.append(Notice(person, key, reply, kind))

    def tell_owner(self, owner: str, key: str, reply: Reply) -> None:
        """The same to whoever has forms under this name (see `forms_owner`), guests as well."""
        if owner.startswith("p") and owner[1:].isdecimal():
            self.tell(int(owner[1:]), key, reply)
        elif owner != self.owner:
            self.notices.append(Notice(Address(*owner.split(":", 1)), key, reply))


def forms_owner(person: Person | None, incoming: Incoming) -> str:
    """A person's forms follow the person; a guest's stay with the address."""
    return f"p{person.id}" if person else f"{incoming.address.channel}:{incoming.address.id}"


Handler = Callable[[Context, str], Reply | None]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Route:
    """A command's handler; `reads`: it only reads, and may read for long, so it runs where nobody waits for it.

    A command that also writes tells by its words whether it only reads.
    """

    name: str
    handler: Handler
    reads: bool | Callable[[str], bool] = False

    def reads_long(self, words: str) -> bool:
        """Whether it only reads, and perhaps for long, when it is asked with these words."""
        return self.reads if isinstance(self.reads, bool) else self.reads(words)


class LongReading(Exception):  # noqa: N818  (nothing is wrong)
    """The answer is for a route that may read for long: not in the transaction in which others wait to write."""

    def __init__(self, route: Route, words: str, incoming: Incoming) -> None:
        super().__init__(route.name)
        self.route, self.words, self.incoming = route, words, incoming


ROUTES: dict[str, Route] = {}
FORMS: dict[str, Handler] = {}
_NUMBERS: dict[str, bool | Collection[str]] = {}


def command(name: str, *, reads: bool | Callable[[str], bool] = False) -> Callable[[H], H]:
    """Makes a function the handler of /name; it gets the context and the words after the command.

    `reads`: it writes nothing but by `Context.write`, always or with such words, and runs beside the conversations.
    """

    def register(handler: H) -> H:
        if name in ROUTES:
            raise ValueError(f"two handlers for /{name}")
        ROUTES[name] = Route(name, handler, reads)
        return handler

    return register


def form(kind: str, *, numbers: bool | Collection[str] = False) -> Callable[[H], H]:
    """Makes a function take the words that are typed while a form of this kind is open.

    `numbers`: a bare number is an answer to it, always, or while its `asks` is one of these. Where questions of one
    form differ, it keeps `bare_number` beside `asks`.
    """

    def register(handler: H) -> H:
        if kind in FORMS:
            raise ValueError(f"two handlers for the form {kind}")
        FORMS[kind], _NUMBERS[kind] = handler, numbers
        return handler

    return register


def awaits_number(open_form: forms.Form | None) -> bool:
    """Whether a bare number is an answer to the form in the filling, so that it can be no choice."""
    if open_form is None or not open_form.kind:
        return False
    numbers, asks = _NUMBERS.get(open_form.kind, False), open_form.data.get("asks")
    if isinstance(numbers, bool):
        return numbers or bool(asks and open_form.data.get("bare_number"))
    return asks in numbers


@dataclass(frozen=True, slots=True)
class Explained:
    """A command as people see it: what it does, for whom, and how else it is typed."""

    name: str
    says: str
    roles: tuple[Role, ...]
    also: tuple[str, ...]


@cache
def explained() -> dict[str, Explained]:
    """Every command that people may know of, in the order of the menu."""
    return {
        name: Explained(name, entry["says"], tuple(entry["for"]), tuple(fold(alias) for alias in entry.get("also", ())))
        for name, entry in load("commands").items()
    }


@cache
def _most_words() -> int:
    return max(len(alias.split()) for alias in _aliases())


@cache
def _aliases() -> dict[str, str]:
    return {alias: name for name, entry in explained().items() for alias in (name, *entry.also)}


def menu(roles: Iterable[Role]) -> Sequence[tuple[str, str]]:
    """The commands that these roles can use, with what each does."""
    held = set(roles) or {"guest"}
    return [(entry.name, entry.says) for entry in explained().values() if held & set(entry.roles)]


_SLASH = re.compile(r"^\s*[/\uff0f]\s*(?=\w)")


def find(text: str, *, whole: bool = False) -> tuple[Route, str] | None:
    """The command that a text begins with, and the words after it; None when it is none.

    With a slash every name and alias counts; without one only an alias of two or more words, or the whole text;
    `whole` leaves only the latter. Several words may end in a question mark.
    """
    slash = _SLASH.match(text)
    words = text[slash.end() :].split() if slash else text.split()
    for length in range(min(_most_words(), len(words)), 0, -1):
        said = " ".join(words[:length])
        name = _aliases().get(fold(said.rstrip("?!.") if length > 1 else said))
        if name is None and slash:
            name = fold("".join(words[:length]))
        if name in ROUTES and (slash or length == len(words) or (length > 1 and not whole)):
            return ROUTES[name], _rest(text, words[:length])
    return None


def is_command(text: str) -> bool:
    """Whether a text wants to be a command: it begins with a slash."""
    return bool(_SLASH.match(text))


def _rest(text: str, words: Sequence[str]) -> str:
    at = 0
    for word in words:
        at = text.index(word, at) + len(word)
    return text[at:].strip()
