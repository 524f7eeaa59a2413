"""Charts as SVG, drawn by Vega-Lite (vl-convert: the library itself inside a wheel, nothing is fetched).

Colours are CSS variables of the page, so a chart follows light, dark and print; it never tells by colour alone.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from trainer.messages import interface_language
from trainer.text_in import harmless_json

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # a name; it is not fetched
FONT = "system-ui, 'DejaVu Sans', sans-serif"
SERIES = tuple(f"var(--s{n})" for n in range(1, 6))
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
STEPS = 5  # of a heat map: --h1 ... --h5, with the text on them --t1 ... --t5
WIDTH, NARROW = 720, 300  # px of a drawing; the second fits a phone with letters as large as on a desk
LABELS, NARROW_LABELS = 270, 110  # px of the names beside bars and dots
LETTER, LONGEST, SLANT = 7.0, 200.0, 0.82  # px of a letter and of the longest heading; cosine of its angle
ROW = 24  # pixels of a bar or a row of a heat map


@dataclass(frozen=True)
class Point:
    """A point of a line.

    Attributes:
        x: a date (ISO) or a name.
        y: in the unit of the chart's axis.
    """

    series: str
    x: str
    y: float


@dataclass(frozen=True)
class Bar:
    """A bar of a chart.

    Attributes:
        value: its length, in the unit of the chart's axis.
        text: what stands at its end.
    """

    label: str
    value: float
    text: str


@dataclass(frozen=True)
class Cell:
    """A square of a chart.

    Attributes:
        value: its colour, on the chart's scale.
        text: what stands in it.
    """

    row: str
    column: str
    value: float
    text: str


def lines(
    points: Sequence[Point], order: Sequence[str], axis: str, mark: float | None = None, *, narrow: bool = False
) -> str:  # fmt: skip
    """Values from 0 to 100 over time, a line for each series. mark: a level that all should reach. narrow: for a
    phone."""
    series = {
        "field": "series", "type": "nominal", "sort": list(order),
        "scale": {"domain": list(order), "range": list(SERIES[: len(order)])},
        "legend": {"orient": "top", "title": None, "columns": 1 if narrow else 0} if len(order) > 1 else None,
    }  # fmt: skip
    shape = {**series, "scale": {"domain": list(order), "range": list(SHAPES[: len(order)])}}
    data = {"values": [{"series": p.series, "x": p.x, "y": p.y} for p in points]}
    layers: list[dict[str, Any]] = [
        {"data": data, "mark": {"type": "line", "strokeWidth": 2}, "encoding": {"color": series}},
        {
            "data": data, "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
            "encoding": {"color": series, "shape": shape},
        },
    ]  # fmt: skip
    days = [date.fromisoformat(x) for x in sorted({p.x for p in points})]
    ticks = [{"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in days]
    written = "%d.%m.%y" if interface_language() == "ru" else "%Y-%m-%d"
    for layer in layers:
        layer["encoding"] |= {
            "x": {
                "field": "x", "type": "temporal", "scale": {"type": "utc"},
                "axis": {"title": None, "format": written, "values": ticks, "labelOverlap": True, "grid": False},
            },
            "y": {"field": "y", "type": "quantitative", "scale": {"domain": [0, 100]}, "axis": {"title": axis}},
        }  # fmt: skip
    if mark is not None:
        rule = {"type": "rule", "strokeDash": [5, 4], "color": "var(--ink2)", "strokeWidth": 1.5}
        layers.insert(0, {"data": {"values": [{"y": mark}]}, "mark": rule, "encoding": {"y": {"field": "y", "type": "quantitative"}}})  # fmt: skip  # noqa: E501
    return _svg({"width": NARROW if narrow else WIDTH, "height": 220, "layer": layers})


def bars(rows: Sequence[Bar], axis: str, top: float | None = 100, *, narrow: bool = False) -> str:
    """Horizontal bars, each with its label and its value in words. narrow: for a phone."""
    limit = NARROW_LABELS if narrow else LABELS
    y = {"field": "label", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": limit}}
    x: dict[str, Any] = {"field": "value", "type": "quantitative", "axis": {"title": axis, "tickCount": 5}}
    if top is not None:
        x["scale"] = {"domain": [0, top]}
    return _svg(
        {
            "width": NARROW - 130 if narrow else WIDTH - 160, "height": {"step": ROW},
            "data": {"values": [{"label": b.label, "value": b.value, "text": b.text} for b in rows]},
            "encoding": {"y": y, "x": x},
            "layer": [
                {"mark": {"type": "bar", "color": "var(--bar)", "height": {"band": 0.7}}},
                {
                    "mark": {"type": "text", "align": "left", "dx": 6, "color": "var(--ink)", "fontSize": 12},
                    "encoding": {"text": {"field": "text", "type": "nominal"}},
                },
            ],
        }
    )  # fmt: skip


def dots(
    points: Sequence[Point], names: Sequence[str], order: Sequence[str], axis: str, *, narrow: bool = False
) -> str:  # fmt: skip
    """A row for each name with a dot for each series, values from 0 to 100. narrow: for a phone."""
    limit = NARROW_LABELS if narrow else LABELS
    series = {
        "field": "series", "type": "nominal",
        "scale": {"domain": list(order), "range": list(SERIES[: len(order)])},
        "legend": {"orient": "top", "title": None},
    }  # fmt: skip
    y = {
        "field": "x",
        "type": "nominal",
        "sort": list(names),
        "axis": {"title": None, "grid": True, "labelLimit": limit},
    }
    x = {"field": "y", "type": "quantitative", "scale": {"domain": [0, 100]}, "axis": {"title": axis}}
    shape = {**series, "scale": {"domain": list(order), "range": list(SHAPES[: len(order)])}}
    return _svg(
        {
            "width": NARROW - 80 if narrow else WIDTH - 160, "height": {"step": ROW},
            # The first series is hollow and larger, so that none hides under another.
            "layer": [
                {
                    "data": {"values": [{"series": p.series, "x": p.x, "y": p.y} for p in points if p.series == name]},
                    "mark": {"type": "point", "filled": n > 0, "size": 200 if n == 0 else 70, "opacity": 1},
                }
                for n, name in enumerate(order)
            ],
            "encoding": {"y": y, "x": x, "color": series, "shape": shape},
        }
    )  # fmt: skip


def heat(
    cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], thresholds: Sequence[float], across: str,
    down: str, cell_width: int = 46, *, weak_first: bool = False,
) -> str:  # fmt: skip
    """A heat map with the number in each cell. thresholds: four values at which the shade changes. weak_first: the
    strongest shade is for the least, else for the most."""
    y = {"field": "row", "type": "nominal", "sort": list(rows), "scale": {"domain": list(rows)}, "axis": {"title": down, "grid": False, "labelLimit": 270}}  # fmt: skip  # noqa: E501
    x = {
        "field": "column", "type": "nominal", "sort": list(columns), "scale": {"domain": list(columns)},
        "axis": {"title": across, "orient": "top", "labelAngle": 0 if _short(columns) else -35, "grid": False,
                 "labelLimit": 200},
    }  # fmt: skip

    def shade(letter: str) -> dict[str, Any]:
        steps = [f"var(--{letter}{n})" for n in range(1, STEPS + 1)]
        if weak_first:
            steps.reverse()
        scale = {"type": "threshold", "domain": list(thresholds), "range": steps}
        return {"field": "value", "type": "quantitative", "scale": scale, "legend": None}

    return _svg(
        {
            "width": {"step": cell_width}, "height": {"step": ROW},
            "padding": {"left": 5, "top": 5, "bottom": 5, "right": 5 + _overhang(columns, cell_width)},
            "data": {"values": [{"row": c.row, "column": c.column, "value": c.value, "text": c.text} for c in cells]},
            "encoding": {"y": y, "x": x},
            "layer": [
                {"mark": {"type": "rect", "stroke": "var(--paper)"}, "encoding": {"color": shade("h")}},
                {
                    "mark": {"type": "text", "fontSize": 11},
                    "encoding": {"text": {"field": "text", "type": "nominal"}, "color": shade("t")},
                },
            ],
            "resolve": {"scale": {"color": "independent"}},
        }
    )  # fmt: skip


def _overhang(columns: Sequence[str], cell_width: int) -> float:
    """Pixels by which a slanted heading reaches over the last column."""
    if _short(columns):
        return 0.0
    left = [(len(columns) - n - 0.5) * cell_width for n in range(len(columns))]
    return max(
        0.0, *(min(LONGEST, LETTER * len(name)) * SLANT - room for name, room in zip(columns, left, strict=True))
    )


def _short(labels: Sequence[str]) -> bool:
    return all(len(label) <= 5 for label in labels)


def _svg(spec: dict[str, Any]) -> str:
    import vl_convert

    ink = {"labelColor": "var(--ink)", "titleColor": "var(--ink)", "labelFontSize": 12, "titleFontSize": 12}
    axis = {
        "gridColor": "var(--line)",
        "domainColor": "var(--ink2)",
        "tickColor": "var(--ink2)",
        "titleFontWeight": 400,
    }
    config = {
        "background": None, "font": FONT, "aria": False, "view": {"stroke": None}, "axis": {**ink, **axis},
        "legend": {**ink, "symbolSize": 90, "labelLimit": 300},
    }  # fmt: skip
    locale: Literal["en-US", "ru-RU"] = "ru-RU" if interface_language() == "ru" else "en-US"
    svg: str = vl_convert.vegalite_to_svg(
        # What cannot be seen ends the process there.
        json.loads(harmless_json(json.dumps({"$schema": SCHEMA, "config": config, **spec}))),
        format_locale=locale, time_format_locale=locale, allowed_base_urls=[],
    )  # fmt: skip
    return svg
