/** In what the versions of Premiere differ, and what is unknown of all of them: each profile takes another guess. */
export interface Profile {
  version: string;
  /** 26.3 and later: actions are made inside the lock and void after it. */
  strictLock: boolean;
  selection: 'promise' | 'immediate';
  /** Objects from lists lack `getId` until they are cast, and `getId` answers later. */
  bareItems: boolean;
  castMismatch: 'null' | 'throw';
  mediaTimes: 'properties' | 'methods';
  background: boolean;
  /** Do an item's in and out points count from its timecode or from its first frame? */
  marksFrom: 'timecode' | 'first-frame';
  /** Units of anchor point and position. */
  points: 'pixels' | 'parts';
  /** How often one change of the selection is reported. */
  selectionEvents: number;
}

export const profiles = {
  '25.6': {
    version: '25.6.0',
    strictLock: false,
    selection: 'promise',
    bareItems: false,
    castMismatch: 'null',
    mediaTimes: 'properties',
    background: false,
    marksFrom: 'first-frame',
    points: 'parts',
    selectionEvents: 1,
  },
  '26.3': {
    version: '26.3.2',
    strictLock: true,
    selection: 'immediate',
    bareItems: true,
    castMismatch: 'null',
    mediaTimes: 'properties',
    background: false,
    marksFrom: 'timecode',
    points: 'pixels',
    selectionEvents: 2,
  },
  '26.5': {
    version: '26.5.0',
    strictLock: true,
    selection: 'immediate',
    bareItems: false,
    castMismatch: 'throw',
    mediaTimes: 'methods',
    background: true,
    marksFrom: 'timecode',
    points: 'parts',
    selectionEvents: 2,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;
