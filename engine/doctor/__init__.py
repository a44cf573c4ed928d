"""What `shopbell doctor` looks at: a shop's pages as a browser sees them, and the machine that the engine runs on."""
