/*
 * A project as plain data: what a real one saves. Everything that is undone, saved or compared is in here; times are ticks
 * as decimal digits.
 */

export interface MediaRecord {
  path: string;
  width: number;
  height: number;
  frames: number;
  /** Frames per second as Premiere tells it: a rounded decimal. */
  rate: number;
  ticksPerFrame: string;
  /** Timecode of the first frame. */
  start: string;
  hasAudio: boolean;
}

export interface ItemRecord {
  id: string;
  name: string;
  /** null: the root. */
  parent: string | null;
  kind: 'bin' | 'clip';
  media: MediaRecord | null;
  /** Marks, from the first frame on; null where there are none. */
  marked: { in: string; out: string } | null;
  label: number;
  offline: boolean;
  multicam: boolean;
  nested: boolean;
  /** Came by an import, which Premiere can't undo. */
  imported: boolean;
}

export type Value = number | boolean | { x: number; y: number };

export interface ParameterRecord {
  name: string;
  value: Value;
  varying: boolean;
}

export interface ComponentRecord {
  match: string;
  name: string;
  parameters: ParameterRecord[];
}

export interface ClipRecord {
  uid: string;
  name: string;
  /** null: a title. */
  itemId: string | null;
  start: string;
  end: string;
  in: string;
  out: string;
  disabled: boolean;
  speed: number;
  reversed: boolean;
  adjustment: boolean;
  components: ComponentRecord[];
}

export interface SequenceRecord {
  guid: string;
  name: string;
  width: number;
  height: number;
  ticksPerFrame: string;
  video: ClipRecord[][];
  audio: ClipRecord[][];
}

export interface ProjectRecord {
  guid: string;
  name: string;
  path: string;
  items: Record<string, ItemRecord>;
  sequences: SequenceRecord[];
  properties: Record<string, string>;
}

export interface Step {
  name: string;
  before: string;
  after: string;
}

/** How a clip comes onto a timeline: pixel by pixel, in the middle. */
export function plainComponents(
  media: MediaRecord,
  sequence: SequenceRecord,
  units: 'pixels' | 'parts',
): ComponentRecord[] {
  const middle = (width: number, height: number) =>
    units === 'pixels' ? { x: width / 2, y: height / 2 } : { x: 0.5, y: 0.5 };
  const fixed = (name: string, value: Value): ParameterRecord => ({ name, value, varying: false });
  return [
    {
      match: 'AE.ADBE Opacity',
      name: 'Deckkraft',
      parameters: [fixed('Deckkraft', 100), fixed('Füllmethode', 0)],
    },
    {
      match: 'AE.ADBE Motion',
      name: 'Bewegung',
      parameters: [
        fixed('Position', middle(sequence.width, sequence.height)),
        fixed('Skalierung', 100),
        fixed('Skalierungsbreite', 100),
        fixed('Skalierungshöhe', 100),
        fixed('Drehung', 0),
        fixed('Ankerpunkt', middle(media.width, media.height)),
        fixed('Anti-Flimmer-Filter', 0),
        fixed('Links', 0),
        fixed('Oben', 0),
        fixed('Rechts', 0),
        fixed('Unten', 0),
      ],
    },
  ];
}
