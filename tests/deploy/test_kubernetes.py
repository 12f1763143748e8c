"""Manifests: every name, port, path and variable in them is one that exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from erp import env
from tests.deploy.programs import DEPLOY, find, needs, run
from tests.deploy.test_systemd import CONTRACT

FOLDER = DEPLOY / "kubernetes"
MANIFESTS: list[dict[str, Any]] = [
    manifest
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.name != "kustomization.yaml"
    for manifest in yaml.safe_load_all(path.read_text())
]
# Variables of the image and of the migration, which are no settings of the product.
STARTING = {"WEB_WORKERS", "WEB_THREADS", "OWNER_DATABASE_URL", "PGPASSWORD"}
ROLES = set(
    re.findall(r"^    ([a-z]+)\)", (DEPLOY / "docker" / "entrypoint.sh").read_text(), re.MULTILINE)
)


def of_kind(kind: str) -> dict[str, Any]:
    found = [manifest for manifest in MANIFESTS if manifest["kind"] == kind]
    return {manifest["metadata"]["name"]: manifest for manifest in found}


def templates() -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that becomes pods."""
    for kind in ("Deployment", "Job"):
        for name, manifest in of_kind(kind).items():
            yield name, manifest["spec"]["template"]
    for name, manifest in of_kind("CronJob").items():
        yield name, manifest["spec"]["jobTemplate"]["spec"]["template"]


PODS = dict(templates())
WEB = of_kind("Deployment")["erp-web"]


def container(name: str) -> dict[str, Any]:
    (only,) = PODS[name]["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def labels_of(name: str) -> dict[str, str]:
    found: dict[str, str] = PODS[name]["metadata"]["labels"]
    return found


def chosen(selector: dict[str, str]) -> set[str]:
    return {name for name in PODS if selector.items() <= labels_of(name).items()}


def test_everything_the_contract_names_is_there():
    assert set(of_kind("Deployment")) == {"erp-web", "erp-worker", "erp-monitor"}
    assert set(of_kind("CronJob")) == {
        *("erp-backup", "erp-remind", "erp-outbox", "erp-digest", "erp-readiness")
    }
    assert set(of_kind("Job")) == {"erp-migrate"}
    for kind in ("Namespace", "ConfigMap", "Secret", "Ingress", "NetworkPolicy"):
        assert of_kind(kind)
    assert set(of_kind("PodDisruptionBudget")) == {"erp-web"}
    assert set(of_kind("HorizontalPodAutoscaler")) == {"erp-web"}


@needs("kubectl")
def test_kubectl_puts_it_together():
    result = run([str(find("kubectl")), "kustomize", str(FOLDER)])

    assert result.returncode == 0, result.stdout
    built = list(yaml.safe_load_all(result.stdout))
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    apart = {"kustomization.yaml", "secret.example.yaml", "migrate.yaml"}
    assert set(listed) == {path.name for path in FOLDER.glob("*.yaml")} - apart
    images = set(re.findall(r"image: (\S+)", result.stdout))
    assert images == {container("erp-migrate")["image"]}
    assert all(m["metadata"].get("namespace") == "erp" for m in built if m["kind"] != "Namespace")


def test_names_are_given_once():
    names = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in MANIFESTS]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", PODS)
def test_pod_passes_the_restricted_standard(name):
    spec = PODS[name]["spec"]
    inner = container(name)["securityContext"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert inner["allowPrivilegeEscalation"] is False
    assert inner["readOnlyRootFilesystem"] is True
    assert inner["capabilities"] == {"drop": ["ALL"]}
    assert {"requests", "limits"} <= set(container(name)["resources"])


@pytest.mark.parametrize("name", PODS)
def test_pod_mounts_what_there_is(name):
    spec = PODS[name]["spec"]
    volumes = {volume["name"]: volume for volume in spec["volumes"]}

    assert {mount["name"] for mount in container(name)["volumeMounts"]} == set(volumes)
    for volume in volumes.values():
        if claim := volume.get("persistentVolumeClaim"):
            assert claim["claimName"] in of_kind("PersistentVolumeClaim")


@pytest.mark.parametrize("name", PODS)
def test_pod_reads_configuration_there_is(name):
    for source in container(name)["envFrom"]:
        if reference := source.get("configMapRef"):
            assert reference["name"] in of_kind("ConfigMap")
        else:
            assert source["secretRef"]["name"] in of_kind("Secret")
    secrets = {source.get("secretRef", {}).get("name") for source in container(name)["envFrom"]}
    assert ("erp-owner" in secrets) is (name == "erp-migrate")


@pytest.mark.parametrize("name", PODS)
def test_pod_starts_a_role_or_a_command(name):
    role = container(name)["args"][0]

    assert role in ROLES | set(get_commands()) | CONTRACT


def test_variables_are_known_and_secrets_are_secrets():
    config = of_kind("ConfigMap")["erp"]["data"]
    secret = {name for manifest in of_kind("Secret").values() for name in manifest["stringData"]}

    assert set(config) | secret <= env.known_names() | STARTING
    assert not {name for name in config if re.search("KEY|PASSWORD|TOKEN|_URL$", name)} - {
        "ERP_BASE_URL"
    }
    assert all(
        value == "" for m in of_kind("Secret").values() for value in m["stringData"].values()
    )


def test_configuration_starts_the_application():
    from tests.deploy.database import KEYS

    values = {name: str(text) for name, text in of_kind("ConfigMap")["erp"]["data"].items()}

    loaded = env.load({**values, **KEYS, "DATABASE_URL": "postgres://erp_app@db.example.com/erp"})

    assert loaded.proxies == 1


PROBES = {"startupProbe": "/startupz", "livenessProbe": "/livez", "readinessProbe": "/readyz"}


@pytest.mark.parametrize(("kind", "path"), PROBES.items())
def test_probe_asks_what_the_application_answers(kind, path):
    probe = container("erp-web")[kind]["httpGet"]
    hosts = of_kind("ConfigMap")["erp"]["data"]["ERP_ALLOWED_HOSTS"].split(",")

    assert probe["path"] == path
    assert probe["port"] in {port["name"] for port in container("erp-web")["ports"]}
    assert probe["httpHeaders"] == [{"name": "Host", "value": hosts[0]}]
    assert any(re.search(rule, path.lstrip("/")) for rule in settings.SECURE_REDIRECT_EXEMPT)
    try:
        resolve(path)
    except Resolver404:
        pytest.skip("the probes are not in this tree yet")


def test_a_pod_answers_to_its_address_for_prometheus():
    given = {variable["name"]: variable for variable in container("erp-web")["env"]}
    config = of_kind("ConfigMap")["erp"]["data"]

    assert given["ERP_ALLOWED_HOSTS"]["value"] == f"{config['ERP_ALLOWED_HOSTS']},$(POD_IP)"
    assert list(given) == ["POD_IP", "ERP_ALLOWED_HOSTS"]  # in the order they are filled in


def test_death_is_not_decided_by_the_database():
    assert container("erp-web")["livenessProbe"]["httpGet"]["path"] != "/readyz"


def test_update_leaves_nobody_waiting():
    spec = WEB["spec"]

    assert spec["replicas"] >= 2
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    pause = int(container("erp-web")["lifecycle"]["preStop"]["exec"]["command"][1])
    assert PODS["erp-web"]["spec"]["terminationGracePeriodSeconds"] >= pause + 40
    budget = of_kind("PodDisruptionBudget")["erp-web"]["spec"]
    scaler = of_kind("HorizontalPodAutoscaler")["erp-web"]["spec"]
    assert budget["minAvailable"] < scaler["minReplicas"] <= spec["replicas"]


def test_selectors_find_exactly_what_they_mean():
    for name, manifest in of_kind("Deployment").items():
        assert chosen(manifest["spec"]["selector"]["matchLabels"]) == {name}
    assert chosen(of_kind("Service")["erp-web"]["spec"]["selector"]) == {"erp-web"}
    budget = of_kind("PodDisruptionBudget")["erp-web"]["spec"]["selector"]["matchLabels"]
    assert chosen(budget) == {"erp-web"}
    scaled = of_kind("HorizontalPodAutoscaler")["erp-web"]["spec"]["scaleTargetRef"]
    assert scaled["name"] in of_kind(scaled["kind"])


def test_ports_meet():
    listened = {port["name"]: port["containerPort"] for port in container("erp-web")["ports"]}
    (served,) = of_kind("Service")["erp-web"]["spec"]["ports"]
    assert served["targetPort"] in listened
    assert f"--port {listened['http']} " in (DEPLOY / "docker" / "entrypoint.sh").read_text()
    let_in = of_kind("NetworkPolicy")["erp-web"]["spec"]["ingress"][0]["ports"]
    assert [port["port"] for port in let_in] == [listened["http"]]
    annotations = PODS["erp-web"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == str(listened["http"])


def test_ingress_leads_to_the_application_and_metrics_nowhere():
    spec = of_kind("Ingress")["erp"]["spec"]
    (rule,) = spec["rules"]
    paths = {path["path"]: path["backend"]["service"] for path in rule["http"]["paths"]}
    services = of_kind("Service")

    assert rule["host"] in spec["tls"][0]["hosts"]
    assert rule["host"] in of_kind("ConfigMap")["erp"]["data"]["ERP_ALLOWED_HOSTS"]
    assert {backend["name"] for backend in paths.values()} <= set(services)
    assert paths["/"]["port"]["name"] == services["erp-web"]["spec"]["ports"][0]["name"]
    assert "selector" not in services[paths["/metrics"]["name"]]["spec"]


def test_network_is_closed_first():
    deny = of_kind("NetworkPolicy")["erp-deny"]["spec"]

    assert deny["podSelector"] == {}
    assert set(deny["policyTypes"]) == {"Ingress", "Egress"}
    opened = of_kind("NetworkPolicy")["erp-web"]["spec"]["podSelector"]["matchLabels"]
    assert chosen(opened) == {"erp-web"}
    assert chosen(of_kind("NetworkPolicy")["erp-out"]["spec"]["podSelector"]["matchLabels"]) == set(
        PODS
    )


def test_schedules_are_as_the_timers():
    for name, manifest in of_kind("CronJob").items():
        spec = manifest["spec"]
        assert re.fullmatch(r"(\S+ ){4}\S+", spec["schedule"]), name
        assert spec["concurrencyPolicy"] == "Forbid"
