/**
 * The periodic scenario with your own signals: a recurrent network of actors learns to turn the input columns of a CSV file into
 * its target columns, by RFLO and by BPTT. Each column is a channel, each row a timestep, below a header row of names.
 *
 * The sample is a reach there and back: on a `go` pulse the hand (x, y) leaves its place along a curve, on a `return` pulse
 * it comes back along another. The pulses are short, so the network itself must sustain the movement.
 *
 *     rxflo run scenarios/from-csv.ts
 *     rxflo run scenarios/from-csv.ts --set signals=mine.csv inputs=force,cue targets=position
 */
import { readFileSync } from 'node:fs';
import { circuit, delta, fromCsv, input, leakyTanh, linear, normal, rflo, scenario, uniform } from 'rxflo';

/** The named file, relative to the current directory; by default the sample in `data/`. */
const read = (signals: string) =>
  signals === ''
    ? { name: 'reach.csv', text: readFileSync(new URL('data/reach.csv', import.meta.url), 'utf8') }
    : { name: signals, text: readFileSync(signals, 'utf8') };

/** `inputs=go,return` as a list of column names. */
const columns = (names: string) => names.split(',').filter((name) => name !== '');

export default scenario({
  title: 'Signals from a CSV file',
  options: { signals: '', inputs: 'go,return', targets: 'x,y', units: 50, rate: 0.03 },
  circuit: ({ inputs, targets, units, rate }) =>
    circuit({
      neurons: {
        x: input(columns(inputs).length),
        h: leakyTanh(units, { tau: 10, initial: 0.1 }),
        y: linear(columns(targets).length),
      },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(units) }), rule: rflo({ eta: rate }) },
        input: { from: 'x', to: 'h', weights: normal({ sd: 1 }), rule: rflo({ eta: rate }) },
        readout: {
          from: 'h',
          to: 'y',
          weights: uniform(-0.1 / Math.sqrt(units), 0.1 / Math.sqrt(units)),
          rule: delta({ eta: rate }),
        },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
    }),
  task: ({ signals, inputs, targets }) =>
    fromCsv({ file: read(signals), inputs: columns(inputs), targets: columns(targets) }),
  trials: 2000,
  compare: ['rflo', 'bptt'],
});
