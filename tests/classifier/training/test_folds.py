from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.labels import INSTRUMENTS, OUTPUTS
from classifier.training.corpus import Example
from classifier.training.folds import assign_folds, each_fold, example_weights

CODE_808 = INSTRUMENTS.index("808")


def example(pack: str, output: int = 0) -> Example:
    return Example(Path("x.flac"), output, pack, "source", "MIT")


def library(seed: int = 0, packs: int = 40) -> list[Example]:
    """Return packs of very different sizes, a few of them with 808s, shuffled."""
    rng = np.random.default_rng(seed)
    examples = [
        example(f"pack {pack}", int(rng.integers(len(OUTPUTS))))
        for pack in range(packs)
        for _ in range(int(rng.integers(1, 120)))
    ]
    rng.shuffle(examples)  # type: ignore[arg-type]
    return examples


@pytest.mark.parametrize("seed", range(4))
def test_no_pack_is_parted(seed: int) -> None:
    examples = library(seed)
    folds = assign_folds(examples)
    homes: dict[str, set[int]] = {}
    for one, fold in zip(examples, folds, strict=True):
        homes.setdefault(one.pack, set()).add(int(fold))
    assert all(len(home) == 1 for home in homes.values())
    assert set(folds) == set(range(5))


@pytest.mark.parametrize("seed", range(4))
def test_sounds_and_808s_are_spread_evenly(seed: int) -> None:
    examples = library(seed)
    folds = assign_folds(examples)
    sizes = np.bincount(folds, minlength=5)
    assert sizes.max() < 1.5 * sizes.min()
    is_808 = np.array([one.output == CODE_808 for one in examples])
    assert (np.bincount(folds[is_808], minlength=5) > 0).all()


def test_808s_are_spread_before_anything_else() -> None:
    examples = [example("library")] * 100
    examples += [example(f"sub {pack}", CODE_808) for pack in range(5) for _ in range(10)]
    folds = assign_folds(examples)
    assert sorted(set(folds[-50:].tolist())) == [0, 1, 2, 3, 4]


def test_the_largest_pack_is_placed_first() -> None:
    examples = [example(f"single {index}") for index in range(100)]
    folds = assign_folds([*examples, *[example("library")] * 25])
    np.testing.assert_array_equal(np.bincount(folds), 25)


def test_the_order_of_the_examples_does_not_matter() -> None:
    examples = library()
    there, back = assign_folds(examples), assign_folds(examples[::-1])
    np.testing.assert_array_equal(there, back[::-1])


def test_fewer_packs_than_folds_leave_folds_empty() -> None:
    examples = [example("a"), example("b"), example("a")]
    folds = assign_folds(examples)
    assert folds[0] == folds[2] != folds[1]


def test_every_example_is_held_out_once_and_trains_otherwise() -> None:
    folds = assign_folds(library())
    pairs = list(each_fold(folds))
    assert len(pairs) == 5
    for trained, held_out in pairs:
        np.testing.assert_array_equal(trained, ~held_out)
    np.testing.assert_array_equal(np.sum([held_out for _, held_out in pairs], axis=0), 1)


def test_weights_have_a_mean_of_one() -> None:
    weights = example_weights(library())
    assert weights.mean() == pytest.approx(1)
    assert (weights > 0).all()


def test_equal_packs_of_equal_outputs_weigh_the_same() -> None:
    examples = [example(f"pack {pack}", output) for pack in range(3) for output in range(4)]
    np.testing.assert_allclose(example_weights(examples), 1)


def test_a_pack_weighs_as_the_square_root_of_its_size() -> None:
    examples = [example("small")] * 4 + [example("large")] * 16
    weights = example_weights(examples)
    assert weights[4:].sum() == pytest.approx(2 * weights[:4].sum())


def test_the_kinds_of_other_share_the_weight_of_one_label() -> None:
    examples = [example(f"{index}", 0) for index in range(16)]
    examples += [example(f"{index + 16}", 5 + index % 4) for index in range(16)]
    np.testing.assert_allclose(example_weights(examples), 1)


def test_a_label_weighs_as_the_square_root_of_its_sounds() -> None:
    examples = [example(f"{index}", 0) for index in range(4)]
    examples += [example(f"{index + 4}", 1) for index in range(36)]
    weights = example_weights(examples)
    assert weights[4:].sum() == pytest.approx(3 * weights[:4].sum())
