"""Planes in 10-bit limited-range code units (BT.709), as the model sees them."""
import numpy as np

LUMA_LOW, LUMA_SPAN = 64.0, 876.0
CHROMA_MID, CHROMA_SPAN = 512.0, 896.0
RED, BLUE = 0.2126, 0.0722


def planes_from_rgb(rgb):
    """rgb: float (3, H, W) in 0..1. Returns full-resolution Y, Cb, Cr in 10-bit codes, not rounded."""
    luma = RED * rgb[0] + (1 - RED - BLUE) * rgb[1] + BLUE * rgb[2]
    cb = (rgb[2] - luma) / (2 * (1 - BLUE))
    cr = (rgb[0] - luma) / (2 * (1 - RED))
    return LUMA_LOW + LUMA_SPAN * luma, CHROMA_MID + CHROMA_SPAN * cb, CHROMA_MID + CHROMA_SPAN * cr


def chroma_422(plane):
    """Left-sited 4:2:2: a (1 2 1)/4 filter centred on every even column keeps the sample where that column is."""
    padded = np.pad(plane, ((0, 0), (1, 1)), mode="edge")
    return (padded[:, 0:-2:2] + 2 * padded[:, 1:-1:2] + padded[:, 2::2]) / 4


def chroma_420(plane):
    """Left-sited 4:2:0 (the H.264 default): co-sited horizontally, between two rows vertically."""
    half = chroma_422(plane)
    return (half[0::2] + half[1::2]) / 2


def target_planes(rgb):
    """What a perfect model would write: luma (H, W) and 4:2:2 chroma (2, H, W/2)."""
    luma, cb, cr = planes_from_rgb(rgb)
    return luma, np.stack([chroma_422(cb), chroma_422(cr)])


def yuv420p_bytes(rgb):
    """One 8-bit yuv420p frame, the form in which a video encoder receives it."""
    luma, cb, cr = planes_from_rgb(rgb)
    planes = [luma, chroma_420(cb), chroma_420(cr)]
    return b"".join(np.clip(np.rint(p / 4), 0, 255).astype(np.uint8).tobytes() for p in planes)


def split_yuv420p(data, width, height):
    """Returns luma (frames, H, W) and chroma (frames, 2, H/2, W/2), 8-bit."""
    size = width * height
    frames = np.frombuffer(data, np.uint8).reshape(-1, size * 3 // 2)
    luma = frames[:, :size].reshape(-1, height, width)
    chroma = frames[:, size:].reshape(-1, 2, height // 2, width // 2)
    return luma, chroma


def pad_planes(luma, chroma):
    """Edge replication that the network expects: 2 luma samples, 1 chroma sample on each side."""
    def pad(plane, n):
        return np.pad(plane, [(0, 0)] * (plane.ndim - 2) + [(n, n), (n, n)], mode="edge")
    return pad(luma, 2), pad(chroma, 1)
