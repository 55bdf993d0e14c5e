import { nodesOf, type Read, type Value } from './graph.ts';

/** One factor of a product: a number that is read, or its sign. */
export interface Factor {
  readonly read: Read;
  readonly sign: boolean;
}

/** A constant times factors, which may be repeated. */
export interface Product {
  readonly scale: number;
  readonly factors: readonly Factor[];
}

/** A sum of products, like ones combined and none of them 0; or why a number is not such a sum. */
export type SumOfProducts = { readonly products: readonly Product[] } | { readonly obstacle: string };

/** The most products of a sum; one that would have more is refused. */
const MOST_PRODUCTS = 64;
const HIGHEST_POWER = 8;

class Obstacle extends Error {}

/**
 * A number's graph multiplied out: a sum of products of what it reads, if it is one.
 *
 * Parameters must be constants already (`specialise`). What is mathematically equal is treated as equal, so the sum computes the same number
 * only up to rounding, and 0 times anything is 0.
 */
export function sumOfProducts(value: Value): SumOfProducts {
  const known = new Map<Value, readonly Product[]>();

  const of = (node: Value): readonly Product[] => {
    const found = known.get(node) ?? collected(expand(node));
    known.set(node, found);
    return found;
  };

  const expand = (node: Value): readonly Product[] => {
    switch (node.kind) {
      case 'constant':
        if (!Number.isFinite(node.value)) throw new Obstacle(`has a constant that is not finite, ${node.value}`);
        return [{ scale: node.value, factors: [] }];
      case 'read':
        return [{ scale: 1, factors: [{ read: node, sign: false }] }];
      case 'negate':
        return scaled(of(node.of), -1);
      case 'detach':
        return of(node.of);
      case 'spike':
        throw new Obstacle('calls spike on what it reads');
      case 'choose':
        throw new Obstacle('chooses between two values, test ? a : b');
      case 'call':
        if (node.name === 'sign' && node.args[0].kind === 'read') {
          return [{ scale: 1, factors: [{ read: node.args[0], sign: true }] }];
        }
        if (node.name === 'pow') return power(of(node.args[0]), constantOf(node.args[1]));
        throw new Obstacle(`calls ${node.name} on what it reads`);
      case 'arithmetic':
        switch (node.operator) {
          case '+':
            return [...of(node.left), ...of(node.right)];
          case '-':
            return [...of(node.left), ...scaled(of(node.right), -1)];
          case '*':
            return multiplied(of(node.left), of(node.right));
          case '/':
            return scaled(of(node.left), 1 / divisor(node.right));
        }
    }
  };

  const constantOf = (node: Value): number | undefined => {
    const products = of(node);
    if (products.length === 0) return 0;
    return products.length === 1 && products[0].factors.length === 0 ? products[0].scale : undefined;
  };

  const divisor = (node: Value): number => {
    const constant = constantOf(node);
    if (constant === undefined) throw new Obstacle(`divides by what it reads, ${readsOf(node).join(', ')}`);
    if (constant === 0) throw new Obstacle('divides by 0');
    return constant;
  };

  const power = (base: readonly Product[], exponent: number | undefined): readonly Product[] => {
    if (exponent === undefined || !Number.isInteger(exponent) || exponent < 0 || exponent > HIGHEST_POWER) {
      throw new Obstacle(`calls pow with an exponent that is not a whole number, 0 to ${HIGHEST_POWER}`);
    }
    let product: readonly Product[] = [{ scale: 1, factors: [] }];
    for (let k = 0; k < exponent; k++) product = collected(multiplied(product, base));
    return product;
  };

  try {
    return { products: of(value) };
  } catch (error) {
    if (error instanceof Obstacle) return { obstacle: error.message };
    throw error;
  }
}

function scaled(products: readonly Product[], by: number): readonly Product[] {
  return products.map(({ scale, factors }) => ({ scale: scale * by, factors }));
}

function multiplied(left: readonly Product[], right: readonly Product[]): readonly Product[] {
  if (left.length * right.length > MOST_PRODUCTS ** 2) throw new Obstacle(`has more than ${MOST_PRODUCTS} products`);
  return left.flatMap((a) =>
    right.map((b) => ({ scale: a.scale * b.scale, factors: [...a.factors, ...b.factors].sort(byPlace) })),
  );
}

/** Like products added up, those that cancel left out. */
function collected(products: readonly Product[]): readonly Product[] {
  const sums = new Map<string, Product>();
  for (const { scale, factors } of products) {
    const key = factors.map(keyOf).join(' ');
    sums.set(key, { scale: (sums.get(key)?.scale ?? 0) + scale, factors });
  }
  const left = [...sums.values()].filter(({ scale }) => scale !== 0);
  if (left.length > MOST_PRODUCTS) throw new Obstacle(`has more than ${MOST_PRODUCTS} products`);
  return left;
}

function keyOf({ read, sign }: Factor): string {
  return sign ? `sign(${read.path})` : read.path;
}

function byPlace(a: Factor, b: Factor): number {
  return keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0;
}

function readsOf(node: Value): string[] {
  return nodesOf([node]).flatMap((inner) => (inner.kind === 'read' ? [inner.path] : []));
}
