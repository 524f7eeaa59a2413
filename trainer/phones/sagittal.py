"""The mouth from the side while a sound is made: a small drawing in braille dots, from the articulatory features.

Lips are on the left. The roof of the mouth stands still; lips, jaw, tongue and velum follow the sound. A sketch to be
understood at a glance, not an X-ray: places are where the IPA chart puts them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.phones.inventory import Phone, inventory

COLUMNS, ROWS = 18, 8  # characters; each holds 2 x 4 dots
WIDTH, HEIGHT = 2 * COLUMNS, 4 * ROWS
STEPS = 14  # dots along a curve between two of its points: a closed line

Point = tuple[float, float]  # dots from the top left
Curve = Sequence[Point]

_ROOF: Curve = (
    (7.0, 12.5), (7.6, 9.5), (9.5, 8.5), (11.0, 6.0), (14.0, 3.6), (18.0, 2.6), (22.0, 3.2), (25.0, 4.6),
)  # fmt: skip
_VELUM: dict[bool, Curve] = {  # lowered for nasal sounds, so that the air goes through the nose
    False: ((25.0, 4.6), (28.0, 5.0), (31.0, 5.4), (30.0, 8.0)),
    True: ((25.0, 4.6), (27.0, 6.5), (28.0, 9.5), (27.5, 12.5)),
}
_THROAT: Curve = ((32.0, 1.0), (32.6, 8.0), (32.6, 16.0), (32.0, 24.0), (31.0, 31.0))
_NOSE: Curve = ((3.5, 3.0), (1.0, 5.0), (2.6, 6.4))
_REST: Curve = ((10.0, 17.0), (13.0, 14.5), (18.0, 12.5), (23.0, 12.5), (26.5, 16.5), (27.5, 23.0), (26.0, 30.0))

# Contours of the tongue from the tip to the root, by where the closure or the narrowing is.
_PLACES: dict[str, Curve] = {
    "bilabial": _REST,
    "labiodental": _REST,
    "glottal": _REST,
    "dental": (
        (7.2, 12.6), (9.5, 12.0), (13.0, 12.5), (18.0, 12.5), (23.0, 13.0), (26.5, 17.0), (27.5, 23.0), (26.0, 30.0),
    ),
    "alveolar": (
        (10.0, 8.8), (11.5, 10.5), (14.0, 12.5), (18.0, 12.5), (23.0, 13.0), (26.5, 17.0), (27.5, 23.0), (26.0, 30.0),
    ),
    "postalveolar": (
        (10.0, 12.0), (11.2, 7.6), (13.0, 6.2), (16.0, 8.0), (20.0, 11.0), (24.0, 13.5), (27.0, 18.0), (27.5, 23.0),
        (26.0, 30.0),
    ),
    "retroflex": (
        (13.2, 6.0), (12.4, 8.5), (13.5, 12.0), (17.0, 13.5), (21.0, 11.0), (25.0, 12.5), (27.3, 18.0), (27.5, 23.0),
        (26.0, 30.0),
    ),
    "alveolo-palatal": (
        (9.5, 13.0), (11.2, 8.0), (13.4, 5.4), (16.5, 4.6), (20.0, 6.5), (23.5, 11.0), (26.5, 16.0), (27.5, 23.0),
        (26.0, 30.0),
    ),
    "palatal": (
        (9.0, 14.5), (11.5, 10.0), (14.5, 5.6), (18.5, 4.4), (22.0, 6.0), (25.0, 11.0), (27.0, 17.0), (27.5, 23.0),
        (26.0, 30.0),
    ),
    "velar": (
        (10.5, 18.0), (13.0, 15.5), (17.0, 12.0), (20.5, 8.0), (24.0, 5.4), (27.0, 6.6), (28.8, 11.0), (29.0, 18.0),
        (28.0, 24.0), (26.0, 30.0),
    ),
}  # fmt: skip
_BETWEEN_THE_TEETH: Curve = (
    (4.6, 13.6), (7.5, 13.4), (10.5, 13.2), (14.0, 12.8), (18.0, 12.5), (23.0, 13.0), (26.5, 17.0), (27.5, 23.0),
    (26.0, 30.0),
)  # fmt: skip
_PLACES["labial-velar"] = _PLACES["velar"]
_LIPS_MEET = ("bilabial",)
_INTERDENTAL = ("θ", "ð")
_LIPS_FORWARD = ("ɹ", "ʃ", "ʒ", "tʃ", "dʒ", "ʂ", "ʐ")
_ROUNDED, _FORWARD = 2.2, 1.4  # dots that the lips come out
_GAPS = {"stop": 0.0, "affricate": 0.4, "nasal": 0.0, "lateral": 0.0, "trill": 0.6, "tap": 0.4, "fricative": 1.6}
_OPEN_GAP = 3.4  # dots that an approximant leaves

_FRONTING = {"front": 15.5, "near-front": 16.5, "central": 19.5, "near-back": 23.0, "back": 24.5}  # dots to the right
_RAISING = {
    "close": 5.6,
    "near-close": 7.2,
    "close-mid": 8.6,
    "mid": 10.0,
    "open-mid": 11.6,
    "near-open": 13.4,
    "open": 14.8,
}  # dots from the top


@dataclass(frozen=True)
class Outline:
    """The curves of a mouth, each by its points. still: what stands still, with lips and jaw. body: encloses the inside
    of the tongue. glide: the tongue of a diphthong where it goes; empty where it stays."""

    still: tuple[Curve, ...]
    tongue: Curve
    body: Curve
    glide: Curve


@dataclass(frozen=True)
class Section:
    """Rows of braille for what stands still with lips and jaw, for the contour of the tongue, and for its inside; blank
    cells are spaces."""

    mouth: tuple[str, ...]
    tongue: tuple[str, ...]
    body: tuple[str, ...]
    voiced: bool
    nasal: bool


def section(phone: Phone, *, dotted: bool = False) -> Section:
    """How a sound is made, as a drawing of COLUMNS x ROWS characters. dotted: the tongue's contour. Of a diphthong the
    tongue is drawn where it begins and, in single dots, where it goes."""
    drawn = outline(phone)
    end = tuple(smooth(drawn.glide, 2)) if drawn.glide else ()
    contour = _braille([drawn.tongue], end, steps=3 if dotted else STEPS)
    body = _braille([], _inside(drawn.body))
    return Section(_braille(drawn.still), contour, body, phone.voiced is not False, phone.manner == "nasal")


def outline(phone: Phone) -> Outline:
    nasal = phone.manner == "nasal"
    tongue = _vowel(phone) if phone.kind == "vowel" else _consonant(phone)
    opening = 0.0
    if phone.kind == "vowel":
        opening = max(0.0, (_RAISING[phone.height or "mid"] - 5.6) / 2)
    upper, lower = _lips(phone, opening)
    jaw: Curve = ((7.0, 16.5 + opening), (8.2, 19.5 + opening), (10.0, 22.5 + opening), (15.0, 27.0), (21.0, 30.5))
    still = [_ROOF, _VELUM[nasal], _THROAT, _NOSE, upper, lower, jaw]
    if phone.voiced is not False:
        still.append(_voice())
    floor = [(21.0, 30.5), (15.0, 26.0), (11.0, 21.5 + opening), (9.4, 18.5 + opening)]
    glide = _vowel(inventory("en")[phone.glide_to]) if phone.glide_to else ()
    return Outline(tuple(still), tongue, (*smooth(tongue, STEPS), *floor), glide)


def _lips(phone: Phone, opening: float) -> tuple[Curve, Curve]:
    """Upper and lower lip, with the teeth behind the lower one."""
    rounded = phone.rounded or phone.place == "labial-velar"
    out = _ROUNDED if rounded else _FORWARD if phone.ipa in _LIPS_FORWARD else 0.0
    meet = phone.place in _LIPS_MEET
    upper_end = 13.4 if meet else 11.6
    lower_top = 13.6 if meet else 15.0 + (0.6 if out else 1.4) + opening
    if phone.place == "labiodental":
        lower_top = 13.2
        lower: Curve = ((5.8, 14.6), (6.4, lower_top), (4.4, 14.4), (4.0, 17.5), (6.0, 20.0))
    else:
        lower = (
            (6.0 - out, lower_top),
            (4.2 - out, lower_top + 0.4),
            (3.4 - out, lower_top + 2.4),
            (6.0, 21.0 + opening),
        )
    upper: Curve = (
        (2.6, 6.4),
        (3.4 - out, 9.0),
        (3.2 - out, upper_end - 0.6),
        (4.8 - out, upper_end),
        (6.2 - out, upper_end - 1.4),
    )
    return upper, lower


def _vowel(phone: Phone) -> Curve:
    """The hump of the tongue lies where the vowel chart has it, and the tip rests behind the lower teeth."""
    x, y = _FRONTING[phone.backness or "central"], _RAISING[phone.height or "mid"]
    drop = max(0.0, (y - 5.6) / 2)
    tip: Point = (9.4, 16.4 + drop)
    front: Point = ((tip[0] + x) / 2 - 0.5, (tip[1] + y) / 2 - 1.0)
    behind: Point = (min(28.5, x + 5.0), y + 3.6)
    contour = [tip, front, (x, y), behind, (28.2, max(20.0, y + 8)), (26.0, 30.0)]
    if phone.rhotic:
        contour[:2] = [(12.6, 9.5), (13.0, 13.0)]
    return contour


def _consonant(phone: Phone) -> Curve:
    contour = list(_BETWEEN_THE_TEETH if phone.ipa in _INTERDENTAL else _PLACES[phone.place or "glottal"])
    gap = _GAPS.get(phone.manner or "", _OPEN_GAP)
    if phone.place not in ("bilabial", "labiodental", "glottal") and phone.ipa not in _INTERDENTAL:
        highest = min(range(len(contour)), key=lambda i: contour[i][1]) if phone.place != "dental" else 0
        contour = [
            (x + (gap * 0.4 if i == 0 and highest == 0 else 0.0), y + gap * max(0.0, 1 - abs(i - highest) / 2))
            for i, (x, y) in enumerate(contour)
        ]
    if phone.soft and phone.place not in ("palatal", "alveolo-palatal"):
        contour = [(x, min(y, 5.6 + ((x - 17.0) / 3.4) ** 2)) if 11.5 < x < 25 else (x, y) for x, y in contour]
    if phone.manner == "lateral" and phone.place == "dental" and not phone.soft:  # the raised back makes л dark
        contour = [(x, min(y, 7.8 + ((x - 24.5) / 2.2) ** 2)) if 19 < x < 27 else (x, y) for x, y in contour]
    if phone.manner == "lateral":
        contour = [(x, y + (1.5 if 12 < x < 18 and not phone.soft else 0)) for x, y in contour]
    return contour


def _voice() -> Curve:
    """A ripple in the throat: the vocal folds swing."""
    return tuple((28.0 + i * 0.5, 28.0 + (1.2 if i % 4 < 2 else -0.2)) for i in range(8))


def _inside(outline: Curve) -> Iterable[Point]:
    """Every other dot of what an outline encloses (crossing number), so that a body is told from a line."""
    for y in range(HEIGHT):
        for x in range(y % 2, WIDTH, 2):
            crossings = 0
            for (ax, ay), (bx, by) in zip(outline, [*outline[1:], outline[0]], strict=True):
                if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                    crossings += 1
            if crossings % 2:
                yield float(x), float(y)


def _braille(curves: Iterable[Curve], dots: Iterable[Point] = (), steps: int = STEPS) -> tuple[str, ...]:
    cells = [[0] * COLUMNS for _row in range(ROWS)]
    for x, y in (*dots, *(point for curve in curves for point in smooth(curve, steps))):
        column, row = round(x), round(y)
        if 0 <= column < WIDTH and 0 <= row < HEIGHT:
            cells[row // 4][column // 2] |= _BITS[row % 4][column % 2]
    return tuple("".join(chr(0x2800 + bits) if bits else " " for bits in row) for row in cells)


_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def smooth(points: Curve, steps: int) -> Iterable[Point]:
    """A Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps + 1):
            t = step / steps
            yield _spline(ax, bx, cx, dx, t), _spline(ay, by, cy, dy, t)


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
