"""Several screenshots as one small picture: Chromium itself puts them together and packs them."""

import base64
from pathlib import Path

from playwright.sync_api import Browser

MONTAGE = """async ([pictures, columns, scale]) => {
  const load = async (data) => createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
  const drawn = await Promise.all(pictures.map(load));
  const [gap, round] = [24, 16];
  const width = Math.round(drawn[0].width * scale);
  const height = Math.round(drawn[0].height * scale);
  const rows = Math.ceil(drawn.length / columns);
  const canvas = new OffscreenCanvas(columns * (width + gap) + gap, rows * (height + gap) + gap);
  const pen = canvas.getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.fillStyle = '#eceaf0';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  drawn.forEach((picture, index) => {
    const x = gap + (index % columns) * (width + gap);
    const y = gap + Math.floor(index / columns) * (height + gap);
    pen.save();
    pen.beginPath();
    pen.roundRect(x, y, width, height, round);
    pen.clip();
    pen.drawImage(picture, x, y, width, height);
    pen.restore();
  });
  const packed = await canvas.convertToBlob({ type: 'image/webp', quality: 0.82 });
  return btoa(Array.from(new Uint8Array(await packed.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''));
}"""


def montage(browser: Browser, pictures: list[bytes], columns: int, scale: float, path: Path) -> None:
    """Write PNG pictures of one size, side by side and scaled, as WebP."""
    page = browser.new_page()
    packed: str = page.evaluate(MONTAGE, [[base64.b64encode(each).decode() for each in pictures], columns, scale])
    page.close()
    path.write_bytes(base64.b64decode(packed))
