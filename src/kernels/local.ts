import type { BuiltGroup, LearningOptions } from '../circuit/index.ts';
import { learningAtOnce, writeLearnByAxon } from './axons.ts';
import { beginLag, endLag, writeCatchUp } from './catch-up.ts';
import { learnByHistory, writeHistory } from './history.ts';
import type { Kernel } from './kernel.ts';
import { beforeTrial, lookedBackAt, writeKeep } from './keep.ts';
import type { PlasticGroup } from './layout.ts';
import { stepOf, writeApply, writeBegin, writeLearn, writeLearnAndApply, writeTrace } from './learn.ts';
import { whereOwn } from './mirrors.ts';
import { earlyGroups, writeTrials } from './run.ts';
import { beginSheet } from './by-sheet.ts';
import { whereLast } from './sweeps.ts';
import { f64, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/**
 * Writes what runs trials of a circuit that learns by its own rules, without or with stops; between stops, `learn(divisor)` learns from a timestep
 * and returns 1 if something has stopped being finite.
 *
 * @param frames The number of frames that there is room for.
 */
export function writeLocal(kernel: Kernel, frames: number | null, { schedule }: LearningOptions): void {
  const {
    plastic,
    timestep,
    frames: { stride },
  } = kernel.layout;
  const { repeat } = timestep;
  const online = schedule === 'online';
  const early = earlyGroups(timestep);
  const late = plastic.filter(({ group }) => group.atOnce && !early.includes(group));
  const scheduled = plastic.filter(({ group }) => !group.atOnce);
  // Groups that learn by history do so when the trial has ended.
  const [timely, historical] = [false, true].map((by) => scheduled.filter(({ history }) => !!history === by));
  // State that synapses transmit through must be up to date in the next timestep; and it is not known in advance which sweep is the last.
  const isStepwise = ({ group }: PlasticGroup) => repeat !== undefined || group.also !== undefined;
  const stepwise = timely.filter(isStepwise);
  const together = timely.filter((one) => !isStepwise(one));
  const lagging = scheduled.filter(({ behind }) => behind !== undefined);
  if (historical.length > 0) writeKeep(kernel);
  const canBeOnce = kernel.layout.learnsOnce;
  for (const group of plastic) {
    writeBegin(kernel, group);
    writeCatchUp(kernel, group);
    if (repeat) writeTrace(kernel, group);
    if (online || group.group.atOnce || canBeOnce) {
      writeLearnAndApply(kernel, group);
      writeLearnByAxon(kernel, group);
    }
    if (!online && !group.group.atOnce) {
      if (group.history) writeHistory(kernel, group);
      else writeLearn(kernel, group);
      writeApply(kernel, group);
    }
  }
  const learnSome = (groups: readonly PlasticGroup[], writer: Writer, first: Expression, end: Expression) => {
    for (const { group } of groups) writer.call(`learn_${group.index}`, first, end);
  };
  const learnAndApply = (groups: readonly PlasticGroup[], writer: Writer, window: Expression, divisor: Expression) => {
    for (const group of groups) writer.call(learningAtOnce(group), window, stepOf(group, divisor));
  };
  /** In the last sweep of a timestep groups learn; in the others only their states are updated. */
  const inLast = (writer: Writer, window: Expression, groups: readonly PlasticGroup[], learn: () => void) => {
    whereLast(writer, repeat, learn, () => {
      for (const { group } of groups) writer.call(`trace_${group.index}`, window);
    });
  };
  const atOnce = (writer: Writer, group: BuiltGroup, window: Expression) => {
    const one = kernel.layout.plasticOf(group);
    if (!one) return;
    inLast(writer, window, [one], () => {
      const step = one.takeUp?.pacesApart === true ? f64.constant(1) : writer.get('pace');
      writer.call(learningAtOnce(one), window, step);
    });
  };
  /** Some of the scheduled groups learn, or all if they apply their changes at once. */
  const learnNow = (groups: readonly PlasticGroup[], writer: Writer, window: Expression, divisor: Expression) => {
    for (const { group } of late) atOnce(writer, group, window);
    inLast(writer, window, groups, () => {
      if (online) learnAndApply(groups, writer, window, divisor);
      else learnSome(groups, writer, window, moved(window, stride));
    });
  };
  writeTrials(kernel, frames, {
    begin: (writer) => {
      for (const one of plastic) {
        writer.call(`begin_${one.group.index}`);
        beginSheet(writer, one);
      }
    },
    atOnce,
    ...(lagging.length > 0 && {
      ahead: (writer, first, divisor) => {
        beginLag(writer, lagging, first, divisor);
      },
      all: (writer, _first, end) => {
        endLag(kernel, writer, lagging, end);
      },
    }),
    ...((online || late.length + stepwise.length > 0) && {
      each: (writer, window, divisor) => {
        for (const { group } of lagging) writer.call(`share_${group.index}`, window);
        learnNow(online ? scheduled.filter((one) => !lagging.includes(one)) : stepwise, writer, window, divisor);
        if (online) writer.call('carry');
      },
    }),
    ...(!online && {
      all: (writer, first, end) => {
        learnSome(together, writer, first, end);
        if (historical.length > 0) writer.call('keep', first, end, beforeTrial(kernel, writer, [first, end]));
      },
    }),
    ...(canBeOnce && {
      once: {
        // Groups that learn in one visit leave no requested change in memory.
        begin: (writer) => {
          for (const { group, places } of plastic) if (places.length > 0) writer.call(`begin_${group.index}`);
        },
        learn: (writer, window, divisor) => {
          for (const { group } of late) atOnce(writer, group, window);
          for (const one of scheduled) {
            whereOwn(writer, kernel.layout.mirrorOf(one.group), () => {
              learnAndApply([one], writer, window, divisor);
            });
          }
          if (online) writer.call('carry');
        },
      },
    }),
    finish: (writer, divisor) => {
      if (online) return;
      learnByHistory(writer, historical, divisor);
      for (const group of timely) writer.call(`apply_${group.group.index}`, stepOf(group, divisor));
    },
  });

  kernel.write('learn', ['f64'], (writer, divisor) => {
    const window = writer.keep('i32', writer.get('window'));
    learnNow(online ? scheduled : timely, writer, window, divisor);
    // A stop may have changed numbers of earlier timesteps, as far as the window looks back.
    if (historical.length > 0) writer.call('keep', window, moved(window, stride), lookedBackAt(kernel, writer));
    return kernel.faulty;
  });
}
