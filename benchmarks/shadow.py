"""``python -m benchmarks.shadow``: what a challenger costs, as ratios within one run on one core.

The service answers the same article with no challenger, and with one for 5 % and for all of the requests. Rounds of the
three take turns, so that a busy machine slows them alike. CPU is that of the whole process, the thread that scores
with the challenger included; the answer is timed as its caller waits for it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient

from service.api import create_app
from service.challenger import POINTER, Pointer
from service.config import Settings
from service.lexicon import Lexicon
from service.scoring import MODELS

SHARES = (0.0, 0.05, 1.0)
ROUNDS, REQUESTS = 40, 40
ARTICLE = Path(__file__).parent / "article.txt"


def service(folder: Path, share: float) -> FlaskClient:
    """The service with a copy of its model as challenger."""
    models, champion = folder / "models", (MODELS / "champion").read_text().strip()
    for name in (champion, "challenger-of-bench"):
        shutil.copytree(MODELS / champion, models / name)
        path = models / name / "card.json"
        card = json.loads(path.read_text()) | {"version": name, "lexicon": Lexicon.load().version}
        path.write_text(json.dumps(card))
    (models / "champion").write_text(champion)
    if share:
        (models / POINTER).write_bytes(Pointer("challenger-of-bench", share).as_json())
    client = create_app(Settings(models=models, data=folder / "data")).test_client()
    while share and client.get("/readyz").get_json()["shadow"] is None:
        time.sleep(0.01)
    return client


def main() -> None:
    """Measure and print."""
    os.environ["SOURCIER_LOG_LEVEL"] = "error"
    body = json.dumps({"text": ARTICLE.read_text(encoding="utf-8")}).encode()
    cpu: dict[float, list[float]] = {share: [] for share in SHARES}
    waited: dict[float, list[float]] = {share: [] for share in SHARES}
    with tempfile.TemporaryDirectory() as folder:
        clients = {share: service(Path(folder) / str(share), share) for share in SHARES}
        for number in range(ROUNDS + 1):
            for share, client in clients.items():
                began, answers = time.process_time(), []
                for _ in range(REQUESTS):
                    start = time.perf_counter()
                    client.post("/v1/score", data=body, content_type="application/json", buffered=True)
                    answers.append(time.perf_counter() - start)
                time.sleep(0.3)  # for what still waits for the challenger
                if number:  # the first round warms up
                    cpu[share].append((time.process_time() - began) / REQUESTS)
                    waited[share].append(statistics.median(answers))
        for path in Path(folder).glob("*/models/" + POINTER):
            path.unlink()  # the threads end before their folders do
        time.sleep(3)
    print("share   CPU a request   × none   answer, median   × none")
    for share in SHARES:
        used, answer = statistics.median(cpu[share]), statistics.median(waited[share])
        ratios = [mine / none for mine, none in zip(cpu[share], cpu[0.0], strict=True)]
        slower = [mine / none for mine, none in zip(waited[share], waited[0.0], strict=True)]
        print(
            f"{share:<8.2f}{used * 1000:8.2f} ms     {statistics.median(ratios):.3f}    "
            f"{answer * 1000:8.2f} ms      {statistics.median(slower):.3f}"
        )


if __name__ == "__main__":
    main()
