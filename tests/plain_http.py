"""What a client of our own servers needs for HTTP without TLS."""

from __future__ import annotations

import ssl

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""
A client's ``verify``: it trusts nobody, and nobody is asked for a certificate.

Without it each client of httpx, and each call of its functions, reads the certificates of all authorities first.
"""
