import { LookId } from '@uprez/shared';
import { Argument, type Command, Option } from 'commander';
import { strength } from './options.ts';

/** What the verbs below `looks` do. */
export interface LookVerbs {
  list(flags: object): Promise<void>;
  cube(id: string, file: string | undefined, flags: object): Promise<void>;
}

/** `looks` alone lists them. */
export function addLookVerbs(program: Command, verbs: LookVerbs): void {
  const looks = program
    .command('looks')
    .description('list the looks, or write one as a LUT')
    .addOption(new Option('--json', 'for programs: JSON instead of words'))
    .action((flags: object) => verbs.list(flags));
  looks
    .command('cube')
    .description('write the .cube LUT that takes a look back to Rec. 709')
    .addArgument(new Argument('<look>', 'one of `uprez looks`').choices(LookId.options))
    .argument('[file]', 'where to (default: here, by the look’s name)')
    .option('--apply', 'the look itself instead')
    .option('--strength <share>', 'of the look: 0 to 1', strength)
    .addOption(new Option('--matrix <number>', 'matrix of the clips').choices(['601', '709', '2020']).default('709'))
    .action((id: string, file: string | undefined, flags: object) => verbs.cube(id, file, flags));
}
