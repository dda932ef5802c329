"""Colours as Sheets keeps them: 8 bits a channel, floored, printed as float32, zero channels left out."""

import math
import struct
from typing import Any

Json = dict[str, Any]

_CHANNELS = ("red", "green", "blue")
# A float32 of n/255 may read back a hair below n/255; without this such a colour would darken at each rewrite.
_SLACK = 1e-4

THEME: dict[str, Json] = {
    "TEXT": {},
    "BACKGROUND": {"red": 1, "green": 1, "blue": 1},
    "ACCENT1": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275},
    "ACCENT2": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
    "ACCENT3": {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275},
    "ACCENT4": {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902},
    "ACCENT5": {"red": 1, "green": 0.42745098, "blue": 0.003921569},
    "ACCENT6": {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706},
    "LINK": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8},
}


def _single(number: float) -> float:
    """The shortest decimal that names the same float32."""
    packed = struct.pack("f", number)
    for digits in range(6, 10):
        text = f"{number:.{digits}g}"
        if struct.pack("f", float(text)) == packed:
            return float(text)
    return number


_LEVELS = [_single(level / 255) for level in range(256)]


def quantize(color: Json) -> Json:
    """A Color as it comes back."""
    kept: Json = {}
    for channel in _CHANNELS:
        level = math.floor(min(max(float(color.get(channel) or 0), 0.0), 1.0) * 255 + _SLACK)
        if level:
            kept[channel] = 1 if level == 255 else _LEVELS[level]
    if color.get("alpha") not in {None, 1}:
        kept["alpha"] = color["alpha"]
    return kept


def twin_name(name: str) -> str | None:
    """`backgroundColor` for `backgroundColorStyle` and the other way round; None for other fields."""
    if name.endswith("olorStyle"):
        return name.removesuffix("Style")
    return name + "Style" if name.endswith("olor") else None


def with_both_colors(value: Any) -> Any:
    """JSON in which each colour is quantized and stands both as `xColor` and as `xColorStyle`; styles win."""
    if isinstance(value, list):
        return [with_both_colors(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    kept: Json = {}
    for name, entry in value.items():
        twin = twin_name(name)
        if twin is None or not isinstance(entry, dict) or name == "rgbColor":
            kept[name] = with_both_colors(entry)
        elif name.endswith("Style"):
            kept[name] = _style(entry)
            kept[twin] = _plain(kept[name])
        elif twin not in value:
            kept[name] = quantize(entry)
            kept[twin] = {"rgbColor": kept[name]}
    return kept


def _style(style: Json) -> Json:
    return (
        {"themeColor": style["themeColor"]}
        if "themeColor" in style
        else {"rgbColor": quantize(style.get("rgbColor", {}))}
    )


def _plain(style: Json) -> Json:
    return THEME.get(style["themeColor"], {}) if "themeColor" in style else style["rgbColor"]


def hex_color(color: Json) -> str:
    """`#rrggbb`, as a browser draws it."""
    return "#" + "".join(f"{round(float(color.get(channel, 0)) * 255):02x}" for channel in _CHANNELS)
