"""What matplotlib wrote, made fit to stand in a page: themed by variables, ids of its own, told in words, free of metadata."""

from __future__ import annotations

import re
from html import escape

from crosscurrent.publish.canvas import printable
from crosscurrent.publish.theme import FONT_STACK, LIGHT, css, variable

__all__ = ["finished", "in_page", "page_style"]

INK_OF = {colour: ink for ink, colour in LIGHT.items()}
RULES = "{selector} text{{font-family:{fonts};font-variant-numeric:tabular-nums}}{selector} path:not([stroke-linejoin]){{stroke-linejoin:round}}"
HALO = "{selector} .halo text{{paint-order:stroke;stroke:{surface};stroke-width:3px;stroke-linejoin:round}}"


def finished(drawn: str, *, identity: str, title: str, alt: str, is_themed: bool, surface: str) -> str:
    """Return the drawing as one `<svg>` element that may stand alone or among others in a page.

    Because several are put into one page, `identity` goes before every id; because a page is read in light and dark, each colour
    becomes a variable with that colour as its fallback when `is_themed`. `alt` is told to who cannot see it.
    """
    body = drawn[drawn.index("<svg") :]
    body = body[body.index("</defs>") + len("</defs>") :].rsplit("</svg>", 1)[0]
    body = _quiet(_own_ids(body, identity))
    style = _style(is_themed, surface)
    if is_themed:
        body = re.sub(r"#[0-9a-f]{6}", lambda found: _variable(found.group()), body)
    return (
        f'{_opening(drawn, identity)}\n<title id="{identity}-title">{escape(printable(title))}</title>\n'
        f'<desc id="{identity}-desc">{escape(printable(alt))}</desc>\n<style>{style}</style>\n{body.strip()}\n</svg>\n'
    )


def in_page(svg: str) -> str:
    """Return the drawing for a page whose policy allows no style but its own: properties become attributes, rules stand in `page_style`."""
    bare = re.sub(r"<style>.*?</style>\n?", "", svg, flags=re.DOTALL)
    return re.sub(r' style="([^"]*)"', lambda found: _as_attributes(found[1]), bare)


def page_style() -> str:
    """Return the rules that the drawings of a page share."""
    return _style(True, "")


def _as_attributes(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    told = [(name.strip(), value.strip()) for name, value in pairs]
    return "".join(f' {name}="{value}"' for name, value in told if name not in ("max-width", "height"))


def _opening(drawn: str, identity: str) -> str:
    view = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)
    assert view is not None, "matplotlib writes a viewBox"
    width, height = view.groups()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{identity}" class="cc-chart" role="img" '
        f'aria-labelledby="{identity}-title" aria-describedby="{identity}-desc" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto">'
    )


def _style(is_themed: bool, surface: str) -> str:
    selector = ".cc-chart"
    surface = f"var({variable('surface')},{LIGHT['surface']})" if is_themed else surface
    rules = (RULES + HALO).format(selector=selector, fonts=FONT_STACK, surface=surface)
    return (css(selector) if is_themed else "") + rules


def _own_ids(body: str, identity: str) -> str:
    body = re.sub(r'<g id="halo-\d+">', '<g class="halo">', body)
    body = re.sub(r'<g id="[^"]*">', "<g>", body)
    body = re.sub(r'<clipPath id="', f'<clipPath id="{identity}-', body)
    return body.replace("url(#", f"url(#{identity}-")


def _quiet(body: str) -> str:
    """Return the drawing without what only makes it long: comments, groups of one, fonts named again and again."""
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r" ?font-family: [^;\"]*;?", "", body)
    body = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", body)
    body = re.sub(r"[ \n]+(?=[LMz])", "", body)
    body = re.sub(r"<g>\s*(<(?:path|text)\b[^>]*?(?:/>|>[^<]*</text>))\s*</g>", r"\1", body)
    return re.sub(r"\n\s*", "\n", body)


def _variable(colour: str) -> str:
    ink = INK_OF.get(colour)
    return f"var({variable(ink)},{colour})" if ink else colour
