import * as Plot from '@observablehq/plot';
import { learnerQuartiles, type Alignment } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { logAxis } from '../drawing/log-axis.ts';
import { axes, panel, textSize } from '../drawing/panel.ts';

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

/** Below this, bias and noise are drawn at the edge: none. */
const LEAST = 1e-3;

/** Bias against noise of every learner, and what each costs against the loss that it reaches. */
export function planeFigure(alignment: Alignment): Figure {
  const points = alignment.learners.map((learner, i) => {
    const { bias, noise, loss } = learnerQuartiles(alignment, i);
    const place = CLASSES.findIndex(([name]) => name.test(learner.class));
    const [label, colour] = place < 0 ? UNKNOWN : LABELS[place];
    const at = (value: number) => Math.max(LEAST, value);
    return {
      ...{ name: learner.name, label, colour, bias: at(bias.median), noise: at(noise.median) },
      ...{ cost: learner.operations ?? 0, loss: loss.median },
    };
  });
  const highest = Math.max(10, ...points.flatMap(({ bias, noise }) => [bias, noise]));
  const across = logAxis(LEAST, highest);
  const [x, y] = ['bias', 'noise'] as const;
  const side = { width: 460, height: 380, marginLeft: 64, marginBottom: 46, marginTop: 16, marginRight: 90 };
  const plane = panel({
    ...side,
    title: 'Bias and noise',
    x: { type: 'log', domain: [...across.domain] },
    y: { type: 'log', domain: [...across.domain] },
    marks: [
      ...axes({
        x: {
          label: 'Bias, over the length of the exact gradient',
          ticks: [...across.ticks],
          tickFormat: across.tickFormat,
          labelOffset: 40,
        },
        y: { label: 'Noise, the same', ticks: [...across.ticks], tickFormat: across.tickFormat, labelOffset: 58 },
      }),
      Plot.dot(points, { x, y, fill: 'colour', r: 5 }),
      Plot.text(points, {
        x,
        y,
        text: 'name',
        dx: 8,
        textAnchor: 'start',
        fontSize: textSize - 1,
        fill: 'currentColor',
      }),
    ],
  });
  const costly = points.filter(({ cost, loss }) => cost > 0 && Number.isFinite(loss));
  const costs = logAxis(
    Math.min(1, ...costly.map(({ cost }) => cost)) / 1.3,
    Math.max(10, ...costly.map(({ cost }) => cost)) * 1.3,
  );
  const cost = panel({
    ...side,
    title: 'Cost and loss',
    x: { type: 'log', domain: [...costs.domain] },
    y: { nice: true, inset: 10 },
    marks: [
      ...axes({
        x: {
          label: 'Operations, for one update of a synapse',
          ticks: [...costs.ticks],
          tickFormat: costs.tickFormat,
          labelOffset: 40,
        },
        y: { label: 'Final loss, driving itself', labelOffset: 58 },
      }),
      Plot.dot(costly, { x: 'cost', y: 'loss', fill: 'colour', r: 5 }),
      Plot.text(costly, {
        x: 'cost',
        y: 'loss',
        text: 'name',
        dx: 8,
        textAnchor: 'start',
        fontSize: textSize - 1,
        fill: 'currentColor',
      }),
    ],
  });
  const shown = LABELS.filter(([label]) => points.some((point) => point.label === label));
  return {
    name: 'bias-noise',
    title: 'Bias, noise, cost and loss',
    caption:
      `Left: how far the mean of what a learner makes of one trial is from the exact gradient, and how far single ones spread around their mean, both over the ` +
      `exact gradient's length; what is below ${LEAST} is drawn there. At the weights that ${alignment.learners[0].name} came to. Right: the final loss of each learner ` +
      'when it drives itself, against operations that the ledger counted. Colours are classes of locality, found by the certificate. Medians over the seeds.',
    svg: sheet(
      `${alignment.title}: bias, noise, cost and loss`,
      [[plane, cost]],
      shown.map(([label, colour]) => ({ label, colour, dash: 'none', width: 8 })),
    ),
  };
}
