"""The sieve: it belongs to the phrasings that are shipped, and what it says of a question is steady."""

import pytest

from benchmarks.phrasings import digest
from bot.knowledge.answer import answer
from bot.knowledge.index import Index
from bot.knowledge.judge import judge
from bot.knowledge.sieve import Sieve, load_sieve, packed, unpacked


@pytest.fixture(scope="session")
def sieve() -> Sieve:
    found = load_sieve()
    assert found is not None
    return found


def test_the_sieve_was_learnt_from_the_phrasings_that_are_here(sieve: Sieve) -> None:
    assert sieve.head["digest"] == digest(), "phrasings have changed since: run `make sieve`"


def test_the_sieve_knows_every_topic_of_the_articles(sieve: Sieve, index: Index) -> None:
    assert set(sieve.topics) == set(index.topics)


def test_a_sieve_packed_and_unpacked_says_the_same(sieve: Sieve) -> None:
    arrays = {name: getattr(sieve, f"_{name}") for name in ("sums", "rarity", "ours", "topics", "weight", "starts")}
    arrays |= {"which": sieve._which, "values": sieve._values}
    again = unpacked(packed(sieve.head, arrays))
    words = ["bao", "nhieu", "tuoi", "thi", "vao", "dang"]
    marks = [""] * len(words)
    assert again.sift(words, marks, {"join", "age"}) == sieve.sift(words, marks, {"join", "age"})


def test_a_question_of_ours_is_likelier_than_one_with_our_words_about_something_else(index: Index) -> None:
    ours = judge("giấy chứng nhận học lớp cảm tình đảng có hạn bao lâu", index)
    other = judge("giấy chứng nhận đăng ký kết hôn có hạn bao lâu", index)
    assert ours.likely is not None and other.likely is not None
    assert ours.likely > 0.9 > 0.2 > other.likely


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("em Lan được chi bộ phân công tôi giúp đỡ, việc của tôi là gì", "helper_duties"),
        ("anh Tuấn chuyển công tác rồi thì ai giới thiệu thay", "recommender_change"),
        ("chị Hoa lấy chồng Hàn Quốc có được vào đảng không", "foreign_spouse"),
        ("anh Dũng bị xóa tên năm ngoái thì bao lâu được kết nạp lại", "readmission"),
    ],
)
def test_a_rule_asked_for_with_somebodys_name_is_told(question: str, topic: str, index: Index) -> None:
    assert answer(question, index).topic == topic


@pytest.mark.parametrize(
    "question",
    [
        "anh Tuấn còn thiếu gì",
        "chị Lan đã nộp đơn chưa",
        "bố anh Cường làm gì trước 1975",
        "anh Tuấn có đủ điều kiện vào đảng không",
        "lý lịch của anh Tuấn thẩm tra tới đâu rồi",
        "QC-0007 thẩm tra xong chưa",
        "QC-0012 bao giờ được kết nạp",
        "đồng chí Lan được mấy phiếu",
    ],
)
def test_what_is_known_of_somebody_is_not_told(question: str, index: Index) -> None:
    assert answer(question, index).refusal == "privacy"
