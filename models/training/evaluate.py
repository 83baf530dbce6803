"""Measures a model file, fp32 or int8, on photographs that were never trained on.

python3 models/training/evaluate.py --photos ../shared/training-photos --model models/fast.onnx
"""
import argparse

import numpy as np
import torch
from PIL import Image

import clips
import color
import onnx_file
from network import base_cells, planes_from_cells

WIDTH, HEIGHT, FRAMES = 1280, 720, 8
SCALE = 1.15  # the window is slightly reduced while it pans, which hides the camera JPEG's own blocks
CRFS = (None, 16, 18, 23, 28, 33)
CROP = 8
SOFTENED_BY = (1.5, 2, 3, 5)


def held_out_clip(path, number):
    """High-resolution frames of a slow pan, the same on every run."""
    rgb = clips.load_photo(path)
    rng = np.random.default_rng((23, number))
    return list(clips.glide(rgb, rng, SCALE, moving=True, size=(WIDTH, HEIGHT), frames=FRAMES))


def degrade(frames, crf):
    rng = np.random.default_rng(0)
    small = [color.yuv420p_bytes(clips.reduce_frame(f, Image.BICUBIC, 0, 0, rng)) for f in frames]
    height, width = frames[0].shape[1] // 2, frames[0].shape[2] // 2
    if crf is None:
        return color.split_yuv420p(b"".join(small), width, height)
    return clips.through_h264(small, width, height, crf)


UPSIDE_DOWN = ([4 * r + c for r in (3, 2, 1, 0) for c in range(4)],
               [8 * p + 2 * r + c for p in range(2) for r in (3, 2, 1, 0) for c in range(2)])


def mirrored(model):
    """The mean of the model's residual and of the one it gives the picture upside down, as the engine runs `fine`."""
    def run(y, c):
        turned = model(y.flip(2), c.flip(2))
        return [(a + b.flip(2)[:, order]) / 2 for a, b, order in zip(model(y, c), turned, UPSIDE_DOWN)]
    return run


def lanczos_rows(plane):
    """2x Lanczos-3 along the first axis at half-pixel centres, edge replicate."""
    padded = np.pad(plane, ((3, 3), (0, 0)), mode="edge")
    out = np.empty((2 * plane.shape[0], plane.shape[1]), np.float32)
    for phase, centre in ((0, -0.25), (1, 0.25)):
        taps = np.arange(-3, 4)
        weights = np.sinc(taps - centre) * np.sinc((taps - centre) / 3) * (np.abs(taps - centre) < 3)
        weights /= weights.sum()
        out[phase::2] = sum(w * padded[3 + t:3 + t + plane.shape[0]] for t, w in zip(taps, weights))
    return out


def lanczos(plane):
    return lanczos_rows(lanczos_rows(plane).T).T


def upscale(model, luma, chroma):
    """One frame of 8-bit planes. Returns {name: (luma, chroma)} in 10-bit codes, clipped like the real output."""
    padded = color.pad_planes(luma[None, None], chroma[None])
    y, c = (torch.from_numpy(np.ascontiguousarray(p)).float() * 4 for p in padded)
    base = base_cells(y, c)
    fine = [b + r for b, r in zip(base, model(y, c))]
    result = {"bicubic": planes_from_cells(*base), "model": planes_from_cells(*fine)}
    arrays = {k: (v[0][0, 0].numpy(), v[1][0].numpy()) for k, v in result.items()}
    arrays["lanczos"] = (lanczos(luma.astype(np.float32) * 4), arrays["bicubic"][1])
    return {k: (np.clip(np.rint(a), 4, 1019), np.clip(np.rint(b), 4, 1019)) for k, (a, b) in arrays.items()}


def squared_error(got, wanted):
    inside = (..., slice(CROP, -CROP), slice(CROP, -CROP))
    return float((((got - wanted) / 4)[inside] ** 2).mean())


def psnr(error):
    return 10 * np.log10(255**2 / max(error, 1e-9))


def measure_clip(model, frames, crf):
    """Mean squared errors (8-bit scale) over the clip: {method: (luma, chroma)}."""
    luma, chroma = degrade(frames, crf)
    errors = {}
    for t, frame in enumerate(frames):
        wanted = color.target_planes(frame)
        for name, planes in upscale(model, luma[t], chroma[t]).items():
            errors.setdefault(name, []).append([squared_error(g, w) for g, w in zip(planes, wanted)])
    return {name: np.mean(values, axis=0) for name, values in errors.items()}


def photo_table(model, folder, crfs=CRFS):
    names = ("bicubic", "lanczos", "model")
    photos = [(p.stem, held_out_clip(p, i)) for i, p in enumerate(clips.photo_paths(folder, held_out=True))]
    print("| input | bicubic | lanczos | model | gain | least gain of a clip | chroma gain |\n|---|---|---|---|---|---|---|")
    for crf in crfs:
        rows = [measure_clip(model, frames, crf) for _, frames in photos]
        y = {n: np.array([psnr(r[n][0]) for r in rows]) for n in names}
        c = {n: np.array([psnr(r[n][1]) for r in rows]) for n in names}
        gain = y["model"] - y["bicubic"]
        print(f"| {'uncompressed' if crf is None else f'CRF {crf}'} | " + " | ".join(f"{y[n].mean():.2f}" for n in names)
              + f" | {gain.mean():+.2f} | {gain.min():+.2f} | {(c['model'] - c['bicubic']).mean():+.2f} |", flush=True)


def shift_of(got, wanted, axis):
    """Least-squares displacement in samples: how far got must be moved along its own slope to meet wanted."""
    slope = np.gradient(wanted, axis=axis)
    inside = (slice(16, -16), slice(16, -16))
    return float(((got - wanted) * slope)[inside].sum() / (slope**2)[inside].sum())


def alignment_check(model, frame):
    """Base and model must lie exactly on the original; a siting error shows as 0.1 samples or more."""
    luma, chroma = degrade([frame], None)
    wanted = color.target_planes(frame)
    for name, (got_y, got_c) in upscale(model, luma[0], chroma[0]).items():
        pairs = {"luma": (got_y, wanted[0]), "Cb": (got_c[0], wanted[1][0]), "Cr": (got_c[1], wanted[1][1])}
        text = "  ".join(f"{plane} {shift_of(*pair, 0):+.3f} {shift_of(*pair, 1):+.3f}" for plane, pair in pairs.items())
        print(f"shift (vertical, horizontal samples) of {name}: {text}")


def flicker_check(model, frame):
    """A still shot: how much the output moves over time, after the first (key) frame."""
    frames = [frame] * FRAMES
    for crf in (18, 28):
        luma, chroma = degrade(frames, crf)
        shown = [upscale(model, y, c) for y, c in zip(luma, chroma)]
        moves = {n: np.stack([s[n][0] for s in shown[1:]]).std(0).mean() for n in ("bicubic", "model")}
        print(f"still shot CRF {crf}: temporal deviation bicubic {moves['bicubic']:.3f} model {moves['model']:.3f} codes")


def soft_original(path, number, factor):
    """One held-out picture without detail finer than `factor` pixels."""
    sharp = held_out_clip(path, number)[0]
    small = clips.resize(sharp, int(WIDTH / factor), int(HEIGHT / factor), Image.BICUBIC)
    return np.clip(clips.resize(small, WIDTH, HEIGHT, Image.BICUBIC), 0, 1)


def soft_table(model, folder, crfs=CRFS):
    """Originals that were out of focus: there is little to restore, and a model that always sharpens falls behind."""
    names = ["uncompressed" if crf is None else f"CRF {crf}" for crf in crfs]
    print("| softened by | bicubic CRF 18 | model CRF 18 | gain " + " | gain ".join(names) + " |")
    print("|---|---|---|" + "---|" * len(crfs))
    for factor in SOFTENED_BY:
        pictures = [soft_original(p, i, factor) for i, p in enumerate(clips.photo_paths(folder, held_out=True))]
        means = {}
        for crf in crfs:
            rows = [measure_clip(model, [picture] * 2, crf) for picture in pictures]
            means[crf] = [np.mean([psnr(r[n][0]) for r in rows]) for n in ("bicubic", "model")]
        print(f"| {factor} | {means[18][0]:.2f} | {means[18][1]:.2f} | "
              + " | ".join(f"{means[crf][1] - means[crf][0]:+.2f}" for crf in crfs) + " |", flush=True)


def mixed_check(model, folder, factor=3, crf=18):
    """Left half in focus, right half soft: the model must tell them apart within one picture."""
    weight = np.clip((np.arange(WIDTH, dtype=np.float32) - WIDTH / 2) / 64 + 0.5, 0, 1)
    gains = []
    for number, path in enumerate(clips.photo_paths(folder, held_out=True)):
        sharp = held_out_clip(path, number)[0]
        frame = sharp + (soft_original(path, number, factor) - sharp) * weight
        luma, chroma = degrade([frame] * 2, crf)
        shown, wanted = upscale(model, luma[0], chroma[0]), color.target_planes(frame)[0]
        halves = (slice(0, WIDTH // 2 - 32), slice(WIDTH // 2 + 32, None))
        errors = {n: [squared_error(shown[n][0][:, h], wanted[:, h]) for h in halves] for n in ("bicubic", "model")}
        gains.append([psnr(f) - psnr(b) for f, b in zip(errors["model"], errors["bicubic"])])
    sharp_gain, soft_gain = np.mean(gains, axis=0)
    print(f"half sharp, half softened by {factor}, CRF {crf}: gain {sharp_gain:+.2f} and {soft_gain:+.2f}", flush=True)


def flat_check(model):
    """Colour bars: constant luma and chroma must give a residual of exactly zero, at the frame's border too."""
    worst = 0.0
    for code_y, cb, cr in [(64, 512, 512), (940, 512, 512), (721, 176, 567), (448, 960, 64), (4, 1019, 4), (1019, 4, 777)]:
        y = torch.full((1, 1, 20, 28), float(code_y))
        c = torch.tensor([cb, cr], dtype=torch.float32).view(1, 2, 1, 1).repeat(1, 1, 10, 14)
        worst = max(worst, *(float(r.abs().max()) for r in model(y, c)))
    print(f"flat input: largest residual {worst} codes")


def gradient_check(model):
    """Slow ramps, dark to bright: error against the unquantised truth, in 10-bit codes."""
    v, u = np.mgrid[0:1:HEIGHT * 1j, 0:1:WIDTH * 1j].astype(np.float32)
    for low, high in ((0.02, 0.12), (0.05, 0.5), (0.3, 0.9)):
        ramp = low + (high - low) * (0.7 * u + 0.3 * v)
        frames = [np.stack([ramp * 0.8, ramp * 0.9, ramp]) for _ in range(3)]
        for crf in (None, 18, 28):
            errors = measure_clip(model, frames, crf)
            text = "  ".join(f"{n} {4 * np.sqrt(errors[n][0]):.3f}" for n in ("bicubic", "model"))
            print(f"gradient {low:.2f}-{high:.2f} {'uncompressed' if crf is None else f'CRF {crf}'}: rms error {text}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--mirrored", action="store_true", help="run twice, the second time upside down")
    parser.add_argument("--quick", action="store_true", help="three rates only")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = onnx_file.load(options.model)
    model = mirrored(model) if options.mirrored else model
    flat_check(model)
    gradient_check(model)
    still = held_out_clip(clips.photo_paths(options.photos, held_out=True)[2], 2)[0]
    alignment_check(model, still)
    flicker_check(model, still)
    crfs = (18, 23, 28) if options.quick else CRFS
    photo_table(model, options.photos, crfs)
    soft_table(model, options.photos, crfs)
    mixed_check(model, options.photos)


if __name__ == "__main__":
    main()
