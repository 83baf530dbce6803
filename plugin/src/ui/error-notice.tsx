import type { WireError } from '@uprez/shared';

/** What happened and what to do about it. */
export function ErrorNotice({ error }: { error: WireError }) {
  return (
    <p className="notice" role="alert">
      {error.message} <span className="next">{error.next}</span>
    </p>
  );
}
