"""A report as an .xlsx: one sheet a table; sums, shares and differences are worked out by the program that opens it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.reports.grid import CHANGE, DAY, NOTHING, SHARE, TOP, Column, Formula, Grid, at, packed, share, sums
from bot.reports.paper import Paper, Seating
from bot.reports.wording import about, dated, issuing, words

# Figures that are added up over the units below; the others are the unit's own.
SUMMED = ("admitted", "new_sources", "proposals", "recognised", "exits", "contacts", "sources", "overdue", "silent")
TARGETS = {"admitted": "admitted_target", "new_sources": "sources_target"}
# Where the figures of a unit begin: after its number, code and name.
FIRST = 4


def spreadsheet(paper: Paper) -> bytes:
    """The whole workbook."""
    grids = []
    if paper.kind != "composition":
        grids += [_figures(paper), *([_units(paper)] if paper.rows else []), _stages(paper)]
    grids += [_composition(paper)] if paper.breakdowns else []
    grids += [_seating(paper.seating)] if paper.seating else []
    grids += [_evidence(paper)] if paper.evidence else []
    grids += [_introduced(paper)] if paper.introduced else []
    when = dated(paper) if paper.dated else f"{words()['draft'].capitalize()}, {paper.on:%d/%m/%Y}"
    return packed(grids, (issuing(paper.issuer.name, paper.issuer.kind), about(paper), when))


def _figures(paper: Paper) -> Grid:
    """This period beside the one before; what the units below add up to is taken from their sheet."""
    widths = (("number", 6), ("measure", 46), ("now", 12), ("before", 12), ("delta", 12), ("change", 14))
    columns = [_column(name, width) for name, width in (*widths, ("target", 12), ("reached", 14))]
    rows = []
    for place, measure in enumerate(paper.measures, 1):
        now, before, target = (at(column, TOP + place) for column in (3, 4, 7))
        known, wanted = measure.before is not None, measure.target is not None
        change = Formula(f'=IF(N({before})=0,"{NOTHING}",({now}-{before})/{before})')
        rows.append(
            [
                place,
                words()["measures"][measure.slug]["name"],
                _now(paper, measure.slug, measure.now),
                measure.before,
                Formula(f"={now}-{before}") if known else None,
                change if known else None,
                measure.target,
                share(now, target) if wanted else None,
            ]
        )
    return Grid(words()["tabs"]["figures"], columns, rows)


def _column(name: str, width: int, shown: str | None = "") -> Column:
    """A column by the name of its heading, shown as that sort of thing is."""
    usual = {"delta": CHANGE, "change": SHARE, "reached": SHARE, "share": SHARE, "members_share": SHARE}
    usual |= {"sources_share": SHARE, "kept": SHARE, "signed_on": DAY}
    if shown == "":
        in_words = ("measure", "unit", "code", "step", "kind", "name", "organisation", "handed_in", "position")
        shown = None if name in in_words else usual.get(name, "#,##0")
    return Column(words()["heads"][name], width, shown)


def _now(paper: Paper, slug: str, count: int) -> Any:
    """A formula that takes the sum from the sheet of the units below, where this figure stands there."""
    columns = _known(paper)
    if not paper.rows or slug not in columns or slug not in SUMMED:
        return count
    place = at(FIRST + columns.index(slug), TOP + len(_with_rest(paper)) + 1)
    return Formula(f"='{words()['tabs']['units']}'!{place}")


def _known(paper: Paper) -> list[str]:
    """The figures that are known of the units below, in order."""
    return [slug for slug in words()["short"] if any(row.figures.get(slug) is not None for row in paper.rows)]


def _with_rest(paper: Paper) -> list[tuple[str, str, Mapping[str, int | None], str]]:
    """The units below, and what hangs on the unit itself, so that the sums are the unit's."""
    heads = words()["heads"]
    rows = [(row.code, row.name, row.figures, heads["yes"] if row.handed_in else heads["no"]) for row in paper.rows]
    rest = {
        measure.slug: measure.now - sum(row.figures.get(measure.slug) or 0 for row in paper.rows)
        for measure in paper.measures
        if measure.slug in SUMMED
    }
    return [*rows, ("", heads["rest"], rest, "")] if any(rest.values()) else list(rows)


def _units(paper: Paper) -> Grid:
    known, rows, short = _known(paper), _with_rest(paper), words()["short"]
    shares = [slug for slug, target in TARGETS.items() if slug in known and target in known]
    columns = [*_of_units(), *(Column(short[slug], 10) for slug in known)]
    columns += [Column(f"% {short[TARGETS[slug]].lower()}", 10, SHARE) for slug in shares]
    columns.append(_column("handed_in", 10))

    def reached(row: int) -> list[Formula]:
        return [share(_cell(known, slug, row), _cell(known, TARGETS[slug], row)) for slug in shares]

    lines = [
        [place, code, name, *(figures.get(slug) for slug in known), *reached(TOP + place), handed]
        for place, (code, name, figures, handed) in enumerate(rows, 1)
    ]
    added = sums(range(FIRST, FIRST + len(known)), len(rows))
    total = ["", "", words()["heads"]["total"], *added, *reached(TOP + len(rows) + 1), ""]
    return Grid(words()["tabs"]["units"], columns, lines, total)


def _of_units() -> list[Column]:
    return [_column("number", 5), _column("code", 9), _column("unit", 32)]


def _cell(known: Sequence[str], slug: str, row: int) -> str:
    return at(FIRST + known.index(slug), row)


def _stages(paper: Paper) -> Grid:
    last = TOP + len(paper.stages) + 1
    rows = [
        [place, stage.name, stage.count, share(at(3, TOP + place), f"C${last}")]
        for place, stage in enumerate(paper.stages, 1)
    ]
    columns = [_column("number", 6), _column("step", 56), _column("count", 14), _column("share", 14)]
    total = ["", words()["heads"]["total"], *sums([3], len(rows)), share(at(3, last), at(3, last))]
    return Grid(words()["tabs"]["stages"], columns, rows, total)


def _composition(paper: Paper) -> Grid:
    """One list with a filter by kind; each share says of how many."""
    flat = [
        (words()["breakdowns"][part.slug], name, members, part.members, sources, part.sources)
        for part in paper.breakdowns
        for name, members, sources in part.rows
    ]
    rows = [
        [kind, name, members, of, share(at(3, r), at(4, r)), sources, all_sources, share(at(6, r), at(7, r))]
        for r, (kind, name, members, of, sources, all_sources) in enumerate(flat, TOP + 1)
    ]
    widths = {"kind": 26, "name": 36, "members": 13, "members_of": 13, "members_share": 15}
    widths |= {"sources": 13, "sources_of": 13, "sources_share": 13}
    return Grid(words()["tabs"]["composition"], [_column(*pair) for pair in widths.items()], rows)


def _seating(seating: Seating) -> Grid:
    """Holders of positions; nothing is added up, because some rows are sums of others."""
    rows = [
        [place, row.name, row.posts, row.held, row.members, share(at(5, TOP + place), at(4, TOP + place))]
        for place, row in enumerate(seating.rows, 1)
    ]
    widths = {"number": 6, "position": 44, "posts": 12, "held": 14, "holders": 14, "share": 14}
    return Grid(words()["tabs"]["seating"], [_column(*pair) for pair in widths.items()], rows)


def _evidence(paper: Paper) -> Grid:
    """For each unit below what it shows at the review of the year, beside what it had committed itself to."""
    short = words()["short"]
    known = [slug for slug in words()["evidence"] if any(slug in one.figures for one in paper.evidence)]
    kept = ("admitted", "committed_admissions")

    def fulfilled(row: int) -> Formula:
        done, wanted = (_cell(known, slug, row) for slug in kept)
        return share(done, wanted)

    rows = [
        [place, one.code, one.name, *(one.figures.get(slug) for slug in known), one.signed_on, fulfilled(TOP + place)]
        for place, one in enumerate(paper.evidence, 1)
    ]
    columns = [*_of_units(), *(Column(short[slug], 10) for slug in known)]
    columns += [_column("signed_on", 12), _column("kept", 11)]
    added = sums(range(FIRST, FIRST + len(known)), len(rows))
    total = ["", "", words()["heads"]["total"], *added, "", _of_committed(known, *kept, len(rows))]
    return Grid(words()["tabs"]["evidence"], columns, rows, total)


def _of_committed(known: Sequence[str], done: str, wanted: str, rows: int) -> Formula:
    """Of all units together, counting only what those have done that had committed themselves."""
    spans = [f"{_cell(known, slug, TOP + 1)}:{_cell(known, slug, TOP + rows)}" for slug in (wanted, done)]
    of = _cell(known, wanted, TOP + rows + 1)
    return Formula(f'=IF(N({of})=0,"{NOTHING}",SUMIF({spans[0]},">0",{spans[1]})/{of})')


def _introduced(paper: Paper) -> Grid:
    """For each mass organisation whom it introduced."""
    rows = [
        [place, name, count, admitted, share(at(4, TOP + place), at(3, TOP + place))]
        for place, (name, count, admitted) in enumerate(paper.introduced, 1)
    ]
    last = TOP + len(rows) + 1
    total = ["", words()["heads"]["total"], *sums([3, 4], len(rows)), share(at(4, last), at(3, last))]
    widths = {"number": 6, "organisation": 44, "introduced": 16, "introduced_admitted": 18, "share": 14}
    return Grid(words()["tabs"]["introduced"], [_column(*pair) for pair in widths.items()], rows, total)
