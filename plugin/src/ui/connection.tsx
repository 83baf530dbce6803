import { type FormEvent, useState } from 'react';
import type { DaemonState } from '../state/daemon-link.ts';
import { useAsking } from '../state/use-asking.ts';
import { ErrorNotice, Remark } from './error-notice.tsx';
import { useSurroundings } from './surroundings.ts';
import { connectionWords, words } from './words.ts';

/** Says what is wrong with the connection and what to do; nothing while all is well. */
export function ConnectionNotice({ connection, error }: Pick<DaemonState, 'connection' | 'error'>) {
  const { link } = useSurroundings();
  if (connection === 'open') return null;
  if (connection === 'unpaired') return <PairingForm />;
  if (connection === 'outdated' && error) return <ErrorNotice error={error} />;
  const { text, next } = connectionWords[connection];
  return (
    <div className="connection" role={connection === 'connecting' ? 'status' : 'alert'}>
      <Remark text={text} next={next} />
      {connection !== 'connecting' && connection !== 'refused' && (
        <button type="button" onClick={() => link.retry()}>
          {words.tryNow}
        </button>
      )}
    </div>
  );
}

/** Pairs this panel by the six digits that the daemon shows. */
function PairingForm() {
  const { link } = useSurroundings();
  const { ask, busy, error } = useAsking();
  const [code, setCode] = useState('');
  const digits = code.replace(/\D/g, '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void ask(() => link.pair(digits)).then((paired) => paired || setCode(''));
  };
  const { text, next } = connectionWords.unpaired;
  return (
    <form className="connection" onSubmit={submit}>
      <Remark text={text} next={next} />
      <div className="line">
        <input
          className="code"
          aria-label={words.pairingCode}
          placeholder="000000"
          inputMode="numeric"
          maxLength={7}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <button type="submit" className="primary" disabled={busy || digits.length !== 6}>
          {words.pair}
        </button>
      </div>
      {error && <ErrorNotice error={error} />}
    </form>
  );
}
