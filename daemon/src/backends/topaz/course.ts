/**
 * The course of a paid request: what is durable at each station, and the step that leads to the next one. The station is
 * written to the journal when its step has succeeded, so a daemon that was killed anywhere begins with the step of the
 * station it finds. What that means for the step is its `again`:
 *
 * - `repeat`: doing it twice has the effect of doing it once; it is simply done.
 * - `resume`: it goes on with what of it is missing.
 * - `look`: nobody knows whether the last call arrived, and a second one might be refused; the service is asked first.
 *
 * Credits are set aside by one step only, `accept`, which the service answers alike however often it is asked; the payment
 * is in the books (`agree`) before it is called for the first time, and no step asks for another request while there is one.
 */
export const course = {
  planned: { step: 'extract', next: 'extracted', again: 'repeat', credits: 'none' },
  extracted: { step: 'quote', next: 'quoted', again: 'repeat', credits: 'none' },
  quoted: { step: 'agree', next: 'agreed', again: 'repeat', credits: 'none' },
  agreed: { step: 'accept', next: 'accepted', again: 'repeat', credits: 'set aside' },
  accepted: { step: 'upload', next: 'uploaded', again: 'resume', credits: 'none' },
  uploaded: { step: 'start', next: 'started', again: 'look', credits: 'none' },
  started: { step: 'await', next: 'complete', again: 'repeat', credits: 'charged by the service' },
  complete: { step: 'download', next: 'downloaded', again: 'resume', credits: 'none' },
  downloaded: { step: 'finish', next: 'finished', again: 'repeat', credits: 'none' },
  finished: { step: 'settle', next: 'settled', again: 'repeat', credits: 'none' },
} as const satisfies Record<string, CourseRow>;

interface CourseRow {
  step: string;
  next: string;
  again: 'repeat' | 'resume' | 'look';
  credits: 'none' | 'set aside' | 'charged by the service';
}

type Course = typeof course;
export type OpenStation = keyof Course;
/** Where a job is; `settled` is the end. */
export type Station = OpenStation | 'settled';
export type StepName = Course[OpenStation]['step'];

/** May there be credits at the service for a job that stands here? */
export function holdsCredits(station: Station): boolean {
  const stations = Object.keys(course);
  return station !== 'settled' && stations.indexOf(station) >= stations.indexOf('agreed');
}
