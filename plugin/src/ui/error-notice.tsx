import type { WireError } from '@uprez/shared';

/** What happened and what to do about it. */
export function ErrorNotice({ error }: { error: WireError }) {
  return (
    <p className="notice bad" role="alert">
      {error.message} <span className="next">{error.next}</span>
    </p>
  );
}

/** Something to know that is no error. */
export function Remark({ text, next }: { text: string; next?: string }) {
  return (
    <p className="notice">
      {text} {next !== undefined && <span className="next">{next}</span>}
    </p>
  );
}
