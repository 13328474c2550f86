"""A canvas in page units, origin at the top left, on which matplotlib draws: few large paths, and text that stays text."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox
from numpy.typing import NDArray
from PIL import Image

from crosscurrent.bars.bars import Floats

__all__ = ["Box", "Canvas", "disc", "printable", "rule", "text_width"]

Anchor = Literal["start", "middle", "end"]
ALIGNMENTS: dict[Anchor, Literal["left", "center", "right"]] = {"start": "left", "middle": "center", "end": "right"}
UNITS_AN_INCH = 72.0
PIXELS_A_UNIT = 2.0
COMPRESSION = 4
"""Half the time of the usual level for one per cent more bytes."""
FONTS = FilePath(matplotlib.get_data_path()) / "fonts" / "ttf"

# Whatever the reader's own matplotlib settings are, a chart has the same bytes.
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "crosscurrent", "svg.id": None, "path.simplify": False, "path.sketch": None,
    "path.effects": [], "path.snap": True, "text.usetex": False, "text.parse_math": False, "text.antialiased": True,
    "text.hinting": "force_autohint", "agg.path.chunksize": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def corners(self) -> Floats:
        """Return the outline, shape (4, 2)."""
        return np.array(
            ((self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom))
        )

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two rectangles share any point, or come nearer than `gap`."""
        across = self.left < other.right + gap and other.left < self.right + gap
        return across and self.top < other.bottom + gap and other.top < self.bottom + gap


class Canvas:
    """A page of a width and height in units of 1/72 inch, drawn in the order in which strokes are added.

    Colours are named by ink; `colours` gives each its value. Points are arrays of shape (k, 2), y counted downward.
    """

    def __init__(self, width: float, height: float, colours: Mapping[str, str], *, has_halos: bool = False) -> None:
        self.width, self.height = width, height
        self.colours = colours
        self.has_halos = has_halos
        self._figure = Figure(figsize=(width / UNITS_AN_INCH, height / UNITS_AN_INCH), dpi=UNITS_AN_INCH)
        self._figure.patch.set_visible(False)
        to_inches = Affine2D().scale(1.0, -1.0).translate(0.0, height).scale(1.0 / UNITS_AN_INCH)
        self._place = to_inches + self._figure.dpi_scale_trans
        self._clips: dict[Box, TransformedBbox] = {}
        self._order = 0

    def lines(
        self,
        paths: Iterable[Floats],
        ink: str,
        width: float = 1.0,
        dash: tuple[float, float] | None = None,
        alpha: float = 1.0,
        clip: Box | None = None,
    ) -> None:
        """Draw open lines with one stroke."""
        path = _compound(paths, is_closed=False)
        if path is None:
            return
        style = (0.0, dash) if dash else "solid"
        self._add(
            PathPatch(
                path, fill=False, edgecolor=self.colours[ink], linewidth=width, linestyle=style, alpha=_plain(alpha),
                capstyle="butt", joinstyle="round",
            ), clip,
        )  # fmt: skip

    def shapes(
        self,
        paths: Iterable[Floats],
        fill: str | None,
        edge: str | None = None,
        width: float = 1.0,
        alpha: float = 1.0,
        clip: Box | None = None,
    ) -> None:
        """Draw closed shapes with one fill and one edge."""
        path = _compound(paths, is_closed=True)
        if path is None:
            return
        self._add(
            PathPatch(
                path, fill=fill is not None, facecolor=self.colours[fill] if fill else "none",
                edgecolor=self.colours[edge] if edge else "none", linewidth=width if edge else 0.0, alpha=_plain(alpha),
                joinstyle="miter",
            ), clip,
        )  # fmt: skip

    def text(
        self,
        words: str,
        x: float,
        y: float,
        ink: str = "text",
        size: float = 10.0,
        *,
        is_bold: bool = False,
        anchor: Anchor = "start",
        has_halo: bool = False,
    ) -> None:
        """Write words with their baseline at `y`; a halo keeps them readable over strokes."""
        words = printable(words)
        if not words:
            return
        label = Text(
            round(x, 1), round(y, 1), words, color=self.colours[ink], fontproperties=_font(is_bold, size),
            horizontalalignment=ALIGNMENTS[anchor], verticalalignment="baseline", parse_math=False,
        )  # fmt: skip
        if has_halo:
            label.set_gid(f"halo-{self._order}")
            if self.has_halos:
                label.set_path_effects([withStroke(linewidth=3.0, foreground=self.colours["surface"])])
        self._add(label, None)

    def svg(self) -> str:
        """Return the drawing as matplotlib's SVG."""
        kept = io.StringIO()
        with _settings():
            FigureCanvasSVG(self._figure).print_svg(  # type: ignore[no-untyped-call]
                kept, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
            )
        return kept.getvalue()

    def png(self) -> bytes:
        """Return the drawing as a PNG of two pixels a unit."""
        self._figure.set_dpi(UNITS_AN_INCH * PIXELS_A_UNIT)
        page = FigureCanvasAgg(self._figure)
        with _settings():
            page.draw()  # type: ignore[no-untyped-call]
        drawn = np.asarray(page.buffer_rgba())  # type: ignore[no-untyped-call]
        kept = io.BytesIO()
        Image.fromarray(drawn).convert("RGB").save(kept, "png", compress_level=COMPRESSION)
        return kept.getvalue()

    def _add(self, artist: PathPatch | Text, clip: Box | None) -> None:
        artist.set_transform(self._place)
        artist.set_zorder(self._order)
        if clip is not None:
            artist.set_clip_box(self._clip(clip))
        self._figure.add_artist(artist)
        self._order += 1

    def _clip(self, box: Box) -> TransformedBbox:
        if box not in self._clips:
            self._clips[box] = TransformedBbox(Bbox([[box.left, box.top], [box.right, box.bottom]]), self._place)
        return self._clips[box]


def printable(words: str) -> str:
    """Return words on one line, without characters that no page may hold."""
    return "".join(letter for letter in " ".join(words.split()) if letter.isprintable())


def rule(x0: float, y0: float, x1: float, y1: float) -> Floats:
    """Return a straight stroke from one place to another."""
    return np.array(((x0, y0), (x1, y1)))


def disc(x: float, y: float, radius: float) -> Floats:
    """Return a small circle's outline."""
    angles = np.linspace(0.0, 2 * np.pi, 13)[:-1]
    return np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)])


def text_width(words: str, size: float, is_bold: bool = False) -> float:
    """Return how wide words are in the widest font they may be shown in, so that nothing collides in a narrower one."""
    return sum(_advance(letter, is_bold) for letter in words) * size


@lru_cache(maxsize=512)
def _advance(letter: str, is_bold: bool) -> float:
    face = _face(is_bold)
    if not face.get_char_index(ord(letter)):
        return 1.0  # a script that this font lacks is shown in another one, whose letters are at most about a square
    return float(face.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536.0 / 100.0


@lru_cache(maxsize=2)
def _face(is_bold: bool) -> FT2Font:
    face = FT2Font(str(_font_file(is_bold)))
    face.set_size(100.0, 72.0)
    return face


@lru_cache(maxsize=32)
def _font(is_bold: bool, size: float) -> FontProperties:
    weight = "bold" if is_bold else "normal"
    return FontProperties(family="DejaVu Sans", weight=weight, size=size, fname=str(_font_file(is_bold)))


def _font_file(is_bold: bool) -> FilePath:
    return FONTS / ("DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf")


def _compound(paths: Iterable[Floats], *, is_closed: bool) -> Path | None:
    """Return many lines as one path, so that a hundred candles cost one stroke; coordinates in tenths keep the file small."""
    kept = [np.asarray(p, float) for p in paths if len(p)]
    if not kept:
        return None
    if is_closed:
        kept = [np.concatenate([p, p[:1]]) for p in kept]
    codes = np.concatenate([_codes(len(p), is_closed) for p in kept])
    return Path(np.round(np.concatenate(kept), 1), codes)


@lru_cache(maxsize=64)
def _codes(n: int, is_closed: bool) -> NDArray[np.uint8]:
    codes = np.full(n, Path.LINETO, Path.code_type)
    codes[0] = Path.MOVETO
    if is_closed:
        codes[-1] = Path.CLOSEPOLY
    return codes


def _plain(alpha: float) -> float | None:
    return None if alpha == 1.0 else alpha


@contextmanager
def _settings() -> Iterator[None]:
    """Draw by our settings; a letter that the metrics' font lacks is still text in the page, so it is no reason to warn."""
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*[Gg]lyph.*missing.*")
        yield
