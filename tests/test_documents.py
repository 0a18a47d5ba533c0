"""The documents say what the program does: settings, commands, words."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from sogoc.cli.context import FROM_ENVIRONMENT
from sogoc.cli.handbook import commands_page
from sogoc.exchange.hub import LIFE
from sogoc.node.serving import BEAT_SECONDS
from sogoc.node.settings import Settings

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"


def test_every_setting_is_in_the_documents_and_no_other() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    settings, environment = page.split("| variable |")
    assert set(re.findall(r"^\| `(\w+)`", settings, re.MULTILINE)) == {
        field.name for field in fields(Settings)
    }
    variables = set(re.findall(r"^\| `(\w+)`", environment, re.MULTILINE))
    assert variables == {*FROM_ENVIRONMENT, "SOGOC_NODE"}


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    assert page == commands_page(), "write it anew: python -m sogoc.cli.handbook"


def test_the_glossary_has_every_folder_that_is_a_word_of_the_field() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    plumbing = {"cli", "web", "testing", "tables", "database", "values", "pipeline", "demo"}
    folders = {path.parent.name for path in (ROOT / "src/sogoc").glob("*/__init__.py")}
    for folder in folders - plumbing:
        word = folder.removesuffix("ies") + "y" if folder.endswith("ies") else folder
        assert word.removesuffix("s") in glossary, folder


def test_a_call_in_the_night_about_the_directory_means_that_it_was_not_fetched() -> None:
    page = (ROOT / "docs/how-to/watch-a-node.md").read_text(encoding="utf-8")
    (least,) = re.findall(r"sogoc_directory_expires_in_seconds < (\d+)", page)
    assert 2 * BEAT_SECONDS < int(least) < LIFE.total_seconds() - 2 * BEAT_SECONDS


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_a_number_that_names_a_result_file_names_one_that_is_there() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for name in re.findall(r"results/([\w-]+\.json)", page.read_text(encoding="utf-8")):
            assert (ROOT / "benchmarks/results" / name).exists(), f"{page.name}: {name}"


def test_every_test_that_the_page_on_security_names_is_there() -> None:
    page = (ROOT / "docs/why/security.md").read_text(encoding="utf-8")
    tests = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("*.py"))
    named = re.findall(r"`(test_\w+)`", page)
    assert named
    assert [name for name in named if f"def {name}(" not in tests] == []


def test_every_command_in_the_documents_is_one_and_takes_the_options_it_is_given() -> None:
    told = commands_page().split("\n## ")[1:]
    known = {part.splitlines()[0]: set(re.findall(r"`(--[\w-]+)", part)) for part in told}
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        if page.parent.name == "decisions":  # they say what was so on their day
            continue
        for line in re.findall(
            r"(?:`|^\s*\$? ?)(sogoc [a-z-][^`\n]*)", page.read_text("utf-8"), re.MULTILINE
        ):
            plain = re.sub(r" --(node|language) \S+", "", line)
            words = [word.strip(".,;:()") for word in plain.split("#")[0].split()]
            name = next(
                (" ".join(words[:n]) for n in (4, 3, 2) if " ".join(words[:n]) in known), "sogoc"
            )
            given = {word.partition("=")[0] for word in words if word.startswith("--")}
            is_group = any(other.startswith(f"{name} ") for other in known)
            rest = [word for word in words[len(name.split()) :] if not word.startswith("-")]
            assert not (is_group and rest), f"{page.name}: {line}"
            assert given <= known[name] | known["sogoc"], f"{page.name}: {line}"
