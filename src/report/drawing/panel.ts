import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** One pair of axes as SVG content. A figure has one or more. */
export interface Panel {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Above the axes, at their left edge. */
  readonly title: string;
  /** Pixels from the panel's left edge to the axes. */
  readonly left: number;
  readonly body: string;
}

export interface PanelOptions extends Plot.PlotOptions {
  readonly width: number;
  readonly height: number;
  readonly marginLeft: number;
  readonly title?: string;
}

/** The size of all text in a figure, px. */
export const textSize = 12;

/** Draws one pair of axes with Observable Plot, in its own document. */
export function panel({ title = '', ...options }: PanelOptions): Panel {
  const { DOMParser } = parseHTML('<html></html>');
  // An XML document, because its attributes are escaped as XML requires.
  const document = new DOMParser().parseFromString('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml');
  const drawn = Plot.plot({ ...options, document });
  drawn.querySelector('style')?.remove();
  return { width: options.width, height: options.height, title, left: options.marginLeft, body: drawn.innerHTML };
}

/** Axes of one panel: horizontal at the bottom, vertical at the left, each with a centred label with units. */
export function axes({ x, y }: { x: Plot.AxisXOptions; y: Plot.AxisYOptions }): Plot.Markish[] {
  const common = { fontSize: textSize, tickSize: 5, labelArrow: 'none', labelAnchor: 'center' } as const;
  return [
    Plot.frame({ anchor: 'bottom', stroke: 'currentColor' }),
    Plot.frame({ anchor: 'left', stroke: 'currentColor' }),
    Plot.axisX({ ...common, ...x }),
    Plot.axisY({ ...common, ...y }),
  ];
}

/** Short ticks without labels between the labelled ticks of a logarithmic axis. */
export function minorTicks({ x = [], y = [] }: { x?: readonly number[]; y?: readonly number[] }): Plot.Markish[] {
  const short = { tickSize: 3, tickFormat: () => '', label: null, strokeOpacity: 0.6 };
  return [Plot.axisX([...x], short), Plot.axisY([...y], short)];
}
