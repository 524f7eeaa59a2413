"""What other people's phone labels are in IPA: those of training data, human scores and dictionaries."""

# English: ARPAbet without stress digits.
ARPABET = dict(
    AA="ɑː", AE="æ", AH="ʌ", AO="ɔː", AW="aʊ", AY="aɪ", B="b", CH="tʃ", D="d", DH="ð", EH="ɛ", ER="ɝ", EY="eɪ", F="f",
    G="ɡ", HH="h", IH="ɪ", IY="iː", JH="dʒ", K="k", L="l", M="m", N="n", NG="ŋ", OW="oʊ", OY="ɔɪ", P="p", R="ɹ", S="s",
    SH="ʃ", T="t", TH="θ", UH="ʊ", UW="uː", V="v", W="w", Y="j", Z="z", ZH="ʒ",
)  # fmt: skip

# Russian: the phone set of festvox-ru. Doubled consonants are palatalised, doubled vowels stressed; `ay` and `ae` are
# vowels of second-degree reduction after a hard and a soft consonant.
FESTVOX_RU = dict(
    a="ɐ", aa="ˈa", ae="ɘ", ay="ə", b="b", bb="bʲ", c="ts", ch="tɕ", d="d", dd="dʲ", e="e", ee="ˈe", f="f", ff="fʲ",
    g="ɡ", gg="ɡʲ", h="x", hh="xʲ", i="ɪ", ii="ˈi", j="j", k="k", kk="kʲ", l="l", ll="lʲ", m="m", mm="mʲ", n="n",
    nn="nʲ", oo="ˈo", p="p", pp="pʲ", r="r", rr="rʲ", s="s", sch="ɕː", sh="ʂ", ss="sʲ", t="t", tt="tʲ", u="u", uu="ˈu",
    v="v", vv="vʲ", y="ɨ", yy="ˈɨ", z="z", zh="ʐ", zz="zʲ",
)  # fmt: skip
