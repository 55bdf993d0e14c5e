import recall from '../../scenarios/bellec2018-recall.ts';
import evidence from '../../scenarios/bellec2020-evidence.ts';
import patterns from '../../scenarios/bellec2020-patterns.ts';
import custom from '../../scenarios/custom-rule.ts';
import fromCsv from '../../scenarios/from-csv.ts';
import ladder from '../../scenarios/ladder.ts';
import localityMap from '../../scenarios/locality-map.ts';
import mackeyGlass from '../../scenarios/mackey-glass.ts';
import marschall from '../../scenarios/marschall2019.ts';
import alignment from '../../scenarios/marschall2020-alignment.ts';
import losses from '../../scenarios/marschall2020-losses.ts';
import rows from '../../scenarios/marschall2020-rows.ts';
import supplements from '../../scenarios/murray2019-fig2-supplements.ts';
import fig2 from '../../scenarios/murray2019-fig2.ts';
import fig3 from '../../scenarios/murray2019-fig3.ts';
import fig4 from '../../scenarios/murray2019-fig4.ts';
import periodic from '../../scenarios/periodic.ts';
import fixedPoints from '../../scenarios/rosenbaum-fixed-points.ts';
import mapMovement from '../../scenarios/rosenbaum-map-movement.ts';
import map from '../../scenarios/rosenbaum-map.ts';
import meta from '../../scenarios/rosenbaum-meta.ts';
import oja from '../../scenarios/rosenbaum-oja.ts';
import parkinson from '../../scenarios/rosenbaum-parkinson.ts';
import predictiveCoding from '../../scenarios/rosenbaum-predictive-coding.ts';
import singularities from '../../scenarios/rosenbaum-singularities.ts';
import supertrex from '../../scenarios/rosenbaum-supertrex.ts';
import { cellsOf, sessionOptions, type Scenario, type Settings } from '../../src/training/index.ts';
import { everyone, inSingles, type Case } from './cases.ts';

/** Settings of a scenario that are run, by a name. */
interface Run {
  readonly settings: Settings;
  readonly trials: number;
  /** Whether everyone learns it, and not those alone that the scenario compares. */
  readonly all: boolean;
}

/** The learners that are compared, in few trials. */
const compared = (settings: Settings, trials = 3): Run => ({ settings, trials, all: false });

/** So small that RTRL, too, is done in no time. */
const small = (settings: Settings): Run => ({ settings, trials: 4, all: true });

/** One run for each cell of a grid. */
function cells(axes: Readonly<Record<string, readonly (string | number)[]>>, more: Settings = {}): Record<string, Run> {
  const runs = cellsOf(axes).map((cell) => [Object.values(cell).join(', '), compared({ ...cell, ...more })] as const);
  return Object.fromEntries(runs);
}

const variants = supplements.sweep?.grid['variant'] ?? [];

const RUNS: Readonly<Record<string, readonly [Scenario, Readonly<Record<string, Run>>]>> = {
  'bellec2018-recall': [
    recall,
    {
      small: compared({
        ...{ units: 12, symbols: 3, symbol: 20, command: 0.5, between: 0 },
        ...{ readoutRate: 0.002, feedback: 1 },
      }),
    },
  ],
  'bellec2020-evidence': [
    evidence,
    { small: compared({ units: 12, cues: 1, delay: 20, readoutRate: 0.005, falls: false }, 34) },
  ],
  'bellec2020-patterns': [patterns, { small: compared({ units: 12, timesteps: 60 }) }],
  'custom-rule': [custom, { full: compared({}), small: small({ units: 8, period: 30 }) }],
  'from-csv': [fromCsv, { full: compared({}), small: small({ units: 7 }) }],
  ladder: [
    ladder,
    {
      full: compared({}),
      ...cells({ angle: ['0', '45'] }, { units: 20 }),
      small: small({ units: 9, density: 0.3, period: 40 }),
    },
  ],
  'locality-map': [
    localityMap,
    {
      ...cells({ angle: ['0', '45', '90', 'random'], delay: [0, 10] }, { period: 50 }),
      small: small({ units: 9, density: 0.3, period: 40, delay: 3 }),
    },
  ],
  'mackey-glass': [mackeyGlass, cells({ neurons: ['rate', 'spikes'] }, { units: 12, length: 1 })],
  marschall2019: [marschall, cells({ learner: ['compartments', 'RFLO', 'DNI(b)'] }, { units: 6 })],
  'marschall2020-alignment': [alignment, { small: compared({ units: 6 }, 2) }],
  'marschall2020-losses': [losses, { small: compared({ units: 6 }, 2) }],
  'marschall2020-rows': [rows, { small: compared({ units: 6, pixels: 196, tests: 1 }, 2) }],
  'murray2019-fig2-supplements': [
    supplements,
    {
      ...cells({ variant: variants.map(String) }, { period: 100 }),
      small: small({ units: 9, period: 40, variant: 'RFLO: constant input' }),
    },
  ],
  'murray2019-fig2': [fig2, { ...cells({ period: [200, 800] }), small: small({ units: 9, period: 40 }) }],
  'murray2019-fig3': [
    fig3,
    {
      ...cells({ learner: ['RFLO', 'BPTT', 'readout alone'] }, { delays: '50 to 100' }),
      small: small({ units: 9, delays: '12 to 22', pulse: 5, width: 4 }),
    },
  ],
  'murray2019-fig4': [
    fig4,
    {
      ...cells({ learner: ['chained', 'RFLO at once', 'BPTT at once'] }, { actions: 2, practice: 2 }),
      small: small({ actions: 3, duration: 20, preparation: 5, practice: 2, units: 12, rank: 3, rate: 0.3 }),
    },
  ],
  periodic: [periodic, { full: compared({ period: 25 }), small: small({ units: 10, period: 40 }) }],
  'rosenbaum-fixed-points': [fixedPoints, { small: compared({ rule: 'dW3', units: 10 }, 21) }],
  'rosenbaum-map': [map, cells({ system: ['meta-learned, three terms', 'RFLO'] }, { tests: 2, rate: 0.03 })],
  'rosenbaum-map-movement': [mapMovement, cells({ system: ['RFLO', 'RMHL'] }, { units: 10, timesteps: 60 })],
  'rosenbaum-meta': [meta, { small: compared({ rule: 'all three', learned: 2, asked: 1, tests: 1 }, 2) }],
  'rosenbaum-oja': [oja, { small: compared({ network: '5 layers' }, 2) }],
  'rosenbaum-parkinson': [parkinson, { small: compared({ units: 10, timesteps: 30 }, 12) }],
  'rosenbaum-predictive-coding': [
    predictiveCoding,
    cells({ algorithm: ['Exact', 'Strict'] }, { sweeps: 4, rate: 0.03 }),
  ],
  'rosenbaum-singularities': [singularities, cells({ rule: ['dW1', 'dW2', 'dW3'] }, { units: 5, samples: 3 })],
  'rosenbaum-supertrex': [supertrex, cells({ pathways: ['SUPERTREX', 'RMHL', 'FORCE'] }, { units: 20, timesteps: 60 })],
};

/** Every scenario that is shipped, in some of its settings. */
export const scenarioCases = Object.fromEntries(
  Object.entries(RUNS).map(([file, [scenario, runs]]) => [
    file,
    Object.fromEntries(Object.entries(runs).map(([name, run]) => [name, caseOf(scenario, run)])),
  ]),
);

function caseOf(scenario: Scenario, { settings, trials, all }: Run): Case {
  const plan = scenario.plan({ settings, trials });
  const { circuit, task, seed } = plan;
  const own = plan.learners.map((learner) => {
    const { learner: how } = sessionOptions(plan, learner);
    return [
      learner.name,
      typeof how === 'object' && !('open' in how) ? { ...how } : { learner: how ?? 'local' },
    ] as const;
  });
  const learners = { ...(all && everyone({})), ...Object.fromEntries(own) };
  return { circuit, task, seed, trials, learners: { ...learners, ...(all && inSingles(learners)) } };
}
