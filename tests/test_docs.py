"""The papers say what there is: every setting, every command; and what they point to exists."""

import argparse
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import handlers.everything  # noqa: F401
from bot.cli import parser
from bot.settings import Settings
from handlers.commands import explained

ROOT = Path(__file__).parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)).choices


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_stands_in_the_operators_table_with_its_default(name: str) -> None:
    rows = [row for row in read("docs/operator.md").splitlines() if row.startswith(f"| `CHIBOT_{name.upper()}` |")]
    assert len(rows) == 1
    default = Settings.model_fields[name].default
    assert rows[0].split("|")[2].strip() == ("–" if default is None else f"`{default}`")


def test_no_paper_names_a_setting_that_does_not_exist() -> None:
    named = {name for paper in PAPERS for name in re.findall(r"CHIBOT_([A-Z_]+)", paper.read_text(encoding="utf-8"))}
    assert {name.lower() for name in named} <= set(Settings.model_fields)


@pytest.mark.parametrize("name", sorted(explained()))
def test_every_command_of_the_chat_is_explained(name: str) -> None:
    assert len(re.findall(rf"^\| `/{name}[ `]", read("docs/commands.md"), re.M)) == 1


def test_no_paper_names_a_command_of_the_chat_that_does_not_exist() -> None:
    for paper in ("docs/commands.md", "docs/office.md"):
        named = set(re.findall(r"`/([a-z_]+)[ `]", read(paper)))
        assert named <= set(explained()), paper


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_command_line_is_explained_with_its_options(name: str) -> None:
    rows = [row for row in read("docs/commands.md").splitlines() if re.match(rf"\| `chibot {name}[ `]", row)]
    assert len(rows) == 1
    options = [option for action in COMMANDS[name]._actions for option in action.option_strings]
    assert not [
        option for option in options if option.startswith("--") and option != "--help" and option not in rows[0]
    ]


def test_no_paper_names_a_command_of_the_command_line_that_does_not_exist() -> None:
    for paper in PAPERS:
        named = set(re.findall(r"`(?:\.venv/bin/)?chibot ([a-z]+)", paper.read_text(encoding="utf-8")))
        assert named <= set(COMMANDS), paper.name


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    named = {name for paper in PAPERS for name in re.findall(r"`make ([a-z]+)`", paper.read_text(encoding="utf-8"))}
    assert named <= targets


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_link_leads_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", paper.read_text(encoding="utf-8"))
    own = [unquote(link) for link in links if not re.match(r"[a-z]+:", link)]
    assert not [link for link in own if not (paper.parent / link).exists()]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_no_paper_knows_of_this_machine(paper: Path) -> None:
    assert not re.search(r"/(home|root|work|tmp)/|\.\./shared", paper.read_text(encoding="utf-8"))
