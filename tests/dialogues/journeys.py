"""How tests walk a case along its steps over the chat, as the secretary and the office do it."""

from datetime import datetime

from sqlalchemy import Connection

from bot.chat import Message
from bot.rules.facts import CaseFacts
from storage import admission, candidates
from storage.candidates import Case
from tests.office import ZONE, Office, Phone

HELPER, SECRETARY, CLERK = "Lê Thị Hai", "Lê Thị Bí", "Trần Văn Phòng"
CODE = "QC-0001"
LINE = "14 chính thức, 12 có mặt, phát 12, thu 12, hợp lệ 12, tán thành 11"


def text(message: Message | None) -> str:
    """What was answered; a test fails where there was no answer."""
    assert message is not None
    return message.text


def case(connection: Connection, code: str = CODE) -> Case:
    """The case as it is stored."""
    found = candidates.by_code(connection, code)
    assert found
    return found


async def facts_of(office: Office, code: str = CODE) -> CaseFacts:
    """What is known of a case."""
    found = await office.do(lambda c: admission.facts_of(c, case(c, code)))
    assert isinstance(found, CaseFacts)
    return found


async def step_of(office: Office, code: str = CODE) -> str:
    """Where a case stands."""
    return (await facts_of(office, code)).step


async def records(phone: Phone, step: str, *answers: str, code: str = CODE) -> str:
    """Records a step: the day and the other questions in order; "=..." presses a button; saves; gives the answer."""
    said = await phone.says(f"/buoc {code} {step}")
    if any(button.label in ("Ghi bước này", "Nhập ngày khác") for row in phone.last.buttons for button in row):
        said = await phone.says(f"/buoc {code} {step} ngay")
    return await fills(phone, *answers) if answers else text(said)


async def fills(phone: Phone, *answers: str) -> str:
    """Answers the open questions one after the other, then saves."""
    for answer in answers:
        await (phone.presses(answer[1:]) if answer.startswith("=") else phone.says(answer))
    return text(await phone.presses("Lưu"))


async def confirms(office: Office) -> str:
    """The office presses the button under the notice that came last."""
    clerk = office.phone(CLERK)
    return text(await clerk.presses("Xác nhận"))


def at(office: Office, day: str) -> None:
    """Moves the office clock to the morning of a day, written dd/mm/yyyy."""
    office.now = datetime.strptime(day, "%d/%m/%Y").replace(hour=9, tzinfo=ZONE)


async def supplements(phone: Phone, code: str = CODE) -> None:
    """What the branch knows of somebody in order, which no step records."""
    await phone.says(f"/bosung {code} born")
    await fills(phone, "02/04/2000")
    await phone.says(f"/bosung {code} education")
    await fills(phone, "=Đại học")
    await phone.says(f"/bosung {code} youth")
    await fills(phone, "=Có", "=Có")
    await phone.says(f"/bosung {code} recommender")
    await fills(phone, "=Ban chấp hành Đoàn")
    await phone.says(f"/bosung {code} recommender")
    await fills(phone, "=Đảng viên chính thức", "01/02/2020", "=Không")


async def to_application(office: Office, code: str = CODE) -> None:
    """From the list of candidates to the point where the application may be written."""
    secretary = office.phone(SECRETARY)
    await records(secretary, "assign_helper", "=Hôm nay", "-", code=code)
    await records(secretary, "awareness_class", "=Hôm nay", "-", "-", "-", code=code)
    office.passes(days=20)
    await secretary.says(f"/bosung {code} papers")
    await fills(secretary, "=Hôm nay", "-", "-")
    await records(secretary, "procedure_approved", "=Hôm nay", "30-TB/ĐU", "=Hôm nay", code=code)
    await confirms(office)


async def to_vote(office: Office, code: str = CODE) -> None:
    """From there to the meeting of the branch, with everything in order."""
    secretary = office.phone(SECRETARY)
    await to_application(office, code)
    await records(secretary, "application", "=Hôm nay", code=code)
    await records(secretary, "cv", "=Hôm nay", code=code)
    office.passes(days=1)
    await records(secretary, "vetting", "=Hôm nay", "15-CV/ĐU", "1", code=code)
    await secretary.says(f"/thamtra {code} them")
    await fills(secretary, "xã Hải Lăng", "=Trong nước", "=Hôm nay", "-", "=Đảng viên được cử đi", "=Không", "-")
    await secretary.says(f"/thamtra {code} nhan 1")
    await fills(secretary, "=Hôm nay")
    office.passes(days=10)
    await secretary.says(f"/thamtra {code} co 1")
    await fills(secretary, "=Hôm nay")
    await records(secretary, "opinions", "=Hôm nay", "30", "30", "12", "12", code=code)
    await records(secretary, "recommendation", "=Hôm nay", "-", "-", "-", "=Hôm nay", code=code)
    await supplements(secretary, code)
