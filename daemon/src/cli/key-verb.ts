import { ApiKey, type DaemonClient, type KeyState } from '@uprez/shared';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The one backend that takes a key. */
const backend = 'topaz';

const places = {
  keychain: 'in the keychain',
  file: 'in a file that only you can read (there is no keychain here)',
} as const;

/** Says where the API key is, or sets, tests or removes it. The key itself is never shown, and never an argument. */
export async function key(
  client: DaemonClient,
  action: 'show' | 'set' | 'test' | 'remove',
  terminal: Terminal,
): Promise<void> {
  switch (action) {
    case 'show': {
      const keys = await client.call('listKeys', {});
      return terminal.out(stateLine(keys.find((each) => each.backend === backend)));
    }
    case 'set':
      return terminal.out(stateLine(await client.call('setKey', { backend, apiKey: await askForKey(terminal) })));
    case 'remove':
      return terminal.out(stateLine(await client.call('removeKey', { backend })));
    case 'test': {
      const { availableCredits, reservedCredits } = await client.call('testKey', { backend });
      const reserved = reservedCredits > 0 ? `, ${reservedCredits} more are set aside for requests on their way` : '';
      return terminal.out(`The key works: ${availableCredits} credits are available${reserved}.`);
    }
  }
}

async function askForKey(terminal: Terminal): Promise<string> {
  const text = await terminal.secret('API key (it is not shown): ');
  const parsed = ApiKey.safeParse(text ?? '');
  if (parsed.success) return parsed.data;
  throw new UsageError(`That is no API key: ${parsed.error.issues[0]?.message ?? 'it is empty'}.`);
}

function stateLine(state: KeyState | undefined): string {
  return state?.place ? `The API key is ${places[state.place]}.` : 'There is no API key.';
}
