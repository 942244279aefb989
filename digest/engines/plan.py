"""What a build would ask, counted instead of asked (edge)."""

from __future__ import annotations

from collections.abc import Callable

from digest.engines.standin import StandIn
from digest.translate.cost import Usage
from digest.translate.engine import Answers, Engine, Task, nothing
from digest.translate.material import Material
from digest.translate.write import PLANNED, Drafts, Writer


class Planned(StandIn):
    """Stands in an engine's place: reckons what each task would use, and answers nothing.

    Behind `Kept` it is given only the lines that are not known yet. Answers that the judge would refuse, and that would
    be asked for a second time, are not foreseen.
    """

    def __init__(self, engine: Engine, estimate: Callable[[Task], Usage]) -> None:
        super().__init__(engine)
        self._estimate = estimate
        self.usage = Usage()

    def translate(self, task: Task) -> Answers:
        self.usage += self._estimate(task)
        return nothing(task.lines, "cap")


class PlannedWriter:
    """Stands before a writer: reckons what each post would use; what needs no call it gives, for that is known."""

    def __init__(self, writer: Writer, estimate: Callable[[Material], Usage]) -> None:
        self._writer, self._estimate = writer, estimate
        self.signature = writer.signature
        self.usage = Usage()

    def write(self, material: Material) -> Drafts:
        usage = self._estimate(material)
        self.usage += usage
        return Drafts(failure=PLANNED) if usage.calls else self._writer.write(material)
