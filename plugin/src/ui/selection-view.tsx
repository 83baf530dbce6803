import { type DaemonClient, isSettled, type Settings, type View } from '@uprez/shared';
import { useEffect, useState } from 'react';
import {
  type Act,
  actOnClips,
  type Actors,
  type Choice,
  flatChoice,
  queueSelection,
  upscaleChoice,
  wishOf,
} from '../flows/act.ts';
import { clipPart, selectionLength } from '../flows/summary.ts';
import { planSelection } from '../flows/upscale.ts';
import type { SelectedClip, Selection } from '../host/host.ts';
import { useAsking } from '../state/use-asking.ts';
import { useReadable } from '../state/use-readable.ts';
import { useSettings } from '../state/use-settings.ts';
import { ChoiceFields, DeliveryFields } from './choice-fields.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { EstimateLine } from './estimate-line.tsx';
import { clipMenu } from './menu.ts';
import type { MenuPlace } from './menu-layer.tsx';
import { useSurroundings } from './surroundings.ts';
import { MenuButton } from './menu-button.tsx';
import { useContextMenu } from './use-context-menu.ts';
import { useEstimate } from './use-estimate.ts';
import { words } from './words.ts';

interface SelectionViewProps {
  view: View;
}

/** Clips are listed one by one up to here; more are a number. */
const MOST_SHOWN = 4;

/** What is selected in the host, what it would become, and the buttons that make it so. */
export function SelectionView({ view }: SelectionViewProps) {
  const { client, host, models } = useSurroundings();
  const selection = useReadable(host.selection);
  const { settings, change, error: refusedChange } = useSettings(view.settings, client);
  const { ask, busy, error } = useAsking();
  const [more, setMore] = useState(false);
  const choice = upscaleChoice(settings, models);
  const estimated = useSelectionEstimate(selection, choice, settings);
  const refused = selection.clips.filter(({ refusal }) => refusal);
  const queue = (made: Choice, clips = host.selection.get(), instead: 'skip' | 'alternative' = 'skip'): void =>
    void ask(async () => client && queueSelection(client, clips, wishOf(made, settings, instead)));
  useCommands({ upscale: () => queue(choice), flat: () => queue(flatChoice(settings.look)) });
  const failure = error ?? refusedChange;
  const disabled = !client || busy || selection.clips.length === refused.length;
  return (
    <section className="selection" aria-label={words.selection}>
      <SelectionHead selection={selection} more={more} onMore={() => setMore(!more)} />
      <ClipList selection={selection} client={client} onInstead={(clips) => queue(choice, clips, 'alternative')} />
      <ChoiceFields settings={settings} change={change} />
      {more && <DeliveryFields settings={settings} change={change} />}
      {!failure && <EstimateLine estimated={estimated} scale={settings.scale} />}
      <div className="line buttons">
        <button type="button" className="primary grow" disabled={disabled} onClick={() => queue(choice)}>
          {words.upscale}
        </button>
        <button type="button" className="grow" disabled={disabled} onClick={() => queue(flatChoice(settings.look))}>
          {words.flat}
        </button>
      </div>
      {failure && <ErrorNotice error={failure} />}
    </section>
  );
}

function SelectionHead({ selection, more, onMore }: { selection: Selection; more: boolean; onMore(): void }) {
  const { clips, project } = selection;
  const length = selectionLength(selection);
  const title =
    clips.length === 0 ? words.nothingSelected : `${words.selected(clips.length)}${length ? ` · ${length}` : ''}`;
  return (
    <>
      <div className="line">
        <h2 className="grow cut">{title}</h2>
        <button type="button" className="quiet-button" aria-expanded={more} onClick={onMore}>
          {more ? words.fewerOptions : words.moreOptions}
        </button>
      </div>
      {clips.length === 0 && <p className="quiet">{project ? words.nothingSelectedHint : words.noProject}</p>}
    </>
  );
}

interface ClipListProps {
  selection: Selection;
  client: DaemonClient | undefined;
  onInstead(selection: Selection): void;
}

function ClipList({ selection, client, onInstead }: ClipListProps) {
  const { clips } = selection;
  const hidden = clips.length - MOST_SHOWN;
  return (
    <ul className="clips" aria-label={words.selectedClips}>
      {clips.slice(0, MOST_SHOWN).map((clip) => (
        <ClipLine
          key={clip.key}
          clip={clip}
          selection={{ ...selection, clips: [clip] }}
          client={client}
          onInstead={onInstead}
        />
      ))}
      {hidden > 0 && <li className="quiet">{words.andMore(hidden)}</li>}
    </ul>
  );
}

interface ClipLineProps extends ClipListProps {
  clip: SelectedClip;
}

function ClipLine({ clip, selection, client, onInstead }: ClipLineProps) {
  const { ask, error } = useAsking();
  const openMenu = useClipMenu(selection, (act, actors) => void ask(() => actOnClips(act, selection, actors)));
  const contextMenu = useContextMenu(openMenu);
  const part = clipPart(clip);
  return (
    <li className="clip" {...contextMenu}>
      <div className="line">
        <span className="cut grow" title={clip.mediaPath ?? clip.name}>
          {clip.name}
        </span>
        <MenuButton name={clip.name} open={openMenu} />
      </div>
      {part !== null && !clip.refusal && <div className="quiet numbers">{part}</div>}
      {clip.refusal && <ErrorNotice error={clip.refusal} />}
      {clip.refusal && clip.alternatives[0] && (
        <button type="button" disabled={!client} onClick={() => onInstead(selection)}>
          {words.instead[clip.alternatives[0]]}
        </button>
      )}
      {error && <ErrorNotice error={error} />}
    </li>
  );
}

function useClipMenu(selection: Selection, onAct: (act: Act, actors: Actors) => void): (place: MenuPlace) => void {
  const { client, host, courier, models, looks, openMenu } = useSurroundings();
  return (place) => {
    if (!client) return;
    const { settings, jobs } = client.view;
    const restorable = host.restorable.get();
    const items = clipMenu(selection, { host: host.kind, settings, models, looks, jobs, restorable });
    openMenu(place, items, (act) => onAct(act, { client, host, courier, settings, models }));
  };
}

function useSelectionEstimate(selection: Selection, choice: Choice, settings: Settings) {
  const { client } = useSurroundings();
  const usable = selection.clips.filter(({ refusal }) => !refusal);
  const wish = wishOf(choice, settings);
  const key = usable.length === 0 ? '' : JSON.stringify([usable.map(({ key, range }) => [key, range]), wish]);
  return useEstimate(client, key, async (connected) => {
    const plan = await planSelection(connected, selection, wish);
    return plan.map(({ task }) => task);
  });
}

/** What the host's own menus ask for. */
function useCommands(commands: Record<'upscale' | 'flat', () => void>): void {
  const { link, courier, client } = useSurroundings();
  useEffect(() => {
    const all: Record<string, () => void> = {
      ...commands,
      reconnect: () => link.retry(),
      'place-again': () => {
        for (const job of client?.view.jobs ?? [])
          if (isSettled(job.state) && job.host) void courier?.deliverAgain(job);
      },
    };
    const obey = (event: Event): void => {
      if (event instanceof CustomEvent) all[String(event.detail)]?.();
    };
    window.addEventListener('uprez', obey);
    return () => window.removeEventListener('uprez', obey);
  });
}
