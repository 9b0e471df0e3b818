"""How far a long run is: whoever does the work tells it here, whoever shows it derives from `Progress`."""

from __future__ import annotations


class Progress:
    """Hears of phases one after the other, each of as many steps as it was told to expect; this one shows nothing."""

    def phase(self, name: str) -> None:
        """The phase before has ended, this one begins."""

    def expect(self, steps: int) -> None:
        """So many steps more belong to the phase."""

    def step(self) -> None:
        """A step is done."""


SILENT = Progress()
