import type { Action, Project } from '@adobe/premierepro';
import { z } from 'zod';
import { ask } from './premiere-guard.ts';
import { ppro } from './premiere-modules.ts';

const NAME = 'uprez.links';

const Placed = z.object({ key: z.string(), sequenceId: z.string(), track: z.int(), start: z.string() });

/**
 * What was done in a project for a job. It is written in the same transaction as what it tells of and lies in the project
 * itself: undone with it, saved with it, gone with it.
 */
const Link = z.object({
  /** `placed`: on the timeline, but not yet framed like its original. */
  stage: z.enum(['placed', 'done']),
  mode: z.enum(['above', 'relink', 'bin']),
  itemId: z.string(),
  enlargement: z.number().positive(),
  placements: z.array(Placed),
  /** Originals that were switched off. */
  hidden: z.array(z.object({ sequenceId: z.string(), itemId: z.string(), track: z.int(), start: z.string() })),
  /** Files that relinked items had before, by item. */
  oldPaths: z.record(z.string(), z.string()),
});
export type Link = z.infer<typeof Link>;

const Stored = z.record(z.string(), Link);

/** The links of one project, as they were when they were read. */
export class Links {
  private readonly properties: Awaited<ReturnType<typeof ppro.Properties.getProperties>>;
  private links: Readonly<Record<string, Link>>;

  private constructor(properties: Links['properties'], links: Links['links']) {
    this.properties = properties;
    this.links = links;
  }

  static async of(project: Project): Promise<Links> {
    return ask('read the project', async () => {
      const properties = await ppro.Properties.getProperties(project);
      const text = properties.hasValue(NAME) ? properties.getValue(NAME) : '{}';
      return new Links(properties, Stored.catch({}).parse(parsed(text)));
    });
  }

  get(jobId: string): Link | undefined {
    return this.links[jobId];
  }

  entries(): [string, Link][] {
    return Object.entries(this.links);
  }

  /** Made inside a lock; undefined forgets a job. */
  change(changes: Readonly<Record<string, Link | undefined>>): Action {
    const kept = Object.entries({ ...this.links, ...changes }).filter(([, link]) => link !== undefined);
    this.links = Object.fromEntries(kept) as Record<string, Link>;
    return this.properties.createSetValueAction(
      NAME,
      JSON.stringify(this.links),
      ppro.Constants.PropertyType.PERSISTENT,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
