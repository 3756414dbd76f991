"""Getting in: codes, links and phone numbers; and how little somebody learns who has none."""

from datetime import timedelta

import pytest

from bot.chat import Address, Message
from storage import history, invitations, people
from tests.office import Office


def text(message: Message | None) -> str:
    assert message is not None
    return message.text


@pytest.mark.parametrize(
    "typed", ["{code}", "/start {code}", "/START {code}", "{code_small}", "{code_spaced}", "/start {code_plain}"]
)
async def test_a_code_lets_in_however_it_is_typed(office: Office, typed: str) -> None:
    code = await office.invite("Lê Thị Hai")
    plain = code.replace("-", "")
    words = typed.format(code=code, code_small=code.lower(), code_spaced=code.replace("-", " "), code_plain=plain)
    joined = text(await office.phone("máy mới").says(words))
    assert "Chào đồng chí <b>Lê Thị Hai</b>" in joined
    assert "2 quần chúng" in joined


async def test_a_code_is_used_once(office: Office) -> None:
    code = await office.invite("Lê Thị Hai")
    assert "Lê Thị Hai" in text(await office.phone("máy mới").says(code))
    assert "không dùng được" in text(await office.phone("máy khác").says(code))
    assert (await office.do(lambda c: people.at(c, Address("test", "máy khác")))) is None


async def test_the_own_link_pressed_again_only_greets(office: Office) -> None:
    code = await office.invite("Lê Thị Hai")
    phone = office.phone("máy mới")
    await phone.says(f"/start {code}")
    for _ in range(12):
        assert "Chào đồng chí <b>Lê Thị Hai</b>" in text(await phone.says(f"/start {code}"))


async def test_a_code_ends_after_its_seven_days_to_the_minute(office: Office) -> None:
    early, late = await office.invite("Lê Thị Hai"), await office.invite("Bùi Văn Ba")
    office.passes(days=6, hours=23, minutes=59)
    assert "Lê Thị Hai" in text(await office.phone("máy A").says(early))
    office.passes(minutes=1)
    assert "không dùng được" in text(await office.phone("máy B").says(late))


async def test_a_revoked_and_a_replaced_code_let_nobody_in(office: Office) -> None:
    replaced = await office.invite("Lê Thị Hai")
    revoked = await office.invite("Lê Thị Hai")
    await office.do(lambda c: invitations.revoke(c, office.now, office.person["Lê Thị Hai"], None))
    for code in (replaced, revoked):
        assert "không dùng được" in text(await office.phone("máy mới").says(code))


async def test_a_code_for_somebody_who_has_left_lets_nobody_in(office: Office) -> None:
    from storage import roles

    code = await office.invite("Bùi Văn Ba")
    await office.do(lambda c: roles.leave(c, office.now, None, office.person["Bùi Văn Ba"], office.now.date()))
    assert "không dùng được" in text(await office.phone("máy mới").says(code))


async def test_ten_wrong_codes_in_a_minute_and_then_silence_even_for_a_right_one(office: Office) -> None:
    right = await office.invite("Lê Thị Hai")
    guesser = office.phone("người dò")
    answers = [await guesser.says(f"/start AAAA-AA{number:02d}") for number in range(22, 34)]
    assert [answer is not None for answer in answers] == [True] * 10 + [False] * 2
    assert await guesser.says(right) is None
    assert await guesser.shares("0912345678") is None
    office.passes(minutes=1)
    assert "Lê Thị Hai" in text(await guesser.says(right))


async def test_one_guesser_does_not_silence_another_phone(office: Office) -> None:
    right = await office.invite("Lê Thị Hai")
    for number in range(22, 40):
        await office.phone("người dò").says(f"AAAA-AA{number:02d}")
    assert "Lê Thị Hai" in text(await office.phone("máy mới").says(right))


async def test_wrong_numbers_and_wrong_codes_are_counted_together(office: Office) -> None:
    guesser = office.phone("người dò")
    for number in range(5):
        assert await guesser.shares(f"09888888{number:02d}") is not None
        assert await guesser.says(f"AAAA-AA{number + 22:02d}") is not None
    assert await guesser.says("AAAA-AAAA") is None


@pytest.mark.parametrize("phone", ["0912345678", "+84912345678", "84 912 345 678", "0912.345.678"])
async def test_the_own_number_shared_by_its_owner_lets_in(office: Office, phone: str) -> None:
    joined = text(await office.phone("máy mới").shares(phone))
    assert "Chào đồng chí <b>Lê Thị Hai</b>" in joined
    entries = await office.do(lambda c: history.of(c, f"person:{office.person['Lê Thị Hai']}"))
    assert entries[-1].action == "person.join"
    assert entries[-1].after == {"channel": "test", "by": "phone"}


async def test_somebody_else_s_contact_lets_nobody_in(office: Office) -> None:
    stranger = office.phone("khách")
    assert "không dùng và không lưu" in text(await stranger.sends("foreign_contact"))
    assert (await office.do(lambda c: people.at(c, Address("test", "khách")))) is None


async def test_a_number_typed_as_text_is_no_proof_of_owning_it(office: Office) -> None:
    stranger = office.phone("khách")
    await stranger.says("0912345678")
    assert (await office.do(lambda c: people.at(c, Address("test", "khách")))) is None


async def test_a_stranger_reads_the_same_whether_something_exists_or_not(office: Office) -> None:
    used = await office.invite("Lê Thị Hai")
    await office.phone("máy mới").says(used)
    ended = await office.invite("Bùi Văn Ba")
    office.passes(days=8)
    pairs = [
        (used, "ZZZZ-ZZ22"),
        (ended, "ZZZZ-ZZ23"),
        ("/hoso QC-0001", "/hoso QC-9999"),
        ("/nguon Lan", "/nguon Không Ai"),
        (f"/moi {office.person['Lê Thị Hai']}", "/moi 98765"),
        ("/moi Lê Thị Hai", "/moi Không Ai"),
        (f"/donvi {office.unit['B1'].id}", "/donvi 98765"),
        (f"/vai {office.unit['B1'].id}", "/vai 98765"),
        (f"/sapxep {office.unit['B1'].id} close", "/sapxep 98765 close"),
        ("Lê Thị Hai", "Lê Thị Khống"),
        ("chị Lan còn thiếu gì?", "chị Huệ còn thiếu gì?"),
        ("QC-0001 bao giờ hết hạn?", "QC-9999 bao giờ hết hạn?"),
    ]
    for existing, missing in pairs:
        first = await office.phone("khách 1").says(existing)
        second = await office.phone("khách 2").says(missing)
        assert first is not None
        assert second is not None
        assert (first.text, first.buttons) == (second.text, second.buttons), existing


async def test_a_phone_that_passes_to_another_person_leaves_the_first(office: Office) -> None:
    code = await office.invite("Bùi Văn Ba")
    phone = office.phone("Lê Thị Hai")
    assert "Bùi Văn Ba" in text(await phone.says(code))
    assert "Bùi Văn Ba" in text(await phone.says("/toi"))
    left = await office.do(lambda c: people.reachable_at(c, office.person["Lê Thị Hai"]))
    assert left == []


async def test_a_redelivered_code_is_answered_and_used_once(office: Office) -> None:
    code = await office.invite("Lê Thị Hai")
    phone = office.phone("máy mới")
    assert "Lê Thị Hai" in text(await phone.says(f"/start {code}", id="update 7"))
    assert await phone.says(f"/start {code}", id="update 7") is None
    linked = await office.do(lambda c: people.chats_of(c, office.person["Lê Thị Hai"]))
    assert len(linked) == 2


async def test_the_count_of_wrong_codes_is_forgotten_after_an_hour(office: Office) -> None:
    await office.phone("khách").says("AAAA-AAAA")
    office.passes(minutes=62)
    await office.phone("khách khác").says("AAAA-AAAA")
    kept = await office.do(lambda c: c.exec_driver_sql("SELECT sender FROM attempts").scalars().all())
    assert list(kept) == ["test:khách khác"]


async def test_codes_are_of_letters_that_are_read_aloud_and_never_repeat(office: Office) -> None:
    def make(connection: object) -> list[str]:
        me = office.person["Lê Thị Hai"]
        return [invitations.make(connection, office.now, me, None, timedelta(hours=1)).code for _ in range(200)]  # type: ignore[arg-type]

    codes = await office.do(make)
    assert len(set(codes)) == 200
    assert all(invitations.looks_like_one(code) and not set(code) & set("01ILOU") for code in codes)
