import { joined } from '../../errors/index.ts';
import { Refusal, type Analysis, type Numbers, type Scope } from '../../local/index.ts';
import { isRule, type PlasticityRule, type RuleMaker } from '../../rules/index.ts';
import type { Certificate, Need, SynapseCertificate } from './certificate.ts';
import { certificate } from './certify.ts';
import { leastLocal } from './classes.ts';
import { changesNothing, loihiForm } from './loihi.ts';
import { uncertified } from './uncertified.ts';

/**
 * What a rule needs wherever it is used, from its text alone: from the expression graph of its functions, not from its name.
 *
 * @example
 * certifyRule(rflo()).class; // 'three-factor, broadcast vector through fixed feedback'
 */
export function certifyRule(rule: PlasticityRule): Certificate {
  if (!isRule(rule)) {
    const { name } = rule as { readonly name: string };
    return certificate('rule', name, [
      uncertified(
        null,
        name,
        `rule '${name}' was copied or changed since it was made: make a new one with plasticityRule`,
      ),
    ]);
  }
  return certificate('rule', rule.name, [
    ruleSynapses(rule, {
      group: null,
      signal: [
        {
          class: 'three-factor, broadcast vector through fixed feedback',
          what: 'a learning signal, post.signal: on hidden neurons the broadcast error through fixed feedback weights, on an output its own error',
        },
      ],
    }),
  ]);
}

/**
 * What a rule needs that is defined here and may be refused: the reason why its text is refused is then what crosses the line.
 *
 * @example
 * certifyDefinition(() => plasticityRule({ name: 'mine', params: {}, change: () => outside })).crossing;
 */
export function certifyDefinition(define: () => RuleMaker<string, Numbers> | PlasticityRule): Certificate {
  try {
    const defined = define();
    return certifyRule(typeof defined === 'function' ? defined() : defined);
  } catch (error) {
    if (error instanceof Refusal) return certifyRefusal(error);
    throw error;
  }
}

/** The certificate of a rule, or a neuron model, that could not be defined: its text is not in the local language. */
export function certifyRefusal({ owner, place, problem }: Refusal): Certificate {
  const [what] = problem.split('\n');
  const where = place.slice(place.indexOf(owner));
  const [, kind, name] = /^(.*) '(.*)'$/.exec(owner) ?? ['', 'rule', owner];
  const rule = kind === 'rule' ? name : null;
  return certificate(rule === null ? 'neuron model' : 'rule', name, [uncertified(null, rule, `${where}: ${what}`)]);
}

/** Where the synapses that learn by a rule are. */
export interface RulePlace {
  /** Their group; null: any. */
  readonly group: string | null;
  /** What their learning signal is there; empty if it is always 0. */
  readonly signal: readonly Need[];
  /** What their presynaptic rate depends on besides what the presynaptic neuron sends. */
  readonly gate?: readonly Need[];
  /** What else the numbers of its own neuron that it reads depend on. */
  readonly brought?: readonly Need[];
  /** What a global scalar is there, by its name. */
  readonly scalars?: Readonly<Record<string, string>>;
  /** Numbers of the view, by their path, that never change there. */
  readonly known?: Numbers;
}

/** What synapses that learn by a rule need: those of a group, or of any group. */
export function ruleSynapses(
  rule: PlasticityRule,
  { group, signal, gate = [], brought = [], scalars = {}, known = {} }: RulePlace,
): SynapseCertificate {
  const { analysis, name } = rule;
  if (!analysis) return uncertified(group, name, `rule '${name}' is opaque: only the dynamic test can say more`);
  const { operations, total, bytes } = analysis.cost;
  const needs = [...needsOf(analysis, { signal, gate, scalars }), ...brought];
  return {
    group,
    rule: name,
    class: leastLocal(needs.map((need) => need.class)),
    needs,
    reads: readsOf(analysis),
    stores: { numbers: bytes / Float64Array.BYTES_PER_ELEMENT, bytes, perNeuronAndTimestep: 0 },
    computes: { operations, total },
    causal: true, // a view holds nothing of later timesteps
    loihi: loihiForm(rule, known),
    notes: changesNothing(rule, known) ? ['it learns nothing: its change is always 0'] : [],
  };
}

function needsOf(
  analysis: Analysis,
  { signal, gate, scalars }: Required<Pick<RulePlace, 'signal' | 'gate' | 'scalars'>>,
): readonly Need[] {
  const of = (...scopes: readonly Scope[]) =>
    analysis.reads.filter(({ scope }) => scopes.includes(scope)).map(({ path }) => path);
  const own = of('own weight', 'own state', 'presynaptic', 'postsynaptic');
  const global = of('global').map((path) => {
    const name = path.slice('global.'.length);
    return Object.hasOwn(scalars, name) ? `${path} (${scalars[name]})` : path;
  });
  return [
    { class: 'two-factor local', what: own.length > 0 ? joined(own) : 'nothing but its parameters' },
    ...(of('presynaptic').length > 0 ? gate : []),
    ...(global.length > 0
      ? [{ class: 'three-factor, global scalar', what: `${joined(global)}, the same for every synapse` } as const]
      : []),
    ...(of('learning signal').length > 0 ? signal : []),
  ];
}

const SCOPES = [
  'own weight',
  'own state',
  'presynaptic',
  'postsynaptic',
  'learning signal',
  'global',
  'parameter',
] as const satisfies readonly Scope[];

function readsOf(analysis: Analysis): NonNullable<SynapseCertificate['reads']> {
  return Object.fromEntries(
    SCOPES.flatMap((scope) => {
      const paths = analysis.reads.filter((read) => read.scope === scope).map(({ path }) => path);
      return paths.length > 0 ? [[scope, paths]] : [];
    }),
  );
}
