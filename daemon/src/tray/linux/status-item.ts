import { argb, type Ink } from '../icon.ts';
import type { Menu, Mood } from '../messages.ts';
import { Exported } from './exported.ts';

/** Width, height, rows of A, R, G, B. */
type Pixmap = [number, number, Buffer];

const SIZES = [22, 24, 32, 44, 48];

/** The icon as `org.kde.StatusNotifierItem`. Its properties have no change signal but one signal each. */
export class StatusItem extends Exported {
  readonly Category = 'ApplicationStatus';
  readonly Id = 'uprez';
  readonly Title = 'Uprez';
  readonly WindowId = 0;
  /** No name: the pixmaps count, so that no icon has to be installed. */
  readonly IconName = '';
  readonly OverlayIconName = '';
  readonly OverlayIconPixmap: Pixmap[] = [];
  readonly AttentionIconName = '';
  readonly AttentionMovieName = '';
  readonly IconThemePath = '';
  readonly ItemIsMenu = true;
  readonly Menu: string;
  private readonly onClick: () => void;
  private mood: Mood = 'idle';
  private status = '';
  private ink: Ink = 'white';

  constructor(menuPath: string, onClick: () => void) {
    super('org.kde.StatusNotifierItem');
    this.Menu = menuPath;
    this.onClick = onClick;
  }

  get Status(): string {
    return this.mood === 'attention' ? 'NeedsAttention' : 'Active';
  }

  get IconPixmap(): Pixmap[] {
    return SIZES.map((size) => [size, size, argb(size, this.mood, this.ink)]);
  }

  get AttentionIconPixmap(): Pixmap[] {
    return SIZES.map((size) => [size, size, argb(size, 'attention', this.ink)]);
  }

  /** Icon name, pixmaps, title, text. */
  get ToolTip(): [string, Pixmap[], string, string] {
    return ['', [], 'Uprez', escaped(this.status)];
  }

  show({ mood, status }: Menu): void {
    const [was, said] = [this.mood, this.status];
    this.mood = mood;
    this.status = status;
    if (status !== said) this.NewToolTip();
    if (mood === was) return;
    this.NewIcon();
    this.NewStatus(this.Status);
  }

  paint(ink: Ink): void {
    if (ink === this.ink) return;
    this.ink = ink;
    this.NewIcon();
    this.NewAttentionIcon();
  }

  /** Where the panel does not show the menu for it. */
  Activate(_x: number, _y: number): void {
    this.onClick();
  }

  SecondaryActivate(_x: number, _y: number): void {}
  ContextMenu(_x: number, _y: number): void {}
  Scroll(_delta: number, _orientation: string): void {}

  NewIcon(): void {}
  NewAttentionIcon(): void {}
  NewToolTip(): void {}
  NewStatus(status: string): string {
    return status;
  }
}

const read = (signature: string) => ({ signature, access: 'read' as const });

StatusItem.configureMembers({
  properties: {
    Category: read('s'),
    Id: read('s'),
    Title: read('s'),
    Status: read('s'),
    WindowId: read('i'),
    IconName: read('s'),
    IconPixmap: read('a(iiay)'),
    OverlayIconName: read('s'),
    OverlayIconPixmap: read('a(iiay)'),
    AttentionIconName: read('s'),
    AttentionIconPixmap: read('a(iiay)'),
    AttentionMovieName: read('s'),
    IconThemePath: read('s'),
    ToolTip: read('(sa(iiay)ss)'),
    ItemIsMenu: read('b'),
    Menu: read('o'),
  },
  methods: {
    Activate: { inSignature: 'ii', outSignature: '' },
    SecondaryActivate: { inSignature: 'ii', outSignature: '' },
    ContextMenu: { inSignature: 'ii', outSignature: '' },
    Scroll: { inSignature: 'is', outSignature: '' },
  },
  signals: {
    NewIcon: { signature: '' },
    NewAttentionIcon: { signature: '' },
    NewToolTip: { signature: '' },
    NewStatus: { signature: 's' },
  },
});

/** Panels take the text as markup. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
