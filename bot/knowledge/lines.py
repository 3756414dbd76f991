"""Answers as JSON: one question a line in, one line out."""

import json
import sys
from datetime import date
from typing import Any

from bot.knowledge.answer import Answer, answer
from bot.knowledge.facts import facts_of
from bot.knowledge.index import Index, build_index
from bot.rules.book import load


def answer_line(question: str, index: Index) -> dict[str, Any]:
    """One answer in the form that `chibot ask --json` prints."""
    return line_of(question, answer(question, index))


def line_of(question: str, found: Answer) -> dict[str, Any]:
    """An answer in the form that `chibot ask --json` prints."""
    return {
        "question": question,
        "answered": found.answered,
        "topic": found.topic,
        "text": found.text,
        "citations": [
            {"number": item.number, "date": item.date.isoformat(), "article": item.article} for item in found.citations
        ],
        "confidence": found.confidence,
        "suggestions": list(found.suggestions),
    }


def main() -> None:
    """Answers the questions on stdin by the newest rules, one JSON a line."""
    index = build_index(facts_of(load(), date.max))
    for line in sys.stdin:
        if line.strip():
            sys.stdout.write(json.dumps(answer_line(line.strip(), index), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
