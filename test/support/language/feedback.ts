import type { Broadcast, Feedback, Repeat, SynapseGroup } from '../../../src/circuit/index.ts';
import type { Population } from '../../../src/neurons/index.ts';
import { uniform } from '../../../src/random/index.ts';
import { broadcastDials, feedbackDials } from '../random-circuit.ts';
import type { Draw } from './draw.ts';
import { optimisers } from './parts.ts';
import { relearning } from './rules.ts';
import type { Range } from './circuits.ts';

interface Heard {
  readonly neurons: Readonly<Record<string, Population>>;
  readonly synapses: Readonly<Record<string, SynapseGroup>>;
  readonly outputs: readonly string[];
  /** Who may hear errors. */
  readonly within: readonly string[];
  readonly local: boolean;
  readonly repeat: Repeat | undefined;
  readonly gradient: Range['gradient'];
}

/** Who hears whose errors, through which weights. */
export function feedbacks(draw: Draw, heard: Heard): Readonly<Record<string, Feedback>> {
  const { has, chance } = draw;
  const { neurons, within, local } = heard;
  const feedback: Record<string, Feedback> = {};
  for (const to of within) if (has(0.85)) feedback[`to_${to}`] = feedbackTo(draw, to, heard);
  // Of two feedbacks of one shape, the second has now and then the weights of the first.
  const names = Object.keys(feedback);
  if (names.length < 2) return feedback;
  const [one, other] = names;
  const shape = ({ from, to }: Feedback) => `${neurons[from].size} ${neurons[to].size}`;
  if (shape(feedback[one]) !== shape(feedback[other]) || !chance(0.8)) return feedback;
  if (local && feedback[one].rule) return feedback;
  const { from, to, broadcast } = feedback[other];
  return { ...feedback, [other]: { from, to, shares: one, ...(broadcast && { broadcast }) } };
}

function feedbackTo(draw: Draw, to: string, { synapses, outputs, local, repeat, gradient }: Heard): Feedback {
  const { has, chance, pick } = draw;
  const from = pick(outputs);
  const entry = { from, to, weights: uniform(-1, 1) };
  if (gradient) return entry;
  const readout = Object.values(synapses).some((group) => group.from === to && group.to === from);
  const dials = pick(
    Object.values(feedbackDials).filter((dial) => !('rule' in dial) && (!('angle' in dial) || (readout && !local))),
  );
  const broadcasts: readonly (Broadcast | undefined)[] = [
    ...Object.values(broadcastDials),
    ...[broadcastDials.tuned, broadcastDials.late],
  ];
  // Errors that arrive late have no meaning where a timestep has several sweeps.
  const timely = broadcasts.map((dial) => {
    if (!repeat || !dial) return dial;
    const { delay: _, ...others } = dial;
    return others;
  });
  const broadcast = draw.maybe(0.55, () => pick(timely));
  return {
    ...entry,
    ...(has(0.3) ? relearned(draw) : chance(0.7) && dials),
    ...(broadcast && { broadcast }),
  };
}

/** Synapses relearn the weights; their changes may be taken up by an optimiser. */
function relearned({ chance, has, pick }: Draw): Partial<Feedback> {
  return {
    rule: relearning(),
    ...(chance(0.4) && { bits: 4, sparsity: 0.4 }),
    ...(has(0.5) && { optimiser: pick(optimisers)() }),
  };
}
