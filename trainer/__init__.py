"""RUSTON: a bilingual crew communication trainer."""

__version__ = "0.1.0"
