"""Random texts against the cue engine: `python -m tools.fuzz --seconds 600 --seed 1`.

Hypothesis puts texts together from the lexicon's own words, examples and typography, from arbitrary Unicode, and from
both mixed, and shrinks what fails. Every text must be analysed and scored without an exception, with spans that slice
to their words; a piece repeated four times as often may cost at most eight times as much. Exit code 1 on a failure.
"""

from __future__ import annotations

import time

import click
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from service.lexicon import Lexicon
from service.scoring import Scorer
from service.sources import analyse
from service.text import from_html, from_text

BATCH = 500  # examples a run of hypothesis; the clock is looked at between runs
REPEATED = 3_000  # characters of the short text of the two that are compared
GROWTH, MOST = 4, 8  # how much longer the other is, and how much longer it may take
TYPOGRAPHY = (
    *(" ", "\n", "\n\n", "\r\n", "\u00a0", "\u202f", "« ", " »", "“", "”", '"', "’", "'", "— ", "- ", "(", ")", "[…]"),
    *(", ", ". ", " : ", " ? ", "… ", "M. ", "c.-à-d.", "14 h 30", "3,2 %", "1 200 €", "\u0301", "İ", "🙂"),
)


def pieces(lexicon: Lexicon) -> list[str]:
    """What texts are made of: forms and examples of every cue, without the marks around the cue."""
    found: set[str] = set(TYPOGRAPHY)
    for entry in lexicon.entries:
        found.update(form + " " for form in entry.forms[:20])
        found.update(lemma + " " for lemma in entry.lemmas)
        found.update(text.replace("[[", "").replace("]]", "") + " " for text in (*entry.fires_on, *entry.silent_on))
    return sorted(found)


def check(text: str, lexicon: Lexicon, scorer: Scorer) -> None:
    """One text, analysed and scored, as text and as HTML."""
    for document in (from_text(text), from_html(text)):
        article = analyse(document, lexicon)
        for cue in article.cues:
            assert document.text[cue.start : cue.end] == cue.text and cue.start < cue.end
        count = len(document.sentences)
        assert all(0 <= link.sentence < count and 0 <= link.target < count for link in article.links)
        for assessment in scorer.assess(article):
            assert assessment.score is None or 0 <= assessment.score <= 1


def seconds_of(text: str, lexicon: Lexicon) -> float:
    """Processor time of one analysis."""
    begun = time.process_time()
    analyse(from_text(text), lexicon)
    return time.process_time() - begun


def check_growth(piece: str, lexicon: Lexicon) -> None:
    """A piece repeated: time may not grow faster than the text, but for noise and what is allowed for caches."""
    text = (piece * (REPEATED // len(piece) + 1))[:REPEATED]
    for _ in range(3):  # another process may take the processor: only what fails three times fails
        short, long = seconds_of(text, lexicon), seconds_of(text * GROWTH, lexicon)
        if long <= MOST * max(short, 0.005):
            return
    raise AssertionError(f"{GROWTH} times the text takes {long / short:.1f} times as long: {piece!r}")


@click.command(help=__doc__)
@click.option("--seconds", default=600, show_default=True, type=click.IntRange(1), help="How long to go on.")
@click.option(
    "--seed", "first", default=1, show_default=True, help="Of the first run; the next have the numbers after."
)
def main(seconds: int, first: int) -> None:
    lexicon, scorer = Lexicon.load(), Scorer.load()
    words = st.sampled_from(pieces(lexicon))
    anything = st.text(max_size=12)
    texts = st.lists(st.one_of(words, words, words, anything), max_size=40).map("".join)
    repeated = st.lists(st.one_of(words, words, anything), min_size=1, max_size=4).map("".join).filter(len)
    quiet = settings(max_examples=BATCH, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    rarely = settings(quiet, max_examples=BATCH // 25, phases=[Phase.generate])  # slow texts are not worth shrinking
    end, number, done = time.monotonic() + seconds, first, 0
    while time.monotonic() < end:
        quiet(seed(number)(given(texts)(lambda text: check(text, lexicon, scorer))))()
        rarely(seed(number)(given(repeated)(lambda piece: check_growth(piece, lexicon))))()
        number, done = number + 1, done + 1
    click.echo(
        f"{done * BATCH} texts and {done * (BATCH // 25)} repeated pieces, seeds {first} to {number - 1}: no failure"
    )


if __name__ == "__main__":
    main()
