"""Each case is a fact about standard Moscow pronunciation."""

import pytest

from trainer.phones.russian import fluent, transcribe, variants
from trainer.phrasebook.lexicon import lexicon

FACTS = {
    "vowels weaken by their distance from the stress": {
        "хорошо́": "x ə r ɐ ʂ ˈo",
        "го́лову": "ɡ ˈo l ə v u",
        "аполло́н": "ɐ p ɐ l ˈo n",
        "о́коло": "ˈo k ə l ə",
        "температу́ра": "tʲ ɪ m pʲ ɪ r ɐ t ˈu r ə",
    },
    "an unstressed е, и or я after a soft consonant is [ɪ]": {
        "меня́": "mʲ ɪ nʲ ˈa",
        "де́сять": "dʲ ˈe sʲ ɪ tʲ",
        "часы́": "tɕ ɪ s ˈɨ",
        "ещё": "j ɪ ɕː ˈo",
        "экипа́ж": "ɪ kʲ ɪ p ˈa ʂ",
    },
    "a final -а or -я is [ə]": {
        "вре́мя": "v rʲ ˈe mʲ ə",
        "ста́нция": "s t ˈa n ts ɨ j ə",
        "кома́нда": "k ɐ m ˈa n d ə",
    },
    "neuter endings in -е sound like -я, other final -е is [ɪ]": {
        "до́брое": "d ˈo b r ə j ə",
        "давле́ние": "d ɐ v lʲ ˈe nʲ ɪ j ə",
        "со́лнце": "s ˈo n ts ə",
        "хоро́шие": "x ɐ r ˈo ʂ ɨ j ɪ",
        "после́дние": "p ɐ s lʲ ˈe d nʲ ɪ j ɪ",
        "орби́те": "ɐ r bʲ ˈi tʲ ɪ",
    },
    "after ж ш ц, which are always hard, е and и are [ɨ]": {
        "режи́м": "rʲ ɪ ʐ ˈɨ m",
        "шести́": "ʂ ɨ sʲ tʲ ˈi",
        "цирк": "ts ˈɨ r k",
        "жёсткое": "ʐ ˈo s t k ə j ə",
        "парашю́т": "p ə r ɐ ʂ ˈu t",
    },
    "an old [ɨ] for а is kept in a few words": {
        "двадцати́": "d v ə ts ɨ tʲ ˈi",
        "лошаде́й": "l ə ʂ ɨ dʲ ˈe j",
        "сожале́ние": "s ə ʐ ɨ lʲ ˈe nʲ ɪ j ə",
        "оди́ннадцати": "ɐ dʲ ˈi n n ə ts ə tʲ ɪ",
    },
    "vowels in a row stay apart": {
        "вообще́": "v ɐ ɐ p ɕː ˈe",
        "сообще́ние": "s ɐ ɐ p ɕː ˈe nʲ ɪ j ə",
        "сеа́нс": "sʲ ɪ ˈa n s",
        "приостанови́те": "p rʲ ɪ ɐ s t ə n ɐ vʲ ˈi tʲ ɪ",
        "ра́дио": "r ˈa dʲ ɪ o",
    },
    "я е ё ю begin with [j] at the start, after a vowel and after ь, ъ; so do и and о after ь": {
        "сою́з": "s ɐ j ˈu s",
        "приём": "p rʲ ɪ j ˈo m",
        "семья́": "sʲ ɪ mʲ j ˈa",
        "объе́кт": "ɐ b j ˈe k t",
        "чьи": "tɕ j ˈi",
        "павильо́н": "p ə vʲ ɪ lʲ j ˈo n",
        "майо́р": "m ɐ j ˈo r",
    },
    "obstruents lose their voice at the end of the word and before voiceless ones": {
        "газ": "ɡ ˈa s",
        "связь": "s vʲ ˈa sʲ",
        "флаг": "f l ˈa k",
        "стыко́вка": "s t ɨ k ˈo f k ə",
        "второ́й": "f t ɐ r ˈo j",
        "вздох": "v z d ˈo x",
    },
    "and take it before voiced ones, but not before в": {
        "отбо́й": "ɐ d b ˈo j",
        "футбо́л": "f u d b ˈo l",
        "сближе́ние": "z b lʲ ɪ ʐ ˈe nʲ ɪ j ə",
        "отве́т": "ɐ t vʲ ˈe t",
        "свои́": "s v ɐ ˈi",
    },
    "hissing sounds give way to hushing ones": {
        "сшить": "ʂ ʂ ˈɨ tʲ",
        "разжа́ть": "r ɐ ʐ ʐ ˈa tʲ",
        "сча́стье": "ɕː ˈa sʲ tʲ j ə",
        "расчётный": "r ɐ ɕː ˈo t n ɨ j",
        "мужчи́на": "m u ɕː ˈi n ə",
        "отчётливо": "ɐ t tɕ ˈo t lʲ ɪ v ə",
    },
    "т, д join с in suffixes and verbs, not in prefixes": {
        "сове́тский": "s ɐ vʲ ˈe ts kʲ ɪ j",
        "средств": "s rʲ ˈe ts t f",
        "подска́зка": "p ɐ t s k ˈa s k ə",
        "отсе́к": "ɐ t sʲ ˈe k",
        "де́ржится": "dʲ ˈe r ʐ ɨ ts ə",
        "верну́ться": "vʲ ɪ r n ˈu ts ə",
    },
    "dentals are soft before soft dentals": {
        "есть": "j ˈe sʲ tʲ",
        "здесь": "zʲ dʲ ˈe sʲ",
        "кома́нде": "k ɐ m ˈa nʲ dʲ ɪ",
        "же́нщина": "ʐ ˈe nʲ ɕː ɪ n ə",
        "око́нчен": "ɐ k ˈo nʲ tɕ ɪ n",
    },
    "heavy clusters lose a consonant": {
        "че́стный": "tɕ ˈe s n ɨ j",
        "по́здно": "p ˈo z n ə",
        "пра́здник": "p r ˈa zʲ nʲ ɪ k",
        "счастли́вый": "ɕː ɪ s lʲ ˈi v ɨ j",
        "се́рдце": "sʲ ˈe r ts ə",
        "здра́вствуйте": "z d r ˈa s t v u j tʲ ɪ",
        "чу́вствует": "tɕ ˈu s t v u j ɪ t",
        "нра́вственный": "n r ˈa f s t vʲ ɪ n ɨ j",
        "пожа́луйста": "p ɐ ʐ ˈa l u s t ə",
    },
    "г is [v] in genitive endings, and stays in stems": {
        "моско́вского": "m ɐ s k ˈo f s k ə v ə",
        "его́": "j ɪ v ˈo",
        "сего́дня": "sʲ ɪ v ˈo d nʲ ə",
        "мно́го": "m n ˈo ɡ ə",
        "до́рого": "d ˈo r ə ɡ ə",
    },
    "г is [x] in мягкий, лёгкий": {
        "мя́гкой": "mʲ ˈa x k ə j",
        "лёгкий": "lʲ ˈo xʲ kʲ ɪ j",
    },
    "ч is [ʂ] in что, конечно": {
        "что": "ʂ t ˈo",
        "что́бы": "ʂ t ˈo b ɨ",
        "коне́чно": "k ɐ nʲ ˈe ʂ n ə",
        "то́чно": "t ˈo tɕ n ə",
        "чте́ние": "tɕ tʲ ˈe nʲ ɪ j ə",
    },
    "numerals": {
        "два́дцать": "d v ˈa ts ə tʲ",
        "шестна́дцать": "ʂ ɨ s n ˈa ts ə tʲ",
        "пятьдеся́т": "pʲ ɪ dʲ dʲ ɪ sʲ ˈa t",
        "шестьдеся́т": "ʂ ɨ zʲ dʲ ɪ sʲ ˈa t",
        "шестьсо́т": "ʂ ɨ s s ˈo t",
        "пятьсо́т": "pʲ ɪ tʲ s ˈo t",
    },
    "doubled letters are long after the stress and at a prefix, else short": {
        "да́нные": "d ˈa n n ɨ j ɪ",
        "надду́в": "n ɐ d d ˈu f",
        "отделе́ние": "ɐ dʲ dʲ ɪ lʲ ˈe nʲ ɪ j ə",
        "кассе́та": "k ɐ sʲ ˈe t ə",
        "расстыко́вка": "r ə s t ɨ k ˈo f k ə",
        "грамм": "ɡ r ˈa m",
    },
    "some loans keep a consonant hard before е": {
        "тонне́ль": "t ɐ n ˈe lʲ",
        "анте́нна": "ɐ n t ˈe n n ə",
        "стенд": "s t ˈe n t",
        "мо́дуль": "m ˈo d u lʲ",
        "те́сто": "tʲ ˈe s t ə",
        "хоте́ли": "x ɐ tʲ ˈe lʲ ɪ",
    },
    "compounds have one full stress; a secondary one keeps its vowel": {
        "по-ру́сски": "p ɐ r ˈu s kʲ ɪ",
        "что́-нибудь": "ʂ t ˈo nʲ ɪ b u tʲ",
        "как-то": "k ˈa k t ə",
        "ноль-ноль": "n o lʲ n ˈo lʲ",
        "сове́тско-америка́нский": "s ɐ vʲ e ts k ə ɐ mʲ ɪ rʲ ɪ k ˈa n s kʲ ɪ j",
        "четырёхо́кись": "tɕ ɪ t ɨ rʲ o x ˈo kʲ ɪ sʲ",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "word", "phones"),
    [(fact, word, phones) for fact, words in FACTS.items() for word, phones in words.items()],
)
def test_transcribe(fact: str, word: str, phones: str) -> None:
    assert " ".join(transcribe(word)) == phones, fact


@pytest.mark.parametrize(
    ("word", "phones"),
    {"на": "n ɐ", "не": "nʲ ɪ", "из": "ɪ z", "в": "v", "ли": "lʲ ɪ", "же": "ʐ ɨ", "около": "ɐ k ə l ɐ"}.items(),
)
def test_clitic_has_no_stress_and_keeps_its_voice(word: str, phones: str) -> None:
    assert " ".join(transcribe(word, clitic=True)) == phones


@pytest.mark.parametrize(
    ("word", "alternative"),
    {
        "есть": "j ˈe s tʲ",
        "по́сле": "p ˈo sʲ lʲ ɪ",
        "две": "dʲ vʲ ˈe",
        "до́брый": "d ˈo b r ə j",
        "до́брое": "d ˈo b r ə j ɪ",
        "со́лнце": "s ˈo n ts ɨ",
        "мо́жете": "m ˈo ʐ ə tʲ ɪ",
        "верну́ться": "vʲ ɪ r n ˈu t ts ə",
        "де́тям": "dʲ ˈe tʲ ə m",
        "отделе́ние": "ɐ dʲ ɪ lʲ ˈe nʲ ɪ j ə",
    }.items(),
)
def test_variants_begin_with_the_main_form_and_hold_the_accepted_ones(word: str, alternative: str) -> None:
    accepted = variants(word)
    assert accepted[0] == transcribe(word)
    assert alternative.split() in [list(phones) for phones in accepted]
    assert len(set(accepted)) == len(accepted)


@pytest.mark.parametrize(
    ("word", "wrong"),
    {
        "наде́ньте": "n ɐ dʲ ˈe n tʲ ɪ",  # a written ь is never lost
        "дням": "d nʲ ə m",  # nor is a stress
        "раскры́лся": "r ɐ s k r ˈɨ l s ə",  # -ся is soft today
        "мя́гкой": "mʲ ˈa ɡ k ə j",
        "по́мощь": "p ˈo m ə ʂ",
    }.items(),
)
def test_variants_do_not_excuse_errors(word: str, wrong: str) -> None:
    assert wrong.split() not in [list(phones) for phones in variants(word)]


def test_flowing_speech_loses_a_weak_j_and_contracts_equal_vowels() -> None:
    assert " ".join(fluent(transcribe("рабо́тает"))) == "r ɐ b ˈo t ə ɪ t"
    assert " ".join(fluent(transcribe("вообще́"))) == "v ɐ p ɕː ˈe"
    assert " ".join(fluent(transcribe("моя́"))) == "m ɐ j ˈa"


def test_a_word_may_be_declared_hard() -> None:
    assert " ".join(transcribe("брейк", hard_e={"брэйк"})) == "b r ˈe j k"
    assert " ".join(transcribe("брейк")) == "b rʲ ˈe j k"


@pytest.mark.parametrize("word", ["система", "", "soyuz", "два три", "7", "-", "\u0301а"])
def test_what_cannot_be_read_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"stress|not a Russian word"):
        transcribe(word)


def test_rules_and_checked_lexicon_agree() -> None:
    overruled = {"о́ррорал", "ста́ффорд", "ста́ффорду", "советско-америка́нский"}  # foreign names and a secondary stress
    for word, ways in lexicon("ru").entries.items():
        accepted = {way.phones for way in ways}
        clitic = "proclitic" in ways[0].tags or "enclitic" in ways[0].tags
        if word not in overruled:
            assert transcribe(word, clitic=clitic) in accepted or word == "но", word
