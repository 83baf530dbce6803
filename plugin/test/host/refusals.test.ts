import { describe, expect, it } from 'vitest';
import { Desk, source } from '../support/desk.ts';
import { type ProfileName, profiles } from '../support/emulator/profile.ts';
import type { ClipRecord, ItemRecord } from '../support/emulator/records.ts';
import { itemOf } from '../support/scene.ts';

const file = (path: string, change: Partial<ItemRecord> = {}): ItemRecord =>
  itemOf('other', { ...source, path }, change);

/** A parameter with keyframes. */
const animated = (clip: ClipRecord, match: string): void => {
  const [parameter] = clip.components.find((component) => component.match === match)?.parameters ?? [];
  if (parameter) parameter.varying = true;
};

type Row = [
  string,
  string,
  string[],
  { item?: ItemRecord; change?: Partial<ClipRecord> },
  ((clip: ClipRecord) => void)?,
];

const rows: Row[] = [
  ['half speed', 'host.retimed', ['whole-file'], { change: { speed: 0.5 } }],
  ['a ramp that the speed does not tell of', 'host.retimed', ['whole-file'], { change: { out: '999999999999' } }],
  [
    'time remapping',
    'host.retimed',
    ['whole-file'],
    {},
    (clip) => {
      clip.components.push({
        match: 'AE.ADBE Time Remapping',
        name: 'Zeit',
        parameters: [{ name: 'Zeit', value: 100, varying: true }],
      });
    },
  ],
  ['backwards', 'host.reversed', ['whole-file'], { change: { reversed: true } }],
  ['a nested sequence', 'host.nested', [], { item: itemOf('nest', null, { nested: true }) }],
  ['multicam', 'host.multicam', [], { item: file('/media/multi.mov', { multicam: true }) }],
  ['offline', 'host.offline', [], { item: file('/media/gone.mov', { offline: true }) }],
  ['a still', 'host.still', [], { item: file('/media/photo.JPG') }],
  ['sound alone', 'host.no-video', [], { item: file('/media/music.wav') }],
  ['an adjustment layer', 'host.adjustment', [], { change: { adjustment: true } }],
  ['a title', 'host.no-file', [], { change: { itemId: null } }],
  ['a moving picture', 'host.animated', ['bin-only'], {}, (clip) => animated(clip, 'AE.ADBE Motion')],
];

describe.each(Object.keys(profiles) as ProfileName[])(
  'clips that can’t be placed over themselves, in Premiere %s',
  (profile) => {
    it.each(rows)('%s: %s', async (_, code, alternatives, more, spoil) => {
      const desk = await Desk.open(profile);
      const clip = desk.lay('clip', { at: 10, length: 20, from: 5 }, more);
      spoil?.(clip);
      const [selected] = await desk.select('clip');
      expect([selected?.refusal?.code, selected?.alternatives]).toEqual([code, alternatives]);
      expect(desk.stage.escaped).toEqual([]);
    });

    it('a plain clip is not refused, and tells exactly what it shows', async () => {
      const desk = await Desk.open(profile);
      desk.lay('clip', { at: 10, length: 20, from: 5 });
      const [selected] = await desk.select('clip');
      expect(selected).toMatchObject({
        mediaPath: source.path,
        frameRate: { num: 25, den: 1 },
        range: { from: 5, to: 25 },
        place: { track: 0, start: '101606400000', end: '304819200000', in: '50803200000', out: '254016000000' },
        refusal: null,
      });
    });
  },
);
