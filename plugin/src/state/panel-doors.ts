import { type LastingPairing, PORTS } from '@uprez/shared';
import { z } from 'zod';
import type { Door, LinkOptions } from './daemon-link.ts';

/** The part of localStorage that is used. */
interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = 'uprez.pairing';
const Pairing = z.object({ id: z.string(), secret: z.string() });

/**
 * How a panel gets in: with the secret of the daemon's endpoint file, where it can be read, else with a pairing made by
 * code, at whichever of the fixed ports the daemon has.
 */
export function panelDoors(
  readEndpoint: () => Promise<Door | undefined>,
  memory: Memory,
): Pick<LinkOptions, 'doors' | 'remember'> {
  return {
    async doors() {
      const endpoint = await readEndpoint();
      const pairing = remembered(memory);
      const byCode = pairing ? PORTS.map((port): Door => ({ port, credentials: { kind: 'pairing', ...pairing } })) : [];
      return endpoint ? [endpoint, ...byCode] : [...byCode, ...knocking(pairing)];
    },
    remember: (pairing) => memory.setItem(KEY, JSON.stringify(pairing)),
  };
}

/** Without any secret there is still a difference between nobody and somebody who asks for one. */
function knocking(pairing: LastingPairing | undefined): Door[] {
  if (pairing) return [];
  return PORTS.map((port) => ({ port, credentials: { kind: 'pairing', id: 'unknown', secret: '0'.repeat(64) } }));
}

function remembered(memory: Memory): LastingPairing | undefined {
  try {
    return Pairing.safeParse(JSON.parse(memory.getItem(KEY) ?? 'null')).data;
  } catch {
    return undefined;
  }
}
