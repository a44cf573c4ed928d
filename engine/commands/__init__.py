"""The commands of `shopbell`: each module adds its own to the parser with ``add_to``."""
