"""The port: nobody else gets it from the moment that Plein begins to start."""

import os
import socket
import subprocess
import sys

import pytest

from portal.run.port import hold_port
from portal.settings import BadSetting
from tests.faults.plein import free_port
from tests.servers import ROOT


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_that_somebody_listens_on_is_not_had(host):
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as other:
        port = other.getsockname()[1]
        with pytest.raises(BadSetting, match=f"PORT: {host}:{port} is taken"):
            hold_port(host, port)
    hold_port(host, port).close()


def test_of_two_that_start_at_once_one_has_the_port_before_and_while_its_web_processes_listen():
    port = free_port()
    with hold_port("127.0.0.1", port), socket.socket() as web:
        with pytest.raises(BadSetting, match="is taken"):
            hold_port("127.0.0.1", port)
        web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as web processes do, of any installation
        web.bind(("127.0.0.1", port))
        web.listen()
        for host in ("127.0.0.1", "0.0.0.0"):
            with pytest.raises(BadSetting, match="is taken"):
                hold_port(host, port)
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            web.accept()[0].close()  # it goes to the web process: the holder takes none


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid"])
def test_an_address_that_this_machine_has_not_is_refused_by_its_own_name(host):
    with pytest.raises(BadSetting, match=f"HOST: {host} is no address of this machine"):
        hold_port(host, free_port())


def test_the_start_stops_with_one_line_before_anything_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if name not in ("BASE_URL", "DATABASE_URL")}
        ended = subprocess.run(
            [sys.executable, "-m", "portal.cli", "run"],
            env=kept | {"DATA_DIR": str(tmp_path), "PORT": str(port)}, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"plein: PORT: 127.0.0.1:{port} is taken (")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "postgres").exists()
