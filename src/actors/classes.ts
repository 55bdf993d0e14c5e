import {
  takeUpOf,
  type BuiltGroup,
  type BuiltPopulation,
  type ComputeStep,
  type Row,
  type Timestep,
} from '../circuit/index.ts';
import { once } from '../local/index.ts';
import { Addressed, neuronActors, type NeuronActors } from './neuron-actors.ts';
import { synapseActors, type SynapseActors } from './synapse.ts';

/** The neuron class of a population, and what of the timestep is the population's own. */
interface NeuronClass extends NeuronActors {
  readonly own: readonly Row[];
  readonly steps: readonly ComputeStep[];
}

/** The actor classes of a timestep, each written when it is first asked for: engines that share the timestep share them. */
class ActorClasses {
  readonly addressed: Addressed;
  private readonly byPopulation = new Map<BuiltPopulation, NeuronClass>();
  private readonly byGroup = new Map<string, SynapseActors>();

  constructor(private readonly timestep: Timestep) {
    this.addressed = new Addressed(timestep);
  }

  neurons(population: BuiltPopulation): NeuronClass {
    const known = this.byPopulation.get(population) ?? this.writtenNeurons(population);
    this.byPopulation.set(population, known);
    return known;
  }

  /** @param batch After how many trials changes are taken up. */
  synapses(group: BuiltGroup, batch: number): SynapseActors {
    const key = `${batch} ${group.name}`;
    const known = this.byGroup.get(key) ?? this.writtenSynapses(group, batch);
    this.byGroup.set(key, known);
    return known;
  }

  private writtenNeurons(population: BuiltPopulation): NeuronClass {
    const { timestep, addressed } = this;
    const own = timestep.rows.filter((row) => row.population === population);
    const steps = timestep.steps.filter(
      (step): step is ComputeStep => step.do === 'compute' && step.population === population,
    );
    return { own, steps, ...neuronActors(population, own, steps, timestep, addressed) };
  }

  private writtenSynapses(group: BuiltGroup, batch: number): SynapseActors {
    const takeUp = group.rule && takeUpOf(group, { batch, byRules: true });
    return synapseActors(group, this.addressed.seenBy(group), takeUp, this.timestep.repeat !== undefined);
  }
}

export const classesOf = once((timestep: Timestep) => new ActorClasses(timestep));
