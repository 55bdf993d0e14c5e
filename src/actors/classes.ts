import {
  takeUpOf,
  type BuiltGroup,
  type BuiltPopulation,
  type ComputeStep,
  type Row,
  type TakeUp,
  type Timestep,
} from '../circuit/index.ts';
import { kept, once } from '../local/index.ts';
import { Addressed, neuronActors, type NeuronActors } from './neuron-actors.ts';
import { synapseActors, type SynapseActors } from './synapse.ts';
import { Seen } from './synapse-text.ts';

/** The neuron class of a population, and what of the timestep is the population's own. */
interface NeuronClass extends NeuronActors {
  readonly own: readonly Row[];
  readonly steps: readonly ComputeStep[];
}

/** The synapse class of a group. */
export interface SynapseClass extends SynapseActors {
  /** Where synapses find what they learn from. */
  readonly seen: Seen;
  /** How they take up changes; absent: their weights grow by them. */
  readonly takeUp?: TakeUp;
}

/** What was written out for timesteps that are the same but for the circuit: nothing in it is of one circuit alone. */
const writtenFor = once((_pattern: object) => ({
  neurons: new Map<number, NeuronActors>(),
  synapses: new Map<string, SynapseActors>(),
}));

/** The actor classes of a timestep, each written when it is first asked for: engines that share the timestep share them. */
class ActorClasses {
  readonly addressed: Addressed;
  private readonly byPopulation = new Map<BuiltPopulation, NeuronClass>();
  private readonly byGroup = new Map<string, SynapseClass>();

  constructor(private readonly timestep: Timestep) {
    this.addressed = new Addressed(timestep);
  }

  neurons(population: BuiltPopulation): NeuronClass {
    return kept(this.byPopulation, population, () => {
      const { timestep, addressed } = this;
      const own = timestep.rows.filter((row) => row.population === population);
      const steps = timestep.steps.filter(
        (step): step is ComputeStep => step.do === 'compute' && step.population === population,
      );
      const write = () => neuronActors(population, own, steps, timestep, addressed);
      return { own, steps, ...kept(writtenFor(timestep.pattern).neurons, population.index, write) };
    });
  }

  /** @param batch After how many trials changes are taken up. */
  synapses(group: BuiltGroup, batch: number): SynapseClass {
    const key = `${batch} ${group.name}`;
    return kept(this.byGroup, key, () => {
      const { pattern, repeat } = this.timestep;
      const seen = new Seen(this.addressed.seenBy(group), group.rule);
      const takeUp = group.rule && takeUpOf(group, { batch, byRules: true });
      const write = () => synapseActors(group, seen, takeUp, repeat !== undefined);
      return { seen, ...(takeUp && { takeUp }), ...kept(writtenFor(pattern).synapses, key, write) };
    });
  }
}

export const classesOf = once((timestep: Timestep) => new ActorClasses(timestep));
