import type { DaemonClient, KeyState, Settings } from '@uprez/shared';
import { type FormEvent, useEffect, useState } from 'react';
import { useAsking } from '../state/use-asking.ts';
import { ErrorNotice } from './error-notice.tsx';

interface CloudFormProps {
  settings: Settings;
  client: DaemonClient | undefined;
}

const places = { keychain: 'in the keychain', file: 'in a file that only you can read' } as const;

/** The API key of the cloud, which goes in and never comes out, and what may be spent without asking. */
export function CloudForm({ settings, client }: CloudFormProps) {
  const { place, store, test, remove, credits } = useKey(client);
  const { ask, busy, error } = useAsking();
  const disabled = !client || busy || place === null;
  return (
    <details className="cloud">
      <summary>Topaz cloud{place === null && ' (no API key)'}</summary>
      <KeyField place={place} disabled={!client || busy} store={(apiKey) => ask(() => store(apiKey))} />
      <button type="button" disabled={disabled} onClick={() => void ask(test)}>
        Test key
      </button>
      <button type="button" disabled={disabled} onClick={() => void ask(remove)}>
        Remove key
      </button>
      {credits !== undefined && <span className="quiet">{credits} credits available</span>}
      <Ceilings settings={settings} client={client} />
      {error && <ErrorNotice error={error} />}
    </details>
  );
}

interface KeyFieldProps {
  place: KeyState['place'];
  disabled: boolean;
  /** Resolves to whether it is stored. */
  store(apiKey: string): Promise<boolean>;
}

function KeyField({ place, disabled, store }: KeyFieldProps) {
  const [apiKey, setApiKey] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await store(apiKey)) setApiKey('');
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <input
        aria-label="API key"
        type="password"
        autoComplete="off"
        placeholder={place ? `There is one, ${places[place]}` : 'API key'}
        value={apiKey}
        onChange={(event) => setApiKey(event.target.value)}
      />
      <button type="submit" disabled={disabled || apiKey === ''}>
        Set key
      </button>
    </form>
  );
}

function Ceilings({ settings, client }: CloudFormProps) {
  const fields = [
    ['spendPerJob', 'Credits a job may cost without asking'],
    ['spendPerDay', 'Credits a day may cost without asking'],
  ] as const;
  return fields.map(([name, label]) => (
    <label key={name} className="quiet">
      {label}{' '}
      <input
        type="number"
        min={0}
        value={settings[name]}
        onChange={(event) => void client?.call('changeSettings', { [name]: Number(event.target.value) })}
      />
    </label>
  ));
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
