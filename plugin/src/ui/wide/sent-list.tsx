import type { Sent } from '../../state/use-uploads.ts';
import { ErrorNotice } from '../error-notice.tsx';
import { byteSize, words } from '../words.ts';

/** Files that were dropped, and how far each is. */
export function SentList({ sent, drop }: { sent: readonly Sent[]; drop(key: string): void }) {
  if (sent.length === 0) return null;
  return (
    <ul className="sent" aria-label={words.uploads}>
      {sent.map(({ key, name, state }) => (
        <li key={key} data-state={state.kind}>
          <div className="line">
            <span className="cut grow">{name}</span>
            <span className="quiet numbers">{stateText(state)}</span>
            <button type="button" className="quiet-button" aria-label={words.leaveOut(name)} onClick={() => drop(key)}>
              ✕
            </button>
          </div>
          {state.kind === 'sending' && (
            <div className="bar">
              <div className="bar-done" style={{ width: `${Math.floor(state.fraction * 100)}%` }} />
            </div>
          )}
          {state.kind === 'failed' && <ErrorNotice error={state.error} />}
        </li>
      ))}
    </ul>
  );
}

function stateText(state: Sent['state']): string {
  switch (state.kind) {
    case 'sending':
      return `${Math.floor(state.fraction * 100)} %`;
    case 'there':
      return byteSize(state.upload.sizeBytes);
    case 'failed':
      return '';
  }
}
