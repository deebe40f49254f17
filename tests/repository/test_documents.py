"""The documents say what is so. What can rot is held to the code here."""

import os
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from config.management.commands.print_codes import find_refusals, find_status
from registry.errors import DomainError

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NOT_OURS = {"__pycache__", "var", "node_modules"}


def printed(command: str) -> str:
    said = StringIO()
    call_command(command, stdout=said)
    return said.getvalue()


def files() -> Iterator[Path]:
    """Every file of the project that is text, without what tools leave behind."""
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [
            name
            for name in inner
            if name not in NOT_OURS and (name == ".ci" or not name.startswith("."))
        ]
        yield from (Path(folder, name) for name in names if not name.endswith((".pyc", ".ico")))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


class TestPrintedDocuments:
    @pytest.mark.parametrize("document", ["workflow", "codes"])
    def test_is_what_its_command_prints(self, document: str) -> None:
        kept = (ROOT / "docs" / f"{document}.md").read_text(encoding="utf-8")
        assert kept == printed(f"print_{document}"), (
            f"print it anew: manage.py print_{document} > docs/{document}.md"
        )

    def test_every_refusal_is_in_it_under_its_code(self) -> None:
        kept = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
        assert [code for code in find_refusals() if f"| `{code}` |" not in kept] == []


class TestCodes:
    def test_two_refusals_with_one_code_say_the_same(self) -> None:
        apart = {
            code: kinds
            for code, kinds in find_refusals().items()
            if len({(str(kind.text), find_status(kind)) for kind in kinds}) > 1
        }
        assert apart == {}

    def test_every_refusal_below_the_kinds_has_a_code_of_its_own(self) -> None:
        borrowed = [
            kind.__name__
            for kinds in find_refusals().values()
            for kind in kinds
            if "code" not in vars(kind) or kind.code == DomainError.code
        ]
        assert borrowed == []


class TestOperating:
    def test_names_every_variable_that_the_settings_read(self) -> None:
        settings = (ROOT / "config" / "settings.py").read_text(encoding="utf-8")
        read = set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", settings))
        told = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
        assert len(read) > 10
        assert {variable for variable in read if f"| `{variable}` |" not in told} == set()


class TestDecisions:
    def test_are_numbered_without_a_gap(self) -> None:
        assert [path.name[:4] for path in DECISIONS] == [
            f"{number:04}" for number in range(1, len(DECISIONS) + 1)
        ]

    @pytest.mark.parametrize("path", DECISIONS, ids=lambda path: str(path.stem))
    def test_has_its_number_a_heading_and_its_three_parts(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
        assert text.startswith(f"# {path.name[:4]} ")
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequence",
        ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
class TestEveryDocument:
    def test_names_only_targets_that_the_makefile_has(self, path: Path) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
        text = path.read_text(encoding="utf-8")
        commands = re.findall(r"(?:`|^|&& |=\d+ )make ([a-z]+)\b", text, re.MULTILINE)
        assert set(commands) - targets == set()

    def test_links_lead_somewhere(self, path: Path) -> None:
        links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        inside = [link for link in links if not link.startswith("http")]
        assert [link for link in inside if not (path.parent / link).exists()] == []


class TestReadme:
    def test_begins_with_one_sentence_two_commands_a_picture_and_a_question(self) -> None:
        first = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## ")[0]
        assert re.findall(r"^```(\w+)$", first, re.MULTILINE)[:4] == ["sh", "text", "sh", "json"]
        assert re.findall(r"^make (\w+)", first, re.MULTILINE) == ["up", "test"]

    def test_the_license_is_the_one_it_names(self) -> None:
        text = (ROOT / "LICENSE").read_text(encoding="utf-8")
        assert "Apache License" in text
        assert "Version 2.0" in text
        assert len(text.splitlines()) > 200


class TestEveryFile:
    def test_names_no_registry_and_no_machine(self) -> None:
        registries = "|".join((r"\bpypi\.o" + "rg", r"python" + r"hosted\.org"))
        machine = r"(?<![\w.:/-])/(?:home|root|work)/\w"
        forbidden = re.compile(f"{registries}|{machine}")
        found = [
            f"{name(path)}: {hit[0]}"
            for path in files()
            for hit in forbidden.finditer(path.read_text(encoding="utf-8", errors="ignore"))
        ]
        assert found == []
