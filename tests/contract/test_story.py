"""Stories: Markdown with formulas, as HTML that the browser sets."""

from __future__ import annotations

from explorer.dashboard.story import to_html


def test_formulas_keep_every_backslash_and_other_text_is_markdown():
    text = to_html("Let $\\|x\\|^2 < 1$, *so*\n\n$$a\\,b$$\n\n[there](https://example.org) <b>")
    assert '<span class="tex">\\|x\\|^2 &lt; 1</span>' in text
    assert '<span class="tex display">a\\,b</span>' in text
    assert "<em>so</em>" in text
    assert '<a href="https://example.org">there</a> &lt;b&gt;' in text


def test_money_is_no_formula():
    assert "tex" not in to_html("It costs 5$ or 6$ a piece.")
