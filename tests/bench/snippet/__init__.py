"""What a shop's page pays for the snippet, beside what it pays for others."""
