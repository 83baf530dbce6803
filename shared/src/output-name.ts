import { isLook, type Look } from './look.ts';
import { noModel } from './model.ts';
import type { Task } from './task.ts';

/**
 * `<name>_uprez_<what>.mov`. `what` names scale and model, the look, and the frame range where only a part was processed,
 * so that two different results of one clip never fight for one name.
 */
export function outputName(task: Pick<Task, 'source' | 'scale' | 'model' | 'look' | 'range' | 'backend'>): string {
  const what = task.model === noModel ? [] : [`${task.scale}x`, task.model];
  if (isLook(task.look)) what.push(lookName(task.look));
  if (what.length === 0) what.push('prores');
  if (task.backend !== 'local') what.push(task.backend);
  if (task.range.from !== 0 || task.range.to !== null) what.push(`${task.range.from}-${task.range.to ?? 'end'}`);
  return `${stem(task.source)}_uprez_${what.join('_').replace(/[^\w.-]/g, '-')}.mov`;
}

/** `flat`, `flat-50` at half its strength, or the name of the .cube file. */
function lookName(look: Look): string {
  const name = 'id' in look ? look.id : stem(look.file);
  return look.strength === 1 ? name : `${name}-${Math.round(look.strength * 100)}`;
}

/** Second, third … name where the first is taken: `clip_uprez_2x_fast (2).mov`. */
export function numberedName(name: string, number: number): string {
  return number === 1 ? name : name.replace(/\.mov$/, ` (${number}).mov`);
}

/** File name without folder and extension; both slashes count, since the clip may come from any platform. */
function stem(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
