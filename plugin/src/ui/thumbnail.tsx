import type { Job } from '@uprez/shared';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type StillOf, useStill } from '../state/stills.ts';
import { useSurroundings } from './surroundings.ts';

interface ThumbnailProps {
  job: Job;
  of: 'source' | 'result';
  /** Counted in the result's frames. */
  frame: number;
  width: number;
  label?: string;
}

/** A small picture of a job's clip, fetched when it comes into view. Where there is none, an empty frame. */
export function Thumbnail({ job, of, frame, width, label = '' }: ThumbnailProps) {
  const { client } = useSurroundings();
  const ref = useRef<HTMLSpanElement>(null);
  const seen = useSeen(ref);
  // Twice as many pixels as it is wide: screens have more of them than pages know.
  const wanted: StillOf | undefined = seen ? { job, of, frame, width: width * 2 } : undefined;
  const still = useStill(client, wanted);
  const { width: w, height: h } = job.estimate;
  const height = Math.round(Math.min(width, (width * h) / w));
  return (
    <span ref={ref} className="thumbnail" style={{ width, height }}>
      {still !== 'coming' && still && (
        <img src={still.image} alt={label} style={{ maxWidth: width, maxHeight: height }} />
      )}
    </span>
  );
}

/** Rows that only pass by are not looked at. */
const LOOK_MS = 150;

/** Has it been in view for a moment yet? */
function useSeen(ref: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (seen || !ref.current) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver((entries) => {
      clearTimeout(timer);
      if (entries.at(-1)?.isIntersecting) timer = setTimeout(() => setSeen(true), LOOK_MS);
    });
    observer.observe(ref.current);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [ref, seen]);
  return seen;
}
