import * as Plot from '@observablehq/plot';
import { HISTOGRAM_BINS } from '../../analysis/index.ts';
import { pairQuartiles, type Alignment } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { panel, textSize, type Panel } from '../drawing/panel.ts';
import { valueBar, type ColourScale } from '../drawing/value-map.ts';

const scale: ColourScale = { type: 'linear', domain: [-0.2, 1] };

/** The alignment matrix: medians over the seeds of the mean cosine of timesteps, and of sums over trials. */
export function matrixFigure(alignment: Alignment): Figure {
  const names = alignment.learners.map(({ name }) => name);
  const rows = names.toReversed();
  const map = (title: string, what: 'timesteps' | 'trials') =>
    cosineMap(
      title,
      names,
      names.flatMap((row, i) =>
        names.map((column, j) => ({ column, row, cosine: pairQuartiles(alignment, what, i, j).median })),
      ),
    );
  const bar = valueBar(scale, 'Cosine', rows, [-0.2, 0, 0.5, 1], linearLabel);
  return {
    name: 'alignment',
    title: 'Alignment of estimates',
    caption:
      `Cosine between the gradients that two learners estimate on the same activity, while ${names[0]} changes the weights. Above: the mean over timesteps. ` +
      `Below: the cosine of the sums over each trial, where estimates that look back and those that look ahead refer to the same gradient. Median over ` +
      `${alignment.seeds.length} seeds. A late estimate is compared with those of other learners for the timestep to which it belongs.`,
    svg: sheet(`${alignment.title}: alignment of estimates`, [
      [map('Timestep by timestep', 'timesteps'), bar],
      [map('Sums over a trial', 'trials'), bar],
    ]),
  };
}

interface CosineCell {
  readonly column: string;
  readonly row: string;
  readonly cosine: number;
}

/** Pixels of a cell. */
const cell = { width: 42, height: 24 };

/** A square of cosines, with the number in each cell. */
function cosineMap(title: string, names: readonly string[], cells: readonly CosineCell[]): Panel {
  const margins = { marginLeft: 130, marginBottom: 104, marginTop: 4, marginRight: 8 };
  const at = { x: 'column', y: 'row' } as const;
  return panel({
    title,
    ...margins,
    width: cell.width * names.length + margins.marginLeft + margins.marginRight,
    height: cell.height * names.length + margins.marginTop + margins.marginBottom,
    x: { type: 'band', domain: [...names], padding: 0 },
    y: { type: 'band', domain: [...names], padding: 0 },
    color: { type: 'linear', scheme: 'viridis', domain: [...scale.domain], clamp: true },
    marks: [
      Plot.axisX({ label: null, fontSize: textSize, tickRotate: -45, tickSize: 4 }),
      Plot.axisY({ label: null, fontSize: textSize, tickSize: 4 }),
      Plot.cell(cells, { ...at, fill: 'cosine' }),
      Plot.text(cells, {
        ...at,
        // Adding 0 turns -0 into 0.
        text: ({ cosine }: CosineCell) => (Math.round(100 * cosine) / 100 + 0).toFixed(2),
        fontSize: 11,
        fill: ({ cosine }: CosineCell) => (cosine > 0.52 ? 'black' : 'white'),
      }),
    ],
  });
}

/** Histograms of the cosines, by timestep, with the learner that changes the weights. */
export function histogramFigure({ learners, seeds, title }: Alignment): Figure {
  const [driver, ...others] = learners;
  const points = others.flatMap(({ name }, k) => {
    const shares = Array.from({ length: HISTOGRAM_BINS }, (_, bin) =>
      seeds.reduce((sum, { histograms }) => sum + histograms[0][k + 1][bin], 0),
    );
    const most = Math.max(...shares);
    return shares.map((share, bin) => ({
      ...{ name, cosine: -1 + (2 * (bin + 0.5)) / HISTOGRAM_BINS, share: most > 0 ? share / most : 0 },
    }));
  });
  const drawn = panel({
    width: 560,
    height: 60 + 46 * others.length,
    marginLeft: 130,
    marginBottom: 46,
    marginTop: 8,
    x: {
      domain: [-1, 1],
      label: `Cosine with ${driver.name}, timestep by timestep`,
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    fy: { domain: others.map(({ name }) => name), label: null, padding: 0.15 },
    y: { axis: null },
    marks: [
      Plot.areaY(points, { fy: 'name', x: 'cosine', y: 'share', fill: '#0072B2', fillOpacity: 0.35, curve: 'step' }),
      Plot.lineY(points, { fy: 'name', x: 'cosine', y: 'share', stroke: '#0072B2', curve: 'step' }),
      Plot.ruleX([0], { strokeOpacity: 0.4 }),
      Plot.axisFy({ anchor: 'left', fontSize: 12, label: null }),
    ],
  });
  return {
    name: 'alignment-histograms',
    title: `Cosines with ${driver.name}`,
    caption: `Histograms of the cosines of single timesteps, over all timesteps and seeds. Each row has its own scale, from 0 to its highest bin.`,
    svg: sheet(`${title}: histograms`, [[drawn]]),
  };
}
