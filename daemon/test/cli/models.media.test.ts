import { mkdirSync, writeFileSync } from 'node:fs';
import type { DaemonClient } from '@uprez/shared';
import { describe, expect, it } from 'vitest';
import { addModel, type PullFlags, pullModel, removeModels, showModel, showModels } from '../../src/cli/model-verbs.ts';
import { SteadyClient } from '../../src/cli/steady-client.ts';
import type { StopCode } from '../../src/cli/stop-signals.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { toOnnx } from '../../src/models/networks/convert.ts';
import { codeOf } from '../support/errors.ts';
import { type Answer, file, Line } from '../support/file-server.ts';
import { checkpoint } from '../support/networks.ts';
import { offerOne } from '../support/offering.ts';

/** A terminal that writes down what it shows; `typed` is what somebody in front of it would answer. */
class NotedTerminal implements Terminal {
  readonly said: string[] = [];
  readonly results: string[] = [];
  readonly questions: string[] = [];
  readonly interactive = false;
  readonly columns = 80;
  private readonly typed: string | undefined;

  constructor(typed?: string) {
    this.typed = typed;
  }

  out(line: string): void {
    this.results.push(line);
  }

  note(line: string): void {
    this.said.push(line);
  }

  status(line: string): void {
    this.said.push(line);
  }

  secret(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  ask(question: string): Promise<string | undefined> {
    this.questions.push(question);
    return Promise.resolve(this.typed);
  }
}

/** A daemon that offers one small model, and a client. */
async function arrange(...answers: Answer[]) {
  const at = await offerOne(answers.length > 0 ? { answers } : {});
  const daemon = await at.start();
  const client = await daemon.connect();
  return {
    ...{ data: at.data, server: at.server, client },
    async [Symbol.asyncDispose]() {
      client.close();
      await daemon[Symbol.asyncDispose]();
      await at[Symbol.asyncDispose]();
    },
  };
}

const never = new Promise<StopCode>(() => {});

function pull(client: DaemonClient, terminal: Terminal, flags: PullFlags = {}, stopped = never): Promise<number> {
  const steady = new SteadyClient(() =>
    Promise.resolve({ client, lasting: true, [Symbol.asyncDispose]: async () => {} }),
  );
  return pullModel(steady, { id: 'small', flags, stopped }, terminal);
}

describe('models pull', () => {
  it('shows the licence, asks, and goes ahead after a yes', async () => {
    await using at = await arrange();
    const terminal = new NotedTerminal('yes');
    expect(await pull(at.client, terminal)).toBe(0);
    const shown = terminal.said.join('\n');
    expect(shown).toContain('Small, from example.org: MIT, Copyright (c) Somebody');
    expect(shown).toContain('Do as you like.');
    expect(shown).toContain('small: downloading');
    expect(terminal.questions).toEqual(['Do you accept this licence, and shall 7.0 kB be downloaded? [y/N] ']);
    expect(terminal.results).toEqual(['small']);
    expect(await at.client.call('getModel', { id: 'small' })).toMatchObject({ ready: true });
  });

  it.each(['', 'n', 'no', 'yup'])('takes “%s” for a no', async (typed) => {
    await using at = await arrange();
    const terminal = new NotedTerminal(typed);
    expect(await pull(at.client, terminal)).toBe(1);
    expect(terminal.said.at(-1)).toBe('The licence was not accepted; nothing was downloaded.');
    expect(at.server.asked).toEqual([]);
  });

  it('refuses where nobody can be asked, and says what to type', async () => {
    await using at = await arrange();
    const error = await pull(at.client, new NotedTerminal()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'model.licence',
      next: expect.stringContaining('uprez models pull small --accept-licence'),
    });
    expect(at.server.asked).toEqual([]);
  });

  it('asks nothing with --accept-licence, and nothing when the model is here', async () => {
    await using at = await arrange();
    const terminal = new NotedTerminal();
    expect(await pull(at.client, terminal, { acceptLicence: true, json: true })).toBe(0);
    expect(JSON.parse(terminal.results[0]!)).toMatchObject({ id: 'small', ready: true });
    expect(await pull(at.client, terminal)).toBe(0);
    expect(terminal.questions).toEqual([]);
    expect(at.server.asked).toHaveLength(1);
  });

  it('is cancelled by Ctrl-C', async () => {
    const line = new Line();
    await using at = await arrange(file(checkpoint, { breaks: { after: 4000, line } }));
    const terminal = new NotedTerminal('y');
    const stopped = new Promise<StopCode>((resolve) => {
      at.client.subscribe(({ pulls }) => pulls['small'] && resolve(130));
    });
    expect(await pull(at.client, terminal, {}, stopped)).toBe(130);
    expect(at.client.view.pulls).toEqual({});
    expect(await at.client.call('getModel', { id: 'small' })).toMatchObject({ ready: false });
  });
});

describe('the other verbs', () => {
  it('show a model with its licence, add one, and remove it', async () => {
    await using at = await arrange();
    const path = at.data.file('own', 'Mine.onnx');
    mkdirSync(at.data.file('own'));
    writeFileSync(path, toOnnx(checkpoint, 'pytorch-compact', {}));
    const terminal = new NotedTerminal();
    await showModel(at.client, { id: 'small', json: false }, terminal);
    expect(terminal.results).toEqual(
      expect.arrayContaining(['state: 7.0 kB to pull', 'licence: MIT', 'Do as you like.']),
    );
    await addModel(at.client, { file: path, flags: { name: 'My own' } }, terminal);
    expect([terminal.said.at(-1), terminal.results.at(-1)]).toEqual([
      'My own is ready; use it with --model mine',
      'mine',
    ]);
    const shown = new NotedTerminal();
    await showModel(at.client, { id: 'mine', json: false }, shown);
    expect(shown.results).toEqual(expect.arrayContaining(['state: ready', 'origin: added from Mine.onnx', 'scale: 2']));
    await removeModels(at.client, ['mine'], terminal);
    expect(await codeOf(at.client.call('getModel', { id: 'mine' }))).toBe('model.unknown');
  });

  it('list what is here', async () => {
    await using at = await arrange();
    const terminal = new NotedTerminal();
    await showModels(at.client, false, terminal);
    expect(terminal.results).toEqual(['fast  ready  2x  MIT  the test  tests']);
  });
});
