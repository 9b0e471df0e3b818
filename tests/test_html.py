"""HTML to text: what is shown and what is not, kinds of block, and the map back to the source."""

from __future__ import annotations

import html as standard
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.html import extract
from service.text import Document, from_html

PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div class='a>b'>", "</div>", "<li>", "</li>", "<ul>", "</ul>", "<h1>", "</h1>", "<h2>",
        "</h2>", "<br>", "<b>", "</b>", "<pre>", "</pre>", "<script>", "</script>", "<style>", "<code>", "</code>",
        "<!--", "-->", "<!x", "<?y", "</>", "<", ">", "&", "&nbsp;", "&laquo;", "&eacute", "&#8217;", "&#x1F389;",
        "&#0;", "&#xD800;", "&notit;", "&bogus;", "<a href=\"x>y\">", "<a href='", "</a>", "<blockquote>",
        "</blockquote>", "<td>", "<svg>", "</svg>", "<template>", " ", "\n", "\r\n", "\t", "Le maire. ", "Il", "é",
        "🎉", "\ud800", "\x00", "\u00a0", "Fin.",
    ]
)  # fmt: skip
FRAGMENTS = st.lists(PIECES, max_size=40).map("".join)


def _source(document: Document, needle: str) -> str:
    """What in the source stands for `needle` of the text."""
    assert document.html is not None
    at = document.text.index(needle)
    start, end = document.html.to_source(at, at + len(needle))
    return document.html.source[start:end]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un.</p><p>Deux.</p>", "Un.\n\nDeux."),
        ("Un.<p>Deux.</p>Trois.", "Un.\n\nDeux.\n\nTrois."),
        ("<p>Un <b>gros</b> <i>mot</i>.</p>", "Un gros mot."),
        ("<p>Un<b> gros </b> mot.</p>", "Un gros mot."),
        ("<p>  Un\n\t gros   mot.\r\n</p>\n", "Un gros mot."),
        ("<p>in<wbr>constitu<span>tion</span>nel</p>", "inconstitutionnel"),
        ("<p>Un<br>Deux<br/>Trois</p>", "Un\nDeux\nTrois"),
        ("<p>Un <br> Deux</p><p><br>Trois<br></p>", "Un\nDeux\n\nTrois"),
        ("<p>Un<br><br>Deux</p>", "Un\n\nDeux"),
        ("<ul><li>Un<li>Deux</ul>", "Un\n\nDeux"),
        ("<table><tr><td>Un</td><td>Deux</td></tr></table>", "Un\n\nDeux"),
        ("<pre>Un\n  deux</pre>", "Un\n  deux"),
        ("<p>Un&nbsp;: &laquo;&#160;mot&#xA0;&raquo;</p>", "Un\u00a0: «\u00a0mot\u00a0»"),
        ("<p>L&rsquo;&eacute;t&eacute; &amp; l&#8217;&#x00e9;t&#233 R&D &lt;b&gt;</p>", "L’été & l’été R&D <b>"),
        ("<p>&eacute&copy2024 &notit; &bogus; & &; &# &#x; &#;</p>", "é©2024 ¬it; &bogus; & &; &# &#x; &#;"),
        ("<p>&#0;&#xD800;&#x110000;&#99999999999999999999;&#150;</p>", "\ufffd\ufffd\ufffd\ufffd–"),
        ("<p>Un&#32; &#10;mot</p>", "Un mot"),
        ("Un<script>var a = '<p>Deux</p>';</script> mot", "Un mot"),
        ("Un <SCRIPT>if (a</b) {}</SCRIPT > mot", "Un mot"),
        ("Un<style>p{}</style> <noscript><p>x</p></noscript><iframe src=x>y</iframe>mot", "Un mot"),
        ("Utilisez <code>git <b>push</b></code> souvent.", "Utilisez souvent."),
        ("Un <svg><title>x</title><path d='M0'/></svg> mot", "Un mot"),
        ("Un <template><template>x</template>y</template> mot", "Un mot"),
        ("Un <code>x mot", "Un x mot"),
        ("Un <!-- com > mentaire --> mot<!---->.", "Un mot."),
        ("Un <!--> mot", "Un mot"),
        ("Un <!-- jamais fermé <p>mot</p>", "Un"),
        ("<!doctype html><?xml?>Un</> mot</ x>.", "Un mot."),
        ('<p title="a > b">Un</p><p title=\'>\'>Deux</p><p a=b"c>Trois</p>', "Un\n\nDeux\n\nTrois"),
        ("3 < 4 et 5 > 4 <3", "3 < 4 et 5 > 4 <3"),
        ("Un mot <a href=", "Un mot"),
        ("Un mot <a href='x>", "Un mot"),
        ("</p></div></li>Un mot", "Un mot"),
        ("<p>Un</P><DIV>Deux</DIV>", "Un\n\nDeux"),
        ("Un<script>jamais fermé", "Un"),
        ("<textarea>x</textarea><title>y</title>Un", "Un"),
        ("", ""),
        ("<p> </p>", ""),
    ],
)
def test_what_is_shown(html: str, text: str) -> None:
    assert from_html(html).text == text


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        ("<h1>Un</h1><h2>Deux</h2><h6>Trois</h6><p>Quatre.</p>", ["title", "heading", "heading", "paragraph"]),
        ("<ul><li>Un<li><p>Deux</p></ul>Trois.", ["list-item", "list-item", "paragraph"]),
        ("<blockquote><p>Un.</p><p>Deux.</p></blockquote><p>Trois.</p>", ["quote", "quote", "paragraph"]),
        ("<figure><img alt=x><figcaption>Un</figcaption></figure><p>Deux.", ["caption", "paragraph"]),
        ("<table><caption>Un<tr><td>Deux", ["caption", "other"]),
        ("<h2>Jamais fermé<p>Un.</p><p>Deux.</p>", ["heading", "paragraph", "paragraph"]),
        ("<h2><div>Un</div></h2><p>Deux.", ["heading", "paragraph"]),
        ("<p>Un.</p><p>(avec AFP)</p>", ["paragraph", "caption"]),
        ("<p>Un.</p><p>&nbsp;</p><p>Deux.</p>", ["paragraph", "paragraph"]),
        ("<ul><li>Un<ul><li>Deux</li></ul>Trois</li></ul>", ["list-item", "list-item", "list-item"]),
    ],
)
def test_kinds_of_blocks(html: str, kinds: list[str]) -> None:
    assert [block.kind for block in from_html(html).blocks] == kinds


def test_sentences_of_a_line_broken_on_purpose() -> None:
    document = from_html("<p>Rue du Port<br>Le maire inaugure la halle.<br>Il est venu<br>avec elle.</p>")
    assert [sentence.text for sentence in document.sentences] == [
        "Rue du Port",
        "Le maire inaugure la halle.",
        "Il est venu\navec elle.",
    ]


def test_every_character_knows_its_source() -> None:
    document = from_html(
        '<p>L&rsquo;<b>&Eacute;tat </b>\n a <a href="#">d&eacutementi</a>.</p><p>&laquo;&nbsp;Non&nbsp;&raquo;</p>'
    )
    assert document.text == "L’État a démenti.\n\n«\u00a0Non\u00a0»"
    assert _source(document, "’") == "&rsquo;"
    assert _source(document, "L’É") == "L&rsquo;<b>&Eacute;"
    assert _source(document, "État") == "&Eacute;tat"
    assert _source(document, "démenti") == "d&eacutementi"
    assert _source(document, "menti.") == "menti</a>."
    assert _source(document, "«\u00a0Non\u00a0»") == "&laquo;&nbsp;Non&nbsp;&raquo;"


def test_empty_ranges_and_ranges_outside() -> None:
    document = from_html("<p>Un</p>")
    assert document.html is not None
    assert document.html.to_source(0, 0) == (3, 3)
    assert document.html.to_source(2, 2) == (5, 5)
    with pytest.raises(ValueError, match="not ordered"):
        document.html.to_source(2, 1)
    with pytest.raises(ValueError, match="outside"):
        document.html.to_source(0, 3)
    empty = from_html("<p></p>").html
    assert empty is not None and empty.to_source(0, 0) == (0, 0)


@settings(max_examples=500, deadline=None)
@given(FRAGMENTS)
def test_any_fragment_maps_back(html: str) -> None:
    document = from_html(html)
    assert document.html is not None and document.html.source == html
    ends = [document.html.to_source(index, index + 1) for index in range(len(document.text))]
    assert all(0 <= start < end <= len(html) for start, end in ends)
    assert ends == sorted(ends), "the order of the source is kept"
    for character, (start, end) in zip(document.text, ends, strict=True):
        if not character.isspace() and html[start] != "&":
            assert html[start:end] == character
    for first, second in itertools.pairwise(document.blocks):
        assert document.text[first.end : second.start].strip() == ""


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_escaped_text_comes_back(text: str) -> None:
    assert extract(f"<pre>{standard.escape(text)}</pre>")[0] == text


@pytest.mark.parametrize(
    "unit",
    [
        "<!--", "<a", "<a ", "<", "</", "&", "&#", "&#1", "<a b='", '<a b="x" ', "<!", "<?", "<script>", "</script",
        "<code>", "<code><!--", "<svg></svg>", "<li>", "</li>", "<ul><li>", "<h2>", "<h2>a", "<div>", "<td>a",
        "<pre>", "<br>", "a<br>", "= ", "<a =", " ", "\n", "&nbsp", "<b>a</b> ", "<template>", "<textarea>", "--",
        "<p", "&a",
    ],
)  # fmt: skip
def test_time_is_linear_in_hostile_html(unit: str) -> None:
    # Quadratic work on 300,000 characters would take minutes: no clock is needed to notice.
    from_html(unit * (300_000 // len(unit)))
    from_html("<p " + unit * (100_000 // len(unit)) + ">x</p>")
