import type { Project, Sequence } from '@adobe/premierepro';
import { AppError, toWire, type WireError } from '@uprez/shared';
import type { Delivery, DeliveryMode, DeliveryReport, Placement } from './host.ts';
import { importInto, labelAction, type Memory, playAt } from './premiere-bin.ts';
import { finishPieces, type Hidden } from './premiere-finish.ts';
import { ask, askMaybe, transact } from './premiere-guard.ts';
import { activeProject, idOf, identityOf, sequenceById } from './premiere-items.ts';
import { type Link, Links } from './premiere-links.ts';
import { type Piece, type PiecesAndRefusals, placePieces, planPieces, type Source } from './premiere-place.ts';
import { type Finding, readBack, remember } from './premiere-proof.ts';
import { relink } from './premiere-relink.ts';

/** Brings results into the open project. Never throws. */
export async function deliverAll(deliveries: readonly Delivery[], memory: Memory): Promise<DeliveryReport[]> {
  const project = await activeProject();
  const open = project && (await askMaybe(() => identityOf(project)));
  if (!open) return deliveries.map((delivery) => failed(delivery, new AppError('host.no-project')));
  const belongs = ({ project: own }: Delivery): boolean =>
    own.id === open.id || (open.path !== '' && own.path === open.path);
  const [here, elsewhere] = [deliveries.filter(belongs), deliveries.filter((delivery) => !belongs(delivery))];
  return [
    ...(await deliverTogether(project, here, memory)),
    ...elsewhere.map((delivery) =>
      failed(delivery, new AppError('host.other-project', { project: delivery.project.name })),
    ),
  ];
}

/** All at once; where that fails, one by one, so that one result that can't be delivered does not keep the others. */
async function deliverTogether(project: Project, deliveries: readonly Delivery[], memory: Memory) {
  try {
    return await deliverInto(project, deliveries, memory);
  } catch (error) {
    const cause =
      error instanceof AppError ? error : new AppError('host.failed', { what: 'place clips' }, { cause: error });
    const [first, ...others] = deliveries;
    if (!first || others.length === 0) return deliveries.map((delivery) => failed(delivery, cause));
    const reports: DeliveryReport[] = [];
    for (const delivery of deliveries) reports.push(...(await deliverTogether(project, [delivery], memory)));
    return reports;
  }
}

async function deliverInto(
  project: Project,
  deliveries: readonly Delivery[],
  memory: Memory,
): Promise<DeliveryReport[]> {
  const links = await Links.of(project);
  const isDone = ({ again, jobId }: Delivery): boolean => !again && links.get(jobId)?.stage === 'done';
  const open = deliveries.filter((delivery) => !isDone(delivery));
  const replaced = open.filter(({ mode }) => mode === 'relink');
  const added = open.filter(({ mode }) => mode !== 'relink');
  const paths = added.map(({ result }) => result.path);
  const items = paths.length > 0 ? await importInto(project, paths, memory) : new Map();
  const sources: Source[] = [];
  const lost: DeliveryReport[] = [];
  for (const delivery of added) {
    const item = items.get(delivery.result.path);
    if (item) sources.push({ delivery, item, itemId: await idOf(item) });
    else lost.push(failed(delivery, new AppError('host.import-failed', { file: delivery.result.path })));
  }
  await playAt(
    project,
    sources.flatMap(({ item, delivery: { interpretedRate: rate } }) => (rate ? [{ item, rate }] : [])),
  );
  return [
    ...deliveries.filter(isDone).map((delivery) => fromLink(delivery, links.get(delivery.jobId))),
    ...lost,
    ...(await above(
      project,
      sources.filter(({ delivery }) => delivery.mode === 'above'),
      links,
    )),
    ...intoBin(
      project,
      sources.filter(({ delivery }) => delivery.mode === 'bin'),
      links,
    ),
    ...(await inTurn(replaced, async (delivery) => delivered(delivery, await relink(project, delivery, links)))),
  ];
}

async function above(project: Project, sources: readonly Source[], links: Links): Promise<DeliveryReport[]> {
  if (sources.length === 0) return [];
  const results = new Set([...links.entries().map(([, link]) => link.itemId), ...sources.map(({ itemId }) => itemId)]);
  const sequences = await sequencesOf(project, sources);
  const plans: PiecesAndRefusals[] = [missingSequences(sources, sequences)];
  const before = new Map<Sequence, readonly string[]>();
  for (const sequence of sequences.values()) {
    before.set(sequence, await remember(sequence));
    plans.push(await planPieces(sequence, sources, results));
  }
  const pieces = plans.flatMap((plan) => plan.pieces);
  await placePieces(project, pieces, () => links.change(linksOf(pieces, 'placed', new Map())));
  const findings: Finding[] = [];
  for (const [sequence, clips] of before)
    findings.push(
      ...(await readBack(
        sequence,
        pieces.filter((piece) => piece.sequence === sequence),
        clips,
      )),
    );
  const placements = await finish(project, findings, links);
  for (const { delivery, target, error } of plans.flatMap((plan) => plan.refusals))
    add(placements, delivery.jobId, unplaced(target, toWire(error)));
  const stranded = sources.filter(({ itemId }) => pieces.every((piece) => piece.itemId !== itemId));
  intoBin(project, stranded, links);
  return sources.map(({ delivery }) => delivered(delivery, placements.get(delivery.jobId) ?? []));
}

async function finish(project: Project, findings: readonly Finding[], links: Links): Promise<Map<string, Placement[]>> {
  const placements = new Map<string, Placement[]>();
  const found = findings.filter((finding) => 'clip' in finding);
  for (const finding of findings)
    if ('error' in finding)
      add(placements, finding.piece.delivery.jobId, unplaced(finding.piece.target, toWire(finding.error)));
  if (found.length === 0) return placements;
  const pieces = found.map(({ piece }) => piece);
  const note = (hidden: ReadonlyMap<string, readonly Hidden[]>) => links.change(linksOf(pieces, 'done', hidden));
  const reports = await finishPieces(project, found, note);
  for (const [index, { piece }] of found.entries()) {
    const report = reports[index];
    if (report) add(placements, piece.delivery.jobId, report);
  }
  return placements;
}

function linksOf(
  pieces: readonly Piece[],
  stage: Link['stage'],
  hidden: ReadonlyMap<string, readonly Hidden[]>,
): Record<string, Link> {
  const links: Record<string, Link> = {};
  for (const { delivery, target, track, original, itemId } of pieces) {
    const link = (links[delivery.jobId] ??= {
      stage,
      mode: 'above',
      itemId,
      enlargement: delivery.result.enlargement,
      placements: [],
      hidden: [...(hidden.get(delivery.jobId) ?? [])],
      oldPaths: {},
    });
    const { key, sequenceId } = target;
    link.placements.push({ key, sequenceId, track, start: String(original.start) });
  }
  return links;
}

/** Imported already; it is labelled, and that it is here is written down. */
function intoBin(project: Project, sources: readonly Source[], links: Links): DeliveryReport[] {
  if (sources.length === 0) return [];
  transact(project, 'Uprez: label clips', () => [
    ...sources.map(({ item }) => labelAction(item)),
    links.change(
      Object.fromEntries(
        sources.map(({ delivery, itemId }) => [
          delivery.jobId,
          {
            stage: 'done',
            mode: 'bin',
            itemId,
            enlargement: delivery.result.enlargement,
            placements: [],
            hidden: [],
            oldPaths: {},
          },
        ]),
      ),
    ),
  ]);
  return sources.map(({ delivery }) => delivered(delivery, []));
}

async function sequencesOf(project: Project, sources: readonly Source[]): Promise<Map<string, Sequence>> {
  const ids = new Set(sources.flatMap(({ delivery }) => delivery.targets.map(({ sequenceId }) => sequenceId)));
  const found = new Map<string, Sequence>();
  for (const id of ids) {
    const sequence = await ask('open the sequence', () => sequenceById(project, id));
    if (sequence) found.set(id, sequence);
  }
  return found;
}

function missingSequences(sources: readonly Source[], sequences: ReadonlyMap<string, Sequence>): PiecesAndRefusals {
  const refusals = sources.flatMap(({ delivery }) =>
    delivery.targets
      .filter(({ sequenceId }) => !sequences.has(sequenceId))
      .map((target) => ({ delivery, target, error: new AppError('host.sequence-gone', { clip: target.name }) })),
  );
  return { pieces: [], refusals };
}

function add(placements: Map<string, Placement[]>, jobId: string, placement: Placement): void {
  placements.set(jobId, [...(placements.get(jobId) ?? []), placement]);
}

function unplaced({ key, name }: { key: string; name: string }, remark: WireError): Placement {
  return { key, name, at: null, remark, effectsLeft: [] };
}

/** Done in an earlier life of the panel. */
function fromLink(delivery: Delivery, link: Link | undefined): DeliveryReport {
  const names = new Map(delivery.targets.map(({ key, name }) => [key, name]));
  const placements = (link?.placements ?? []).map(({ key, sequenceId, track, start }) => ({
    key,
    name: names.get(key) ?? '',
    at: { sequenceId, track, start },
    remark: null,
    effectsLeft: [],
  }));
  return { ...delivered(delivery, placements), mode: link?.mode ?? delivery.mode };
}

/** Where nothing of it reached the timeline, it is in the bin, and the remarks say why. */
function delivered({ jobId, mode }: Delivery, placements: readonly Placement[]): DeliveryReport {
  const reached: DeliveryMode = mode === 'above' && placements.every(({ at }) => at === null) ? 'bin' : mode;
  return { jobId, outcome: 'delivered', mode: reached, placements, error: null };
}

function failed({ jobId, mode }: Delivery, error: AppError): DeliveryReport {
  return { jobId, outcome: 'failed', mode, placements: [], error: toWire(error) };
}

async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}
