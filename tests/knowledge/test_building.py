"""The index is built in a process of its own, and is the same one."""

from datetime import date

from bot.knowledge.articles import Facts, Source
from bot.knowledge.building import built
from bot.knowledge.taught import Lessons, Written, know

ASKED = ("bao nhieu tuoi thi duoc ket nap", "lich truc van phong the nao", "hom nay an gi", "hs ket nap gom nhg gi")
SOURCE = Source(number="05-QC/ĐU", date=date(2026, 1, 5), article="3")
OWN = Written("lich-truc", "Lịch trực", "Văn phòng trực sáng thứ Bảy hằng tuần.", SOURCE, date(2026, 11, 1))
LESSONS = Lessons(3, (OWN,), (("lich-truc", "lịch trực văn phòng thế nào"),))


def test_an_index_from_the_other_process_answers_as_one_that_is_built_here(facts: Facts) -> None:
    here, there = know(LESSONS, facts), built(LESSONS, facts)
    assert (there.version, there.facts) == (3, facts)
    assert [there.answer(question) for question in ASKED] == [here.answer(question) for question in ASKED]
    assert there.answer(ASKED[1]).articles == ("lich-truc",)
