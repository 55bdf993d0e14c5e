import { learnerQuartiles, type Alignment } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { logAxis } from '../drawing/log-axis.ts';
import { namedPoints, type PointAxis } from './named-points.ts';

/** A colour for each class of locality, from local to not. */
const CLASSES = [
  [/^(?:two|three)-factor/, 'local, or three-factor', '#009E73'],
  [/^needs /, 'needs weights of synapses elsewhere', '#E69F00'],
  [/^spatially/, 'spatially nonlocal', '#56B4E9'],
  [/^fully/, 'fully nonlocal', '#0072B2'],
  [/^acausal/, 'acausal', '#CC79A7'],
] as const;
const UNKNOWN = ['not certified', '#888888'] as const;
const LABELS = [...CLASSES.map(([, label, colour]) => [label, colour] as const), UNKNOWN];

/** Smaller values of bias and noise are drawn at the edge, as zero. */
const LEAST = 1e-3;

/** Bias against noise of every learner, and final loss against cost. */
export function planeFigure(alignment: Alignment): Figure {
  const learners = alignment.learners.map((learner, i) => {
    const { bias, noise, loss } = learnerQuartiles(alignment, i);
    const found = CLASSES.findIndex(([name]) => name.test(learner.class));
    const [label, colour] = found < 0 ? UNKNOWN : LABELS[found];
    // The standard error of the mean over the repeats.
    const resolved = noise.median / Math.sqrt(alignment.repeats);
    return {
      ...{ name: learner.name, label, colour, isOpen: bias.median < resolved, noise: Math.max(LEAST, noise.median) },
      ...{ bias: Math.max(LEAST, resolved, bias.median), cost: learner.operations ?? 0, loss: loss.median },
    };
  });
  const log = (label: string, ...ends: readonly [number, number]): PointAxis => ({
    type: 'log',
    label,
    ...logAxis(...ends),
  });
  const highest = Math.max(10, ...learners.flatMap(({ bias, noise }) => [bias, noise]));
  const plane = namedPoints(
    'Bias and noise',
    log('Bias, over the length of the exact gradient', LEAST, highest),
    log('Noise, over the same length', LEAST, highest),
    learners.map(({ bias, noise, ...point }) => ({ ...point, x: bias, y: noise })),
  );
  const costly = learners.filter(({ cost, loss }) => cost > 0 && Number.isFinite(loss));
  const costs = costly.map(({ cost }) => cost);
  const cost = namedPoints(
    'Cost and loss',
    log('Operations, for one update of a synapse', Math.min(1, ...costs) / 1.3, Math.max(10, ...costs) * 1.3),
    { type: 'linear', label: 'Final loss, trained alone', domain: around(costly.map(({ loss }) => loss)) },
    costly.map(({ cost: x, loss: y, name, colour }) => ({ name, colour, x, y })),
  );
  const shown = LABELS.filter(([label]) => learners.some((learner) => learner.label === label));
  return {
    name: 'bias-noise',
    title: 'Bias, noise, cost and loss',
    caption:
      `Left: bias, the distance of a learner's mean estimate from the exact gradient of one trial, and noise, the spread of single estimates around their mean, ` +
      `both divided by the length of the exact gradient; values below ${LEAST} are drawn at ${LEAST}. A ring: a bias that cannot be distinguished from 0 with ` +
      `${alignment.repeats} estimates; it is at most about this value. Measured at the weights that ${alignment.learners[0].name} reached. Right: the final loss of ` +
      'each learner when it trains alone, against the operations counted by the ledger; learners that diverged are left out. Colours are locality classes, from the ' +
      'certificates. Medians over the seeds.',
    svg: sheet(
      `${alignment.title}: bias, noise, cost and loss`,
      [[plane, cost]],
      shown.map(([label, colour]) => ({ label, colour, dash: 'none', width: 8 })),
    ),
  };
}

/** A range that contains all of these values, with a margin. */
function around(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.06 * (high - low) || 0.01;
  return values.length > 0 ? [low - margin, high + margin] : [0, 1];
}
