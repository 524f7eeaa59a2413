"""Who is heard on the loop."""

from typing import Literal

Speaker = Literal["any", "apollo", "soyuz", "houston", "moscow", "recovery"]
