"""How a contact came about: met, phoned, at home, at work, at a gathering, by message, or not reached."""

from dataclasses import dataclass, field
from typing import Final, Literal

from bot.vietnamese.sentence import Cue, Sentence, bare_words

How = Literal["met", "phoned", "gathering", "visited_work", "visited_home", "message", "not_reached"]

_PLACES: Final[dict[str, How]] = {
    "home": "visited_home",
    "work": "visited_work",
    "event": "gathering",
    "open": "met",
    "shop": "met",
    "mine": "met",
}
_REMOTE: Final[dict[str, How]] = {"phone": "phoned", "message": "message"}
_FAILURES: Final = ("fail", "noshow")
_WEAK_FAILURE_REACH: Final = 7
# A meeting this many words after a call was a meeting on the phone.
_NEAR: Final = 3
# So many words can stand between the one who speaks and the verb.
_SUBJECT: Final = 3


@dataclass(slots=True)
class Attempt:
    """One try to reach the person, from the word `at`; `weak` when only a talk tells of it.

    `placed` when a place was named, `spoken` when it is said that the two met or talked.
    """

    how: How
    at: int
    clause: int
    weak: bool = False
    placed: bool = False
    spoken: bool = False
    failed: bool = False

    @property
    def remote(self) -> bool:
        """Whether the two were not in one place."""
        return self.how in _REMOTE.values()


@dataclass(slots=True)
class _Story:
    """What has been read so far, from left to right."""

    sentence: Sentence
    names: frozenset[int]
    attempts: list[Attempt] = field(default_factory=list)
    failed: bool = False
    failed_clause: int | None = None

    def last(self, clause: int | None = None) -> Attempt | None:
        """The latest attempt, or the latest in this clause."""
        if not self.attempts or (clause is not None and self.attempts[-1].clause != clause):
            return None
        return self.attempts[-1]


def attempts_in(
    sentence: Sentence, future: frozenset[int], names: frozenset[int] = frozenset()
) -> tuple[list[Attempt], bool]:
    """Every try that the sentence tells of and whether anything failed; `future` words are only plans.

    `names` are the words that are names.
    """
    story = _Story(sentence, names)
    for cue in sentence.cues:
        clause = sentence.words[cue.first].clause
        if cue.tag in _FAILURES:
            if not _own_silence(sentence, cue) and not _only_absent(story, cue):
                _fail(story, clause)
        elif _is_absence(story, cue):
            _miss(story, clause)
        elif cue.tag in ("phone", "success") and _says_another(story, cue):
            _fail(story, clause)
        elif cue.tag == "fail_weak":
            _fail_weakly(story, cue, clause)
        elif cue.first in future or _out_of_story(sentence, cue, clause):
            continue
        elif cue.tag == "success":
            _succeed(story, cue, clause)
        elif cue.tag in _REMOTE:
            _reach(story, cue, clause)
        elif cue.tag in _PLACES:
            _place(story, cue, clause)
        elif cue.tag in ("meet", "talk", "visit"):
            _meet(story, cue, clause)
    return story.attempts, story.failed


def how_of(attempts: list[Attempt], failed: bool) -> How:
    """The way that counts: the first that succeeded, face to face before a call, a told way before a mere talk."""
    alive = [a for a in attempts if not a.failed]
    if not alive:
        return "not_reached" if failed else "met"
    return min(alive, key=lambda a: (a.weak, a.remote, a.placed and a.how == "met", a.at)).how


def _out_of_story(sentence: Sentence, cue: Cue, clause: int) -> bool:
    """Whether the words are part of a plan, of what somebody said, or of what the talk was about."""
    before = [c for c in sentence.cues if c.last <= cue.first and sentence.words[c.first].clause == clause]
    tags = {c.tag for c in before}
    if tags & {"appointment", "plan", "say", "ask_reported"}:
        return True
    if cue.tag == "event" and ("topic" in tags or sentence.words[cue.first].bare in bare_words("about")):
        return True
    subject = any(c.tag == "subject" and _opens(sentence, c) for c in before)
    return subject and clause > 0 and cue.tag not in (*_REMOTE, "success")


def _opens(sentence: Sentence, cue: Cue) -> bool:
    return cue.first == 0 or sentence.words[cue.first - 1].clause != sentence.words[cue.first].clause


def _fail(story: _Story, clause: int) -> None:
    story.failed = True
    story.failed_clause = clause
    if story.attempts:
        story.attempts[-1].failed = True


def _own_silence(sentence: Sentence, cue: Cue) -> bool:
    """Whether it is the writer who has not answered yet."""
    bare = {w.bare for w in sentence.words[cue.first : cue.last]}
    return cue.first > 0 and sentence.listed(cue.first - 1, "mine") and bool(bare & bare_words("replies"))


def _only_absent(story: _Story, cue: Cue) -> bool:
    """Whether somebody who was on the phone or wrote only says not to come."""
    last = story.last()
    return cue.tag == "noshow" and last is not None and last.remote and not last.failed


def _miss(story: _Story, clause: int) -> None:
    """The person was away from where somebody came to see them."""
    last = story.last()
    if last is None and story.sentence.tagged("plan"):
        _fail(story, clause)
    if last is None or last.clause < clause - 1:
        return
    says = [c for c in story.sentence.tagged("say") if story.sentence.words[c.first].clause == clause]
    if (last.placed and not last.spoken) or any(_says_another(story, c) for c in says):
        _fail(story, clause)


def _says_another(story: _Story, cue: Cue) -> bool:
    """Whether it is the family or a neighbour who answers, or tells the writer where the person is."""
    last, sentence = story.last(), story.sentence
    first = max(cue.first - _SUBJECT, last.at + 1 if last else 0)
    clause = sentence.words[cue.first].clause
    return last is not None and any(
        sentence.words[i].clause == clause and sentence.listed(i, "relations") for i in range(first, cue.first)
    )


def _is_absence(story: _Story, cue: Cue) -> bool:
    """Whether it is told that the person was somewhere else."""
    if cue.tag == "say":
        return _says_another(story, cue)
    return cue.tag == "away" or (cue.tag in ("go", "dull") and _is_gone(story, cue))


def _is_gone(story: _Story, cue: Cue) -> bool:
    """Whether it is said after "but" that the person went somewhere."""
    sentence, last = story.sentence, story.last()
    if last is None or not last.placed or not sentence.listed(cue.first, "leaves"):
        return False
    at = cue.first - 1
    while at > last.at and (at in story.names or sentence.listed(at, "kin")):
        at -= 1
    return at > last.at and sentence.listed(at, "contrasts")


def _fail_weakly(story: _Story, cue: Cue, clause: int) -> None:
    last = story.last(clause)
    if last is None and _opens(story.sentence, cue):
        last = story.last(clause - 1)
    if last and not last.weak and cue.first - last.at <= _WEAK_FAILURE_REACH and not _talked(story, last, cue):
        _fail(story, clause)


def _talked(story: _Story, last: Attempt, cue: Cue) -> bool:
    """Whether the words between are about something else than the attempt."""
    return any(last.at < c.first < cue.first and c.tag in ("say", "talk", "topic") for c in story.sentence.cues)


def _succeed(story: _Story, cue: Cue, clause: int) -> None:
    last = story.last()
    bare = {w.bare for w in story.sentence.words[cue.first : cue.last]}
    reached = last is not None and last.remote and not last.failed and cue.first - last.at <= _NEAR
    if bare & bare_words("met_words") and (last is None or last.remote) and not reached:
        story.attempts.append(Attempt("met", cue.first, clause))
    elif last is None or (not last.remote and bare & bare_words("called")):
        how: How = "message" if bare & bare_words("written_words") else "phoned"
        story.attempts.append(Attempt(how, cue.first, clause))
    elif last.failed and last.placed and bare & bare_words("met_words") and _has_place(story.sentence, cue, clause):
        story.attempts.append(Attempt("met", cue.first, clause, spoken=True))
    else:
        last.failed = False
        last.spoken = True


def _has_place(sentence: Sentence, cue: Cue, clause: int) -> bool:
    """Whether a place is named after these words in the clause."""
    return any(c.first >= cue.last and sentence.words[c.first].clause == clause for c in sentence.tagged(*_PLACES))


def _reach(story: _Story, cue: Cue, clause: int) -> None:
    last = story.last(clause)
    if last and last.remote and story.sentence.listed(cue.first, "via"):
        return
    if last and last.weak and not last.placed:
        story.attempts.pop()
    words = story.sentence.words
    failures = [c for c in story.sentence.cues if c.tag in _FAILURES and words[c.first].clause == clause]
    missed = any(c.last == cue.first for c in failures) or (last is None and _failed_so(story, failures, cue))
    story.attempts.append(Attempt(_REMOTE[cue.tag], cue.first, clause, failed=missed))


def _failed_so(story: _Story, failures: list[Cue], cue: Cue) -> bool:
    """Whether the clause began with how this call or message failed."""
    answered = "answers" if cue.tag == "phone" else "replies"
    earlier = [c for c in failures if c.last <= cue.first]
    return any(story.sentence.listed(i, answered) for c in earlier for i in range(c.first, c.last))


def _place_of(story: _Story, cue: Cue) -> How:
    """The way that goes with the place: where the person came as a visitor is no visit, an own shop is a work place."""
    moves = story.sentence.words[cue.first].bare in bare_words("motions")
    if cue.tag in ("home", "work", "shop") and _is_of_another(story, cue):
        return "met"
    if cue.tag in ("home", "work") and moves and cue.first - 1 in story.names:
        return "met"
    if cue.tag == "shop" and _is_named(story, cue):
        return "visited_work"
    return _PLACES[cue.tag]


def _is_named(story: _Story, cue: Cue) -> bool:
    """Whether the place is called by somebody's name."""
    at, words = cue.last, story.sentence.words
    while at < len(words) and words[at].clause == words[cue.first].clause and at not in story.names:
        if not story.sentence.listed(at, "owners") and not story.sentence.listed(at, "kin"):
            return False
        at += 1
    return at in story.names


def _is_of_another(story: _Story, cue: Cue) -> bool:
    """Whether a name follows the place while somebody else is named elsewhere: then it is the house of a third."""
    sentence, at = story.sentence, cue.last
    words = sentence.words
    while at < len(words) and words[at].clause == words[cue.first].clause and sentence.listed(at, "kin"):
        at += 1
    if at == len(words) or words[at].clause != words[cue.first].clause:
        return False
    kin = sentence.listed(at - 1, "kin")
    if at not in story.names and not (kin and (words[at].capital or sentence.listed(at, "ranks"))):
        return False
    owner = {words[i].bare for i in range(at, min(at + 4, len(words))) if i in story.names or i == at}
    return any(words[i].bare not in owner for i in story.names)


def _place(story: _Story, cue: Cue, clause: int) -> None:
    last = story.last(clause) or _bare_meeting_before(story, cue, clause)
    moves = story.sentence.words[cue.first].bare in bare_words("motions")
    if last and last.remote and not last.failed:
        if moves and cue.tag != "event":
            story.attempts.append(Attempt(_place_of(story, cue), cue.first, clause, placed=True))
        return
    if last and not last.failed and not last.remote and (not last.placed or _is_closer(last, cue, clause)):
        last.how, last.placed, last.weak = _place_of(story, cue), True, False
        return
    if last is None or last.failed:
        missed = (last is None and story.failed_clause == clause) or _is_waited(story.sentence, cue)
        story.failed = story.failed or missed
        story.attempts.append(Attempt(_place_of(story, cue), cue.first, clause, placed=True, failed=missed))


def _is_closer(last: Attempt, cue: Cue, clause: int) -> bool:
    """Whether the place says more than the one before: an event anywhere, a home or stall at the market."""
    if cue.tag == "event":
        return True
    if cue.tag == "mine":
        return last.how in ("visited_home", "visited_work")
    return cue.tag in ("home", "work") and last.how == "met" and last.clause == clause


def _is_waited(sentence: Sentence, cue: Cue) -> bool:
    """Whether the writer only waited at the place."""
    return cue.first > 0 and sentence.listed(cue.first - 1, "waits")


def _bare_meeting_before(story: _Story, cue: Cue, clause: int) -> Attempt | None:
    """The meeting of the clause before, when this clause only adds its place."""
    last = story.last()
    if last and last.clause < clause and not last.placed and not last.remote and _only_names_before(story, cue, last):
        return last
    return None


def _only_names_before(story: _Story, cue: Cue, last: Attempt) -> bool:
    """Whether nothing but people stands between the place and the end of the meeting's clause."""
    words = story.sentence.words
    between = (i for i in range(last.at, cue.first) if words[i].clause > last.clause)
    return all(
        i in story.names or story.sentence.listed(i, "kin") or story.sentence.listed(i, "joins") for i in between
    )


def _meet(story: _Story, cue: Cue, clause: int) -> None:
    last = story.last(clause) or _place_before(story, clause)
    if last is None or last.failed:
        if cue.tag == "talk" and story.failed_clause == clause:
            return
    else:
        last.spoken = True
    if last and not last.failed and (last.placed or cue.tag == "talk" or (last.remote and cue.first - last.at < _NEAR)):
        return
    how: How = "visited_home" if cue.tag == "visit" else "met"
    story.attempts.append(Attempt(how, cue.first, clause, weak=cue.tag == "talk", spoken=True))


def _place_before(story: _Story, clause: int) -> Attempt | None:
    """The place that the clause before named and nothing more."""
    last = story.last()
    return last if last and last.placed and last.clause == clause - 1 else None
