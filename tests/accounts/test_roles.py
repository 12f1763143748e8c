"""The matrix of roles: read, refused when it cannot be, and set up as often as one likes."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from auditlog.context import disable_auditlog
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from apps.accounts import roles, services
from apps.accounts.checks import roles_can_be
from apps.accounts.scopes import department_scope
from apps.audit.models import Entry
from tests import factories as make

ADMIN = '[admin]\ntitle = "A"\n'
WRONG = {
    "no toml": ("[admin", "Expected ']'"),
    "no admin": ("[x]\n", "no role admin"),
    "unknown key": (ADMIN + "colour = 1\n", "unknown key colour"),
    "unknown model": (ADMIN + 'view = ["catalog.unicorn"]\n', "no model catalog.unicorn"),
    "unknown app": (ADMIN + 'view = ["magic.*"]\n', "no model magic.*"),
    "unknown grant": (ADMIN + 'grants = ["king"]\n', "unknown role king"),
}


@pytest.fixture
def no_roles(db: None) -> None:
    """A database as it is before the roles are set up the first time."""
    with disable_auditlog():
        Group.objects.all().delete()


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_matrix_that_cannot_be_is_refused(text: str, reason: str) -> None:
    with pytest.raises(roles.MatrixError) as caught:
        roles.parse(text)

    assert reason in str(caught.value)


def test_the_matrix_of_the_product_can_be() -> None:
    assert roles_can_be() == []
    matrix = roles.matrix()
    assert set(matrix) == {"engineer", "procurement", "finance", "admin", "auditor", "ops"}
    writes = {p for p in matrix["auditor"].permissions if not p.split(".")[1].startswith("view")}
    assert writes == {"audit.export_entry"}
    mine = {right.partition(".")[0] for right in matrix["ops"].permissions}
    assert mine == {"support", "operations"}
    assert not any("delete_" in p for p in matrix["finance"].permissions)


@pytest.mark.usefixtures("no_roles")
def test_setting_up_twice_changes_nothing_more() -> None:
    make.make_department("TOP")
    first = services.set_up_roles()
    entries = Entry.objects.count()
    second = services.set_up_roles()

    assert any("group admin made" in line for line in first.changed)
    assert second.changed == []
    assert Entry.objects.count() == entries


@pytest.mark.django_db
def test_what_somebody_added_by_hand_is_taken_back() -> None:
    group = Group.objects.get(name="engineer")
    group.permissions.add(Permission.objects.get(codename="change_user"))

    outcome = services.set_up_roles()

    assert outcome.changed == ["engineer: - change_user"]
    assert not group.permissions.filter(codename="change_user").exists()


@pytest.mark.usefixtures("no_roles")
def test_a_dry_run_says_what_would_change_and_changes_nothing() -> None:
    with pytest.raises(SystemExit) as caught:
        call_command("erp_setup_roles", "--dry-run", stdout=StringIO())

    assert caught.value.code == 1
    assert not Group.objects.exists()


@pytest.mark.usefixtures("no_roles")
def test_the_command_speaks_json_and_ends_well() -> None:
    out = StringIO()
    call_command("erp_setup_roles", "--json", stdout=out)

    result = json.loads(out.getvalue())
    assert "group admin made" in result["changed"]
    assert any("no active administrator" in line for line in result["attention"])
    assert set(Entry.objects.values_list("channel", "event")) == {("command", "role.set_up")}
    call_command("erp_setup_roles", "--dry-run", stdout=StringIO())


@pytest.mark.django_db
def test_the_command_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise roles.MatrixError(["there is no model catalog.unicorn"])

    monkeypatch.setattr(roles, "matrix", broken)
    err = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("erp_setup_roles", stderr=err)

    assert caught.value.code == 2
    assert "catalog.unicorn" in err.getvalue()


@pytest.mark.django_db
def test_scopes_reach_from_the_top_to_all_below() -> None:
    top = make.make_department("TOP")
    below = make.make_department("SUB", parent=make.make_department("MID", parent=top))
    services.set_up_roles()
    buyer, engineer = make.make_user("buyer", "procurement"), make.make_user("eng", "engineer")

    assert below.pk in department_scope(buyer, "buy_for")
    assert department_scope(engineer, "buy_for", "view_documents") == set()


@pytest.mark.django_db
def test_a_new_top_department_is_in_scope_at_once() -> None:
    boss, buyer = make.make_user("boss", "admin"), make.make_user("buyer", "procurement")
    from apps.accounts.models import Department

    top = services.save_department(Department(), by=boss, data={"code": "NEW", "name": "New"})

    assert top.pk in department_scope(buyer, "buy_for")
