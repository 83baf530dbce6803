import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { Courier } from '../flows/courier.ts';
import type { Host } from '../host/host.ts';
import type { DaemonLink, DaemonState } from '../state/daemon-link.ts';
import { useDaemon } from '../state/use-daemon.ts';
import { useList } from '../state/use-list.ts';
import { useReadable } from '../state/use-readable.ts';
import { groundFor } from './ground.ts';
import { MenuLayer, type OpenedMenu, type OpenMenu } from './menu-layer.tsx';
import { PanelView } from './panel-view.tsx';
import { type Surroundings, SurroundingsProvider } from './surroundings.ts';

interface AppProps {
  link: DaemonLink;
  host: Host;
  /** null where there is no timeline to bring results to. */
  courier: Courier | null;
  /** Another view than the panel's. */
  children?: (state: DaemonState) => ReactNode;
}

/** The whole window, whichever it is: connection, menus and theme are the same everywhere. */
export function App({ link, host, courier, children }: AppProps) {
  const state = useDaemon(link);
  const { client, view } = state;
  const models = useList('listModels', client, view.modelsRevision);
  const looks = useList('listLooks', client);
  const [menu, setMenu] = useState<OpenedMenu>();
  const openMenu = useCallback<OpenMenu>((place, items, onAct) => setMenu({ ...place, items, onAct }), []);
  const surroundings = useMemo<Surroundings>(
    () => ({ link, host, courier, client, models, looks, openMenu }),
    [link, host, courier, client, models, looks, openMenu],
  );
  useTheme(host, view.settings.theme);
  return (
    <SurroundingsProvider value={surroundings}>
      <div className={menu && host.kind !== 'none' ? 'covered' : undefined}>
        {children ? children(state) : <PanelView state={state} />}
      </div>
      <MenuLayer menu={menu} close={() => setMenu(undefined)} />
    </SurroundingsProvider>
  );
}

/** A class on the body holds the colours: in UXP neither media queries nor attributes do so reliably. */
function useTheme(host: Host, chosen: string): void {
  const look = useReadable(host.look);
  const theme = host.kind === 'none' ? chosen : look.theme;
  useEffect(() => {
    document.body.className = `theme-${theme}`;
    document.body.style.backgroundColor = groundFor(theme, look.background);
  }, [theme, look.background]);
}
