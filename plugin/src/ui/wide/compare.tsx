import { formatTimecode, type Job, timelineOf } from '@uprez/shared';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { type StillState, useStill } from '../../state/stills.ts';
import { Choice } from '../choice-fields.tsx';
import { useSurroundings } from '../surroundings.ts';
import { fileName, sizeText, words } from '../words.ts';

type Zoom = 'fit' | '100' | '200';

const zooms: [Zoom, string][] = [
  ['fit', 'Fit'],
  ['100', '100 %'],
  ['200', '200 %'],
];

/** Source and result of the same frame at full resolution, one over the other, with a divider to move. */
export function Compare({ job, onClose }: { job: Job; onClose(): void }) {
  const { client } = useSurroundings();
  const frames = job.output?.frames ?? 1;
  const [frame, setFrame] = useState(Math.floor(frames / 2));
  const [divider, setDivider] = useState(50);
  const [zoom, setZoom] = useState<Zoom>('fit');
  // Whoever drags through the frames wants the one where the pointer rests.
  const settled = useSettled(frame);
  const before = useStill(client, { job, of: 'source', frame: settled, width: null });
  const after = useStill(client, { job, of: 'result', frame: settled, width: null });
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => dialog.current?.focus(), []);
  const { rate } = timelineOf(job.media, job.task.frameRate);
  return (
    <div
      ref={dialog}
      className="compare"
      role="dialog"
      aria-modal="true"
      aria-label={words.compareOf(fileName(job.task.source))}
      tabIndex={-1}
      onKeyDown={(event) => shortcuts(event, { onClose, frame, frames, setFrame })}
    >
      <div className="line compare-bar">
        <h2 className="cut grow">{fileName(job.task.source)}</h2>
        <Range label={words.divider} value={divider} most={100} onChange={setDivider} />
        <Range label={words.frame} value={frame} most={frames - 1} onChange={setFrame} />
        <span className="numbers quiet">{formatTimecode(frame, rate)}</span>
        <Choice label={words.zoom} value={zoom} options={zooms} onChange={(value) => setZoom(value as Zoom)} />
        <button type="button" onClick={onClose}>
          {words.close}
        </button>
      </div>
      <Pictures before={before} after={after} divider={divider} zoom={zoom} onDivide={setDivider} />
    </div>
  );
}

interface PicturesProps {
  before: StillState;
  after: StillState;
  divider: number;
  zoom: Zoom;
  onDivide(percent: number): void;
}

function Pictures({ before, after, divider, zoom, onDivide }: PicturesProps) {
  if (after === 'coming' || before === 'coming') return <p className="quiet empty">{words.loading}</p>;
  if (!after || !before) return <p className="notice bad">{words.noPictures}</p>;
  const width = { fit: undefined, '100': after.width, '200': after.width * 2 }[zoom];
  const drag = (event: PointerEvent<HTMLElement>): void => {
    if (event.buttons !== 1) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onDivide(Math.round(Math.min(100, Math.max(0, ((event.clientX - left) / width) * 100))));
  };
  return (
    <div className="compare-ground">
      <div
        className={zoom === 'fit' ? 'compare-pictures fit' : 'compare-pictures'}
        style={width === undefined ? { aspectRatio: `${after.width} / ${after.height}` } : { width }}
        onPointerDown={drag}
        onPointerMove={drag}
      >
        <img src={before.image} alt={words.before} draggable={false} />
        <img src={after.image} alt={words.after} draggable={false} style={{ clipPath: `inset(0 0 0 ${divider}%)` }} />
        <div className="compare-divider" style={{ left: `${divider}%` }} />
        <span className="compare-tag left">{`${words.before} · ${sizeText(before)}`}</span>
        <span className="compare-tag right">{`${words.after} · ${sizeText(after)}`}</span>
      </div>
    </div>
  );
}

interface RangeProps {
  label: string;
  value: number;
  most: number;
  onChange(value: number): void;
}

function Range({ label, value, most, onChange }: RangeProps) {
  return (
    <label className="range quiet">
      {label}
      <input
        type="range"
        aria-label={label}
        min={0}
        max={most}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </label>
  );
}

interface Keys {
  frame: number;
  frames: number;
  setFrame(frame: number): void;
  onClose(): void;
}

/** As in editing programs: comma and full stop step through frames. */
function shortcuts(event: KeyboardEvent, { frame, frames, setFrame, onClose }: Keys): void {
  if (event.key === 'Escape') onClose();
  if (event.key === ',') setFrame(Math.max(0, frame - 1));
  if (event.key === '.') setFrame(Math.min(frames - 1, frame + 1));
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 200);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
