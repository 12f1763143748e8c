"""The README's walk over the API does what it says, as it stands there."""

import os
import re
import shutil
import subprocess

import pytest
from django.conf import settings

from apps.procurement.models import PurchaseOrder
from apps.requisitions.models import Requisition

needs_shell = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("curl")), reason="no bash or no curl"
)


def block() -> str:
    """The shell block under the heading about the API."""
    text = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    _before, after = text.split("## The same over the API", 1)
    found = re.search(r"```sh\n(.*?)```", after, re.DOTALL)
    assert found is not None
    return found[1]


@needs_shell
@pytest.mark.usefixtures("company")
def test_walk_over_the_api(live_server):
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block()],
        env={**os.environ, "BASE": live_server.url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    number, first, second, status, order = done.stdout.split()
    requisition = Requisition.objects.get(number=number)
    assert (first, second, status) == ("pending_approval", "approved", "approved")
    assert requisition.status == "approved"
    assert requisition.order_status == "full"
    assert PurchaseOrder.objects.get(number=order).status == "issued"
