"""Answers beside a plain BM25 (SQLite FTS5 on folded text) over the same articles, in one run, and 50 people at once.

usage: python -m benchmarks.answers [--json]
"""

import argparse
import asyncio
import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

from bot.knowledge.answer import answer
from bot.knowledge.facts import facts_of
from bot.knowledge.index import Index, build_index
from bot.rules.book import load
from bot.vietnamese.fold import fold

PHRASINGS = Path(__file__).parent.parent / "tests" / "knowledge" / "phrasings"
IN_SCOPE = ("fresh", "last", "telex", "typos", "no_diacritics")
PEOPLE = 50
EACH = 20


def rows(style: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (PHRASINGS / f"{style}.jsonl").read_text("utf-8").splitlines()]


def plain_search(index: Index) -> sqlite3.Connection:
    """One row an article: title, phrasings, keywords and text, folded."""
    found = sqlite3.connect(":memory:")
    found.execute("create virtual table articles using fts5(topic unindexed, body)")
    for article in index.articles.values():
        body = " ".join((article.title, *article.aliases, *article.keywords, article.text))
        found.execute("insert into articles values (?, ?)", (article.topic, fold(body)))
    return found


def search(database: sqlite3.Connection, question: str) -> str | None:
    words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", fold(question)))
    if not words:
        return None
    query = "select topic from articles where articles match ? order by bm25(articles) limit 1"
    row = database.execute(query, (words,)).fetchone()
    return row[0] if row else None


def seconds_each(ask: Callable[[str], object], questions: Iterable[str], rounds: int = 3) -> float:
    """The best of some rounds, in seconds a question."""
    asked = list(questions)
    best = float("inf")
    for _ in range(rounds):
        fold.cache_clear()
        began = time.perf_counter()
        for question in asked:
            ask(question)
        best = min(best, (time.perf_counter() - began) / len(asked))
    return best


async def many_people(ask: Callable[[str], object], questions: list[str]) -> list[float]:
    """How long each of 50 people waits who ask one after the other, all at once, in one event loop; seconds."""
    waits: list[float] = []

    async def person(number: int) -> None:
        for turn in range(EACH):
            question = questions[(number * 37 + turn * 11) % len(questions)]
            began = time.perf_counter()
            await asyncio.sleep(0)
            ask(question)
            waits.append(time.perf_counter() - began)

    await asyncio.gather(*(person(number) for number in range(PEOPLE)))
    return waits


def measure() -> dict[str, float]:
    began = time.perf_counter()
    index = build_index(facts_of(load(), date.max))
    built = time.perf_counter() - began
    database = plain_search(index)
    asked = [row for style in IN_SCOPE for row in rows(style)]
    questions = [row["question"] for row in asked]
    elsewhere = [row["question"] for file in sorted(PHRASINGS.glob("out_of_scope*.jsonl")) for row in rows(file.stem)]
    ours = seconds_each(lambda question: answer(question, index), questions)
    plain = seconds_each(lambda question: search(database, question), questions)
    waits = asyncio.run(many_people(lambda question: answer(question, index), questions + elsewhere))
    told = [answer(question, index) for question in questions]
    return {
        "index_built_s": round(built, 3),
        "questions": len(questions),
        "right": round(sum(one.topic == row["topic"] for one, row in zip(told, asked, strict=True)) / len(asked), 4),
        "right_bm25": round(sum(search(database, row["question"]) == row["topic"] for row in asked) / len(asked), 4),
        "other_things": len(elsewhere),
        "other_things_answered": round(sum(answer(one, index).answered for one in elsewhere) / len(elsewhere), 4),
        "other_things_answered_bm25": round(sum(bool(search(database, one)) for one in elsewhere) / len(elsewhere), 4),
        "answers_per_second": round(1 / ours),
        "answers_per_second_bm25": round(1 / plain),
        "times_bm25": round(ours / plain, 2),
        "people": PEOPLE,
        "p50_ms": round(quantiles(waits, n=100)[49] * 1000, 2),
        "p99_ms": round(quantiles(waits, n=100)[98] * 1000, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    found = measure()
    if parser.parse_args().json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
