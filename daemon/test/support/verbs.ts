import type { Verbs } from '../../src/cli/program.ts';

const nothing = (): Promise<void> => Promise.resolve();
/** Verbs that do nothing, for looking at the language alone. */
export const verbs: Verbs = {
  serve: nothing,
  flat: nothing,
  upscale: nothing,
  jobs: nothing,
  watch: nothing,
  act: nothing,
  models: { list: nothing, show: nothing, add: nothing, pull: nothing, remove: nothing },
  looks: { list: nothing, cube: nothing },
  doctor: nothing,
  settings: nothing,
  key: nothing,
  pair: nothing,
  stop: nothing,
  autostart: nothing,
  uninstall: nothing,
};
