import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** One pair of axes, drawn: what stands inside an <svg>. Several make a figure. */
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

/** Pixels: the size of every text in a figure. */
export const textSize = 12;

/** Draws one pair of axes with Observable Plot, in a document of its own. */
export function panel({ title = '', ...options }: PanelOptions): Panel {
  const { DOMParser } = parseHTML('<html></html>');
  // An XML document, for its attributes are escaped as XML wants it.
  const document = new DOMParser().parseFromString('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml');
  const drawn = Plot.plot({ ...options, document });
  drawn.querySelector('style')?.remove();
  return { width: options.width, height: options.height, title, left: options.marginLeft, body: drawn.innerHTML };
}

/** Axes of one panel: horizontal at the bottom, vertical at the left, labels with units in the middle of each. */
export function axes({ x, y }: { x: Plot.AxisXOptions; y: Plot.AxisYOptions }): Plot.Markish[] {
  const common = { fontSize: textSize, tickSize: 5, labelArrow: 'none', labelAnchor: 'center' } as const;
  return [
    Plot.frame({ anchor: 'bottom', stroke: 'currentColor' }),
    Plot.frame({ anchor: 'left', stroke: 'currentColor' }),
    Plot.axisX({ ...common, ...x }),
    Plot.axisY({ ...common, ...y }),
  ];
}

/** Short marks without labels, between those of a logarithmic axis. */
export function minorTicks({ x = [], y = [] }: { x?: readonly number[]; y?: readonly number[] }): Plot.Markish[] {
  const short = { tickSize: 3, tickFormat: () => '', label: null, strokeOpacity: 0.6 };
  return [Plot.axisX([...x], short), Plot.axisY([...y], short)];
}
