"""Every command of ours explains itself and has a test that names it."""

import re

import pytest
from django.core.management import get_commands, load_command_class

from tests.architecture.files import files, text

OURS = sorted(name for name, app in get_commands().items() if app.startswith("apps."))


def test_commands_are_found():
    folders = [name for name in files(".py", "apps") if "/management/commands/" in name]
    modules = {name.rsplit("/", 1)[1][:-3] for name in folders} - {"__init__"}

    assert {name for name in modules if not name.startswith("_")} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_command_is_called_after_the_product(name):
    assert name.startswith("erp_")


@pytest.mark.parametrize("name", OURS)
def test_command_explains_itself(name):
    command = load_command_class(get_commands()[name], name)

    parser = command.create_parser("manage.py", name)

    assert len(str(command.help)) > 20
    assert name in parser.format_help()
    silent = [action.dest for action in parser._actions if not action.help]
    assert silent == []


@pytest.mark.parametrize("name", OURS)
def test_command_has_a_test(name):
    tests = [test for test in files(".py", "tests") if "architecture" not in test]

    assert any(re.search(rf"[\"']{name}[\"']", text(test)) for test in tests)
