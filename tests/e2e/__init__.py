"""The whole product in a real browser: Chromium, the demo or a shop of the tests, and the command as a process."""
