import type { BuiltFeedback, BuiltGroup, Place } from '../../circuit/index.ts';
import type { SynapseAt } from './entitlement.ts';

/** A synapse, from its presynaptic to its postsynaptic neuron: 4→7 of `recurrent`. */
export function synapseInWords({ group, pre, post }: Pick<SynapseAt, 'group' | 'pre' | 'post'>): string {
  return `${pre}→${post} of \`${group.name}\``;
}

/** Number k of a place; if it belongs to `group`, that of the synapse in question, the group is not named again. */
export function numberInWords(place: Place, k: number, group?: BuiltGroup): string {
  switch (place.kind) {
    case 'weight':
      return `the weight of ${other(place.group, k, group)}`;
    case 'asked':
      return `the change requested by ${other(place.group, k, group)}`;
    case 'state':
      return `the ${place.variable} of ${other(place.group, k, group)}`;
    case 'influence': {
      const { first, width, neurons } = place;
      const who = `neuron ${neurons[Math.floor(k / width)]} of \`${place.population.name}\``;
      return `the influence of ${other(place.group, first + (k % width), group)} on ${who}`;
    }
    case 'axon':
      return `the ${place.message ?? 'rate'} that neuron ${k} of \`${place.group.from.name}\` sends to \`${place.group.name}\`${place.group.gate ? ' through its gate' : ''}`;
    case 'line':
      return `a rate on its way from neuron ${Math.floor(k / place.late)} of \`${place.group.from.name}\` to \`${place.group.name}\``;
    case 'row':
      if (place.row.kind === 'global') return `the global scalar \`${place.row.name}\`${since(place.ago)}`;
      return `the ${NUMBERS.get(place.row.name) ?? place.row.name} of neuron ${k} of \`${place.row.population.name}\`${since(place.ago)}`;
    case 'feedback': {
      const { from, name } = place.feedback;
      return `the feedback weight of ${k % from.size}→${Math.floor(k / from.size)} of \`${name}\``;
    }
    case 'error':
      return `the error of neuron ${k} of \`${place.output.name}\`${since(place.ago)}`;
    case 'message':
      return `${sentError(place.feedback, k)}${since(place.ago)}`;
    case 'arriving':
      return `${sentError(place.feedback, k)} and that has arrived`;
    case 'error line':
      return `${sentError(place.feedback, k % place.feedback.from.size)} and that is on its way`;
    case 'last':
      return 'whether the sweep is the last of its timestep';
    case 'input':
    case 'target': {
      const { channels } = place;
      const which = channels > 1 ? `${place.kind} ${k % channels}` : place.kind;
      return `the ${which} of timestep ${Math.floor(k / channels) + 1}`;
    }
  }
}

/** Numbers of neurons whose name in sentences differs. */
const NUMBERS = new Map([
  ['sent', 'sent rate'],
  ['signal', 'learning signal'],
  ['potential', 'summed input'],
]);

function since(ago: number): string {
  return ago === 0 ? '' : ` ${ago} ${ago === 1 ? 'timestep' : 'timesteps'} before`;
}

function sentError({ from, name }: BuiltFeedback, k: number): string {
  return `the error that neuron ${k} of \`${from.name}\` sent to \`${name}\``;
}

/** 2→9, with its group if that differs. */
function other(group: BuiltGroup, k: number, known: BuiltGroup | undefined): string {
  const post = group.rowStart.findLastIndex((start) => start <= k);
  const [pre] = group.pre.subarray(k);
  return group === known ? `${pre}→${post}` : synapseInWords({ group, pre, post });
}
