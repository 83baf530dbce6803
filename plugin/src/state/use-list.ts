import type { CallResult, DaemonClient } from '@uprez/shared';
import { useEffect, useState } from 'react';

type ListCall = 'listLooks' | 'listModels' | 'listPairings' | 'errorStatistics';

const empty: readonly never[] = [];

/** A list of the daemon's, asked for again whenever the revision is another one. Empty until it is there. */
export function useList<N extends ListCall>(
  name: N,
  client: DaemonClient | undefined,
  revision = 0,
): CallResult<N> | readonly never[] {
  const [list, setList] = useState<CallResult<N>>();
  useEffect(() => {
    let current = true;
    // None of these takes parameters, which the compiler can't see for all of them together.
    client?.call<ListCall>(name, {}).then(
      (result) => current && setList(() => result as CallResult<N>),
      // The view goes without, and asks again with the next change.
      () => {},
    );
    return () => {
      current = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another revision is why it is asked again
  }, [name, client, revision]);
  return list ?? empty;
}
