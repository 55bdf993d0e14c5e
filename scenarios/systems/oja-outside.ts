import {
  InputError,
  learningAlgorithm,
  local,
  plasticityRule,
  withTrial,
  type BuiltCircuit,
  type Circuit,
  type Engine,
  type LearningAlgorithm,
  type Outside,
} from 'rxflo';
import { forwardRule, ojaCircuit, type OjaNetwork, type OjaRates } from './oja.ts';

// The two circuits of Oja's rule that are not local, unlike the one in oja.ts (Shervani-Tabar, Mirhoseini & Rosenbaum 2024). No rule can express what
// they need, and no neuron can send it. So code outside the circuit adds to the requested weight updates, after all synapses have computed them in a
// trial of one timestep.

/** Requests no update. */
export const still = plasticityRule({ name: 'still', params: {}, change: () => 0 });

/** Errors only: dW_ij = -theta_0 e_i x_j. */
export const errorDriven = plasticityRule({
  name: 'error-driven',
  params: { error: 0 },
  sees: { post: ['error'] },
  change: ({ pre, post, error }) => -error * post.error * pre.rate,
});

export interface Reconstruction {
  readonly circuit: Circuit;
  readonly learner: LearningAlgorithm;
}

/** Reconstructing synapses have no rule: they are given the transpose of the weights that the forward ones are about to have. */
export function tied(network: OjaNetwork, rates: OjaRates): Reconstruction {
  return {
    circuit: ojaCircuit(network, rates, { forward: forwardRule(rates), reconstructing: still() }),
    learner: byHand('oja-tied', 'mirrored', 'back', (engine, k) => {
      const { asked, weight } = heldOf(engine, `back${k}`);
      const forward = heldOf(engine, `forward${k}`);
      const { to, from } = groupNamed(engine.circuit, `back${k}`);
      return () => {
        for (let at = 0; at < weight.length; at++) {
          const mirrored = (at % from.size) * to.size + Math.floor(at / from.size);
          asked.set(at, forward.weight.get(mirrored) - weight.get(at) + forward.asked.get(mirrored));
        }
      };
    }),
  };
}

/**
 * No synapses reconstruct: forward synapses are given the sum that Oja's rule has over all synapses of their axon, theta_9 y_i (x_j - sum_k W_kj
 * y_k).
 */
export function givenSiblings(network: OjaNetwork, rates: OjaRates): Reconstruction {
  const { error, oja } = rates;
  return {
    circuit: ojaCircuit(network, rates, { forward: errorDriven({ error }), reconstructing: 'none' }),
    learner: byHand('oja-siblings', 'siblings', 'forward', (engine, k) => {
      const { asked, weight } = heldOf(engine, `forward${k}`);
      const { to, from } = groupNamed(engine.circuit, `forward${k}`);
      const [x, y] = [from, to].map(({ name, size }) => ({
        reader: engine.reader({ neurons: name, value: 'y' }),
        rates: new Float64Array(size),
      }));
      return () => {
        for (const { reader, rates: now } of [x, y]) reader.read(now, 0);
        for (let j = 0; j < from.size; j++) {
          let sum = 0;
          for (let i = 0; i < to.size; i++) sum += weight.get(i * from.size + j) * y.rates[i];
          for (let i = 0; i < to.size; i++) {
            const at = i * from.size + j;
            asked.set(at, asked.get(at) + oja * y.rates[i] * (x.rates[j] - sum));
          }
        }
      };
    }),
  };
}

/** The circuit's own rules, with additions from outside, layer by layer. */
function byHand(
  name: string,
  brings: Outside['brings'],
  group: 'back' | 'forward',
  hand: (engine: Engine, k: number) => () => void,
): LearningAlgorithm {
  const layers = ({ groups }: BuiltCircuit) =>
    groups.filter((one) => one.name.startsWith('forward')).map((_, k) => k + 1);
  return learningAlgorithm({
    name,
    outside: (network) => layers(network).map((k) => ({ group: `${group}${k}`, brings, of: `forward${k}` })),
    open: (network, options) => {
      const engine = local().open(network, options);
      const hands = layers(network).map((k) => hand(engine, k));
      return withTrial(engine, (trial, { onPhase, learn = true, ...how } = {}) => {
        // Requested updates are summed over timesteps, but additions from outside are not.
        if (trial.timesteps > 1) throw new InputError('trial', `expected one timestep, got ${trial.timesteps}`);
        return engine.trial(trial, {
          ...{ ...how, learn },
          onPhase: (ended, now) => {
            if (ended === 'learn' && learn) for (const add of hands) add();
            onPhase?.(ended, now);
          },
        });
      });
    },
  });
}

function heldOf(engine: Engine, group: string) {
  const of = (kind: 'weight' | 'asked') => {
    const found = engine.held().find(({ place }) => place.kind === kind && place.group.name === group);
    if (!found) throw new Error(`the synapses of '${group}' hold nothing of the kind: ${kind}`);
    return found;
  };
  return { weight: of('weight'), asked: of('asked') };
}

function groupNamed({ groups }: BuiltCircuit, name: string) {
  const found = groups.find((group) => group.name === name);
  if (!found) throw new Error(`there is no group '${name}'`);
  return found;
}
