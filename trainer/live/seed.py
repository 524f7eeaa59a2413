"""What decides what is drawn by lot."""


def seed_or_drawn(seed: int | None) -> int:
    """The seed that was asked for, else one of chance."""
    import secrets  # brings hashing, which --help and the screens need not have

    return secrets.randbelow(2**31) if seed is None else seed
