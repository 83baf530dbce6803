import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode, errorTable, fromWire, toWire, WireError } from '../src/index.ts';

const codes = Object.keys(errorTable) as ErrorCode[];

describe.each(codes)('%s', (code) => {
  const facts = factsOf(code);

  it('says what happened and what to do, in whole sentences', () => {
    const error = new AppError(code, facts);
    for (const sentence of [error.message, error.next]) expect(sentence).toMatch(/^[\p{L}“`].{8,}\.$/u);
    expect(`${error.message} ${error.next}`).not.toMatch(/undefined|null|\[object/);
  });

  it('has an HTTP status of a failure', () => {
    expect(new AppError(code, facts).status).toBeGreaterThanOrEqual(400);
    expect(new AppError(code, facts).status).toBeLessThan(600);
  });

  it('arrives at a client as it was thrown', () => {
    const sent = WireError.parse(JSON.parse(JSON.stringify(toWire(new AppError(code, facts)))));
    const received = fromWire(sent);
    expect(received.code).toBe(code);
    expect(received.message).toBe(new AppError(code, facts).message);
    expect(received.next).toBe(sent.next);
    expect(received.retryable).toBe(sent.retryable);
  });
});

describe('an error that nobody foresaw', () => {
  it('is called internal and keeps its text to itself', () => {
    const wire = toWire(new Error('secret=1234 in /home/someone'));
    expect(wire.code).toBe('daemon.internal');
    expect(JSON.stringify(wire)).not.toContain('1234');
  });

  it('keeps its cause for the log', () => {
    const cause = new Error('the reason');
    expect(new AppError('local.engine-crashed', { why: 'signal SIGKILL' }, { cause }).cause).toBe(cause);
  });
});

/** A value for every fact that the sentences of a row ask for. */
function factsOf(code: ErrorCode): Record<string, string> {
  const asked = new Set<string>();
  const spy = new Proxy({}, { get: (_target, key) => (asked.add(String(key)), 'x') });
  errorTable[code].say(spy);
  errorTable[code].next(spy);
  // A hint is a sentence of its own; every other fact is a word or number inside one.
  return Object.fromEntries([...asked].map((key) => [key, key === 'hint' ? 'Take a shorter part.' : `The ${key}`]));
}
