# SPDX-License-Identifier: Apache-2.0
"""A machine to install packages on: this one's files, with whatever is written going to memory."""

import os
import pathlib
import subprocess
import tempfile
import time

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]

# Runs in namespaces of its own and becomes process 1 there.
BEGIN = r"""
set -eu
mount -t tmpfs none "$FOLDER"
mkdir "$FOLDER/upper" "$FOLDER/work" "$FOLDER/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$FOLDER/upper,workdir=$FOLDER/work" "$FOLDER/root"
cd "$FOLDER/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
for folder in run tmp dev; do mount -t tmpfs none "$folder"; done
chmod 1777 tmp
for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
    set -- $node
    mknod -m 0666 "dev/$1" c "$2" "$3"
done
mkdir dev/shm dev/pts checkout
mount -t tmpfs none dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 none dev/pts
ln -s pts/ptmx dev/ptmx
mount --bind "$CHECKOUT" checkout
ip link set lo up
# What keeps packages from starting services in a container, and an index of all manual pages, which takes seconds.
rm -f usr/sbin/policy-rc.d var/lib/man-db/auto-update
mkdir old
if [ "$SYSTEMD" = yes ]; then
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        mount -t cgroup2 none sys/fs/cgroup
    else
        mount -t tmpfs none sys/fs/cgroup
        mkdir sys/fs/cgroup/systemd
        mount -t cgroup -o none,name=systemd none sys/fs/cgroup/systemd
    fi
    # Of this machine's services none.
    rm -rf etc/systemd/system
    mkdir -p etc/systemd/system
    ln -s /lib/systemd/system/basic.target etc/systemd/system/default.target
    export container=test
    set -- /lib/systemd/systemd
else
    set -- /usr/bin/python3 -c 'import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); signal.pause()'
fi
# systemd looks for mounts from the real root.
pivot_root . old
cd /
umount -l old
rmdir old
exec "$@" < dev/null > dev/null
"""


class Machine:
    """Gone with everything in it at the end of `with`."""

    def __init__(self, systemd=False):
        self.systemd = systemd

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="webhook-fcgi-machine-")
        environment = {
            "PATH": os.environ["PATH"],
            "FOLDER": self.folder,
            "CHECKOUT": str(CHECKOUT),
            "SYSTEMD": "yes" if self.systemd else "no",
        }
        self.group = self._make_group() if self.systemd else None
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"]
            + ["sh", "-c", BEGIN],
            env=environment,
            preexec_fn=self._enter_group if self.group else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            ready = "test -S /run/systemd/private && systemctl is-system-running" if self.systemd else "true"
            self.wait_until("the machine runs", lambda: self._boots(ready))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.rmdir(self.folder)
        if self.group:
            # Process 1 is gone a moment before the others are.
            self.wait_until("its control groups are gone", self._leaves_groups)

    @staticmethod
    def _make_group():
        """A control group of its own, below which systemd makes others."""
        v2 = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
        group = pathlib.Path("/sys/fs/cgroup" if v2 else "/sys/fs/cgroup/systemd") / f"webhook-fcgi-{os.getpid()}"
        group.mkdir(exist_ok=True)
        return group

    def _enter_group(self):
        (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def _leaves_groups(self):
        try:
            for folder, _, _ in os.walk(self.group, topdown=False):
                os.rmdir(folder)
            return True
        except OSError:
            return False

    def _boots(self, ready):
        if self.process.poll() is not None:
            raise AssertionError("the machine ended at once: is this root, with namespaces and overlayfs?")
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        pids = pathlib.Path(children).read_text().split()
        if not pids:
            return False
        self.init = pids[0]
        # Before that it is the shell that makes its folders.
        if pathlib.Path(f"/proc/{self.init}/comm").read_text().strip() not in ("python3", "systemd"):
            return False
        result = self.run(ready, check=False)
        return result.returncode == 0 or result.stdout.strip() in ("running", "degraded")

    def run(self, command, check=True, seconds=60):
        """Runs a line of shell as root."""
        result = subprocess.run(
            self._inside(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
        )
        if check and result.returncode != 0:
            raise AssertionError(f"{command}: exit code {result.returncode}\n{result.stdout}")
        return result

    def start(self, command):
        """Starts a line of shell and returns the process."""
        return subprocess.Popen(self._inside(command), stdout=subprocess.PIPE, text=True)

    def _inside(self, command):
        enter = ["nsenter", "--target", self.init, "--mount", "--pid", "--net", "--uts", "--ipc", "--root"]
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return [*enter, "env", "-i", "--chdir=/", path, "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", command]

    def output(self, command):
        return self.run(command).stdout.strip()

    def exists(self, path):
        return self.run(f"test -e {path}", check=False).returncode == 0

    def write(self, path, text):
        subprocess.run(
            self._inside(f"mkdir -p $(dirname {path}) && cat > {path}"), input=text, text=True, check=True
        )

    def wait_for(self, text, path):
        """Waits until the text is in the file; what is there instead says why it is not."""
        try:
            self.wait_until(f"'{text}' is in {path}", lambda: text in self.output(f"cat {path}"))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.output(f'cat {path}')}") from error

    @staticmethod
    def wait_until(what, holds, seconds=120):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"not after {seconds} seconds: {what}")
            time.sleep(0.05)
