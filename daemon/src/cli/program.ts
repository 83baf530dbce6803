import { resolve } from 'node:path';
import { Alpha, Fields, RateConversion } from '@uprez/shared';
import { Argument, Command, Option } from 'commander';
import { addLookVerbs, type LookVerbs } from './looks-program.ts';
import { addModelVerbs, type ModelVerbs } from './models-program.ts';
import { backend, deband, handles, look, rate, scale, strength, time } from './options.ts';

/** What the verbs do; `main.ts` of this folder fills it in, so that this file is nothing but the shape of the language. */
export interface Verbs {
  serve(): Promise<void>;
  upscale(clips: string[], flags: object): Promise<void>;
  flat(clips: string[], flags: object): Promise<void>;
  jobs(id: string | undefined, flags: object): Promise<void>;
  watch(flags: object): Promise<void>;
  act(verb: 'cancelJob' | 'retryJob' | 'approveJob' | 'removeJob', ids: string[], flags: object): Promise<void>;
  models: ModelVerbs;
  looks: LookVerbs;
  doctor(flags: object): Promise<void>;
  settings(key: string | undefined, value: string | undefined, flags: object): Promise<void>;
  key(action: 'show' | 'set' | 'test' | 'remove'): Promise<void>;
  pair(): Promise<void>;
  stop(): Promise<void>;
  autostart(action: 'on' | 'off' | 'status', flags: object): Promise<void>;
  uninstall(): Promise<void>;
}

/** The whole language of the command line. */
export function createProgram(version: string, verbs: Verbs): Command {
  const program = new Command('uprez')
    .description('Upscales clips to ProRes 422 HQ, on this machine. Without a verb: serve.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; also after a verb')
    .exitOverride()
    .showHelpAfterError('Type “uprez help” for all verbs and options.')
    .addHelpText('after', examples);
  for (const option of daemonOptions) program.addOption(option);
  addUpscale(program, verbs);
  addFlat(program, verbs);
  addQueueVerbs(program, verbs);
  addHouseVerbs(program, verbs);
  return program;
}

/** Flags of everything in config.ts that can also be set by `UPREZ_…` and config.json. */
const daemonOptions = [
  ['--data-dir <folder>', 'database, log and settings'],
  ['--temp-dir <folder>', 'unfinished files (default: beside the result)'],
  ['--output-dir <folder>', 'results (default: beside the source)'],
  ['--model-path <folder>', 'further models'],
  ['--topaz-app <folder>', 'where Topaz Video is installed'],
  ['--ffmpeg-path <file>', 'ffmpeg to use'],
  ['--max-file-size <size>', 'largest source, such as 50GB'],
  ['--cleanup-interval <time>', 'how often old jobs leave the list, such as 1h'],
  ['--threads <n>', 'threads of the model on the CPU'],
  ['--provider <name>', 'what models run on: cpu, webgpu, dml, coreml or cuda (default: the fastest here)'],
  ['--precision <name>', 'numbers models compute in: fp32, fp16 or int8 (default: the fastest here)'],
  ['--port <n>', 'port to listen on'],
  ['--log-level <level>', 'trace, debug, info, warn, error or fatal'],
].map(([flags = '', text]) => {
  const option = new Option(flags, text).helpGroup('Daemon options (also UPREZ_… variables):');
  return /<(folder|file)>/.test(flags) ? option.argParser((path: string) => resolve(path)) : option;
});

const json = (): Option => new Option('--json', 'for programs: JSON instead of words');

function addUpscale(program: Command, verbs: Verbs): void {
  const command = program
    .command('upscale')
    .description('upscale clips and wait for the results')
    .argument('<clips...>', 'video files')
    .option('--scale <factor>', '2 or 4; 1 keeps the size', scale)
    .option('--model <id>', 'a model of `uprez models`')
    .option('--backend <name>', 'local, topaz or topaz-desktop', backend)
    .option('--look <look>', 'flat, slog3 … (`uprez looks`), or a .cube file', look);
  addTaskOptions(command).action((clips: string[], flags: object) => verbs.upscale(clips, flags));
}

function addFlat(program: Command, verbs: Verbs): void {
  const command = program
    .command('flat')
    .description('make ProRes for grading: same size, banding taken away, a flat or log look')
    .argument('<clips...>', 'video files')
    .option('--look <look>', 'one of `uprez looks`, or a .cube file (flat)', look);
  addTaskOptions(command).action((clips: string[], flags: object) => verbs.flat(clips, flags));
}

/** What every way of making a file out of a clip understands. */
function addTaskOptions(command: Command): Command {
  return command
    .option('--strength <share>', 'how much of the look: 0 to 1', strength)
    .option('--deband <how>', 'take steps out of gradients: auto, off, low or high', deband)
    .option('--lut', 'write the .cube LUT that takes the look back beside the result')
    .option('--from <time>', 'in point: seconds, hh:mm:ss.mmm or timecode from the clip’s first frame', time)
    .option('--to <time>', 'out point, not included', time)
    .option('--fps <rate>', 'conform to a frame rate: 24, 23.976, 30000/1001', rate)
    .addOption(
      new Option('--fps-method <name>', 'how frames of another rate are made (sampling)').choices(
        RateConversion.options,
      ),
    )
    .addOption(
      new Option('--fields <what>', 'what becomes of interlaced pictures (deinterlace)').choices(Fields.options),
    )
    .option('--handles <frames>', 'extra frames before and after the range', handles)
    .option('--no-audio', 'leave the sound out')
    .addOption(
      new Option('--alpha <what>', 'transparency, which ProRes 422 can’t hold (refuse)').choices(Alpha.options),
    )
    .option('--output <path>', 'a folder, or a file ending in .mov')
    .option('--detach', 'leave it to the running daemon and print the job’s id')
    .addOption(new Option('--json', 'events as JSON lines on stdout; the last one is the result'));
}

function addQueueVerbs(program: Command, verbs: Verbs): void {
  program
    .command('jobs')
    .description('list the jobs, or tell all about one')
    .argument('[id]', 'a job’s id, or its beginning')
    .addOption(json())
    .action((id: string | undefined, flags: object) => verbs.jobs(id, flags));
  program
    .command('watch')
    .description('follow the running daemon’s jobs')
    .addOption(json())
    .action((flags: object) => verbs.watch(flags));
  const actions = [
    ['cancel', 'cancelJob', 'stop jobs and remove what they left behind'],
    ['retry', 'retryJob', 'queue failed or cancelled jobs again'],
    ['approve', 'approveJob', 'accept the price of jobs that wait for it'],
    ['remove', 'removeJob', 'take ended jobs off the list; results stay'],
  ] as const;
  for (const [name, verb, description] of actions) {
    const command = program.command(name).description(description).argument('<ids...>', 'ids, or their beginnings');
    if (verb === 'cancelJob') command.option('--yes', 'even where that costs credits');
    command.action((ids: string[], flags: object) => verbs.act(verb, ids, flags));
  }
}

function addHouseVerbs(program: Command, verbs: Verbs): void {
  program
    .command('serve', { isDefault: true })
    .description('run the daemon and print the dashboard’s link (default)')
    // An unknown verb lands here, as an argument of the default.
    .allowExcessArguments()
    .action((_flags: object, command: Command) => {
      const [word] = command.args;
      if (word !== undefined) command.error(`error: unknown verb “${word}”`);
      return verbs.serve();
    });
  addModelVerbs(program, verbs.models);
  addLookVerbs(program, verbs.looks);
  program
    .command('doctor')
    .description('check what Uprez needs')
    .addOption(json())
    .option(
      '--bundle [file]',
      'a ZIP file with everything that helps others to find out what is wrong, without secrets',
    )
    .action((flags: object) => verbs.doctor(flags));
  program
    .command('settings')
    .description('show the settings, one of them, or change one')
    .argument('[key]')
    .argument('[value]', '“none” empties a setting')
    .addOption(json())
    .action((key: string | undefined, value: string | undefined, flags: object) => verbs.settings(key, value, flags));
  addKeyVerb(program, verbs);
  program
    .command('pair')
    .description('print a code that pairs a panel with the running daemon')
    .action(() => verbs.pair());
  program
    .command('stop')
    .description('stop the running daemon')
    .action(() => verbs.stop());
  addLoginVerbs(program, verbs);
}

function addLoginVerbs(program: Command, verbs: Verbs): void {
  program
    .command('autostart')
    .description('start Uprez with your session, or no longer; says how it is without a word')
    .addArgument(new Argument('[action]').choices(['on', 'off', 'status']).default('status'))
    .option('--service', 'on Linux without a desktop: by your systemd')
    .action((action: Parameters<Verbs['autostart']>[0], flags: object) => verbs.autostart(action, flags));
  program
    .command('uninstall')
    .description('stop the daemon and undo autostart; says what stays and where')
    .action(() => verbs.uninstall());
}

function addKeyVerb(program: Command, verbs: Verbs): void {
  program
    .command('key')
    .description('API key of the cloud service: where it is, or set, test or remove it')
    .addArgument(new Argument('[action]').choices(['show', 'set', 'test', 'remove']).default('show'))
    .action((action: Parameters<Verbs['key']>[0]) => verbs.key(action));
}

const examples = `
Examples:
  uprez upscale clip.mp4                           2x with the model “fast”, beside the clip
  uprez upscale *.mp4 --scale 4 --output results   several clips, into a folder
  uprez upscale clip.mov --from 00:00:10:00 --to 00:00:15:00 --handles 12
  uprez flat *.mp4 --output graded                 flat ProRes of the same size, for grading
  uprez jobs                                       what is waiting, running and done
  uprez cancel 3f2a                                ids may be shortened

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`;
