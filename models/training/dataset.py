"""Random crops from the clips on disk. New clips are picked up while a producer is still writing."""
import numpy as np
import torch

from clips import KINDS, TARGET_SCALE, folder_of

CANDIDATES = 3  # look at this many places and mostly keep the busiest: flat ones teach little


class Crops:
    """Draws from the clips of all kinds; `shares` tells how much of a batch is soft and how much ramps."""

    def __init__(self, work, cells, seed):
        self.folders = {kind: folder_of(work, kind) for kind in KINDS}
        self.cells = cells
        self.rng = np.random.default_rng(seed)
        self.pools = {kind: {} for kind in KINDS}
        self.numbers = {kind: [] for kind in KINDS}
        self.shares = {}

    def refresh(self):
        """Returns how many clips there are of each kind."""
        for kind, folder in self.folders.items():
            pool = self.pools[kind]
            for path in sorted(folder.glob("*-C.npy")):
                number = path.name.split("-")[0]
                if number.isdigit() and number not in pool:
                    pool[number] = [np.load(folder / f"{number}-{n}.npy", mmap_mode="r") for n in "ycYC"]
        self.numbers = {kind: sorted(pool) for kind, pool in self.pools.items()}
        return {kind: len(pool) for kind, pool in self.pools.items()}

    def place(self, kind):
        """Picks a clip, frame and cell position."""
        n, numbers = self.cells, self.numbers[kind]
        best, best_score = None, -1.0
        for _ in range(CANDIDATES):
            number = numbers[self.rng.integers(len(numbers))]
            y, c = self.pools[kind][number][:2]
            frame = self.rng.integers(len(y))
            row = self.rng.integers(c.shape[2] - 2 - n + 1)
            column = self.rng.integers(c.shape[3] - 2 - n + 1)
            if self.rng.random() < 0.3:
                return number, frame, row, column
            window = y[frame, 2 * row:2 * row + 2 * n + 4:2, 2 * column:2 * column + 2 * n + 4].astype(np.float32)
            score = np.abs(np.diff(window, axis=1)).mean()
            if score > best_score:
                best, best_score = (number, frame, row, column), score
        return best

    def kind(self):
        """Sharp where nothing else is due, or not there yet."""
        place = self.rng.random()
        for kind, share in self.shares.items():
            if place < share and self.numbers[kind]:
                return kind
            place -= share
        return "sharp"

    def crop(self):
        kind = self.kind()
        number, f, row, col = self.place(kind)
        y, c, target_y, target_c = self.pools[kind][number]
        n = self.cells
        parts = [y[f, 2 * row:2 * row + 2 * n + 4, 2 * col:2 * col + 2 * n + 4][None],
                 c[f, :, row:row + n + 2, col:col + n + 2],
                 target_y[f, 4 * row:4 * row + 4 * n, 4 * col:4 * col + 4 * n][None],
                 target_c[f, :, 4 * row:4 * row + 4 * n, 2 * col:2 * col + 2 * n]]
        if self.rng.random() < 0.5:  # only the vertical flip leaves left-sited chroma where it is
            parts = [p[:, ::-1] for p in parts]
        return parts

    def batch(self, size):
        """Returns padded inputs and target planes as float tensors in 10-bit codes."""
        columns = zip(*(self.crop() for _ in range(size)))
        y, c, target_y, target_c = (torch.from_numpy(np.stack(part)).float() for part in columns)
        return y * 4, c * 4, target_y / TARGET_SCALE, target_c / TARGET_SCALE
