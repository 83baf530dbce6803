import type { premierepro, Project, ProjectItem, Properties, TrackItemSelection } from '@adobe/premierepro';
import { blankItem, cast, clipItem, folderItem, itemIdOf, projectItem } from './items.ts';
import type { ProjectRecord } from './records.ts';
import { editorOf, selectionOf, sequenceOf } from './sequences.ts';
import { must, type Stage } from './stage.ts';
import { guid, PointConstructor, tickTime } from './times.ts';

type Constants = premierepro['Constants'];

/** Checked member by member: Adobe declares enums that exist only as types. */
const constants = {
  ContentType: { ANY: 0, SEQUENCE: 1, MEDIA: 2 },
  MediaType: { ANY: 0, DATA: 1, VIDEO: 2, AUDIO: 3 },
  TrackItemType: { EMPTY: 0, CLIP: 1, TRANSITION: 2, PREVIEW: 3, FEEDBACK: 4 },
  PropertyType: { PERSISTENT: 1, NON_PERSISTENT: 0 },
  ProjectEvent: {
    OPENED: 'projectOpened',
    CLOSED: 'projectClosed',
    DIRTY: 'projectDirty',
    ACTIVATED: 'projectActivated',
    PROJECT_ITEM_SELECTION_CHANGED: 'projectItemSelectionChanged',
  },
  SequenceEvent: { ACTIVATED: 'sequenceActivated', CLOSED: 'sequenceClosed', SELECTION_CHANGED: 'selectionChanged' },
  ProjectItemColorLabel: {
    VIOLET: 0,
    IRIS: 1,
    LAVENDER: 2,
    CERULEAN: 3,
    FOREST: 4,
    ROSE: 5,
    MANGO: 6,
    PURPLE: 7,
    BLUE: 8,
    TEAL: 9,
    MAGENTA: 10,
    TAN: 11,
    GREEN: 12,
    BROWN: 13,
    YELLOW: 14,
  },
} satisfies {
  [K in keyof Constants]?: Record<Extract<keyof Constants[K], string>, string | number>;
};

export const events = { ...constants.ProjectEvent, sequence: constants.SequenceEvent };

type Part<K extends keyof premierepro, M extends keyof premierepro[K]> = Pick<premierepro[K], M>;

/** The module `premierepro`, as far as the panel uses it, on a stage. */
export function createPremierepro(stage: Stage): premierepro {
  const host = {
    Constants: constants as unknown as Constants,
    Project: {
      getActiveProject: () =>
        stage.thread.answer(() => (stage.active === null ? absent : projectOf(stage, stage.active))),
      getProject: (projectGuid) => projectOf(stage, projectGuid.toString()),
    } satisfies Part<'Project', 'getActiveProject' | 'getProject'>,
    ProjectItem: {
      cast: (item) => {
        const id = itemIdOf(item);
        return id === null ? (item as unknown as ProjectItem) : projectItem(stage, id);
      },
    } satisfies Part<'ProjectItem', 'cast'>,
    ClipProjectItem: {
      cast: (item) => cast(stage, item, 'clip', (id) => clipItem(stage, id)),
    } satisfies Part<'ClipProjectItem', 'cast'>,
    FolderItem: {
      cast: (item) => cast(stage, item, 'bin', (id) => folderItem(stage, id)),
    } satisfies Part<'FolderItem', 'cast'>,
    SequenceEditor: {
      getEditor: (sequenceObject) => editorOf(stage, sequenceObject),
    } satisfies Part<'SequenceEditor', 'getEditor'>,
    TickTime: {
      createWithTicks: (ticks) => tickTime(ticks),
      createWithSeconds: (seconds) => tickTime(BigInt(Math.round(seconds * 254_016_000_000))),
      TIME_ZERO: tickTime(0n),
    } satisfies Part<'TickTime', 'createWithTicks' | 'createWithSeconds' | 'TIME_ZERO'>,
    PointF: PointConstructor,
    Properties: {
      getProperties: (owner) =>
        stage.thread.answer(() => propertiesOf(stage, () => stage.project((owner as Project).guid.toString()))),
    } satisfies Part<'Properties', 'getProperties'>,
    ProjectUtils: {
      getSelection: (_project) =>
        stage.thread.answer(() => ({
          getItems: () => stage.thread.answer(() => stage.selectedItems.map((id) => projectItem(stage, id, true))),
        })),
    } satisfies Part<'ProjectUtils', 'getSelection'>,
    TrackItemSelection: {
      createEmptySelection(callback0) {
        let over = false;
        const selection: TrackItemSelection = selectionOf(stage, []);
        const dying = new Proxy(selection, {
          get: (target, name, receiver) => {
            if (over) throw new Error('The script object is no longer valid.');
            return Reflect.get(target, name, receiver) as unknown;
          },
        });
        stage.guarded(() => callback0(dying));
        over = true;
        return true;
      },
    } satisfies Part<'TrackItemSelection', 'createEmptySelection'>,
    SourceMonitor: {
      openFilePath: (filePath) =>
        stage.thread.answer(() => {
          stage.opened.push(filePath);
          return true;
        }),
    } satisfies Part<'SourceMonitor', 'openFilePath'>,
    EventManager: {
      addEventListener(target, eventName, eventHandler, _inCapturePhase) {
        const of = (target as { guid: { toString(): string } }).guid.toString();
        stage.listeners.push({ event: String(eventName), target: of, handler: eventHandler });
      },
      removeEventListener(_target, eventName, eventHandler) {
        const isIt = (other: { event: string; handler: unknown }): boolean =>
          other.event === String(eventName) && other.handler === eventHandler;
        stage.listeners = stage.listeners.filter((listener) => !isIt(listener));
      },
      addGlobalEventListener(eventName, eventHandler, _inCapturePhase) {
        stage.listeners.push({ event: String(eventName), target: null, handler: eventHandler });
      },
    } satisfies Part<'EventManager', 'addEventListener' | 'removeEventListener' | 'addGlobalEventListener'>,
  } satisfies { [K in keyof premierepro]?: unknown };
  return host as unknown as premierepro;
}

/** What the host answers where its types promise something and it has nothing. */
const absent = null as unknown as Project;

export function projectOf(stage: Stage, id: string): Project {
  const record = (): ProjectRecord => stage.project(id);
  const { name, path } = record();
  const project: Pick<
    Project,
    | 'executeTransaction'
    | 'getActiveSequence'
    | 'getRootItem'
    | 'getSequences'
    | 'guid'
    | 'importFiles'
    | 'lockedAccess'
    | 'name'
    | 'path'
  > = {
    guid: guid(id),
    name,
    path,
    getActiveSequence: () =>
      stage.thread.answer(() => {
        const front = record().sequences.find(({ guid: own }) => own === stage.activeSequence);
        return front ? sequenceOf(stage, front.guid) : (null as unknown as ReturnType<typeof sequenceOf>);
      }),
    getSequences: () =>
      stage.thread.answer(() => record().sequences.map((sequence) => sequenceOf(stage, sequence.guid))),
    getRootItem: () => stage.thread.answer(() => folderItem(stage, null, id)),
    importFiles(filePaths, _suppressUI, targetBin, _asNumberedStills) {
      if (targetBin === undefined) throw new Error('Illegal Parameter type');
      const parent = targetBin === null ? null : itemIdOf(targetBin);
      stage.importsAsked += 1;
      return stage.thread.answer(() => {
        record();
        for (const path of filePaths) importLater(stage, record, { path, parent });
        return true;
      });
    },
    lockedAccess(callback) {
      record();
      stage.locked(project as Project, callback);
    },
    executeTransaction: (callback, undoString) =>
      stage.transaction(project as Project, (addAction) => callback({ addAction, empty: false }), undoString),
  };
  return project as Project;
}

/** Says yes at once; the item shows up later, whatever has become of whoever asked. */
function importLater(
  stage: Stage,
  record: () => ProjectRecord,
  { path, parent }: { path: string; parent: string | null },
) {
  const [least, most] = stage.mischief.importDelay;
  if (stage.mischief.importsVanish) return;
  const arrive = async (): Promise<void> => {
    const media = await stage.look(path);
    if (!media) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const item = blankItem(stage.id('item'), name, parent);
    record().items[item.id] = { ...item, kind: 'clip', media, imported: true };
  };
  setTimeout(() => void arrive(), least + stage.chance.fraction() * (most - least));
}

function propertiesOf(stage: Stage, record: () => ProjectRecord): Properties {
  const properties: Pick<Properties, 'getValue' | 'hasValue' | 'createSetValueAction' | 'createClearValueAction'> = {
    hasValue: (name) => name in record().properties,
    getValue: (name) => must(record().properties[name]),
    createSetValueAction: (name, value, _persistenceFlag) =>
      stage.action(() => void (record().properties[name] = String(value))),
    createClearValueAction: (name) => stage.action(() => void delete record().properties[name]),
  };
  return properties as Properties;
}
