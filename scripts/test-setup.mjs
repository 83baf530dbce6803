import { build } from './build.mjs';
import { findChromium } from './setup.mjs';

/** Global set-up of the media and e2e projects: tests run the same bundles that users run, and find the browser. */
export async function setup() {
  const chromium = findChromium();
  if (chromium) process.env.CHROME_PATH = chromium;
  await build({ panel: true });
}
