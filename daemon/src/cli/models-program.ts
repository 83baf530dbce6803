import { type Command, Option } from 'commander';

/** What the verbs below `models` do. */
export interface ModelVerbs {
  list(flags: object): Promise<void>;
  show(id: string, flags: object): Promise<void>;
  add(file: string, flags: object): Promise<void>;
  pull(id: string, flags: object): Promise<void>;
  remove(ids: string[]): Promise<void>;
}

const json = (): Option => new Option('--json', 'for programs: JSON instead of words');

/** `models` alone lists them; with a further word it changes what is there. */
export function addModelVerbs(program: Command, verbs: ModelVerbs): void {
  const models = program
    .command('models')
    .description('list the models, or add, download and remove some')
    .addOption(json())
    .action((flags: object) => verbs.list(flags));
  models
    .command('show')
    .description('tell all about a model, with the text of its licence')
    .argument('<id>', 'a model of `uprez models`')
    .addOption(json())
    .action((id: string, _flags: object, command: Command) => verbs.show(id, command.optsWithGlobals()));
  models
    .command('add')
    .description('add a network of your own: an ONNX file that enlarges RGB pictures')
    .argument('<file>', 'a copy is made of it')
    .option('--id <id>', 'what --model takes (default: from the file’s name)')
    .option('--name <text>', 'a name for people')
    .addOption(json())
    .action((file: string, _flags: object, command: Command) => verbs.add(file, command.optsWithGlobals()));
  models
    .command('pull')
    .description('download a model; shows its licence first and asks')
    .argument('<id>', 'a model of `uprez models`')
    .option('--accept-licence', 'for scripts: the licence is known and accepted')
    .addOption(json())
    .action((id: string, _flags: object, command: Command) => verbs.pull(id, command.optsWithGlobals()));
  models
    .command('remove')
    .description('remove added and downloaded models')
    .argument('<ids...>', 'models of `uprez models`')
    .action((ids: string[]) => verbs.remove(ids));
}
