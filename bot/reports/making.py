"""Makes the file of a report; the libraries that write it are loaded only when one is wanted."""

from collections.abc import Mapping

from bot.reports.paper import Ending, Paper

TYPES: Mapping[Ending, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "png": "image/png",
}


def made(paper: Paper, ending: Ending) -> bytes:
    """The content of the file."""
    if ending == "xlsx":
        from bot.reports.spreadsheet import spreadsheet

        return spreadsheet(paper)
    if ending == "png":
        from bot.reports.picture import picture

        return picture(paper)
    from bot.reports.document import document

    return document(paper, _chart(paper))


def _chart(paper: Paper) -> bytes | None:
    """How the new members are made up by group; None where there are none, or the report does not tell."""
    group = next((part for part in paper.breakdowns if part.slug == "group" and part.members), None)
    if group is None:
        return None
    from bot.reports.charts import draw
    from bot.reports.pictures import Composition
    from bot.reports.wording import issuing, opening, period_name

    rows = sorted(((opening(name), count) for name, count, _ in group.rows if count), key=lambda row: -row[1])
    unit = issuing(paper.issuer.name, paper.issuer.kind)
    return draw(Composition(unit, f"{paper.on:%d/%m/%Y}", period_name(paper.period), group.members, rows))
