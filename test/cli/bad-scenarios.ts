/** Scenario files with one thing wrong in each, by file name; `what` says what is wrong with `circuit.ts`. */
export const badScenarios: Readonly<Record<string, string>> = {
  'syntax.ts': `import { scenario } from 'rxflo';

export default scenario({
  title: 'x',,
});
`,
  'never.ts': 'await new Promise(() => {});\nexport default 1;\n',
  'no-default.ts': 'export const title: string = "x";\n',
  'async-task.ts': `import { circuit, leakyTanh, linear, normal, periodic, scenario } from 'rxflo';

export default scenario({
  title: 'x',
  circuit: () => circuit({ neurons: { y: linear(1) }, synapses: { self: { from: 'y', to: 'y', weights: normal() } }, outputs: ['y'] }),
  task: (async () => periodic()) as never,
  compare: ['bptt'],
});
`,
  'throws.ts': `interface Wide { readonly deep: { readonly value: number } }

const wide = {} as unknown as Wide;
export default wide.deep.value;
`,
  // The error that the system gives to a user who may not read a file.
  'closed.ts': `throw Object.assign(new Error("EACCES: permission denied, open 'x.csv'"), { code: 'EACCES', path: 'x.csv' });
export default 1;
`,
  'throws-later.ts': `import { periodic, scenario } from 'rxflo';

export default scenario({
  title: 'x',
  circuit: () => {
    const none = undefined as unknown as { readonly circuit: never };
    return none.circuit;
  },
  task: () => periodic(),
  compare: ['bptt'],
});
`,
  'no-package.ts': `import 'no-such-package';
export default 1;
`,
  'wrong-slope.ts': `import { neuronModel } from 'rxflo';

const square = neuronModel({
  name: 'square',
  params: { tau: 10 },
  rate: ({ h, u, tau }) => h + (u * u - h) / tau,
  slope: ({ u, tau }) => u / tau,
  retention: ({ tau }) => 1 - 1 / tau,
});
export default square;
`,
  'circuit.ts': `import { readFileSync } from 'node:fs';
import { circuit, delta, fromCsv, input, leakyTanh, linear, normal, periodic, rflo, scenario } from 'rxflo';

/** What makes the recurrent group wrong. */
const wrong: Readonly<Record<string, object | undefined>> = {
  population: { from: 'g' },
  loop: { delay: 0 },
  'NaN weight': { weights: [[0, 1], [NaN, 1]] },
  'matrix shape': { weights: [[0, 1], [1, 0, 1]] },
};

export default scenario({
  title: 'One thing wrong',
  options: { what: 'nothing', rate: 0.03 },
  circuit: ({ what, rate }) =>
    circuit({
      neurons: {
        h: leakyTanh(2, { tau: what === 'tau' ? 0 : 10, initial: 0.1 }),
        m: leakyTanh(2),
        y: linear(1),
        ...(what === 'channels' && { x: input(3) }),
      },
      synapses: {
        recurrent: {
          from: 'h',
          to: 'h',
          weights: normal({ sd: what === 'sd' ? -1 : 1 }),
          rule: rflo({ eta: rate }),
          ...wrong[what],
        },
        up: { from: 'h', to: 'm', weights: normal(), rule: rflo({ eta: rate }) },
        readout: { from: 'm', to: 'y', weights: normal({ sd: 0.1 }), rule: delta({ eta: rate }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: ({ what }) =>
    what.endsWith('.csv')
      ? fromCsv({ file: { name: what, text: readFileSync(what, 'utf8') }, targets: ['y'] })
      : periodic({ period: 10 }),
  trials: 20,
  compare: ['rflo', 'bptt'],
});
`,
  'probe.ts': `import { circuit, delta, leakyTanh, linear, normal, periodic, scenario } from 'rxflo';
export default scenario({
  title: 'x',
  circuit: () =>
    circuit({
      neurons: { h: leakyTanh(2), y: linear(1) },
      synapses: { readout: { from: 'h', to: 'y', weights: normal(), rule: delta() } },
    }),
  task: () => periodic({ period: 5 }),
  probes: { charge: { neurons: 'h', value: 'charge' } },
  compare: ['bptt'],
});
`,
};

/** CSV files with one thing wrong in each. */
export const badCsvs: Readonly<Record<string, string>> = {
  'ragged.csv': 'x,y\n1,2\n3\n',
  'text.csv': 'x,y\n1,2\n3,four\n',
  'infinite.csv': 'x,y\n1,2\n3,4\n5,inf\n',
  'empty.csv': '',
  'no-rows.csv': 'x,y\n',
  'other-column.csv': 'x,z\n1,2\n',
};
