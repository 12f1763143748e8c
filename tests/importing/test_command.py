"""`erp_import` from the shell: what it prints, what it exits with, what it leaves in files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.catalog.models import Item
from apps.common.importing import known_kinds
from apps.common.models import ImportRun
from tests.factories import make_user

pytestmark = pytest.mark.django_db
GOOD = "code,name,unit\nA,Pen,C62\nB,Ink,C62\n"
BAD = "code,name,unit\nA,Pen,C62\nB,Ink,QQ\n"


class Terminal(io.StringIO):
    """An error stream somebody watches."""

    def isatty(self) -> bool:
        return True


def run(*arguments: Any, stderr: io.StringIO | None = None) -> tuple[int, str]:
    """Exit code and what was printed."""
    out = io.StringIO()
    try:
        call_command("erp_import", *map(str, arguments), stdout=out, stderr=stderr or io.StringIO())
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_good_file_is_taken(table: Path, keeper: User) -> None:
    code, said = run("items", table)

    assert code == 0
    assert "2 rows: 2 created" in said
    assert Item.objects.count() == 2
    assert ImportRun.objects.get().created_by == keeper


def test_refused_rows_are_listed_and_nothing_is_written(
    table: Path, tmp_path: Path, keeper: User
) -> None:
    table.write_text(BAD, encoding="utf-8")
    errors = tmp_path / "errors.csv"

    code, said = run("items", table, "--errors", errors)

    assert code == 1
    assert "1 × Row 3, unit: There is no unit" in said
    assert "Nothing was written" in said
    assert Item.objects.count() == 0
    rows = list(csv.reader(io.StringIO(errors.read_text("utf-8-sig"))))
    assert rows[0] == ["Row", "Column", "Value", "Outcome", "Code", "Message"]
    assert rows[1][:5] == ["3", "unit", "QQ", "refused", "unknown_code"]


def test_resume_keeps_the_good_rows(table: Path, keeper: User) -> None:
    table.write_text(BAD, encoding="utf-8")

    code, said = run("items", table, "--resume")

    assert code == 1
    assert "The good rows are in." in said
    assert Item.objects.get().code == "A"


def test_a_dry_run_writes_nothing(table: Path, keeper: User) -> None:
    code, said = run("items", table, "--dry-run")

    assert (code, Item.objects.count()) == (0, 0)
    assert "this was a dry run" in said


def test_figures_for_machines(table: Path, keeper: User) -> None:
    table.write_text(BAD, encoding="utf-8")

    code, said = run("items", table, "--json")

    figures = json.loads(said)
    assert (code, figures["rows"], figures["errors"], figures["status"]) == (1, 2, 1, "failed")
    assert figures["refused"] == ["Row 3, unit: There is no unit “QQ”."]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nonsense", "{table}"), "cannot be imported; what can: categories, items"),
        (("items", "{table}.gone"), "No such file"),
        (("items", "{table}", "--mapping", "gone"), "There is no mapping"),
        (("items", "{table}", "--set", "unit"), "not of the form name=value"),
        (("items", "{table}", "--set", "colour=red"), "no such field or option"),
        (("items", "{table}", "--user", "nobody"), "nobody to import as"),
        (("items", "{table}", "--user", "auditor"), "not allowed"),
        (("items", "{table}", "--dry-run", "--resume"), "Choose"),
        (("purchase_orders", "{table}"), "nobody to import as"),
    ],
)
def test_what_cannot_be_done_at_all(
    arguments: tuple[str, ...], reason: str, table: Path, keeper: User
) -> None:
    make_user("auditor", "auditor")

    code, said = run(*(argument.format(table=table) for argument in arguments))

    assert code == 2
    assert reason in said
    assert Item.objects.count() == 0


def test_machines_get_the_reason_as_well(table: Path, keeper: User) -> None:
    table.write_bytes(b"")

    code, said = run("items", table, "--json")

    assert code == 2
    assert json.loads(said.partition("\n")[0])["error"] == "empty"


def test_somebody_watching_sees_how_far_it_is(table: Path, keeper: User) -> None:
    screen, pipe = Terminal(), io.StringIO()

    run("items", table, stderr=screen)
    run("items", table, stderr=pipe)

    assert "█ 2/2" in screen.getvalue()
    assert pipe.getvalue() == ""


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_an_empty_table_has_the_columns_of_its_kind(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"

    assert run(kind, path, "--template")[0] == 0

    (head,) = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    assert head == [field.name for field in known_kinds()[kind].fields]
    assert run(kind, path, "--template")[0] == 2, "a file that is there is not overwritten"
