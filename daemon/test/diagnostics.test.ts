import { describe, expect, it } from 'vitest';
import { anonymous } from '../src/diagnostics.ts';

const person = { home: '/home/renate.müller', user: 'renate.müller', host: 'schnittplatz-3' };
const clean = (text: string): string => anonymous(text, person);

describe('diagnostics', () => {
  it('hold no names of users in paths, whatever platform the path is of', () => {
    expect(clean('/home/renate.müller/clips/sea.mp4')).toBe('~/clips/sea.mp4');
    expect(clean('/Users/jo/Movies/sea.mp4 and /home/kim/a.mov')).toBe(
      '/Users/<user>/Movies/sea.mp4 and /home/<user>/a.mov',
    );
    expect(clean(JSON.stringify({ file: 'C:\\Users\\Jo Doe\\sea.mp4' }))).not.toContain('Doe');
    expect(clean(JSON.stringify({ file: 'C:\\Users\\jo\\sea.mp4' }))).toBe(
      '{"file":"C:\\\\Users\\\\<user>\\\\sea.mp4"}',
    );
    expect(clean('/media/renate/CARD/a.mov')).not.toContain('renate');
  });

  it('hold neither the user’s nor the computer’s name elsewhere', () => {
    expect(clean('connected from SCHNITTPLATZ-3 as renate.müller')).toBe('connected from <name> as <name>');
  });

  it('hold no secrets, should the log have had one', () => {
    const line = '{"apiKey":"tz-123456789","url":"https://s3/x?X-Amz-Signature=abc","header":"Bearer abc.def"}';
    for (const secret of ['tz-123456789', 'Signature=abc', 'abc.def']) expect(clean(line)).not.toContain(secret);
  });

  it('keep what they are for', () => {
    const line = '{"level":50,"code":"setup.disk-full","job":"3f2a","msg":"no room"}';
    expect(clean(line)).toBe(line);
  });
});
