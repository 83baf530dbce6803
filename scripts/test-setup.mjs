import { build } from './build.mjs';

/** Global set-up of the media and e2e projects: tests run the same bundles that users run. */
export async function setup() {
  await build();
}
