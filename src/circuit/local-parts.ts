import { InputError, show } from '../errors/index.ts';
import { Analysis } from '../local/index.ts';
import type { Population } from '../neurons/index.ts';
import type { PlasticityRule } from '../rules/index.ts';

/** @throws InputError if this is no rule, or not the rule that was read from its text. */
export function checkRule(place: string, rule: PlasticityRule | undefined): void {
  if (rule === undefined) return;
  if (typeof (rule as Partial<PlasticityRule> | null)?.change !== 'function') {
    throw new InputError(place, `${show(rule)} is no plasticity rule; call one, for example rflo()`);
  }
  const { name, analysis, trace, change } = rule;
  checkAnalysis(place, name, analysis, { trace, change }, 'plasticityRule');
}

/** @throws InputError if this is no population, or its model is not the one that was read from its text. */
export function checkPopulation(place: string, value: Partial<Population> | undefined): void {
  if (typeof value !== 'object' || !Number.isInteger(value.size)) {
    throw new InputError(place, `${show(value)} is no population; call what makes one, for example leakyTanh(50)`);
  }
  if (value.model) {
    const { name, analysis, rate, slope, retention } = value.model;
    checkAnalysis(place, name, analysis, { rate, slope, retention }, 'neuronModel');
  }
}

/** What is said of a rule or a model must be said of the functions that run. */
function checkAnalysis(
  place: string,
  name: string,
  analysis: Analysis | undefined,
  functions: Readonly<Record<string, unknown>>,
  maker: 'plasticityRule' | 'neuronModel',
): void {
  if (analysis === undefined) return;
  const strangers = analysis instanceof Analysis ? analysis.strangers(functions) : ['analysis'];
  if (strangers.length === 0) return;
  throw new InputError(
    place,
    `'${name}' has another ${strangers.join(' and ')} than was read from its text; make the whole with ${maker}`,
  );
}
