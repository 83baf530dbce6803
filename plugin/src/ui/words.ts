import type {
  Alpha,
  BackendId,
  Check,
  Deband,
  Job,
  JobState,
  KeyState,
  LogLine,
  ModelPull,
  Quality,
  RateConversion,
  Settings,
  Size,
  Stage,
} from '@uprez/shared';

/* Every word that panel and dashboard say by themselves. Errors bring their own sentences. */

export const words = {
  upscale: 'Upscale',
  flat: 'Flat-log ProRes',
  cancel: 'Cancel',
  retry: 'Retry',
  approve: 'Approve',
  remove: 'Remove',
  reveal: 'Reveal',
  revealSource: 'Reveal original',
  download: 'Download',
  compare: 'Compare',
  log: 'Log',
  importAgain: 'Import again',
  openInSource: 'Open in source monitor',
  restore: 'Restore original',
  upscaleBy: (scale: number): string => `Upscale ${scale}x`,
  withModel: 'Upscale with model',
  flatWith: 'ProRes with look',
  moveFirst: 'Move to the front',
  moveUp: 'Move up',
  moveDown: 'Move down',
  cancelCosts: (credits: number): string => `Cancelling costs ${credits} credits.`,
  cancelUnknown: 'What cancelling costs can’t be asked at the moment.',
  cancelAnyway: 'Cancel all the same',
  keep: 'Keep it',
  selection: 'Selection',
  selectedClips: 'Selected clips',
  andMore: (number: number): string => `and ${number} more`,
  instead: { 'whole-file': 'Upscale the whole file into the bin', 'bin-only': 'Upscale into the bin' },
  moreOptions: 'Options',
  fewerOptions: 'Fewer options',
  estimating: 'Estimating…',
  upTo: (size: string): string => `up to ${size}`,
  checks: 'Checks',
  showChecks: 'Show',
  hideChecks: 'Hide',
  pauseQueue: 'Pause queue',
  resumeQueue: 'Resume queue',
  toDo: (open: number, paused: boolean): string => {
    if (open === 0) return paused ? 'Paused' : 'Nothing to do';
    return `${open} to do${paused ? ', paused' : ''}`;
  },
  openDashboard: 'Open the dashboard',
  detailsOf: (name: string): string => `Details of ${name}`,
  before: 'Before',
  after: 'After',
  close: 'Close',
  pathHint: '/path/to/clip.mp4',
  dropHint: 'Drop clips here, or give the path of one on this computer.',
  chooseFiles: 'Choose files…',
  uploads: 'Uploads',
  leaveOut: (name: string): string => `Leave out ${name}`,
  timeHint: '3.5 or 00:00:03:12',
  frameRateHint: 'as in the clip',
  outputHint: 'as in the settings',
  computesWith: 'Computed with',
  memoryOf: (process: string): string => `Memory, ${process}`,
  segments: 'Segments',
  showLog: (lines: number): string => `Show the log (${lines} ${lines === 1 ? 'line' : 'lines'})`,
  hideLog: 'Hide the log',
  compareOf: (name: string): string => `Before and after: ${name}`,
  divider: 'Divider',
  frame: 'Frame',
  zoom: 'Zoom',
  loading: 'Decoding the frame…',
  noPictures: 'This frame can’t be shown: source or result is not there any more, or can’t be decoded.',
  models: 'Models',
  modelPath: 'Path of an ONNX file',
  modelPathHint: '/path/to/network.onnx',
  addModel: 'Add model',
  tryingModel: 'Trying it out…',
  ready: 'Ready',
  notReady: (bytes: number | null): string => (bytes === null ? 'Not ready' : byteSize(bytes)),
  downloadModel: 'Download…',
  licenceOf: (name: string): string => `Licence of ${name}`,
  acceptLicence: (size: string): string => (size === '' ? 'Accept and download' : `Accept and download ${size}`),
  decline: 'Don’t',
  settings: 'Settings',
  settingsFiles: 'Files',
  settingsPremiere: 'Premiere',
  settingsCloud: 'Topaz cloud',
  settingsConnections: 'Connections',
  settingsLook: 'Appearance',
  besideSource: 'beside the clip',
  revoke: 'Disconnect',
  newCode: 'Show a code for pairing a panel',
  codeUntil: (time: string): string => `until ${time}`,
  apiKey: 'API key',
  setKey: 'Set key',
  testKey: 'Test key',
  removeKey: 'Remove key',
  keyIsIn: (place: string): string => `There is one, ${place}`,
  available: (credits: string): string => `${credits} available`,
  statistics: 'Statistics',
  statisticsJobs: 'Jobs',
  statisticsModels: 'Models',
  statisticsErrors: 'Errors of the last 30 days',
  statisticsHealth: 'Health',
  made: 'Made',
  spent: 'Spent',
  noErrors: 'None.',
  fps: (rate: number): string => `${rate.toFixed(1)} fps`,
  checkHealth: 'Check everything',
  checking: 'Checking…',
  tryNow: 'Try now',
  pair: 'Pair',
  pairingCode: 'Six-digit code',
  back: 'Back',
  more: (name: string): string => `More for ${name}`,
  nothingSelected: 'Nothing selected',
  selected: (number: number): string => `${number} selected`,
  nothingSelectedHint: 'Select clips on the timeline, or files in the Project panel.',
  noProject: 'No project is open.',
  noJobsPanel: 'No jobs yet.',
  noJobs: 'No jobs yet. Drop a clip above, or give its path.',
} as const;

/** What is the matter with the connection, and what to do. */
export const connectionWords = {
  connecting: { text: 'Connecting…', next: '' },
  lost: { text: 'The connection to the daemon was lost.', next: 'It comes back by itself; jobs go on meanwhile.' },
  refused: {
    text: 'This page is not connected to the daemon any more.',
    next: 'Run `npm start` and open the link it prints.',
  },
  absent: { text: 'Uprez is not running.', next: 'Start it; the panel connects by itself.' },
  unpaired: {
    text: 'Uprez runs but does not know this panel yet.',
    next: 'Type `uprez pair`, or open Settings in the dashboard, and enter the code.',
  },
  outdated: { text: 'Panel and daemon are of different versions.', next: 'Update the older one.' },
} as const;

export const labels = {
  model: 'Model',
  scale: 'Scale',
  backend: 'Runs on',
  look: 'Look',
  frameRate: 'Frame rate',
  range: 'Part',
  from: 'From',
  to: 'To',
  sound: 'Sound',
  output: 'Output folder',
  delivery: 'Result goes',
  rateConversion: 'New frames',
  alpha: 'Transparency',
  deband: 'Deband',
  handles: 'Handles',
  jobs: 'Jobs',
  path: 'Path of the clip',
} as const;

export const backendNames: Record<BackendId, string> = {
  local: 'This computer',
  topaz: 'Topaz cloud',
  'topaz-desktop': 'Topaz Video app (experimental)',
};

export const tabNames = { queue: 'Queue', models: 'Models', statistics: 'Statistics', settings: 'Settings' } as const;

export const settingNames = {
  outputFolder: 'Folder for results',
  keepDays: 'Days that ended jobs stay listed',
  delivery: 'Results go',
  handles: 'Handles, in frames',
  disableOriginal: 'Disable clips that have got a result above them',
  spendPerJob: 'Credits a job may cost without asking',
  spendPerDay: 'Credits a day may cost without asking',
  cloudResult: 'Results come back as',
  cloudDelete: 'Delete source and result at the service afterwards',
  theme: 'Theme',
} as const;

export const rateConversionNames: Record<RateConversion, string> = {
  sampling: 'repeat and drop',
  blending: 'blend',
  flow: 'optical flow',
};

export const soundNames: Record<Job['task']['audio'], string> = { keep: 'keep', none: 'leave out' };

export const alphaNames: Record<Alpha, string> = {
  refuse: 'refuse such clips',
  drop: 'leave out',
  keep: 'keep, as ProRes 4444',
};

export const debandNames: Record<Deband, string> = { auto: 'automatic', off: 'off', low: 'low', high: 'high' };

export const cloudResultNames: Record<Settings['cloudResult'], string> = {
  prores: 'ProRes',
  h265: 'H.265, a smaller download',
};

export const keyPlaces: Record<NonNullable<KeyState['place']>, string> = {
  keychain: 'in the keychain',
  file: 'in a file that only you can read',
};

const pullStages: Record<ModelPull['stage'], string> = {
  download: 'Downloading',
  prove: 'Checking',
  convert: 'Converting',
  inspect: 'Trying out',
};

export function pullText({ stage, bytesDone, bytesTotal }: ModelPull): string {
  return `${pullStages[stage]} · ${byteSize(bytesDone)} of ${byteSize(bytesTotal)}`;
}

export const deliveryNames: Record<Settings['delivery'], string> = {
  above: 'above the clip',
  relink: 'in the clip’s place',
  bin: 'into the bin',
};

export const themeNames: Record<Settings['theme'], string> = { darkest: 'Darkest', dark: 'Dark', light: 'Light' };

/** File name of a path of any platform. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

export const stateNames: Record<JobState, string> = {
  queued: 'Waiting',
  running: 'Running',
  'awaiting-approval': 'Waiting for approval',
  cancelling: 'Cancelling',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const stageNames: Record<Stage, string> = {
  prepare: 'Getting ready',
  upload: 'Uploading',
  download: 'Downloading',
  process: 'Upscaling',
  finish: 'Finishing the file',
  verify: 'Checking the file',
};

/**
 * Time ahead, no finer than it can be known: "about 2 min". Rounded up, so that nobody waits longer than it said for want of
 * rounding.
 */
export function about(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  const tens = Math.ceil(minutes / 10) * 10;
  const [hours, rest] = [Math.floor(tens / 60), tens % 60];
  return hours < 10 && rest > 0 ? `about ${hours} h ${rest} min` : `about ${Math.round(tens / 60)} h`;
}

/** Time that has passed: "0:14", "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

export function byteSize(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} KB`;
}

export function sizeText({ width, height }: Size): string {
  return `${width}×${height}`;
}

export function becomes(before: Size, after: Size): string {
  const same = before.width === after.width && before.height === after.height;
  return same ? sizeText(before) : `${sizeText(before)} → ${sizeText(after)}`;
}

/** Self-consistency and flicker, as far as they were measured. */
export function qualityRows({ consistencyDb, flicker, frameBytes }: Quality): [string, string][] {
  const rows: [string, string][] = [['Frame size', byteSize(frameBytes)]];
  if (flicker !== null) rows.unshift(['Flicker', `${flicker.toFixed(2)} (1: like plain interpolation)`]);
  if (consistencyDb !== null) rows.unshift(['Self-consistency', `${consistencyDb.toFixed(1)} dB`]);
  return rows;
}

export function checkSummary(checks: readonly Check[]): string {
  const bad = checks.filter(({ ok }) => !ok).length;
  return bad === 0 ? `${count(checks.length, 'check')} passed` : `${bad} of ${checks.length} checks failed`;
}

/** Undefined where the job has not run to an end. */
export function timeTaken({ startedAt, endedAt }: Pick<Job, 'startedAt' | 'endedAt'>): string | undefined {
  return startedAt === null || endedAt === null ? undefined : clock((endedAt - startedAt) / 1000);
}

export function logText({ event, facts }: LogLine): string {
  const known = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return [event, ...known].join(' · ');
}
