"""Which rules apply to which document."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.accounts.models import Department
from apps.approvals import matching
from apps.budgets.models import CostCentre, Project
from apps.catalog.models import Category, Supplier
from tests.approvals import factories
from tests.approvals.factories import facts, make_rule


@pytest.fixture
def world(company, requisition):
    electronics = Category.objects.create(code="43", name_en="Electronics", path="43/")
    cables = Category.objects.create(
        code="4321", name_en="Cables", path="43/4321/", parent=electronics
    )
    return {
        "facts": facts(requisition),
        "engineering": company.engineering,
        "laboratory": company.laboratory,
        "sales": factories.make_department("SALES", company.root),
        "electronics": electronics,
        "cables": cables,
        "centre": company.cost_centre,
        "other_centre": CostCentre.objects.create(
            code="CC2", name_en="CC2", department=company.root
        ),
        "project": Project.objects.create(code="P", name_en="P"),
    }


def matches(rule, found):
    rules = matching.candidates("requisition")
    return rule in matching.matching(rules, found, Department.objects.parents())


@pytest.mark.parametrize(
    ("minimum", "maximum", "total", "wanted"),
    [
        ("0", None, "0", True),
        ("0", "5000", "4999.9999", True),
        ("0", "5000", "5000", False),
        ("5000", "50000", "4999.9999", False),
        ("5000", "50000", "5000", True),
        ("5000", None, "1000000", True),
    ],
)
def test_amounts_are_from_inclusive_below_exclusive(world, minimum, maximum, total, wanted):
    rule = make_rule(
        minimum_amount=Decimal(minimum), maximum_amount=Decimal(maximum) if maximum else None
    )

    assert matches(rule, replace(world["facts"], base_total=Decimal(total))) is wanted


@pytest.mark.parametrize(
    ("condition", "fact", "wanted"),
    [
        ({"department": "laboratory"}, {"department": "laboratory"}, True),
        ({"department": "engineering"}, {"department": "laboratory"}, True),
        ({"department": "laboratory"}, {"department": "engineering"}, False),
        ({"department": "sales"}, {"department": "laboratory"}, False),
        ({"department": "sales"}, {"department": None}, False),
        ({"cost_centre": "centre"}, {"cost_centre": "centre"}, True),
        ({"cost_centre": "other_centre"}, {"cost_centre": "centre"}, False),
        ({"cost_centre": "centre"}, {"cost_centre": None}, False),
        ({"project": "project"}, {"project": "project"}, True),
        ({"project": "project"}, {"project": None}, False),
    ],
)
def test_conditions_on_who_pays(world, condition, fact, wanted):
    rule = make_rule(**{name: world[value] for name, value in condition.items()})
    changes = {name: world[value] if value else None for name, value in fact.items()}

    assert matches(rule, replace(world["facts"], **changes)) is wanted


@pytest.mark.parametrize(
    ("category", "paths", "wanted"),
    [
        ("electronics", ["43/4321/"], True),
        ("electronics", ["10/", "43/"], True),
        ("cables", ["43/4321/"], True),
        ("cables", ["43/"], False),
        ("cables", ["43/43210/"], False),
        ("electronics", ["431/"], False),
        ("electronics", [], False),
    ],
)
def test_a_category_stands_for_its_branch(world, category, paths, wanted):
    rule = make_rule(category=world[category])

    assert matches(rule, replace(world["facts"], category_paths=paths)) is wanted


@pytest.mark.parametrize(
    ("condition", "statuses", "wanted"),
    [
        ("any", [], True),
        ("any", ["blocked"], True),
        ("not_approved", [], False),
        ("not_approved", ["approved"], False),
        ("not_approved", ["approved", "prospective"], True),
        ("not_approved", ["suspended"], True),
        ("not_approved", ["blocked"], True),
        ("blocked", ["prospective", "suspended"], False),
        ("blocked", ["approved", "blocked"], True),
    ],
)
def test_conditions_on_suppliers(world, condition, statuses, wanted):
    rule = make_rule(supplier_condition=condition)
    suppliers = [Supplier(status=status) for status in statuses]

    assert matches(rule, replace(world["facts"], suppliers=suppliers)) is wanted


def test_all_conditions_have_to_be_met(world):
    rule = make_rule(department=world["laboratory"], minimum_amount=Decimal(5000))

    assert not matches(rule, world["facts"])
    assert matches(rule, replace(world["facts"], base_total=Decimal(5000)))


def test_rules_come_by_their_order_and_only_active_ones_of_the_kind(world):
    late = make_rule(priority=200)
    early = make_rule(priority=50)
    make_rule(is_active=False)
    make_rule(document_kind="purchase_order")

    assert matching.candidates("requisition") == [early, late]


def test_a_circle_of_departments_ends_the_walk():
    assert matching.ancestry(1, {1: 2, 2: 1}) == [1, 2]
