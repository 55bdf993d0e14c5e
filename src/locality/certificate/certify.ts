import { listed } from './words.ts';
import type { Certificate, Need, SynapseCertificate } from './certificate.ts';
import { crossesLine, isLessLocal, leastLocal, type LocalityClass } from './classes.ts';

/** A need, with the groups whose synapses have it. */
interface SharedNeed extends Need {
  readonly groups: readonly string[];
}

/** Combines the certificates of synapses. */
export function certificate(
  kind: Certificate['kind'],
  name: string,
  synapses: readonly SynapseCertificate[],
): Certificate {
  const needs = shared(synapses);
  const least = leastLocal(needs.map((need) => need.class));
  const causal = synapses.map((one) => one.causal);
  return {
    format: 'rxflo-certificate/1',
    kind,
    name,
    class: least,
    verdict: verdict(least, needs),
    causal: causal.includes(false) ? false : causal.includes(null) ? null : true,
    crossing: needs.filter((need) => crossesLine(need.class)).map(crossing),
    synapses,
  };
}

/** Merges equal needs, the least local first. */
function shared(synapses: readonly SynapseCertificate[]): readonly SharedNeed[] {
  const found = new Map<string, { readonly need: Need; readonly groups: string[] }>();
  for (const { group, needs } of synapses) {
    for (const need of needs) {
      const key = `${need.class}: ${need.what}`;
      const known = found.get(key) ?? { need, groups: [] };
      found.set(key, known);
      if (group !== null) known.groups.push(group);
    }
  }
  const all = [...found.values()].map(({ need, groups }): SharedNeed => ({ ...need, groups }));
  return all.sort((a, b) => Number(isLessLocal(b.class, a.class)) - Number(isLessLocal(a.class, b.class)));
}

function verdict(least: LocalityClass, needs: readonly SharedNeed[]): string {
  const need = needs.find((each) => each.class === least);
  if (!need) return 'Nothing learns: no synapse has a rule that changes it.';
  if (least === 'not certified') return `Not certified: ${need.what}.`;
  const reader = who(need);
  return `${crossesLine(least) ? 'Not local' : 'Local'}: ${least}. ${reader[0].toUpperCase()}${reader.slice(1)} ${need.what}.`;
}

function crossing(need: SharedNeed): string {
  return need.class === 'not certified' ? need.what : `${need.class}: ${who(need)} ${need.what}`;
}

function who({ groups }: SharedNeed): string {
  return groups.length === 0 ? 'it reads' : `each synapse of ${listed(groups)} reads`;
}
