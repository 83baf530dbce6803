import { resolve } from 'node:path';
import { AppError, bytes, type DaemonClient, type Model, type ModelDetails, type ModelPull } from '@uprez/shared';
import { table } from './print.ts';
import type { SteadyClient } from './steady-client.ts';
import type { StopCode } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

export async function showModels(client: DaemonClient, json: boolean, terminal: Terminal): Promise<void> {
  const models = await client.call('listModels', {});
  for (const line of json ? [JSON.stringify(models)] : modelTable(models)) terminal.out(line);
}

/** Everything about one model, with the text of its licence. */
export async function showModel(
  client: DaemonClient,
  { id, json }: { id: string; json: boolean },
  terminal: Terminal,
): Promise<void> {
  const details = await client.call('getModel', { id });
  for (const line of json ? [JSON.stringify(details)] : detailLines(details)) terminal.out(line);
}

export interface AddFlags {
  id?: string;
  name?: string;
  json?: boolean;
}

/** Takes an ONNX file of this computer in. */
export async function addModel(
  client: DaemonClient,
  { file, flags }: { file: string; flags: AddFlags },
  terminal: Terminal,
): Promise<void> {
  const { id, name, json = false } = flags;
  const named = { ...(id !== undefined && { id }), ...(name !== undefined && { name }) };
  const model = await client.call('addModel', { path: resolve(file), ...named });
  sayReady(model, json, terminal);
}

export async function removeModels(client: DaemonClient, ids: string[], terminal: Terminal): Promise<void> {
  for (const id of ids) {
    await client.call('removeModel', { id });
    terminal.note(`${id}: removed`);
  }
}

export interface PullFlags {
  acceptLicence?: boolean;
  json?: boolean;
}

/** Shows the licence, asks, and downloads. Resolves to the exit code. */
export async function pullModel(
  daemon: SteadyClient,
  { id, flags, stopped }: { id: string; flags: PullFlags; stopped: Promise<StopCode> },
  terminal: Terminal,
): Promise<number> {
  const { acceptLicence = false, json = false } = flags;
  const details = await daemon.use((client) => client.call('getModel', { id }));
  if (details.downloadBytes !== null && !(await accepts(details, acceptLicence, terminal))) {
    terminal.note('The licence was not accepted; nothing was downloaded.');
    return 1;
  }
  const pulling = daemon.use((client) => pullShowing(client, details, terminal));
  const first = await Promise.race([pulling, stopped]);
  if (typeof first !== 'number') {
    sayReady(first, json, terminal);
    return 0;
  }
  if (first === 130) await daemon.use((client) => client.call('cancelPull', { id }));
  await pulling.catch(() => undefined);
  return first;
}

/** Throws `model.licence` where there is nobody to ask. */
async function accepts(details: ModelDetails, already: boolean, terminal: Terminal): Promise<boolean> {
  const { id, name, origin, licence, copyright, licenceText, downloadBytes } = details;
  terminal.note(`${name}, from ${origin}: ${licence}, ${copyright ?? ''}`);
  if (already) return true;
  terminal.note(`\n${licenceText ?? ''}`);
  const size = bytes(downloadBytes ?? 0);
  const answer = await terminal.ask(`Do you accept this licence, and shall ${size} be downloaded? [y/N] `);
  if (answer === undefined) throw new AppError('model.licence', { model: id, licence });
  return /^y(es)?$/i.test(answer.trim());
}

async function pullShowing(client: DaemonClient, { id, licence }: ModelDetails, terminal: Terminal): Promise<Model> {
  const show = pullDisplay(id, terminal);
  const stop = client.subscribe(({ pulls }) => show(pulls[id]));
  try {
    return await client.call('pullModel', { id, acceptedLicence: licence });
  } finally {
    stop();
  }
}

/** One line that moves, or, in a log, a line for every tenth. */
function pullDisplay(id: string, terminal: Terminal): (pull: ModelPull | undefined) => void {
  let said = '';
  return (pull) => {
    if (!pull) return;
    const { stage, bytesDone, bytesTotal } = pull;
    const line = `${id}: ${stages[stage]} ${stage === 'download' ? `${bytes(bytesDone)} of ${bytes(bytesTotal)}` : ''}`;
    if (terminal.interactive) return terminal.status(line.trimEnd());
    const milestone = `${stage} ${stage === 'download' ? Math.floor((10 * bytesDone) / bytesTotal) : ''}`;
    if (milestone !== said) terminal.note(line.trimEnd());
    said = milestone;
  };
}

const stages: Record<ModelPull['stage'], string> = {
  download: 'downloading',
  prove: 'checking the bytes',
  convert: 'converting',
  inspect: 'trying it out',
};

function sayReady(model: Model, json: boolean, terminal: Terminal): void {
  if (json) return terminal.out(JSON.stringify(model));
  terminal.note(`${model.name} is ready; use it with --model ${model.id}`);
  terminal.out(model.id);
}

function modelTable(models: readonly Model[]): string[] {
  return table(
    models.map((model) => [
      model.id,
      stateOf(model),
      model.scales.map((scale) => `${scale}x`).join(' '),
      model.licence,
      model.origin,
      model.purpose,
    ]),
  );
}

function stateOf({ ready, downloadBytes }: Model): string {
  if (downloadBytes !== null) return `${bytes(downloadBytes)} to pull`;
  return ready ? 'ready' : 'not ready';
}

function detailLines(details: ModelDetails): string[] {
  const { published, traits, licenceText, addedAt } = details;
  const facts: [string, string | null][] = [
    ['model', details.id],
    ['name', details.name],
    ['purpose', details.purpose],
    ['state', stateOf(details)],
    ['scales', details.scales.map((scale) => `${scale}x`).join(' ')],
    ['origin', details.origin],
    ['published', published && `${published.url} (${bytes(published.bytes)}, SHA-256 ${published.sha256})`],
    ['file', details.file],
    ['SHA-256', details.sha256],
    ['added', addedAt === null ? null : new Date(addedAt).toLocaleString()],
    ...Object.entries(traits ?? {}).map(([name, value]): [string, string] => [name, JSON.stringify(value)]),
    ['licence', details.licence],
    ['copyright', details.copyright],
  ];
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return licenceText === null ? lines : [...lines, '', ...licenceText.trimEnd().split('\n')];
}
