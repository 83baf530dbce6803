import { useState } from 'react';
import { useAsking } from '../../state/use-asking.ts';
import { useList } from '../../state/use-list.ts';
import { ErrorNotice } from '../error-notice.tsx';
import { useSurroundings } from '../surroundings.ts';
import { words } from '../words.ts';

/** Panels that may connect, and a code for one more. */
export function ConnectionSettings() {
  const { client } = useSurroundings();
  const { ask, busy, error } = useAsking();
  const [revision, setRevision] = useState(0);
  const pairings = useList('listPairings', client, revision);
  const revoke = async (id: string): Promise<void> => {
    await client?.call('revokePairing', { id });
    setRevision(revision + 1);
  };
  return (
    <>
      <ul>
        {pairings.map(({ id, name, createdAt }) => (
          <li key={id} className="line">
            <span className="cut">{name}</span>
            <span className="quiet grow"> · {new Date(createdAt).toLocaleDateString()}</span>
            <button type="button" className="quiet-button" disabled={busy} onClick={() => void ask(() => revoke(id))}>
              {words.revoke}
            </button>
          </li>
        ))}
      </ul>
      <PairingCode />
      {error && <ErrorNotice error={error} />}
    </>
  );
}

function PairingCode() {
  const { client } = useSurroundings();
  const { ask, busy, error } = useAsking();
  const [offer, setOffer] = useState<{ code: string; expiresAt: number }>();
  return (
    <div className="line">
      <button
        type="button"
        disabled={!client || busy}
        onClick={() => void ask(async () => setOffer(await client?.call('offerPairing', {})))}
      >
        {words.newCode}
      </button>
      {offer && (
        <span className="offer" role="status">
          <b className="numbers">{offer.code}</b> {words.codeUntil(new Date(offer.expiresAt).toLocaleTimeString())}
        </span>
      )}
      {error && <ErrorNotice error={error} />}
    </div>
  );
}
