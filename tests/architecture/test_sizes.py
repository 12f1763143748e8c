"""Size is the common disease of business systems: rooms stay small from the first day."""

import ast

import pytest

from tests.architecture.files import files, text

MODULE = 300
TEST_MODULE = 400
CLASS = 150
TEMPLATE = 200
SCRIPT = 500


def too_long(names: list[str], most: int) -> dict[str, int]:
    lengths = {name: len(text(name).splitlines()) for name in names}
    return {name: length for name, length in lengths.items() if length > most}


@pytest.mark.parametrize(
    ("suffix", "folders", "most"),
    [
        (".py", ("apps", "erp", "scripts"), MODULE),
        (".py", ("tests",), TEST_MODULE),
        (".html", ("templates",), TEMPLATE),
        (".js", ("static",), SCRIPT),
    ],
)
def test_no_file_is_longer_than_one_reads(suffix, folders, most):
    names = [name for name in files(suffix, *folders) if "/migrations/" not in name]

    assert too_long(names, most) == {}


def test_settings_fit_on_a_few_screens():
    assert too_long(["erp/settings.py"], 250) == {}
    assert too_long(["tests/settings.py"], 30) == {}


def test_no_class_does_everything():
    long = {}
    for name in files(".py", "apps", "erp"):
        for node in ast.walk(ast.parse(text(name))):
            if isinstance(node, ast.ClassDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > CLASS and "/migrations/" not in name:
                    long[f"{name}:{node.name}"] = length

    assert long == {}
