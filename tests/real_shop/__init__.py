"""A real shop, used unchanged but for the script tag, and asked whether what the engine heard is so."""
