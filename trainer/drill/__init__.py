"""Drills, without any input or output: events, the state they add up to, what comes next, and why."""
