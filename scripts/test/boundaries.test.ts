import { describe, expect, it } from 'vitest';
import { findViolations } from '../boundaries.mjs';

const violations = (files: Record<string, string>): string[] => findViolations(new Map(Object.entries(files)));

describe('the import boundaries', () => {
  it.each([
    ['shared/src/job.ts', "import { readFile } from 'node:fs/promises';"],
    ['plugin/src/ui/job-list.tsx', "import { premiere } from '../host/premiere.ts';"],
    ['plugin/src/state/use-daemon.ts', "import { join } from 'node:path';"],
    ['daemon/src/media/probe.ts', "import { JobQueue } from '../jobs/job-queue.ts';"],
    ['daemon/src/media/probe.ts', "import { run } from '../engine/pipeline.ts';"],
    ['daemon/src/store/jobs.ts', "import type { JobQueue } from '../jobs/job-queue.ts';"],
    ['daemon/src/jobs/job-queue.ts', "import { startServer } from '../api/server.ts';"],
    ['daemon/src/jobs/job-runner.ts', "import { createLocalBackend } from '../backends/local/backend.ts';"],
    ['daemon/src/api/server.ts', "import { createLocalBackend } from '../backends/local/backend.ts';"],
    ['daemon/src/engine/pipeline.ts', "import { createLocalBackend } from '../backends/local/backend.ts';"],
    ['daemon/src/backends/topaz/backend.ts', "import { x } from '../local/backend.ts';"],
    ['daemon/src/cli/commands.ts', "import { openStore } from '../store/store.ts';"],
    ['daemon/src/daemon.ts', "import { runCli } from './cli/main.ts';"],
    ['daemon/src/api/server.ts', "import '../main.ts';"],
    ['daemon/src/jobs/job-runner.ts', "import { spawn } from 'node:child_process';"],
    ['daemon/src/engine/pipeline.ts', "const cp = await import('node:child_process');"],
  ])('refuse in %s: %s', (file, text) => {
    expect(violations({ [file]: text })).toHaveLength(1);
  });

  it.each([
    ['shared/src/job.ts', "import { z } from 'zod';\nimport { Task } from './task.ts';"],
    ['daemon/src/main.ts', "import { runCli } from './cli/main.ts';\nimport { startDaemon } from './daemon.ts';"],
    ['daemon/src/engine/pipeline.ts', "import { startFfmpeg } from '../media/ffmpeg.ts';"],
    ['daemon/src/backends/local/backend.ts', "import { EngineTask } from '../../engine/messages.ts';"],
    ['daemon/src/jobs/job-queue.ts', "import {\n  openStore,\n  type Store,\n} from '../store/store.ts';"],
    ['daemon/src/media/ffmpeg.ts', "import { spawn } from 'node:child_process';"],
    ['daemon/src/cli/connect.ts', "import WebSocket from 'ws';"],
  ])('allow in %s: %s', (file, text) => {
    expect(violations({ [file]: text })).toEqual([]);
  });

  it('find circles of imports', () => {
    const circle = violations({
      'shared/src/a.ts': "import './b.ts';",
      'shared/src/b.ts': "export { c } from './c.ts';",
      'shared/src/c.ts': "import type { A } from './a.ts';",
    });
    expect(circle).toEqual([
      'circle of imports: shared/src/a.ts → shared/src/b.ts → shared/src/c.ts → shared/src/a.ts',
    ]);
  });

  it('let only config.ts read the environment', () => {
    const text = 'const home = process.env.HOME;';
    expect(violations({ 'daemon/src/paths.ts': text })).toEqual([
      'daemon/src/paths.ts must not read process.env: only daemon/src/config.ts does',
    ]);
    expect(violations({ 'daemon/src/config.ts': text })).toEqual([]);
  });
});
