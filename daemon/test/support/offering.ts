import type { DaemonOptions } from '../../src/daemon.ts';
import { AddedModels } from '../../src/library/added-models.ts';
import type { LibraryParts } from '../../src/library/library.ts';
import type { Offer } from '../../src/models/catalog.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { startTestDaemon } from './daemon.ts';
import { type Answer, file, publishedAt, serveFiles } from './file-server.ts';
import { modelsFolder } from './folders.ts';
import { openLibrary } from './library.ts';
import { checkpoint } from './networks.ts';
import { ScriptedBackend } from './scripted-backend.ts';
import { tempDir } from './temp-dir.ts';

interface Given {
  answers?: Answer[];
  inspect?: LibraryParts['inspect'];
}

/** What a daemon needs whose library offers one small model on a server; each start is in the same data folder. */
export async function offerOne({ answers = [file(checkpoint)], inspect }: Given = {}) {
  const data = tempDir();
  const server = await serveFiles();
  server.answers(...answers);
  const offer: Offer = {
    ...publishedAt(`${server.origin}/small.pth`, checkpoint),
    ...{ id: 'small', name: 'Small', purpose: 'For tests.', origin: 'example.org', format: 'pytorch-compact' },
    ...{ framesPerSecond: 3, licence: { id: 'MIT', copyright: 'Copyright (c) Somebody', text: 'Do as you like.' } },
  };
  const folder = data.file('models');
  const library: DaemonOptions['library'] = (own) => {
    const parts = { plainOrigin: server.origin, pause: () => Promise.resolve(), offers: [offer] };
    return openLibrary(folder, own, inspect ? { ...parts, inspect } : parts);
  };
  const backend = new ScriptedBackend();
  const start = () => startTestDaemon({ dataDir: data.path, backends: [backend], library });
  const registry = (): ModelRegistry =>
    new ModelRegistry([modelsFolder], { added: new AddedModels(folder), offers: [offer] });
  return {
    ...{ server, data, folder, start, registry, offer, backend },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      data[Symbol.dispose]();
    },
  };
}
