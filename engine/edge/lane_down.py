"""What is handed to whoever waits for a reply that will not come."""


class LaneDown(ConnectionError):
    """Handed to every callback whose reply will not come: Redis is gone, hangs, or too much is waiting."""
