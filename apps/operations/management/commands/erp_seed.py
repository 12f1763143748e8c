"""`erp_seed`: the demonstration company, once."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.seed import catalogue, company, documents, support
from apps.operations.seed.clock import deliver, unlogged
from apps.requisitions.models import Requisition


class Command(BaseCommand):
    """Load the demonstration company; a second run adds nothing."""

    help = (
        "Load the demonstration: a company, its people (with known passwords), a catalogue and "
        "ninety days of documents. Idempotent. Refuses to run in production."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-documents", action="store_true", help="Master data only.")
        parser.add_argument(
            "--requisitions",
            type=int,
            default=documents.REQUISITIONS,
            metavar="N",
            help="How many requisitions the story has (%(default)s).",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                _("Demonstration data has known passwords and is refused in production."),
                returncode=2,
            )
        with (
            translation.override("en"),
            context.working(channel=context.Channel.COMMAND),
            unlogged(),
            transaction.atomic(),
        ):
            admin = company.make()
            with context.working(actor=admin):
                catalogue.make(admin, documents.DAYS)
            made = Requisition.objects.exists() or options["without_documents"]
            counts = {} if made else documents.make(options["requisitions"]) | support.make()
            if counts:
                deliver()
        if options["json"]:
            self.stdout.write(json.dumps({"made": counts}))
        elif counts:
            done = _(
                "Loaded: %(requisitions)d requisitions, %(purchase_orders)d orders,"
                " %(support_issues)d support issues."
            )
            self.stdout.write(done % counts)
        else:
            self.stdout.write(_("The demonstration is there already; nothing was added."))
