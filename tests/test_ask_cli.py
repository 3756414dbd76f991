"""`chibot ask` and `chibot answers`: one answer, a batch, and what the office has taught."""

import asyncio
import json
from datetime import UTC, date, datetime

from bot.knowledge.articles import Source, read_article
from bot.knowledge.taught import Written
from storage import lessons, people, questions
from storage.database import connect
from tests.terminal import Terminal

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
UNKNOWN = "bao giờ tổ chức liên hoan văn nghệ chào xuân"


async def teach(terminal: Terminal) -> None:
    """The office writes an answer, and links a wording to a topic."""
    database = await connect(f"sqlite+aiosqlite:///{terminal.database}")

    def work(connection: object) -> None:
        me = people.add(connection, "Trần Văn Viết")  # type: ignore[arg-type]
        for text in (UNKNOWN, "tầm tuổi nào còn kịp nhỉ"):
            questions.gather(connection, NOW, text)  # type: ignore[arg-type]
        first, second = sorted(questions.waiting(connection), key=lambda q: q.id)  # type: ignore[arg-type]
        source = Source(number="12-KH/ĐU", date=date(2026, 11, 3), article="mục 2")
        written = Written("office_0", "Liên hoan chào xuân", "Buổi liên hoan do công đoàn tổ chức.", source, NOW.date())
        lessons.approve(connection, NOW, me, [first], written)  # type: ignore[arg-type]
        lessons.link(connection, NOW, me, [second], "age")  # type: ignore[arg-type]

    await database.write(work)
    await database.close()


def test_a_question_is_answered_without_a_database_and_makes_none(terminal: Terminal) -> None:
    ran = terminal.run("ask", "dv du bi co duoc bo phieu ko", "--json")
    assert ran.code == 0
    said = ran.json
    assert set(said) == {"question", "answered", "topic", "text", "citations", "confidence", "suggestions"}
    assert said["answered"] is True
    assert said["topic"] == "probation_rights"
    assert said["citations"][0] == {"number": "Điều lệ Đảng (2011)", "date": "2011-01-19", "article": "Điều 3"}
    assert 0 < said["confidence"] <= 1
    assert not terminal.database.exists()


async def test_a_number_that_the_office_has_switched_on_is_told(terminal: Terminal) -> None:
    await asyncio.to_thread(terminal.set_up)
    version = "{from: 2026-11-01, start: admission_decided, amount: 33, unit: working_days, mark: quiz, "
    version += "document: qd_208_2026}"
    (terminal.folder / "changed.yaml").write_text(f"deadlines: {{ceremony: {{versions: [{version}]}}}}", "utf-8")
    await asyncio.to_thread(terminal.run, "rules", "replay", "--changes", "changed.yaml", "--apply")
    ran = await asyncio.to_thread(terminal.run, "ask", "có quyết định rồi bao lâu phải làm lễ kết nạp", "--json")
    assert "33 ngày làm việc" in ran.json["text"]


def test_words_for_a_person_give_the_source(terminal: Terminal) -> None:
    ran = terminal.run("ask", "dv du bi co duoc bo phieu ko")
    assert ran.code == 0
    assert "[Điều lệ Đảng (2011), 19/01/2011, Điều 3]" in ran.out


def test_a_batch_is_answered_line_by_line(terminal: Terminal) -> None:
    typed = "bao nhieu tuoi thi duoc vao dang\n\n  giá vàng hôm nay bao nhiêu  \n"
    ran = terminal.run("ask", "--json", "-", typed=typed)
    first, second = [json.loads(line) for line in ran.out.splitlines()]
    assert (first["answered"], first["topic"]) == (True, "age")
    assert second["question"] == "giá vàng hôm nay bao nhiêu"
    assert (second["answered"], second["topic"], second["citations"]) == (False, None, [])


def test_what_cannot_be_asked_is_one_sentence(terminal: Terminal) -> None:
    for words in (("ask",), ("ask", " "), ("ask", "-"), ("answers",)):
        refused = terminal.run(*words)
        assert refused.code == 2
        assert refused.sentence
        assert refused.out == ""


def test_a_database_that_is_none_is_one_sentence(terminal: Terminal) -> None:
    terminal.database.write_bytes(b"no database" * 100)
    refused = terminal.run("ask", "bao nhieu tuoi thi duoc vao dang")
    assert refused.code == 1
    assert "doctor" in refused.sentence


async def test_the_office_s_answers_count_and_can_be_exported(terminal: Terminal) -> None:
    await asyncio.to_thread(terminal.set_up)
    await teach(terminal)
    said = (await asyncio.to_thread(terminal.run, "ask", "--json", UNKNOWN)).json
    assert (said["topic"], said["confidence"]) == ("office_1", 1.0)
    assert "công đoàn" in said["text"]
    assert said["citations"] == [{"number": "12-KH/ĐU", "date": "2026-11-03", "article": "mục 2"}]
    linked = (await asyncio.to_thread(terminal.run, "ask", "--json", "Tầm tuổi nào còn kịp nhỉ?")).json
    assert linked["topic"] == "age"
    made = await asyncio.to_thread(terminal.run, "answers", "export", "ra/day", "--json")
    assert made.json["files"] == ["office_1.md", "phrasings.yaml"]
    content = (terminal.folder / "ra/day/office_1.md").read_text(encoding="utf-8")
    assert read_article("office_1", content).aliases == (UNKNOWN,)
    assert "tầm tuổi nào" in (terminal.folder / "ra/day/phrasings.yaml").read_text(encoding="utf-8")


def test_where_nothing_was_taught_nothing_is_written(terminal: Terminal) -> None:
    ran = terminal.run("answers", "export", "ra")
    assert ran.code == 0
    assert not (terminal.folder / "ra").exists()
