"""What browsers and networks do to the snippet, and that it lives through it."""
