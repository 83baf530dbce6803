import type { Size } from '@uprez/shared';
import type { Estimated } from './use-estimate.ts';
import { about, becomes, byteSize, count, sizeText, words } from './words.ts';

/** What it will take, before anybody clicks. */
export function EstimateLine({ estimated, scale }: { estimated: Estimated; scale: number }) {
  switch (estimated.kind) {
    case 'none':
      return null;
    case 'asking':
      return <p className="quiet estimate">{words.estimating}</p>;
    case 'refused':
      // Nobody has asked for anything yet, so nothing has gone wrong.
      return (
        <p className="notice" role="status">
          {estimated.error.message} <span className="next">{estimated.error.next}</span>
        </p>
      );
    case 'known': {
      const { sizes, seconds, credits, outputBytes, frames } = estimated.totals;
      const parts = [sizesText(sizes, scale), count(frames, 'frame'), about(seconds), byteSize(outputBytes)];
      if (credits !== null) parts.push(count(credits, 'credit'));
      return (
        <p className="quiet estimate" role="status">
          {parts.join(' · ')}
        </p>
      );
    }
  }
}

/** "640×360 → 1280×720", or the largest of several sizes. */
function sizesText([largest, ...others]: readonly Size[], scale: number): string {
  if (!largest) return '';
  if (others.length > 0) return words.upTo(sizeText(largest));
  return becomes({ width: Math.round(largest.width / scale), height: Math.round(largest.height / scale) }, largest);
}
