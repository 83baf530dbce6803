import { fileURLToPath } from 'node:url';
import { AddedModels } from '../../src/library/added-models.ts';
import { createDownload, type DownloadParts } from '../../src/library/download.ts';
import { type LibraryParts, ModelLibrary } from '../../src/library/library.ts';
import type { Offer } from '../../src/models/catalog.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { modelsFolder } from './folders.ts';

const convertScript = fileURLToPath(new URL('../../dist/convert.mjs', import.meta.url));

type Own = Pick<LibraryParts, 'tell' | 'inUse' | 'now' | 'log'>;

interface Given extends DownloadParts {
  /** With catalogues of models; by default the one that comes with Uprez. */
  folders?: readonly string[];
  offers?: readonly Offer[];
  inspect?: LibraryParts['inspect'];
}

/** What a network looks like to those who don't look into it. */
export const someTraits: Awaited<ReturnType<LibraryParts['inspect']>> = {
  scale: 2,
  white: { input: 1, output: 1 },
  element: { input: 'float', output: 'float' },
  multiple: 1,
  fixed: null,
  overlap: 7,
  names: { input: 'input', output: 'output' },
  opset: 13,
  bytesPerSample: 100,
};

/** The real library in a folder of the test's. What is added is taken as it is unless the test inspects it. */
export function openLibrary(folder: string, own: Own, given: Given = {}): ModelLibrary {
  const { folders = [modelsFolder], offers = [], inspect = () => Promise.resolve(someTraits), ...download } = given;
  const added = new AddedModels(folder);
  const registry = new ModelRegistry(folders, { added, offers });
  return new ModelLibrary({
    ...own,
    added,
    registry,
    offers,
    inspect,
    convertScript,
    download: createDownload(download),
  });
}
