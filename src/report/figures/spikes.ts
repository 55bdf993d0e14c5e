import type { DrawnRun } from '../data/drawn.ts';
import type { HiddenPopulation } from '../data/hidden.ts';
import { sameNumbers } from '../data/side-by-side.ts';
import { hiddenByKind } from '../data/spiking.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import type { Panel } from '../drawing/panel.ts';
import { raster } from '../drawing/raster.ts';
import { inRows, panelWidth } from '../drawing/rows.ts';

const mostPopulations = 4;
const mostColumns = 2;

/** Every spike of each population that has no target, over one trial, before and after learning. */
export function spikesFigure(run: DrawnRun): Figure | null {
  const { spiking } = hiddenByKind(run);
  if (spiking.length === 0) return null;
  const shown = spiking.slice(0, mostPopulations);
  return {
    name: 'spikes',
    title: 'Spikes',
    caption:
      'Each stroke is a spike, in one trial that is run without learning; neurons are numbered from 0. ' +
      'Each title gives the mean number of spikes per neuron and timestep. Activity that is the same before and after learning, such as inputs, is drawn once.' +
      (spiking.length > mostPopulations ? ` The first ${mostPopulations} of ${spiking.length} populations.` : ''),
    svg: sheet(`${run.header.title}: spikes`, shown.flatMap(rowsOf)),
  };
}

function rowsOf({ name, panels, order }: HiddenPopulation): Panel[][] {
  // Neurons are ordered by number, which shows, for example, which of them adapt.
  const places = order.map((_, neuron) => order.indexOf(neuron));
  const [first] = panels;
  const isOne = panels.every(({ value }) => sameNumbers(value.values, first.value.values));
  const drawn = (isOne ? [{ ...first, title: '' }] : panels).map(({ title, value: { shape, values } }) => ({
    title: title === '' ? name : `${name}, ${title}`,
    spikes: {
      shape,
      values: Float64Array.from(
        values,
        (_, at) => values[places[Math.floor(at / shape[1])] * shape[1] + (at % shape[1])],
      ),
    },
  }));
  const width = panelWidth(mostColumns);
  return inRows(
    drawn.map(({ title, spikes }) => raster({ title: `${title}: ${rateOf(spikes.values)}`, spikes, width })),
    mostColumns,
  );
}

/** The mean number of spikes per neuron and timestep. */
function rateOf(values: Float64Array): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return `${Number(mean.toPrecision(2))} spikes a timestep`;
}
