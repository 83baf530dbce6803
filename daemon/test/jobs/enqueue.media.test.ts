import { AppError, type NewJob } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { createEnqueue, fingerprint, type Probe } from '../../src/jobs/enqueue.ts';
import { codeOf } from '../support/errors.ts';
import { ScriptedBackend, type ScriptedOptions } from '../support/scripted-backend.ts';
import { openTestStore, type TestStore } from '../support/store.ts';
import { mediaOf, newJob, taskOf } from '../support/tasks.ts';

function enqueueOn(test: TestStore, probe: Probe = async () => mediaOf(), script: ScriptedOptions = {}) {
  const enqueue = createEnqueue({ queue: test.queue, backends: [new ScriptedBackend(script)], probe });
  const complete = (job: NewJob) => ({ task: taskOf(job.task), host: null, requestId: job.requestId ?? null });
  return (...jobs: NewJob[]) => enqueue.add(jobs.map(complete));
}

describe('on its way into the queue', () => {
  it('a clip that can’t be read is refused, and nothing is queued', async () => {
    using test = openTestStore();
    const probe: Probe = async (path) => {
      if (path.endsWith('b.mp4')) throw new AppError('input.truncated', { file: path, why: 'test' });
      return mediaOf();
    };
    const add = enqueueOn(test, probe);
    expect(await codeOf(add(newJob({ source: '/clips/a.mp4' }), newJob({ source: '/clips/b.mp4' })))).toBe(
      'input.truncated',
    );
    expect(test.queue.list()).toEqual([]);
  });

  it.each([
    [{ from: 96, to: null }, 'input.empty-range'],
    [{ from: 50, to: 50 }, 'input.empty-range'],
    [{ from: 95, to: null }, 'no error'],
    [{ from: 0, to: 500 }, 'no error'],
  ])('the range %j of a clip with 96 frames gives %s', async (range, code) => {
    using test = openTestStore();
    expect(await codeOf(enqueueOn(test)(newJob({ range })))).toBe(code);
  });

  it.each(['results', '//server/share', '/proc/self/mem', '/out\0.mov', 'https://example.org/a.mov'])(
    'a result at %j is refused before anybody looks there, in tasks and in the settings',
    async (output) => {
      using test = openTestStore();
      expect(await codeOf(enqueueOn(test)(newJob({ output })))).toBe('input.bad-path');
      expect(await codeOf(() => test.queue.changeSettings({ outputFolder: output }))).toBe('input.bad-path');
      expect(test.queue.settings().outputFolder).toBeNull();
    },
  );

  it('a task that its backend can’t do is refused with the backend’s reason', async () => {
    using test = openTestStore();
    const estimate = () => Promise.reject(new AppError('model.unknown', { model: 'none' }));
    expect(await codeOf(enqueueOn(test, undefined, { estimate })(newJob()))).toBe('model.unknown');
  });

  it('a task for a backend that is not there is refused', async () => {
    using test = openTestStore();
    expect(await codeOf(enqueueOn(test)(newJob({ backend: 'topaz' })))).toBe('request.invalid');
  });

  it('a request that is sent twice is not even probed again', async () => {
    using test = openTestStore();
    const probed: string[] = [];
    const add = enqueueOn(test, async (path) => {
      probed.push(path);
      return mediaOf();
    });
    const job = newJob({}, { requestId: 'request-1' });
    const [first] = await add(job);
    const [again] = await add(job);
    expect([again?.id, probed.length]).toEqual([first?.id, 1]);
  });

  it('of two equal requests at the same moment one wins', async () => {
    using test = openTestStore();
    const add = enqueueOn(test);
    const codes = await Promise.all([codeOf(add(newJob())), codeOf(add(newJob()))]);
    expect(codes.toSorted()).toEqual(['no error', 'request.duplicate']);
  });
});

describe('the fingerprint', () => {
  const print = (task: Parameters<typeof taskOf>[0], media = {}) => fingerprint(taskOf(task), mediaOf(media));

  it('is equal for equal tasks, however they were written', () => {
    expect(print({ scale: 2, model: 'fast' })).toBe(print({ model: 'fast', scale: 2 }));
  });

  it('changes with the settings and with the file', () => {
    const prints = [print({}), print({ scale: 4 }), print({ alpha: 'drop' }), print({}, { modifiedMs: 1 })];
    expect(new Set(prints).size).toBe(4);
  });
});
