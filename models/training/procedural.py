"""Seeded pictures of what the photographs lack: text, line art, foliage-like clutter, faces, smooth skies.

Each function returns float RGB (3, HEIGHT, WIDTH). They are drawn larger than needed without smoothing of edges;
the window that later moves over them is always reduced, which smooths the edges properly."""
import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1792, 1280
WORDS = ("light river night window seven green paper mountain UPREZ Scene Take 24 fps 1080p EXIT OPEN the and of a "
         "Director Camera Sound 2026 quick brown fox jumps over lazy dog 0123456789 @ # & % Welcome coffee").split()

# Free fonts found by name; those that are not installed are skipped.
FACES = {
    "DejaVu": "MathTeXGyre Sans-Bold Sans-BoldOblique Sans-ExtraLight Sans-Oblique Sans SansCondensed-Bold "
              "SansCondensed-BoldOblique SansCondensed-Oblique SansCondensed SansMono-Bold SansMono-BoldOblique "
              "SansMono-Oblique SansMono Serif-Bold Serif-BoldItalic Serif-Italic Serif SerifCondensed-Bold "
              "SerifCondensed-BoldItalic SerifCondensed-Italic SerifCondensed",
    "Liberation": " ".join(f"{family}-{style}" for family in ("Mono", "Sans", "SansNarrow", "Serif")
                           for style in ("Bold", "BoldItalic", "Italic", "Regular")),
}


def random_color(rng, saturated=False):
    color = rng.random(3)
    if saturated:
        color = (color > rng.random()) * (0.7 + 0.3 * rng.random()) + 0.05 * rng.random(3)
    return tuple(int(255 * min(1.0, c)) for c in color)


def to_array(image):
    return np.asarray(image, np.float32).transpose(2, 0, 1) / 255


def smooth_noise(rng, cells, octaves=1):
    """Sum of upscaled random grids, 0..1, the raw material for clouds, skin and marble."""
    total = np.zeros((HEIGHT, WIDTH), np.float32)
    for octave in range(octaves):
        n = cells * 2**octave
        grid = Image.fromarray(rng.random((n, max(2, n * 7 // 5))).astype(np.float32))
        total += np.asarray(grid.resize((WIDTH, HEIGHT), Image.BICUBIC)) * 0.55**octave
    low, high = total.min(), total.max()
    return (total - low) / (high - low + 1e-6)


@functools.lru_cache(None)
def installed_fonts():
    names = [f"{family}{face}.ttf" for family, faces in FACES.items() for face in faces.split()]
    found = []
    for name in names:
        try:
            ImageFont.truetype(name, 10)
            found.append(name)
        except OSError:
            continue
    return found


def dead_leaves(rng):
    """Overlapping discs and boxes with power-law sizes: edge statistics like those of natural scenes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), random_color(rng))
    draw = ImageDraw.Draw(image)
    saturated = rng.random() < 0.3
    for _ in range(2200):
        radius = min(260.0, 7 / max(1e-3, rng.random()) ** 0.75)
        x, y = rng.random() * WIDTH, rng.random() * HEIGHT
        color, turn = random_color(rng, saturated), rng.random() * 6.28
        kind = rng.integers(3)
        if kind == 0:
            draw.ellipse((x - radius, y - radius * 0.7, x + radius, y + radius * 0.7), fill=color)
        else:
            corners = 4 if kind == 1 else 3
            angles = turn + np.arange(corners) * 6.2832 / corners
            draw.polygon([(x + radius * np.cos(a), y + radius * np.sin(a)) for a in angles], fill=color)
    shade = 0.75 + 0.25 * smooth_noise(rng, 3)
    texture = (smooth_noise(rng, 200) - 0.5) * rng.choice([0, 0.06, 0.15])
    return np.clip(to_array(image) * shade + texture, 0, 1)


def text_page(rng):
    """Titles, captions and signs on plain, graded or busy ground."""
    ground = gradient_sky(rng) if rng.random() < 0.5 else dead_leaves(rng) * 0.4
    image = Image.fromarray((ground.transpose(1, 2, 0) * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    fonts = installed_fonts()
    y = 10.0
    while y < HEIGHT:
        size = int(rng.choice([18, 24, 32, 44, 60, 90, 150]))
        font = ImageFont.truetype(str(rng.choice(fonts)), size) if fonts else ImageFont.load_default()
        line = " ".join(rng.choice(WORDS, size=2 + 1600 // (size * 4)))
        fill = random_color(rng) if rng.random() < 0.5 else ((250, 250, 245) if rng.random() < 0.6 else (8, 8, 12))
        outline = int(size / 14) if rng.random() < 0.25 else 0
        draw.text((rng.random() * 80 - 40, y), line, font=font, fill=fill, stroke_width=outline, stroke_fill=(0, 0, 0))
        y += size * (1.15 + 0.5 * rng.random())
    return to_array(image)


def gradient_sky(rng):
    """Slow ramps, often dark: an 8-bit codec bands them, the target does not."""
    v, u = np.mgrid[0:1:HEIGHT * 1j, 0:1:WIDTH * 1j].astype(np.float32)
    angle = rng.random() * 6.28
    ramp = (np.cos(angle) * u + np.sin(angle) * v)
    ramp = (ramp - ramp.min()) / (ramp.max() - ramp.min())
    level = rng.choice([0.15, 0.35, 1.0])
    low, high = rng.random(3) * level, rng.random(3) * level
    image = low[:, None, None] + (high - low)[:, None, None] * ramp
    glow = np.exp(-((u - rng.random())**2 + (v - rng.random())**2) / (0.02 + 0.3 * rng.random()))
    image = image + (rng.random(3) * level * 0.6)[:, None, None] * glow
    if rng.random() < 0.4:  # thin clouds
        image = image + 0.15 * level * smooth_noise(rng, 3, 5)
    return np.clip(image, 0, 1).astype(np.float32)


def slow_ramp(rng):
    """A straight or slightly bent ramp and nothing else: what 8 bits show as bands. Never rounded, so not of 8-bit steps."""
    v, u = np.mgrid[0:1:HEIGHT * 1j, 0:1:WIDTH * 1j].astype(np.float32)
    angle, bend = rng.random() * 6.28, rng.choice([0, 0, 1]) * rng.normal(0, 0.5)
    way = np.cos(angle) * u + np.sin(angle) * v + bend * (u - 0.5) * (v - 0.5)
    way = (way - way.min()) / (way.max() - way.min())
    low = rng.random() ** 2 * 0.9
    span = np.exp(rng.uniform(*np.log((0.03, 1.2)))) * rng.choice([-1, 1])
    tint = 1 - rng.random(3) * rng.choice([0.1, 0.3, 0.9])
    return np.clip(tint[:, None, None] * (low + span * way), 0, 1).astype(np.float32)


def line_art(rng):
    """Strokes, curves, grids and flat fills, as in logos, interfaces and drawn animation."""
    light = rng.random() < 0.6
    image = Image.new("RGB", (WIDTH, HEIGHT), (235, 235, 230) if light else random_color(rng, True))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y, radius = rng.random() * WIDTH, rng.random() * HEIGHT, 20 + rng.random() ** 2 * 300
        draw.ellipse((x - radius, y - radius, x + radius, y + radius * rng.random()),
                     fill=random_color(rng, True) if rng.random() < 0.5 else None,
                     outline=random_color(rng), width=int(rng.choice([2, 3, 4, 6, 10])))
    for _ in range(90):
        start, step = rng.random(2) * (WIDTH, HEIGHT), rng.normal(0, 60, (12, 2)).cumsum(0).cumsum(0) * 0.3
        ink = (10, 10, 10) if light and rng.random() < 0.6 else random_color(rng)
        draw.line([tuple(p) for p in start + step], fill=ink, width=int(rng.choice([2, 3, 4, 5, 8])), joint="curve")
    x0, pitch = rng.random() * WIDTH, rng.integers(6, 30)
    for k in range(30):  # fine parallel lines test aliasing
        draw.line((x0 + k * pitch, 0, x0 + k * pitch + rng.normal() * 5 + 200, HEIGHT), fill=(40, 40, 50), width=3)
    return to_array(image)


def faces(rng):
    """Shaded ellipsoids with soft skin, dark sharp eyes, lips and hair strokes; no likeness intended."""
    image = gradient_sky(rng) * 0.7 + 0.1
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    strokes = Image.new("L", (WIDTH, HEIGHT), 0)
    draw = ImageDraw.Draw(strokes)
    pores = (smooth_noise(rng, 300) - 0.5) * 0.05
    for _ in range(5):
        x, y, r = rng.random() * WIDTH, rng.random() * HEIGHT, 90 + rng.random() * 260
        depth = 1 - ((u - x) / r)**2 - ((v - y) / (1.3 * r))**2
        inside = np.clip(depth * r / 2, 0, 1)
        light = np.clip(0.55 + 0.45 * np.sqrt(np.clip(depth, 0, 1)) + 0.3 * (u - x) / r * rng.normal(), 0, 1.1)
        skin = np.array([0.85, 0.62, 0.5]) * (0.35 + 0.65 * rng.random())
        image = image * (1 - inside) + inside * (skin[:, None, None] * light + pores)
        for side in (-1, 1):
            ex, ey, er = x + side * 0.38 * r, y - 0.2 * r, 0.13 * r
            draw.ellipse((ex - er, ey - er * 0.6, ex + er, ey + er * 0.6), fill=220)
            draw.arc((ex - er * 1.6, ey - er * 2.2, ex + er * 1.6, ey + er), 200, 340, fill=200, width=max(2, int(er / 5)))
        draw.arc((x - 0.35 * r, y + 0.2 * r, x + 0.35 * r, y + 0.75 * r), 20, 160, fill=150, width=max(2, int(r / 12)))
        for _ in range(120):
            hx, bend = x + rng.normal() * 0.6 * r, rng.normal(0, 0.15 * r)
            draw.line((hx, y - 1.4 * r, hx + bend, y - 0.7 * r), fill=int(rng.integers(90, 240)), width=int(rng.integers(2, 5)))
    mask = np.asarray(strokes, np.float32) / 255
    return np.clip(image * (1 - mask) + 0.06 * mask, 0, 1).astype(np.float32)


def saturated_scene(rng):
    """Neon bands, checkers and glossy blobs in pure colours, where chroma carries the detail."""
    field = smooth_noise(rng, 4, 3) * rng.integers(4, 14)
    palette = np.array([random_color(rng, True) for _ in range(16)], np.float32) / 255
    image = palette[np.floor(field).astype(int) % 16].transpose(2, 0, 1)
    if rng.random() < 0.5:
        v, u = np.mgrid[0:HEIGHT, 0:WIDTH]
        size = int(rng.integers(10, 50))
        image = np.where(((v // size + u // size) % 2 == 0) & (field % 1 < 0.5), image[::-1], image)
    return np.clip(image * (0.5 + 0.5 * smooth_noise(rng, 3)), 0, 1).astype(np.float32)


KINDS = (dead_leaves, text_page, gradient_sky, line_art, faces, saturated_scene)
SHARES = (0.22, 0.24, 0.2, 0.14, 0.1, 0.1)


def picture(rng):
    image = KINDS[rng.choice(len(KINDS), p=SHARES)](rng)
    if rng.random() < 0.2:  # mild film grain that belongs to the picture
        image = image + rng.normal(0, 0.02, image.shape).astype(np.float32)
    return np.clip(image, 0, 1).astype(np.float32)
