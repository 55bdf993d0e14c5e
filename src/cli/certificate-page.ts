import { counted } from '../errors/index.ts';
import type { Certificate, SynapseCertificate } from '../locality/index.ts';

/** A certificate as text, with the verdict first. */
export function certificatePage({ name, verdict, crossing, synapses }: Certificate): string {
  return [
    `${name}: ${verdict}`,
    ...(crossing.length > 1
      ? ['', '  What crosses the line of locality', ...crossing.map((what) => `    ${what}`)]
      : []),
    ...synapses.filter(({ reads }) => reads !== null).flatMap((each) => ['', ...sectionOf(each)]),
  ].join('\n');
}

function sectionOf({
  group,
  rule,
  reads,
  stores,
  computes,
  causal,
  loihi,
  notes,
  ...of
}: SynapseCertificate): string[] {
  const history = stores && stores.perNeuronAndTimestep > 0;
  return [
    `  ${group === null ? 'Each synapse' : `Each synapse of '${group}'${rule === null ? '' : `, by ${rule}`}`}: ${of.class}`,
    ...Object.entries(reads ?? {}).map(([scope, what]) => line(`reads, ${scope}`, what.join(', '))),
    ...(stores
      ? [
          line('stores', `${counted(stores.numbers, 'number')}, ${stores.bytes} bytes in float64`),
          ...(history
            ? [line('', `plus ${stores.perNeuronAndTimestep} numbers for each neuron and timestep of a trial`)]
            : []),
        ]
      : []),
    ...(computes ? [line('computes', operationsOf(computes))] : []),
    ...(causal === null ? [] : [line('causal', causal ? 'yes' : 'no')]),
    ...(loihi ? loihiLines(loihi) : []),
    ...notes.map((note) => line('note', note)),
  ];
}

function operationsOf({ operations, total }: NonNullable<SynapseCertificate['computes']>): string {
  const each = Object.entries(operations).map(([operation, count]) => `${count} ${operation}`);
  return `${counted(total, 'operation')} per timestep${each.length > 0 ? `: ${each.join(', ')}` : ''}`;
}

function loihiLines({
  fits,
  equations,
  variables,
  traces,
  misfits,
}: NonNullable<SynapseCertificate['loihi']>): string[] {
  if (!fits) return misfits.map((why, k) => line(k === 0 ? 'Loihi 2' : '', `${k === 0 ? 'does not fit: ' : ''}${why}`));
  const named = Object.entries(variables).map(([variable, path]) => `${variable} = ${path}`);
  const decays = traces.map(
    ({ variable, linearDecay }) =>
      `${variable} ${linearDecay ? 'decays linearly and receives increments' : 'does not decay linearly'}`,
  );
  return [...equations, ...(named.length > 0 ? [`where ${named.join(', ')}`] : []), ...decays].map((text, k) =>
    line(k === 0 ? 'Loihi 2' : '', text),
  );
}

function line(what: string, text: string): string {
  return `    ${what.padEnd(24)}${text}`.trimEnd();
}
