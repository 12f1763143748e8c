"""`erp_report`: digests by mail, and the watch after a launch."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.common import context
from apps.operations.alerting.evaluating import State
from apps.operations.models import DigestRun
from apps.operations.reports import digest, launch, launching, sending
from apps.operations.reports.launch import Report
from apps.operations.reports.watching import WINDOWS

MARKS = {
    State.GOOD: "✓",
    State.OFF_TARGET: "!",
    State.WARNING: "!",
    State.CRITICAL: "✗",
    State.UNKNOWN: "?",
}


class Command(BaseCommand):
    """Write a digest, or look at a window after a launch."""

    help = (
        "Write the daily or weekly digest and, with --send, put it into the outbox, once per "
        "period; or look at the first hour, day or week after a launch, line by line. Exit 0: "
        "done, and every line is green; 1: a line is not green, or unknown; 2: bad usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--digest",
            action="append",
            choices=DigestRun.Period.values,
            help="Write this digest; may be given twice.",
        )
        what.add_argument("--window", choices=list(WINDOWS), help="Look at this window.")
        parser.add_argument(
            "--send", action="store_true", help="Send the digest to those who get it, once."
        )
        parser.add_argument(
            "--since",
            default="",
            metavar="TIME",
            help="When the launch was (ISO 8601); else the newest launch watch of the calendar.",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        refuse_mixing(options)
        with context.working(channel=context.Channel.COMMAND):
            if options["digest"]:
                self._digests(dict.fromkeys(options["digest"]), options)
            else:
                self._watch(options)

    def _digests(self, periods: dict[str, None], options: dict[str, Any]) -> None:
        said: dict[str, Any] = {}
        now = timezone.now()
        for period in periods:
            if options["send"]:
                said[period] = self._send(period, now, as_json=options["json"])
                continue
            facts = sending.facts_of(period, now)
            with timezone.override(ZoneInfo(settings.USER_TIME_ZONE)):
                said[period] = {"subject": digest.subject(facts), "text": digest.text(facts)}
            if not options["json"]:
                self.stdout.write(f"{said[period]['subject']}\n\n{said[period]['text']}")
        if options["json"]:
            self.stdout.write(json.dumps(said, ensure_ascii=False))

    def _send(self, period: str, now: dt.datetime, *, as_json: bool) -> dict[str, Any]:
        sent = sending.send(period, now)
        if not as_json:
            figures = {"period": period, "count": sent.recipients}
            if sent.is_repeat:
                text = _("%(period)s: sent before; nothing was sent.")
            elif not sent.recipients:
                text = _(
                    "%(period)s: nobody gets it. Next: give somebody the right to the digest, such"
                    " as the role admin or ops."
                )
            else:
                text = _("%(period)s: %(count)d mails are in the outbox. Next: erp_send_outbox.")
            self.stdout.write(text % figures)
        return {"recipients": sent.recipients, "is_repeat": sent.is_repeat}

    def _watch(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        found = launch.report(options["window"], launched_at(options["since"], now), now)
        if options["json"]:
            self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False))
        else:
            self._say(found)
        if found.state is not State.GOOD:
            sys.exit(1)

    def _say(self, found: Report) -> None:
        watch, zone = found.watch, ZoneInfo(settings.USER_TIME_ZONE)
        times = {
            "since": watch.span.since.astimezone(zone).isoformat(" ", "minutes"),
            "until": watch.span.until.astimezone(zone).isoformat(" ", "minutes"),
        }
        head = _("%(since)s to %(until)s") % times
        more = [] if watch.is_over else [_("not over yet")]
        more += [_("limits tightened")] if watch.is_tight else []
        self.stdout.write(f"{watch.window.label}, {', '.join([head, *more])}")
        for row in found.rows:
            self.stdout.write(f"{MARKS[row.state]} {row.label}")
            for part in row.parts:
                limit = f" ({part.threshold})" if part.threshold else ""
                self.stdout.write(f"    {MARKS[part.state]} {part.figure}{limit}")


def launched_at(text: str, now: dt.datetime) -> dt.datetime:
    """The moment of the launch. Raises CommandError when it is unknown or not yet."""
    if not text:
        found = launching.last_launch(now)
        if found is None:
            reason = _(
                "When was the launch? Give --since, or put a launch watch into the calendar."
            )
            raise CommandError(reason, returncode=2)
        return found
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        reason = _("“%(text)s” is no time such as 2026-11-20T09:00+08:00.") % {"text": text}
        raise CommandError(reason, returncode=2)
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=ZoneInfo(settings.USER_TIME_ZONE))
    if moment > now:
        raise CommandError(_("The launch has not been yet."), returncode=2)
    return moment


def refuse_mixing(options: dict[str, Any]) -> None:
    """Options of one kind of report mean nothing to the other. Raises CommandError."""
    if options["window"] and options["send"]:
        raise CommandError(_("--send goes with --digest."), returncode=2)
    if options["digest"] and options["since"]:
        raise CommandError(_("--since goes with --window."), returncode=2)
