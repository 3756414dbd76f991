"""A ward's report in plain values, made for tests."""

from datetime import date
from typing import Any

from bot.reports.paper import (
    Breakdown,
    Count,
    Evidence,
    Issuer,
    Measure,
    Paper,
    PaperKind,
    Part,
    Seating,
    SeatsRow,
    Survey,
    Surveyed,
    UnitRow,
)
from bot.rules.periods import Period

YEAR = Period("year", 2026)
WARD = Issuer("Phường Thử Nghiệm", "committee", "Tỉnh ủy Mẫu", "province", "Phường Thử Nghiệm")
BRANCH = Issuer("Chi bộ Tổ dân phố 1", "branch", "Phường Thử Nghiệm", "committee", "Phường Thử Nghiệm")
FIGURES = ("admitted", "new_sources", "proposals", "recognised", "exits", "contacts", "sources", "overdue", "silent")


def row(number: int) -> UnitRow:
    figures: dict[str, int | None] = {slug: number + place for place, slug in enumerate(FIGURES)}
    figures |= {"admitted": number % 3, "admitted_target": 1 if number % 2 else None, "contacts": 1000 + number}
    return UnitRow(f"TDP{number}", f"Chi bộ Tổ dân phố {number}", figures, handed_in=number % 2 == 0)


def ward(branches: int = 14, kind: PaperKind = "yearly", **more: Any) -> Paper:
    """The third seed's new members: 38 of them, 28 in the youth union."""
    rows = tuple(row(number) for number in range(1, branches + 1))
    sums = {slug: sum(one.figures[slug] or 0 for one in rows) for slug in FIGURES}
    measures = tuple(Measure(slug, sums[slug] + (slug == "sources"), sums[slug] - 2) for slug in FIGURES)
    breakdowns = (
        Breakdown("group", 38, 1204, (("đoàn viên", 28, 600), ("giáo viên", 18, 90), ("người có đạo", 1, 12))),
        Breakdown("education", 38, 1204, (("trung học phổ thông", 35, 1000), ("chưa rõ", 3, 204))),
    )
    evidence = tuple(
        Evidence(r.code, r.name, {**r.figures, "committed_admissions": 1}, date(2026, 1, 15)) for r in rows
    )
    values: dict[str, Any] = {
        "measures": measures,
        "stages": (Count("Đưa vào danh sách nguồn", 20), Count("Thẩm tra lý lịch", 11)),
        "rows": rows,
        "breakdowns": breakdowns,
        "parts": (
            Part("strengths", "Phân công rõ người.\nSinh hoạt đều."),
            Part("causes"),
            Part("measures", "Rà soát."),
        ),
        "evidence": evidence,
        "introduced": (("Đoàn Thanh niên", 20, 4), ("Công đoàn", 10, 1)),
        "seating": Seating(
            (
                SeatsRow("Trưởng thôn, tổ trưởng dân phố", 9, 9, 4),
                SeatsRow("Cộng cơ động và tại chỗ", 50, 48, 19),
            ),
            9,
            14,
            date(2026, 11, 20),
        ),
        "survey": Survey(Surveyed(20, 31, 5, 12, quarter="2026-Q4"), Surveyed(18, 30, 4, 11, quarter="2026-Q3"), 14),
        **more,
    }
    return Paper(kind, YEAR, WARD, date(2026, 11, 20), **values)
