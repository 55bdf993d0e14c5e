import type { BuiltCircuit } from '../../../src/circuit/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import type { Range } from './circuits.ts';
import type { Draw } from './draw.ts';

/** Trials for a circuit: of random input and target, some of it missing, and answered now and then. */
export function trialsFor(
  draw: Draw,
  { inputs, outputs, globals }: BuiltCircuit,
  { trials = 3, timesteps: most = 6, gradient }: Range,
): readonly Trial[] {
  const { chance, has, below, random } = draw;
  const channels = (populations: BuiltCircuit['inputs']) => populations.reduce((sum, { size }) => sum + size, 0);
  const missing = has(0.4) ? 0.3 : 0;
  const answers = has(0.35) || globals.some(({ kind }) => kind === 'task');
  const least = Math.min(3, most);
  const answersInput = chance(0.5);
  return Array.from({ length: trials }, (_, n): Trial => {
    const timesteps = least + below(most - least + 1);
    const numbers = (width: number, without: number) =>
      Float64Array.from({ length: timesteps * width }, () => (random() < without ? NaN : 2 * random() - 1));
    const width = channels(inputs);
    const answer: Trial['answer'] = ({ t, outputs: seen }) => {
      // A gradient takes what is answered as given.
      const played = gradient ? [0.4 / t] : seen;
      return {
        ...(t % 3 !== 1 && { reward: 1 / (1 + played[0] * played[0]) - 0.2 * t }),
        ...(answersInput &&
          t % 2 === 0 && {
            input: Array.from({ length: width }, (_each, k) => Math.max(-1, Math.min(1, played[k % played.length]))),
          }),
      };
    };
    return {
      timesteps,
      input: numbers(width, 0),
      target: numbers(channels(outputs), missing),
      // The last is answered nothing.
      ...(answers && (n === 0 || n < trials - 1) && { answer }),
    };
  });
}
