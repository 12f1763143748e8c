"""Sound data has no findings, whatever state its documents are in."""

import pytest

from apps.common import integrity

pytestmark = pytest.mark.django_db


def test_the_demonstration_is_whole(site):
    findings = [finding for _check, found in integrity.run() for finding in found]

    assert findings == []
