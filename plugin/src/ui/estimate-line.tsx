import type { Estimated } from './use-estimate.ts';
import { about, byteSize, count, sizeText, words } from './words.ts';

/** What it will take, before anybody clicks. */
export function EstimateLine({ estimated }: { estimated: Estimated }) {
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
      const parts = [sizes.map(sizeText).join(', '), count(frames, 'frame'), about(seconds), byteSize(outputBytes)];
      if (credits !== null) parts.push(count(credits, 'credit'));
      return (
        <p className="quiet estimate" role="status">
          → {parts.join(' · ')}
        </p>
      );
    }
  }
}
