// What every command needs first: everything set up, everything built. Ends the process with a sentence where it can't be.
import { setUp, SetupError } from './setup.mjs';

/** @param {{ browser: boolean }} needs */
export async function ready(needs) {
  try {
    await setUp(needs);
    const { build } = await import('./build.mjs');
    await build();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
