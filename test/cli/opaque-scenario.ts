/** A scenario with a rule whose text is not read. */
export const opaqueScenario = `import { circuit, delta, leakyTanh, linear, normal, periodic, plasticityRule, scenario } from 'rxflo';

const scale = [0.5];
const mine = plasticityRule({
  name: 'mine',
  params: { eta: 0.1 },
  opaque: true,
  change: ({ pre, post, eta }) => eta * scale[0] * post.signal * pre.rate,
});

export default scenario({
  title: 'Opaque',
  circuit: () =>
    circuit({
      neurons: { h: leakyTanh(4, { initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.3 }), rule: mine() },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 0.1 }), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: () => periodic({ period: 10 }),
  trials: 5,
  compare: ['mine', 'bptt'],
});
`;
