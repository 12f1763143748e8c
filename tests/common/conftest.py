"""Documents for what every document has: files, comments."""

from tests.requisitions.conftest import _company, company

__all__ = ["_company", "company"]
