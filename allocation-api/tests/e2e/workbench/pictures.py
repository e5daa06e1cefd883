"""Stored pictures of screens: small files with at most 256 colours, and how far a new one is from them."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page

Picture = npt.NDArray[np.uint8]
"""Rows of pixels of red, green and blue."""

COLOURS = 256
FAR = 40
"""Steps of 255 by which one channel of a pixel must differ to count: not the rim of a letter."""

DECODE = """async png => {
    const image = new Image()
    image.src = `data:image/png;base64,${png}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const drawn = canvas.getContext('2d')
    drawn.drawImage(image, 0, 0)
    const bytes = drawn.getImageData(0, 0, image.width, image.height).data
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192)
        text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return [image.height, image.width, btoa(text)]
}"""


def read(blank: Page, png: bytes) -> Picture:
    """Decode a file by the browser, on a page without a policy."""
    height, width, pixels = blank.evaluate(DECODE, base64.b64encode(png).decode())
    return np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(height, width, 4)[..., :3]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def small_png(picture: Picture) -> bytes:
    """Write the picture in its most frequent colours; others become the nearest of them."""
    height, width, _ = picture.shape
    colours, inverse, counts = np.unique(
        picture.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    palette = colours[np.argsort(-counts, kind="stable")[:COLOURS]]
    apart = colours[:, None, :].astype(np.int32) - palette[None, :, :].astype(np.int32)
    nearest = np.argmin((apart * apart).sum(axis=2), axis=1).astype(np.uint8)
    rows = np.zeros((height, width + 1), np.uint8)  # Each row begins with its filter: none.
    rows[:, 1:] = nearest[inverse].reshape(height, width)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def difference(one: Picture, other: Picture) -> tuple[float, Picture]:
    """Return the share of pixels that differ, and the second picture grey with those in red."""
    if one.shape != other.shape:
        return 1.0, other
    far = (np.abs(one.astype(np.int16) - other.astype(np.int16)) > FAR).any(axis=2)
    shown = (other // 2 + 127).astype(np.uint8)
    shown[far] = (255, 0, 0)
    return float(far.mean()), shown


def compare(blank: Page, png: bytes, stored: Path, failures: Path, tolerance: float) -> str | None:
    """Say how a new picture differs from the stored one; None where it does not."""
    new = read(blank, png)
    share, shown = difference(read(blank, stored.read_bytes()), new) if stored.is_file() else (1.0, new)
    if share <= tolerance:
        return None
    failures.mkdir(parents=True, exist_ok=True)
    (failures / stored.name).write_bytes(small_png(new))
    (failures / f"difference-{stored.name}").write_bytes(small_png(shown))
    return f"{stored.name}: {share:.2%} of its pixels differ, see {failures}"
