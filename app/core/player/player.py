"""Plays one sample at a time: what is asked for comes from the window, what it tells goes there."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from app.core.jobs import CancelledError, Job
from app.core.player.clips import Clip, Clips, Prefetcher
from app.core.player.crew import Crew
from app.core.player.events import DeviceLost, Ended, Event, Failed, PlayerState, Started
from app.core.player.line import Line
from app.core.player.mixer import Controls, Mixer, Source, Voice
from app.core.player.output import LOST, Device, Output, OutputError
from classifier import AudioError

# How often it is looked at whether the output still asks for sound.
_BEAT_S: Final = 1.0
# An output that has not asked for so many beats is dead: some say nothing when they go.
_LOST_BEATS: Final = 5
# As long as a stream runs the computer does not go to sleep.
_IDLE_BEATS: Final = 60

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What shall sound; `is_new` until it has, where `play` asked for it."""

    path: str
    start_s: float
    gain_db: float
    is_new: bool = True


class Player:
    """Plays samples; all methods can be called from any thread.

    None but `choose`, `devices` and `close` waits for anything.

    Parameters
    ----------
    output : Output
        It is closed with the player.
    tell : callable
        Called with events from any thread but that of the audio callback; it may call the
        player.
    """

    def __init__(self, output: Output, tell: Callable[[Event], None]) -> None:
        self._output = output
        self._tell = tell
        self._controls = Controls()
        self._crew = Crew()
        self._clips = Clips(self._crew)
        self._prefetcher = Prefetcher(self._clips, self._crew)
        self._neighbours: Sequence[str] = ()
        # Guards what follows; nothing that takes time is done under it.
        self._lock = threading.RLock()
        self._wish: _Wish | None = None
        self._job: Job | None = None
        self._source: Source | None = None
        self._voice: Voice | None = None
        self._mixer: Mixer | None = None
        self._duration_s = self._volume_db = 0.0
        self._is_closed = False
        # What the callback notices, as work for a thread that may take its time.
        self._notices: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._line = Line(output, self._controls, self._note_over, self._note_lost)
        self._blocks = self._stuck_beats = self._idle_beats = 0
        self._crew.start("player", self._watch)

    @property
    def state(self) -> PlayerState:
        """How it stands; cheap enough to ask for each frame of a screen."""
        with self._lock:
            if not self._wish:
                return PlayerState()
            position_s = self._wish.start_s
            if self._voice and self._mixer:
                position_s = self._voice.heard / self._mixer.rate_hz
            return PlayerState(
                path=self._wish.path,
                position_s=min(position_s, self._duration_s) if self._duration_s else position_s,
                duration_s=self._duration_s,
                is_playing=self._voice is not None,
                is_loading=self._job is not None,
            )

    @property
    def is_looping(self) -> bool:
        """Whether a sample begins again at its end; may be set while it sounds."""
        return self._controls.is_looping

    @is_looping.setter
    def is_looping(self, is_looping: bool) -> None:
        self._controls.is_looping = is_looping

    @property
    def volume_db(self) -> float:
        """How loud everything is; 0 is as it is in the file, minus infinity is nothing."""
        return self._volume_db

    @volume_db.setter
    def volume_db(self, volume_db: float) -> None:
        self._volume_db = volume_db
        self._controls.volume = 10 ** (volume_db / 20)

    def play(self, path: str, *, start_s: float = 0.0, gain_db: float = 0.0) -> None:
        """Play a sample instead of whatever sounds or still loads."""
        with self._lock:
            if self._source:
                self._source.close()
            self._source = self._voice = None
            self._duration_s = 0.0
            self._ask(_Wish(path, max(0.0, start_s), gain_db))

    def stop(self) -> None:
        """Fade out and go back to the beginning."""
        with self._lock:
            self._rest_at(0.0)

    def pause(self) -> None:
        """Fade out and stay."""
        with self._lock:
            if self._voice and self._mixer:
                self._rest_at(self._voice.at / self._mixer.rate_hz)
            elif self._wish:
                self._rest_at(self._wish.start_s)

    def resume(self) -> None:
        """Go on where it stays, or from the beginning."""
        with self._lock:
            if self._wish and not self._job and not self._voice:
                self._ask(self._wish)

    def toggle(self) -> None:
        """Pause or resume."""
        with self._lock:
            if self._voice or self._job:
                self.pause()
            else:
                self.resume()

    def seek(self, at_s: float) -> None:
        """Play the current sample from somewhere else."""
        with self._lock:
            if self._wish:
                self._ask(replace(self._wish, start_s=max(0.0, at_s)))

    def prefetch(self, paths: Sequence[str]) -> None:
        """Read samples that may be asked for next, instead of those named before."""
        with self._lock:
            self._neighbours = tuple(paths)
            # Before the first play nobody knows at which rate.
            if self._mixer:
                self._prefetcher.ask(self._neighbours, self._mixer.rate_hz)

    def devices(self, *, refresh: bool = False) -> list[Device]:
        """Return the outputs; none where PortAudio is missing.

        Parameters
        ----------
        refresh : bool
            Also find those that were connected lately; what sounds is interrupted.
        """
        try:
            if refresh:
                return self._interrupted(lambda: self._line.devices(refresh=True))
            return self._line.devices(refresh=False)
        except OutputError:
            return []

    def choose(self, device: str | None) -> None:
        """Use an output by its name, or that of the system; what sounds goes on there."""
        self._interrupted(lambda: self._line.choose(device))

    def close(self) -> None:
        """Fade out, close the output and end all threads."""
        with self._lock:
            self._is_closed = True
            self._rest_at(0.0)
        self._prefetcher.close()
        self._line.close()
        self._output.close()
        self._notices.put(None)
        self._crew.join()

    def _ask(self, wish: _Wish) -> None:
        """Let a wish sound: at once where it is held, else when a thread has loaded it."""
        if self._job:
            self._job.cancel()
        self._wish, self._job = wish, None
        mixer, held = self._line.mixer, self._source
        if isinstance(held, Clip) and mixer and mixer is self._mixer:
            self._sound(wish, mixer, held)
        elif not self._is_closed:
            self._job = Job()
            self._prefetcher.pause()
            # A thread each: one that hangs on a dead drive does not hold up the next.
            self._crew.start("play", partial(self._load, wish, self._job))

    def _load(self, wish: _Wish, job: Job) -> None:
        try:
            mixer = self._line.open(job)
            source = self._clips.load(wish.path, mixer.rate_hz, job, wish.start_s)
        except CancelledError:
            return
        except AudioError as error:
            self._give_up(job, Failed(wish.path, str(error)))
        except OutputError as error:
            self._give_up(job, DeviceLost(str(error)))
        else:
            self._take(job, mixer, source)

    def _give_up(self, job: Job, event: Event) -> None:
        with self._lock:
            if self._wish and self._job is job:
                self._rest_at(self._wish.start_s)
                self._tell_in_turn(event)

    def _take(self, job: Job, mixer: Mixer, source: Source) -> None:
        """Let what was loaded sound, unless something else was asked for since."""
        with self._lock:
            if not self._wish or self._job is not job:
                source.close()
            elif self._line.mixer is mixer:
                self._sound(self._wish, mixer, source)
            else:  # the stream was closed in between
                source.close()
                self._ask(self._wish)

    def _sound(self, wish: _Wish, mixer: Mixer, source: Source) -> None:
        if self._source and self._source is not source:
            self._source.close()
        if self._mixer is not mixer and self._neighbours:
            self._prefetcher.ask(self._neighbours, mixer.rate_hz)
        self._prefetcher.resume()
        self._wish = replace(wish, is_new=False)
        self._job, self._mixer, self._source = None, mixer, source
        self._duration_s = source.frames / mixer.rate_hz
        self._voice = mixer.voice(source, wish.start_s, wish.gain_db)
        mixer.start(self._voice)
        if wish.is_new:
            self._tell_in_turn(Started(wish.path))

    def _rest_at(self, position_s: float) -> None:
        """Let nothing sound or load any more."""
        if self._job:
            self._job.cancel()
        if self._mixer:
            self._mixer.stop()
        if self._source:
            self._source.close()
        if self._wish:
            self._wish = replace(self._wish, start_s=position_s)
        self._job = self._voice = None
        self._prefetcher.resume()

    def _interrupted(self, work: Callable[[], _Result]) -> _Result:
        """Do what closes the stream; what sounds goes on afterwards."""
        with self._lock:
            is_active = bool(self._voice or self._job)
            self.pause()
        try:
            return work()
        finally:
            if is_active:
                self.resume()

    def _tell_in_turn(self, event: Event) -> None:
        """Have an event told, without the lock and in the order in which it came about."""
        self._notices.put(partial(self._tell, event))

    def _note_over(self, voice: Voice) -> None:
        """Hand on what the audio callback notices."""
        self._notices.put(partial(self._over, voice))

    def _note_lost(self, mixer: Mixer) -> None:
        """Hand on what a thread of the output notices."""
        self._notices.put(partial(self._lose, mixer))

    def _watch(self) -> None:
        while True:
            try:
                notice = self._notices.get(timeout=_BEAT_S)
            except queue.Empty:
                notice = self._beat
            if not notice:
                return
            notice()

    def _over(self, voice: Voice) -> None:
        with self._lock:
            if voice is not self._voice or not self._wish:
                return
            if self._job:  # it goes on elsewhere
                self._voice = None
                return
            self._rest_at(0.0)
            path, error = self._wish.path, voice.source.error
            self._tell_in_turn(Failed(path, str(error)) if error else Ended(path))

    def _lose(self, mixer: Mixer) -> None:
        self._line.drop(mixer)
        with self._lock:
            if self._voice and self._mixer is mixer:
                if not self._job:
                    self.pause()
                self._tell_in_turn(DeviceLost(LOST))

    def _beat(self) -> None:
        """Find an output that died in silence, and close one that nobody has used for long."""
        with self._lock:
            mixer = self._line.mixer
            blocks = mixer.blocks if mixer else 0
            is_stuck = mixer is not None and blocks == self._blocks
            self._blocks = blocks
            self._stuck_beats = self._stuck_beats + 1 if is_stuck else 0
            is_idle = mixer is not None and not self._voice and not self._job
            self._idle_beats = self._idle_beats + 1 if is_idle else 0
        if mixer and self._stuck_beats >= _LOST_BEATS:
            self._lose(mixer)
        elif mixer and self._idle_beats >= _IDLE_BEATS:
            self._line.drop(mixer)
            self._go_on_after(mixer)

    def _go_on_after(self, mixer: Mixer) -> None:
        """Open another stream where something began to sound on one that was closing."""
        with self._lock:
            if self._voice and self._mixer is mixer:
                self.pause()
                self.resume()
