"""The drill screen: the call, the loop, the key, and what came of it. It shows what it is told and passes keys on."""

import time
from collections.abc import Callable, Iterable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from trainer.drill.events import Advanced, Assessed, Cue, Ended, Heard, KeyDown, KeyUp, Missed, Refused
from trainer.drill.session import DIRECTOR, VOICE
from trainer.drill.verdict import NoAnswer, OtherCall, PoorSound, Right, verdict
from trainer.live.key_socket import Press
from trainer.messages import N_
from trainer.messages import gettext as _
from trainer.phones.rules import Rule, rule_of
from trainer.scoring.assessment import Assessment
from trainer.tui import call_view
from trainer.tui.bands import mark, style
from trainer.tui.keyboard import RELEASED, REPEATED
from trainer.tui.keys import bind
from trainer.tui.operator import SLOW, Half, Operator, Sounding
from trainer.tui.screens.drilling import DrillingPage, Logged
from trainer.tui.stress import Prominence
from trainer.tui.widgets.call_card import Aids, CallCard, Text
from trainer.tui.widgets.channel import ChannelBar
from trainer.tui.widgets.crew import CrewBar
from trainer.tui.widgets.masthead import Masthead
from trainer.tui.widgets.sounds_view import SoundsView
from trainer.tui.widgets.spectrogram import Spectrogram
from trainer.tui.widgets.steady import Steady
from trainer.tui.widgets.tape import FRAME, Tape
from trainer.tui.widgets.timing_view import TimingView
from trainer.tui.widgets.waveform import Waveform
from trainer.tui.widgets.words_view import WordsView
from trainer.wording import clock, heard_words, marks, next_step, not_scored, verdict_told

VIEWS = ("words", "sounds", "timing")
SCROLLS = ("up", "down", "pageup", "pagedown")
CURSOR = 1 / 10  # s between two places of what sounds


class Sounded(Message):
    """A recording begins to be heard, or (None) is over."""

    def __init__(self, sound: Sounding | None) -> None:
        super().__init__()
        self.sound = sound


class Measured(Message):
    """The reference reading has been measured, for comparison with an answer."""

    def __init__(self, assessed: Assessed, result: Assessment | None, stress: tuple[Prominence, ...]) -> None:
        super().__init__()
        self.assessed = assessed
        self.result = result
        self.stress = stress


def when_composed(show: Callable[["DrillPage"], None]) -> Callable[["DrillPage"], None]:
    """Showing waits while the widgets are made anew: all is shown when they are there."""

    def shown(page: "DrillPage") -> None:
        if not page.relabelling:
            show(page)

    return shown


class DrillPage(DrillingPage):
    BINDINGS: ClassVar[list[BindingType]] = [  # all at once at the top: keys typed fast are to act in their order
        bind("space", "talk", N_("Talk"), priority=True),
        Binding(RELEASED, "released", "", show=False, priority=True),
        Binding(REPEATED, "repeated", "", show=False, priority=True),
        bind("escape", "close_mic", N_("Close the mic"), priority=True),
        bind("tab", "view", N_("View"), priority=True),
        bind("enter", "go_on('next')", N_("Next"), priority=True),
        bind("a", "go_on('again')", N_("Again"), priority=True),
        bind("1", "hear('reference')", N_("Hear it"), priority=True),
        bind("x", "hint", N_("Hint"), priority=True),
        bind("2", "hear('mine')", N_("Hear me"), priority=True),
        bind("left", "word(-1)", N_("Word"), show=False, priority=True),
        bind("right", "word(1)", N_("Word"), priority=True, both="← →"),
        bind("w", "only_word", N_("Only this word"), priority=True),
        bind("h", "hold", N_("Hold"), priority=True),
        bind("r", "rule", N_("The rule"), show=False, priority=True),
        bind("e", "ear", N_("By ear"), show=False, priority=True),
        bind("p", "melody", N_("Melody"), show=False, priority=True),
        bind("y", "compare", N_("The difference"), priority=True),
        bind("3", "hear_slowly('reference')", N_("It ½"), priority=True),
        bind("4", "hear_slowly('mine')", N_("Me ½"), priority=True),
        bind("l", "cycle", N_("Cycle"), priority=True),
        bind("i", "aid('ipa')", N_("IPA"), priority=True),
        bind("t", "letters", N_("My letters"), priority=True),
        bind("m", "aid('meaning')", N_("Meaning"), priority=True),
        *(bind(key, f"scroll_side('{key}')", "", show=False, priority=True) for key in SCROLLS),
        bind("s", "go_on('skip')", N_("Skip"), show=False, priority=True),
    ]  # fmt: skip

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator)
        self._view = VIEWS[0]
        self._recording: NDArray[np.float32] | None = None
        self._last: Assessed | None = None
        self._reference: Assessment | None = None
        self._stress: tuple[Prominence, ...] = ()
        self._presence: tuple[str | None, tuple[str, ...]] = (None, ())
        self._word: int | None = None  # the place of the one that is looked at
        self._sounding: tuple[Sounding, float] | None = None  # what is heard, and since when (monotonic)
        self._frames: Timer | None = None
        self._cursor: Timer | None = None

    @property
    def tape(self) -> Tape:
        return self.operator.tape

    def body(self) -> Iterable[Widget]:
        yield ChannelBar()
        if len(self.plan.seats) > 1:
            yield CrewBar(id="seats")
        with Container(id="stage"):
            with VerticalScroll(id="call-side", can_focus=False):
                yield CallCard(id="call")
                yield Steady(id="live")
                with ContentSwitcher(initial="waveform", id="scope"):
                    yield Waveform(id="waveform")
                    yield Spectrogram(id="spectrogram")
                yield TimingView(id="timing-beside")
            with Vertical(id="verdict-side"):
                yield Steady(id="verdict-line")
                yield Steady(id="views")
                with VerticalScroll(id="verdict", can_focus=False):
                    yield WordsView(id="words", classes="view")
                    yield SoundsView(id="sounds", classes="view")
                    yield TimingView(id="timing", classes="view")

    def place(self) -> str:
        return call_view.place(self.plan, self.state)

    def on_mount(self) -> None:
        self._frames = self.set_interval(FRAME, self._frame, pause=True)
        self._cursor = self.set_interval(CURSOR, self._point, pause=True)
        self.set_interval(0.25, self._tick)
        self.fill()
        self.take_over()

    def on_unmount(self) -> None:
        self.operator.close()

    def fill(self) -> None:
        self._show_state()
        self._show_call()
        self._show_live()
        self._show_verdict()
        self._show_scope()

    # What the operator tells, from its thread and from those of the loop

    def measured(self, assessed: Assessed, reference: Assessment | None, stress: tuple[Prominence, ...]) -> None:
        self.post_message(Measured(assessed, reference, stress))

    def sounding(self, sound: Sounding | None) -> None:
        self.post_message(Sounded(sound))

    # What the learner wants

    def pressed_outside(self, press: Press) -> bool:
        return self.operator.pressed_outside(press)

    def action_talk(self) -> None:
        self.operator.press()

    def action_released(self) -> None:
        self.operator.released()

    def action_repeated(self) -> None:
        self.operator.repeated()

    def action_close_mic(self) -> None:
        """Whatever is open is closed, whatever sounds is hushed; where nothing is, leave."""
        was_busy = self.operator.busy
        self.operator.stop()
        if not was_busy:
            self.action_leave()

    def close_microphone(self) -> None:
        self.operator.stop()

    def explained(self) -> Iterable[tuple[str, str]]:
        return marks(self._last.assessment, self.reader) if self._last else ()

    def action_go_on(self, how: Literal["next", "again", "skip"]) -> None:
        self.operator.go_on(how)

    def action_hear(self, which: Half) -> None:
        self.operator.hear(which, 1.0, self._word)

    def action_hear_slowly(self, which: Half) -> None:
        self.operator.hear(which, SLOW, self._word)

    def action_compare(self) -> None:
        self.operator.hear_difference(self._word)

    def action_word(self, step: int) -> None:
        """To the next word of the call, and from the last one to the call as a whole."""
        if self._last is None:
            return
        count = len(self._last.assessment.words) + 1  # the whole call stands before the first word
        place = (0 if self._word is None else self._word + 1) + step
        self._word = place % count - 1 if place % count else None
        self._show_word()

    def action_only_word(self) -> None:
        from trainer.drill.mouth import worst_sound
        from trainer.tui.screens.mouth import MouthPage

        place = self.operator.worst_word if self._word is None else self._word
        if self._last is None or place is None:
            return
        self.operator.hush()
        call, sound = self._last.line.call, worst_sound(self._last.assessment, place)
        self.app.push_screen(MouthPage(lambda practising: (practising.piece(call, place, sound),)))

    def action_ear(self) -> None:
        """The sound that the advice is about, and what was heard instead: which of two words was it?"""
        from trainer.tui.screens.ear import EarPage

        if contrast := self._confused():
            self.operator.hush()
            self.app.push_screen(EarPage((contrast,)))

    def _confused(self) -> str | None:
        from trainer.drill.ear import confused_in

        place = self.operator.worst_word if self._word is None else self._word
        if self._last is None or place is None or not self.program.signed_on:
            return None
        own = self._last.line.language == self.program.seat.target
        return confused_in(self._last.assessment, place) if own else None

    def action_rule(self) -> None:
        """The card that says what one must know of the sound that the advice is about."""
        from trainer.tui.screens.rules import RulesPage

        if rule := self._rule():
            self.operator.hush()
            self.app.push_screen(RulesPage(rule.id))

    def _rule(self) -> Rule | None:
        from trainer.drill.mouth import worst_sound

        place = self.operator.worst_word if self._word is None else self._word
        if self._last is None or place is None:
            return None
        sound = worst_sound(self._last.assessment, place)
        return rule_of(self._last.line.language, sound) if sound else None

    def action_melody(self) -> None:
        """The pitch of what was said over the reading's."""
        from trainer.tui.screens.melody import MelodyPage

        recording = self.drill.transceiver.last_recording if self.drill else None
        if self._last is not None and recording is not None:
            self.operator.hush()
            self.app.push_screen(MelodyPage(self._last.line.call, recording))

    def action_scroll_side(self, key: str) -> None:
        """The side of the score, or, before there is one or where all of it is seen, the call."""
        score, call = self.query_one("#verdict", VerticalScroll), self.query_one("#call-side", VerticalScroll)
        side = score if self._last is not None and score.max_scroll_y else call
        page = side.size.height - 1
        way = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}[key]
        side.scroll_relative(y=way, animate=False)

    def action_cycle(self) -> None:
        self.operator.toggle_cycle()
        self._show_state()

    def action_hold(self) -> None:
        self.operator.toggle_hold()

    def action_view(self) -> None:
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]
        self._show_view()

    def show_aids(self) -> None:
        self._show_call()
        self._show_verdict()
        self._show_scope()

    def action_hint(self) -> None:
        self.operator.hint()
        self._show_call()
        self.refresh_bindings()

    def describe(self, binding: Binding) -> str:
        if binding.action == "close_mic":
            if self.operator.talking:
                return N_("Close the mic")
            return N_("Leave") if self.idle else N_("Hush")
        if binding.action == "talk" and self.operator.talking:
            return N_("End the call")
        if binding.action == "hold" and self.state.held_by not in (None, DIRECTOR):
            return N_("Resume")
        return super().describe(binding)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        scored = self.state.done and self.state.cue is not None
        asked = str(parameters[0]) if parameters else action
        if action in self.operator.refuses or asked in self.operator.refuses:
            return False
        match action, asked:
            case "talk", _any:
                return not scored
            case "go_on", "next" | "again":
                return scored
            case "hear_slowly" | "hear", "mine":
                return self._recording is not None
            case "hear_slowly", _any:
                return scored
            case "hint", _any:
                return call_view.can_be_helped(self.state, self.operator.hints) and not self.operator.talking
            case "word" | "only_word" | "compare", _any:
                return scored and self._can_work_on(action)
            case "rule", _any:
                return scored and self._can_work_on(action) and not self.operator.busy and self._rule() is not None
            case "ear", _any:
                return scored and self._can_work_on(action) and not self.operator.busy and self._confused() is not None
            case "melody", _any:
                heard = self._last is not None and self._last.assessment.verdict == "scored"
                return scored and heard and self._recording is not None and not self.operator.busy
            case "view", _any:
                return self._last is not None and self.app.screen.has_class("-narrow")
            case "aid" | "letters", _any if self.operator.talking:
                return False
            case "aid", "meaning":
                return not self.state.done
            case _:
                return True

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        asked = str(parameters[0]) if parameters else ""
        if self.operator.talking or action in self.operator.refuses or asked in self.operator.refuses:
            return ""
        scored = self.state.done and self.state.cue is not None
        match action:
            case "hint":
                return _("There is nothing to hint at now.")
            case "word" | "only_word" | "compare" | "rule" | "ear" | "melody" | "hear_slowly" if not scored:
                return _("First say the call: then its words and sounds can be worked on.")
            case "word" | "only_word" | "compare" | "rule" | "ear" | "melody" if not self._can_work_on("word"):
                return _("Nothing of this call could be scored: say it again with A.")
            case "only_word" | "compare" if not self.operator.busy:
                return _("No word stands out. ← → choose one.")
            case "rule" if not self.operator.busy:
                return _("No sound here has a rule of its own. ← → choose another word.")
            case "ear" if not self.operator.busy:
                return _("No sound here was taken for one that the ear drill has.")
            case "hear" | "hear_slowly" if asked == "mine":
                return _("You have not said this call yet.")
            case "aid":
                return _("Once a call was said its meaning is shown.")
            case "go_on" if asked == "again":
                return _("Say the call first.")
        return ""

    def _can_work_on(self, action: str) -> bool:
        """Whether there are words of an answer to look at, to hear by themselves, to say by themselves."""
        if self._last is None or self._last.assessment.verdict != "scored":
            return False
        match action:
            case "word":
                return True
            case "only_word" if self.operator.busy:
                return False
            case _:
                return self._word is not None or self.operator.worst_word is not None

    # What happened

    def on_logged(self, message: Logged) -> None:
        before, self.operator.state = self.state, message.state
        event = message.event
        match event:
            case Cue():
                self._last = self._reference = self._recording = self._word = None
                self._stress = ()
                self._show_verdict()
                self._show_scope()
            case KeyDown() if event.seat != VOICE and self.operator.mine(event.seat):
                self._recording = None
                self._show_scope()
                if self._frames:
                    self._frames.resume()
            case KeyUp() if event.seat != VOICE and self.operator.mine(event.seat):
                if self._frames:
                    self._frames.pause()
                self.call_later(self._show_turn)  # after its score, where that is there by now
                return
            case Heard() if event.final:
                return  # its score follows at once, and says the same
            case Assessed():
                self._assessed(event)
                return
            case Missed():
                self._show_verdict()
            case Refused():
                self.told(not_scored(event, self.state, here=self.operator.mine(event.seat)), "warning", 8)
            case Ended():
                self._ended()
                return
            case Advanced():
                self._last = None
            case None if not self.state.done:
                self._show_scope()  # nothing is left of a call that was taken back
        if (
            self.state.cue is not before.cue
            or self.state.done != before.done
            or event is None
            or isinstance(event, KeyDown | KeyUp)
        ):
            self._show_call()
        self._show_state()
        self._show_live()

    def _assessed(self, event: Assessed) -> None:
        self._last = event
        mine = self.operator.mine(event.seat)
        recording = self.drill.transceiver.last_recording if self.drill and mine else None
        self._recording = recording.samples if recording else None
        self._view = VIEWS[0]
        self._word = None
        self._show_verdict_line()
        self.paint(self.query_one("#verdict-line"))
        self.call_later(self._show_rest)
        self.set_timer(FRAME, self._show_scope_in_time)

    def _show_rest(self) -> None:
        """What belongs to a score beside its verdict, which is on the terminal before this is laid out."""
        self._show_verdict()
        self._show_turn()

    def _show_turn(self) -> None:
        self._show_call()
        self._show_state()
        self._show_live()

    def _show_scope_in_time(self) -> None:
        """The picture of the sound is what is sent longest: it comes after the verdict, on a slow line when that is
        through."""
        if self.console.behind:
            self.set_timer(FRAME, self._show_scope_in_time)
        else:
            self._show_scope()

    def on_measured(self, message: Measured) -> None:
        if message.assessed is not self._last:
            return
        self._reference, self._stress = message.result, message.stress
        self._show_timing()

    # What is shown

    def _frame(self) -> None:
        if self.relabelling or self.console.behind:
            return
        status = self.tape.status
        bar = self.query_one(ChannelBar)
        bar.level, bar.clipped, bar.seconds = status.level, status.clipped, status.seconds
        waveform = self.query_one(Waveform)
        waveform.show(self.tape.columns(waveform.dots), live=True)

    def _tick(self) -> None:
        """The clocks, and who is there."""
        if self.relabelling or self.drill is None or self.state.plan is None:
            return
        now = self.drill.transceiver.clock.now()
        get = self.state.get(now)
        self.query_one(Masthead).clock = f"GET {clock(get)}" if get is not None else ""
        hurries = self.idle and self.operator.speaks_here and not self.operator.gone
        if hurries and (left := call_view.countdown(self.state, now)) is not None:
            self.query_one(ChannelBar).note = left
        elif self.operator.counted_down is not None:
            self.query_one(ChannelBar).note = self.operator.note
        if self.operator.presence != self._presence:
            self._show_state()
        self.operator.tick()

    @when_composed
    def _show_state(self) -> None:
        state, bar = self.state, self.query_one(ChannelBar)
        bar.channel = state.channel(self.operator.own_seat)
        bar.held = state.held_by is not None
        bar.speaker = self.operator.speaker
        self._presence = self.operator.presence
        for seats in self.query(CrewBar):
            seats.show(state, *self._presence)
        if bar.channel != "transmit":
            bar.level, bar.clipped, bar.seconds = None, False, 0.0
        bar.note = self.operator.note
        self.refresh_bindings()

    @when_composed
    def _show_call(self) -> None:
        state, card, chosen = self.state, self.query_one(CallCard), self.console.preferences
        aids = Aids(chosen.ipa, chosen.meaning or state.done)  # hidden while one tries; told once it was said
        if (cue := state.cue) is None:
            card.show("", "", (), aids)
            return
        head = call_view.head(cue, state, self.plan, self.program.book, self.reader)
        parts = (
            call_view.ask(cue, state, self.plan, here=self.operator.speaks_here),
            call_view.helped(state, self.operator.hints),
        )
        asked = " · ".join(part for part in parts if part)
        card.show(head, asked, self._texts(), aids, call_view.figures(cue, state))

    def _texts(self) -> tuple[Text, ...]:
        return call_view.texts(self.state, self.plan, self.program.book, self.reading, hints=self.operator.hints)

    @when_composed
    def _show_live(self) -> None:
        heard = self.state.heard
        live = self.query_one("#live", Steady)
        if self.state.refused and not self.state.done and self.operator.speaks_here:
            live.update(Content.styled(self.state.refused, "$text-warning"))
            return
        taken_back = heard is not None and self.operator.mine(heard.seat) and not self.operator.talking
        if heard is None or self._last is not None or taken_back:
            live.update(Content(""))
            return
        words = self._heard_words(heard)
        live.update(Content.assemble((_("heard: "), "$foreground 60%"), words, "" if heard.final else " …"))

    def _heard_words(self, heard: Heard) -> str:
        return heard_words(heard.words, self.plan.seat(heard.seat).target, self.reader)

    @when_composed
    def _show_scope(self) -> None:
        spectrogram, waveform = self.query_one(Spectrogram), self.query_one(Waveform)
        if self._recording is None or self._last is None:
            self.query_one("#scope", ContentSwitcher).current = "waveform"
            waveform.show((), live=False)
            spectrogram.show(None)
            return
        self.query_one("#scope", ContentSwitcher).current = "spectrogram"
        result, reader = self._last.assessment, self.reader
        words = [(reader.word(word.text, result.language, word.asked), word.start, word.end) for word in result.words]
        spectrogram.show(self._recording, words)

    @when_composed
    def _show_verdict(self) -> None:
        last = self._last
        result = last.assessment if last else None
        attempt = self.state.attempts[-1] if last and self.state.attempts else None
        said = None
        if self.state.heard is not None and last is not None:
            said = Content.assemble((_("words heard: "), "$foreground 60%"), self._heard_words(self.state.heard))
        self._show_verdict_line()
        self.query_one(WordsView).show(
            result, attempt.points if attempt else None, attempt.late if attempt else 0.0, said,
            expecting=not self.state.done, reader=self.reader,
        )  # fmt: skip
        self.query_one(WordsView).chosen = self._word
        self._show_sounds()
        self._show_timing()
        self.show_view(self._view)
        self.query_one("#verdict", VerticalScroll).scroll_home(animate=False)

    def _show_sounds(self) -> None:
        result = self._last.assessment if self._last else None
        well_said = isinstance(verdict(self.state), Right)
        self.query_one(SoundsView).show(result, well_said=well_said, word=self._word, reader=self.reader)

    @when_composed
    def _show_word(self) -> None:
        """The word that is looked at: where it stands, its sounds."""
        words, side = self.query_one(WordsView), self.query_one("#verdict", VerticalScroll)
        words.chosen = self._word
        self._show_sounds()
        self.refresh_bindings()
        if self._word is None:
            side.scroll_home(animate=False)
        elif words.display:
            row = words.row(self._word).translate(words.virtual_region.offset)
            side.scroll_to_region(row, animate=False)

    # What sounds

    def on_sounded(self, message: Sounded) -> None:
        self._sounding = (message.sound, time.monotonic()) if message.sound else None
        if self._cursor:
            (self._cursor.resume if message.sound else self._cursor.pause)()
        self._point()

    @when_composed
    def _point(self) -> None:
        """A cursor runs over what is heard, and its word is lit."""
        sound, since = self._sounding or (None, 0.0)
        which, place = None, 0.0
        if sound is not None:
            which, place = sound.which, min(sound.end, sound.start + (time.monotonic() - since) * sound.speed)
        word = None if sound is None else self._word_at(place, sound)
        self.query_one(WordsView).lit = word
        self.query_one(Spectrogram).point(place if which == "mine" else None)
        for view in self.query(TimingView):
            view.point((which, place) if which else None)

    def _word_at(self, place: float, sound: Sounding) -> int | None:
        if sound.word is not None:
            return sound.word
        mine = self._last.assessment if self._last else None
        result = mine if sound.which == "mine" else self._reference
        words = enumerate(result.words if result else ())
        return next(
            (at for at, word in words if word.start is not None and word.start <= place < (word.end or 0)), None
        )

    @when_composed
    def _show_verdict_line(self) -> None:
        """The worst of it in one line, and one thing to do next."""
        line = self.query_one("#verdict-line", Steady)
        judged = verdict(self.state)
        if judged is None:
            line.update(Content(""))
            return
        points = self.state.attempts[-1].points if self.state.attempts else 0.0
        sign, colour = ("✓", style(points)) if isinstance(judged, Right) else ("✗", "$text-error")
        if isinstance(judged, PoorSound):
            sign, colour = mark(points), style(points)
        step = next_step(judged, by_ear=self._confused() is not None)
        score = "" if isinstance(judged, NoAnswer | OtherCall) else f"  {points:.0f}"
        told = verdict_told(judged, self._last.line.language if self._last else "en", self.reader)
        line.update(
            Content.assemble(
                (f"{sign} {told}{score}", f"bold {colour}"), "\n",
                ("" if "again" in self.operator.refuses else step, "$foreground 70%"),
            )
        )  # fmt: skip

    @when_composed
    def _show_timing(self) -> None:
        for view in self.query(TimingView):
            view.show(self._last.assessment if self._last else None, self._reference, self._stress, self.reader)

    def show_view(self, view: str) -> None:
        """Which view of the score is seen, where there is room for one only."""
        self._view = view
        self._show_view()

    @when_composed
    def _show_view(self) -> None:
        side = self.query_one("#verdict-side")
        for view in VIEWS:
            side.set_class(view == self._view, f"-{view}")
        names = {"words": _("Words"), "sounds": _("Sounds"), "timing": _("Timing")}
        parts = [
            Content.styled(f" {names[view]} ", "reverse bold" if view == self._view else "$foreground 60%")
            for view in VIEWS
        ]
        self.query_one("#views", Steady).update(Content(" ").join(parts) if self._last else Content(""))
