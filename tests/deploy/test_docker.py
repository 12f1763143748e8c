"""Image and compose file: pinned, closed, and made of names and files that exist."""

from __future__ import annotations

import fnmatch
import http.server
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from erp import env
from tests.deploy.programs import DEPLOY, ROOT, clean, find, needs, run

FOLDER = DEPLOY / "docker"
DOCKERFILE = (FOLDER / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if "build" in service}
# Variables of the image that are no settings of the product.
STARTING = {"WEB_WORKERS", "WEB_THREADS", "OWNER_DATABASE_URL", "PGPASSWORD"}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


# ---------------------------------------------------------------- image
def test_base_is_pinned_to_the_python_of_the_project():
    (pinned,) = instructions("ARG")
    version = (ROOT / ".python-version").read_text().strip()

    assert re.fullmatch(rf"PYTHON={re.escape(version)}\.\d+-slim-\w+", pinned)
    assert {line.split()[0] for line in instructions("FROM")} == {"python:${PYTHON}"}


def test_packages_are_those_of_the_lock():
    installs = re.findall(r"pip install ([^&\n]+)", DOCKERFILE)

    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)


def test_tool_taken_from_the_lock_of_developers_is_one_block_with_hashes():
    command = re.search(r"sed -n '([^']+)' requirements/dev.txt", DOCKERFILE)[1]

    block = run(["sed", "-n", command, "requirements/dev.txt"]).stdout

    assert block.startswith("polib==")
    assert block.count("==") == 1
    assert "--hash=sha256:" in block


def test_image_runs_as_nobody_in_particular():
    assert instructions("USER") == ["10001:10001"]
    assert DOCKERFILE.rindex("\nUSER ") > DOCKERFILE.rindex("\nRUN ")


def test_image_asks_its_process_and_not_the_database():
    assert '"/livez"' in instructions("HEALTHCHECK")[0]


def test_image_holds_no_secret():
    assert not [line for line in instructions("ENV") if re.search("KEY|PASSWORD|TOKEN", line)]
    assert not re.findall(r"^ARG .*(KEY|PASSWORD|TOKEN)", DOCKERFILE, re.MULTILINE)


def test_what_is_copied_is_there_and_not_left_out():
    left_in = [
        line[1:]
        for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copied = [line.split()[0] for line in instructions("COPY") if "--from" not in line]

    for source in copied:
        assert (ROOT / source).exists()
        assert any(fnmatch.fnmatch(source, kept) for kept in left_in), source


def test_variables_of_the_image_are_known():
    names = set(re.findall(r"\b([A-Z][A-Z_]+)=", " ".join(instructions("ENV"))))

    assert {name for name in names if name.startswith("ERP_")} <= env.known_names()


# ---------------------------------------------------------------- compose
@needs("docker")
def test_docker_itself_reads_the_file():
    docker = str(find("docker"))
    if run([docker, "compose", "version"]).returncode:
        pytest.skip("this docker has no compose")

    result = run([docker, "compose", "-f", str(FOLDER / "compose.yaml"), "config", "--quiet"])

    assert result.returncode == 0, result.stdout


def test_everything_the_contract_names_runs():
    wanted = {"db", "redis", "migrate", "web1", "web2", "worker", "monitor", "jobs"}

    assert set(SERVICES) == wanted | {"nginx", "prometheus", "alertmanager", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_pinned_closed_and_watched(name):
    service = SERVICES[name]
    image = service["image"]

    assert re.search(r":[\w.-]*\d[\w.-]*$|\$\{ERP_IMAGE:-erp:local\}$", image), image
    assert "latest" not in image
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert "healthcheck" in service
    assert {"max-size", "max-file"} <= set(service["logging"]["options"])


@pytest.mark.parametrize("name", SERVICES)
def test_service_names_only_what_there_is(name):
    service = SERVICES[name]

    assert set(service.get("networks", ())) <= set(COMPOSE["networks"])
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    assert set(service.get("depends_on", ())) <= set(SERVICES)
    for mount in service.get("volumes", ()):
        source = mount.split(":")[0]
        if source.startswith("."):
            assert (FOLDER / source).exists(), source
            assert mount.endswith(":ro"), mount
        else:
            assert source in COMPOSE["volumes"]
    for other, condition in service.get("depends_on", {}).items():
        healthy = condition["condition"] == "service_healthy"
        assert not healthy or "test" in SERVICES[other]["healthcheck"]


def test_only_the_door_is_open():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert set(published) == {"nginx", "grafana"}
    assert all(port.startswith("127.0.0.1:") for port in published["grafana"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_secrets_come_by_files_and_names_are_known(name):
    service = SERVICES[name]

    for variable, value in service["environment"].items():
        plain = variable.removesuffix("_FILE")
        assert plain in env.known_names() | STARTING, variable
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]
        else:
            assert not re.search("PASSWORD|SECRET|KEY|TOKEN", variable)
            assert not re.search(r"://[^/]*:[^/]*@", value)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("secrets")
    result = run(["sh", str(FOLDER / "make-secrets.sh"), str(folder)])
    assert result.returncode == 0, result.stdout
    return folder


def test_secrets_are_made_once_and_good_enough_for_production(secrets):
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}

    again = run(["sh", str(FOLDER / "make-secrets.sh"), str(secrets)])

    assert "made" not in again.stdout
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before
    assert set(COMPOSE["secrets"]) - {"erp.crt", "erp.key"} <= set(before)
    values = {"ERP_ALLOWED_HOSTS": "erp.example.com"}
    for variable, path in SERVICES["web1"]["environment"].items():
        if variable.endswith("_FILE"):
            name = path.removeprefix("/run/secrets/")
            values[variable.removesuffix("_FILE")] = (secrets / name).read_text()
    loaded = env.load(values)
    assert loaded.database["HOST"] == "db"
    assert loaded.redis_url.endswith("@redis:6379/0")


# ---------------------------------------------------------------- scripts of the image
@pytest.fixture
def stub(tmp_path) -> dict[str, str]:
    """A `python` that says how it was called and what it was given."""
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        "print(json.dumps({'argv': sys.argv[1:], 'env': dict(os.environ)}))\n"
    )
    program.chmod(0o755)
    path = f"{program.parent}:/usr/bin:/bin"
    return {"PATH": path, "ERP_METRICS_DIR": str(tmp_path / "metrics")}


@pytest.mark.parametrize(
    ("role", "started"),
    [
        ([], "granian"),
        (["web"], "granian"),
        (["worker"], "db_worker"),
        (["monitor"], "erp_monitor"),
        (["erp_check", "--json"], "erp_check"),
    ],
)
def test_entrypoint_starts_the_role(stub, role, started):
    result = run(["sh", str(FOLDER / "entrypoint.sh"), *role], env=stub)

    said = json.loads(result.stdout)
    assert started in said["argv"]
    assert not role or set(role[1:]) <= set(said["argv"])


def test_entrypoint_reads_secrets_from_files_and_leaves_other_files_alone(stub, tmp_path):
    (tmp_path / "key").write_text("the $key `with` signs\n")
    given = {**stub, "ERP_SECRET_KEY_FILE": str(tmp_path / "key")}
    given |= {"ERP_LOG_FILE": "/var/log/erp/erp.log", "SSL_CERT_FILE": "/etc/ssl/cert.pem"}

    said = json.loads(run(["sh", str(FOLDER / "entrypoint.sh")], env=given).stdout)["env"]

    assert said["ERP_SECRET_KEY"] == "the $key `with` signs"
    assert "ERP_SECRET_KEY_FILE" not in said
    assert said["ERP_LOG_FILE"] == "/var/log/erp/erp.log"
    assert said["SSL_CERT_FILE"] == "/etc/ssl/cert.pem"


def test_entrypoint_names_a_secret_that_is_not_there(stub):
    given = {**stub, "DATABASE_URL_FILE": "/nowhere/url"}

    result = run(["sh", str(FOLDER / "entrypoint.sh")], env=given)

    assert result.returncode == 2
    assert "DATABASE_URL_FILE names /nowhere/url" in result.stdout


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (301, 1)])
def test_health_check_tells_well_from_ill(status, code, tmp_path):
    class Probe(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    def answer(self: Any) -> None:
        good = self.path == "/livez" and self.headers["Host"] == "erp.example.com"
        self.send_response(status if good else 400)
        self.end_headers()

    setattr(Probe, "do_GET", answer)  # noqa: B010  # the name is the framework's
    server = http.server.HTTPServer(("127.0.0.1", 0), Probe)
    threading.Thread(target=server.handle_request, daemon=True).start()
    script = (FOLDER / "healthy.py").read_text().replace("8000", str(server.server_port))
    (tmp_path / "healthy.py").write_text(script)

    result = subprocess.run(
        [sys.executable, str(tmp_path / "healthy.py"), "/livez"],
        env={**clean(), "ERP_ALLOWED_HOSTS": "erp.example.com, web1"},
        check=False,
    )
    server.server_close()

    assert result.returncode == code


@needs("nginx", "openssl")
def test_nginx_reads_what_compose_gives_it(tmp_path, secrets):
    inner = tmp_path / "erp"
    inner.mkdir()
    mounted = {mount.split(":")[1]: mount.split(":")[0] for mount in SERVICES["nginx"]["volumes"]}
    for target, source in mounted.items():
        path = FOLDER / source
        if target.startswith("/var") or path.is_dir():
            continue
        text = path.read_text().replace("${ERP_HOST}", "localhost").replace("web1:", "127.0.0.1:")
        text = text.replace("web2:", "127.0.0.2:").replace("/run/secrets", str(secrets))
        text = text.replace("/etc/nginx/erp", str(inner)).replace("/var/log/nginx", str(tmp_path))
        name = Path(target).name.removesuffix(".template")
        (inner / name).write_text(text)
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ include /etc/nginx/mime.types;"
        f" include {inner}/default.conf; }}"
    )

    result = run([str(find("nginx")), "-e", str(tmp_path / "log"), "-t", "-c", str(main)])

    assert result.returncode == 0, result.stdout
