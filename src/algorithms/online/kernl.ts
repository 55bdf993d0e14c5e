import type { RowNumbers, RowStep } from '../../arithmetic/index.ts';
import { InputError } from '../../errors/index.ts';
import { max } from '../../local/index.ts';
import type { Linearised } from '../../solvers/index.ts';
import { fill } from './factors.ts';
import { mirrored, within } from './footprints.ts';
import { checkOption, onlineMaker } from './maker.ts';
import { noise, type NoiseTape } from './noise.ts';
import { timesRows } from './products.ts';

export interface KernlOptions {
  /** Learning rate of A and gamma, per timestep; 0: they do not change. Default 0.01. */
  readonly eta?: number;
  /** Standard deviation of the noise that moves the second circuit. Default 1e-3. */
  readonly sigma?: number;
  /** Initial A of the session, [size][present] row by row. Default: each number influences only itself, by 1. */
  readonly A?: readonly number[];
  /** Initial gamma of the session, [present]. Default: what a leaky unit loses in a timestep, 1/tau; 0.8 if nothing or a varying fraction is kept. */
  readonly gamma?: readonly number[];
  /** The second circuit is reset to the first at the start of a trial, and then every `reset` timesteps. Default: only at the start. */
  readonly reset?: number;
  /** Whether A is compared with a response that is a timestep late, as in the authors' program. Default false. */
  readonly lag?: boolean;
  /** Given values of zeta, [trial][timestep][present], instead of random ones. */
  readonly tape?: NoiseTape;
}

/**
 * KeRNL: a kernel in place of the influence. Roth, Kanitscheider & Fiete (2019); Marschall, Cho & Savin (2020), sec. 4.1.5.
 *
 *     P^k_w ~ A_ki e_w         kern_i = max(0, 1 - gamma_i)         e_w <- kern_i e_w + Im_i,w        i: the neuron's number that w moves
 *     hn(t) = F(hn(t-1), w) + zeta        zeta ~ sigma Normal(0, 1)         a second circuit alongside the first, whose state is h
 *     Ga <- kern Ga - Om       Om <- kern Om + zeta
 *     err = A Om - (hn - h)    gamma_i <- gamma_i - eta sum_k err_k A_ki Ga_i      A_ki <- A_ki - eta err_k Om_i
 *     g_w = (sum_k l_k A_ki) e_w
 *
 * With A = 1, gamma = 1/tau and eta = 0 it is RFLO. N^2 a timestep for N units, and the circuit runs twice.
 */
export const kernl = onlineMaker<'kernl', KernlOptions>({
  name: 'kernl',
  about: 'KeRNL: traces with learned time constants and learned influence, from a second circuit; N^2 a timestep',
  fields: ['eta', 'sigma', 'A', 'gamma', 'reset', 'lag', 'tape'],
  make: ({ eta = 0.01, sigma = 1e-3, A: givenA, gamma: givenGamma, reset, lag = false, tape }) => {
    checkOption('kernl: eta', eta, { least: 0 });
    checkOption('kernl: sigma', sigma, { above: 0 });
    if (reset !== undefined) checkOption('kernl: reset', reset, { least: 1, whole: true });
    return {
      title: 'KeRNL',
      settings: {
        ...{ eta, sigma, lag },
        ...(givenA && { A: givenA }),
        ...(givenGamma && { gamma: givenGamma }),
        ...(reset !== undefined && { reset }),
        ...(tape && { tape }),
      },
      learner: (step, { seed }) => {
        const { size, present, arithmetic } = step;
        const traces = tracesOf(step);
        const A = step.array(size * present);
        const [gamma, kern, Om, Ga, zeta, lA, errA] = [1, 2, 3, 4, 5, 6, 7].map(() => step.array(present));
        const [h, hn, l] = [1, 2, 3].map(() => step.array(size));
        if (givenA) fill('kernl: A', [A], givenA);
        else for (let i = 0; i < present; i++) A[i * present + i] = 1;
        if (givenGamma) fill('kernl: gamma', [gamma], givenGamma);
        else gamma.set(usualGamma(step));
        const draw = noise('kernl', 'zeta', { seed, arithmetic, kind: 'normal', scale: sigma, ...(tape && { tape }) });
        const twin = eta === 0 ? undefined : step.twin();
        const kept = { gamma, kern, Om, Ga, zeta, errA };
        const one = { eta: step.array(1).fill(eta) };
        const [decay, follow, learnGamma] = [DECAY, FOLLOW, LEARN_GAMMA].map((each) =>
          arithmetic.byRow([{ cells: [each] }], { rows: 1, columns: present, matrix: kept, one }),
        );
        const learnA = arithmetic.byRow([LEARN], {
          ...{ rows: size, columns: present, matrix: { A }, row: { h, hn, l }, column: { Om, errA, lA } },
          one: { rate: step.array(1).fill(-eta) },
        });
        let trial = 0;

        /** Learns A and gamma from the effect of zeta on the second circuit. */
        const learnInfluence = (t: number, second: NonNullable<typeof twin>) => {
          draw(trial, t, zeta);
          second.step();
          if (lag) second.read(hn);
          second.move(zeta);
          if (!lag) second.read(hn);
          step.read(h);
          follow();
          errA.fill(0);
          lA.fill(0);
          learnA();
          learnGamma();
          if (reset === undefined || t % reset > 0) return;
          second.meet();
          Om.fill(0);
          Ga.fill(0);
        };

        return {
          keeps: {
            ...{ A, gamma },
            ...(step.carries && Object.fromEntries(traces.map(({ name, e }) => [`e.${name}`, e]))),
          },
          begin: (number, goesOn) => {
            trial = number;
            Om.fill(0);
            Ga.fill(0);
            if (!goesOn) for (const { e } of traces) e.fill(0);
            twin?.begin(number);
          },
          advance: (t, gradient) => {
            // Traces decay by the gamma of the time when the timestep ran.
            decay();
            for (const { port, parts, unit, a } of traces) {
              step.back(unit, parts);
              step.brought(port, a);
            }
            step.credit(l);
            if (twin) learnInfluence(t, twin);
            else timesRows(arithmetic, l, A, lA);
            step.direct(1, gradient);
          },
          passes: traces.map(({ port, parts: [{ vD }], e, a, first, size: count }) => ({
            ...{ port, synapse: { e }, axon: { a } },
            neuron: { slope: vD, kern: kern.subarray(first, first + count), lA: lA.subarray(first, first + count) },
            each: takeUp,
          })),
        };
      },
      footprint: (circuit, { feedback }) => ({
        ...within(circuit, feedback, 1, { numbers: () => 2, operations: () => ({ '*': 3, '+': 2 }) }),
        mirrored: mirrored(circuit, 'A'),
      }),
    };
  },
});

const DECAY = ({ gamma }: RowNumbers): RowNumbers => ({ kern: max(0, 1 - gamma) });
const FOLLOW = ({ kern, Ga, Om, zeta }: RowNumbers): RowNumbers => ({ Ga: kern * Ga - Om, Om: kern * Om + zeta });
const LEARN_GAMMA = ({ gamma, errA, Ga, eta }: RowNumbers): RowNumbers => ({ gamma: gamma - eta * errA * Ga });

/** Row by row, err = A Om - (hn - h); err' A; A <- A - eta err Om'; l' A. */
const LEARN: RowStep = {
  dots: { told: ['A', 'Om'] },
  row: ({ told, hn, h, rate }) => {
    const err = told - (hn - h);
    return { err, off: err * rate };
  },
  cells: [({ A, err, off, Om }) => ({ errA: err * A, A: A + off * Om }), ({ A, l }) => ({ lA: l * A })],
};

function takeUp({ e, kern, slope, a, lA }: RowNumbers): RowNumbers {
  const next = kern * e + slope * a;
  return { e: next, gradient: lA * next };
}

/** One trace for each number of its neuron that a synapse affects. @throws InputError if a synapse affects other neurons within the timestep. */
function tracesOf(step: Linearised) {
  return step.ports.flatMap((one) => {
    const { population, port, moves, synapses } = one;
    if (moves === 'others') {
      throw new InputError(
        `kernl: ${population}.${port}`,
        'affects other neurons within the timestep, but KeRNL follows influence on other neurons only in later timesteps; give the synapses between them a delay of 1 or more, or learn by rtrl or uoro',
      );
    }
    if (moves === 'nothing') return [];
    const rows = step.state.filter((part) => part.population === population && part.ago === 0);
    return rows.map(({ row, first, size }) => ({
      ...{ name: `${population}.${port}.${row}`, port: one, first, size },
      unit: step.array(step.size).fill(1, first, first + size),
      e: step.array(synapses.length),
      a: step.array(one.axons),
      parts: [{ port: one, vD: step.array(one.size) }] as const,
    }));
  });
}

function usualGamma({ state, present }: Linearised): Float64Array {
  const gamma = new Float64Array(present).fill(0.8);
  for (const { retention = 0, first, size, ago } of state) {
    if (ago === 0 && retention > 0 && retention < 1) gamma.fill(1 - retention, first, first + size);
  }
  return gamma;
}
