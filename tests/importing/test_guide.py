"""The import guide is true: its commands import its tables, its words are the program's."""

from __future__ import annotations

import io
import re
import shlex
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, load_command_class

from apps.accounts import services
from apps.accounts.models import User
from apps.budgets.models import CostCentre
from apps.catalog.models import Item, Supplier
from apps.common.importing import known_kinds, mappings
from apps.common.importing.journal import KEPT
from apps.common.models import ImportMapping
from apps.common.tabular import Limits
from apps.procurement.models import PurchaseOrder
from apps.requisitions.models import Requisition
from tests.catalog.factories import make_unit
from tests.factories import make_user

GUIDES = {
    language: Path(settings.BASE_DIR) / "docs" / language / "import.md" for language in ("en", "zh")
}
FENCED = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(language: str, kind: str) -> list[str]:
    return [
        text for name, text in FENCED.findall(GUIDES[language].read_text("utf-8")) if name == kind
    ]


def commands(language: str) -> list[list[str]]:
    lines = "".join(blocks(language, "sh")).splitlines()
    return [shlex.split(line)[1:] for line in lines]


@pytest.mark.django_db
@pytest.mark.parametrize("language", sorted(GUIDES))
def test_the_examples_work(
    language: str,
    importer: User,
    keeper: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    make_unit("LTR")
    CostCentre.objects.create(code="CC-LAB", name="Lab", department=importer.department)
    make_user("buyer", "procurement", department=importer.department)
    services.set_up_roles()  # gives procurement the scope of a department made since
    (mapping,) = (tomllib.loads(text) for text in blocks(language, "toml"))
    ImportMapping.objects.create(**mapping)
    names = ("items", "requisitions", "purchase_orders", "old-price-list")
    for name, text in zip(names, blocks(language, "csv"), strict=True):
        Path(f"{name}.csv").write_text(text, encoding="utf-8")

    for command, *arguments in commands(language):
        call_command(command, *arguments, stdout=io.StringIO())

    pencil = Item.objects.get(code="P-1")
    assert (pencil.minimum_quantity, pencil.lead_time_days) == (Decimal("1000.5"), 14)
    assert (pencil.manufacturer, pencil.base_unit.code) == ("Acme", "C62")
    assert Item.objects.get(code="P-2").lead_time_days is None
    assert Item.objects.get(code="PEN-07").name_zh_hans == "圆珠笔 0.7 毫米"
    assert Requisition.objects.get().estimated_total == Decimal("3030.50")
    order = PurchaseOrder.objects.get()
    assert (order.number, order.status, order.total) == ("OLD-1001", "closed", Decimal("13439.25"))
    assert Supplier.objects.get().status == "prospective"
    assert not Path("refused.csv").read_text("utf-8-sig").strip().splitlines()[1:]


@pytest.mark.parametrize("language", sorted(GUIDES))
def test_what_is_named_is_there(language: str) -> None:
    text = GUIDES[language].read_text("utf-8")
    parser = load_command_class("apps.common", "erp_import").create_parser(
        "manage.py", "erp_import"
    )
    options = {option for action in parser._actions for option in action.option_strings}
    rows = {row.strip("` ") for row in re.findall(r"^\| (`[a-z_]+`) \|", text, re.MULTILINE)}

    assert set(re.findall(r"--[a-z][a-z-]*", text)) <= options
    assert rows == set(known_kinds()) | mappings.PLACES | mappings.READINGS
    assert {f"`{name}`" for name in mappings.FILE_OPTIONS} <= set(re.findall(r"`\w+`", text))
    for kind in known_kinds().values():
        for option in kind.options:
            assert f"`{option.name}`" in text
            assert all(f"`{choice}`" in text for choice in option.choices)
    assert f"{KEPT:,}" in text
    assert f"{Limits().rows:,}" in text
    assert f"{Limits().bytes // 2**20} MB" in text


def test_both_languages_show_the_same_examples() -> None:
    assert blocks("en", "csv") == blocks("zh", "csv")
    assert blocks("en", "sh") == blocks("zh", "sh")
