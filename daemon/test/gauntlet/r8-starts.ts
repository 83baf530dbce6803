import { readEndpoint } from '../../src/instance.ts';
import { connectLocal } from '../support/clients.ts';
import { type House, openHouse, type Started } from '../support/uprez-process.ts';
import { Complaints, type Experiment, type Order, type Outcome } from './experiment.ts';

/** Started in the same moment. */
const RUSH = 25;

export const starts: Experiment = {
  id: 'R8',
  claim:
    'Daemons that start in the same moment: exactly one stays, and after it was killed the next one takes its place',
  unit: 'starts',
  volume: { full: 50, short: 4 },
  async run({ volume, say }: Order): Promise<Outcome> {
    const complaints = new Complaints();
    await using house = openHouse();
    const endpoint = house.file('data', 'endpoint.json');
    for (let done = 0; done < volume; done += Math.min(RUSH, volume)) {
      const count = Math.min(RUSH, volume - done);
      const rush = await allAtOnce(house, count);
      const alive = rush.filter(({ child }) => child.exitCode === null);
      complaints.expect(alive.length === 1, () => `${alive.length} of ${count} stay`);
      complaints.expect(
        readEndpoint(endpoint)?.pid === alive[0]?.child.pid,
        () => 'the one that stays is not the one that is found',
      );
      const client = await connectLocal(endpoint);
      complaints.expect(client.view.jobs.length === 0, () => 'it has jobs');
      client.close();
      const ends = await Promise.all(rush.filter((each) => !alive.includes(each)).map(({ ended }) => ended));
      for (const { code, stderr } of ends)
        complaints.expect(code === 0 || /already running/.test(stderr), () => `code ${code}: ${stderr.slice(0, 200)}`);
      for (const { child, ended } of alive) {
        child.kill('SIGKILL');
        await ended;
      }
      say(`${done + count} starts`);
    }
    const next = await house.daemon();
    complaints.expect(next.client.view.jobs.length === 0, () => 'the next one has jobs');
    return {
      done: volume,
      bad: complaints.list,
      notes: [`${RUSH} in the same moment; then killed, and the next ones started on what it left`],
    };
  },
};

/** Resolves when all but one have ended or found the one that stays. */
async function allAtOnce(house: House, count: number): Promise<Started[]> {
  const rush = Array.from({ length: count }, () => house.start('serve'));
  let ended = 0;
  await new Promise<void>((resolve) => {
    for (const each of rush)
      void each.ended.then(() => {
        ended += 1;
        if (ended >= count - 1) resolve();
      });
  });
  return rush;
}
