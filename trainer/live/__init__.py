"""The running program, once: what the console and the commands share."""
