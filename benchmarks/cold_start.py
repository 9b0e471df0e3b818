"""Cold start to first answer, and the memory of one worker, of the real gunicorn."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
BODY = json.dumps({"text": "Selon la mairie de Sète, le pont a fermé mardi."}).encode()


def main() -> None:
    """Start, ask until it answers, read /proc, stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "SOURCIER_LOG_LEVEL": "error"}
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")], cwd=ROOT, env=environment
    )
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/score", BODY, {"Content-Type": "application/json"})
    try:
        while True:
            try:
                urllib.request.urlopen(request, timeout=5).read()
                break
            except OSError:
                if server.poll() is not None or time.perf_counter() - start > 30:
                    raise
                time.sleep(0.01)
        print(f"\ncold start to first answer: {time.perf_counter() - start:.2f} s")
        for _ in range(200):
            urllib.request.urlopen(request, timeout=5).read()
        for worker in _children(server.pid):
            rollup = Path(f"/proc/{worker}/smaps_rollup").read_text().split("\n")
            sizes = {
                line.split(":")[0]: int(line.split()[1]) // 1024 for line in rollup if line.startswith(("Rss", "Pss:"))
            }
            print(f"worker {worker}: RSS {sizes['Rss']} MB, of it its own share (PSS) {sizes['Pss']} MB")
    finally:
        server.terminate()
        server.wait(30)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


if __name__ == "__main__":
    main()
