"""What the operator asked for cannot be done."""


class Refusal(Exception):
    """The engine refuses to start, or a command to go on; ``str()`` is a sentence for the operator."""
