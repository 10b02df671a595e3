"""Variants of a sound: other sounds, still of their kind, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.synth import MAKERS
from classifier.training.augment import (
    Change,
    coarse,
    compressed,
    driven,
    filtered,
    hissing,
    repitched,
    reverberant,
    shortened,
    tilted,
    varied,
)
from classifier.training.corpus import Pair

CHANGES: list[Change] = [
    *(repitched, tilted, filtered, reverberant, driven, hissing, shortened, coarse, compressed)
]


def sound(name: str = "Snare", rate: int = 44_100) -> Pair:
    samples = MAKERS[name](np.random.default_rng(3), rate)
    return samples / np.abs(samples).max(), rate


@pytest.mark.parametrize("rate", [4_000, 22_050, 48_000, 192_000])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_gives_a_sound(change: Change, rate: int) -> None:
    for seed in range(5):
        samples, new_rate = change(*sound(rate=rate), np.random.default_rng(seed))
        assert (samples.dtype, samples.ndim) == (np.float32, 1)
        assert np.isfinite(samples).all()
        assert np.abs(samples).max() > 0.01
        assert 4_000 <= new_rate <= 192_000


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_changes_something(change: Change) -> None:
    before, rate = sound()
    for seed in range(5):
        after, new_rate = change(before, rate, np.random.default_rng(seed))
        if new_rate != rate or len(after) != len(before) or not np.allclose(after, before):
            return
    pytest.fail("it left every sound as it was")


@pytest.mark.parametrize("name", ["Kick", "808", "Closed hat", "loop"])
def test_variants_begin_with_the_sound_at_full_level(name: str) -> None:
    for seed in range(20):
        samples, _ = varied(sound(name), np.random.default_rng(seed))
        assert np.abs(samples).max() <= 1.0001
        assert np.abs(samples[0]) >= 10 ** (-50 / 20) * 0.99 * np.abs(samples[:88_200]).max()


def test_one_seed_gives_one_variant_and_another_another() -> None:
    first, again, other = (varied(sound(), np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other) or not np.allclose(first, other)


def test_the_attack_is_never_cut_off() -> None:
    for seed in range(50):
        samples, rate = shortened(*sound("Open hat"), np.random.default_rng(seed))
        assert len(samples) >= 0.06 * rate


def test_a_pitch_moves_by_semitones_and_not_by_octaves() -> None:
    rates = [repitched(*sound(), np.random.default_rng(seed))[1] for seed in range(200)]
    semitones = 12 * np.log2(np.array(rates) / 44_100)
    assert 1.2 < semitones.std() < 2.0
    assert np.abs(semitones).max() < 8


def test_silence_stays_silence() -> None:
    empty = np.empty(0, np.float32)
    samples, rate = varied((empty, 44_100), np.random.default_rng(0))
    assert (len(samples), rate) == (0, 44_100)
