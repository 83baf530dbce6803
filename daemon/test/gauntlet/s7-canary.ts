import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { AppError, DaemonClient } from '@uprez/shared';
import { readEndpoint } from '../../src/instance.ts';
import { untilEnded } from '../support/clients.ts';
import { clip } from '../support/clips.ts';
import { processesIn, seesProcesses, until } from '../support/processes.ts';
import { type House, openHouse, queueTask } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';
import { admit } from './s2-messages.ts';

const apiKey = 'CANARYKEY-0123456789abcdef0123456789abcdef';
const environment = 'CANARYENV-0123456789abcdef';

/** Where a secret belongs: the file that is only its owner's, in computers without a keychain. */
const allowed = ['keys.json', 'endpoint.json'];

export const canary: Experiment = {
  id: 'S7',
  claim:
    'Keys and secrets are looked for in everything that leaves the daemon: logs, database, messages, children, files',
  unit: 'places',
  volume: { full: 1, short: 1 },
  hindrance: () => (seesProcesses ? undefined : 'reads the environment of processes from /proc; see the checklist'),
  async run({ say }: Order): Promise<Outcome> {
    await using house = openHouse();
    const complaints = new Complaints();
    const source = await clip({ width: 192, height: 108, frames: 300, rate: '50' });
    const variables = ['AWS_SECRET_ACCESS_KEY', 'HTTPS_PROXY', 'FFREPORT', 'NODE_EXTRA', 'TOPAZ_API_KEY'];
    const daemon = await house.daemon(['env', ...variables.map((name) => `${name}=${environment}`)]);
    const { client } = daemon;
    const { pairing } = readEndpoint(house.file('data', 'endpoint.json'))!;
    const witness = await admit(house.file('data', 'endpoint.json'));
    const secrets = {
      'the API key': apiKey,
      'the environment': environment,
      'the secret of this user': pairing.secret,
    };
    await client.call('setKey', { backend: 'topaz', apiKey });
    let places = 0;
    const look = (where: string, text: string, mayHold: readonly string[] = []): void => {
      places += 1;
      for (const [name, secret] of Object.entries(secrets))
        complaints.expect(mayHold.includes(name) || !text.includes(secret), () => `${name} is in ${where}`);
    };
    for (const [where, answer] of await everyAnswer(client)) look(where, answer);
    const { id } = await queueTask(client, { source, model: 'bicubic', output: house.path });
    await until('the engine', () =>
      processesIn(house.path).some(({ role }) => role === 'engine' || role === 'decoder'),
    );
    for (const [where, text] of whatChildrenSee(house, daemon.pid)) look(where, text);
    await untilEnded(client, id);
    look('messages', JSON.stringify(witness.heard));
    witness.close();
    const { code } = await client.call('offerPairing', {});
    await daemon.stop();
    for (const [where, text] of filesOf(house))
      look(where, text, allowed.some((name) => where.endsWith(name)) ? Object.keys(secrets) : []);
    complaints.expect(!readLog(house).includes(code), () => 'the pairing code is in the log');
    const open = readableByOthers(house);
    complaints.expect(open === '', () => `can be read by others: ${open}`);
    say(`${places} places`);
    return {
      done: places,
      bad: complaints.list,
      notes: [`secrets: ${Object.keys(secrets).join(', ')}, a pairing code`],
    };
  },
};

/** Every call that asks without changing much, and what an error says. */
async function everyAnswer(client: DaemonClient): Promise<[string, string][]> {
  const calls = [
    'listJobs',
    'listKeys',
    'listModels',
    'getSettings',
    'getHealth',
    'listPairings',
    'errorStatistics',
  ] as const;
  const answers: [string, string][] = [];
  for (const name of calls) answers.push([`the answer to ${name}`, JSON.stringify(await client.call(name, {}))]);
  const failure = await client
    .call('probe', { path: `/nowhere/${environment.slice(0, 4)}` })
    .catch((error: AppError) => error);
  answers.push(['a refusal', JSON.stringify(failure)]);
  return answers;
}

/** Command lines and environments of everybody the daemon has started. */
function whatChildrenSee(house: House, daemonPid: number): [string, string][] {
  return processesIn(house.path)
    .filter(({ pid }) => pid !== daemonPid)
    .flatMap(({ pid, role }) =>
      ['cmdline', 'environ'].map((file): [string, string] => [`${file} of ${role}`, readOr(`/proc/${pid}/${file}`)]),
    );
}

function filesOf(house: House): [string, string][] {
  return readdirSync(house.path, { recursive: true, encoding: 'utf8' })
    .map((name) => house.file(name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => [path, readFileSync(path, 'latin1')]);
}

function readLog(house: House): string {
  return readOr(house.file('data', 'log', 'uprez.log'));
}

function readableByOthers(house: House): string {
  const found = execFileSync('find', [house.file('data'), '-type', 'f', '-perm', '/077', '-printf', '%P '], {
    encoding: 'utf8',
  });
  return found.trim();
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
