import type { BuiltPopulation } from '../../circuit/index.ts';
import { Graph, specialise } from '../../local/index.ts';

/** The two derivatives that neurons publish, where their model and its parameters make them constant. */
export interface Derivatives {
  /** dh(t)/du(t), if it is constant. */
  readonly slope: number | undefined;
  /** dh(t)/dh(t-1), if it is constant. */
  readonly retention: number | undefined;
}

export function derivativesOf({ model, params }: BuiltPopulation): Derivatives {
  const constant = (name: string): number | undefined => {
    const local = model?.derivatives.find((derivative) => derivative.name === name)?.computed.local;
    if (!local) return undefined;
    const graph = new Graph();
    const value = specialise(graph, local.value, ({ path, scope }) => {
      const own = scope === 'parameter' ? params[path] : undefined;
      return typeof own === 'number' ? graph.constant(own) : graph.read(path, scope);
    });
    return value.kind === 'constant' ? value.value : undefined;
  };
  return { slope: constant('slope'), retention: constant('retention') };
}
