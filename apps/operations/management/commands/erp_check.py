"""`erp_check`: what is wrong, why, and what to do next."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from apps.operations.doctor import answers
from apps.operations.doctor.answers import Answer, Check, State
from apps.operations.doctor.tables import shape
from apps.operations.doctor.topics import ACTIONS

MARKS = {State.OK: "✓", State.WARNING: "!", State.PROBLEM: "✗", State.UNKNOWN: "?"}
WORST = (State.PROBLEM, State.WARNING, State.UNKNOWN, State.OK)

type Seen = list[tuple[Check, Answer]]


class Command(BaseCommand):
    """Ask the doctor about all topics or some."""

    help = (
        "Look at the running system, name the cause of what is wrong and what to do next. Changes "
        "nothing. Exit 0: all is well, 1: a warning, a problem, or something nobody could find "
        "out, 2: bad usage."
    )

    # What is broken is what the command is for.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--topic",
            action="append",
            default=[],
            choices=answers.topics(),
            metavar="TOPIC",
            help="Only this topic; may be given repeatedly. One of: " + ", ".join(answers.topics()),
        )
        parser.add_argument(
            "--db",
            action="store_true",
            help="The topic database, with its tables, people and memory listed.",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        topics = {*options["topic"], *(["database"] if options["db"] else [])}
        seen = list(answers.run(topics))
        listed = shape() if options["db"] else {}
        state = worst(seen)
        if options["json"]:
            report = {
                "state": state,
                "checks": [described(one, answer) for one, answer in seen],
                "actions": {topic: acted(topic, seen) for topic in ACTIONS if topic in topics},
                **({"database": listed} if listed else {}),
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False, default=str))
        else:
            self._say(seen, sorted(topics & ACTIONS.keys()), listed)
        if state != State.OK:
            sys.exit(1)

    def _say(self, seen: Seen, topics: list[str], listed: dict[str, Any]) -> None:
        for one, answer in seen:
            self.stdout.write(f"{MARKS[answer.state]} {one.name}: {answer.said}")
            if answer.state != State.OK:
                figures = ", ".join(f"{name}={value}" for name, value in answer.figures.items())
                evidence = f" ({figures})" if figures else ""
                self.stdout.write(f"    {answer.cause}{evidence}")
                self.stdout.write("    " + _("Next: %(step)s") % {"step": answer.next})
        for topic in topics:
            self._say_actions(topic, seen)
        for name, value in listed.items():
            self.stdout.write(f"{name}: {value}")
        counted = Counter(answer.state for _one, answer in seen)
        self.stdout.write(", ".join(f"{state}: {counted[state]}" for state in State))

    def _say_actions(self, topic: str, seen: Seen) -> None:
        rows = acted(topic, seen)
        answered = sum(row["state"] != State.UNKNOWN for row in rows)
        figures = {"topic": topic, "count": answered, "all": len(rows)}
        self.stdout.write(_("Immediate actions, %(topic)s: %(count)d/%(all)d answered") % figures)
        for number, row in enumerate(rows, 1):
            self.stdout.write(f"  {number}. {row['asked']}: {MARKS[row['state']]} {row['said']}")


def worst(seen: Seen) -> State:
    """The state of the whole: that of the worst part."""
    found = {answer.state for _one, answer in seen}
    return next((state for state in WORST if state in found), State.OK)


def described(one: Check, answer: Answer) -> dict[str, Any]:
    """One answer for a machine."""
    return {
        "name": one.name,
        "topics": one.topics,
        "label": str(one.label),
        "state": answer.state,
        "cause": answer.cause,
        "said": answer.said,
        "figures": answer.figures,
        "next": answer.next,
    }


def acted(topic: str, seen: Seen) -> list[dict[str, Any]]:
    """The immediate actions of a topic with what answers them."""
    found = {one.name: (one, answer) for one, answer in seen}
    rows = []
    for action in ACTIONS[topic]:
        parts = [found[name] for name in action.checks]
        said = " ".join(answer.said for _one, answer in parts)
        rows.append({"asked": str(action.asked), "state": worst(parts), "said": said})
    return rows
