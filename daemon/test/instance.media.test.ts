import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { AppError, PORTS } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { claimInstance, readEndpoint } from '../src/instance.ts';
import { childScript, kill } from './support/child-script.ts';
import { startTestDaemon } from './support/daemon.ts';
import { codeOf } from './support/errors.ts';
import { ScriptedBackend } from './support/scripted-backend.ts';
import { type TempDir, tempDir } from './support/temp-dir.ts';

const places = (folder: TempDir) => ({ lockFile: folder.file('lock'), endpointFile: folder.file('endpoint.json') });

/** Claims when it is told to, says whether it won, and holds on until it is killed. */
const claimer = (folder: TempDir): string => `
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  import { claimInstance } from '../../src/instance.ts';
  setFlagsFromString('--expose_gc');
  process.stdin.once('data', () => {
    try {
      const instance = claimInstance(${JSON.stringify(places(folder))});
      instance.publish(instance.endpoint(47810));
      console.log('won');
    } catch (error) {
      console.log(error.code);
    }
    // Nobody refers to the instance any more, and still it has to hold.
    setImmediate(runInNewContext('gc'));
    setInterval(() => {}, 1000);
  });
  console.log('ready');`;

async function claim(child: ChildProcess): Promise<string> {
  const answer = once(child.stdout!, 'data') as Promise<[Buffer]>;
  child.stdin!.write('go');
  return (await answer)[0].toString().trim();
}

describe('an instance', () => {
  it('is the only one of many that start at the same moment, and none is left after it was killed', async () => {
    using folder = tempDir();
    using script = await childScript(claimer(folder));
    const starters = Array.from({ length: 12 }, () => script.start());
    await Promise.all(starters.map((starter) => once(starter.stdout!, 'data')));
    const answers = await Promise.all(starters.map(claim));
    expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['won', 'daemon.already-running']));
    const winner = starters[answers.indexOf('won')]!;
    expect(readEndpoint(folder.file('endpoint.json'))?.pid).toBe(winner.pid);
    await kill(starters);
    using next = claimInstance(places(folder));
    expect(next.id).not.toBe('');
  });

  it('names the running process to the one that comes too late', () => {
    using folder = tempDir();
    using first = claimInstance(places(folder));
    first.publish(first.endpoint(47_810));
    expect(() => claimInstance(places(folder))).toThrow(`process ${process.pid}`);
  });

  it('publishes where it listens for its own user’s eyes only, and leaves nothing half written', () => {
    using folder = tempDir();
    using instance = claimInstance(places(folder));
    instance.publish(instance.endpoint(47_812));
    expect(readEndpoint(folder.file('endpoint.json'))).toEqual({
      port: 47_812,
      pid: process.pid,
      instance: instance.id,
      protocol: 1,
      lasting: true,
      pairing: { id: 'local', secret: instance.secret },
    });
    expect(statSync(folder.file('endpoint.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('has another secret every time, and takes its endpoint file away when it ends', () => {
    using folder = tempDir();
    const secrets = [1, 2].map(() => {
      using instance = claimInstance(places(folder));
      instance.publish(instance.endpoint(1));
      return instance.secret;
    });
    expect(secrets[0]).not.toBe(secrets[1]);
    expect(readEndpoint(folder.file('endpoint.json'))).toBeUndefined();
  });

  it('believes no endpoint file that holds something else', () => {
    using folder = tempDir();
    for (const text of ['', '{}', '{"port": "x"}']) {
      writeFileSync(folder.file('endpoint.json'), text);
      expect(readEndpoint(folder.file('endpoint.json'))).toBeUndefined();
    }
  });
});

describe('a daemon', () => {
  it('that comes second on the same folders is refused and disturbs nothing', async () => {
    using folder = tempDir();
    await using first = await startTestDaemon({ backends: [new ScriptedBackend()], dataDir: folder.path });
    const before = readFileSync(first.endpointFile, 'utf8');
    expect(await codeOf(startTestDaemon({ backends: [], dataDir: folder.path }))).toBe('daemon.already-running');
    expect(readFileSync(first.endpointFile, 'utf8')).toBe(before);
    expect((await first.connect()).view.jobs).toEqual([]);
  });

  it('that can’t listen on its port says so, and leaves the folders free for the next', async () => {
    using folder = tempDir();
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    const failure = startTestDaemon({ backends: [], dataDir: folder.path, port });
    await expect(failure).rejects.toThrow(AppError);
    await expect(failure).rejects.toMatchObject({ code: 'daemon.no-port', data: { ports: String(port) } });
    squatter.close();
    await using daemon = await startTestDaemon({ backends: [], dataDir: folder.path });
    expect(daemon.port).toBeGreaterThan(0);
  });

  it('takes one of the five fixed ports unless it is told otherwise', () => {
    expect(PORTS).toEqual([47_810, 47_811, 47_812, 47_813, 47_814]);
  });
});
