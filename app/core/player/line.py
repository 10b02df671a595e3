"""The way to the speakers: a stream that is opened when it is needed, and what fills it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from app.core.jobs import Job
from app.core.player.mixer import Controls, Mixer, Voice
from app.core.player.output import Device, Output, OutputError, Stream


class Line:
    """A stream and its mixer, or neither.

    Opening, closing and listing take turns, and may take a while each.

    Parameters
    ----------
    output : Output
    controls : Controls
    on_over : callable
        As `Mixer` takes it.
    on_lost : callable
        Called with the mixer whose stream has broken off; it must not wait.

    Attributes
    ----------
    mixer : Mixer or None
        None while no stream is open.
    """

    def __init__(
        self,
        output: Output,
        controls: Controls,
        on_over: Callable[[Voice], None],
        on_lost: Callable[[Mixer], None],
    ) -> None:
        self._output = output
        self._controls = controls
        self._on_over = on_over
        self._on_lost = on_lost
        self._device: str | None = None
        self._stream: Stream | None = None
        self._turn = threading.Lock()
        self.mixer: Mixer | None = None

    def open(self, job: Job) -> Mixer:
        """Return the mixer of a stream that runs.

        Raises
        ------
        CancelledError
            If nobody wants it any more when its turn has come.
        OutputError
        """
        with self._turn:
            job.check()
            return self.mixer or self._open()

    def close(self) -> None:
        """Fade out and close, if it is open."""
        with self._turn:
            self._close()

    def drop(self, mixer: Mixer) -> None:
        """Close the stream of a mixer, unless another one has been opened since."""
        with self._turn:
            if self.mixer is mixer:
                self._close()

    def choose(self, device: str | None) -> None:
        """Use another device from the next `open` on."""
        with self._turn:
            self._close()
            self._device = device

    def devices(self, *, refresh: bool) -> list[Device]:
        """Return the devices; `refresh` closes the stream.

        Raises
        ------
        OutputError
        """
        with self._turn:
            if refresh:
                self._close()
            return self._output.devices(refresh=refresh)

    def _open(self) -> Mixer:
        stream = self._output.open(self._device)
        mixer = Mixer(stream.rate_hz, stream.latency_s, self._controls, self._on_over)
        self._stream, self.mixer = stream, mixer
        try:
            stream.start(mixer.render, partial(self._on_lost, mixer))
        except OutputError:
            self._close()
            raise
        return mixer

    def _close(self) -> None:
        stream, mixer = self._stream, self.mixer
        self._stream = self.mixer = None
        if stream and mixer:
            mixer.finish()
            stream.close()
