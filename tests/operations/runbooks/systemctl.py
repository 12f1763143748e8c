"""What stands in for systemd where none runs: starts, stops and shows the processes of a machine.

Run as a program by the words of systemctl; MACHINE names a file that says what each unit is.
"""

from __future__ import annotations

import fnmatch
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SECONDS = 90.0


def main(arguments: list[str]) -> int:
    """Do what systemctl would do."""
    machine = json.loads(Path(os.environ["MACHINE"]).read_text())
    verb, *names = [word for word in arguments if not word.startswith("-")]
    units = [Unit(name, machine) for name in machine["units"]]
    chosen = [unit for name in names for unit in units if unit.belongs(name, machine)]
    if verb != "list-units" and (not chosen or any(not unit.is_known for unit in chosen)):
        sys.stderr.write(f"Unit {names} not found.\n")
        return 5
    if verb in {"stop", "restart"}:
        for unit in chosen:
            unit.stop()
    if verb in {"start", "restart"}:
        for unit in chosen:
            unit.start()
    if verb in {"status", "show", "list-units"}:
        for unit in chosen:
            sys.stdout.write(f"{unit.name} {'active' if unit.runs() else 'inactive'}\n")
    return 3 if verb == "status" and not all(unit.runs() for unit in chosen) else 0


class Unit:
    """One process group."""

    def __init__(self, name: str, machine: dict[str, Any]) -> None:
        self.name, self.folder = name, Path(machine["folder"])
        self.said: dict[str, Any] = machine["units"][name]
        self.is_known = True

    @property
    def note(self) -> Path:
        return self.folder / f"{self.name}.pid"

    def belongs(self, asked: str, machine: dict[str, Any]) -> bool:
        """Whether a name, a pattern or the name of a whole means this unit."""
        return fnmatch.fnmatch(self.name, asked) or self.name in machine["wholes"].get(asked, ())

    def pid(self) -> int:
        return int(self.note.read_text()) if self.note.exists() else 0

    def runs(self) -> bool:
        """Whether somebody of its group is there and is no zombie."""
        pid = self.pid()
        stat = Path(f"/proc/{pid}/stat")
        return bool(pid) and stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"

    def start(self) -> None:
        """Start it and wait until it listens."""
        if self.runs():
            return
        who = {"user": self.said["user"], "group": self.said["user"], "extra_groups": []}
        with (self.folder / f"{self.name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.said["command"],
                cwd=self.said["cwd"],
                env={**os.environ, **self.said["env"]},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **(who if self.said["user"] is not None else {}),
            )
        self.note.write_text(str(process.pid))
        deadline = time.monotonic() + SECONDS
        while self.said["port"] and not listens(self.said["port"]):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{self.name} does not start")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it in good order, and the whole group when it does not."""
        pid = self.pid()
        if self.runs():
            os.kill(pid, signal.Signals[self.said["stop"]])
        deadline = time.monotonic() + SECONDS / 2
        while self.runs():
            if time.monotonic() > deadline:
                os.killpg(pid, signal.SIGKILL)
            time.sleep(0.1)
        self.note.unlink(missing_ok=True)


def listens(port: int) -> bool:
    """Whether somebody takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
