import { isLook, type Look, noLook } from '@uprez/shared';
import { gradeOf } from '../looks/looks.ts';
import type { Debanding } from './deband.ts';
import { type Finish, plainFinish } from './finish.ts';

/** What a job does to its picture besides enlarging it. */
export interface Treatment {
  look: Look;
  deband: Debanding | null;
}

export const noTreatment: Treatment = { look: noLook, deband: null };

/** What was treated has values between two codes, which are worth keeping. Throws as `gradeOf` does. */
export async function finishOf({ look, deband }: Treatment): Promise<Finish> {
  if (!isLook(look) && deband === null) return plainFinish;
  return { grade: await gradeOf(look), dither: true };
}
