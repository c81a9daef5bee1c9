"""The log is JSON lines, whoever writes them."""

import json
import subprocess
import sys

from tests.servers import ROOT

WRITES = """
import logging
from portal.app import set_up_logs
set_up_logs("warning")
try:
    raise OSError("gone")
except OSError:
    logging.getLogger("asyncpg.pool").warning("Failed to %s", "connect", exc_info=True)
"""


def test_what_a_library_warns_of_is_a_line_of_json_too():
    done = subprocess.run([sys.executable, "-c", WRITES], cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = done.stderr.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"]) == ("Failed to connect", "warning")
    assert "OSError: gone" in said["exception"]
