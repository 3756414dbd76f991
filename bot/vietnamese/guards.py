"""Guards: when a phrase that looks like a date is a name, a street, a score, an ordinal or a share."""

from bot.vietnamese.grammar import Context, Edge, Grammar, Match, guesses
from bot.vietnamese.tokens import Token

_SENTENCE_ENDS = frozenset(".!?:;\n\u2026\u2022")
_SCORE_REACH = 5
# Of these the word for "past" can be the verb of the place after it.
_SPANS = frozenset(("week", "month", "year", "week_part", "month_part", "year_part"))


class Sentence:
    """The tokens of one text and what can be asked about the words around a phrase."""

    __slots__ = ("marked", "rules", "shouted", "tokens")

    def __init__(self, tokens: list[Token], rules: Grammar) -> None:
        words = [t.word for t in tokens if not t.word.figures]
        self.tokens = tokens
        self.rules = rules
        self.marked = any(w.marked for w in words)
        self.shouted = (
            bool(words)
            and all(w.shout or not w.capital or len(w.plain) == 1 for w in words)
            and (sum(w.shout for w in words) * 2 > len(words))
        )

    def follows(self, at: int, name: str) -> bool:
        """Whether one of the named words stands right before the token, and is not a person's name itself."""
        if at == 0 or self.tokens[at].gap.strip():
            return False
        return self._stands(at, self.rules.before[name], -1)

    def precedes(self, at: int, name: str) -> bool:
        """Whether one of the named words begins at the token, with nothing but blanks before it."""
        if at >= len(self.tokens) or self.tokens[at].gap.strip():
            return False
        return self._stands(at, self.rules.after[name], 0)

    def begins_with(self, at: int, name: str, gaps: frozenset[str]) -> bool:
        """Whether one of the named words stands at the token, with only the given characters before it."""
        return at < len(self.tokens) and gaps.issuperset(self.tokens[at].gap) and self.says(at, name)

    def says(self, at: int, name: str) -> bool:
        """Whether one of the named words stands at the token."""
        return self._stands(at, self.rules.after[name], 0)

    def after(self, at: int, name: str) -> int:
        """The token after the longest of the named phrases that stands at the token."""
        context = self.rules.after[name].get(self.tokens[at].word.plain, ())
        return at + max((len(p) for p in context if self._fits(at, p)), default=0)

    def is_named(self, at: int) -> bool:
        """Whether the token is written as a given name after a word of kinship: with a capital inside a sentence."""
        return self.tokens[at].word.capital and not self.shouted and at > 0 and self.follows(at, "kin")

    def follows_as_name(self, at: int) -> bool:
        """Whether a word of kinship, or a name in small letters, stands right before the token."""
        if self.follows(at, "kin"):
            return True
        return self.follows(at, "given") and not self.tokens[at - 1].word.capital

    def begins(self, at: int) -> bool:
        """Whether a sentence begins at the token."""
        return at == 0 or bool(_SENTENCE_ENDS.intersection(self.tokens[at].gap))

    def _stands(self, at: int, context: Context, end: int) -> bool:
        key = self.tokens[at - 1 if end else at].word.plain
        return any(self._fits(at - len(p) if end else at, p) for p in context.get(key, ()))

    def _fits(self, start: int, phrase: tuple[Edge, ...]) -> bool:
        if start < 0 or start + len(phrase) > len(self.tokens):
            return False
        supposed = 0
        for offset, edge in enumerate(phrase):
            more = guesses(self.tokens[start + offset].word, edge, self.marked)
            if more is None:
                return False
            supposed += more
        if not supposed:
            return True
        # An unmarked word is another word in a marked sentence, and a name after a word of kinship.
        return not self.marked and not self._looks_like_a_name(start)

    def _looks_like_a_name(self, at: int) -> bool:
        if self.tokens[at].word.capital and not self.begins(at) and not self.shouted:
            return True
        before = self.tokens[at - 1].word.plain if at else ""
        return len(before) > 1 and any(len(kin) == 1 for kin in self.rules.before["kin"].get(before, ()))


def is_no_date(match: Match, sentence: Sentence) -> bool:
    """Whether the words around the phrase, or the way it is typed, make it something else."""
    rule = sentence.rules.rules[match.rule]
    if rule["means"] == "nothing" and match.guessed and sentence.follows(match.first, "kin"):
        return True  # its first word is rather the name of somebody
    freed = "unless_before" in rule and sentence.precedes(match.last, rule["unless_before"])
    if not freed and any(sentence.follows(match.first, name) for name in rule.get("not_after", ())):
        return True
    if any(sentence.precedes(match.last, name) for name in rule.get("not_before", ())):
        return True
    if "only_after" in rule and not sentence.follows(match.first, rule["only_after"]):
        return True
    if sentence.is_named(match.first) and not sentence.precedes(match.first, "never_names"):
        return True
    return any(odd(match, sentence) for odd in (_is_spelled_name, _is_way_somewhere)) or any(
        check(match, sentence) for flag, check in _CHECKS.items() if flag in rule
    )


def _is_spelled_name(match: Match, sentence: Sentence) -> bool:
    """A number in letters after a word of kinship is a person's name by order of birth."""
    if not match.values.get("spelled") or not _counts_from(match, sentence):
        return False
    return sentence.follows(match.first, "kin") and not sentence.precedes(match.last - 1, "still")


def _is_way_somewhere(match: Match, sentence: Sentence) -> bool:
    """The last word is not "past" but the way to the place that follows."""
    if sentence.rules.rules[match.rule]["means"] not in _SPANS:
        return False
    return sentence.says(match.last - 1, "by_way") and sentence.precedes(match.last, "destinations")


def _counts_from(match: Match, sentence: Sentence) -> bool:
    key = sentence.tokens[match.first].word.plain
    return key in sentence.rules.numbers.words


def _is_person(match: Match, sentence: Sentence) -> bool:
    """A capital inside a sentence, or before another capital, writes a name."""
    at, tokens = match.first, sentence.tokens
    if not tokens[at].word.capital or sentence.shouted:
        return False
    if not sentence.begins(at):
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        following is not None
        and following.gap == " "
        and following.word.capital
        and not sentence.precedes(at + 1, "kin")
    )


def _is_lone_only(match: Match, sentence: Sentence) -> bool:
    return len(sentence.tokens) > match.last - match.first


def _needs_company(match: Match, sentence: Sentence) -> bool:
    """An unmarked word that is far more often another one: a date only alone, or closing an appointment."""
    if (
        sentence.tokens[match.first].word.marked
        or sentence.tokens[match.first].word.telex
        or not _is_lone_only(match, sentence)
    ):
        return False
    ends = match.last == len(sentence.tokens) or bool(sentence.tokens[match.last].gap.strip())
    return not (ends and sentence.follows(match.first, "appointment"))


def _is_in_a_list(match: Match, sentence: Sentence) -> bool:
    """After "first" come the second and the third, not Monday and Tuesday."""
    return any(sentence.precedes(at, "first_of_list") for at in range(match.first))


def _is_other_figures(match: Match, sentence: Sentence) -> bool:
    """Streets, scores, shares, decimals: figures with a sign between them that are no day and month."""
    at, word, values = match.first, sentence.tokens[match.first].word, match.values
    if values.get("year") is not None:
        return len(word.figures) != 3
    day, month = values["day"], values["month"]
    if (day, month) in sentence.rules.street_dates and sentence.follows(at, "places"):
        return True
    if day <= month and sentence.precedes(at + 1, "heads"):
        return True
    if "/" in word.separators:
        return month > 12 and day > 12
    if month > 12 or (max(len(f) for f in word.figures) == 1 and not sentence.follows(at, "appointment")):
        return True
    return any(sentence.follows(i, "scores") for i in range(max(1, at - _SCORE_REACH), at + 1))


def _is_too_many(match: Match, sentence: Sentence) -> bool:
    return match.values["n"] > int(sentence.rules.rules[match.rule]["most"])


def _is_small_in_letters(match: Match, sentence: Sentence) -> bool:
    """Below ten only figures name a day of the month on their own."""
    return bool(match.values.get("spelled")) and match.values["day"] < 10 and match.last - match.first == 2


def _is_other_abbreviation(match: Match, sentence: Sentence) -> bool:
    """The two letters for Sunday stand for workers too."""
    rule = sentence.rules.rules[match.rule]
    return match.last - match.first == 1 and sentence.follows(match.first, rule["short_not_after"])


def _is_writer_on_the_way(match: Match, sentence: Sentence) -> bool:
    """Without marks the evening is also the writer, who goes somewhere when a place follows."""
    if sentence.marked or sentence.tokens[match.first].word.telex:
        return False
    rule = sentence.rules.rules[match.rule]
    return sentence.precedes(match.last, rule["unmarked_not_before"])


_CHECKS = {
    "unmarked_not_before": _is_writer_on_the_way,
    "short_not_after": _is_other_abbreviation,
    "person": _is_person,
    "lone": _is_lone_only,
    "lone_unmarked": _needs_company,
    "ordinal": _is_in_a_list,
    "figures": _is_other_figures,
    "most": _is_too_many,
    "figures_below_ten": _is_small_in_letters,
}
