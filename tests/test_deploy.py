"""The files that deploy several engines: as far as that can be seen without a container, they say what they should."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import engine
from engine.core.addresses import client_of, read_proxies
from engine.edge.redis_address import RedisAddress
from engine.settings import OPTIONS, read_settings
from tests.plain_http import NO_TLS
from tests.redis_cluster import free_port
from tests.waiting import wait_for

DEPLOY = Path(__file__).parents[1] / "deploy"
CHART = DEPLOY / "helm" / "shopbell"
SEVERAL = DEPLOY / "several-machines"
DOCKERFILE = DEPLOY.parent / "Dockerfile"

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


def test_balancer_knows_every_engine() -> None:
    text = (SEVERAL / "haproxy.cfg").read_text()
    assert re.findall(r"^    server (\S+) (\S+)$", text, re.MULTILINE) == [
        (f"engine-{n}", f"engine-{n}:8000") for n in (1, 2, 3)
    ]


def haproxy() -> str:
    program = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert program is not None, "the tests need haproxy, run: tools/need-haproxy"
    return program


@pytest.fixture(scope="module")
def balancer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The balancer as it is deployed, but smaller, and that its engines are not looked up: nobody is behind it."""
    port = free_port()
    text = (SEVERAL / "haproxy.cfg").read_text().replace("bind :8000", f"bind 127.0.0.1:{port}")
    text = re.sub(r"maxconn \d+", "maxconn 100", text)
    text = re.sub(r" resolvers docker.*| engine-\d:8000$", "", text, flags=re.MULTILINE)
    config = tmp_path_factory.mktemp("haproxy") / "haproxy.cfg"
    config.write_text(re.sub(r"^(    server \S+)$", r"\1 127.0.0.1:1", text, flags=re.MULTILINE))
    with subprocess.Popen([haproxy(), "-db", "-f", config], stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: is_open(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/%6detrics", "/metric%73?x=1"])
def test_balancer_keeps_what_names_rules_from_the_public_however_it_is_written(balancer: str, path: str) -> None:
    assert httpx.get(balancer + path, timeout=10, verify=NO_TLS).status_code == 404


@pytest.mark.parametrize("path", [DEPLOY.parent / "compose.yaml", SEVERAL / "compose.yaml"])
def test_proxies_in_front_are_believed_and_what_clients_wrote_before_is_not(path: Path) -> None:
    services = yaml.safe_load(path.read_text())["services"]
    said = [each["environment"]["SHOPBELL_TRUSTED_PROXIES"] for name, each in services.items() if "engine" in name]
    assert said
    gateway = "172.30.83.1" if path.parent == SEVERAL else "172.18.0.1"
    for each in said:
        found = client_of(gateway, ["1.1.1.1", "9.9.9.9"], read_proxies(each))
        assert str(found) == "9.9.9.9"


def test_volumes_of_engines_are_their_accounts_in_the_image() -> None:
    owned = re.search(r"install -d -o shopbell -g shopbell -m 0700 (.*)$", DOCKERFILE.read_text(), re.MULTILINE)
    assert owned is not None
    for path in (DEPLOY.parent / "compose.yaml", SEVERAL / "compose.yaml"):
        compose = yaml.safe_load(path.read_text())
        mounted = [
            volume for name, each in compose["services"].items() if "engine" in name for volume in each["volumes"]
        ]
        named = [each.split(":")[1] for each in mounted if each.partition(":")[0] in compose["volumes"]]
        assert named
        assert set(named) <= set(owned[1].split())


def test_nodes_of_the_cluster_keep_their_addresses_and_are_made_one_by_these() -> None:
    compose = yaml.safe_load((SEVERAL / "compose.yaml").read_text())
    network = ip_network(compose["networks"]["default"]["ipam"]["config"][0]["subnet"])
    nodes = [each for name, each in compose["services"].items() if name.startswith("valkey-")]
    addresses = [each["networks"]["default"]["ipv4_address"] for each in nodes]
    assert all(ip_address(each) in network for each in addresses)
    [script] = compose["services"]["cluster"]["command"]
    [prefix] = re.findall(r"echo ([0-9.]+)\$\$n:6379", script)
    assert addresses == [f"{prefix}{n}" for n in range(1, 7)]


def test_no_container_of_the_chart_may_more_than_it_needs() -> None:
    pod = as_yaml((CHART / "templates" / "deployment.yaml").read_text())["spec"]["template"]["spec"]
    for each in (*pod["initContainers"], *pod["containers"]):
        assert {"securityContext", "resources", "imagePullPolicy"} <= set(each), each["name"]
    text = (CHART / "templates" / "deployment.yaml").read_text()
    assert text.count('securityContext: {{- include "shopbell.confined" . | nindent 12 }}') == 2


def test_haproxy_reads_the_balancers_configuration() -> None:
    done = subprocess.run([haproxy(), "-c", "-f", SEVERAL / "haproxy.cfg"], capture_output=True, text=True, check=False)
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
