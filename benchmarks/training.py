"""Learns the sieve of answers from all phrasings and writes bot/knowledge/sieve.bin (some minutes).

Ridge regression over words, pairs of words, concepts and pairs of concepts says how far a question is ours and of what
topic; a logistic regression over the signs (bot/knowledge/signs.py) makes one likelihood of it. The signs that it
learns from are those of questions held out from matcher, refusals and regression alike: a tenth of the subjects of
other questions at a time, whole, and a tenth of our own questions together with all that are much like them.

usage: python -m benchmarks.training [--dry] [--keep FILE]
"""

import argparse
import pickle
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.phrasings import Row, digest, every_row
from bot.knowledge.facts import WRITTEN, facts_of
from bot.knowledge.index import Index, Refusal, build_index, load_refusals
from bot.knowledge.judge import TOPIC_COUNTS, Heard, hear
from bot.knowledge.sieve import CONCEPT, CONCEPTS, FULL, MARKED, PAIR, WORD, Known, Sifted, names, packed
from bot.knowledge.signs import signs
from bot.rules.book import load
from bot.vietnamese.fold import clean

FOLDS = 10
ALIKE = 0.7
RIDGE = 0.3
CONSTANT = 0.1
SHRINK = 3.0
# What a feature must say of a topic for that to be kept: by itself, and as rare as it is.
LEAST, LEAST_SAID = 0.03, 0.02
# How often a feature must have been said to be kept, by kind.
OFTEN = {WORD: 1, PAIR: 2, CONCEPT: 1, CONCEPTS: 3, MARKED: 3}
OUT = Path(__file__).parent.parent / "bot" / "knowledge" / "sieve.bin"


@dataclass(slots=True)
class Sample:
    """A phrasing as it is learnt from; `group` is held out as one."""

    row: Row
    words: Sequence[str]
    marks: Sequence[str]
    concepts: frozenset[str]
    group: str = ""
    fold: int = 0

    @property
    def ours(self) -> bool:
        return self.row.topic is not None


def samples(index: Index) -> list[Sample]:
    """All phrasings, those read alike once; other questions in groups by what refusal is nearest, ours by likeness."""
    found: dict[tuple[Any, ...], Sample] = {}
    for row in every_row(index):
        look = index.matcher.look(clean(row.text))
        if look.reading.words:
            found.setdefault(
                (row.topic is None, *look.reading.words),
                Sample(row, look.reading.words, look.reading.marks, look.concepts),
            )
    every = list(found.values())
    _group_others([one for one in every if not one.ours], index)
    _group_ours([one for one in every if one.ours])
    _deal(every)
    return every


def _group_others(others: Sequence[Sample], index: Index) -> None:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for one in others:
        one.group = one.row.subject or f"- {one.row.text}"
        votes[one.group][one.group if one.row.refusal else hear(clean(one.row.text), index).refusal] += 1
    for one in others:
        one.group = votes[one.group].most_common(1)[0][0]


def _group_ours(ours: Sequence[Sample]) -> None:
    """Those of one topic that share most of their words are one group."""
    by_topic: dict[str | None, list[tuple[frozenset[str], list[Sample]]]] = defaultdict(list)
    for one in ours:
        words, groups = frozenset(one.words), by_topic[one.row.topic]
        mine: list[Sample] = [one]
        for place in reversed(range(len(groups))):
            if any(_alike(words, frozenset(other.words)) for other in groups[place][1]):
                mine += groups.pop(place)[1]
        groups.append((words, mine))
    for topic, found in by_topic.items():
        for number, (_, members) in enumerate(found):
            for one in members:
                one.group = f"{topic} {number}"


def _alike(left: frozenset[str], right: frozenset[str]) -> bool:
    return len(left & right) >= ALIKE * len(left | right)


def _deal(every: Sequence[Sample]) -> None:
    """Groups into folds, the largest first, each to where there is least of its side."""
    for ours in (True, False):
        sizes = Counter(one.group for one in every if one.ours == ours)
        filled = [0] * FOLDS
        fold_of: dict[str, int] = {}
        for group, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
            fold_of[group] = filled.index(min(filled))
            filled[fold_of[group]] += size
        for one in every:
            if one.ours == ours:
                one.fold = fold_of[one.group]


def heard_apart(every: Sequence[Sample], index: Index) -> list[Heard]:
    """What the matcher makes of each phrasing when it has seen neither it nor its group."""
    facts = facts_of(load(), WRITTEN)
    found: list[Heard | None] = [None] * len(every)
    for fold in range(FOLDS):
        held = {clean(one.row.text).lower() for one in every if one.fold == fold}
        groups = {tuple(one.words) for one in every if one.fold == fold}

        def kept(texts: Iterable[str], held: set[str] = held, groups: Any = groups) -> tuple[str, ...]:
            return tuple(
                text
                for text in texts
                if clean(text).lower() not in held
                and tuple(index.matcher.look(clean(text)).reading.words) not in groups
            )

        articles = [
            replace(one, aliases=kept(one.aliases), keywords=kept(one.keywords)) for one in index.articles.values()
        ]
        apart = build_index(facts, articles=articles, refusals=_refusals_without(kept), sifting=False)
        for place, one in enumerate(every):
            if one.fold == fold:
                found[place] = hear(clean(one.row.text), apart)
        print(f"held out: {fold + 1} of {FOLDS}", flush=True)
    return [one for one in found if one is not None]


def _refusals_without(kept: Callable[[Iterable[str]], tuple[str, ...]]) -> dict[str, Refusal]:
    found = {}
    for kind, one in load_refusals().items():
        phrases = {about: kept(texts) for about, texts in one.phrases.items()}
        found[kind] = one.model_copy(update={"phrases": {about: texts for about, texts in phrases.items() if texts}})
    return found


class Lines:
    """The phrasings as sparse vectors over features that more than one of them has, or that are words."""

    def __init__(self, every: Sequence[Sample]) -> None:
        self.named = [list(names(one.words, one.marks, sorted(one.concepts))) for one in every]
        times = Counter(name for line in self.named for _, name in set(line))
        kinds = {name: kind for line in self.named for kind, name in line}
        self.kept = sorted(name for name, count in times.items() if count >= OFTEN[kinds[name]])
        self.place = {name: place for place, name in enumerate(self.kept)}
        total = log(len(every))
        self.rarity = np.array([_byte(log(len(every) / times[name]) / total) / FULL for name in self.kept])
        self.features: list[np.ndarray] = []
        self.values: list[np.ndarray] = []
        for line in self.named:
            known = np.array([self.place[name] for _, name in line if name in self.place])
            unknown = sum(name not in self.place for _, name in line)
            rarity = self.rarity[known]
            self.features.append(known)
            self.values.append(rarity / np.sqrt((rarity**2).sum() + unknown))

    def gram(self) -> np.ndarray:
        """How alike any two phrasings are."""
        size = len(self.features)
        found = np.full((size, size), CONSTANT, np.float32)
        posted: list[list[tuple[int, float]]] = [[] for _ in self.kept]
        for place, (known, values) in enumerate(zip(self.features, self.values, strict=True)):
            for feature, value in zip(known, values, strict=True):
                posted[feature].append((place, value))
        common = [posting for posting in posted if len(posting) > size // 40]
        dense = np.zeros((size, len(common)), np.float32)
        for column, posting in enumerate(common):
            for place, value in posting:
                dense[place, column] = value
        found += dense @ dense.T
        for posting in posted:
            if 1 < len(posting) <= size // 40 or len(posting) == 1:
                places = np.array([place for place, _ in posting])
                values = np.array([value for _, value in posting], np.float32)
                found[np.ix_(places, places)] += np.outer(values, values)
        return found


def _byte(share: float) -> int:
    return max(0, min(FULL, round(share * FULL)))


def counted(
    lines: Lines, every: Sequence[Sample], topics: Sequence[str], fold: int = -1
) -> dict[str, tuple[int, int, int]]:
    """How often each feature stands in ours and in all, and in which topics (as bits); without a fold."""
    ours: Counter[str] = Counter()
    times: Counter[str] = Counter()
    bits: dict[str, int] = defaultdict(int)
    place = {topic: number for number, topic in enumerate(topics)}
    for line, one in zip(lines.named, every, strict=True):
        if one.fold != fold:
            for _, name in set(line):
                times[name] += 1
                if one.row.topic is not None:
                    ours[name] += 1
                    bits[name] |= 1 << place[one.row.topic]
    return {name: (ours[name], count, bits[name]) for name, count in times.items()}


def known_of(line: Sequence[tuple[int, str]], counts: Mapping[str, tuple[int, int, int]], lines: Lines) -> list[Known]:
    """What would be known of a phrasing's features with these counts."""
    found = []
    for kind, name in line:
        if kind < CONCEPTS:
            ours, times, bits = counts.get(name, (0, 0, 0))
            if times >= OFTEN[kind]:
                rarity = lines.rarity[lines.place[name]]
                found.append(Known(kind, rarity, _byte(ours / (times + 1)) / FULL, bits))
            else:
                found.append(Known(kind, 1.0, 0.0, 0))
    return found


def logistic(signs: np.ndarray, ours: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias for raw signs, by Newton's method on standardised ones."""
    mean, spread = signs.mean(0), signs.std(0) + 1e-6
    design = np.hstack([(signs - mean) / spread, np.ones((len(signs), 1))])
    shrink = np.diag([SHRINK] * signs.shape[1] + [0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(15):
        chance = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (ours - chance) - shrink @ weights
        weights += np.linalg.solve((design * (chance * (1 - chance))[:, None]).T @ design + shrink, slope)
    raw = weights[:-1] / spread
    return raw, float(weights[-1] - raw @ mean)


@dataclass(slots=True)
class Learnt:
    """Everything between the phrasings and the file."""

    every: list[Sample]
    lines: Lines
    topics: list[str]
    answers: np.ndarray
    alphas: np.ndarray
    apart: np.ndarray


def learn(index: Index, every: list[Sample]) -> Learnt:
    lines = Lines(every)
    topics = sorted({one.row.topic for one in every if one.row.topic is not None})
    answers = np.zeros((len(every), len(topics) + 1), np.float32)
    for place, one in enumerate(every):
        answers[place, 0] = 1 if one.ours else -1
        if one.row.topic is not None:
            answers[place, 1 + topics.index(one.row.topic)] = 1
    gram = lines.gram()
    gram[np.diag_indices(len(every))] += RIDGE
    inverse = np.linalg.inv(gram)
    alphas = inverse @ answers
    apart = np.zeros_like(answers)
    for fold in range(FOLDS):
        held = np.array([place for place, one in enumerate(every) if one.fold == fold])
        apart[held] = answers[held] - np.linalg.solve(inverse[np.ix_(held, held)], alphas[held])
    return Learnt(every, lines, topics, answers, alphas, apart)


def ranked(heard: Heard, index: Index, sifted: Sifted, topics: Sequence[str]) -> str:
    """The topic that the judge would take."""
    best: dict[str, float] = {}
    for item, score in zip(index.matcher.classes, heard.scores, strict=False):
        if item.scope:
            gain = sifted.topics[topics.index(item.group)] if item.group in topics else 0.0
            best[item.group] = max(best.get(item.group, float("-inf")), score + TOPIC_COUNTS * gain)
    return max(best, key=lambda topic: best[topic])


def signs_apart(learnt: Learnt, heard: Sequence[Heard], index: Index) -> tuple[np.ndarray, list[str]]:
    """The signs of each phrasing as if it had not been learnt, and its likeliest topic."""
    found, best = [], []
    counts = {fold: counted(learnt.lines, learnt.every, learnt.topics, fold) for fold in range(FOLDS)}
    for place, one in enumerate(learnt.every):
        row = learnt.apart[place]
        known = known_of(learnt.lines.named[place], counts[one.fold], learnt.lines)
        sifted = Sifted(float(row[0]), [float(value) for value in row[1:]], known)
        topic = ranked(heard[place], index, sifted, learnt.topics)
        best.append(topic)
        found.append(signs(heard[place].look, heard[place].weighed, sifted, learnt.topics.index(topic)))
    return np.array(found), best


def figures(learnt: Learnt, heard: Sequence[Heard], index: Index, found: np.ndarray, best: Sequence[str]) -> np.ndarray:
    """Prints what would be answered at several bars, each fold judged by what was learnt from the others."""
    every = learnt.every
    ours = np.array([one.ours for one in every])
    counting = np.array([one.row.style != "keyword" for one in every])
    folds = np.array([one.fold for one in every])
    chance = np.zeros(len(every))
    for fold in range(FOLDS):
        apart = (folds != fold) & counting
        weights, bias = logistic(found[apart], ours[apart].astype(float))
        chance[folds == fold] = 1 / (1 + np.exp(-(found[folds == fold] @ weights + bias)))
    stopped = np.array(
        [
            index.scope.guard(
                one.look.concepts, len(one.look.reading.words), index.names.in_text(clean(sample.row.text))
            )
            is not None
            for one, sample in zip(heard, every, strict=True)
        ]
    )
    right = np.array([topic == one.row.topic for topic, one in zip(best, every, strict=True)])
    asked, party = ours & counting, np.array([one.group.startswith("party") for one in every])
    print(f"{asked.sum()} ours, {(~ours).sum()} others in {len({o.group for o in every if not o.ours})} subjects")
    for bar in (0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
        told = (chance >= bar) & ~stopped
        print(
            f"bar {bar}: answered {told[asked].mean():.3f}, on the topic {(told & right)[asked].mean():.3f};"
            f" others {told[~ours].mean():.4f}, of these not on party matters {told[~ours & ~party].mean():.4f}"
        )
    return chance


def write(learnt: Learnt, weights: np.ndarray, bias: float) -> int:
    """The file; how many bytes it has."""
    from zlib import crc32

    lines = learnt.lines
    table = np.zeros((len(lines.kept), len(learnt.topics) + 1))
    for known, values, alpha in zip(lines.features, lines.values, learnt.alphas, strict=True):
        table[known] += values[:, None] * alpha[None, :]
    counts = counted(lines, learnt.every, learnt.topics)
    order = sorted(range(len(lines.kept)), key=lambda place: crc32(lines.kept[place].encode()))
    sums = [crc32(lines.kept[place].encode()) for place in order]
    assert len(set(sums)) == len(sums), "two features have one checksum"
    scale, topic_scale = np.abs(table[:, 0]).max() / 127, np.abs(table[:, 1:]).max() / 127
    arrays: dict[str, list[int]] = {name: [] for name in ("rarity", "ours", "topics", "weight", "which", "values")}
    starts = [0]
    for place in order:
        ours, times, bits = counts[lines.kept[place]]
        arrays["rarity"].append(round(lines.rarity[place] * FULL))
        arrays["ours"].append(_byte(ours / (times + 1)))
        arrays["topics"].append(bits)
        arrays["weight"].append(round(table[place, 0] / scale))
        for topic, value in enumerate(table[place, 1:]):
            number = round(value / topic_scale)
            if abs(value) >= LEAST and abs(value) * lines.rarity[place] >= LEAST_SAID and number:
                arrays["which"].append(topic)
                arrays["values"].append(number)
        starts.append(len(arrays["which"]))
    head = {
        "digest": digest(),
        "topics": learnt.topics,
        "signs": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "base": round(float(CONSTANT * learnt.alphas[:, 0].sum()), 5),
        "scale": float(f"{scale:.6g}"),
        "topic_scale": float(f"{topic_scale:.6g}"),
    }
    data = packed(head, {"sums": sums, "starts": starts, **arrays})
    OUT.write_bytes(data)
    return len(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="only the figures; writes nothing")
    parser.add_argument("--keep", type=Path, help="keeps what takes long in this file, or takes it from there")
    options = parser.parse_args()
    index = build_index(facts_of(load(), WRITTEN), sifting=False)
    every = samples(index)
    if options.keep and options.keep.exists():
        heard = pickle.loads(options.keep.read_bytes())  # noqa: S301
    else:
        heard = heard_apart(every, index)
        if options.keep:
            options.keep.write_bytes(pickle.dumps(heard))
    learnt = learn(index, every)
    found, best = signs_apart(learnt, heard, index)
    figures(learnt, heard, index, found, best)
    counting = np.array([one.row.style != "keyword" for one in every])
    weights, bias = logistic(found[counting], np.array([one.ours for one in every])[counting].astype(float))
    if not options.dry:
        print(f"{OUT.name}: {write(learnt, weights, bias)} bytes, {len(learnt.lines.kept)} features")


if __name__ == "__main__":
    main()
