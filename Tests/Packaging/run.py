# SPDX-License-Identifier: Apache-2.0
"""Tests of what is installed and packaged; `make test-packaging` runs them.

Each has a machine of its own, which is gone afterwards. They take the package in .build/deb and build nothing.
"""

import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from machine import CHECKOUT, Machine

PROGRAM = CHECKOUT / ".build/release/webhook-fcgi"
URL = "http://127.0.0.1:8080"
SOCKET = "/run/webhook-fcgi/webhook-fcgi.sock"

SETTINGS = f"""
baseURL: {URL}/webhooks
source: {{ directory: manifests }}
sink: {{ file: {{ directory: /var/lib/webhook-fcgi/refresh }} }}
deliveries: {{ keep: 100000 }}
log: {{ file: /var/log/webhook-fcgi/webhook-fcgi.log }}
"""

# A server for the locations and parameters as they are installed.
SERVER = f"""
upstream webhook_fcgi {{ server unix:{SOCKET}; keepalive 16; }}
server {{
    listen 127.0.0.1:8080;
    include locations.conf;
}}
"""


def command(*words, **options):
    return subprocess.run(
        words, cwd=CHECKOUT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )


def package():
    found = list((CHECKOUT / ".build/deb").glob("webhook-fcgi_*.deb"))
    if len(found) != 1:
        sys.exit("there is no package, or more than one: run `make deb`")
    return found[0]


def version():
    return command(PROGRAM, "--version", check=True).stdout.strip()


class Package:
    """The package once more, unpacked to be changed, and packed without compression, which takes most of the time."""

    def __init__(self, addition="", change=None):
        self.folder = tempfile.TemporaryDirectory(dir=CHECKOUT / ".build")
        root = pathlib.Path(self.folder.name) / "root"
        command("dpkg-deb", "-R", package(), root, check=True)
        control = root / "DEBIAN/control"
        old = f"Version: {version()}\n"
        assert old in control.read_text()
        control.write_text(control.read_text().replace(old, f"Version: {version()}{addition}\n"))
        if change:
            change(root)
        self.file = pathlib.Path(self.folder.name) / "webhook-fcgi.deb"
        command("dpkg-deb", "--root-owner-group", "-Znone", "-b", root, self.file, check=True)
        shutil.rmtree(root)


def append(root):
    """New versions of two files that an administrator may change."""
    for name in ["default", "logrotate.d"]:
        with open(root / f"etc/{name}/webhook-fcgi", "a", encoding="utf-8") as file:
            file.write("# new\n")


class Installed(Machine):
    """A machine with the package, settings, and nginx in front."""

    def install(self, deb=None, options=""):
        path = f"/checkout/{(deb or this.file).relative_to(CHECKOUT)}"
        return self.run(f"dpkg {options} --install {path}", seconds=300).stdout

    def set_up(self):
        self.write("/etc/webhook-fcgi/config.yaml", SETTINGS)
        self.run("cp -r /usr/share/doc/webhook-fcgi/examples/manifests /etc/webhook-fcgi/")
        self.run("chgrp -R webhook-fcgi /etc/webhook-fcgi && chmod -R o-rwx /etc/webhook-fcgi")
        self.run("runuser -u webhook-fcgi -- webhook-fcgi check")
        self.run("rm -f /etc/nginx/sites-enabled/*; webhook-fcgi nginx > /etc/nginx/locations.conf")
        self.write("/etc/nginx/conf.d/webhook-fcgi.conf", SERVER)
        self.run("mkdir -p /var/log/nginx /var/lib/nginx; nginx")
        self.url = self.output("webhook-fcgi receivers --output url | grep /harbor/")

    def deliver(self, tag):
        """The status of one push."""
        body = f"""sed 's/1767225600/{1767225600 + tag}/' /checkout/Examples/harbor-push.json"""
        return self.output(
            f"{body} | curl -sS -o /dev/null -w '%{{http_code}}' -H 'Authorization: s3cr3t' "
            f"-H 'Content-Type: application/json' --data-binary @- {self.url}"
        )

    def traffic(self, meanwhile):
        """Runs `meanwhile` under traffic; the statuses of all replies, and how many deliveries were kept."""
        before = self.kept()
        process = self.start(f"python3 -B /checkout/Tests/Packaging/traffic.py {self.url} /tmp/end")
        try:
            self.wait_until("deliveries come", lambda: self.kept() > before + 50)
            meanwhile()
            after = self.kept()
            self.wait_until("deliveries still come", lambda: self.kept() > after + 50)
        finally:
            self.run("touch /tmp/end")
            statuses = json.loads(process.communicate(timeout=60)[0])
            self.run("rm /tmp/end")
        return statuses, lambda: self.kept() - before

    def kept(self):
        query = "import sqlite3; print(sqlite3.connect('/var/lib/webhook-fcgi/outbox.sqlite', timeout=30)" \
            ".execute('SELECT count(*) FROM delivery').fetchone()[0])"
        return int(self.output(f'python3 -c "{query}"'))

    def programs(self):
        """The processes of `serve`, and which file each of them runs."""
        each = 'pid=${file%/comm}; echo "${pid#/proc/} $(stat -Lc %i $pid/exe)"'
        listing = self.output(
            f"for file in $(grep -lsx webhook-fcgi /proc/[0-9]*/comm); do {each}; done 2>/dev/null"
        )
        # One that has ended meanwhile has no file.
        return dict(words for line in listing.splitlines() if len(words := line.split()) == 2)


class PackagingTest(unittest.TestCase):
    systemd = False

    def setUp(self):
        self.machine = self.enterContext(Installed(self.systemd))

    def only_successes(self, statuses, kept):
        self.assertLessEqual(set(statuses), {"200", "202"}, statuses)
        wanted = sum(statuses.values())
        # The last of a rush are brought into the log when it is over.
        self.machine.wait_until("all of them are in the log", lambda: kept() >= wanted)
        self.assertEqual(kept(), wanted)


class FileTests(unittest.TestCase):
    def test_the_version_is_the_same_everywhere(self):
        changes = (CHECKOUT / "CHANGELOG.md").read_text()
        self.assertEqual(re.search(r"^## \[([0-9.]+)\]", changes, re.MULTILINE)[1], version())
        self.assertEqual(command("dpkg-deb", "-f", package(), "Version").stdout.strip(), version())
        self.assertIn(f".Os webhook-fcgi {version()}\n", (CHECKOUT / ".build/generated/webhook-fcgi.1").read_text())

    def test_another_version_in_the_changelog_makes_no_package(self):
        changes = (CHECKOUT / "CHANGELOG.md").read_text()
        result = command("python3", "-B", "packaging/changelog.py", "9.9.9", input=changes)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("9.9.9", result.stdout)

    def test_the_manual_has_every_command_and_nothing_that_troubles_mandoc_or_groff(self):
        with tempfile.TemporaryDirectory() as folder:
            place = command("make", "install", f"DESTDIR={folder}")
            self.assertEqual(place.returncode, 0, place.stdout)
            for page in pathlib.Path(folder).rglob("man/man*/*"):
                self.assertEqual(command("mandoc", "-Tlint", "-Wwarning", page).stdout, "")
                self.assertEqual(command("sh", "-c", f"groff -mandoc -ww -Tutf8 {page} > /dev/null").stdout, "")
        manual = (CHECKOUT / ".build/generated/webhook-fcgi.1").read_text()
        names = re.findall(r"^  ([a-z-]+) .*\S$", command(PROGRAM, "--help").stdout.split("SUBCOMMANDS:")[1], re.M)
        self.assertGreater(len(names), 4)
        for name in names:
            self.assertIn(f"\n.Ss {name}".replace("-", "\\-"), manual)

    def test_shells_can_read_the_scripts_and_completions(self):
        for script in ["packaging/spawn/webhook-fcgi-spawn.in", *CHECKOUT.glob("packaging/debian/*.p*")]:
            self.assertEqual(command("sh", "-n", script).stdout, "")
        self.assertEqual(command("bash", "-n", CHECKOUT / ".build/generated/webhook-fcgi.bash").stdout, "")

    def test_uninstall_removes_what_install_has_installed_and_no_more(self):
        with tempfile.TemporaryDirectory() as folder:
            for prefix in ["/usr/local", "/opt/hooks"]:
                places = [f"DESTDIR={folder}", f"PREFIX={prefix}"]
                self.assertEqual(command("make", "install", *places).returncode, 0)
                root = pathlib.Path(folder)
                unit = (root / f"{prefix[1:]}/lib/systemd/system/webhook-fcgi.service").read_text()
                self.assertIn(f"ExecStart={prefix}/bin/webhook-fcgi serve\n", unit)
                for file in root.rglob("*"):
                    if file.is_file() and not file.name.startswith(("README", "SECURITY", "webhook-fcgi.1")):
                        if file != root / f"{prefix[1:]}/bin/webhook-fcgi":
                            self.assertNotRegex(file.read_text(), "@[A-Z_]+@")
                changed = root / "etc/default/webhook-fcgi"
                changed.write_text("PROCESSES=2\n")
                self.assertIn("left as it is", command("make", "install", *places).stdout)
                command("make", "uninstall", *places, check=True)
                self.assertEqual([file for file in root.rglob("*") if file.is_file()], [changed])
                changed.unlink()


class SpawnTests(PackagingTest):
    """Without systemd."""

    def test_installing_starts_nothing_and_makes_the_user(self):
        self.machine.install(package())
        self.assertEqual(self.machine.programs(), {})
        self.assertFalse(self.machine.exists(SOCKET))
        self.assertIn("/var/lib/webhook-fcgi", self.machine.output("getent passwd webhook-fcgi"))
        self.assertEqual(self.machine.output("stat -c '%U %G %a' /etc/webhook-fcgi"), "root webhook-fcgi 750")
        self.assertEqual(self.machine.output("webhook-fcgi --version"), version())
        self.assertEqual(self.machine.run("webhook-fcgi-spawn status", check=False).returncode, 3)
        self.machine.run("man -w webhook-fcgi && man -w webhook-fcgi-spawn")

    def test_several_processes_serve_through_nginx_until_they_are_stopped(self):
        machine = self.machine
        machine.install()
        machine.set_up()
        machine.write("/etc/default/webhook-fcgi", "PROCESSES=3\n")
        machine.run("webhook-fcgi-spawn start")
        machine.wait_until("three processes run", lambda: len(machine.programs()) == 3)
        self.assertEqual(machine.output(f"stat -c '%U %G %a' {SOCKET}"), "webhook-fcgi www-data 660")
        self.assertIn(machine.deliver(1), ["200", "202"])
        machine.run("webhook-fcgi-spawn status")
        self.assertIn("already", machine.output("webhook-fcgi-spawn start"))
        machine.run("webhook-fcgi-spawn stop")
        self.assertEqual(machine.programs(), {})
        self.assertFalse(machine.exists(SOCKET))
        self.assertEqual(machine.run("webhook-fcgi-spawn status", check=False).returncode, 3)
        self.assertEqual(machine.run("webhook-fcgi-spawn reload", check=False).returncode, 7)

    def test_reload_and_logrotate_reach_the_program(self):
        machine = self.machine
        machine.install()
        machine.set_up()
        machine.run("webhook-fcgi-spawn start")
        log = "/var/log/webhook-fcgi/webhook-fcgi.log"
        machine.wait_for("serving", log)
        machine.run("webhook-fcgi-spawn reload")
        machine.wait_for("reloaded", log)
        machine.run("logrotate --force /etc/logrotate.d/webhook-fcgi")
        tags = itertools.count(100)
        self.assertTrue(machine.exists(f"{log}.1"))
        self.assertEqual(machine.output(f"stat -c '%U %a' {log}"), "webhook-fcgi 640")
        machine.wait_until(
            "it logs to the new file",
            lambda: machine.deliver(next(tags)) and "delivery" in machine.output(f"cat {log}"),
        )

    def test_a_program_that_is_killed_comes_back_and_goes_with_its_supervisor(self):
        machine = self.machine
        machine.install()
        machine.set_up()
        machine.run("webhook-fcgi-spawn start")
        machine.wait_until("it runs", lambda: len(machine.programs()) == 1)
        first = list(machine.programs())[0]
        machine.run(f"kill -KILL {first}")
        machine.wait_until("another one runs", lambda: machine.programs() and first not in machine.programs())
        self.assertIn(machine.deliver(3), ["200", "202"])
        machine.run("kill -KILL $(cat /run/webhook-fcgi/spawn.pid)")
        machine.wait_until("it has ended, too", lambda: not machine.programs())
        self.assertEqual(machine.run("webhook-fcgi-spawn status", check=False).returncode, 1)
        machine.run("webhook-fcgi-spawn start")
        self.assertIn(machine.deliver(4), ["200", "202"])

    def test_settings_that_cannot_be_used_are_told_at_the_start(self):
        self.machine.install()
        self.machine.write("/etc/webhook-fcgi/config.yaml", "baseUrl: https://hooks.example.com\n")
        result = self.machine.run("webhook-fcgi-spawn start", check=False)
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("webhook-fcgi check", result.stdout)
        self.assertFalse(self.machine.exists(SOCKET))

    def test_an_upgrade_under_traffic_loses_nothing(self):
        machine = self.machine
        machine.install()
        machine.set_up()
        machine.write("/etc/default/webhook-fcgi", "PROCESSES=2\n")
        machine.run("webhook-fcgi-spawn start")
        before = machine.programs()
        self.only_successes(*machine.traffic(lambda: machine.install(newer.file, "--force-confold")))
        after = machine.programs()
        self.assertEqual(len(after), 2)
        self.assertTrue(set(before.values()).isdisjoint(after.values()), (before, after))

    def test_an_upgrade_keeps_what_the_administrator_has_changed(self):
        self.machine.install()
        self.machine.write("/etc/default/webhook-fcgi", "PROCESSES=2\n")
        self.machine.install(newer.file, "--force-confdef --force-confold")
        self.assertEqual(self.machine.output("cat /etc/default/webhook-fcgi"), "PROCESSES=2")
        self.assertIn("# new", self.machine.output("cat /etc/logrotate.d/webhook-fcgi"))
        self.assertEqual(self.machine.programs(), {})

    def test_removing_keeps_state_and_settings_and_purging_removes_them(self):
        machine = self.machine
        machine.install()
        machine.set_up()
        machine.run("webhook-fcgi-spawn start")
        self.assertIn(machine.deliver(5), ["200", "202"])
        machine.run("dpkg --remove webhook-fcgi")
        self.assertEqual(machine.programs(), {})
        kept = ["/var/lib/webhook-fcgi/outbox.sqlite", "/etc/webhook-fcgi/config.yaml", "/var/log/webhook-fcgi"]
        for path in kept:
            self.assertTrue(machine.exists(path), path)
        self.assertTrue(machine.exists("/etc/default/webhook-fcgi"))
        machine.run("dpkg --purge webhook-fcgi")
        left = "find /etc /var/lib /var/log -name '*webhook*fcgi*' -not -path '/etc/nginx/conf.d/*'"
        self.assertEqual(machine.output(f"{left} -not -path '/var/log/nginx/*'"), "")


class SystemdTests(PackagingTest):
    """With systemd as process 1, which enforces what the unit says but limits of memory and tasks."""

    systemd = True

    def run_service(self):
        self.machine.install()
        self.machine.set_up()
        self.machine.run("systemctl enable --now webhook-fcgi")

    def pid(self):
        return self.machine.output("systemctl show -P MainPID webhook-fcgi")

    def test_the_units_are_sound_and_hardened(self):
        self.machine.install()
        units = "/lib/systemd/system/webhook-fcgi.service /lib/systemd/system/webhook-fcgi.socket"
        self.assertEqual(self.machine.output(f"systemd-analyze verify {units}"), "")
        # In tenths.
        check = "systemd-analyze security --offline=true --threshold=20 --no-pager webhook-fcgi.service"
        output = self.machine.output(check)
        level = re.search(r"exposure level for webhook-fcgi.service: ([0-9.]+)", output)
        self.assertLessEqual(float(level[1]), 2.0, output)

    def test_installing_starts_and_enables_nothing(self):
        self.machine.install()
        for unit in ["webhook-fcgi.service", "webhook-fcgi.socket"]:
            self.assertEqual(self.machine.run(f"systemctl is-active {unit}", check=False).stdout.strip(), "inactive")
            self.assertEqual(self.machine.run(f"systemctl is-enabled {unit}", check=False).stdout.strip(), "disabled")

    def test_the_service_does_its_work_with_all_restrictions(self):
        machine = self.machine
        self.run_service()
        self.assertIn(machine.deliver(1), ["200", "202"])
        refresh = "/var/lib/webhook-fcgi/refresh/kargo-demo/warehouses/guestbook.yaml"
        machine.wait_until("the Warehouse is refreshed", lambda: machine.exists(refresh))
        status = machine.output(f"cat /proc/{self.pid()}/status")
        for line in [r"NoNewPrivs:\s1", r"Seccomp:\s2", r"CapBnd:\s0+$"]:
            self.assertRegex(status, re.compile(line, re.MULTILINE))
        # Nor does anything in it complain of them.
        journal = machine.output("journalctl --no-pager -q -o cat _COMM=webhook-fcgi")
        limits = machine.output(f"cat /proc/{self.pid()}/limits")
        if re.search(r"Max nice priority +24 ", limits) is None:
            print("LimitNICE= was not tested: nobody may raise it here")
            journal = re.sub("Failed to set thread priority.*errno=13\n?", "", journal)
        self.assertEqual(journal, "")
        log = "/var/log/webhook-fcgi/webhook-fcgi.log"
        machine.run("systemctl reload webhook-fcgi")
        machine.wait_for("reloaded", log)
        machine.run("logrotate --force /etc/logrotate.d/webhook-fcgi")
        tags = itertools.count(100)
        machine.wait_until(
            "it logs to the new file",
            lambda: machine.deliver(next(tags)) and "delivery" in machine.output(f"cat {log}"),
        )
        first = self.pid()
        machine.run(f"kill -KILL {first}")
        machine.wait_until("another one runs", lambda: self.pid() not in ["0", first])
        self.assertIn(machine.deliver(3), ["200", "202"])

    def test_a_cluster_is_read_with_a_credential_plugin(self):
        machine = self.machine
        self.run_service()
        machine.run(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
            "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout /tmp/key.pem -out /etc/webhook-fcgi/ca.pem"
        )
        machine.write("/etc/webhook-fcgi/plugin", PLUGIN)
        machine.run("chmod +x /etc/webhook-fcgi/plugin")
        machine.write("/etc/webhook-fcgi/kubeconfig", KUBECONFIG)
        machine.write("/etc/webhook-fcgi/config.yaml", SETTINGS.replace(
            "source: { directory: manifests }", "source: { kubernetes: { kubeconfig: kubeconfig } }"
        ))
        server = machine.start("exec python3 -B /checkout/Tests/Packaging/cluster.py /tmp/key.pem /etc/webhook-fcgi/ca.pem")
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        machine.run("systemctl restart webhook-fcgi")
        machine.wait_until(
            "the cluster is read with the plugin's token",
            lambda: machine.run("grep -q 'serving.*receivers=0' /var/log/webhook-fcgi/webhook-fcgi.log", check=False)
            .returncode == 0,
        )
        self.assertTrue(machine.exists("/var/lib/webhook-fcgi/plugin-was-here"))

    def test_a_mapping_is_evaluated_with_all_restrictions_and_within_its_own(self):
        machine = self.machine
        self.run_service()
        examples = "/usr/share/doc/webhook-fcgi/examples/catalogue"
        portal = machine.output(f"cat {examples}/portal.yaml").replace("https://harbor.example.com", "http://127.0.0.1:8090")
        machine.write("/etc/webhook-fcgi/manifests/portal.yaml", portal.replace("../catalogue", FOLDER))
        mapping = machine.output(f"cat {examples}/portal-mapping.yaml")
        for name, expression in ENDLESS.items():
            mapping = mapping.replace("            size: .size", f"            size: .size\n            {name}: '{expression}'")
        machine.write("/etc/webhook-fcgi/manifests/portal-mapping.yaml", mapping)
        machine.run("chgrp -R webhook-fcgi /etc/webhook-fcgi && chmod -R o-rwx /etc/webhook-fcgi")
        repository, digest = "backend/api", "sha256:" + "1f" * 32
        server = machine.start(f"exec python3 -B /checkout/Tests/Packaging/harbor.py 8090 team-a {repository} {digest}")
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        machine.run("webhook-fcgi nginx > /etc/nginx/locations.conf; nginx -s reload")
        first = self.pid()
        event = f"--event PUSH_ARTIFACT --repository harbor.example.com/team-a/{repository} --digest {digest}"
        machine.wait_until(
            "the receiver takes an event",
            lambda: machine.run(f"webhook-fcgi send harbor --receiver kargo-demo/portal {event}", check=False).returncode == 0,
        )
        document = f"{FOLDER}/harbor%41rtifact/team-a%2fbackend%2fapi@{digest.replace(':', '%3a')}.json"
        machine.wait_until("the artifact is shown", lambda: machine.exists(document))
        shown = json.loads(machine.output(f"cat {document}"))
        self.assertEqual(shown["title"], "1.4.2")
        self.assertEqual(shown["properties"]["size"], 3084292)
        self.assertEqual([shown["properties"][name] for name in ENDLESS], [None] * len(ENDLESS))
        log = machine.output("cat /var/log/webhook-fcgi/webhook-fcgi.log")
        for name in ENDLESS:
            self.assertRegex(log, f"WARNING an expression of the mapping fails error=.* expression=.*properties.{name} ")
        # The evaluator is as restricted as the service, which goes on.
        evaluators = machine.output("grep -lzx webhook-fcgi-jq /proc/[0-9]*/cmdline").split()
        self.assertEqual(len(evaluators), 1)
        status = machine.output(f"cat {evaluators[0].replace('cmdline', 'status')}")
        for line in [r"NoNewPrivs:\s1", r"Seccomp:\s2", r"CapBnd:\s0+$"]:
            self.assertRegex(status, re.compile(line, re.MULTILINE))
        self.assertEqual(self.pid(), first)

    def test_a_restart_and_an_upgrade_under_traffic_lose_nothing(self):
        machine = self.machine
        self.run_service()
        before = self.pid()
        since = machine.output("systemctl show -P ActiveEnterTimestampMonotonic webhook-fcgi.socket")

        def meanwhile():
            machine.run("systemctl restart webhook-fcgi")
            machine.install(newer.file)

        self.only_successes(*machine.traffic(meanwhile))
        self.assertNotEqual(self.pid(), before)
        self.assertEqual(machine.output(f"readlink /proc/{self.pid()}/exe"), "/usr/bin/webhook-fcgi")
        socket = machine.output("systemctl show -P ActiveEnterTimestampMonotonic webhook-fcgi.socket")
        self.assertEqual(socket, since)
        self.assertEqual(machine.output("systemctl is-enabled webhook-fcgi"), "enabled")

    def test_settings_that_cannot_be_used_keep_senders_waiting_until_they_can(self):
        machine = self.machine
        self.run_service()
        machine.run("mv /etc/webhook-fcgi/config.yaml /tmp/; systemctl restart webhook-fcgi")
        machine.wait_until(
            "it has been tried twice", lambda: int(machine.output("systemctl show -P NRestarts webhook-fcgi")) > 1
        )
        self.assertEqual(machine.output("systemctl is-active webhook-fcgi.socket"), "active")
        machine.run("mv /tmp/config.yaml /etc/webhook-fcgi/")
        self.assertIn(machine.deliver(6), ["200", "202"])

    def test_removing_stops_it_and_purging_leaves_nothing(self):
        machine = self.machine
        self.run_service()
        machine.run("dpkg --remove webhook-fcgi")
        self.assertEqual(machine.programs(), {})
        self.assertFalse(machine.exists(SOCKET))
        self.assertTrue(machine.exists("/var/lib/webhook-fcgi/outbox.sqlite"))
        machine.run("dpkg --purge webhook-fcgi")
        self.assertFalse(machine.exists("/var/lib/webhook-fcgi"))
        self.assertEqual(machine.output("find /etc/systemd/system -name 'webhook*'"), "")


# Where the example's entities go, and what none of them can take.
FOLDER = "/var/lib/webhook-fcgi/catalogue"
ENDLESS = {"long": "last(range(infinite))", "large": "[1] | .[1e9] = 2"}

PLUGIN = """#!/bin/sh
touch "$HOME/plugin-was-here"
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t0k3n"}}'
"""

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: test } }]
clusters: [{ name: test, cluster: { server: "https://localhost:6443", certificate-authority: ca.pem } }]
users:
  - name: test
    user:
      exec: { apiVersion: client.authentication.k8s.io/v1, command: /etc/webhook-fcgi/plugin, interactiveMode: Never }
"""

if __name__ == "__main__":
    this = Package()
    newer = Package("+1", append)
    unittest.main(verbosity=2)
