"""Sound is real: what PortAudio hands to the system is recorded, and is the sample.

The system is ALSA with a device that writes a file instead of driving a sound card.
"""

from __future__ import annotations

import ctypes.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.core.player.stage import roughness, swell
from tests.helpers.sounds import write_wav

_LACKING = [name for name in ("portaudio", "asound") if not ctypes.util.find_library(name)]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux only"),
    pytest.mark.skipif(bool(_LACKING), reason=f"not installed: lib{', lib'.join(_LACKING)}"),
]
_ROOT = Path(__file__).resolve().parents[3]
_CONFIG = """
pcm.!default {{
  type plug
  slave {{ pcm "recorder" rate {rate} channels 2 format FLOAT_LE }}
}}
pcm.recorder {{
  type file
  file "{file}"
  format raw
  slave.pcm {{ type null }}
}}
ctl.!default {{ type hw card 0 }}
"""

Sound = NDArray[np.float32]


def drum(rate_hz: int, channels: int, seconds: float = 0.25) -> Sound:
    """Return a drum, cut before it is silent, as it would be sampled at a rate, shape (n, c)."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    decay = 0.4 * np.exp(-8 * time_s)
    left = decay * (np.sin(2 * np.pi * 55 * time_s) + 0.3 * np.sin(2 * np.pi * 1_700 * time_s))
    right = decay * (np.sin(2 * np.pi * 83 * time_s) + 0.2 * np.sin(2 * np.pi * 2_300 * time_s))
    return np.stack([left, right], axis=1)[:, :channels].astype(np.float32)


def sweep(seconds: float) -> Sound:
    """Return a tone that rises from 40 to 160 Hz and begins softly; no two parts are alike."""
    time_s = np.arange(round(seconds * 48_000)) / 48_000
    tone = np.sin(2 * np.pi * (40 * time_s + 60 * time_s**2 / seconds))
    softly = 0.5 - 0.5 * np.cos(np.pi * np.minimum(1, time_s / 0.02))
    return stereo((0.4 * tone * softly).astype(np.float32)[:, np.newaxis])


def record(folder: Path, sounds: list[tuple[Sound, int]], **plan: Any) -> tuple[Sound, Any]:
    """Play through PortAudio, and return what arrived, shape (n, 2), and what was told."""
    config, file = folder / "asound.conf", folder / "speakers.raw"
    rate = plan.pop("rate", 48_000)
    config.write_text(_CONFIG.format(file=file, rate=rate), encoding="utf-8")
    paths = []
    for number, (sound, rate_hz) in enumerate(sounds):
        paths.append(str(write_wav(folder / f"{number}.wav", sound, rate_hz)))
    show = {"paths": paths, "steps": [], "is_looping": False, **plan}
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.player.speakers", json.dumps(show)],
        cwd=_ROOT,
        env={**os.environ, "ALSA_CONFIG_PATH": str(config)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return np.fromfile(file, "<f4").reshape(-1, 2), json.loads(done.stdout)


def part_of(heard: Sound, sound: Sound) -> tuple[int, float, float]:
    """Return where a sound lies in what was heard, how alike they are, and its level in dB."""
    size = 1 << (len(heard) + len(sound)).bit_length()
    spectrum = np.fft.rfft(heard, size, axis=0) * np.fft.rfft(sound, size, axis=0).conj()
    at = int(np.fft.irfft(spectrum.sum(axis=1), size)[: len(heard)].argmax())
    found = heard[at : at + len(sound)].astype(float)
    wanted = sound[: len(found)].astype(float)
    alike = (found * wanted).sum() / math.sqrt((found**2).sum() * (wanted**2).sum())
    return at, float(alike), 10 * math.log10((found**2).sum() / (wanted**2).sum())


def stereo(sound: Sound) -> Sound:
    return sound if sound.shape[1] == 2 else np.repeat(sound, 2, axis=1)


def first_of(heard: Sound) -> int:
    return int(np.flatnonzero(heard.any(axis=1))[0])


def assert_is_heard(heard: Sound, sound: Sound) -> None:
    """Fail unless a sound was heard from its beginning to its end, and silence around it."""
    at, alike, level_db = part_of(heard, sound)
    assert abs(at - first_of(heard)) <= 2
    assert alike > 0.999
    assert abs(level_db) < 0.1
    own = roughness(np.concatenate([np.zeros((2, 2), np.float32), sound]))
    end = at + len(sound)
    assert roughness(heard[end - 100 :]) <= 1.1 * own
    assert roughness(heard[: at + 100]) <= 1.1 * own
    assert not heard[end + len(sound) // 100 :].any()


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_a_sample_arrives_as_it_is(tmp_path: Path, rate_hz: int, channels: int) -> None:
    heard, told = record(tmp_path, [(drum(rate_hz, channels), rate_hz)])
    assert told["rate_hz"] == 48_000
    assert told["told"] == ["Started", "Ended"]
    assert "default" in told["devices"]
    assert_is_heard(heard, stereo(drum(48_000, channels)))


def test_a_sample_arrives_at_the_rate_of_another_device(tmp_path: Path) -> None:
    heard, told = record(tmp_path, [(drum(48_000, 2), 48_000)], rate=44_100)
    assert told["rate_hz"] == 44_100
    assert_is_heard(heard, drum(44_100, 2))


def test_a_long_sample_arrives(tmp_path: Path) -> None:
    sound = np.concatenate([drum(44_100, 1), np.zeros((44_100 * 31, 1), np.float32)])
    heard, told = record(tmp_path, [(sound, 44_100)], steps=[[48_000, "end"]])
    assert told["told"] == ["Started"]
    silence = np.zeros((4_800, 2), np.float32)
    assert_is_heard(heard, np.concatenate([stereo(drum(48_000, 1)), silence]))


def test_a_loop_has_no_gap(tmp_path: Path) -> None:
    laps = 5
    steps = [[len(drum(48_000, 2)) * (laps - 1) + 1_000, "__setattr__", "is_looping", False]]
    heard, told = record(tmp_path, [(drum(44_100, 2), 44_100)], steps=steps, is_looping=True)
    assert told["told"] == ["Started", "Ended"]
    assert_is_heard(heard, np.concatenate([drum(48_000, 2)] * laps))


def test_a_seek_goes_where_it_should_and_does_not_click(tmp_path: Path) -> None:
    sound = sweep(3.0)
    steps = [[9_600, "seek", 0.7], [18_000, "stop"], [20_000, "end"]]
    heard, _ = record(tmp_path, [(sound, 48_000)], steps=steps)
    sought, played = sound[33_600 + 240 : 33_600 + 7_200], sound[:9_600]
    for part in (played, sought):
        _, alike, level_db = part_of(heard, part)
        assert alike > 0.9995
        assert abs(level_db) < 0.1
    gap = part_of(heard, sought)[0] - part_of(heard, played)[0] - len(played) - 240
    assert 0 <= gap < 2_000  # at the next block, whatever its size is
    assert roughness(heard) < 1e-3
    assert np.abs(heard[-1]).max() < 1e-4


def test_rapid_switching_does_not_click(tmp_path: Path) -> None:
    sounds = [(swell(hz, 2.0)[:, np.newaxis], 48_000) for hz in (55, 70, 90)]
    steps: list[list[Any]] = [[turn * 1_500, "play", turn % 3] for turn in range(1, 20)]
    end = [[32_000, "stop"], [34_000, "end"]]
    heard, told = record(tmp_path, sounds, steps=[*steps, *end])
    assert told["told"] == ["Started"] * 20
    assert len(heard) - first_of(heard) > 28_000
    assert roughness(heard) < 1e-3
    assert np.abs(heard[-1]).max() < 1e-4


def test_closing_while_it_sounds_does_not_click(tmp_path: Path) -> None:
    tone = (swell(50, 1.0)[:, np.newaxis], 48_000)
    heard, _ = record(tmp_path, [tone], steps=[[9_600, "end"]], is_looping=True)
    assert len(heard) - first_of(heard) > 9_600
    assert roughness(heard) < 1e-3
    assert np.abs(heard[-1]).max() < 1e-4


def test_without_a_device_a_sentence_says_so(tmp_path: Path) -> None:
    config = tmp_path / "none.conf"
    config.write_text("pcm.!default { type hw card 77 }", encoding="utf-8")
    code = (
        "from app.core.player.output import OutputError, SoundDeviceOutput\n"
        "output = SoundDeviceOutput()\n"
        "assert output.devices(refresh=True) == []\n"
        "try:\n    output.open(None)\n"
        "except OutputError as error:\n    print(error)\n"
    )
    env = {**os.environ, "ALSA_CONFIG_PATH": str(config)}
    said = subprocess.check_output([sys.executable, "-c", code], cwd=_ROOT, env=env, text=True)
    assert "connect a device or choose another one" in said
