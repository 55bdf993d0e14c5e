import * as Plot from '@observablehq/plot';
import { perSynapse, type Fit, type Ledger, type Quantity } from '../../locality/index.ts';
import { apart } from '../drawing/apart.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { logAxis } from '../drawing/log-axis.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { keyOf, learnerStyle, type LineStyle } from '../drawing/palette.ts';
import { axes, minorTicks, panel, textSize, type Panel } from '../drawing/panel.ts';
import { fitted } from '../drawing/text.ts';

/** The quantities that are drawn, each in a row of panels. Events are not drawn, because solvers send none. */
const ROWS: readonly { readonly quantity: Quantity; readonly label: string }[] = [
  { quantity: 'reads', label: 'Values read per update' },
  { quantity: 'operations', label: 'Operations per update' },
  { quantity: 'bytes', label: 'Bytes kept per synapse' },
];

const COLUMNS = [
  { by: 'units', letter: 'N', label: 'Units N' },
  { by: 'timesteps', letter: 'T', label: 'Timesteps T of a trial' },
] as const;

const size = { width: 490, height: 250, marginLeft: 64, marginRight: 132, marginTop: 8, marginBottom: 46 };

/** Pixels between the axes and the laws to the right of them. */
const labelGap = 8;

interface Line extends LineStyle {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The fitted law; empty if there are too few points. */
  readonly law: string;
}

/** The cost of learning per synapse, over N and over T on logarithmic axes, for each learner, with the fitted exponents. */
export function ledgerFigure(ledger: Ledger): Figure {
  const learners = [...new Set(ledger.rows.map(({ learner }) => learner))];
  const rows = ROWS.map(({ quantity, label }) =>
    COLUMNS.map((column) => costPanel(ledger, learners, quantity, label, column)),
  );
  const keys = learners.map((name, order) => keyOf({ name, ...learnerStyle(order) }));
  return {
    name: 'ledger',
    title: 'What learning costs',
    caption:
      'Values read and operations done for one update of one synapse, and bytes stored per synapse for learning, counted while one ' +
      'trial ran. Left: over the number of units, at the smallest T. Right: over the timesteps of a trial, at the smallest N. ' +
      'Both axes are logarithmic; the label at the end of each line is the power law fitted to its points. The cost of running the ' +
      'circuit without learning is not counted.',
    svg: sheet('What the learning of one synapse costs, over units and timesteps', rows, keys),
  };
}

function costPanel(
  ledger: Ledger,
  learners: readonly string[],
  quantity: Quantity,
  label: string,
  column: (typeof COLUMNS)[number],
): Panel {
  const { by, letter } = column;
  const other = by === 'units' ? 'timesteps' : 'units';
  const least = Math.min(...ledger.rows.map((row) => row[other]));
  const lines = learners.map((name, order): Line => {
    const points = ledger.rows.flatMap((row) => {
      const y = perSynapse(row, quantity);
      return row.learner === name && row[other] === least && y !== null && y > 0 ? [{ x: row[by], y }] : [];
    });
    const fit = ledger.fits.find((each) => each.learner === name && each.quantity === quantity && each.by === by);
    return { name, ...learnerStyle(order), points, law: fit ? lawOf(fit, letter) : '' };
  });
  const sizes = ledger.rows.filter((row) => row[other] === least).map((row) => row[by]);
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const x = logAxis(Math.min(...sizes), Math.max(...sizes));
  const y = logAxis(Math.min(...values, 1e6) / 1.1, Math.max(...values, 1e-6) * 1.1);
  const ends = lines.flatMap(({ points, law, colour }) => {
    const last = points.at(-1);
    return last && law !== '' ? [{ ...last, law, colour }] : [];
  });
  const inner = size.height - size.marginTop - size.marginBottom;
  const perPixel = Math.log10(y.domain[1] / y.domain[0]) / inner;
  const places = apart(
    ends.map((end) => Math.log10(end.y) / perPixel),
    textSize + 2,
  );
  return panel({
    ...size,
    x: { type: 'log', domain: [...x.domain] },
    y: { type: 'log', domain: [...y.domain] },
    marks: [
      Plot.gridY(y.ticks, { strokeOpacity: 0.12 }),
      ...axes({
        x: {
          label: column.label,
          ticks: by === 'units' ? [...new Set(sizes)] : [...x.ticks],
          // Not as a tick format, which a logarithmic axis would apply to only some of its ticks.
          text: linearLabel,
          labelOffset: 40,
        },
        y: { label, ticks: [...y.ticks], tickFormat: y.tickFormat, labelOffset: 58 },
      }),
      ...minorTicks({ y: y.minorTicks }),
      ...lines.map(({ points, colour, dash }) =>
        Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
      ),
      ...lines.map(({ points, colour }) => Plot.dot(points, { x: 'x', y: 'y', fill: colour, r: 3 })),
      ...ends.map((end, k) =>
        Plot.text([end], {
          x: () => x.domain[1],
          y: () => 10 ** (places[k] * perPixel),
          text: () => end.law,
          fill: end.colour,
          fontSize: textSize,
          textAnchor: 'start',
          dx: labelGap,
        }),
      ),
    ],
  });
}

/** `rflo: N^0.00` */
function lawOf({ learner, exponent }: Fit, letter: string): string {
  const power = linearLabel(Number(exponent.toFixed(2)) + 0);
  return fitted(`${learner}: ${letter}^${power}`, textSize, size.marginRight - labelGap);
}
