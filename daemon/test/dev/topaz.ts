import { once } from 'node:events';
import { systemClock } from '../../src/clock.ts';
import type { Received } from '../support/topaz/journal.ts';
import { startTopazEmulator } from '../support/topaz/emulator.ts';

/** Seconds that a request stays in each of its eight places on the way. */
const STEP_SECONDS = 2;

/** `npm run dev:topaz`: the emulated cloud by itself, to be asked by hand. Ends with Ctrl-C. */
await using emulator = await startTopazEmulator({
  clock: systemClock,
  credits: 500,
  pace: { by: 'clock', tickMs: STEP_SECONDS * 1000 },
  watch: (received) => console.log(lineOf(received)),
});
console.log(`The Topaz Video API, emulated: ${emulator.url}
Credits: ${emulator.account.available}. A request takes about ${STEP_SECONDS * 8} seconds after its upload.

export TOPAZ=${emulator.url} KEY=${emulator.key}
curl $TOPAZ/video/status
curl -H "X-API-Key: $KEY" $TOPAZ/account/v1/credits/balance
`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

function lineOf({ host, step, id, part, answered, bodyBytes }: Received): string {
  const what = [step, part === null ? '' : `part ${part}`, id ?? ''].filter(Boolean).join(' ');
  return `${host.padEnd(7)} ${String(answered ?? 'dropped')} ${what}${bodyBytes > 0 ? ` (${bodyBytes} bytes)` : ''}`;
}
