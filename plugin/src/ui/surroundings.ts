import type { DaemonClient, LookOffer, Model } from '@uprez/shared';
import { createContext, useContext } from 'react';
import type { Courier } from '../flows/courier.ts';
import type { Host } from '../host/host.ts';
import type { DaemonLink } from '../state/daemon-link.ts';
import type { OpenMenu } from './menu-layer.tsx';

/** What views may use besides what they are given to show. Changes seldom, so that lists are not drawn again for it. */
export interface Surroundings {
  link: DaemonLink;
  /** Undefined while there is no connection. */
  client: DaemonClient | undefined;
  host: Host;
  courier: Courier | null;
  models: readonly Model[];
  looks: readonly LookOffer[];
  openMenu: OpenMenu;
}

const Context = createContext<Surroundings | undefined>(undefined);

export const SurroundingsProvider = Context.Provider;

export function useSurroundings(): Surroundings {
  const surroundings = useContext(Context);
  if (!surroundings) throw new Error('used outside of the app');
  return surroundings;
}
