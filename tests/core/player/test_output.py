"""PortAudio as it behaves on systems that are not here; `test_real_sound` has the real one."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from app.core.player import output
from app.core.player.events import DeviceLost
from app.core.player.output import OutputError, SoundDeviceOutput
from app.core.player.player import Player
from tests.helpers.outputs import PacedOutput
from tests.helpers.sentences import assert_is_one_sentence


class PortAudioError(Exception):
    pass


class CallbackStop(Exception):  # noqa: N818 - its name in sounddevice
    pass


class FakeStream:
    def __init__(self, fake: FakeSoundDevice, **options: Any) -> None:
        fake.threads.add(threading.current_thread())
        if fake.fails == "open":
            raise PortAudioError
        self.fake, self.options = fake, options
        self.samplerate, self.latency = options["samplerate"], options["latency"]
        self.did: list[str] = []

    def start(self) -> None:
        self.fake.threads.add(threading.current_thread())
        if self.fake.fails == "start":
            raise PortAudioError
        self.did.append("start")

    def abort(self, ignore_errors: bool) -> None:
        self.did.append("abort")

    def close(self, ignore_errors: bool) -> None:
        self.fake.threads.add(threading.current_thread())
        self.did.append("close")

    def block(self) -> np.ndarray[Any, Any]:
        """Ask for a block as PortAudio does, and say when it was the last."""
        block = np.zeros((480, 2), np.float32)
        try:
            self.options["callback"](block, 480, None, None)
        except CallbackStop:
            self.options["finished_callback"]()
        return block


class FakeSoundDevice:
    """The module, on a Windows machine: each device twice, and a microphone."""

    PortAudioError, CallbackStop = PortAudioError, CallbackStop

    def __init__(self, drivers: tuple[str, ...] = ("MME", "Windows WASAPI")) -> None:
        self.drivers = drivers
        self.names = ["Microphone", "Speakers", "Phones"]
        self.fails = ""
        self.restarts: list[str] = []
        self.streams: list[FakeStream] = []
        self.threads: set[threading.Thread] = set()
        self.default = type("Default", (), {"hostapi": 0})

    def _terminate(self) -> None:
        self.restarts.append("terminate")

    def _initialize(self) -> None:
        self.restarts.append("initialize")

    def query_hostapis(self, index: int | None = None) -> Any:
        size = len(self.names)
        infos = [
            {
                "name": name,
                "devices": list(range(at * size, (at + 1) * size)),
                "default_output_device": at * size + 1 if size > 1 else -1,
            }
            for at, name in enumerate(self.drivers)
        ]
        return infos if index is None else infos[index]

    def query_devices(self, number: int) -> dict[str, Any]:
        driver, at = divmod(number, len(self.names))
        return {
            "name": self.names[at],
            "hostapi": driver,
            "max_output_channels": 2 if at else 0,
            "default_samplerate": 44_100.0 if driver == 0 else 48_000.0,
        }

    def OutputStream(self, **options: Any) -> FakeStream:  # noqa: N802 - as in sounddevice
        self.streams.append(FakeStream(self, **options))
        return self.streams[-1]

    def WasapiSettings(self, auto_convert: bool) -> str:  # noqa: N802
        return f"shared, auto_convert={auto_convert}"


def test_on_windows_it_is_wasapi(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeSoundDevice()
    opened = SoundDeviceOutput(lambda: fake)
    devices = opened.devices(refresh=False)
    assert [(one.id, one.name, one.is_default) for one in devices] == [
        (4, "Speakers", True),
        (5, "Phones", False),
    ]
    assert opened.open(None).rate_hz == 48_000
    options = fake.streams[0].options
    assert (options["device"], options["channels"], options["dtype"]) == (4, 2, "float32")
    assert options["extra_settings"] == "shared, auto_convert=True"
    assert opened.open("Phones").latency_s == output.LATENCY_S
    assert fake.streams[1].options["device"] == 5
    assert fake.restarts == []
    opened.close()


def test_elsewhere_it_is_the_usual_driver() -> None:
    fake = FakeSoundDevice(("Core Audio", "JACK"))
    opened = SoundDeviceOutput(lambda: fake)
    assert opened.open(None).rate_hz == 44_100
    assert fake.streams[0].options["extra_settings"] is None
    opened.close()


def test_one_thread_makes_all_calls() -> None:
    fake = FakeSoundDevice()
    opened = SoundDeviceOutput(lambda: fake)
    stream = opened.open(None)
    stream.start(lambda block: True, lambda: None)
    fake.streams[0].block()
    stream.close()
    assert fake.streams[0].did == ["start", "abort", "close"]
    assert len(fake.threads) == 1
    assert threading.current_thread() not in fake.threads
    opened.close()


def test_what_ends_by_itself_is_lost_and_what_was_closed_is_not() -> None:
    fake, lost = FakeSoundDevice(), []
    opened = SoundDeviceOutput(lambda: fake)
    for name in ("unplugged", "closed"):
        stream = opened.open(None)
        stream.start(lambda block: True, lambda name=name: lost.append(name))  # type: ignore[misc]
        if name == "unplugged":
            fake.streams[-1].options["finished_callback"]()
            stream.close()
            continue
        closing = threading.Thread(target=stream.close)
        closing.start()
        while not stream._is_closing:  # type: ignore[attr-defined]
            threading.Event().wait(0.001)
        closing.join(0.05)
        assert fake.streams[-1].did == ["start"]  # the last block is still to come
        fake.streams[-1].block()
        closing.join(5)
    assert lost == ["unplugged"]
    # After a loss the list of devices is not what it was.
    assert fake.restarts == ["terminate", "initialize"]
    opened.close()


@pytest.mark.parametrize("how", ["open", "start", "nothing", "name"])
def test_what_cannot_be_opened_is_said_and_the_list_is_read_anew(how: str) -> None:
    fake = FakeSoundDevice()
    fake.fails = how
    if how == "nothing":
        fake.names = ["Microphone"]
    opened = SoundDeviceOutput(lambda: fake)
    with pytest.raises(OutputError) as caught:
        opened.open("Radio" if how == "name" else None).start(lambda block: True, lambda: None)
    assert_is_one_sentence(str(caught.value))
    assert "choose another" in str(caught.value)
    assert ("Radio" in str(caught.value)) == (how == "name")
    fake.fails, fake.names = "", ["Microphone", "Speakers"]
    opened.open(None).start(lambda block: True, lambda: None)
    assert fake.restarts == ["terminate", "initialize"]
    opened.close()


def test_a_refresh_restarts_portaudio() -> None:
    fake = FakeSoundDevice()
    opened = SoundDeviceOutput(lambda: fake)
    opened.devices(refresh=True)
    opened.devices(refresh=False)
    assert fake.restarts == ["terminate", "initialize"]
    opened.close()


@pytest.mark.parametrize("error", [OSError("PortAudio library not found"), ImportError("none")])
def test_without_portaudio_a_sentence_names_the_package(
    monkeypatch: pytest.MonkeyPatch, error: Exception, tmp_path: Any
) -> None:
    def fail(name: str) -> None:
        raise error

    monkeypatch.setattr(output.importlib, "import_module", fail)
    told: list[Any] = []
    has_told = threading.Event()

    def tell(event: object) -> None:
        told.append(event)
        has_told.set()

    player = Player(SoundDeviceOutput(), tell)
    assert player.devices() == player.devices(refresh=True) == []
    player.play(str(tmp_path / "a.wav"))
    assert has_told.wait(10)
    assert isinstance(told[0], DeviceLost)
    assert_is_one_sentence(told[0].sentence)
    assert "libportaudio2" in told[0].sentence
    player.close()


def test_sounddevice_is_not_loaded_before_it_is_needed() -> None:
    opened = SoundDeviceOutput(lambda: pytest.fail("loaded"))
    Player(opened, print).close()


def test_the_paced_output_counts_the_blocks_that_came_late() -> None:
    paced = PacedOutput(rate_hz=48_000, latency_s=0.02, block=240)
    enough, calls = threading.Event(), []

    def render(block: Any) -> bool:
        calls.append(len(block))
        if len(calls) in (10, 20):
            threading.Event().wait(0.1)  # far beyond the deadline
        if len(calls) == 30:
            enough.set()
        return len(calls) >= 30

    stream = paced.open(None)
    stream.start(render, lambda: None)
    assert enough.wait(10)
    stream.close()
    assert stream.blocks == 30
    assert paced.underflows >= 2
    assert set(calls) == {240}
