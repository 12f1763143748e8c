"""A little company and its normal work, done by a process of its own under the role of the app.

Run as a program: makes people and master data, asks for something, has it approved, and prints
what the other tests need to log in and to ask for more.
"""

import json
import os
import sys
from pathlib import Path


def main() -> None:
    import django

    django.setup()
    from apps.accounts.services import set_up_roles
    from apps.audit.models import Entry
    from tests.factories import PASSWORD
    from tests.requisitions.calls import body
    from tests.requisitions.factories import make_company

    set_up_roles()
    company = make_company()
    approved = company.in_state("approved")
    said = {
        "username": company.requester.username,
        "password": PASSWORD,
        "number": approved.number,
        "status": approved.status,
        "entries": Entry.objects.count(),
        "body": body(company),
    }
    sys.stdout.write("\n" + json.dumps(said) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    sys.path.insert(0, str(Path.cwd()))
    main()
