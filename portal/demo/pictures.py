"""Drawn pictures that stand for photos of the demonstration; nobody took them."""

import io
from random import Random

from PIL import Image, ImageDraw

_SIZE = (1200, 900)


def picture(dice: Random) -> bytes:
    """Return a JPEG of a workshop corner: floor, wall, pipes, and something amiss."""
    width, height = _SIZE
    grey = dice.randint(120, 165)
    image = Image.new("RGB", _SIZE, (grey, grey + 6, grey + 10))
    draw = ImageDraw.Draw(image)
    floor = dice.randint(560, 660)
    draw.rectangle((0, floor, width, height), fill=(92, 88, 82))
    for _ in range(5):
        x, thick = dice.randint(40, width - 120), dice.randint(18, 44)
        shade = dice.choice(((146, 84, 52), (70, 96, 120), (176, 150, 60)))
        draw.rectangle((x, 0, x + thick, floor), fill=shade)
        draw.rectangle((x - 8, floor // 2, x + thick + 8, floor // 2 + 26), fill=shade)
    x, y = dice.randint(200, 700), dice.randint(floor - 120, floor - 40)
    draw.rectangle((x, y - 180, x + 260, y + 60), fill=(58, 62, 66))
    for stripe in range(0, width, 80):
        draw.polygon(
            (
                (stripe, height - 60),
                (stripe + 40, height - 60),
                (stripe + 10, height),
                (stripe - 30, height),
            ),
            fill=(214, 176, 34),
        )
    # What is amiss.
    draw.ellipse((x - 60, floor + 30, x + 420, floor + 150), fill=(70, 78, 92))
    draw.ellipse(
        (x - 90, floor + 5, x + 450, floor + 175), outline=(196, 44, 36), width=9
    )
    written = io.BytesIO()
    image.save(written, "JPEG", quality=82)
    return written.getvalue()
