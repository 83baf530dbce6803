"""Short training clips: a window glides over a picture, is reduced by 2, and passes through H.264."""
import os
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

import color
import procedural

KINDS = ("sharp", "soft", "ramp")  # originals with detail, without, and slow ramps alone
HELD_OUT = ("ashim-dsilva", "jared-evans-119758", "sean-afnan-244576", "sunset-by-the-pier")
WIDTH, HEIGHT, FRAMES = 768, 512, 8  # of the high-resolution window
KEPT_FRAMES = 2
TARGET_SCALE = 32  # targets are stored as int16 in 1/32 of a 10-bit code
REDUCERS = (Image.BICUBIC, Image.BOX, Image.LANCZOS, Image.BILINEAR)
REDUCER_SHARES = (0.45, 0.2, 0.2, 0.15)
SOFTNESS = (1.5, 5.0)  # a soft original holds detail down to this many pixels of the window
TURNED = 0.7  # share of photographs that are rotated and stretched
SHARP_SPOTS = 0.35  # share of soft originals that are partly in focus


def photo_paths(folder, held_out):
    paths = sorted(Path(folder).glob("*.jpg"))
    return [p for p in paths if (p.stem in HELD_OUT) == held_out]


def resize(rgb, width, height, how, box=None):
    """Float resampling per channel; the box may lie between pixels. Geometry is half-pixel centred."""
    planes = [Image.fromarray(np.ascontiguousarray(p)).resize((width, height), how, box=box) for p in rgb]
    return np.stack([np.asarray(p) for p in planes])


def glide(rgb, rng, scale, moving, size=(WIDTH, HEIGHT), frames=FRAMES):
    """Yields the frames of a window of size*scale that drifts and zooms over the picture."""
    limit_h, limit_w = rgb.shape[1:]
    drift = rng.normal(0, 1, 2) * rng.choice([0.4, 2.0, 5.0]) * scale if moving else np.zeros(2)
    zoom = 1 + (rng.normal(0, 0.004) if moving and rng.random() < 0.5 else 0)
    start = rng.random(2)
    for t in range(frames):
        factor = min(scale * zoom**t, limit_w / size[0], limit_h / size[1])
        w, h = size[0] * factor, size[1] * factor
        x = np.clip(start[0] * (limit_w - w) + drift[0] * t, 0, limit_w - w)
        y = np.clip(start[1] * (limit_h - h) + drift[1] * t, 0, limit_h - h)
        box = (x, y, min(limit_w, x + w), min(limit_h, y + h))
        yield np.clip(resize(rgb, *size, Image.BICUBIC if factor > 1.2 else Image.LANCZOS, box), 0, 1)


def load_photo(path):
    return np.asarray(Image.open(path).convert("RGB"), np.float32).transpose(2, 0, 1) / 255


def vary_colors(rgb, rng):
    """Other white balances, saturations and exposures, so that the net does not learn a few photographs' palettes."""
    if rng.random() < 0.4:
        rgb = rgb[rng.permutation(3)]
    if rng.random() < 0.4:
        gray = rgb.mean(0, keepdims=True)
        rgb = gray + (rgb - gray) * rng.uniform(0.2, 1.8)
    if rng.random() < 0.5:
        rgb = np.clip(rgb, 0, 1) ** rng.uniform(0.6, 1.5) * rng.uniform(0.7, 1.1)
    if rng.random() < 0.5:
        rgb = rgb[:, :, ::-1]
    if rng.random() < 0.5:
        rgb = rgb[:, ::-1]
    if rng.random() < 0.3 and rgb.shape[2] >= HEIGHT and rgb.shape[1] >= WIDTH:
        rgb = rgb.transpose(0, 2, 1)
    return np.ascontiguousarray(np.clip(rgb, 0, 1))


def turned(rgb, rng):
    """Rotated by any angle and stretched a little: a few photographs become many different pixel patterns. Returns the
    largest rectangle of the picture's shape that has no corners missing."""
    height, width = rgb.shape[1:]
    angle, stretch = rng.uniform(-np.pi / 4, np.pi / 4), np.exp(rng.normal(0, 0.08))
    cosine, sine = abs(np.cos(angle)), abs(np.sin(angle))
    share = min(width / (width * cosine * stretch + height * sine), height / (width * sine * stretch + height * cosine))
    w, h = int(width * share * 0.98), int(height * share * 0.98)
    a, b = np.cos(angle) * stretch, np.sin(angle)
    d, e = -np.sin(angle) * stretch, np.cos(angle)
    matrix = (a, b, width / 2 - a * w / 2 - b * h / 2, d, e, height / 2 - d * w / 2 - e * h / 2)
    planes = [Image.fromarray(np.ascontiguousarray(p)).transform((w, h), Image.AFFINE, matrix, Image.BICUBIC) for p in rgb]
    return np.clip(np.stack([np.asarray(p) for p in planes]), 0, 1)


def source_picture(photos, rng, kind):
    """Returns a picture and by how much the window is reduced (procedural ones always, to smooth their edges)."""
    if kind == "ramp":
        return procedural.slow_ramp(rng), rng.uniform(1.5, 2.2)
    if rng.random() < 0.36:
        return vary_colors(procedural.picture(rng), rng), rng.uniform(1.5, 2.2)
    rgb = load_photo(photos[rng.integers(len(photos))])
    height, width = rgb.shape[1:]
    w, h = min(width, 1900), min(height, 1500)
    x, y = rng.integers(width - w + 1), rng.integers(height - h + 1)
    rgb = rgb[:, y:y + h, x:x + w]
    if rng.random() < TURNED:
        rgb = turned(rgb, rng)
    rgb = vary_colors(rgb, rng)
    return rgb, min(rng.uniform(1.0, 2.0), rgb.shape[2] / WIDTH, rgb.shape[1] / HEIGHT)


def gaussian(rgb, sigma):
    reach = int(np.ceil(3 * sigma))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma)**2).astype(np.float32)
    taps /= taps.sum()
    for axis in (1, 2):
        length = rgb.shape[axis]
        padded = np.pad(rgb, [(reach, reach) if a == axis else (0, 0) for a in range(3)], mode="edge")
        rgb = sum(tap * np.take(padded, range(k, k + length), axis) for k, tap in enumerate(taps))
    return rgb


def soften(rgb, rng, scale):
    """A picture without fine detail, as cameras out of focus and video generators make: blurred, or reduced and
    enlarged again; some only in parts. Its pixels are `scale` times finer than those of the window."""
    height, width = rgb.shape[1:]
    factor = np.exp(rng.uniform(*np.log(SOFTNESS))) * scale
    if rng.random() < 0.35:
        soft = gaussian(rgb, 0.45 * factor)
    else:
        down, up = rng.choice([Image.BICUBIC, Image.LANCZOS, Image.BILINEAR], 2, p=[0.5, 0.25, 0.25])
        small = resize(rgb, max(8, round(width / factor)), max(8, round(height / factor)), int(down))
        soft = resize(small, width, height, int(up))
    if rng.random() < SHARP_SPOTS:
        field = rng.random((1, 5, 7)).astype(np.float32)
        focus = np.clip(4 * resize(field, width, height, Image.BICUBIC) - 2.2, 0, 1)
        soft = soft + (rgb - soft) * focus
    return np.clip(soft, 0, 1).astype(np.float32)


def reduce_frame(rgb, how, blur, noise, rng):
    small = resize(rgb, rgb.shape[2] // 2, rgb.shape[1] // 2, how)
    if blur:
        padded = np.pad(small, ((0, 0), (1, 1), (1, 1)), mode="edge")
        rows = blur * (padded[:, :-2] + padded[:, 2:]) + (1 - 2 * blur) * padded[:, 1:-1]
        small = blur * (rows[:, :, :-2] + rows[:, :, 2:]) + (1 - 2 * blur) * rows[:, :, 1:-1]
    if noise:
        small = small + rng.normal(0, noise, small.shape)
    return np.clip(small, 0, 1)


def random_crf(rng):
    kind = rng.random()
    if kind < 0.08:
        return int(rng.integers(1, 10))
    if kind < 0.25:
        return int(rng.integers(12, 18))
    return 33 if kind > 0.9 else int(rng.integers(18, 31))


def through_h264(frames, width, height, crf, preset="medium"):
    """Encodes and decodes 8-bit yuv420p frames; returns their luma and chroma as the decoder gives them."""
    size = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", "24"]
    quiet = ["ffmpeg", "-v", "error", "-threads", "1"]
    encode = [*quiet, *size, "-i", "-", "-c:v", "libx264", "-threads", "1", "-preset", preset, "-crf", str(crf),
              "-f", "matroska", "-"]
    stream = subprocess.run(encode, input=b"".join(frames), stdout=subprocess.PIPE, check=True).stdout
    decode = [*quiet, "-i", "-", "-vsync", "0", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    data = subprocess.run(decode, input=stream, stdout=subprocess.PIPE, check=True).stdout
    luma, chroma = color.split_yuv420p(data, width, height)
    if len(luma) != len(frames):
        raise RuntimeError(f"decoded {len(luma)} of {len(frames)} frames")
    return luma, chroma


def make_clip(photos, rng, kind="sharp"):
    """One of KINDS as padded 8-bit planes y, c and their targets Y, C."""
    rgb, scale = source_picture(photos, rng, kind)
    if kind == "soft":
        rgb = soften(rgb, rng, scale)
    frames = list(glide(rgb, rng, scale, moving=rng.random() < 0.8))
    how = REDUCERS[rng.choice(4, p=REDUCER_SHARES)]
    blur = rng.uniform(0.03, 0.12) if rng.random() < 0.15 and kind == "sharp" else 0
    noise = rng.uniform(0.002, 0.008) if rng.random() < 0.15 and kind != "ramp" else 0
    small = [color.yuv420p_bytes(reduce_frame(f, how, blur, noise, rng)) for f in frames]
    preset = str(rng.choice(["medium", "fast"]))
    luma, chroma = through_h264(small, WIDTH // 2, HEIGHT // 2, random_crf(rng), preset)
    kept = sorted(rng.choice(FRAMES, KEPT_FRAMES, replace=False))
    y, c = color.pad_planes(luma[kept], chroma[kept])
    targets = [color.target_planes(frames[k]) for k in kept]
    Y, C = (np.rint(np.stack(part) * TARGET_SCALE).astype(np.int16) for part in zip(*targets))
    return {"y": y, "c": c, "Y": Y, "C": C}


def folder_of(work, kind):
    return Path(work, f"{kind}-clips")


def produce(photo_folder, work, kind, count):
    """Writes so many clips of a kind; each has its own seed, so a stopped run continues with the same data."""
    photos = photo_paths(photo_folder, held_out=False)
    out = folder_of(work, kind)
    out.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        if (out / f"{number:05d}-C.npy").exists():
            continue
        arrays = make_clip(photos, np.random.default_rng((KINDS.index(kind) + 7, number)), kind)
        for name in ("y", "c", "Y", "C"):  # C last: its presence marks a complete clip
            partial = out / f"{number:05d}-{name}.{os.getpid()}.tmp.npy"
            np.save(partial, arrays[name])
            partial.rename(out / f"{number:05d}-{name}.npy")


if __name__ == "__main__":
    import sys
    photos, work, *counts = sys.argv[1:]
    for kind, count in zip(KINDS, counts):
        produce(photos, work, kind, int(count))
