import {
  takeUpOf,
  type BuiltGroup,
  type BuiltPopulation,
  type ComputeStep,
  type Row,
  type TakeUp,
  type Timestep,
} from '../circuit/index.ts';
import { kept } from '../local/index.ts';
import { Addressed, neuronActors, type NeuronActors } from './neuron-actors.ts';
import { synapseActors, type SynapseActors } from './synapse.ts';
import { Seen } from './synapse-text.ts';

/** The neuron class of a population, and the rows and steps of the timestep that belong to the population. */
interface NeuronClass extends NeuronActors {
  readonly own: readonly Row[];
  readonly steps: readonly ComputeStep[];
}

/** The synapse class of a group. */
export interface SynapseClass extends SynapseActors {
  /** Where synapses find the numbers that they learn from. */
  readonly seen: Seen;
  /** How they apply changes; absent: a change is added to the weight. */
  readonly takeUp?: TakeUp;
}

/** The actor classes of a timestep and all its twins, each generated when it is first requested. They hold only what the twins share. */
class ActorClasses {
  readonly addressed: Addressed;
  private readonly byPopulation = new Map<BuiltPopulation, NeuronClass>();
  private readonly byGroup = new Map<string, Omit<SynapseClass, 'takeUp'>>();

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
      return { own, steps, ...neuronActors(population, own, steps, timestep, addressed) };
    });
  }

  /** @param batch After how many trials changes are applied. */
  synapses(group: BuiltGroup, batch: number): SynapseClass {
    const takeUp = group.rule && takeUpOf(group, { batch, byRules: true });
    const written = kept(this.byGroup, `${batch} ${group.name}`, () => {
      const seen = new Seen(this.addressed.seenBy(group), group.rule);
      return { seen, ...synapseActors(group, seen, takeUp, this.timestep.repeat !== undefined) };
    });
    return takeUp ? { ...written, takeUp } : written;
  }
}

const byPattern = new WeakMap<object, ActorClasses>();

export function classesOf(timestep: Timestep): ActorClasses {
  return kept(byPattern, timestep.pattern, () => new ActorClasses(timestep));
}
