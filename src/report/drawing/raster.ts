import * as Plot from '@observablehq/plot';
import type { Numbers2D } from '../../recording/index.ts';
import { linearLabel } from './numbers.ts';
import { axes, panel, type Panel } from './panel.ts';

export interface RasterOptions {
  readonly title: string;
  /** 1 where a neuron spikes, [neurons][T]. */
  readonly spikes: Numbers2D;
  /** Pixels. */
  readonly width: number;
}

/** The height of a neuron if there are few, and the maximum height of all together, px. */
const [tallest, roomiest, least] = [6, 200, 40];

/** Every spike as a short vertical stroke, with neuron 0 at the top. */
export function raster({ title, spikes, width }: RasterOptions): Panel {
  const [neurons, timesteps] = spikes.shape;
  const height = Math.max(least, Math.min(roomiest, tallest * neurons));
  const margins = { marginLeft: 48, marginBottom: 42, marginTop: 4, marginRight: 10 };
  return panel({
    title,
    ...margins,
    width,
    height: height + margins.marginTop + margins.marginBottom,
    x: { domain: [1, Math.max(2, timesteps)] },
    y: { domain: [neurons - 0.5, -0.5] },
    marks: [
      strokes(spikes),
      ...axes({
        x: { label: 'Time (timesteps)', ticks: 4, tickFormat: linearLabel, labelOffset: 38 },
        y: { label: 'Neuron (number)', ticks: Math.min(5, neurons), tickFormat: linearLabel, labelOffset: 43 },
      }),
    ],
  });
}

/** All strokes as one path: one element per stroke would make the file many times larger. */
function strokes({ shape: [neurons, timesteps], values }: Numbers2D): Plot.Markish {
  return (_index, scales, _channels, { height, marginTop, marginBottom }, { document }) => {
    const { x, y } = scales;
    const element = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    const tall = Math.max(1.2, (0.8 * (height - marginTop - marginBottom)) / neurons);
    const parts: string[] = [];
    for (let neuron = 0; neuron < neurons; neuron++) {
      const top = (Number(y?.(neuron)) - tall / 2).toFixed(1);
      for (let row = 0; row < timesteps; row++) {
        if (values[neuron * timesteps + row] !== 0)
          parts.push(`M${Number(x?.(row + 1)).toFixed(1)} ${top}v${tall.toFixed(1)}`);
      }
    }
    element.setAttribute('d', parts.join(''));
    element.setAttribute('stroke', 'currentColor');
    element.setAttribute('stroke-width', '1');
    element.setAttribute('fill', 'none');
    return element;
  };
}
