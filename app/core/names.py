"""What a name says: evidence, kept apart from what the sound says.

Reads names as producers write them: "BD 03", "OH_lofi", "HatClosed", "808 Spinz (C)".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from classifier import OTHER

# What is said in so many words, commas between them; without digits, in lower case.
_INSTRUMENTS: Final = {
    "Kick": "kick, kicks, kik, kck, bd, bds, kd, bassdrum, bassdrums, "
    "bass drum, bass drums, kickdrum, kick drum, subkick, sub kick",
    "Snare": "snare, snares, snr, sn, sd, sds, snaredrum, snare drum",
    "808": "sub, subs, subbass, sub bass",
    "Open hat": "oh, ohh, ohs, ohat, ohats, hho, openhat, open hat, open hats, open hihat, "
    "open hi hat, open hh, openhh, openhihat, hat open, hats open, hihat open, hh open, "
    "op hat, o hat",
    "Closed hat": "ch, chh, chs, chat, chats, hhc, closedhat, closed hat, closed hats, "
    "closed hihat, closed hi hat, closed hh, closedhh, closedhihat, close hat, hat closed, "
    "hats closed, hihat closed, hh closed, hat close, cl hat, c hat, shut hat, hat shut",
}
_KINDS: Final = {
    "clap": "clap, claps, clp, cp, handclap",
    "cowbell": "cowbell, cowbells, cow bell",
    "crash": "crash, crashes",
    "cymbal": "cymbal, cymbals, cym, china, splash",
    "fx": "fx, sfx, riser, risers, downlifter, uplifter, impact, foley, whoosh, transition",
    "loop": "loop, loops, drumloop, break, breaks, fill, fills, groove",
    "melodic": "synth, pad, pads, pluck, chord, chords, piano, guitar, gtr, strings, brass, flute, "
    "organ, melody, arp, stab, stabs, rhodes, violin, cello, choir",
    "perc": "perc, percs, percussion, conga, congas, bongo, bongos, clave, claves, woodblock, "
    "wood block, djembe, timbale, timbales, triangle, guiro, agogo, cabasa",
    "ride": "ride, rides",
    "rim": "rim, rims, rimshot, rimshots, rs, sidestick, side stick, cross stick",
    "shaker": "shaker, shakers, maraca, maracas",
    "snap": "snap, snaps, fingersnap, finger snap",
    "tambourine": "tamb, tambourine, tambourines",
    "tom": "tom, toms, floortom, lt, mt, ht",
    "vocal": "vox, vocal, vocals, voice, chant, shout, adlib, adlibs, acapella",
}
# "Bass" is neither for an 808 nor against it. Said without being meant:
_NOT_MEANT: Final = frozenset({"sd card", "kick start", "kick off"})
_HATS: Final = frozenset({"hat", "hats", "hh", "hihat", "hihats"})
_WHICH_HAT: Final = {"open": "Open hat", "closed": "Closed hat", "close": "Closed hat"}
_LONGEST_PHRASE: Final = 3

# A machine where another word says what of it; else the bass that it is famous for.
_MACHINE: Final = "808"
_FOLDERS_OF_808S: Final = (
    ["808"],
    ["808", "s"],
    ["808", "bass"],
    ["808", "basses"],
    ["808", "subs"],
)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
# Where a camel changes case: "HatClosed", "HHClosed".
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TEMPO: Final = re.compile(r"(?<!\d)(\d{2,3}(?:\.\d+)?)[ _-]?bpm(?![a-z])|bpm[ _-]?(\d{2,3})(?!\d)")
_SLOWEST_BPM: Final = 40.0
_FASTEST_BPM: Final = 260.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a name says.

    Attributes
    ----------
    label : str
        An instrument or Other.
    kind : str or None
        Of ``KINDS``, where it is Other.
    """

    label: str
    kind: str | None = None


_PHRASES: Final = {
    **{text: Evidence(name) for name, said in _INSTRUMENTS.items() for text in said.split(", ")},
    **{text: Evidence(OTHER, kind) for kind, said in _KINDS.items() for text in said.split(", ")},
}
_808: Final = Evidence("808")
_LOOP: Final = Evidence(OTHER, "loop")
# A hat, but not which: folders around it may tell.
_SOME_HAT: Final = Evidence("hat")


def evidence_of(name: str, folders: Iterable[str] = ()) -> Evidence | None:
    """Return what a file name says, else its folders from the inside out, else None.

    Parameters
    ----------
    name : str
        Of the file, with or without its extension.
    folders : iterable of str
        Names of the folders that it lies in, the outermost first.
    """
    said = _said(name.rpartition(".")[0] or name)
    for folder in reversed(list(folders)):
        if said is not None and said is not _SOME_HAT:
            break
        around = _said_of_all_in(folder)
        # "hat 3.wav" in "Closed hats", but not in "Snares".
        if said is None or (around and around.label in _WHICH_HAT.values()):
            said = around
    return None if said is _SOME_HAT else said


@lru_cache(4096)
def speaker_of(name: str, said: Evidence) -> str:
    """Return who says it: "name", or "folder" where the file's own name says nothing of it."""
    return "name" if evidence_of(name) == said else "folder"


def tempo_of(name: str) -> float | None:
    """Return the beats a minute that a name states, as "break 90bpm" does."""
    for found in _TEMPO.finditer(name.lower()):
        tempo = float(found[1] or found[2])
        if _SLOWEST_BPM <= tempo <= _FASTEST_BPM:
            return tempo
    return None


def _said_of_all_in(folder: str) -> Evidence | None:
    """Return what the name of a folder says of what is in it."""
    said = _said(folder)
    # "808s" holds basses, "TR-808" and "808 Kit" hold drums.
    is_kit = said is _808 and _words(folder) not in _FOLDERS_OF_808S
    return None if is_kit else said


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_HUMP.sub(" ", name))]


def _said(name: str) -> Evidence | None:
    if tempo_of(name) is not None:
        return _LOOP
    words = _words(name)
    meant = list(_meanings(words))
    if _LOOP in meant:  # "kick loop": of what it is made matters less
        return _LOOP
    if _MACHINE in words and set(meant) <= {_808}:
        return _808
    # "snare clap", "hat perc": what a thing is comes last in English.
    return meant[-1] if meant else None


def _meanings(words: list[str]) -> Iterator[Evidence]:
    """Yield what the words mean, the longest phrases first."""
    index = 0
    while index < len(words):
        for length in range(_LONGEST_PHRASE, 0, -1):
            phrase = " ".join(words[index : index + length])
            if phrase in _PHRASES or phrase in _HATS or phrase in _NOT_MEANT:
                break
        index += length
        if phrase in _PHRASES:
            yield _PHRASES[phrase]
        elif phrase in _HATS:
            which = [_WHICH_HAT[word] for word in words if word in _WHICH_HAT]
            yield Evidence(which[0]) if which else _SOME_HAT
