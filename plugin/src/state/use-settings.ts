import type { DaemonClient, Settings, SettingsPatch } from '@uprez/shared';
import { useEffect, useState } from 'react';
import { useAsking } from './use-asking.ts';

/**
 * The settings as the user has just chosen them, a moment before the daemon says so: whoever chooses and clicks at once gets
 * what was chosen.
 */
export function useSettings(known: Settings, client: DaemonClient | undefined) {
  const [ahead, setAhead] = useState<SettingsPatch>({});
  const { ask, error } = useAsking();
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- the daemon's word ends what was ahead of it
    setAhead((before) => {
      const open = Object.entries(before).filter(([name, value]) => known[name as keyof Settings] !== value);
      return open.length === Object.keys(before).length ? before : Object.fromEntries(open);
    });
  }, [known]);
  const change = (patch: SettingsPatch): void => {
    if (!client) return;
    setAhead((before) => ({ ...before, ...patch }));
    void ask(() => client.call('changeSettings', patch)).then((kept) => kept || setAhead({}));
  };
  return { settings: { ...known, ...ahead }, change, error };
}
