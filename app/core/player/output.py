"""Where sound goes: what a player needs of an output, and the one that PortAudio offers."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from app.core.errors import AppError
from app.core.player.decoder import Frames
from app.core.pool import WorkerPool

# Between a key and its sound, so as short as can be; but the callback has to wait for the GIL.
# Each thread that computes gives it up after 5 ms at the latest, and another one that waits may
# get it first: with four of them 20 ms pass. PortAudio calls when a quarter of this is free, so
# 45 ms are there to wait.
LATENCY_S: Final = 0.06
# What the last blocks are given to be heard when a stream is closed.
_FINISH_S: Final = 0.5
_NO_PORTAUDIO: Final = (
    "Sound needs PortAudio, which is not installed (on Debian and Ubuntu: libportaudio2)."
)
_NO_DEVICE: Final = "There is no sound output: connect a device or choose another one."
_NOT_THERE: Final = "The sound output “{}” is not there: connect it or choose another one."
_LOCKED: Final = (
    "The sound output does not open: another program may hold it, so close that one or choose"
    " another output."
)
LOST: Final = "The sound output has gone: connect it again or choose another one."

# Fills a block, shape (n, 2), and tells whether it was the last.
Render = Callable[[Frames], bool]
_Result = TypeVar("_Result")


class OutputError(AppError):
    """There is no sound, and a sentence why."""


@dataclass(frozen=True, slots=True)
class Device:
    """A sound output.

    Attributes
    ----------
    id : int
        PortAudio's number, until its list is read again.
    name : str
    is_default : bool
        Whether the system uses it where nothing was chosen.
    """

    id: int
    name: str
    is_default: bool


class Stream(Protocol):
    """An output that is open: stereo, float32."""

    @property
    def rate_hz(self) -> int:
        """Frames a second."""

    @property
    def latency_s(self) -> float:
        """From what is handed over to what is heard."""

    def start(self, render: Render, on_lost: Callable[[], None]) -> None:
        """Call `render` for every block, and `on_lost`, which must not wait, if it breaks off.

        Raises
        ------
        OutputError
        """

    def close(self) -> None:
        """Go on until `render` says that this was all, if it does so soon; then end."""


class Output(Protocol):
    """Opens streams, one at a time; its methods are called from any thread, but in turn."""

    def open(self, device: str | None) -> Stream:
        """Open a device by its name, or that of the system.

        Raises
        ------
        OutputError
        """

    def devices(self, *, refresh: bool) -> list[Device]:
        """Return what there is; with `refresh`, which needs all streams closed, as it is now.

        Raises
        ------
        OutputError
        """

    def close(self) -> None:
        """End whatever it needs threads for."""


def _load_sounddevice() -> Any:
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:  # OSError: the library that it speaks to
        raise OutputError(_NO_PORTAUDIO) from error


class SoundDeviceOutput:
    """The sound card, by PortAudio.

    All calls are made by one thread, because on Windows the objects of a driver belong to the
    thread that has asked for them. PortAudio is loaded by the first of them.

    Parameters
    ----------
    load : callable, optional
        Returns the module `sounddevice`, or raises `OutputError`.
    """

    def __init__(self, load: Callable[[], Any] = _load_sounddevice) -> None:
        self._load = load
        self._thread = WorkerPool(1)
        self._has_failed = False

    def open(self, device: str | None) -> Stream:
        """Open a device by its name, or that of the system."""
        return self._call(lambda: self._open(device))

    def devices(self, *, refresh: bool) -> list[Device]:
        """Return the devices of one driver: PortAudio names each once for every driver."""
        return self._call(lambda: self._devices(self._sounddevice(refresh=refresh)))

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False)

    def _call(self, work: Callable[[], _Result]) -> _Result:
        return self._thread.submit(work).result()

    def _sounddevice(self, *, refresh: bool = False) -> Any:
        sounddevice = self._load()
        # It lists the devices once: those that have come since are not known to it.
        if refresh or self._has_failed:
            self._has_failed = False
            sounddevice._terminate()
            sounddevice._initialize()
        return sounddevice

    def _open(self, name: str | None) -> Stream:
        sounddevice = self._sounddevice()
        try:
            device = self._chosen(sounddevice, name)
            return _SoundDeviceStream(sounddevice, device, self._call, self._note_failure)
        except sounddevice.PortAudioError as error:
            self._note_failure()
            raise OutputError(_LOCKED) from error
        except OutputError:
            self._note_failure()
            raise

    def _note_failure(self) -> None:
        self._has_failed = True

    def _chosen(self, sounddevice: Any, name: str | None) -> Device:
        devices = self._devices(sounddevice)
        for device in devices:
            if device.is_default if name is None else device.name == name:
                return device
        raise OutputError(_NO_DEVICE if name is None else _NOT_THERE.format(name))

    @staticmethod
    def _devices(sounddevice: Any) -> list[Device]:
        driver = _driver(sounddevice)
        return [
            Device(number, info["name"], number == driver["default_output_device"])
            for number in driver["devices"]
            if (info := sounddevice.query_devices(number))["max_output_channels"] > 0
        ]


def _driver(sounddevice: Any) -> dict[str, Any]:
    """Return the host API: on Windows WASAPI, whose way is short and whose names are whole."""
    drivers = sounddevice.query_hostapis()
    for driver in drivers:
        if "WASAPI" in driver["name"]:
            return dict(driver)
    usual = sounddevice.default.hostapi
    return dict(drivers[usual]) if 0 <= usual < len(drivers) else {"devices": []}


class _SoundDeviceStream:
    """An open stream of PortAudio; made by the thread of its output."""

    def __init__(
        self,
        sounddevice: Any,
        device: Device,
        call: Callable[[Callable[[], None]], None],
        note_failure: Callable[[], None],
    ) -> None:
        self._sounddevice = sounddevice
        self._call = call
        self._note_failure = note_failure
        self._is_closing = False
        self._finished = threading.Event()
        self._stream = self._opened(device)
        self.rate_hz = int(self._stream.samplerate)
        self.latency_s = float(self._stream.latency)

    def _opened(self, device: Device) -> Any:
        sounddevice = self._sounddevice
        info = sounddevice.query_devices(device.id)
        is_wasapi = "WASAPI" in sounddevice.query_hostapis(info["hostapi"])["name"]
        return sounddevice.OutputStream(
            device=device.id,
            samplerate=info["default_samplerate"],
            channels=2,
            dtype="float32",
            latency=LATENCY_S,
            callback=self._fill,
            finished_callback=self._finish,
            # WASAPI alone refuses to mix two channels into whatever the device has.
            extra_settings=sounddevice.WasapiSettings(auto_convert=True) if is_wasapi else None,
        )

    def start(self, render: Render, on_lost: Callable[[], None]) -> None:
        """Call `render` for every block from now on."""
        self._render, self._on_lost = render, on_lost
        try:
            self._call(self._stream.start)
        except self._sounddevice.PortAudioError as error:
            self._note_failure()
            self._finished.set()
            raise OutputError(_LOCKED) from error

    def close(self) -> None:
        """Let the last blocks be heard, then close."""
        self._is_closing = True
        self._finished.wait(_FINISH_S)
        self._call(self._end)

    def _end(self) -> None:
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _fill(self, block: Frames, frames: int, time: object, status: object) -> None:  # noqa: ARG002
        if self._render(block):
            raise self._sounddevice.CallbackStop

    def _finish(self) -> None:
        """Note that no more is asked for: PortAudio calls it, whoever has ended the stream."""
        self._finished.set()
        if not self._is_closing:
            self._note_failure()
            self._on_lost()
