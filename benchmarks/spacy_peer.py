"""Seconds an article in spaCy's blank French pipeline with a sentencizer and a PhraseMatcher; run in .venv-bench."""

import json
import sys
import time
from pathlib import Path

import spacy
from spacy.matcher import PhraseMatcher

job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
nlp = spacy.blank("fr")
nlp.add_pipe("sentencizer")
matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
matcher.add("cues", [nlp.make_doc(words) for words in job["phrases"]])
rounds = []
for _ in range(7):
    start = time.perf_counter()
    for _ in range(40):
        doc = nlp(job["text"])
        list(doc.sents)
        matcher(doc)
    rounds.append((time.perf_counter() - start) / 40)
print(min(rounds))
