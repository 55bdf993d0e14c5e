import type { Phase, PhaseEnd } from '../circuit/index.ts';
import { Port } from './port.ts';

interface Stage {
  readonly phase: Phase;
  readonly population?: string;
  readonly port: Port<number>;
}

/**
 * The clock that all actors hang on. Synchronous: a phase ends before the next begins.
 *
 *     tick        x--------------------------------------   sources take x(t)
 *     transmit    -h-----y-------------------------------   axons send to the synapses that end on this population
 *     integrate   --h-----y------------------------------   u, h and its slope; for an output this is the readout
 *     compare     -----------e---------------------------   e(t) = target(t) - y(t)
 *     broadcast   --------------e------------------------   every neuron forms its own learning signal
 *     learn       ------------------p--------------------   synapses update their traces, then ask for their change
 *     apply       ----------------------w----------------   changes are applied (every timestep, or once a trial)
 */
export class TimestepBus {
  /** Every phase as it ends, for whoever wants to watch the order of things. */
  readonly phase$ = new Port<PhaseEnd>();
  private readonly stages: Stage[] = [];

  /** Adds a phase at the end of the timestep; its port sends t to the actors connected to it. */
  stage(phase: Phase, population?: string): Port<number> {
    const port = new Port<number>();
    this.stages.push({ phase, port, ...(population !== undefined && { population }) });
    return port;
  }

  /** Runs the phases of one timestep, from tick to broadcast, and on to learn and apply as far as asked. */
  run(timestep: number, { learn, apply }: { learn: boolean; apply: boolean }, onEnd?: (ended: PhaseEnd) => void): void {
    for (const stage of this.stages) {
      if ((stage.phase === 'learn' && !learn) || (stage.phase === 'apply' && !apply)) continue;
      stage.port.send(timestep);
      if (!onEnd && !this.phase$.tapped) continue;
      const { phase, population } = stage;
      const ended = { phase, timestep, ...(population !== undefined && { population }) };
      onEnd?.(ended);
      if (this.phase$.tapped) this.phase$.show(ended);
    }
  }

  complete(): void {
    this.phase$.complete();
    for (const { port } of this.stages) port.complete();
  }
}
