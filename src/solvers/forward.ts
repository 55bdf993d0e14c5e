import {
  checkSignals,
  checkTrial,
  errorOf,
  sender,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Sender,
} from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';
import { derivativeProblem, type NeuronView } from '../neurons/index.ts';
import { chanceKey, chancePlace } from '../random/index.ts';
import type { Numbers } from '../local/index.ts';
import type { Trial } from '../tasks/index.ts';
import { plainMemory, type Memory } from './memory.ts';
import { gather } from './rows.ts';

/** What a population did in the current trial: row t for t = 0..T, row 0 the start; each [T+1][size], row-major. */
export interface Activity {
  /** h(t). */
  rate: Float64Array;
  /** What the axons sent: the rates themselves where they are sent as they are. */
  sent: Float64Array;
  /** u(t). */
  potential: Float64Array;
  /** dh(t)/du(t). */
  slope: Float64Array;
  /** dh(t)/dh(t-1). */
  retention: Float64Array;
}

/**
 * A circuit run forward with everything in view, which is what the global references stand on.
 * Equations, order and summation are those of the actors, so the activity has the same bits.
 */
export class ForwardPass {
  readonly weights: ReadonlyMap<BuiltGroup, Float64Array>;
  /** e(t), see `errorOf`; [T+1][outputs], row-major; row 0 is empty. */
  error: Float64Array;
  /** The current timestep. */
  timestep = 0;
  /** sum_t sum_k e_k(t)^2 so far. */
  squares = 0;
  readonly outputSize: number;
  private readonly activities: ReadonlyMap<BuiltPopulation, Activity>;
  private readonly senders: ReadonlyMap<BuiltPopulation, { readonly send: Sender; readonly chance: number }>;
  private readonly views: ReadonlyMap<BuiltPopulation, NeuronView<Numbers> & { h: number; u: number }>;
  private number = 0;
  /** What is played. */
  trial: Trial = { timesteps: 0, input: new Float64Array(0), target: new Float64Array(0) };

  constructor(
    readonly circuit: BuiltCircuit,
    private readonly memory: Memory = plainMemory,
  ) {
    this.weights = new Map(
      circuit.groups.map((group) => {
        const weights = memory(group.weights.length, 'weights');
        weights.set(group.weights);
        return [group, weights];
      }),
    );
    this.outputSize = circuit.outputs.reduce((sum, { size }) => sum + size, 0);
    this.error = memory(this.outputSize, 'activity');
    this.activities = new Map(
      circuit.populations.map((population) => [population, emptyActivity(population, 0, memory)]),
    );
    this.senders = new Map(
      circuit.populations.flatMap((population) => {
        const { sending } = population;
        return sending ? [[population, { send: sender(sending), chance: sending.chance ?? 0 }]] : [];
      }),
    );
    this.views = new Map(circuit.populations.map((population) => [population, { ...population.params, h: 0, u: 0 }]));
  }

  /** The activity of a population in this trial. */
  of(population: BuiltPopulation): Activity {
    return found(this.activities, population);
  }

  /** `number`: which trial it is, from 1. */
  begin(trial: Trial, number: number): void {
    checkTrial(this.circuit, trial);
    checkSignals(this.circuit, trial);
    this.number = number;
    if (trial.timesteps !== this.trial.timesteps) {
      this.error = this.memory((trial.timesteps + 1) * this.outputSize, 'activity');
      for (const [population, activity] of this.activities) {
        Object.assign(activity, emptyActivity(population, trial.timesteps, this.memory));
      }
    }
    // Where a trial was looked into, its beginning may have been changed.
    for (const [{ initial }, { rate }] of this.activities) rate.set(initial);
    this.trial = trial;
    this.timestep = 0;
    this.squares = 0;
  }

  /** Runs the next timestep: tick, transmit, integrate, read out, compare. */
  step(): void {
    const t = ++this.timestep;
    let channel = (t - 1) * this.circuit.inputs.reduce((sum, { size }) => sum + size, 0);
    for (const population of this.circuit.inputs) {
      const { rate } = this.of(population);
      for (let i = 0; i < population.size; i++) rate[t * population.size + i] = this.trial.input[channel++];
      this.send(population, t);
    }
    for (const population of this.circuit.order) this.integrate(population, t);
    let k = (t - 1) * this.outputSize;
    for (const population of this.circuit.outputs) {
      const { rate } = this.of(population);
      for (let i = 0; i < population.size; i++, k++) {
        const e = errorOf(this.trial.target[k], rate[t * population.size + i]);
        this.error[this.outputSize + k] = e;
        this.squares += e * e;
      }
    }
    if (!Number.isFinite(this.squares)) {
      throw blame('error unit', new NotFinite('the squared error', this.squares), { timestep: t });
    }
  }

  /** L of the trial so far. */
  get loss(): number {
    return (this.squares * (1 / this.trial.timesteps)) / 2;
  }

  /** Where in what the presynaptic population sent this group's row of timestep t begins: that of t - delay. */
  presynapticRow({ from, delay }: BuiltGroup, t: number): number {
    return Math.max(0, t - delay) * from.size;
  }

  private integrate(population: BuiltPopulation, t: number): void {
    const { model, size, name } = population;
    if (!model) return;
    const { rate, potential, slope, retention } = this.of(population);
    const now = t * size;
    potential.fill(0, now, now + size);
    for (const group of this.circuit.groups) {
      if (group.to === population) this.transmit(group, t, potential, now);
    }
    const view = found(this.views, population);
    let i = 0;
    try {
      for (; i < size; i++) {
        view.h = rate[now - size + i];
        view.u = potential[now + i];
        const [h, s, r] = [model.rate(view), model.slope(view), model.retention(view)];
        rate[now + i] = h;
        slope[now + i] = s;
        retention[now + i] = r;
        if (!Number.isFinite(view.u)) throw new NotFinite('its summed input', view.u);
        if (!Number.isFinite(h)) throw new NotFinite('its rate', h);
        const problem = derivativeProblem(view.u, s, r);
        if (problem !== undefined) throw blame(`neuron ${name} ${i}`, problem, { timestep: t });
      }
    } catch (error) {
      throw blame(`neuron ${name} ${i}`, error, { timestep: t });
    }
    this.send(population, t);
  }

  private send(population: BuiltPopulation, t: number): void {
    const sending = this.senders.get(population);
    if (!sending) return;
    const { size } = population;
    const { rate, sent } = this.of(population);
    const key = chanceKey(sending.chance, this.number, t);
    for (let i = t * size; i < (t + 1) * size; i++) {
      sent[i] = sending.send(rate[i], sent[i - size], chancePlace(i - t * size), key);
    }
  }

  /** u += W h(t - delay), by ascending presynaptic index. */
  private transmit(group: BuiltGroup, t: number, potential: Float64Array, now: number): void {
    const { pre, rowStart, to } = group;
    const { sent } = this.of(group.from);
    const before = this.presynapticRow(group, t);
    const w = found(this.weights, group);
    for (let i = 0; i < to.size; i++) {
      potential[now + i] = gather(potential[now + i], w, pre, sent, before, rowStart[i], rowStart[i + 1]);
    }
  }
}

function emptyActivity({ size, initial, sending }: BuiltPopulation, timesteps: number, memory: Memory): Activity {
  const rows = () => memory((timesteps + 1) * size, 'activity');
  const rate = rows();
  rate.set(initial);
  const sent = sending ? rows() : rate;
  sent.set(initial);
  return { rate, sent, potential: rows(), slope: rows(), retention: rows() };
}

/** The entry that a map made for every population or group must have. */
export function found<K extends { readonly name: string }, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`'${key.name}' belongs to another circuit`);
  return value;
}
