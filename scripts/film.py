"""A film of a page: what Chromium shows, how somebody moves in it, and what is said to it.

Frames come from the browser's own screencast, each with its moment; ffmpeg makes WebM of them. What
is said goes into captions (WebVTT), so that it can be read, searched and switched off.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RATE = 12  # frames a second: enough for forms
READING = 0.055  # seconds for a letter of a caption
READING_CHINESE = 0.17
SHORTEST = 2.0
EDGE = 110  # pixels at the top and the bottom that bars may cover
FIRST_LINE = 10  # pixels: between the lines of a link there is nothing to click
# A pointer, because a browser without a screen draws none. It lies above dialogs.
POINTER = """
addEventListener("DOMContentLoaded", function () {
  const spot = document.createElement("div");
  Object.assign(spot.style, {position: "fixed", width: "22px", height: "22px", margin: "0",
    padding: "0", border: "2px solid #e0730d", borderRadius: "50%", background: "#e0730d40",
    boxShadow: "0 0 0 2px #ffffffb0", pointerEvents: "none", transition: "scale 120ms"});
  spot.popover = "manual";
  spot.setAttribute("aria-hidden", "true");
  document.body.append(spot);
  let last = JSON.parse(sessionStorage.getItem("pointer") || "[640, 400]");
  function put() {
    spot.hidePopover();
    spot.showPopover();
    spot.style.inset = `${last[1] - 11}px auto auto ${last[0] - 11}px`;
  }
  put();
  addEventListener("mousemove", function (event) {
    last = [event.clientX, event.clientY];
    sessionStorage.setItem("pointer", JSON.stringify(last));
    put();
  }, true);
  addEventListener("mousedown", () => { put(); spot.style.scale = "1.6"; }, true);
  addEventListener("mouseup", () => { spot.style.scale = "1"; }, true);
});
"""


@dataclass(frozen=True)
class Frame:
    """What was shown from a moment on (seconds of the browser's clock)."""

    at: float
    picture: bytes


class Film:
    """Somebody at work, slowly enough to follow."""

    def __init__(self, page: Any, *, pace: float = 1.0) -> None:
        self.page, self.pace = page, pace
        self.frames: list[Frame] = []
        self.captions: list[tuple[float, str]] = []
        self.ended = 0.0
        page.add_init_script(POINTER)
        self._session = page.context.new_cdp_session(page)
        self._session.on("Page.screencastFrame", self._keep)

    def _keep(self, event: dict[str, Any]) -> None:
        picture = base64.b64decode(event["data"])
        self.frames.append(Frame(event["metadata"]["timestamp"], picture))
        self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def begin(self, address: str) -> None:
        """Open the first page and let the camera run."""
        self.page.goto(address, wait_until="networkidle")
        self._session.send("Page.startScreencast", {"format": "jpeg", "quality": 90})
        self.wait(0.5)

    def end(self) -> None:
        """Let the last picture stand, and stop."""
        self.wait(1.5)
        self.ended = self._now()
        self._session.send("Page.stopScreencast")

    def wait(self, seconds: float) -> None:
        """Let somebody look."""
        self.page.wait_for_timeout(seconds * self.pace * 1000)

    def _now(self) -> float:
        return float(self.page.evaluate("Date.now() / 1000"))

    def say(self, text: str) -> None:
        """Say something and let it be read."""
        self.captions.append((self._now(), text))
        each = READING_CHINESE if any(ord(letter) > 0x2E80 for letter in text) else READING
        self.wait(max(SHORTEST, len(text) * each))

    def to(self, selector: str) -> Any:
        """Move the pointer there, scrolling if it has to be."""
        found = self.page.locator(selector).first
        found.wait_for(state="visible")
        box = found.bounding_box()
        height = self.page.viewport_size["height"]
        if box["y"] < EDGE or box["y"] + box["height"] > height - EDGE:  # below bars that stay
            found.evaluate("found => found.scrollIntoView({block: 'center', behavior: 'smooth'})")
            self.page.wait_for_timeout(700)  # as long as the browser takes to scroll
            box = found.bounding_box()
        across = box["x"] + min(box["width"] / 2, 160)
        down = box["y"] + min(box["height"] / 2, FIRST_LINE)
        self.page.mouse.move(across, down, steps=max(2, int(22 * self.pace)))
        self.wait(0.25)
        return found

    def click(self, selector: str, *, then: str = "") -> None:
        """Click; where a page follows, wait for something of it."""
        self.to(selector)
        self.page.mouse.down()
        self.wait(0.12)
        self.page.mouse.up()
        if then:
            self.page.locator(then).first.wait_for(state="visible")
            self.page.wait_for_load_state("networkidle")
        self.wait(0.5)

    def type(self, selector: str, text: str) -> None:
        """Type like somebody who knows the keys."""
        self.click(selector)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text, delay=45 * self.pace)
        self.wait(0.4)

    def press(self, key: str, times: int = 1) -> None:
        for _time in range(times):
            self.page.keyboard.press(key)
            self.wait(0.35)


def seconds_of(film: Film) -> float:
    """How long it is, in seconds."""
    return film.ended - film.frames[0].at


def captions_of(film: Film) -> str:
    """Everything said, as WebVTT; a caption stands until the next one."""
    began = film.frames[0].at
    moments = [at - began for at, _text in film.captions]
    cues = [
        f"{_moment(start)} --> {_moment(end)} line:-2\n{text}\n"
        for (_at, text), start, end in zip(
            film.captions, moments, [*moments[1:], seconds_of(film)], strict=True
        )
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _moment(seconds: float) -> str:
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"00:{int(minutes):02}:{rest:06.3f}"


def encode(film: Film, target: Path, folder: Path, ffmpeg: str) -> None:
    """Write the film; each picture stands until the next one.

    What was there before stays until the new film is whole.
    """
    lines = []
    ends = [frame.at for frame in film.frames[1:]] + [film.ended]
    for number, (frame, end) in enumerate(zip(film.frames, ends, strict=True)):
        picture = folder / f"{number:06}.jpg"
        picture.write_bytes(frame.picture)
        lines += [f"file '{picture}'", f"duration {max(end - frame.at, 0.001):.4f}"]
    listed = folder / "frames.txt"
    listed.write_text("\n".join([*lines, f"file '{picture}'"]), encoding="utf-8")
    command = [ffmpeg, "-y", "-loglevel", "error", "-f", "concat", "-safe", "0", "-i", str(listed)]
    look = ["-vf", f"fps={RATE},format=yuv420p", "-an", "-c:v", "libvpx-vp9", "-crf", "38"]
    size = ["-b:v", "0", "-g", str(RATE * 10), "-deadline", "good", "-cpu-used", "3"]
    # The same pictures give the same file, whoever records them.
    tidy = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    whole = folder / target.name
    subprocess.run([*command, *look, *size, *tidy, str(whole)], check=True)
    shutil.move(whole, target)
