import type { Experiment } from './experiment.ts';
import { soak } from './m1-soak.ts';
import { kills } from './r1-kills.ts';
import { sleep } from './r10-sleep.ts';
import { databases, powerCuts } from './r11-database.ts';
import { ffmpegs } from './r2-ffmpeg.ts';
import { fileSystem } from './r4-file-system.ts';
import { fullDisk } from './r5-full-disk.ts';
import { network } from './r6-network.ts';
import { disconnects } from './r7-disconnects.ts';
import { starts } from './r8-starts.ts';
import { poison } from './r9-poison.ts';
import { handshakes } from './s1-handshakes.ts';
import { messages } from './s2-messages.ts';
import { connections } from './s3-connections.ts';
import { paths } from './s4-paths.ts';
import { media } from './s5-media.ts';
import { hostileNames } from './s6-names.ts';
import { canary } from './s7-canary.ts';
import { pairing } from './s8-pairing.ts';

/** All experiments, in the order in which they are run. */
export const programme: readonly Experiment[] = [
  ...[handshakes, messages, connections, paths, media, hostileNames, canary, pairing],
  ...[kills, ffmpegs, powerCuts, fileSystem, fullDisk, network, disconnects, starts, poison, sleep, databases],
  soak,
];
