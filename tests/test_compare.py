"""`compare` and `reproduce` on the command line: what they print, the page, their exit codes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.versions import copy_version, lower, small_recipe
from training import dataset
from training.__main__ import cli


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    recipe = small_recipe(folder)
    # Sentences that hold mark-up must be words on the page.
    labelled = folder / "labelled.jsonl"
    first, *others = labelled.read_text(encoding="utf-8").split("\n")
    article = json.loads(first)
    for each in article["sentences"]:
        start, end = each["start"], min(each["start"] + 8, each["end"])
        article["text"] = article["text"][:start] + "<script>"[: end - start] + article["text"][end:]
        each["text"] = article["text"][start : each["end"]]
    for each in article["sentences"]:
        each["cues"] = []
    labelled.write_text("\n".join([json.dumps(article, ensure_ascii=False), *others]), encoding="utf-8")
    copy_version(folder, "old")
    copy_version(folder, "same")
    copy_version(folder, "low", lower)
    (folder / "champion").write_text("old\n")
    assert recipe.exists()
    return folder


def run(models: Path, command: str, *arguments: str) -> Result:
    options = ["--models", str(models), "--recipe", str(models / "small.toml")]
    return CliRunner().invoke(cli, [command, *arguments, *options])


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.outside += [value or "" for name, value in attrs if name in ("src", "href") and not value.startswith("#")]  # type: ignore[union-attr]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_version_against_itself_shows_no_difference_and_would_pass(models: Path) -> None:
    done = run(models, "compare", "same", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["champion"] == "old" and found["refused"] == []
    assert all(metric["difference"] == [0, 0, 0] for metric in found["metrics"].values())
    assert found["review"]["flagged_anew"] == found["review"]["no_longer"] == 0
    assert {change["challenger"] - change["champion"] for change in found["changed"] + found["golden"]} == {0}


def test_a_version_that_moves_scores_says_which_and_exits_with_3(models: Path) -> None:
    done = run(models, "compare", "low", "old")
    assert done.exit_code == 3 and "the gate would refuse it:" in done.output
    review = re.search(r"to review: (\d+) sentences, before (\d+); (\d+) flagged anew, (\d+) no longer", done.output)
    assert review and int(review[1]) - int(review[2]) == int(review[3]) - int(review[4]) > 0
    shown = re.findall(r"^  (\d\.\d\d) → (\d\.\d\d)  \S", done.output, re.MULTILINE)
    assert len(shown) > 50 and all(float(new) <= float(old) for old, new in shown)


def test_the_page_stands_alone_in_french_and_shows_both_scores(models: Path, tmp_path: Path) -> None:
    done = run(models, "compare", "low", "--html", str(tmp_path / "page.html"))
    assert done.exit_code == 3
    page = _Page()
    content = (tmp_path / "page.html").read_text(encoding="utf-8")
    page.feed(content)
    assert content.startswith('<!doctype html><html lang="fr">') and "script" not in page.tags and page.outside == []
    assert "Ne passe pas" in page.text and "Ce que verra la rédaction" in page.text and "<script>" in page.text
    assert "phrases témoins changent nettement de score" in page.text and "significantly" not in page.text
    assert page.tags.count("h2") == 6 and "svg" in page.tags
    found = json.loads(run(models, "compare", "low", "--json").stdout)
    for change in found["changed"]:
        assert change["text"] in page.text
    first = found["changed"][0]
    assert f"{first['champion']:.2f}{first['challenger']:.2f}".replace(".", ",") in page.text
    spearman = found["metrics"]["spearman"]["challenger"]
    rounded = {f"{spearman + shift:.3f}".replace(".", ",") for shift in (-5e-5, 5e-5)}  # JSON has four digits
    assert any(number in page.text for number in rounded)
    same = run(models, "compare", "same", "--html", str(tmp_path / "same.html"))
    assert same.exit_code == 0 and "Passe : rien" in (tmp_path / "same.html").read_text(encoding="utf-8")


def test_an_unknown_version_is_named(models: Path) -> None:
    for arguments in (("nothing",), ("low", "nothing")):
        done = run(models, "compare", *arguments)
        assert done.exit_code == 4 and "nothing: no such version" in done.output


def test_a_version_is_reproduced_from_its_recipe_and_corpus_and_what_differs_is_named(tmp_path: Path) -> None:
    corpus, recipe = tmp_path / "labelled.jsonl", tmp_path / "small.toml"
    lines = [json.dumps(article, ensure_ascii=False) for article in dataset.read()[::4]]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    recipe.write_text(
        '[data]\ncorpus = ["labelled.jsonl"]\n[model]\nalphas = [1.0]\nfolds = 2\n'
        "[report]\ncandidates = []\nresamples = 20\n"
    )
    done = run(tmp_path, "train", "--version", "one")
    assert done.exit_code == 0, done.output
    done = run(tmp_path, "reproduce", "one", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout) == {
        "version": "one", "same": True, "inputs": [], "numbers": [],
    }  # fmt: skip
    corpus.write_text("\n".join(lines[:-1]), encoding="utf-8")
    done = run(tmp_path, "reproduce", "one")
    assert done.exit_code == 4 and "data: " in done.output and "coefficients." in done.output
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["one"], "nothing is kept"
