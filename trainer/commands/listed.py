"""The commands, by what one wants to do: what `--help` lists, without reading a command for that."""

from typing import NamedTuple

from trainer.messages import N_


class Listed(NamedTuple):
    """A command.

    Attributes:
        told: the first sentence of its help; the rest is with the command.
        files: below this folder, that make it.
    """

    told: str
    files: tuple[str, ...]


COMMANDS: dict[str, dict[str, Listed]] = {
    N_("Drill"): {
        "console": Listed(N_("Open the console, as `ruston` alone does, with other sound or records."), ("console",)),
        "demo": Listed(N_("See a drill on recorded voices, in two minutes: no microphone, no set-up."), ("demo",)),
        "manual": Listed(N_("Read the manual: TOPIC is one of those that `ruston manual` lists."), ("manual",)),
        "drill": Listed(
            N_("Run a drill: hear or read a call, say it in the partner's language, see the score."),
            ("drill",),
        ),
        "pair": Listed(
            N_("Drill in pairs: two crew members on one loop, at one terminal or across a network."),
            ("pair",),
        ),
        "sessions": Listed(N_("Drill sessions of the records: list them, show one."), ("sessions",)),
        "key": Listed(N_("Press the key of a running console from outside; choose keys of your own."), ("key",)),
        "settings": Listed(
            N_("Show what was chosen, or change it: NAME shows a setting, VALUE changes it, `-` is what is usual."),
            ("chosen",),
        ),
    },
    N_("Train"): {
        "ear": Listed(N_("Train the ear: hear a word, say which of two it was, hear both side by side."), ("ear",)),
        "listen": Listed(
            N_("Drill by ear, without a microphone: hear a call, choose what it means; or type it and grade yourself."),
            ("listen",),
        ),
        "mouth": Listed(
            N_(
                "Practise one word or one sound: hear it slowly, at its pace and in its call, say it after each, "
                "see three scores."
            ),
            ("mouth",),
        ),
        "melody": Listed(
            N_(
                "Compare the melody of a call: hear the reading, say it, see your pitch over its, and what went "
                "another way than question, statement and weak words go."
            ),
            ("melody",),
        ),
        "rules": Listed(
            N_(
                "Rules in a minute: fifteen cards for each language on what one must know of its sounds, with "
                "words of the calls."
            ),
            ("rules",),
        ),
        "shadow": Listed(N_("Speak along with the reading of a call."), ("shadow",)),
        "load": Listed(
            N_(
                "Answer calls while another task is on: a count that must go on evenly, or a gauge to keep in its band."
            ),
            ("load",),
        ),
    },
    N_("Say and hear"): {
        "score": Listed(N_("Score recordings of a call, phone by phone."), ("score",)),
        "words": Listed(
            N_("Hear which words were said in a recording, and whether they are those of a call."),
            ("words",),
        ),
        "reference": Listed(
            N_("Hear the reference reading of a call, record your own, pass readings on."),
            ("reference",),
        ),
        "audio": Listed(N_("Check microphone and loudspeaker, record and play."), ("audio",)),
    },
    N_("Calls"): {
        "phrases": Listed(N_("List, search or show calls."), ("phrases",)),
        "own-list": Listed(
            N_("Show somebody's own list of calls; with IDs, put these on it, or take them off."),
            ("own_list",),
        ),
        "readbacks": Listed(N_("Draw calls with figures and their readbacks."), ("readbacks",)),
        "timeline": Listed(N_("Show the mission's events: ground elapsed time, Greenwich, Moscow."), ("timeline",)),
        "phrasebook": Listed(
            N_("Phrases of your own: a new phrasebook, its drafted pronunciations, its check."),
            ("phrasebooks", "deck"),
        ),
        "check": Listed(
            N_("Check a phrasebook (.toml file or folder) or a lexicon (.tsv named en… or ru…)."),
            ("check",),
        ),
    },
    N_("People and records"): {
        "desk": Listed(
            N_("The instructor's desk: who is in the class, what they are to drill, how far they are, sign-off."),
            ("desk", "review", "standing", "certificate"),
        ),
        "privacy": Listed(
            N_("What is stored about a person: show it, hand it over, delete it; consent to recordings."),
            ("privacy",),
        ),
        "records": Listed(N_("The store of all records: what is in it, check it, mend it, copy it."), ("records",)),
        "calibrate": Listed(
            N_("Refit the scale to the blind ratings of this course, tried on learners whose ratings it has not seen."),
            ("calibrate",),
        ),
    },
    N_("Take home"): {
        "report": Listed(
            N_(
                "Write a report as one HTML file that needs no network: progress, phases, weak sounds, stress, "
                "readbacks, best and worst calls, what to drill next."
            ),
            ("report",),
        ),
        "export": Listed(
            N_(
                "Export attempts: csv, jsonl, xlsx, textgrid (for Praat, with the recordings), xapi (statements "
                "for a learning record store), clips (the recordings), exercises (ear, mouth and melody, as JSON "
                "lines)."
            ),
            ("export",),
        ),
        "hand-in": Listed(
            N_(
                "Write a learner's own sessions and recordings into one zip for the instructor, who adds it with "
                "`ruston records merge`."
            ),
            ("hand_in",),
        ),
        "cmi5": Listed(N_("Mission phases as courses of a learning management system, by cmi5."), ("cmi5",)),
    },
    N_("Machine"): {
        "doctor": Listed(
            N_("Look at the machine: sound, models, disk, terminal; say what mends what is missing."),
            ("doctor",),
        ),
        "models": Listed(N_("Install stronger models: words (Vosk) and phones (Hugging Face)."), ("models",)),
        "bench": Listed(N_("Measure how well and how fast the trainer scores."), ("bench",)),
        "scorer": Listed(N_("Score recordings for loops whose terminals are too weak."), ("pair",)),
    },
}
