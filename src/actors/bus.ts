import type { PhaseEnd, PhaseName, Stage } from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { Port } from './port.ts';

/** What the clock knows of the timestep at hand. */
export interface Now {
  trial: Trial;
  /** Which trial it is, from 1. */
  number: number;
  /** t, from 1. */
  timestep: number;
  /** What changes are multiplied by: pace/T; 1/T; and the pace alone. */
  step: number;
  share: number;
  pace: number;
  /** 1 in the last trial of a batch, else 0. */
  due: number;
}

/**
 * The clock that all actors are connected to. Synchronous: a phase ends before the next begins.
 *
 *     tick        x--------------------------------------   sources take x(t)
 *     transmit    -h-----y-------------------------------   axons bring to the synapses that end on this population
 *     integrate   --h-----y------------------------------   u, h and its slope; for an output this is the readout
 *     compare     -----------e---------------------------   e(t) = target(t) - y(t)
 *     broadcast   --------------e------------------------   every neuron forms its own learning signal
 *     learn       ------------------p--------------------   synapses update their traces, then ask for their change
 *     apply       ----------------------w----------------   changes are applied (every timestep, or once a trial)
 */
export class TimestepBus {
  /** Every phase as it ends, for whoever wants to watch the order of things. */
  readonly phase$ = new Port<PhaseEnd>();
  private readonly stages: { readonly stage: Stage; readonly port: Port<number> }[] = [];

  /** Adds a phase at the end of the timestep; its port sends t to the actors connected to it. */
  stage(stage: Stage): Port<number> {
    const port = new Port<number>();
    this.stages.push({ stage, port });
    return port;
  }

  /** The port of a phase that comes once. */
  port(phase: PhaseName): Port<number> {
    const found = this.stages.find(({ stage }) => stage.phase === phase);
    if (!found) throw new Error(`there is no phase '${phase}'`);
    return found.port;
  }

  /** Runs the phases of one timestep, from tick to broadcast, and on to learn and apply as far as asked. */
  run(timestep: number, { learn, apply }: { learn: boolean; apply: boolean }, onEnd?: (ended: PhaseEnd) => void): void {
    for (const { stage, port } of this.stages) {
      const { phase, population } = stage;
      if ((phase === 'learn' && !learn) || (phase === 'apply' && !apply)) continue;
      port.send(timestep);
      if (!onEnd && !this.phase$.tapped) continue;
      const ended = { phase, timestep, ...(population && { population: population.name }) };
      onEnd?.(ended);
      if (this.phase$.tapped) this.phase$.show(ended);
    }
  }

  complete(): void {
    this.phase$.complete();
    for (const { port } of this.stages) port.complete();
  }
}
