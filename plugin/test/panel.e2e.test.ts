import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProfileName, profiles } from './support/emulator/profile.ts';
import type { ClipRecord, ProjectRecord } from './support/emulator/records.ts';
import { cornersOf, drift } from './support/compositor.ts';
import { type Premiere, startBrowser, timelines } from './support/premiere.ts';
import { FRAME } from './support/scene.ts';
import { Studio } from './support/studio.ts';

const executablePath = process.env['CHROME_PATH'];
const why = executablePath ? '' : ' (skipped: no Chromium or Chrome found; set CHROME_PATH)';

describe.skipIf(!executablePath)(`the panel in Premiere${why}`, () => {
  let browser: Browser;
  let studio: Studio;

  beforeAll(async () => {
    browser = await startBrowser(executablePath ?? '');
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    studio = await Studio.open();
  });
  afterEach(() => studio[Symbol.dispose]());

  const upscale = async (premiere: Premiere, ...uids: string[]): Promise<void> => {
    await premiere.select(...uids);
    await premiere.panel.getByText(`${uids.length} selected`).waitFor();
    await premiere.panel.getByRole('button', { name: 'Upscale' }).first().click();
  };

  it.each(Object.keys(profiles) as ProfileName[])(
    'upscales three clips of two files and places each over its original, in Premiere %s',
    async (profile) => {
      await using premiere = await studio.premiere(browser, profile);
      const before = await premiere.project('film');
      await upscale(premiere, 'beach-1', 'beach-2', 'town');
      const jobs = await studio.delivered(2);
      expect(jobs.map(({ task }) => task.range)).toEqual([
        { from: 5, to: 30 },
        { from: 3, to: 15 },
      ]);
      const after = await premiere.project('film');
      const placed = placedClips(before, after);
      expect(placed.map(({ track, clip }) => [track, shown(after, clip)])).toEqual([
        // Above the clip that is switched off, on a track that there was not.
        [2, { at: 20, length: 15, source: 5 }],
        [1, { at: 35, length: 18, source: 12 }],
        [1, { at: 53, length: 10, source: 3 }],
      ]);
      for (const { clip, original } of placed) expect(framingDrift(after, { clip, original, profile })).toBeLessThan(1);
      expect(timelines(without(after, placed))).toEqual(timelines(before));
      const steps = await premiere.undoAll();
      expect(new Set(steps)).toEqual(
        new Set(['Uprez: match framing', 'Uprez: place clips', 'Uprez: prepare clips', 'Uprez: make bin']),
      );
      expect(timelines(await premiere.project('film'))).toEqual(timelines(before));
      await premiere.redoAll();
      expect(timelines(await premiere.project('film'))).toEqual(timelines(after));
      expect(await premiere.complaintsOfHost()).toEqual([]);
    },
  );
});

interface Placed {
  track: number;
  clip: ClipRecord;
  original: ClipRecord;
}

/** What has come onto the first sequence, from left to right, with what it lies over. */
function placedClips(before: ProjectRecord, after: ProjectRecord): Placed[] {
  const known = new Set(allClips(before).map(({ uid }) => uid));
  const tracks = after.sequences[0]?.video ?? [];
  return tracks
    .flatMap((clips, track) => clips.filter(({ uid }) => !known.has(uid)).map((clip) => ({ track, clip })))
    .map(({ track, clip }) => {
      const original = tracks[0]?.find(({ start, end }) => start === clip.start && end === clip.end);
      if (!original) throw new Error(`nothing lies below ${clip.name}`);
      return { track, clip, original };
    })
    .sort((a, b) => Number(BigInt(a.clip.start) - BigInt(b.clip.start)));
}

/** In frames of the sequence, and of the source as the result's name tells where it begins. */
function shown({ items }: ProjectRecord, clip: ClipRecord) {
  const media = items[clip.itemId ?? '']?.media;
  const first = Number(/_(\d+)-\d+( \(\d+\))?\.mov$/.exec(media?.path ?? '')?.[1]);
  return {
    at: Number(BigInt(clip.start) / FRAME),
    length: Number((BigInt(clip.end) - BigInt(clip.start)) / FRAME),
    source: first + Number(clip.in) / Number(media?.ticksPerFrame),
  };
}

function framingDrift(
  { items, sequences }: ProjectRecord,
  { clip, original, profile }: { clip: ClipRecord; original: ClipRecord; profile: ProfileName },
): number {
  const [sequence] = sequences;
  const [above, below] = [clip, original].map((one) => {
    const media = items[one.itemId ?? '']?.media;
    if (!media || !sequence) throw new Error('no media');
    return cornersOf(one, { media, sequence, points: profiles[profile].points });
  });
  return drift(above ?? [], below ?? []);
}

/** The project without some clips, and without tracks that only they are on. */
function without(project: ProjectRecord, placed: readonly Placed[]): ProjectRecord {
  const gone = new Set(placed.map(({ clip }) => clip.uid));
  const sequences = project.sequences.map((sequence) => {
    const video = sequence.video.map((track) => track.filter(({ uid }) => !gone.has(uid)));
    while (video.length > 2 && video.at(-1)?.length === 0) video.pop();
    return { ...sequence, video };
  });
  return { ...project, sequences };
}

function allClips({ sequences }: ProjectRecord): ClipRecord[] {
  return sequences.flatMap(({ video, audio }) => [...video, ...audio].flat());
}
