/** The style of a learner, the same in every figure: a colour and, for readers who cannot distinguish the colours, a dash. */
export interface LineStyle {
  readonly colour: string;
  /** SVG's stroke-dasharray; 'none' is a solid line. */
  readonly dash: string;
}

/** The colours of Okabe & Ito (2008) that are dark enough for a line on white; black is kept for targets. */
const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'] as const;

const dashes = ['none', '9 4', '2 4', '9 3 2 3', '16 4', '6 3 2 3 2 3'] as const;

/** The style of a run's learner number `order`, counted from 0. From the seventh on, colours repeat with another dash. */
export function learnerStyle(order: number): LineStyle {
  const turn = Math.floor(order / colours.length);
  return {
    colour: colours[order % colours.length],
    dash: dashes[(order + turn) % dashes.length],
  };
}

/** A learner's line in the legend. */
export function keyOf({ name, colour, dash }: LineStyle & { readonly name: string }): LineStyle & { label: string } {
  return { label: name, colour, dash };
}
