"""The rules of the house, as tests: what no reviewer should have to look for."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

import handlers.everything  # noqa: F401
from bot.settings import Settings
from handlers.commands import FORMS, ROUTES, explained
from handlers.templates import Templates, load, templates

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "storage")
TODAY = date(2026, 11, 20)
# Telegram holds 4,096 characters; one phone screen holds about 900, and nothing we say should be longer.
SCREEN = 900
# Vietnamese has letters that no English word has.
VIETNAMESE = re.compile("[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (file for file in (ROOT / room).rglob("*.py") if "versions" not in file.parts)


def test_no_vietnamese_stands_in_the_code() -> None:
    found = [file.relative_to(ROOT) for file in sources() if VIETNAMESE.search(file.read_text(encoding="utf-8"))]
    assert not found


def test_only_the_clock_asks_what_time_it_is() -> None:
    asking = {"now", "today", "utcnow", "time", "monotonic"}
    found = []
    for file in sources():
        if file.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in asking:
                owner = ast.unparse(node.func.value)
                if owner in ("datetime", "date", "time", "datetime.datetime", "datetime.date"):
                    found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert not found


def test_every_line_of_sql_is_in_its_room() -> None:
    found = []
    for file in sources():
        if file.is_relative_to(ROOT / "storage"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                found += [f"{file.relative_to(ROOT)}: {n.name}" for n in node.names if n.name != "Connection"]
    assert not found


def test_what_differs_between_databases_is_in_one_place() -> None:
    found = [
        file.relative_to(ROOT)
        for file in (ROOT / "storage").rglob("*.py")
        if file.name not in ("database.py", "files.py", "tables.py")
        and re.search(r"dialect\.name|pragma", file.read_text(), re.I)
    ]
    assert not found


def test_every_module_says_what_it_is_for() -> None:
    assert not [f for f in sources() if not ast.get_docstring(ast.parse(f.read_text(encoding="utf-8")))]


def test_files_stay_small_enough_to_read() -> None:
    long = {
        str(f.relative_to(ROOT)): n for f in sources() if (n := len(f.read_text(encoding="utf-8").splitlines())) > 340
    }
    assert not long


SENTENCES = sorted(templates().sentences)


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_can_be_said_and_fits_a_phone(name: str) -> None:
    sentence = templates().sentences[name]
    said = templates().say(name, sentence.sample, TODAY)
    assert said
    assert len(said) <= SCREEN
    assert set(re.findall(r"<(/?\w+)", said)) <= {"b", "/b", "i", "/i"}
    assert said.count("<b>") == said.count("</b>")
    assert said.count("<i>") == said.count("</i>")
    assert "\n\n\n" not in said


def test_no_sentence_is_written_twice() -> None:
    seen: dict[str, str] = {}
    for file in sorted((ROOT / "handlers/templates").glob("say_*.yaml")):
        for name in re.findall(r"^([a-z_.]+):", file.read_text(encoding="utf-8"), re.M):
            assert name not in seen, f"{name} stands in {seen[name]} and in {file.name}"
            seen[name] = file.name


def used_names() -> set[str]:
    """Every string in the handlers that may name a sentence or a label."""
    found: set[str] = set()
    for file in (ROOT / "handlers").glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        pieces = {id(v) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [v.value if isinstance(v, ast.Constant) else "*" for v in node.values]
                found.add("".join(str(part) for part in parts))
    for file in (ROOT / "storage").rglob("*.py"):
        found |= set(re.findall(r'Refusal\(\s*"([a-z_.]+)"', file.read_text(encoding="utf-8")))
    return found


def fits(name: str, used: set[str]) -> bool:
    return name in used or any("*" in u and re.fullmatch(re.escape(u).replace(r"\*", r"[a-z_]+"), name) for u in used)


def test_every_sentence_and_label_is_used() -> None:
    used = used_names()
    assert not [name for name in (*templates().sentences, *templates().labels) if not fits(name, used)]


def test_every_sentence_that_is_used_exists() -> None:
    prefixes = {name.split(".")[0] for name in templates().sentences}
    wanted = {
        name for name in used_names() if re.fullmatch(r"[a-z_]+\.[a-z_]+", name) and name.split(".")[0] in prefixes
    }
    # Names of the history's actions look alike.
    actions = set(re.findall(r'"([a-z]+\.[a-z_]+)"', "".join(f.read_text() for f in (ROOT / "storage").glob("*.py"))))
    missing = wanted - set(templates().sentences) - actions
    assert not missing


def test_every_command_is_explained_and_answered() -> None:
    assert set(explained()) <= set(ROUTES)
    internal = set(ROUTES) - set(explained())
    assert all(re.fullmatch("[a-z0-9_]{2,32}", name) for name in ROUTES)
    assert internal, "buttons have commands of their own"


def test_no_two_commands_are_typed_alike() -> None:
    aliases = [alias for entry in explained().values() for alias in {entry.name, *entry.also}]
    assert len(aliases) == len(set(aliases))


def test_every_form_can_be_left_and_filled() -> None:
    begun = set()
    for file in (ROOT / "handlers").glob("*.py"):
        begun |= set(re.findall(r'begin_form\(\s*"(\w+)"', file.read_text(encoding="utf-8")))
    assert begun <= set(FORMS)


def test_the_example_settings_are_the_settings() -> None:
    names = re.findall(r"^CHIBOT_(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M)
    assert sorted(name.lower() for name in names) == sorted(Settings.model_fields)


def test_the_words_stand_for_something() -> None:
    words = load("words")
    assert len(words["weekdays"]) == 7
    assert set(words["how_typed"]) == set(words["how"])


def test_templates_are_read_once() -> None:
    assert templates() is templates()
    assert isinstance(templates(), Templates)


def test_yaml_files_hold_no_key_twice() -> None:
    class Strict(yaml.SafeLoader):
        pass

    def no_twice(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[object, object]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]
        return {k: loader.construct_object(v, deep=True) for (_, v), k in zip(node.value, keys, strict=True)}

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, no_twice)  # type: ignore[no-untyped-call]
    for file in sorted((ROOT / "handlers/templates").glob("*.yaml")):
        yaml.load(file.read_text(encoding="utf-8"), Loader=Strict)  # noqa: S506


def test_nothing_of_this_machine_or_of_a_registry_is_in_the_project() -> None:
    # Put together here, so that no rule of this kind finds itself.
    option, registry = "index" + "-url", "https?://[^ ]*/" + r"simple\b"
    machine = "/(?:" + "|".join(("home", "root", "work")) + r")/\w+"
    wrong = re.compile(f"{option}|{registry}|{machine}")
    files = [f for f in ROOT.glob("*") if f.is_file() and f.name != ".git"] + [
        f for d in ("docs", ".ci") for f in (ROOT / d).rglob("*") if f.is_file()
    ]
    texts = [f for f in files if f.suffix in (".txt", ".toml", ".md", ".yaml", "") and f.name != "run"]
    assert not [f.name for f in texts if wrong.search(f.read_text(encoding="utf-8"))]


def test_constraints_name_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"[A-Za-z0-9_.\-]+==[A-Za-z0-9_.\-+!]+", line) for line in lines)


def test_no_label_is_written_twice() -> None:
    names = [name for file in (ROOT / "handlers/templates").glob("labels*.yaml") for name in load(file.stem)]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})


class _Strict(yaml.SafeLoader):
    """YAML in which a key stands once."""


def _once(loader: yaml.SafeLoader, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
    keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    assert not twice, f"{node.start_mark.name}: {twice}"
    return loader.construct_mapping(node, deep)


_Strict.add_constructor("tag:yaml.org,2002:map", _once)


def test_no_entry_of_the_data_is_written_twice() -> None:
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.yaml"):
            with file.open(encoding="utf-8") as opened:
                yaml.load(opened, Loader=_Strict)  # noqa: S506  (a safe loader)
