import type { DaemonClient, KeyState } from '@uprez/shared';
import { type FormEvent, useEffect, useState } from 'react';
import { useAsking } from '../../state/use-asking.ts';
import { ErrorNotice } from '../error-notice.tsx';
import { useSurroundings } from '../surroundings.ts';
import { count, keyPlaces, words } from '../words.ts';

/** The API key of the cloud, which goes in and never comes out. */
export function KeyForm() {
  const { client } = useSurroundings();
  const { place, store, test, remove, credits } = useKey(client);
  const { ask, busy, error } = useAsking();
  const [apiKey, setApiKey] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await ask(() => store(apiKey))) setApiKey('');
  };
  const disabled = !client || busy || place === null;
  return (
    <form onSubmit={(event) => void submit(event)}>
      <div className="line buttons">
        <input
          className="grow"
          aria-label={words.apiKey}
          type="password"
          autoComplete="off"
          placeholder={place ? words.keyIsIn(keyPlaces[place]) : words.apiKey}
          value={apiKey}
          onChange={(event) => setApiKey(event.target.value)}
        />
        <button type="submit" disabled={!client || busy || apiKey === ''}>
          {words.setKey}
        </button>
        <button type="button" disabled={disabled} onClick={() => void ask(test)}>
          {words.testKey}
        </button>
        <button type="button" disabled={disabled} onClick={() => void ask(remove)}>
          {words.removeKey}
        </button>
      </div>
      {credits !== undefined && <p className="quiet">{words.available(count(credits, 'credit'))}</p>}
      {error && <ErrorNotice error={error} />}
    </form>
  );
}

function useKey(client: DaemonClient | undefined) {
  const [key, setKey] = useState<KeyState>();
  const [credits, setCredits] = useState<number>();
  useEffect(() => {
    let current = true;
    client?.call('listKeys', {}).then(
      (keys) => current && setKey(keys.find(({ backend }) => backend === 'topaz')),
      () => {},
    );
    return () => {
      current = false;
    };
  }, [client]);
  const backend = 'topaz';
  return {
    credits,
    place: key?.place ?? null,
    store: async (apiKey: string): Promise<void> => setKey(await client?.call('setKey', { backend, apiKey })),
    remove: async (): Promise<void> => setKey(await client?.call('removeKey', { backend })),
    test: async (): Promise<void> => setCredits((await client?.call('testKey', { backend }))?.availableCredits),
  };
}
