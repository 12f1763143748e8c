"""What the product reads at run time is shipped: by the installer and in the image."""

from __future__ import annotations

import re

import pytest

from tests.architecture.files import files, text
from tests.deploy.programs import ROOT

READS = re.compile(r"BASE_DIR\)? / \(?\"([\w.-]+)\"")
OURS = {name for path in files(".py", "apps", "erp") for name in READS.findall(text(path))}
INSTALLER = text("deploy/install/steps.bash")
IMAGE = text("deploy/docker/Dockerfile")
SHIPPED = {
    "installer": set(re.search(r"^PARTS='([^']+)'", INSTALLER, re.MULTILINE)[1].split()),
    "image": {
        word.split("/")[0]
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", IMAGE, re.MULTILINE)
        for word in line.split()
    },
}


@pytest.mark.parametrize("way", SHIPPED)
def test_what_is_read_is_shipped(way):
    wanted = {name for name in OURS if (ROOT / name).exists() and name != "var"}

    assert {"pyproject.toml", "fonts", "fixtures", "docs"} <= wanted
    assert wanted - SHIPPED[way] == set()
