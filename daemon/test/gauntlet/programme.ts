import type { Experiment } from './experiment.ts';
import { handshakes } from './s1-handshakes.ts';
import { messages } from './s2-messages.ts';
import { connections } from './s3-connections.ts';
import { paths } from './s4-paths.ts';
import { media } from './s5-media.ts';
import { pairing } from './s8-pairing.ts';

/** All experiments, in the order in which they are run. */
export const programme: readonly Experiment[] = [handshakes, messages, connections, paths, media, pairing];
