import type { BuiltGroup, PhaseEnd, PhaseName, Stage } from '../circuit/index.ts';
import { Port } from './port.ts';

/** Called before a phase and after it. */
export interface Stops {
  readonly onStart?: (stage: Stage, timestep: number) => void;
  readonly onEnd?: (ended: PhaseEnd) => void;
}

/**
 * The clock that all actors are connected to. Synchronous: a phase ends before the next begins. In a circuit that repeats, t counts sweeps.
 *
 *     tick        x--------------------------------------   sources take x(t)
 *     transmit    -h-----y-------------------------------   axons bring to the synapses that end on this population
 *     integrate   --h-----y------------------------------   u, h and its slope; for an output this is the readout
 *     learn at once ---w---------------------------------   a group that learns at once applies its change
 *     compare     -----------e---------------------------   e(t) = target(t) - y(t)
 *     broadcast   --------------e------------------------   every neuron forms its own learning signal
 *     learn       ------------------p--------------------   synapses update their traces, then request their change
 *     apply       ----------------------w----------------   changes are applied (every timestep, or once a trial)
 */
export class TimestepBus {
  /** Every phase as it ends, for anyone who wants to watch the order of events. */
  readonly phase$ = new Port<PhaseEnd>();
  private readonly stages: { readonly stage: Stage; readonly port: Port<number> }[] = [];

  /** Adds a phase at the end of the timestep; its port sends t to the actors connected to it. */
  stage(stage: Stage): Port<number> {
    const port = new Port<number>();
    this.stages.push({ stage, port });
    return port;
  }

  /** The port of a phase that occurs once; or of the phase in which the group learns at once, if it does. */
  port(phase: PhaseName, group?: BuiltGroup): Port<number> {
    const found =
      (group && this.stages.find(({ stage }) => stage.group === group)) ??
      this.stages.find(({ stage }) => stage.phase === phase);
    if (!found) throw new Error(`there is no phase '${phase}'`);
    return found.port;
  }

  /** Runs the phases of one timestep, or of one sweep of it; learning phases only if `learn`. `applies` is called after the learning phases. */
  run(timestep: number, learn: boolean, applies: () => boolean, { onStart, onEnd }: Stops = {}): void {
    for (const { stage, port } of this.stages) {
      const { phase, population, group } = stage;
      if (((phase === 'learn' || phase === 'learn at once') && !learn) || (phase === 'apply' && !applies())) continue;
      onStart?.(stage, timestep);
      port.send(timestep);
      if (!onEnd && !this.phase$.tapped) continue;
      const ended = {
        ...{ phase, timestep },
        ...(population && { population: population.name }),
        ...(group && { group: group.name }),
      };
      onEnd?.(ended);
      if (this.phase$.tapped) this.phase$.show(ended);
    }
  }

  complete(): void {
    this.phase$.complete();
    for (const { port } of this.stages) port.complete();
  }
}
