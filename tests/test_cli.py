"""The command line, run as a person would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from service.schemas import ScoreAnswerSchema
from tests.conftest import ARTICLE


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_the_table_shows_score_level_marks_and_links(article: Path) -> None:
    done = run("score", str(article))
    out = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert "[une source proche du dossier]" in out and "Source anonyme" in out
    assert "contestée par 4" in out and "conteste 3" in out
    assert "\x1b[" not in out, "no colour in a pipe"
    assert "6 phrases, 3 affirmations" in out
    assert all(len(line) <= 100 for line in out.split("\n"))


def test_colour_can_be_forced_and_no_color_is_obeyed(article: Path) -> None:
    assert "\x1b[" in run("score", str(article), "--color").stdout.decode()
    assert "\x1b[" not in run("score", str(article), "--no-color").stdout.decode()


def test_json_is_the_wire_answer(article: Path) -> None:
    answer = json.loads(run("score", str(article), "--format", "json").stdout)
    assert ScoreAnswerSchema().validate(answer) == {}
    assert "contributions" in answer["sentences"][0]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.marks, self.outside, self.ids, self.targets = "", [], [], set(), set()
        self._in_mark = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._in_mark = self._in_mark or tag == "mark"
        if "id" in found:
            self.ids.add(found["id"])
        if tag == "a":
            self.targets.add((found.get("href") or "").removeprefix("#"))
        if "src" in found or tag in ("link", "script"):
            self.outside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._in_mark = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_mark:
            self.marks.append(data)


def test_the_page_stands_alone_and_escapes(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(
        ARTICLE + "\n\nSelon une source, <script>alert(1)</script> & le pont pourrait céder.", encoding="utf-8"
    )
    out = run("score", str(path), "--format", "html").stdout.decode()
    page = _Page()
    page.feed(out)
    assert page.outside == [] and "<script>" not in out and "http" not in out
    assert "<script>alert(1)</script> & le pont pourrait céder." in page.text.replace("\n", " ")
    assert "pourrait" in page.marks and "une source proche du dossier" in page.marks
    assert page.targets <= page.ids, "links lead to sentences of the page"
    assert "Source anonyme" in page.text and "invérifiable" in page.text, "the legend"


def test_english_words(article: Path) -> None:
    assert "Anonymous source" in run("score", str(article), "--lang", "en").stdout.decode()
    assert b'lang="en"' in run("score", str(article), "--lang", "en", "--format", "html").stdout


def test_standard_input_and_html(tmp_path: Path) -> None:
    html = b"<p>Selon <b>Reuters</b>, le pont est ferm&eacute;.</p>"
    assert (
        "Selon Reuters"
        in json.loads(run("score", "-", "--html-input", "--format", "json", stdin=html).stdout)["document"]["text"]
    )
    path = tmp_path / "a.html"
    path.write_bytes(html)
    assert b"[Reuters]" in run("score", str(path)).stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"caf\xe9", "byte 3 is not UTF-8"),
        (b"", "no text"),
        (b"a " * 50_001, "the limit is 100,000"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "article.txt"
    if content is not None:
        path.write_bytes(content)
    done = run("score", str(path))
    error = done.stderr.decode()
    assert done.returncode == 2 and words in error and error.count("\n") == 1 and "Traceback" not in error


def test_another_language_is_a_warning_only() -> None:
    text = b"The mayor said on Tuesday that the old bridge would stay closed for six weeks after the storm."
    done = run("score", "-", stdin=text)
    assert done.returncode == 0 and b"looks like 'en'" in done.stderr


def test_a_closed_pipe_is_no_error(article: Path) -> None:
    command = f'"{sys.executable}" -m service score "{article}" | head -1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.returncode == 0 and b"Traceback" not in done.stderr


def test_settings_that_cannot_be_used_are_said_in_words(article: Path) -> None:
    done = run("score", str(article), SOURCIER_MAX_CHARACTERS="x")
    assert done.returncode == 2 and b"SOURCIER_MAX_CHARACTERS" in done.stderr and b"Traceback" not in done.stderr
    done = run("serve", PORT="http")
    assert done.returncode == 2 and b"PORT is 'http'" in done.stderr


def test_help_teaches() -> None:
    assert b"Examples" in run("score", "--help").stdout
    assert {level["level"] for level in json.loads(run("labels").stdout)["levels"]} == set(range(5))
