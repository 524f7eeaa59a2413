"""From a Russian word with its stress marked to the sounds of standard Moscow speech.

    >>> transcribe("сою́з")
    ('s', 'ɐ', 'j', 'ˈu', 's')

The rules are those of the orthoepic norm as described by R. I. Avanesov, "Russkoe literaturnoe proiznoshenie" (1984),
by the "Orfoepicheskij slovar" he edited (1989), and by A. Timberlake, "A Reference Grammar of Russian" (2004).
Where the norm has moved since, the younger form comes first and the older is among the `variants`.

A word passes through readable stages, each a function:

1. `_mark_stress`  the stressed vowel becomes a capital letter: сою́з -> соЮз;
2. `_respell`      misleading spellings become plain ones: что -> што, сОлнце -> сОнца, нОвого -> нОвово;
3. `_phonemes`     letters become phonemes; я е ё ю и ь soften the consonant before them or begin with [j];
4. `_voice`        obstruents take the voice of the next one and lose it at the end of the word;
5. `_blend`        hissing and hushing sounds merge: с + ш -> [ʂʂ], с + ч -> [ɕː];
6. `_soften`       dentals become soft before soft dentals;
7. `_reduce`       unstressed vowels weaken by their place before or after the stress.

A pronunciation is that of the word alone, before a pause; what happens between words is decided elsewhere.
Two equal phones in a row are one long sound.
"""

import re
import unicodedata
from collections.abc import Callable, Collection

Phones = tuple[str, ...]

ACUTE = "\N{COMBINING ACUTE ACCENT}"

CONSONANTS = {
    "б": "b", "в": "v", "г": "ɡ", "д": "d", "ж": "ʐ", "з": "z", "й": "j", "к": "k", "л": "l", "м": "m", "н": "n",
    "п": "p", "р": "r", "с": "s", "т": "t", "ф": "f", "х": "x", "ц": "ts", "ч": "tɕ", "ш": "ʂ", "щ": "ɕː",
}  # fmt: skip
VOWELS = {
    "а": "a", "е": "e", "ё": "o", "и": "i", "о": "o", "у": "u", "ы": "ɨ", "э": "e", "ю": "u", "я": "a",
}  # fmt: skip

PAIRED = frozenset("pbtdkɡfvszxmnlr")  # the consonants with a soft twin
ALWAYS_HARD = frozenset({"ʂ", "ʐ", "ts"})
ALWAYS_SOFT = frozenset({"j", "tɕ", "ɕː"})
DEVOICED = {
    "b": "p", "bʲ": "pʲ", "d": "t", "dʲ": "tʲ", "ɡ": "k", "ɡʲ": "kʲ", "v": "f", "vʲ": "fʲ", "z": "s", "zʲ": "sʲ",
    "ʐ": "ʂ",
}  # fmt: skip
VOICED = {voiceless: voiced for voiced, voiceless in DEVOICED.items()}
VOICELESS = frozenset(VOICED) | {"x", "xʲ", "ts", "tɕ", "ɕː"}

# Beginnings of loan words with a hard consonant before е; such an е is written э here. Most loans have become soft
# (модуль, термин, кассета), so the hard ones must be listed.
HARD_E = frozenset(
    {"адаптэр", "альтэрнатив", "антэнн", "бизнэс", "брэнд", "генэтик", "дэльт", "дэмпфер", "дэтэктив", "дэтэктор",
     "индэкс", "интэнсивн", "интэр", "катэтэр", "кодэкс", "компьютэр", "контэйнэр", "лазэр", "модэл", "модэм", "отэль",
     "принтэр", "протэз", "рэйтинг", "сэрвис", "сэрвэр", "синтэз", "синтэтик", "сканэр", "стэнд", "стэнт", "тандэм",
     "тэзис", "тэмп", "тэндэнци", "тэндэр", "тэннис", "тэрмос", "тэст", "тирэ", "тоннэл", "трэк", "туннэл", "фонэтик",
     "шоссэ", "экстэрн"}
)  # fmt: skip
# Words that begin like those above and are soft all the same.
SOFT_E = re.compile("интерес|темпера|тесто(?!в)|тесть")

# Words in -ого whose г belongs to the stem and stays.
STEM_G = frozenset({"много", "немного", "строго", "дорого", "недорого", "убого", "полого", "отлого", "лого", "эго"})

# Parts of a hyphenated compound that have no stress of their own: по-русски, что-нибудь.
LEANING = frozenset({"по", "во", "в", "из", "кое", "то", "либо", "нибудь", "ка", "таки"})


_WORD = re.compile(f"(?:[а-яё]{ACUTE}?)+(?:-(?:[а-яё]{ACUTE}?)+)*")


def transcribe(word: str, *, clitic: bool = False, hard_e: Collection[str] = HARD_E) -> Phones:
    """Give the main pronunciation of `word`, in which an acute follows the stressed vowel.

    The acute may be left out over ё and in words of one syllable. A `clitic` (на, не, ли, из) has no stress and keeps a
    voiced consonant at its end. Raises ValueError for what is no Russian word with a known stress.
    """
    word = _normal(word)
    phones: list[str] = []
    for part in _parts(word.replace(ACUTE, "") if clitic else word, clitic):
        phones = [phone.replace("ˈ", "ˌ") for phone in phones]  # only the last part keeps a full stress
        phones += _reduce(_soften(_blend(_voice(_phonemes(_respell(part, hard_e)), ends=not clitic))))
    phones = _voice(phones, ends=not clitic)
    # A vowel of secondary stress keeps its quality; an unreduced [i] is too near to [ɪ] to be a phone of its own.
    return tuple("ɪ" if phone == "ˌi" else phone.removeprefix("ˌ") for phone in phones)


def variants(word: str, *, clitic: bool = False, hard_e: Collection[str] = HARD_E) -> tuple[Phones, ...]:
    """Give the main pronunciation of `word`, then the others that the norm accepts in careful speech."""
    word = _normal(word)
    found = [transcribe(word, clitic=clitic, hard_e=hard_e)]
    for alternative in _ALTERNATIVES:
        for phones in tuple(found):
            other = alternative(phones, word)
            if other not in found:
                found.append(other)
    return tuple(found)


def _normal(word: str) -> str:
    word = unicodedata.normalize("NFC", word.lower())
    if not _WORD.fullmatch(word):
        raise ValueError(f"not a Russian word: {word!r}")
    return word


# --- 1. stress ---


def _parts(word: str, clitic: bool) -> list[str]:
    """Split a compound at its hyphens, mark the stress of each part, and join those without any to their neighbour."""
    parts = [""]
    open_part = True  # the last part waits for a stressed one
    for part in map(_plain_part, word.split("-")) if "-" in word else [word]:
        unmarked = ACUTE in word and ACUTE not in part and "ё" not in part and _syllables(part) > 1
        stressless = clitic or (part in LEANING and part != word) or unmarked
        if not (stressless or open_part):
            parts.append("")
        parts[-1] += part if stressless else _mark_stress(part)
        open_part = open_part and stressless
    return parts


def _plain_part(part: str) -> str:
    """The spellings that mislead at the ends of a part of a compound: кое-что, кого-то, всего-навсего."""
    part = re.sub("^ч(?=то)", "ш", part)
    return part if part.replace(ACUTE, "") in STEM_G else re.sub(f"(?<=[ое{ACUTE}])г(?=о{ACUTE}?$)", "в", part)


def _mark_stress(word: str) -> str:
    """Write the stressed vowel as a capital: the one with the acute, else ё, else the only vowel there is."""
    marked = re.sub(f"(.){ACUTE}", lambda match: match[1].upper(), word)
    if marked != word:
        return marked
    if _syllables(word) == 0:
        return word
    if _syllables(word) > 1 and "ё" not in word:
        raise ValueError(f"no stress is marked in {word!r}")
    stressed = word.rfind("ё") if "ё" in word else next(at for at, letter in enumerate(word) if letter in VOWELS)
    return word[:stressed] + word[stressed].upper() + word[stressed + 1 :]


def _syllables(word: str) -> int:
    return sum(letter in VOWELS for letter in word)


# --- 2. spelling ---

_HARDEN = {"е": "э", "Е": "Э"}
_DOUBLED = re.compile(r"([бвгджзклмнпрстфхцчш])\1")
_PREFIXES = frozenset(
    {"в", "с", "из", "ис", "раз", "рас", "без", "бес", "воз", "вос", "об", "от", "под", "над", "пред"}
)  # fmt: skip

_RESPELLINGS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        # said [ʂ]: что, чтобы, ничто, конечно and a few more
        (r"^ч(?=т[оО])|(?<=^ни)ч(?=тО$)|(?<=^конЕ)ч(?=но$)|(?<=скУ)ч(?=н)|(?<=нарО)ч(?=н)|(?<=яИ)ч(?=н)", "ш"),
        # said [v]: the genitives in -ого, -его; сегодня
        (r"(?<=[оеОЕ])г(?=[оО](?:ся)?$)|(?<=^се)г(?=Одня)", "в"),
        # said [x]: мягкий, лёгкий, облегчить
        (r"(?<=м[яЯ])г(?=[кч])|(?<=л[еёЕЁ])г(?=[кч])", "х"),
        # silent between н and ск: гигантский, голландский
        (r"(?<=н)[тд](?=ск)", ""),
        # said [ts]: verbs in -тся, -ться; the stem before a suffix in советский, средств (but not a prefix: подсказка)
        (r"ть?с(?=я$)|(?<!^[оО])(?<!^[пн][оа])(?<!^пре)[тд]с(?=к|тв)", "ц"),
        # silent in clusters: местный, жёстче, поздно, сердце, солнце, чувство, здравствуй, рентген, пожалуйста
        (r"(?<=с)т(?=н|л[иИ]|ч)|(?<=[аоАОЁ]з)д(?=н)|(?<=р)д(?=ц)|(?<=сО)л(?=нц)|(?<=рен)т(?=г[еЕ]н)", ""),
        (r"(?<=ч[уУ])в(?=ств)|(?<=здр[аА])в(?=ств)|(?<=пожАлу)й(?=ст)", ""),
        # numerals: шестьдесят, шестьсот, and the short [ts] of двадцать and its kin
        (r"(?<=шес)ть(?=десЯт|сОт)|д(?=ц[аА]т)", ""),
        # [ɨ] for an unstressed а after a hushing sound, kept in a few words: двадцати, лошадей, сожаление
        (r"(?<=[аи]ц)а(?=тИ|тьЮ)|(?<=лош)а(?=д[ЕЯ])|(?<=ж)а(?=л[еЕ])", "ы"),
        # neuter endings sound like я, а: доброе, последнее, давление, счастье, солнце
        (r"(?<=[оеОЕьЬ])е$|(?<=[аеёяАЕЁЯ]ни)е$|(?<=[лртмвсзд]и)е$", "я"),
        (r"(?<=ц)е$", "а"),
    )
)


def _respell(word: str, hard_e: Collection[str]) -> str:
    """Replace spellings that mislead, so that the letters that stay say what they mean."""
    for stem in () if SOFT_E.match(word.lower()) else hard_e:
        if word.lower().replace("э", "е").startswith(stem.replace("э", "е")):
            start = zip(word, stem, strict=False)
            hardened = [_HARDEN.get(letter, letter) if hard == "э" else letter for letter, hard in start]
            word = "".join(hardened) + word[len(stem) :]
    if word.lower() in STEM_G:
        return word
    word = _shorten(word)
    for pattern, plain in _RESPELLINGS:
        word = pattern.sub(plain, word)
    return word


def _shorten(word: str) -> str:
    """Write a doubled letter once where it is a short sound: кассЕта, АполлОн, класс.

    Before a vowel it is long right after the stress (мАсса, дАнные) and where a prefix meets its root (над-дУв).
    """

    def short(match: re.Match[str]) -> str:
        before, after = word[: match.start()], word[match.end() :]
        long = after[:1].lower() in VOWELS and (before[-1:].isupper() or before.lower() + match[1] in _PREFIXES)
        return match[0] if long else match[1]

    return _DOUBLED.sub(short, word)


# --- 3. letters to phonemes ---


def _phonemes(word: str) -> list[str]:
    """Turn letters into phonemes: full vowels, the stressed one marked ˈ, and hard or soft consonants."""
    phones: list[str] = []
    for before, letter in zip(" " + word, word, strict=False):
        vowel = VOWELS.get(letter.lower())
        if vowel is None:
            if letter == "ь":
                _soften_last(phones)
            elif letter != "ъ":
                phones.append(CONSONANTS[letter])
            continue
        begins_syllable = before == " " or before.lower() in VOWELS or before in "ьъ"
        if letter.lower() in "яёею":
            if begins_syllable:
                phones.append("j")
            else:
                _soften_last(phones)
        elif letter.lower() in "ио" and before == "ь":  # чьи, павильон
            phones.append("j")
        elif letter.lower() == "и":
            _soften_last(phones)
        if vowel == "i" and phones and phones[-1] in ALWAYS_HARD:
            vowel = "ɨ"
        secondary = letter == "ё"  # an ё beside the main stress keeps its vowel: четырёхОкись
        phones.append("ˈ" * letter.isupper() + "ˌ" * secondary + vowel)
    return phones


def _soften_last(phones: list[str]) -> None:
    if phones and phones[-1] in PAIRED:
        phones[-1] += "ʲ"


# --- 4. voice ---


def _voice(phones: list[str], ends: bool) -> list[str]:
    """Give each obstruent the voice of the next one; [v] takes a voice but lends none. A word that `ends` devoices."""
    voiced = phones[:]
    model = "p" if ends else ""  # the obstruent whose voice is passed on to the left; silence counts as voiceless
    for at in reversed(range(len(voiced))):
        phone = voiced[at]
        if model in VOICELESS:
            phone = DEVOICED.get(phone, phone)
        elif model in DEVOICED:
            phone = VOICED.get(phone, phone)
        voiced[at] = phone
        if phone in DEVOICED or phone in VOICELESS:
            if phone not in {"v", "vʲ"}:
                model = phone
        else:
            model = ""
    return voiced


# --- 5. hissing and hushing ---

_BLENDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("s", "ʂ"): ("ʂ", "ʂ"),  # сшить
    ("z", "ʐ"): ("ʐ", "ʐ"),  # сжать, разжать
    ("s", "tɕ"): ("ɕː",),  # счастье, расчёт
    ("ʂ", "tɕ"): ("ɕː",),  # мужчина
    ("s", "ɕː"): ("ɕː",),  # расщепить
    ("tʲ", "tɕ"): ("t", "tɕ"),
    ("tʲ", "ts"): ("t", "ts"),
}


def _blend(phones: list[str]) -> list[str]:
    """Merge hissing with hushing sounds. The stop of a long affricate is its own phone: отца [t ts], лётчик [t tɕ]."""
    blended: list[str] = []
    for phone in phones:
        pair = (blended[-1], phone) if blended else ("", phone)
        if pair in _BLENDS:
            blended[-1:] = _BLENDS[pair]
        else:
            blended.append(phone)
    return blended


# --- 6. softness ---

_SOFTENED_BEFORE = {
    "s": frozenset({"sʲ", "tʲ", "nʲ"}),  # гость, снег
    "z": frozenset({"zʲ", "dʲ", "nʲ"}),  # здесь, жизнь
    "t": frozenset({"tʲ"}),
    "d": frozenset({"dʲ"}),  # отдел
    "n": frozenset({"nʲ", "tʲ", "dʲ", "tɕ", "ɕː"}),  # винтик, индекс, женщина
    "x": frozenset({"kʲ"}),  # мягкий
}


def _soften(phones: list[str]) -> list[str]:
    """Soften a consonant before a soft one made in the same place; long consonants are soft or hard throughout."""
    softened = phones[:]
    for at in reversed(range(len(softened) - 1)):
        phone, following = softened[at : at + 2]
        if following in _SOFTENED_BEFORE.get(phone, ()) or following == phone + "ʲ":
            softened[at] += "ʲ"
    return softened


def softens(final: str, onset: str) -> bool:
    """Whether a hard dental at the end of a preposition may soften before the first sound of the next word: из тени."""
    return final != "n" and onset in _SOFTENED_BEFORE.get(final, ())


# Where a consonant before е may be hard: not in the endings and suffixes of Russian's own words.
_DOUBTFUL_E = re.compile(
    "[дзнст]е(?!$|ль|н[иьн]|ть|т$|те?$|тс|м$|му|мся|шь|й$|в$|е|л$|ли|ла|ло|я|х$)|(?<!пе)ре(?:й[нт]|кв|гб|нд)"
)
# What such an е stands in where it is hard most often: темп, декор, нейрон, сенсор.
_FOREIGN_STEM = re.compile(
    "те(?:нд|нт|нз|нс|мб|мп|рм|рн|ра|р[бк]|кс|ст(?!о)|зи|й(?!к|ш)|т[ир])|"
    "де(?:ба|би|бю|га|ги|дж|ду|зи|зо|ко|ль[тф]|мо|нд|п[ао]|пр|р[бк]|тек|тен|тер|фа|фи|фо|ци)|"
    "не(?:й[рлт]|он|оп|кс|дж)|се(?:нс|й[сф]|кс|т$|рв|тт|п[ст])|зе(?:ро|нд)|(?<!пе)ре(?:й[нт]|кв|гб|нд)"
)
# What few words of Russian's own have: ф, э, а at the beginning, vowels side by side, and the suffixes of loans.
_LOOKS_FOREIGN = re.compile(
    "ф|^а|э|дж|[иу]а|[иеао]о(?!б|т)|ау|[оеи]у|еа|оа|о[иэ](?=[дз])"
    "|[цсз]и(?:[яюией]|ей|ям|ями|ях|он|оно?)|изм|изаци|и(?:зи)?ров(?:а|к)"
    "|(?:[^л]ист|инг|\\w\\w[дзнст]ер|[дт]ор|ент|ант|енс|анс|аж|[тд]ур|метр|граф|лог|скоп|тик|ивн|тет|оз|[рк]ет|[шт]екер)"
    "(?:а|у|е|ы|и|ом|ой|ем|ов|ей|ам|ами|ах|ый|ая|ое|ые|ого|ому|ых|ым|ыми|ую)?$"
    "|^(?:интер|теле|стерео|электр|гидр|авиа|микро|макро|мини|авто|анти|контр|супер|терм|нейр|тех)"
)
_PREFIX = re.compile("^(?:не(?!й|о[нп])|по|за|на|до|про|при|пере|пре|во|со|о)(?=[^рлй]|[рл][аеиоуыюя])")


def doubtful_e(word: str) -> bool:
    """Whether an е of a word that looks like a loan may follow a hard consonant: only a dictionary knows."""
    plain = word.replace(ACUTE, "")
    if any(plain.startswith(stem.replace("э", "е")) for stem in HARD_E):
        return False
    return any(
        _DOUBTFUL_E.search(part) is not None
        and (_FOREIGN_STEM.search(part) is not None or _LOOKS_FOREIGN.search(part) is not None)
        for part in (_PREFIX.sub("", part) for part in plain.split("-"))
    )


# --- 7. vowel reduction ---

_REDUCED = frozenset({"ɐ", "ə", "ɪ", "ɨ"})


def _is_vowel(phone: str) -> bool:
    return phone[-1:] in {*_REDUCED, *VOWELS.values()}


def _reduce(phones: list[str]) -> list[str]:
    """Weaken the unstressed vowels. A word without stress counts as leaning on a stressed syllable to its right."""
    vowels = [at for at, phone in enumerate(phones) if _is_vowel(phone)]
    stress = next((order for order, at in enumerate(vowels) if phones[at][0] == "ˈ"), len(vowels))
    reduced = phones[:]
    for order, at in enumerate(vowels):
        before = phones[at - 1] if at else ""
        after = phones[at + 1] if at + 1 < len(phones) else ""
        vowel = phones[at]
        if vowel[0] in "ˈˌ" or vowel == "u":
            continue
        soft = before.endswith("ʲ") or before in ALWAYS_SOFT
        no_onset = not before or at - 1 in vowels
        if vowel in "ao" and not soft:
            if vowel == "o" and not after and before[-1:] in ("i", "e"):
                continue  # радио, видео keep [o]
            before_stress = order == stress - 1 or (order < stress and (no_onset or after in {"a", "o", "ˈa", "ˈo"}))
            reduced[at] = "ɐ" if before_stress else "ə"
        elif vowel == "a" and not after:
            reduced[at] = "ə"  # время, станция
        elif soft or no_onset:
            reduced[at] = "ɪ"
        else:
            reduced[at] = "ɨ"
    return reduced


# --- accepted alternatives: each takes phones and the written word, and gives the phones back, changed or not ---


def _with_next(phones: Phones) -> list[tuple[str, str]]:
    return list(zip(phones, (*phones[1:], ""), strict=True))


def _keep_hard(phones: Phones, word: str) -> Phones:
    """The youngest norm may leave a dental hard before another soft one: есть [stʲ] beside [sʲtʲ]."""

    def may_be_hard(phone: str, after: str) -> bool:
        softener = after.endswith("ʲ") and after in _SOFTENED_BEFORE.get(phone[0], ())
        return phone.endswith("ʲ") and phone != after and softener

    if re.search("[сзн]ь[тдн]", word):  # softness that is written stays: наденьте
        return phones
    return tuple(phone[0] if may_be_hard(phone, after) else phone for phone, after in _with_next(phones))


_ONCE_SOFTENED_BEFORE = {"t": {"nʲ"}, "d": {"nʲ"}, "s": {"lʲ"}, "z": {"lʲ"}, "n": {"sʲ", "zʲ"}}
_SOFT_LABIALS = frozenset({"bʲ", "vʲ", "mʲ", "pʲ", "fʲ"})


def _soften_more(phones: Phones, word: str) -> Phones:
    """The older norm softens more: после [sʲlʲ], дни [dʲnʲ], and at the beginning of a word две [dʲvʲ], свет [sʲvʲ]."""
    first, second = (*phones, "", "")[:2]
    if first in {"t", "d", "s", "z"} and second in _SOFT_LABIALS:
        phones = (first + "ʲ", *phones[1:])
    return tuple(phone + "ʲ" * (after in _ONCE_SOFTENED_BEFORE.get(phone, ())) for phone, after in _with_next(phones))


def _shorten_long(phones: Phones, word: str) -> Phones:
    """A long consonant may be short: отдел, антенна, лётчик."""
    return tuple(
        phone
        for phone, after in _with_next(phones)
        if (phone != after or phone in _REDUCED) and not (phone == "t" and after in {"ts", "tɕ"})
    )


def _other_ending(phones: Phones, word: str) -> Phones:
    """Some endings have two forms: -ый [ɨj əj], -ое [əjə əjɪ], -це [tsə tsɨ], -ям [ɪm əm], -ться [tsə ttsə]."""
    if word.endswith("ый") and phones[-2:] == ("ɨ", "j"):
        return (*phones[:-2], "ə", "j")
    if word.endswith("е") and phones[-1] == "ə":
        return (*phones[:-1], "ɪ" if phones[-2] == "j" else "ɨ")
    if ending := re.search("я(м|ми|х)$", word):
        at = len(phones) - 1 - len(ending[1])
        return (*phones[:at], "ə", *phones[at + 1 :]) if phones[at] == "ɪ" else phones
    if re.search("ть?ся$", word) and phones[-3].startswith("ˈ"):
        return (*phones[:-2], "t", *phones[-2:])
    return phones


def _older_schwa(phones: Phones, word: str) -> Phones:
    """After the stress the older norm has [ə] for е after ж ш ц: можете [ˈmoʐətʲɪ], тоже [ˈtoʐə]."""
    letters = iter(re.findall(f"[жшц]ь?([аеёиоуыэю]{ACUTE}?)", word))
    older, stressed = list(phones), False
    for at, (before, phone) in enumerate(zip(("", *phones), phones, strict=False)):
        stressed = stressed or phone.startswith("ˈ")
        if before in ALWAYS_HARD and _is_vowel(phone) and next(letters, "") == "е" and stressed and phone == "ɨ":
            older[at] = "ə"
    return tuple(older)


def _long_affricate(phones: Phones, word: str) -> Phones:
    """дц of numerals is [tts] or [ts]: двена́дцать, двадцати́."""
    if not re.search(f"дца{ACUTE}?т", word):
        return phones
    at = phones.index("ts")
    return phones if phones[at - 1] == "t" else (*phones[:at], "t", *phones[at:])


def _younger_vowel(phones: Phones, word: str) -> Phones:
    """двадцати́ and тридцати́ with [ɐ] beside the elder [ɨ]."""
    if not re.search(f"дцати{ACUTE}", word):
        return phones
    at = phones.index("ts") + 1
    return (*phones[:at], "ɐ", *phones[at + 1 :])


def _sounded_stop(phones: Phones, word: str) -> Phones:
    """The stop of нтск, ндск may be heard: голла́ндский [nts]."""
    if not re.search("н[тд]ск", word):
        return phones
    at = next((at for at, pair in enumerate(_with_next(phones)) if pair == ("n", "s")), None)
    return phones if at is None else (*phones[: at + 1], "ts", *phones[at + 2 :])


def _reduced_end(phones: Phones, word: str) -> Phones:
    """The last vowel of ви́део may weaken; ра́дио keeps it."""
    return (*phones[:-1], "ə") if word.endswith("ео") and phones[-1] == "o" else phones


_ALTERNATIVES: tuple[Callable[[Phones, str], Phones], ...] = (
    _keep_hard, _soften_more, _shorten_long, _other_ending, _older_schwa, _long_affricate, _younger_vowel,
    _sounded_stop, _reduced_end,
)  # fmt: skip


def fluent(phones: Phones) -> Phones:
    """Give the form of flowing standard speech: no [j] between a vowel and [ɪ], and one vowel for two equal ones.

    рабо́тает [rɐˈbotəɪt], вообще́ [vɐpˈɕːe]
    """
    return tuple(
        phone
        for before, phone, after in zip(("", *phones), phones, (*phones[1:], ""), strict=False)
        if not (phone == "j" and after == "ɪ" and _is_vowel(before)) and not (phone == after and phone in _REDUCED)
    )
