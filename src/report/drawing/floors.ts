import * as Plot from '@observablehq/plot';
import type { Floor } from '../../training/index.ts';
import type { ValueAxis } from './value-axis.ts';

/** Lines across a figure of losses, one for each floor, labelled with what is known there. Floors outside the axis are left out. */
export function floorMarks(floors: readonly Floor[], { domain: [low, high] }: ValueAxis['scale']): Plot.Markish[] {
  const shown = floors.filter(({ loss }) => loss >= low && loss <= high);
  return [
    Plot.ruleY(shown, { y: 'loss', stroke: 'currentColor', strokeDasharray: '2 3', strokeOpacity: 0.7 }),
    Plot.text(shown, {
      y: 'loss',
      text: ({ name }: Floor) => `floor: ${name}`,
      frameAnchor: 'left',
      textAnchor: 'start',
      dx: 6,
      dy: -6,
      fontSize: 10,
      fill: 'currentColor',
    }),
  ];
}

/** The part of a caption that explains them. */
export function floorNote(floors: readonly Floor[]): string {
  return floors.length > 0
    ? ' Dotted lines: the lowest mean loss that can be reached, depending on how much of the past is known.'
    : '';
}
