import { describe, expect, it } from 'vitest';
import { numberedName, outputName, Task } from '../src/index.ts';

const name = (task: Partial<Task> & { source: string }): string => outputName(Task.parse(task));

describe('the name of a result', () => {
  it('says clip, scale and model', () => {
    expect(name({ source: '/clips/beach.mp4' })).toBe('beach_uprez_2x_fast.mov');
    expect(name({ source: '/clips/beach.mp4', scale: 4, model: 'fine' })).toBe('beach_uprez_4x_fine.mov');
  });

  it('says which part of the clip it holds', () => {
    expect(name({ source: 'a.mov', range: { from: 10, to: 20 } })).toBe('a_uprez_2x_fast_10-20.mov');
    expect(name({ source: 'a.mov', range: { from: 10, to: null } })).toBe('a_uprez_2x_fast_10-end.mov');
  });

  it('says the look, how much of it where it is not all, and nothing of a model that is none', () => {
    const flat = { source: 'a.mov', model: 'none', scale: 1 } as const;
    expect(name({ ...flat, look: { id: 'flat', strength: 1 } })).toBe('a_uprez_flat.mov');
    expect(name({ ...flat, look: { file: '/luts/Film Stock.cube', strength: 0.25 } })).toBe(
      'a_uprez_Film-Stock-25.mov',
    );
    expect(name({ source: 'a.mov', look: { id: 'slog3', strength: 1 } })).toBe('a_uprez_2x_fast_slog3.mov');
    expect(name(flat)).toBe('a_uprez_prores.mov');
  });

  it('says when another machine made it', () => {
    expect(name({ source: 'a.mov', backend: 'topaz', model: 'prob-4' })).toBe('a_uprez_2x_prob-4_topaz.mov');
  });

  it.each([
    ['C:\\Clips\\interview 1.mp4', 'interview 1_uprez_2x_fast.mov'],
    ['/clips/no-extension', 'no-extension_uprez_2x_fast.mov'],
    ['/clips/two.dots.mkv', 'two.dots_uprez_2x_fast.mov'],
    ['/clips/.hidden', '.hidden_uprez_2x_fast.mov'],
    ['/v1.2/clip.mov', 'clip_uprez_2x_fast.mov'],
  ])('of %s is %s', (source, expected) => {
    expect(name({ source })).toBe(expected);
  });

  it('never contains a folder, whatever the model is called', () => {
    expect(name({ source: 'a.mov', model: '../../etc/passwd' })).toBe('a_uprez_2x_..-..-etc-passwd.mov');
  });

  it('is numbered from the second one on', () => {
    expect([1, 2, 3].map((number) => numberedName('a_uprez.mov', number))).toEqual([
      'a_uprez.mov',
      'a_uprez (2).mov',
      'a_uprez (3).mov',
    ]);
  });
});
