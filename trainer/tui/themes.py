"""The colours of the console. Bands of a score are success, warning and error; each has its mark beside it."""

from textual.theme import Theme

_SHAPE = {"block-cursor-text-style": "bold"}

NIGHT = Theme(
    name="ruston",
    primary="#e0a84a",
    secondary="#6fa8b8",
    accent="#e0a84a",
    success="#8fbf7f",
    warning="#e3c061",
    error="#e0745f",
    foreground="#d5dade",
    background="#0e1317",
    surface="#141b20",
    panel="#1b242b",
    dark=True,
    variables={
        **_SHAPE,
        "block-cursor-background": "#33414b",
        "block-cursor-foreground": "#ffffff",
        "on-accent": "#0e1317",
    },
)

DAY = Theme(
    name="ruston-day",
    primary="#8a5a00",
    secondary="#2c6172",
    accent="#8a5a00",
    success="#2f6f2c",
    warning="#86650a",
    error="#a8321d",
    foreground="#20272c",
    background="#f3f1ea",
    surface="#e9e6dc",
    panel="#dedacd",
    dark=False,
    variables={
        **_SHAPE,
        "block-cursor-background": "#cfc7b0",
        "block-cursor-foreground": "#000000",
        "on-accent": "#ffffff",
    },
)

# Blue, yellow and orange of Okabe & Ito (2008): told apart with every kind of colour blindness.
CLEAR = Theme(
    name="ruston-clear",
    primary="#56b4e9",
    secondary="#9ab8c8",
    accent="#56b4e9",
    success="#56b4e9",
    warning="#f0e442",
    error="#e69f00",
    foreground="#e4e8ea",
    background="#0d1116",
    surface="#141a21",
    panel="#1c2530",
    dark=True,
    variables={
        **_SHAPE,
        "block-cursor-background": "#31455a",
        "block-cursor-foreground": "#ffffff",
        "on-accent": "#0d1116",
    },
)

THEMES = (NIGHT, DAY, CLEAR)
