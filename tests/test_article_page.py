"""The article's page and file: what they count, show and leave out."""

from __future__ import annotations

import re
from html import unescape

from service.store.engine import Store
from tests.conftest import ARTICLE
from tests.pages import app, browser, store  # noqa: F401
from tests.test_moderation import Browser, sentence


def test_the_article_says_how_many_sources_stand_apart_and_what_is_contested(browser: Browser) -> None:
    page = unescape(browser.get("/articles/1").get_data(as_text=True))
    counts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    assert counts["Phrases"] == "6" and counts["Contestées"] == "1" and counts["Décidées"] == "0"
    scored = browser.client.post("/v1/score", json={"text": ARTICLE}).get_json()
    assert counts["Sources"] == str(len(scored["document"]["sources"]))
    assert counts["Sources indépendantes"] == str(scored["document"]["independent_sources"])
    assert counts["À relire"] == str(sum(s["review"] for s in scored["sentences"]))
    assert "<mark" not in page
    assert '<mark class="c-denial"' in browser.get("/articles/1?marks=1").get_data(as_text=True)


def test_the_article_as_a_file_needs_nothing_else_and_has_the_decisions(browser: Browser, store: Store) -> None:
    item = sentence(store, "proche du dossier")
    browser.get(f"/sentences/{item.sentence_id}")
    browser.send("/decision", verdict="level-4", kind="prediction", note="pas dans le fichier", action="stay")
    response = browser.get("/articles/1.html")
    assert response.headers["Content-Disposition"] == 'attachment; filename="article-1.html"'
    page = unescape(browser.page)
    assert page.count('<li id="s') == 6 and "<h1>Pont fermé à Sète</h1>" in page
    decided = re.findall(
        r'<li id="s(\d)" class="l(\w+)"[^>]*><p class="verdict"><strong class="decided">([^<]+)<', page
    )
    assert decided == [(str(3), "4", "relecture : 4 étayée, prévision")]
    assert 'value="4"' in page and re.search(r'href="#s4">contestée par 5<', page), "numbered as in the pages"
    assert "pas dans le fichier" not in page and "Nadia" not in page
    assert not re.search(r"(?:src|href)=[\"'](?!#)|url\(|@import|https?://", page)
    browser.get("/articles/1")
    browser.send("/blind")
    assert "désactivez le mode aveugle" in unescape(browser.get("/articles/1.html").get_data(as_text=True))
    browser.get("/articles/999.html", 404)
