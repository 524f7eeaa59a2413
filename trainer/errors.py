"""What a user did or has that the program cannot work with: one clear line that says what to do. And what a
program says to its shell that a user stopped."""

STOPPED = 130  # the exit code after Ctrl-C, as shells have it


class UserError(Exception):
    """Shown to the user as it is, without a traceback; the command ends with exit code 2."""


class UnusableRecording(UserError):
    """What is wrong is the recording; another machine would say the same of it."""
