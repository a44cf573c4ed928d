"""Who is measured: how its own users put it into a page, and how one knows that it told of the page's view."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.snippet.packages import ROOT, Package, pinned
from tests.bench.snippet.stub import JSON, Sent, Stub

MATOMO = "SHOPBELL_BENCH_MATOMO"
"""Names a ``matomo.js``: no package of npm carries it, so there is none where nobody has one."""

SEGMENT_STUB = """<script>
window.analytics = window.analytics || [];
for (const name of ["track", "page", "identify", "ready", "on"])
  analytics[name] = (...args) => { analytics.push([name, ...args]); return analytics; };
analytics._writeKey = "bench"; analytics._cdn = "%s/segment"; analytics.page();
</script><script async src="/segment/analytics.js/v1/bench/analytics.min.js"></script>"""
POSTHOG_STUB = """<script>
window.posthog = []; posthog.__SV = 1;
posthog._i = [["phc_bench", { api_host: "%s", defaults: "2025-05-24", opt_out_useragent_filter: true }, "posthog"]];
</script><script async crossorigin="anonymous" src="/static/array.js"></script>"""
"""It tells nothing of a browser that a program drives, unless it is told to."""
PLAUSIBLE = """<script type="module">
import { init } from "/plausible.js";
init({ domain: "shop.test", endpoint: "/api/event", captureOnLocalhost: true });
</script>"""
UMAMI = '<script async src="/umami.js" data-website-id="94db1cb1-74f4-4a40-ad6c-962362670409"></script>'
MATOMO_STUB = """<script>
var _paq = window._paq = window._paq || [];
_paq.push(["trackPageView"], ["enableLinkTracking"], ["setTrackerUrl", "/matomo.php"], ["setSiteId", "1"]);
</script><script async src="/matomo.js"></script>"""


@dataclass(frozen=True, slots=True)
class Tracker:
    """One script in the page; ``told`` knows the request that carries a page view."""

    name: str
    tag: str
    told: Callable[[Sent], bool]


def others(stub: Stub) -> list[Tracker]:
    """Put everybody else's files into the stub, and return what goes into the page."""
    packages = pinned()
    found = [
        _plausible(stub, packages["@plausible-analytics/tracker"]),
        _umami(stub, packages["umami"]),
        _segment(stub, packages["@segment/analytics-next"]),
        _posthog(stub, packages["posthog-js"]),
    ]
    return found + ([_matomo(stub, Path(os.environ[MATOMO]))] if MATOMO in os.environ else [])


def _plausible(stub: Stub, package: Package) -> Tracker:
    stub.put("/plausible.js", (package.folder() / "plausible.js").read_bytes())
    return Tracker(
        f"plausible {package.version}", PLAUSIBLE, lambda sent: sent.path == "/api/event" and '"pageview"' in sent.body
    )


def _umami(stub: Stub, package: Package) -> Tracker:
    """Its package carries the source: it is shrunk here, as its own build would."""
    esbuild = ROOT / "js-snippet/node_modules/.bin/esbuild"
    command = [str(esbuild), str(package.folder() / "src/tracker/index.js"), "--minify", "--format=iife"]
    stub.put("/umami.js", subprocess.run(command, capture_output=True, check=True).stdout)
    return Tracker(f"umami {package.version}", UMAMI, lambda sent: sent.path == "/api/send" and "94db1cb1" in sent.body)


def _segment(stub: Stub, package: Package) -> Tracker:
    umd = package.folder() / "dist/umd"
    stub.put("/segment/analytics.js/v1/bench/analytics.min.js", (umd / "standalone.js").read_bytes())
    for bundle in umd.glob("*.bundle.*.js"):
        stub.put(f"/segment/analytics-next/bundles/{bundle.name}", bundle.read_bytes())
    settings = f'{{"integrations":{{"Segment.io":{{"apiKey":"bench","apiHost":"{stub.host}/v1","protocol":"http"}}}}}}'
    stub.put("/segment/v1/projects/bench/settings", settings, JSON)
    return Tracker(
        f"segment {package.version}",
        SEGMENT_STUB % stub.url,
        lambda sent: sent.path.startswith("/v1/p") and '"type":"page"' in sent.body,
    )


def _posthog(stub: Stub, package: Package) -> Tracker:
    for file in (package.folder() / "dist").glob("*.js"):
        stub.put(f"/static/{file.name}", file.read_bytes())
    return Tracker(f"posthog-js {package.version}", POSTHOG_STUB % stub.url, lambda sent: "$pageview" in sent.body)


def _matomo(stub: Stub, script: Path) -> Tracker:
    stub.put("/matomo.js", script.read_bytes())
    return Tracker(
        "matomo", MATOMO_STUB, lambda sent: sent.path.startswith("/matomo.php") and "action_name" in sent.body
    )
