import type { DaemonClient, Settings } from '@uprez/shared';
import { useEffect, useSyncExternalStore } from 'react';
import { planSelection, queuePlan } from '../flows/upscale.ts';
import type { Wish } from '../flows/plan.ts';
import type { Host } from '../host/host.ts';
import { useAsking } from '../state/use-asking.ts';
import { ErrorNotice } from './error-notice.tsx';

interface SelectionBarProps {
  host: Host;
  settings: Settings;
  client: DaemonClient | undefined;
}

/** What is selected in the host, and the button that upscales it. */
export function SelectionBar({ host, settings, client }: SelectionBarProps) {
  const selection = useSyncExternalStore(host.selection.subscribe, host.selection.get);
  const { ask, busy, error } = useAsking();
  const { model, backend, scale, handles } = settings;
  const wish: Wish = {
    task: { model, backend, scale },
    handles,
    mode: 'above',
    disableOriginal: false,
    refused: 'skip',
  };
  const upscale = (): void =>
    void ask(async () => client && queuePlan(client, await planSelection(client, host.selection.get(), wish)));
  useEffect(() => {
    const obey = (event: Event): void => {
      if (event instanceof CustomEvent && event.detail === 'upscale') upscale();
    };
    window.addEventListener('uprez', obey);
    return () => window.removeEventListener('uprez', obey);
  });
  return (
    <section className="selection" aria-label="Selection">
      <p className="quiet">
        {selection.clips.length === 0 ? 'No clip selected' : `${selection.clips.length} selected`}
      </p>
      <ul aria-label="Selected clips">
        {selection.clips.map((clip) => (
          <li key={clip.key}>
            {clip.name} <span className="quiet">{clip.refusal?.message}</span>
          </li>
        ))}
      </ul>
      <button type="button" disabled={!client || busy || selection.clips.length === 0} onClick={upscale}>
        Upscale
      </button>
      {error && <ErrorNotice error={error} />}
    </section>
  );
}
