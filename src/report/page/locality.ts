import type { Certificate, SynapseCertificate } from '../../locality/index.ts';
import type { Summary } from '../../recording/index.ts';
import { grouped } from '../drawing/numbers.ts';
import { table } from './table.ts';

/** A group of synapses under one learner. */
interface Row {
  readonly learner: string;
  readonly synapses: SynapseCertificate;
}

/** How local each learner is, with its class and verdict; then what its synapses read, store and compute. */
export function localitySection({ certificates }: Summary): string {
  if (certificates.length === 0) return ''; // an earlier summary
  const rows = certificates.flatMap(({ name, synapses }) =>
    synapses.map((each): Row => ({ learner: name, synapses: each })),
  );
  return (
    '<section id="locality"><h2>Locality</h2>' +
    table<Certificate>(
      'How local each learner is, found by analysis. The class is that of the least local thing that its synapses need.',
      [
        { head: 'Learner', cell: ({ name }) => name },
        { head: 'Class', cell: (certificate) => certificate.class },
        { head: 'Causal', cell: ({ causal }) => (causal === null ? 'unknown' : causal ? 'yes' : 'no') },
        { head: 'Verdict', cell: ({ verdict }) => verdict },
      ],
      certificates,
    ) +
    table<Row>(
      'What each synapse reads, stores (bytes, in float64) and computes (operations per timestep), by group. Parameters are left out; T is the length of a trial.',
      [
        { head: 'Learner', cell: ({ learner }) => learner },
        { head: 'Synapses', cell: ({ synapses: { group, rule } }) => [group, rule].filter(Boolean).join(', ') },
        { head: 'Class', cell: ({ synapses }) => synapses.class },
        { head: 'Reads', cell: ({ synapses }) => readsOf(synapses) },
        { head: 'Bytes', cell: ({ synapses: { stores } }) => (stores ? bytesOf(stores) : '–'), number: true },
        {
          head: 'Operations',
          cell: ({ synapses: { computes } }) => (computes ? grouped(computes.total) : '–'),
          number: true,
        },
        { head: 'Remarks', cell: ({ synapses: { notes } }) => notes.join('; ') || '–' },
      ],
      rows,
    ) +
    '</section>'
  );
}

function readsOf({ reads }: SynapseCertificate): string {
  if (reads === null) return 'unknown';
  return Object.entries(reads)
    .filter(([scope]) => scope !== 'parameter')
    .map(([scope, what]) => `${scope}: ${what.join(', ')}`)
    .join('; ');
}

function bytesOf({ bytes, perNeuronAndTimestep }: NonNullable<SynapseCertificate['stores']>): string {
  const history = perNeuronAndTimestep * Float64Array.BYTES_PER_ELEMENT;
  return `${grouped(bytes)}${history > 0 ? ` + ${history} T per neuron` : ''}`;
}
