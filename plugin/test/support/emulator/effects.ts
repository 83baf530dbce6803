import type { Component, ComponentParam, Keyframe, VideoComponentChain } from '@adobe/premierepro';
import type { ComponentRecord, ParameterRecord, Value } from './records.ts';
import { must, type Stage, VOID } from './stage.ts';
import { PointConstructor, tickTime } from './times.ts';

/** A clip's effects. Void as soon as the timeline is rebuilt, like the clip's own object. */
export function chainOf(stage: Stage, uid: string): VideoComponentChain {
  const { generation } = stage;
  const alive = <T>(read: (components: ComponentRecord[]) => T): T => {
    if (stage.generation !== generation) throw new Error(VOID);
    return read(stage.clip(uid).components);
  };
  const chain: Pick<VideoComponentChain, 'getComponentCount' | 'getComponentAtIndex'> = {
    getComponentCount: () => alive((components) => components.length),
    getComponentAtIndex: (componentIndex) =>
      alive(() => componentOf(stage, () => alive((components) => must(components[componentIndex])))),
  };
  return chain as VideoComponentChain;
}

function componentOf(stage: Stage, record: () => ComponentRecord): Component {
  return {
    getMatchName: () => stage.thread.answer(() => record().match),
    getDisplayName: () => stage.thread.answer(() => record().name),
    getParamCount: () => record().parameters.length,
    getParam: (paramIndex = 0) => parameterOf(stage, () => must(record().parameters[paramIndex])),
  };
}

function parameterOf(stage: Stage, record: () => ParameterRecord): ComponentParam {
  const parameter: Pick<
    ComponentParam,
    'createKeyframe' | 'createSetValueAction' | 'displayName' | 'getStartValue' | 'isTimeVarying'
  > = {
    displayName: record().name,
    isTimeVarying: () => record().varying,
    getStartValue: () => stage.thread.answer(() => keyframe(record().value)),
    createKeyframe: (inValue) => keyframe(inValue as Value),
    createSetValueAction(inKeyFrame, _inSafeForPlayback) {
      const { value } = inKeyFrame.value;
      return stage.action(() => {
        if (record().varying) throw new Error('has keyframes');
        record().value = plain(value as Value);
      });
    },
  };
  return parameter as ComponentParam;
}

/** A copy that belongs to nobody. */
function plain(value: Value): Value {
  return typeof value === 'object' ? { x: value.x, y: value.y } : value;
}

function keyframe(value: Value): Keyframe {
  const given = typeof value === 'object' ? new PointConstructor(value.x, value.y) : value;
  return { value: { value: given }, position: tickTime(0n) } as Keyframe;
}
