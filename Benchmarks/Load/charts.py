# SPDX-License-Identifier: Apache-2.0
"""Charts as SVG, to be read in light and in dark."""

import math
from html import escape

_WIDTH, _LEFT, _RIGHT = 880, 290, 90
_BAR, _GAP, _HEAD = 14, 14, 64

_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #24292f }
.paper { fill: #ffffff }
.title { font-size: 16px; font-weight: 600 }
.small { font-size: 11px }
.grid { stroke: #8c959f; stroke-opacity: 0.35 }
.range { stroke: #8c959f; stroke-width: 3 }
.s0 { fill: #0969da } .s1 { fill: #bf8700 } .s2 { fill: #8250df }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .paper { fill: #0d1117 }
  .s0 { fill: #4493f8 } .s1 { fill: #d29922 } .s2 { fill: #ab7df8 }
}
"""


def _text(x, y, text, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def _frame(title, height, legend, parts):
    x, marks = _LEFT, []
    for number, name in enumerate(legend):
        marks.append(f'<rect x="{x}" y="36" width="12" height="12" rx="2" class="s{number}"/>')
        marks.append(_text(x + 18, 46, name))
        x += 40 + 7.5 * len(name)
    # Paper of its own, for a page may be dark where the system is not.
    paper = f'<rect width="{_WIDTH}" height="{height:.0f}" rx="6" class="paper"/>'
    body = "\n".join([paper, _text(12, 24, title, kind="title"), *marks, *parts])
    return (
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}</style>\n{body}\n</svg>\n"
    )


def _label(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def bars(title, series, rows):
    """Rows of (name, values), a bar for each value; None leaves one out."""
    most = max((value for _, values in rows for value in values if value is not None), default=1) or 1
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    y, parts = _HEAD, []
    for name, values in rows:
        height = _BAR * len(values)
        parts.append(_text(_LEFT - 10, y + height / 2 + 4, name, "end"))
        for number, value in enumerate(values):
            if value is not None:
                top = y + _BAR * number
                width = max(1, value * scale)
                parts.append(
                    f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR - 2}" rx="2" class="s{number}"/>'
                )
                parts.append(_text(_LEFT + width + 5, top + 10, _label(value), kind="small"))
        y += height + _GAP
    return _frame(title, y, series, parts)


def ranges(title, series, rows):
    """Rows of (name, low, high) as two dots on a logarithmic axis, for values that lie far apart."""
    values = [value for _, low, high in rows for value in (low, high) if value > 0] or [1]
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    last = max(last, first + 1)
    scale = (_WIDTH - _LEFT - _RIGHT) / (last - first)

    def place(value):
        return _LEFT + (math.log10(max(value, 10**first)) - first) * scale

    bottom = _HEAD + len(rows) * 2 * _GAP + 6
    parts = []
    for power in range(first, last + 1):
        x = place(10**power)
        parts.append(f'<line x1="{x:.1f}" y1="{_HEAD - 6}" x2="{x:.1f}" y2="{bottom}" class="grid"/>')
        parts.append(_text(x, bottom + 16, f"{10.0**power:g}", "middle", "small"))
    for number, (name, low, high) in enumerate(rows):
        y = _HEAD + (2 * number + 1) * _GAP
        parts.append(_text(_LEFT - 10, y + 4, name, "end"))
        parts.append(f'<line x1="{place(low):.1f}" y1="{y}" x2="{place(high):.1f}" y2="{y}" class="range"/>')
        for series_number, value in enumerate((low, high)):
            parts.append(f'<circle cx="{place(value):.1f}" cy="{y}" r="6" class="s{series_number}"/>')
        parts.append(_text(place(high) + 12, y + 4, f"{_label(low)} – {_label(high)}", kind="small"))
    return _frame(title, bottom + 28, series, parts)
