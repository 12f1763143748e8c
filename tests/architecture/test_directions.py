"""Each contract between apps breaks when somebody goes against it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

RUN = "from importlinter.cli import lint_imports_command as run; run()"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("apps", "erp"):
        shutil.copytree(
            settings.BASE_DIR / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(settings.BASE_DIR / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> tuple[int, str]:
    result = subprocess.run(
        [sys.executable, "-c", RUN, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


def test_contracts_hold(tree):
    code, said = lint(tree)

    assert code == 0, said


@pytest.mark.parametrize(
    ("name", "line", "contract"),
    [
        ("apps/accounts/models.py", "import apps.catalog.models", "Apps lie on each other"),
        ("apps/catalog/apps.py", "import erp.settings", "Apps lie on each other"),
        ("apps/requisitions/states.py", "import apps.requisitions.models", "Inside an app"),
        ("apps/common/errors.py", "import apps.common.workflow", "In common"),
        ("apps/common/workflow.py", "import rest_framework", "Below the interfaces"),
        ("apps/requisitions/querysets.py", "import rest_framework", "Below the interfaces"),
        ("apps/procurement/states.py", "import apps.audit.models", "nobody imports it"),
        ("apps/audit/models.py", "import apps.catalog.models", "only common and accounts"),
    ],
)
def test_contract_breaks(tree, name, line, contract):
    with (tree / name).open("a") as module:
        module.write(f"\n{line}\n")

    code, said = lint(tree)

    assert code == 1
    assert any(contract in row and "BROKEN" in row for row in said.splitlines()), said
