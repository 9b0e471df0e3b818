"""Seconds an article in the compiled copy of the engine, which is the working directory here."""

import sys
import timeit
from pathlib import Path

sys.path.insert(0, "")

from service import sources
from service.lexicon import Lexicon
from service.scoring import Scorer
from service.text import from_text

if not sources.__file__.endswith(".so"):
    raise SystemExit(f"not compiled: {sources.__file__}")
text = Path(sys.argv[1]).read_text(encoding="utf-8")
lexicon, scorer = Lexicon.load(), Scorer.load()
timer = timeit.Timer(lambda: scorer.assess(sources.analyse(from_text(text), lexicon)))
timer.timeit(3)
print(min(timer.repeat(repeat=7, number=100)) / 100)
