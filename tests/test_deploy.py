"""The files that deploy several engines: as far as that can be seen without a container, they say what they should."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import engine
from engine.edge.redis_address import RedisAddress
from engine.settings import OPTIONS, read_settings

DEPLOY = Path(__file__).parents[1] / "deploy"
CHART = DEPLOY / "helm" / "shopbell"
SEVERAL = DEPLOY / "several-machines"

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_BLOCK = re.compile(r"^\s*\{\{-?\s*(if|else|end|range|define)\b.*\}\}\s*$")


def templates() -> list[Path]:
    return sorted((CHART / "templates").glob("*.yaml"))


def as_yaml(template: str) -> Any:
    """Read a template as YAML: lines that only steer are left out, and words stand for what would be filled in."""
    lines = [line for line in template.splitlines() if not _BLOCK.match(line)]
    text = "\n".join(re.sub(r":\s*\{\{-[^}]*nindent[^}]*\}\}", ": {}", line) for line in lines)
    return yaml.safe_load(_ACTION.sub("word", text))


def values_of(chart: dict[str, Any], path: str) -> Any:
    found: Any = chart
    for name in path.split("."):
        found = found[name]
    return found


@pytest.mark.parametrize("template", templates(), ids=lambda each: each.name)
def test_template_is_yaml_whose_blocks_are_closed(template: Path) -> None:
    text = template.read_text()
    actions = [match[1].split()[0] for match in _ACTION.finditer(text)]
    assert actions.count("end") == sum(actions.count(word) for word in ("if", "range", "define", "with"))
    read = as_yaml(text)
    assert {"apiVersion", "kind", "metadata"} <= set(read)


@pytest.mark.parametrize("template", templates(), ids=lambda each: each.name)
def test_template_reads_only_values_that_there_are(template: Path) -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    for path in re.findall(r"\.Values\.([A-Za-z.]+)", template.read_text()):
        values_of(values, path)


def test_every_value_is_read_by_a_template() -> None:
    text = "".join(path.read_text() for path in (CHART / "templates").iterdir())
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert {name for name in values if f".Values.{name}" not in text} == set()


def test_variables_that_are_set_are_settings() -> None:
    known = {option.variable for option in OPTIONS}
    for path in (CHART / "templates" / "deployment.yaml", SEVERAL / "compose.yaml"):
        said = set(re.findall(r"SHOPBELL_[A-Z_]+", path.read_text()))
        assert said
        assert said <= known


def test_compose_of_several_machines_is_one_shop() -> None:
    compose = yaml.safe_load((SEVERAL / "compose.yaml").read_text())
    services = compose["services"]
    engines = [services[f"engine-{n}"] for n in (1, 2, 3)]
    assert engines[0] == engines[1] == engines[2]
    environment = engines[0]["environment"]
    address = RedisAddress.read(environment["SHOPBELL_REDIS_URL"])
    assert address.said_cluster
    assert {host.partition(":")[0] for host in address.hosts} <= set(services)
    read_settings({}, {name: value for name, value in environment.items() if "$" not in value})
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            name = volume.partition(":")[0]
            assert name in compose["volumes"] or name.startswith("./")


def test_balancer_knows_every_engine_and_keeps_what_names_rules_from_the_public() -> None:
    text = (SEVERAL / "haproxy.cfg").read_text()
    assert re.findall(r"^    server (\S+) (\S+)$", text, re.MULTILINE) == [
        (f"engine-{n}", f"engine-{n}:8000") for n in (1, 2, 3)
    ]
    assert "deny deny_status 404 if { path /metrics /readyz }" in text


def test_haproxy_reads_the_balancers_configuration() -> None:
    program = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert program is not None, "the tests need haproxy, run: tools/need-haproxy"
    done = subprocess.run([program, "-c", "-f", SEVERAL / "haproxy.cfg"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_all_that_the_image_is_built_from_is_let_in() -> None:
    root = DEPLOY.parent
    copied = re.findall(r"^COPY (?!--from)(\S+) ", (root / "Dockerfile").read_text(), re.MULTILINE)
    let_in = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied
    assert set(copied) == let_in
    assert all((root / path).exists() for path in copied)


def test_chart_is_of_the_engines_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == engine.__version__
