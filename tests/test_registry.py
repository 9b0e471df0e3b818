"""The registry: promotion, rollback, their log, what is refused, and what a killed command leaves behind."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import joblib
import pytest
from click.testing import CliRunner, Result

from service.scoring import Scorer
from tests.versions import break_file, copy_version, lower, small_recipe
from training.__main__ import cli
from training.artifact import save
from training.registry import Registry, RegistryError


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Three versions; "a" is in service, and no log was written yet."""
    for name in "abc":
        copy_version(tmp_path, name)
    (tmp_path / "champion").write_text("a\n")
    return tmp_path


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_recipe(tmp_path_factory.mktemp("recipe"))


@pytest.fixture(autouse=True)
def _(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promotions are compared by the small recipe."""
    monkeypatch.setenv("SOURCIER_RECIPE", str(recipe))


def run(models: Path, command: str, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [command, *arguments, "--models", str(models)])


def moves(models: Path) -> list[tuple[str, str | None, str | None]]:
    return [(entry.action, entry.previous, entry.version) for entry in Registry(models).entries()]


def test_promotion_moves_the_pointer_and_is_logged_with_who_when_why_and_digests(models: Path) -> None:
    done = run(models, "promote", "b", "--by", "Léa", "--why", "décisions de la semaine 48", "--json")
    assert done.exit_code == 0, done.output
    assert Scorer.load(models).version == "b"
    (line,) = (models / "promotions.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert entry == json.loads(done.stdout)
    assert (entry["by"], entry["why"], entry["previous"]) == ("Léa", "décisions de la semaine 48", "a")
    assert entry["at"].endswith("+00:00") and set(entry["digests"]) == {"model.joblib", "folded.joblib", "card.json"}
    for name in ("model.joblib", "folded.joblib"):
        assert hashlib.sha256((models / "b" / name).read_bytes()).hexdigest() == entry["digests"][name]


def test_a_card_changed_since_it_was_in_service_is_refused(models: Path) -> None:
    for version in ("b", "c"):
        assert run(models, "promote", version).exit_code == 0
    path = models / "b" / "card.json"
    card = json.loads(path.read_text())
    card["review"]["fragile_probability"] = 0.9
    path.write_text(json.dumps(card))
    done = run(models, "rollback")
    assert done.exit_code == 4 and f"{path}: SHA-256" in done.output and Registry(models).champion() == "c"


def test_a_user_without_a_name_is_logged_by_number(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 54321)
    done = run(models, "promote", "b")
    assert done.exit_code == 0, done.output
    assert Registry(models).entries()[0].by == "uid 54321"


def test_rollback_goes_back_one_version_after_the_other(models: Path) -> None:
    for version in "bcb":
        assert run(models, "promote", version).exit_code == 0
    found = []
    for _ in range(3):
        done = run(models, "rollback", "--why", "trop d'alertes")
        assert done.exit_code == 0, done.output
        found.append(Registry(models).champion())
    assert found == ["c", "b", "a"]
    done = run(models, "rollback")
    assert done.exit_code == 4 and "no version was in service before" in done.output
    assert moves(models)[3:] == [("rollback", "b", "c"), ("rollback", "c", "b"), ("rollback", "b", "a")]


def test_a_rollback_that_was_stopped_before_it_moved_loses_no_history(models: Path) -> None:
    for version in "bca":
        assert run(models, "promote", version).exit_code == 0
    assert run(models, "rollback").exit_code == 0
    (models / "champion").write_text("a\n")  # as if it had been killed between the log and the pointer
    found = []
    for _ in range(3):
        done = run(models, "rollback")
        assert done.exit_code == 0, done.output
        found.append(Registry(models).champion())
    assert found == ["c", "b", "a"]


def test_a_version_in_service_already_is_no_error_and_no_line(models: Path) -> None:
    done = run(models, "promote", "a")
    assert done.exit_code == 0 and "already" in done.output
    assert moves(models) == []


@pytest.mark.parametrize("name", ["model.joblib", "folded.joblib", "card.json"])
@pytest.mark.parametrize("force", [(), ("--force", "--why", "pressé")])
@pytest.mark.parametrize("damage", [break_file, Path.unlink])
def test_a_version_that_is_not_whole_is_refused_and_its_file_named(
    models: Path, name: str, force: tuple[str, ...], damage: object
) -> None:
    damage(models / "b" / name)  # type: ignore[operator]
    done = run(models, "promote", "b", *force)
    assert done.exit_code == 4 and str(models / "b" / name) in done.output
    assert Registry(models).champion() == "a" and moves(models) == []


def test_a_file_changed_together_with_its_card_since_it_was_in_service_is_refused(models: Path) -> None:
    assert run(models, "promote", "b").exit_code == run(models, "promote", "c").exit_code == 0
    other = copy_version(models, "other", lambda folded: folded.update(thresholds=folded["thresholds"] + 1))
    card = json.loads((models / "b" / "card.json").read_text())
    card["folded"] = json.loads((other / "card.json").read_text())["folded"]
    (models / "b" / "card.json").write_text(json.dumps(card))
    (models / "b" / "folded.joblib").write_bytes((other / "folded.joblib").read_bytes())
    assert Scorer.load_version(models / "b").version == "b", "the card vouches for it; the log does not"
    for done in (run(models, "rollback"), run(models, "promote", "b")):
        assert done.exit_code == 4 and f"{models / 'b' / 'folded.joblib'}: SHA-256" in done.output
    assert Registry(models).champion() == "c"


def test_champion_and_previous_stand_for_versions_wherever_one_is_taken(models: Path) -> None:
    done = run(models, "show", "previous")
    assert done.exit_code == 4 and "no version is in service before this one" in done.output
    assert run(models, "promote", "b").exit_code == 0
    for command in ("show", "evaluate"):
        assert [run(models, command, name).output.split()[1] for name in ("champion", "previous")] == ["b", "a"]
    assert run(models, "compare", "previous", "champion").output.startswith("a against b: ")
    assert run(models, "promote", "previous").exit_code == 0 and Registry(models).champion() == "a"
    (models / "champion").unlink()
    for command in ("show", "evaluate", "compare", "reproduce", "promote"):
        done = run(models, command, "champion")
        assert done.exit_code in (1, 4) and "no version is in service" in done.output
    done = run(models, "train", "--version", "previous")
    assert done.exit_code == 1 and "cannot name a folder" in done.output


@pytest.mark.parametrize("name", ["../a", " ", ".hidden", "nothing", "a/b"])
def test_a_name_that_is_no_version_is_refused(models: Path, name: str) -> None:
    done = run(models, "promote", name)
    assert done.exit_code == 4 and "version" in done.output and "Traceback" not in done.output
    assert Registry(models).champion() == "a"


def test_what_the_gate_refuses_stays_out_unless_it_is_forced_and_then_the_reason_is_kept(models: Path) -> None:
    copy_version(models, "low", lower)
    done = run(models, "promote", "low", "--json")
    assert done.exit_code == 3 and "golden sentences move" in done.stderr
    assert json.loads(done.stdout)["refused"] and Registry(models).champion() == "a" and moves(models) == []
    done = run(models, "promote", "low", "--force", "--why", "plus d'alertes")
    assert done.exit_code == 0 and Registry(models).champion() == "low"
    (entry,) = Registry(models).entries()
    (note,) = json.loads((models / "low" / "card.json").read_text())["forced"]
    assert note["why"] == entry.why == "plus d'alertes" and tuple(note["refused"]) == entry.refused != ()
    assert "forced past the gate" in run(models, "show").output
    assert run(models, "promote", "b", "--explain", "retour").exit_code == 0
    assert run(models, "rollback").exit_code == 0, "the note does not make the card look tampered with"


def test_a_promotion_that_was_compared_with_another_version_is_refused(models: Path) -> None:
    with pytest.raises(RegistryError, match="a was put in service meanwhile, b was compared with c"):
        Registry(models).promote("b", by="test", expected="c")
    assert Registry(models).champion() == "a" and moves(models) == []


def test_force_needs_a_reason(models: Path) -> None:
    done = run(models, "promote", "b", "--force")
    assert done.exit_code == 2 and "--why" in done.output and Registry(models).champion() == "a"


def test_list_and_show_say_what_is_in_service_and_what_cannot_be(models: Path) -> None:
    assert run(models, "promote", "b", "--by", "Léa", "--why", "semaine 48").exit_code == 0
    break_file(models / "c" / "folded.joblib")
    lines = run(models, "list").output.splitlines()
    assert [line[:3] for line in lines if line.startswith("*")] == ["* b"]
    assert any(line.startswith("  c  cannot be served") and "folded.joblib" in line for line in lines)
    listed = {item["version"]: item for item in json.loads(run(models, "list", "--json").stdout)}
    assert listed["b"]["in_service"] and not listed["a"]["in_service"] and listed["c"]["problem"]
    shown = run(models, "show").output
    assert "b (in service)" in shown and "by Léa: semaine 48" in shown and "unchanged" in shown
    assert json.loads(run(models, "show", "a", "--json").stdout)["card"]["version"] == "a"
    assert run(models, "show", "c").exit_code == 4


def test_a_pointer_moved_by_hand_is_noticed_in_the_log(models: Path) -> None:
    assert run(models, "promote", "b").exit_code == 0
    (models / "champion").write_text("c\n")
    assert run(models, "promote", "a").exit_code == 0
    assert moves(models) == [("promote", "a", "b"), ("observed", "b", "c"), ("promote", "c", "a")]
    assert run(models, "rollback").exit_code == 0
    assert Registry(models).champion() == "c"


def test_a_line_cut_short_is_dropped_and_a_spoilt_one_is_named(models: Path) -> None:
    assert run(models, "promote", "b").exit_code == 0
    log = models / "promotions.jsonl"
    log.write_text(log.read_text() + '{"at": "2026-')
    assert moves(models) == [("promote", "a", "b")]
    assert run(models, "promote", "c").exit_code == 0
    assert moves(models) == [("promote", "a", "b"), ("promote", "b", "c")]
    log.write_text("[]\n" + log.read_text())
    with pytest.raises(RegistryError, match=r"promotions\.jsonl:1: "):
        Registry(models).entries()
    assert run(models, "rollback").exit_code == 4 and Registry(models).champion() == "c"


_SAVES_SLOWLY = """
import json, sys
from pathlib import Path
import joblib
from training.artifact import save
class Texts(dict):
    def items(self):
        yield "report.md", "words"
        print("half", flush=True)
        sys.stdin.read()
models = Path(sys.argv[1])
estimator, card = joblib.load(models / "a" / "model.joblib"), json.loads((models / "a" / "card.json").read_text())
save(models / "slow", estimator, card | {"version": "slow"}, Texts())
"""


def test_what_a_killed_run_leaves_is_removed_and_what_a_running_one_writes_is_not(models: Path) -> None:
    def left() -> list[str]:
        return sorted(path.name.split("-")[0] for path in models.rglob(".*.partial-*"))

    def new_version(name: str) -> None:
        estimator, card = joblib.load(models / "a" / "model.joblib"), Registry(models).verify("a")
        save(models / name, estimator, card, {})

    command = [sys.executable, "-c", _SAVES_SLOWLY, str(models)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stdout.readline() == b"half\n"
        assert run(models, "list").exit_code == 0
        new_version("d")
        assert left() == [".slow.partial"], "it is still being written"
        writer.kill()
    for name in (".champion.partial-1", "a/.card.json.partial-1"):
        (models / name).write_text("b\n")
    assert "slow" not in run(models, "list").output and left() == []

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stdout.readline() == b"half\n"
        writer.kill()
    assert left() == [".slow.partial"]
    new_version("e")
    assert left() == [], "a further training run does it too"


def test_two_promotions_at_once_take_turns(models: Path) -> None:
    command = [sys.executable, "-m", "training", "promote", "--models", str(models)]
    both = [subprocess.Popen([*command, version]) for version in "bc"]
    codes = [process.wait() for process in both]
    done = moves(models)
    # The later one was compared with "a", unless it began after the other had ended.
    assert sorted(codes) in ([0, 0], [0, 4]) and len(done) == codes.count(0)
    assert done[0][1] == "a" and done[-1][2] == Registry(models).champion()
