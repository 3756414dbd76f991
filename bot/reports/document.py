"""A report as a .docx: what it says, in order, in the layout of Party documents."""

from collections.abc import Callable, Sequence
from functools import partial

from bot.reports.layout import LEFT, Line, Sheet
from bot.reports.paper import Breakdown, Measure, Paper, Seating
from bot.reports.surveying import told as survey_told
from bot.reports.wording import (
    about,
    above,
    dated,
    delta,
    in_words,
    issuing,
    number,
    numbered,
    period_name,
    share,
    words,
)

# Longer lists of units are told by their number and their first names.
NAMED = 8
# How wide a picture stands on the page, in millimetres.
PICTURE = 105
NOTHING = "\u2013"


def document(paper: Paper, picture: bytes | None = None) -> bytes:
    """The whole paper; `picture` is a PNG of how the new members are made up."""
    sheet = Sheet()
    sheet.named(f"{words()['title'].capitalize()} {about(paper)}")
    _head(sheet, paper)
    _opening(sheet, paper)
    if paper.kind == "composition":
        _composition(sheet, paper, picture)
    else:
        _results(sheet, paper, picture)
        _written(sheet, paper)
    _foot(sheet, paper)
    return sheet.packed()


def _head(sheet: Sheet, paper: Paper) -> None:
    sizes, issuer = sheet.sizes, paper.issuer
    over = above(issuer.above, issuer.above_kind or "committee") if issuer.above else ""
    left = [Line(over.upper(), sizes["body"])] if over else []
    left += [
        Line(issuing(issuer.name, issuer.kind).upper(), sizes["body"], bold=True),
        Line("*", sizes["body"]),
        Line(numbered(paper), sizes["body"]),
    ]
    right = [Line(words()["party"], sizes["party"], bold=True, ruled=True), Line("", sizes["body"])]
    right += [Line("", sizes["body"])] * (len(left) - 3) + [Line(dated(paper), sizes["body"], italic=True)]
    sheet.two(left, right, (77, 88))
    if paper.state != "handed_in":
        sheet.centred(words()["draft"], sizes["body"], before=6)
    sheet.centred(words()["title"], sizes["title"], before=14)
    sheet.centred(about(paper), sizes["body"])
    sheet.rule()


def _opening(sheet: Sheet, paper: Paper) -> None:
    said = "opening_composition" if paper.kind == "composition" else "opening"
    sheet.text(_say(said, issuer=_issuer(paper), period=period_name(paper.period), on=f"{paper.on:%d/%m/%Y}"))


def _results(sheet: Sheet, paper: Paper, picture: bytes | None) -> None:
    sections = words()["sections"]
    sheet.heading(f"I- {sections['results']}")
    chapters: list[tuple[str, Callable[[Sheet, Paper], None]]] = [("figures", _figures), ("stages", _stages)]
    if paper.rows:
        chapters.append(("units", _units))
    if paper.breakdowns:
        chapters.append(("composition", partial(_shares, picture=picture)))
    if paper.seating:
        chapters.append(("seating", _seating))
    for place, (name, write) in enumerate(chapters, 1):
        sheet.heading(f"{place}. {sections[name]}", level=2)
        write(sheet, paper)


def _figures(sheet: Sheet, paper: Paper) -> None:
    sheet.text(_done(paper))
    reached = _reached(paper)
    if reached:
        sheet.text(" ".join(reached))
    compared = _compared(paper)
    if compared:
        sheet.text(compared)
    heads, rows = words()["heads"], [_figure_row(place, measure) for place, measure in enumerate(paper.measures, 1)]
    names = [heads[name] for name in ("number", "measure", "now", "before", "delta", "target", "reached")]
    sheet.table(names, rows, (10, 58, 18, 18, 19, 20, 22))


def _reached(paper: Paper) -> list[str]:
    """How far the targets of the period and of its year are reached."""
    told = []
    for slug, target, said in (("admitted", "admitted_target", "target"), ("new_sources", "sources_target", "sources")):
        measure = paper.measure(slug)
        if measure and measure.target:
            values = {slug: measure.now, target: measure.target, "share": share(measure.now, measure.target)}
            told.append(_say(said, period=period_name(paper.period), **values))
    year = paper.measure("admitted_in_year")
    if year and year.target:
        values = {"admitted": year.now, "target": year.target, "share": share(year.now, year.target)}
        told.append(_say("year", year=paper.period.year, **values))
    return told


def _figure_row(place: int, measure: Measure) -> list[str]:
    before = measure.before
    return [
        str(place),
        words()["measures"][measure.slug]["name"],
        number(measure.now),
        NOTHING if before is None else number(before),
        NOTHING if before is None else delta(measure.now - before),
        NOTHING if measure.target is None else number(measure.target),
        share(measure.now, measure.target) if measure.target else NOTHING,
    ]


def _done(paper: Paper) -> str:
    """One sentence with what was done."""
    known = words()["measures"]
    told = [(slug, measure.now) for slug in words()["told"] if (measure := paper.measure(slug)) and measure.now]
    said = "; ".join(known[slug]["does"].format(count=in_words(count)) for slug, count in told)
    values = {"period": period_name(paper.period), "issuer": _issuer(paper)}
    return _say("done", list=said, **values) if told else _say("nothing", **values)


def _compared(paper: Paper) -> str | None:
    admitted, sources = paper.measure("admitted"), paper.measure("new_sources")
    if admitted is None or sources is None or admitted.before is None or sources.before is None:
        return None
    values = {
        "admitted_delta": _moved(admitted.now - admitted.before),
        "sources_delta": _moved(sources.now - sources.before),
    }
    return _say("before", before=period_name(paper.period.previous), **values)


def _moved(by: int) -> str:
    return _say("same") if not by else _say("more" if by > 0 else "less", count=in_words(abs(by)))


def _stages(sheet: Sheet, paper: Paper) -> None:
    count = sum(stage.count for stage in paper.stages)
    sheet.text(_say("stages", on=f"{paper.on:%d/%m/%Y}", count=in_words(count)), keep=True)
    heads = words()["heads"]
    rows = [
        [str(at), stage.name, number(stage.count), share(stage.count, count)]
        for at, stage in enumerate(paper.stages, 1)
    ]
    rows.append(["", heads["total"], number(count), share(count, count)])
    sheet.table([heads[name] for name in ("number", "step", "count", "share")], rows, (12, 93, 30, 30), last_bold=True)
    if paper.survey:
        sheet.text(survey_told(paper.survey, paper.issuer.kind in ("branch", "group")))
    overdue, silent = paper.measure("overdue"), paper.measure("silent")
    if overdue and silent and (overdue.now or silent.now):
        sheet.text(_say("overdue", count=in_words(overdue.now), silent=in_words(silent.now)))
    elif overdue:
        sheet.text(_say("all_in_time"))


def _units(sheet: Sheet, paper: Paper) -> None:
    done = len(paper.rows) - len(paper.late)
    said = [_say("handed_in", done=done, all=len(paper.rows))]
    if paper.late:
        said.append(_say("late", names=_names([row.name for row in paper.late])))
    sheet.text(" ".join(said))
    none = [row.name for row in paper.rows if row.figures.get("admitted") == 0]
    if none:
        sheet.text(_say("none_admitted", period=period_name(paper.period), names=_names(none)), keep=True)
    short, heads, columns = words()["short"], words()["heads"], words()["columns"]
    names = [heads["number"], heads["unit"], *(short[slug] for slug in columns)]
    rows = [
        [str(at), row.name, *(_figure(row.figures.get(slug)) for slug in columns)]
        for at, row in enumerate(paper.rows, 1)
    ]
    sums = [number(sum(row.figures.get(slug) or 0 for row in paper.rows)) for slug in columns]
    sheet.table(names, [*rows, ["", heads["total"], *sums]], (10, 53, *([17] * len(columns))), last_bold=True)


def _figure(count: int | None) -> str:
    return NOTHING if count is None else number(count)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")


def _told(part: Breakdown) -> str:
    """One way of dividing them, called by its name: a branch of health and a group of health are not the same."""
    shares = [
        _say("share", name=name, count=in_words(count), share=share(count, part.members))
        for name, count, _ in part.rows
        if count
    ]
    head = words()["breakdowns"][part.slug]
    return _say("division", name=head[:1].lower() + head[1:], list=", ".join(shares)) if shares else ""


def _shares(sheet: Sheet, paper: Paper, picture: bytes | None = None) -> None:
    """The make-up of the new members in one sentence, then in a table with the sources."""
    members = max((part.members for part in paper.breakdowns), default=0)
    period = period_name(paper.period)
    if not members:
        sheet.text(_say("no_members", period=period))
    else:
        told = [_told(part) for part in paper.breakdowns if part.slug in ("group", "education", "area")]
        listed = "; ".join(one for one in told if one)
        sheet.text(_say("composition", members=in_words(members), period=period, list=listed))
    if picture is not None:
        sheet.picture(picture, PICTURE)
    heads = words()["heads"]
    names = [heads["name"], *(heads[n] for n in ("members", "share", "sources", "share"))]
    rows = [row for part in paper.breakdowns for row in _breakdown(part)]
    if rows:
        sheet.table(names, rows, (65, 25, 25, 25, 25))
    sheet.text(_say("several"), italic=True)


def _seating(sheet: Sheet, paper: Paper) -> None:
    """How many holders of positions are members; what share of whom is said first."""
    seating, heads = paper.seating or Seating(), words()["heads"]
    said = "seating" if seating.branches > 1 else "seating_own"
    sheet.text(
        _say(said, on=f"{seating.on or paper.on:%d/%m/%Y}", said=seating.said, branches=seating.branches), keep=True
    )
    rows = [
        [row.name, number(row.posts), number(row.held), number(row.members), share(row.members, row.held)]
        for row in seating.rows
    ]
    names = [heads[name] for name in ("position", "posts", "held", "holders", "share")]
    sheet.table(names, rows, (73, 22, 22, 24, 24))


def _composition(sheet: Sheet, paper: Paper, picture: bytes | None) -> None:
    sheet.heading(f"1. {words()['sections']['composition']}", level=2)
    _shares(sheet, paper, picture)


def _breakdown(part: Breakdown) -> list[list[str]]:
    """A line that names the kind, and its rows."""
    rows = [
        [name, number(members), share(members, part.members), number(sources), share(sources, part.sources)]
        for name, members, sources in part.rows
    ]
    return [[words()["breakdowns"][part.slug], "", "", "", ""], *rows] if rows else []


def _written(sheet: Sheet, paper: Paper) -> None:
    """The parts that people wrote; in a draft also those that are missing."""
    sections = words()["sections"]
    shown = [part for part in paper.parts if part.text or paper.state != "handed_in"]
    assessed = [part for part in shown if part.slug != "measures"]
    if assessed:
        sheet.heading(f"II- {sections['assessment']}")
    for place, part in enumerate(assessed, 1):
        sheet.heading(f"{place}. {words()['parts'][part.slug]}", level=2)
        _paragraphs(sheet, part.text)
    for part in shown:
        if part.slug == "measures":
            sheet.heading(f"{'III' if assessed else 'II'}- {sections['measures']}")
            _paragraphs(sheet, part.text)


def _paragraphs(sheet: Sheet, text: str | None) -> None:
    if not text:
        return sheet.text(_say("not_written"), italic=True)
    for line in text.splitlines():
        if line.strip():
            sheet.text(line.strip())


def _foot(sheet: Sheet, paper: Paper) -> None:
    """Recipients on the left, who signs on the right; both on one page."""
    said, sizes, issuer = words()["recipients"], sheet.sizes, paper.issuer
    signs, post = words()["signature"][issuer.kind]
    left = [Line(said["title"], sizes["body"], underlined=True, align=LEFT)]
    kept = [said["above"].format(above=issuing(issuer.above, issuer.above_kind or "committee"))] if issuer.above else []
    kept += [said["units"]] if paper.rows else []
    kept.append(said["keep"].format(issuer=_issuer(paper)))
    left += [Line(text, sizes["recipients"], align=LEFT) for text in kept]
    right = [Line(signs, sizes["body"], bold=True), Line(post, sizes["body"]), *([Line("", sizes["body"])] * 4)]
    sheet.gap()
    sheet.two(left, right, (85, 80))


def _issuer(paper: Paper) -> str:
    return issuing(paper.issuer.name, paper.issuer.kind)


def _say(sentence: str, /, **values: object) -> str:
    text: str = words()["sentences"][sentence]
    return text.format(**values)
