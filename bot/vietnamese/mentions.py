"""Who a sentence is about: the words of it that name somebody, compared with the full names that are known."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.vietnamese.sentence import Sentence, Word, bare_words, compounds
from bot.vietnamese.spelling import plain, spelling

_APOSTROPHES = "'\u2019\u02bc\u2018`\u00b4"


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `first` to `last` that name somebody; the name itself begins at `name`, after the words of kinship.

    `fits` are the full names that it can mean, none when it is nobody known.
    """

    first: int
    name: int
    last: int
    fits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A full name: its words as `spelling` writes them, the same without diacritics, and its given names."""

    name: str
    words: tuple[str, ...]
    bare: tuple[str, ...]
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Register:
    by_given: dict[str, tuple[_Known, ...]]
    by_word: dict[str, tuple[_Known, ...]]
    spelled: frozenset[str]
    spelled_given: frozenset[str]


def find_mentions(sentence: Sentence, known: Sequence[str], taken: frozenset[int] = frozenset()) -> list[Mention]:
    """Everyone whom the sentence names, from left to right; `taken` are words that belong to something else."""
    register = _register(tuple(known))
    reader = _Reader(sentence, register, taken | _compounds(sentence))
    return list(reader.mentions())


def _compounds(sentence: Sentence) -> frozenset[int]:
    """Words of everyday phrases, which are no names unless they are written with a capital letter."""
    return frozenset(
        i
        for i in compounds(sentence)
        if (sentence.shouted or not sentence.words[i].capital or _opens(sentence, i)) and not _after_short_kin(sentence, i)
    )


def _after_short_kin(sentence: Sentence, i: int) -> bool:
    """Whether one letter for a word of kinship stands before the word in a sentence without marks."""
    return i > 0 and not sentence.marked and len(sentence.words[i - 1].text) == 1 and sentence.listed(i - 1, "kin")


def _opens(sentence: Sentence, i: int) -> bool:
    """Whether the word is the first of its sentence, where a capital letter says nothing."""
    return i == 0 or sentence.words[i - 1].sentence != sentence.words[i].sentence


@lru_cache(maxsize=32)
def _register(known: tuple[str, ...]) -> _Register:
    by_given: dict[str, list[_Known]] = {}
    by_word: dict[str, list[_Known]] = {}
    for name in known:
        person = _person(name)
        for given in person.given:
            by_given.setdefault(given, []).append(person)
        for word in set(person.bare):
            by_word.setdefault(word, []).append(person)
    people = [_person(name) for name in known]
    return _Register(
        {k: tuple(v) for k, v in by_given.items()},
        {k: tuple(v) for k, v in by_word.items()},
        frozenset(word for p in people for word in p.words),
        frozenset(word for p in people for word in (*p.words[-1:], *(p.given - {*p.bare[-1:]}))),
    )


@lru_cache(maxsize=8192)
def _person(name: str) -> _Known:
    parts = name.split()
    words = tuple(spelling(part) for part in parts)
    bare = tuple(plain(part) for part in parts)
    given = {bare[-1]} if bare else set()
    if bare and any(a in parts[0] for a in _APOSTROPHES):
        given.add(bare[0])
    return _Known(name, words, bare, frozenset(given))


@dataclass(frozen=True, slots=True)
class _Reader:
    sentence: Sentence
    register: _Register
    taken: frozenset[int]

    def mentions(self) -> Iterator[Mention]:
        at = 0
        while at < len(self.sentence.words):
            end = self._run(at)
            if end and not self._called(end):
                first = self._kin_before(at)
                yield Mention(first, at, end, self._fits(range(at, end)))
            at = end or at + 1

    def _called(self, end: int) -> bool:
        """Whether the name only calls somebody who reads along."""
        return self._joined(end - 1) and self.sentence.listed(end, "calls")

    def _run(self, at: int) -> int | None:
        """The index after the last word of a name that begins here, or None when none begins."""
        if not self._begins(at):
            return None
        end = at + 1
        while end < len(self.sentence.words) and end - at < 6 and self._goes_on(at, end):
            end += 1
        return end if self._is_name(at, end) else None

    def _begins(self, at: int) -> bool:
        word = self.sentence.words[at]
        if at in self.taken or word.bare.isdigit():
            return False
        after_kin = self._after_kin(at)
        known = self._known(at)
        if after_kin and self._given(at):
            return True
        if word.bare in bare_words("kin") and (not known or self._leads(at) or self._only_kin(at)):
            return False
        if word.capital and not self.sentence.shouted and not _opens(self.sentence, at):
            return known or self._surname(at) or (after_kin and word.bare not in bare_words("stops"))
        return known or self._surname(at)

    def _surname(self, at: int) -> bool:
        return self.sentence.listed(at, "surnames")

    def _after_kin(self, at: int) -> bool:
        return at > 0 and self._joined(at - 1) and self.sentence.listed(at - 1, "kin")

    def _kin_before(self, at: int) -> int:
        """Where the mention begins with its words of kinship."""
        first = at
        while first > 0 and at - first < 2 and self._after_kin(first) and (first - 1) not in self.taken:
            first -= 1
        return first

    def _joined(self, at: int) -> bool:
        """Whether only a blank (or the stop of an abbreviation) stands between this word and the next."""
        words = self.sentence.words
        return at + 1 < len(words) and words[at].clause == words[at + 1].clause

    def _goes_on(self, at: int, end: int) -> bool:
        words = self.sentence.words
        word = words[end]
        if not self._joined(end - 1) or end in self.taken or word.bare.isdigit():
            return False
        if self._known_run(at, end + 1):
            return True
        if word.capital and words[at].capital and not self.sentence.shouted:
            return word.bare not in bare_words("stops") or word.bare in bare_words("second_names")
        return self._lower_goes_on(at, end)

    def _lower_goes_on(self, at: int, end: int) -> bool:
        word = self.sentence.words[end]
        if word.capital and not self.sentence.shouted:
            return self._given(end) and not self._given(end - 1)
        if self._given(end - 1) and self._after_kin(at):
            return self.sentence.listed(end, "second_names") and self._ends_name(end)
        if self._surname(at) and end == at + 1:
            return self.sentence.listed(end, "middles")
        return end > at + 1 and self._surname(at) and not self._given(end - 1) and word.bare not in bare_words("stops")

    def _ends_name(self, end: int) -> bool:
        """Whether a small second given name is one: nothing else can be meant by it there."""
        word = self.sentence.words[end]
        if self._given(end) and word.bare not in bare_words("kin"):
            return True
        after = self.sentence.words[end + 1] if self._joined(end) else None
        return word.bare not in bare_words("kin") or after is None or after.bare in bare_words("after_names")

    def _leads(self, at: int) -> bool:
        """Whether a word of kinship that is also a name stands before a name."""
        after = self.sentence.words[at + 1] if self._joined(at) else None
        return after is not None and (after.capital or self._given(at + 1))

    def _only_kin(self, at: int) -> bool:
        """Whether a small word of kinship stands alone, so that it is no name though somebody is called so."""
        word = self.sentence.words[at]
        goes_on = at + 1 < len(self.sentence.words) and self._joined(at) and self._known_run(at, at + 2)
        return not goes_on and (not word.capital or self.sentence.shouted or _opens(self.sentence, at))

    def _known(self, at: int) -> bool:
        """Whether the word stands in a known name, with the marks that were typed."""
        word = self.sentence.words[at]
        if self.sentence.marked or word.spelled != word.bare:
            return word.spelled in self.register.spelled
        return word.bare in self.register.by_word

    def _given(self, at: int) -> bool:
        word = self.sentence.words[at]
        if self.sentence.marked or word.spelled != word.bare:
            return word.spelled in self.register.spelled_given
        return word.bare in self.register.by_given

    def _known_run(self, at: int, end: int) -> bool:
        """Whether these words stand in this order, side by side, in a known name."""
        typed = [word.bare for word in self.sentence.words[at:end]]
        people = self.register.by_word.get(typed[0], ())
        return any(_side_by_side(typed, person.bare) for person in people)

    def _is_name(self, at: int, end: int) -> bool:
        words = self.sentence.words
        if self._after_kin(at):
            return end - at > 1 or self._given(at) or (words[at].capital and not self.sentence.shouted)
        if end - at > 1:
            return self._given(end - 1) or all(w.capital for w in words[at:end]) or self._known_run(at, end)
        if not self._given(at):
            return False
        if words[at].capital and not self.sentence.shouted and not _opens(self.sentence, at):
            return True
        if _opens(self.sentence, at) and self._joined(at) and self._does(at):
            return True
        called = self._joined(at - 1) and words[at - 1].bare in bare_words("before_names") if at else False
        return called or words[at].bare not in bare_words("doubtful")

    def _does(self, at: int) -> bool:
        """Whether the word after the first of the sentence tells what somebody does."""
        word = self.sentence.words[at]
        if not self.sentence.marked and word.bare in bare_words("selves"):
            return False
        return self.sentence.listed(at + 1, "doers") or (word.capital and self.sentence.listed(at + 1, "acts"))

    def _fits(self, span: range) -> tuple[str, ...]:
        typed = [self.sentence.words[i] for i in span]
        people = {p.name: p for w in typed for p in self.register.by_given.get(w.bare, ())}
        whole = [p.name for p in people.values() if self._agrees(typed, p, ends=True)]
        if whole or len(typed) == 1:
            return tuple(dict.fromkeys(whole))
        people = {p.name: p for p in self.register.by_word.get(typed[0].bare, ())}
        return tuple(p.name for p in people.values() if self._agrees(typed, p, ends=False))

    def _agrees(self, typed: Sequence[Word], person: _Known, *, ends: bool) -> bool:
        """One word must be a given name; more must stand in the name's order, the surname also last."""
        if len(typed) == 1:
            return any(
                self._same(typed[0], word, bare)
                for word, bare in zip(person.words, person.bare, strict=True)
                if bare in person.given
            )
        if self._in_order(typed, person, ends=ends):
            return True
        surname_last = self._same(typed[-1], person.words[0], person.bare[0])
        return surname_last and self._in_order([typed[-1], *typed[:-1]], person, ends=ends)

    def _in_order(self, typed: Iterable[Word], person: _Known, *, ends: bool) -> bool:
        at = 0
        for word in typed:
            while at < len(person.bare) and not self._same(word, person.words[at], person.bare[at], part=True):
                at += 1
            if at == len(person.bare):
                return False
            at += 1
        return at == len(person.bare) or not ends

    def _same(self, word: Word, name: str, bare: str, *, part: bool = False) -> bool:
        if part and len(word.text) == 1 and len(bare) > 1:
            return bare.startswith(word.bare)
        if self.sentence.marked or word.spelled != word.bare:
            return word.spelled == name
        return word.bare == bare


def _side_by_side(typed: Sequence[str], name: Sequence[str]) -> bool:
    width = len(typed)
    return any(list(name[i : i + width]) == list(typed) for i in range(len(name) - width + 1))
