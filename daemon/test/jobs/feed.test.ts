import { Settings } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { type Change, Feed } from '../../src/jobs/feed.ts';

const settings = (handles: number): Change => ({ type: 'settings', settings: Settings.parse({ handles }) });
const handles = (change: Change): number => (change.type === 'settings' ? change.settings.handles : -1);

describe('the feed', () => {
  it('tells every listener everything in the same order, also what a listener causes', () => {
    const feed = new Feed();
    const heard: Record<string, number[]> = { first: [], second: [] };
    feed.subscribe((change) => {
      heard['first']?.push(handles(change));
      if (handles(change) === 1) feed.tell(settings(2));
    });
    feed.subscribe((change) => heard['second']?.push(handles(change)));
    feed.tell(settings(1));
    expect(heard).toEqual({ first: [1, 2], second: [1, 2] });
  });

  it('tells nobody who has left', () => {
    const feed = new Feed();
    const heard: Change[] = [];
    feed.subscribe((change) => heard.push(change))();
    feed.tell(settings(1));
    expect(heard).toEqual([]);
  });

  it('goes on after a listener failed', () => {
    const feed = new Feed();
    const stop = feed.subscribe(() => {
      throw new Error('broken listener');
    });
    expect(() => feed.tell(settings(1))).toThrow('broken listener');
    stop();
    const heard: number[] = [];
    feed.subscribe((change) => heard.push(handles(change)));
    feed.tell(settings(2));
    expect(heard).toEqual([2]);
  });
});
