import { DBusError, Variant } from '@jellybrick/dbus-next';
import type { Menu, MenuItem } from '../messages.ts';
import { Exported } from './exported.ts';

type Properties = Record<string, Variant>;
/** (ia{sv}av) */
type Layout = [number, Properties, Variant[]];

interface Entry {
  number: number;
  item: MenuItem | null;
  children: Entry[];
}

/**
 * The menu as `com.canonical.dbusmenu`, version 3. Items have numbers there; the same item of the same place keeps its own,
 * so that an open menu goes on working while labels change.
 */
export class DbusMenu extends Exported {
  readonly Version = 3;
  readonly TextDirection = 'ltr';
  readonly Status = 'normal';
  readonly IconThemePath: string[] = [];
  private readonly onClick: (id: string) => void;
  private readonly numbers = new Map<string, number>([['', 0]]);
  private entries = new Map<number, Entry>();
  private structure = '';
  private revision = 0;

  constructor(onClick: (id: string) => void) {
    super('com.canonical.dbusmenu');
    this.onClick = onClick;
    this.entries.set(0, { number: 0, item: null, children: [] });
  }

  show({ items }: Menu): void {
    const before = this.entries;
    this.entries = new Map();
    const root = this.entry('', null, items);
    const structure = JSON.stringify(shape(root));
    if (structure === this.structure) return this.tellChanges(before);
    this.structure = structure;
    this.revision += 1;
    this.LayoutUpdated(this.revision, 0);
  }

  GetLayout(parent: number, depth: number, names: string[]): [number, Layout] {
    return [this.revision, layout(this.find(parent), depth, names)];
  }

  GetGroupProperties(numbers: number[], names: string[]): [number, Properties][] {
    const wanted = numbers.length === 0 ? [...this.entries.keys()] : numbers.filter((each) => this.entries.has(each));
    return wanted.map((each) => [each, propertiesOf(this.find(each), names)]);
  }

  GetProperty(number: number, name: string): Variant {
    const property = propertiesOf(this.find(number), [name])[name];
    if (property) return property;
    throw new DBusError('com.canonical.dbusmenu.Error', `item ${number} has no ${name}`);
  }

  Event(number: number, what: string): void {
    const item = this.entries.get(number)?.item;
    if (what === 'clicked' && item?.kind === 'action') this.onClick(item.id);
  }

  EventGroup(events: [number, string, Variant, number][]): number[] {
    for (const [number, what] of events) this.Event(number, what);
    return events.map(([number]) => number).filter((number) => !this.entries.has(number));
  }

  /** Nothing to update: changes are told when they happen. */
  AboutToShow(_number: number): boolean {
    return false;
  }

  AboutToShowGroup(numbers: number[]): [number[], number[]] {
    return [[], numbers.filter((number) => !this.entries.has(number))];
  }

  LayoutUpdated(revision: number, parent: number): [number, number] {
    return [revision, parent];
  }

  ItemsPropertiesUpdated(
    updated: [number, Properties][],
    removed: [number, string[]][],
  ): [[number, Properties][], [number, string[]][]] {
    return [updated, removed];
  }

  private entry(place: string, item: MenuItem | null, items: readonly MenuItem[]): Entry {
    const number = this.numbers.get(place) ?? this.numbers.size;
    this.numbers.set(place, number);
    const children = items.map((each) =>
      this.entry(`${place}/${each.id}`, each, each.kind === 'menu' ? each.items : []),
    );
    const entry = { number, item, children };
    this.entries.set(number, entry);
    return entry;
  }

  private find(number: number): Entry {
    const entry = this.entries.get(number);
    if (entry) return entry;
    throw new DBusError('com.canonical.dbusmenu.Error', `there is no item ${number}`);
  }

  private tellChanges(before: ReadonlyMap<number, Entry>): void {
    const changed = [...this.entries.values()].filter(
      ({ number, item }) =>
        JSON.stringify(ownProperties(before.get(number)?.item)) !== JSON.stringify(ownProperties(item)),
    );
    if (changed.length === 0) return;
    this.ItemsPropertiesUpdated(
      changed.map((entry) => [entry.number, propertiesOf(entry, [])]),
      [],
    );
  }
}

DbusMenu.configureMembers({
  properties: {
    Version: { signature: 'u', access: 'read' },
    TextDirection: { signature: 's', access: 'read' },
    Status: { signature: 's', access: 'read' },
    IconThemePath: { signature: 'as', access: 'read' },
  },
  methods: {
    GetLayout: { inSignature: 'iias', outSignature: 'u(ia{sv}av)' },
    GetGroupProperties: { inSignature: 'aias', outSignature: 'a(ia{sv})' },
    GetProperty: { inSignature: 'is', outSignature: 'v' },
    Event: { inSignature: 'isvu', outSignature: '' },
    EventGroup: { inSignature: 'a(isvu)', outSignature: 'ai' },
    AboutToShow: { inSignature: 'i', outSignature: 'b' },
    AboutToShowGroup: { inSignature: 'ai', outSignature: 'aiai' },
  },
  signals: {
    LayoutUpdated: { signature: 'ui' },
    ItemsPropertiesUpdated: { signature: 'a(ia{sv})a(ias)' },
  },
});

/** What has to be told as a new layout: numbers and their nesting. */
function shape({ number, item, children }: Entry): unknown {
  return [number, item?.kind, children.map(shape)];
}

function layout(entry: Entry, depth: number, names: readonly string[]): Layout {
  const children = depth === 0 ? [] : entry.children;
  return [
    entry.number,
    propertiesOf(entry, names),
    children.map((child) => new Variant('(ia{sv}av)', layout(child, depth - 1, names))),
  ];
}

/** No names: all of them. */
function propertiesOf({ item }: Entry, names: readonly string[]): Properties {
  const all = Object.entries(ownProperties(item));
  return Object.fromEntries(names.length === 0 ? all : all.filter(([name]) => names.includes(name)));
}

/** Only what differs from the specification's defaults. */
function ownProperties(item: MenuItem | null | undefined): Properties {
  switch (item?.kind) {
    case undefined:
      return { 'children-display': text('submenu') };
    case 'line':
      return { type: text('separator') };
    case 'note':
      return { label: label(item.label), enabled: new Variant('b', false) };
    case 'menu':
      return { label: label(item.label), 'children-display': text('submenu') };
    case 'action':
      if (item.checked === null) return { label: label(item.label) };
      return {
        label: label(item.label),
        'toggle-type': text('checkmark'),
        'toggle-state': new Variant('i', item.checked ? 1 : 0),
      };
  }
}

/** A single underscore would mark the key that selects the item. */
function label(words: string): Variant {
  return text(words.replaceAll('_', '__'));
}

function text(value: string): Variant {
  return new Variant('s', value);
}
