import type { ComputeStep, Row, Source, Timestep } from '../circuit/index.ts';
import { isValue, literal, nodesOf, operands, type Node, type Value } from '../local/index.ts';

/**
 * What a step would compute again, and the rows in which earlier steps of the timestep have left it: a neuron's error, which follows from its slope, may be
 * computed from its rate, and that not once more from its summed input.
 */
export function computedBefore({ steps }: Timestep, step: ComputeStep): ReadonlyMap<Value, Row> {
  const texts = new Texts();
  const left = new Map<string, Row>();
  for (const one of steps.slice(0, steps.indexOf(step))) {
    if (one.do !== 'compute' || one.population !== step.population) continue;
    for (const { row, value } of one.results) {
      const text = value && texts.of(value, one.reads);
      if (text !== undefined) left.set(text, row);
    }
  }
  const found = new Map<Value, Row>();
  if (left.size === 0) return found;
  for (const node of nodesOf(step.results.flatMap(({ value }) => value ?? []))) {
    const row = isValue(node) && operands(node).length > 0 ? left.get(texts.of(node, step.reads) ?? '') : undefined;
    if (row && isValue(node)) found.set(node, row);
  }
  return found;
}

/** Texts of nodes: the same in two graphs where both compute the same of the same. */
class Texts {
  private readonly known = new Map<Node, string | undefined>();
  /** Each text once has a number, so that they stay short, and so has each thing that is read. */
  private readonly numbers = new Map<string | object, number>();

  /** Undefined: of something that need not be the same in two steps. */
  of(node: Node, reads: ComputeStep['reads']): string | undefined {
    if (!this.known.has(node)) {
      const text = this.write(node, reads);
      this.known.set(node, text === undefined ? undefined : `#${this.numbered(text)}`);
    }
    return this.known.get(node);
  }

  private write(node: Node, reads: ComputeStep['reads']): string | undefined {
    if (node.kind === 'constant') return literal(node.value);
    if (node.kind === 'read') return this.source(reads.get(node.path));
    const parts = operands(node).map((operand) => this.of(operand, reads));
    if (parts.includes(undefined)) return undefined;
    const how = 'operator' in node ? node.operator : 'name' in node ? node.name : '';
    return `${node.kind}${how}(${parts.join()})`;
  }

  private source(source: Source | undefined): string | undefined {
    switch (source?.kind) {
      case 'row':
        return `row${this.numbered(source.row)} ${source.late}`;
      case 'element':
        return `element${this.numbered(source.row)} ${source.neuron} ${source.late}`;
      case 'number':
        return literal(source.value);
      case 'numbers':
        return `numbers${this.numbered(source.values)}`;
      case 'tuned':
        return `tuned${this.numbered(source.number)}`;
      default:
        return undefined;
    }
  }

  private numbered(thing: string | object): number {
    const number = this.numbers.get(thing) ?? this.numbers.size;
    this.numbers.set(thing, number);
    return number;
  }
}
