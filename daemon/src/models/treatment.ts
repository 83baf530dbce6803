import { type Deband, isLook, type Look, noLook } from '@uprez/shared';
import { gradeOf } from '../looks/looks.ts';
import type { Finish } from './finish.ts';

/** What a job does to its picture besides enlarging it. */
export interface Treatment {
  look: Look;
  deband: Exclude<Deband, 'auto'>;
}

export const noTreatment: Treatment = { look: noLook, deband: 'off' };

/** What was treated has values between two codes, which are worth keeping. */
export function finishOf({ look, deband }: Treatment): Finish {
  return { grade: gradeOf(look), dither: isLook(look) || deband !== 'off' };
}
