"""Whether a question names a person: then it is about that person, and not for everybody's ears."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from bot.knowledge.reading import read_data
from bot.vietnamese.fold import clean

_LONGEST_NAME = 5
_WORD = re.compile(r"[^\W\d_]+(?:/[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Names:
    """Titles and names in lower case, as they are written.

    `plain` are given names typed without diacritics; they count after a title so typed (`plain_titles`).
    """

    titles: frozenset[str]
    plain_titles: frozenset[str]
    surnames: frozenset[str]
    middle: frozenset[str]
    given: frozenset[str]
    capital: frozenset[str]
    plain: frozenset[str]
    nobody: re.Pattern[str]
    case: re.Pattern[str]

    def in_text(self, text: str) -> bool:
        """Whether somebody is named in a clean text, or a case by its code."""
        return bool(self.case.search(text)) or any(True for _ in self._found(text))

    def hide(self, text: str, blank: str) -> str:
        """The clean text with every name and case code replaced by `blank`; titles stay."""
        for start, end in sorted(self._found(text), reverse=True):
            text = f"{text[:start]}{blank}{text[end:]}"
        return self.case.sub(blank, text)

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        """Where names stand: from the first letter to behind the last."""
        known = [found.span() for found in self.nobody.finditer(text)]
        spoken = text if any(letter.islower() for letter in text) else text.lower()
        places = [found.span() for found in _WORD.finditer(spoken)]
        places = [(start, end) for start, end in places if not any(a <= start < b for a, b in known)]
        words = [spoken[start:end] for start, end in places]
        low = [word.lower() for word in words]
        last = -1
        for place in range(len(words) - 1):
            length = self._full(words, low, place)
            if length and place > last:
                last = place + length - 1
                yield places[place][0], places[last][1]
            elif place >= last and self._titled(words, low, place):
                last = place + 1
                yield places[last]

    def _titled(self, words: list[str], low: list[str], place: int) -> bool:
        name, written = low[place + 1], words[place + 1]
        if name in self.plain and low[place] in self.plain_titles:
            return True
        if low[place] not in self.titles or name not in self.capital | self.given:
            return False
        return written[0].isupper() or (name in self.given and not name.isascii())

    def _full(self, words: list[str], low: list[str], place: int) -> int:
        """How many words a full name has that begins here; 0: none begins here."""
        if low[place] not in self.surnames:
            return 0
        capitals = 0
        while place + capitals < len(words) and capitals < _LONGEST_NAME and words[place + capitals][0].isupper():
            capitals += 1
        middle = place + 2 < len(words) and low[place + 1] in self.middle and low[place] not in self.middle
        return capitals if capitals > 2 else 3 if middle else 0


@cache
def load_names() -> Names:
    """The names that stand next to this file."""
    data = read_data("names.yaml")

    def lower(key: str) -> frozenset[str]:
        return frozenset(clean(word).lower() for word in data[key])

    return Names(
        titles=lower("titles"),
        plain_titles=lower("plain_titles"),
        surnames=lower("surnames"),
        middle=lower("middle_names"),
        given=lower("given_names"),
        capital=lower("capital_names"),
        plain=lower("plain_names"),
        nobody=re.compile("|".join(re.escape(name) for name in data["nobody"]), re.IGNORECASE),
        case=re.compile(rf"\b{data['case_letters']} ?- ?\d{{3,}}", re.IGNORECASE),
    )
