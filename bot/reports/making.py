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

    return document(paper)
