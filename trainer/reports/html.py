"""A report as one HTML file that needs nothing else: styles, charts and sound are inside, and its policy lets it load
nothing. All text is escaped by Jinja2; the only markup that is let through are our own drawings."""

from trainer.messages import gettext as _
from trainer.reports.page import Advice, Chart, Clip, Report, Table, Todo
from trainer.text_in import harmless


def html(report: Report) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("trainer.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.tests |= {
        "table": lambda part: isinstance(part, Table),
        "chart": lambda part: isinstance(part, Chart),
        "clip": lambda part: isinstance(part, Clip),
        "todo": lambda part: isinstance(part, Todo),
        "advice": lambda part: isinstance(part, Advice),
    }
    environment.filters["commands"] = _commands
    words = {
        "contents": _("Contents"),
        "figures": _("Figures"),
        "skip": _("Skip to the report"),
        "at_a_glance": _("At a glance"),
        "sounds": _("Sounds to work on"),
        "calls": _("Calls"),
        "notes": _("Notes"),
        "listen": _("Listen"),
        "good": _("good"),
        "fair": _("fair"),
        "poor": _("poor"),
        "melody": _("Melody"),
        "mine": _("the recording"),
        "reading": _("the reading"),
    }
    return harmless(environment.get_template("report.html").render(report=report, words=words))


def _commands(text: str) -> str:
    """Escaped, with what stands between backticks as something to type."""
    from markupsafe import Markup, escape

    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup().join(Markup("<code>{}</code>").format(part) if n % 2 else part for n, part in enumerate(parts))
