import { Caller } from './caller.ts';
import { type EmulatorOptions, startTopazEmulator, type TopazEmulator } from './emulator.ts';

/** With a key here the contract is checked against Topaz itself, by free calls. */
const realKey = process.env['UPREZ_TOPAZ_CONTRACT_KEY'];

/** Set by `npm run contract:topaz` when its question was answered with yes. */
const maySpend = process.env['UPREZ_TOPAZ_CONTRACT_SPEND'] === 'yes';

/** False: tests that reserve credits are skipped. */
export const mayReserve = realKey === undefined || maySpend;

/** False: tests of what only an emulator can be made to do are skipped. */
export const isEmulated = realKey === undefined;

export interface ContractTarget extends AsyncDisposable {
  topaz: Caller;
  /** The same service without a key, and with one nobody has. */
  keyless: Caller;
  wrongKey: Caller;
  /** Only there where `isEmulated`. */
  emulator: TopazEmulator;
}

/** The service whose contract is checked. */
export async function openTarget(options: EmulatorOptions = {}): Promise<ContractTarget> {
  const emulator = await startTopazEmulator(options);
  const { url, key } = realKey === undefined ? emulator : { url: 'https://api.topazlabs.com', key: realKey };
  return {
    topaz: new Caller({ url, key }),
    keyless: new Caller({ url, key: null }),
    wrongKey: new Caller({ url, key: '00000000-0000-4000-8000-000000000000' }),
    emulator,
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}
