"""What a name says, as producers write them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from app.core.demo import DEMO_FILES
from app.core.names import Evidence, evidence_of, speaker_of, tempo_of
from classifier import KINDS, LABELS, OTHER

SAYS = {
    "Kick": "Kick 12.wav, kik_hard.wav, BD03.wav, bassdrum.aif, Bass Drum 2.wav, 808 kick.wav, "
    "KickDrum01.wav, kick-808.wav, 01 kick (dry).wav, bd.wav",
    "Snare": "snare.wav, sn 4.wav, SD snappy.aif, SnareDrum.wav, clap snare.wav, tr808 snare.wav, "
    "🔥 snare HARD.wav, snr_07.wav",
    "808": "808.wav, 808 Spinz (C).wav, sub drop Fsharp.mp3, 808 sub bass.wav, "
    "Sub_03.wav, 808_F#.wav",
    "Open hat": "oh.wav, OH_lofi.ogg, open hat 3.wav, OpenHat.wav, hat open.wav, ohh 2.wav, "
    "HiHatOpen.wav, HH Open 1.wav, open hi hat.wav, Hat 3 (open).wav",
    "Closed hat": "ch.wav, CHH1.wav, hat closed.wav, HatClosed.wav, closed hh.mp3, closedhat.wav, "
    "tr-808 CH.wav, hires hat closed.wav, Hi-Hat Closed 2.wav",
    "clap": "clap.wav, snare clap.wav, 909 CP.wav, Clap - Wide.wav",
    "tom": "808 tom.wav, Floor Tom.wav, LT.aiff",
    "rim": "rim.wav, RS.wav, Side Stick 2.wav",
    "perc": "Perc - Bongo.wav, conga_hi.wav",
    "cowbell": "808 cowbell.wav",
    "loop": "break 90bpm.wav, KICK_LOOP_120.wav, drums bpm 140.wav, snare fill.wav, "
    "128 BPM kick.wav",
    "fx": "AH_FX_03(2).wav, riser.wav",
    "vocal": "vox hey.opus",
    "melodic": "chord.wav, Pad C.wav",
}
NOTHING = (
    "kickstart.wav, sdcard.wav, SD card.wav, ohio.wav, subtle.wav, 0007.wav, "
    "untitled.wav, Audio 14-1.aif, school.wav, bass_A.wav, shoh.wav, machine.wav, "
    ".wav, Hi Hat - Crisp.wav, hat.wav, 1808.wav, キック.wav"
)


@pytest.mark.parametrize(
    ("name", "says"),
    [(name, says) for says, names in SAYS.items() for name in names.split(", ")],
)
def test_a_name_says_what_it_says(name: str, says: str) -> None:
    expected = Evidence(OTHER, says) if says in KINDS else Evidence(says)
    assert evidence_of(name) == expected


@pytest.mark.parametrize("name", NOTHING.split(", "))
def test_what_only_looks_like_a_drum_says_nothing(name: str) -> None:
    assert evidence_of(name) is None


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("Snares/01.wav", "Snare"),
        ("Kicks/Vinyl/01.wav", "Kick"),
        ("Kicks/Snares/01.wav", "Snare"),
        ("Snares/kick 7.wav", "Kick"),
        ("Closed Hats/hat 3.wav", "Closed hat"),
        ("Open Hats/Crisp/hh.wav", "Open hat"),
        ("Snares/hat.wav", None),
        ("808s/Spinz.wav", "808"),
        ("808/Spinz.wav", "808"),
        ("TR-808/CB.wav", None),
        ("808 Drum Kit/xyz.wav", None),
        ("Loops 90bpm/01.wav", OTHER),
        ("Hats/01.wav", None),
        ("Drums/01.wav", None),
    ],
)
def test_folders_speak_where_the_name_is_silent(path: str, label: str | None) -> None:
    *folders, name = path.split("/")
    said = evidence_of(name, folders)
    assert (said and said.label) == label


@pytest.mark.parametrize(
    ("name", "bpm"),
    [
        ("break 90bpm", 90),
        ("Loop_120 BPM_C", 120),
        ("bpm174 roller", 174),
        ("87.5bpm", 87.5),
        ("909 kick", None),
        ("12bpm", None),
        ("999bpm", None),
        ("90bpmish", None),
    ],
)
def test_a_tempo_is_read(name: str, bpm: float | None) -> None:
    assert tempo_of(name) == bpm


def test_what_a_name_says_is_a_label_and_a_kind_there_is() -> None:
    for path, label in ((file.path, file.label) for file in DEMO_FILES):
        *folders, name = path.split("/")
        said = evidence_of(name, folders)
        if said is None:
            continue
        assert said.label in LABELS
        assert (said.kind in KINDS) == (said.label == OTHER)
        # The two that lie, and the hat that is a shaker, are said to be in demo.py.
        if "misc/" not in path:
            assert said.label == label, path


@pytest.mark.corpus
def test_names_of_real_packs_are_read_rightly(corpus: Path) -> None:
    """Labels there come from names too, so this is about reading, not about truth."""
    names = {"kick": "Kick", "snare": "Snare", "open_hat": "Open hat", "closed_hat": "Closed hat"}
    results: Counter[str] = Counter()
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said = evidence_of(row["original_name"].rpartition("/")[2])
            label = names.get(row["label"], "808" if row["label"] == "808" else OTHER)
            results["silent" if said is None else str(said.label == label)] += 1
    assert results["True"] / (results["True"] + results["False"]) > 0.9, results


def test_who_says_it() -> None:
    for name, folders, who in (
        ("kick 3.wav", ["Snares"], "name"),
        ("Audio_378.wav", ["AH FX"], "folder"),
        ("hat 3.wav", ["Closed hats"], "folder"),  # which of the hats, it says
    ):
        said = evidence_of(name, folders)
        assert said is not None
        assert speaker_of(name, said) == who
