from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from classifier.spectrum import BLOCK_FRAMES, power_spectrum

# Windows of the usual rates, an odd one, a prime, the smallest, and one that the FFT is left to.
LENGTHS = (2, 10, 27, 101, 512, 540, 768, 810, 1024, 4096, 6000)


@pytest.mark.parametrize("length", LENGTHS)
def test_holds_the_power_of_each_bin_of_the_fft(length: int) -> None:
    frames = np.random.default_rng(length).standard_normal((7, length)).astype(np.float32)
    spectrum = power_spectrum(length)

    power = spectrum.of(frames)

    expected = np.square(np.abs(np.fft.rfft(frames.astype(np.float64))))
    assert power.shape == (7, spectrum.width)
    assert spectrum.columns.shape == (length // 2 + 1,)
    np.testing.assert_allclose(
        power[:, spectrum.columns], expected, rtol=1e-3, atol=1e-6 * expected.max()
    )


def test_threads_do_not_share_their_work_space() -> None:
    spectrum = power_spectrum(768)
    draws = np.random.default_rng(1).standard_normal((64, BLOCK_FRAMES, 768)).astype(np.float32)
    alone = [spectrum.of(frames).copy() for frames in draws]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda frames: spectrum.of(frames).copy(), draws))

    np.testing.assert_array_equal(together, alone)
