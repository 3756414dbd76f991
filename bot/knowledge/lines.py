"""Answers as JSON."""

from typing import Any

from bot.knowledge.answer import Answer


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
